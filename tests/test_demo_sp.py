"""The worked self-potential example, with a network trained for a moment."""

import pytest
from qgis.core import QgsProject

from fumarole.scripts import demo_sp

pytest.importorskip("geopandas")
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def finished(fumarole, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, demo_sp.run(folder, budget_s=1.0)


def test_every_answer_is_the_known_one(finished):
    assert finished[1] == []


def test_every_result_is_there(finished):
    names = {path.name for path in finished[0].iterdir()}
    for name in ("reference", "surda", "bavarian_woods"):
        assert {f"{name}_source.gpkg", f"{name}_fit.gpkg", f"{name}_report.html"} <= names
    assert {"grid_sources.gpkg", "grid_report.html", "self_potential.qgz", "comparison.csv", "network.npz"} <= names


def test_a_wrong_answer_would_be_seen(finished):
    folder, _ = finished
    found = {"X0": 70.0}
    assert demo_sp.compared("Profile", found, ("X0",), (76.2435,), (1e-3,)) == [
        "Profile: X0 is 70.0000 instead of 76.2435."
    ]
    assert len(demo_sp.grid_problems(folder / "grid_sources.gpkg")) == 0


def test_the_project_opens_on_its_map(finished):
    project = QgsProject()
    assert project.read(str(finished[0] / "self_potential.qgz"))
    seen, crs = project.viewSettings().defaultViewExtent(), project.crs()
    assert seen.crs() == crs and 0.5e3 < seen.width() < 50e3
    project.clear()
