"""The demonstration: its checks see what is wrong, and its examples run on the tools alone."""

import zipfile
from contextlib import nullcontext

import geopandas
import numpy as np
import pandas as pd
import pytest
from qgis.core import QgsVectorLayer
from shapely.geometry import Point, box

from fumarole.scripts import demo, demo_checks, headless

CRS = demo.SIMAV_CRS
SOME_WATERS = 400


@pytest.fixture(scope="module")
def simav_results(fumarole, tmp_path_factory):
    """The Simav example with one quick run, and the problems it found."""
    folder = tmp_path_factory.mktemp("simav")
    return folder, demo.simav(folder, effort="quick")


def test_simav_passes_its_checks(simav_results):
    folder, problems = simav_results
    assert problems == []
    promised = [name.strip() for files, _ in demo.CONTENTS for name in files.split(",")]
    assert [name for name in promised if not (folder / name).stat().st_size] == []


def test_synthetic_data_is_called_synthetic(simav_results):
    folder, _ = simav_results
    assert "simav_samples_synthetic" in (folder / "report.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(folder / "project.qgz") as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".qgs"))
    assert "SYNTHETIC samples and boreholes" in text


def test_results_open_styled(simav_results):
    folder, _ = simav_results
    expected = {
        "clusters": "categorizedSymbol",
        "hulls": "categorizedSymbol",
        "boreholes": "singleSymbol",
        "earthquakes": "graduatedSymbol",
    }
    layers = {name: QgsVectorLayer(str(folder / f"{name}.gpkg"), name, "ogr") for name in expected}
    assert {name: layer.renderer().type() for name, layer in layers.items()} == expected


def test_great_basin_passes_its_checks(fumarole, tmp_path):
    waters = pd.read_csv(demo.GREAT_BASIN).dropna(subset=list(demo.GREAT_BASIN_FIELDS))
    source = tmp_path / "waters.csv"
    waters.sample(SOME_WATERS, random_state=1).to_csv(source, index=False)
    assert demo.great_basin(tmp_path, source, effort="quick") == []


def test_another_system_and_positions_that_moved_are_seen(simav_results):
    folder, _ = simav_results
    assert demo_checks.simav_problems(folder, "EPSG:32735")
    layer = geopandas.GeoDataFrame(geometry=[Point(5, 5), Point(5, 15), Point(-1, 5)], crs=CRS)
    assert demo_checks.outside(layer, (0, 0, 10, 10)) == 2


def test_an_empty_layer_and_another_system_are_seen():
    layer = geopandas.GeoDataFrame(geometry=[Point(0, 0)], crs=CRS)
    assert demo_checks.layer_problems("a", layer, CRS) == []
    assert demo_checks.layer_problems("a", layer.iloc[:0], CRS) == ["a: nothing in it."]
    assert "EPSG:32611" in demo_checks.layer_problems("a", layer, "EPSG:32611")[0]
    assert demo_checks.layer_problems("a", geopandas.GeoDataFrame(geometry=[Point(0, 0)]), CRS)


@pytest.mark.parametrize(
    ("numbers", "is_right"),
    [
        ([1, 1, 1, 2, 2, np.nan], True),
        ([1, 1, 2, 2], True),
        ([1, 2, 2], False),
        ([1, 1, 3], False),
        ([0, 0, 1], False),
        ([1, 1], False),
        ([np.nan], False),
    ],
)
def test_the_numbering_is_checked(numbers, is_right):
    assert (demo_checks.numbering_problems(pd.Series(numbers, dtype=float)) == []) is is_right


def test_hulls_that_lose_samples_are_seen():
    points = [Point(0, 0), Point(10, 0), Point(0, 10), Point(10, 10)]
    samples = geopandas.GeoDataFrame({"cluster": [1.0] * 4}, geometry=points, crs=CRS)

    def hulls(geometry, n_samples):
        return geopandas.GeoDataFrame({"cluster": [1], "n_samples": [n_samples]}, geometry=[geometry], crs=CRS)

    assert demo_checks.hull_problems(samples, hulls(box(0, 0, 10, 10), 4)) == []
    assert "outside" in demo_checks.hull_problems(samples, hulls(box(0, 0, 9, 10), 4))[0]
    assert "not 5" in demo_checks.hull_problems(samples, hulls(box(0, 0, 10, 10), 5))[0]


def test_a_problem_ends_in_an_exit_status(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(headless, "fumarole_provider", nullcontext)
    for found, status in ((["hulls: nothing in it."], 1), ([], 0)):
        monkeypatch.setitem(demo.EXAMPLES, "simav", lambda folder, found=found: found)
        assert demo.main(["--folder", str(tmp_path), "--only", "simav"]) == status
    assert "WRONG: hulls: nothing in it." in capsys.readouterr().out
