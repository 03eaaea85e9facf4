"""The worked raster example, with a network trained for a moment."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest
from qgis.core import QgsProject

from fumarole.algorithms.clustering import distillation, ensemble
from fumarole.scripts import demo, demo_raster

pytest.importorskip("geopandas")
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def finished(fumarole, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        standard = ensemble.EFFORTS["standard"]
        fewer = replace(standard, n_anchored=4, pretrain_steps=150, refine_steps=60)
        patch.setitem(ensemble.EFFORTS, "standard", fewer)
        patch.setattr(distillation, "_STEPS", 800)
        patch.setattr(demo_raster, "SAMPLE_SIZE", 900)
        return folder, demo_raster.run(folder)


def test_it_passes_its_checks_and_every_result_is_there(finished):
    folder, problems = finished
    assert problems == []
    promised = [name.strip() for files, _ in demo.CONTENTS_OF["raster"] for name in files.split(",")]
    for name in promised:
        assert [file for file in folder.glob(name) if file.stat().st_size], name


def test_synthetic_data_is_called_synthetic(finished):
    folder, _ = finished
    assert "radiometrics_synthetic" in (folder / "report.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(folder / "raster.qgz") as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".qgs"))
    assert "Survey (SYNTHETIC)" in text and "Boreholes (SYNTHETIC)" in text
    assert "SYNTHETIC" in demo_raster.SUBTITLE


def test_a_map_of_something_else_would_be_seen(finished):
    folder, _ = finished
    assert any("agrees with the geology" in problem for problem in demo_raster.problems(folder, 0.5))
    assert any("agrees with the geology" in problem for problem in demo_raster.problems(folder, np.nan))


def test_the_project_opens_on_its_map(finished):
    project = QgsProject()
    assert project.read(str(finished[0] / "raster.qgz"))
    seen, crs = project.viewSettings().defaultViewExtent(), project.crs()
    assert seen.crs() == crs and 0.5e3 < seen.width() < 50e3
    project.clear()
