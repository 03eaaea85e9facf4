"""The worked subduction example, with three of the trenches and one distance, and what its checks see."""

import json

import geopandas
import numpy as np
import pytest
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtGui import QImage
from shapely.geometry import Polygon

from fumarole.scripts import demo_subduction, demo_subduction_checks

pytest.importorskip("torch")
pytest.importorskip("sklearn")
REGIONS = ("Tonga-Kermadec", "Solomon", demo_subduction.UNSEEN)


@pytest.fixture(scope="module")
def finished(fumarole, less_training, tmp_path_factory):
    folder = tmp_path_factory.mktemp("subduction")
    whole = json.loads(demo_subduction.TRENCHES.read_text(encoding="utf-8"))
    whole["features"] = [line for line in whole["features"] if line["properties"]["region"] in REGIONS]
    trenches = tmp_path_factory.mktemp("input") / "some_trenches.geojson"
    trenches.write_text(json.dumps(whole), encoding="utf-8")
    before = sorted(demo_subduction.SAMPLES.iterdir())
    with less_training():
        problems = demo_subduction.run(folder, trenches, distances="100", repeats=1, folds=2)
    assert sorted(demo_subduction.SAMPLES.iterdir()) == before, "it writes beside the sample data"
    return folder, problems


def test_it_passes_its_checks(finished):
    folder, problems = finished
    assert problems == []
    promised = [name.strip() for files, _ in demo_subduction.CONTENTS for name in files.split(",")]
    assert [name for name in promised if not (folder / name).stat().st_size] == []


def test_the_unseen_trench_is_classified_but_not_trained_on(finished):
    folder, _ = finished
    training = geopandas.read_file(folder / "training.gpkg")
    classes = geopandas.read_file(folder / "classes.gpkg")
    assert set(training["region"]) == set(REGIONS) - {demo_subduction.UNSEEN}
    assert classes.loc[classes["region"] == demo_subduction.UNSEEN, "class"].notna().all()


def test_the_map_and_the_project_open(finished):
    folder, _ = finished
    picture = QImage(str(folder / "map.jpg"))
    assert picture.width() > 3000
    colours = {picture.pixelColor(x, y).name() for x in range(200, 3100, 25) for y in range(300, 2100, 25)}
    assert len(colours) > 20  # sea, land, segments
    project = QgsProject()
    assert project.read(str(folder / "subduction.qgz"))
    layers = project.mapLayers().values()
    assert all(layer.isValid() and str(folder) in layer.source() for layer in layers)  # it needs nothing else
    assert project.crs().isValid() and not project.crs().isGeographic()
    project.clear()


def test_results_open_styled(finished):
    folder, _ = finished
    looks = {"segments": "categorizedSymbol", "classes": "RuleRenderer", "relevance": "graduatedSymbol"}
    layers = {name: QgsVectorLayer(str(folder / f"{name}.gpkg"), name, "ogr") for name in looks}
    assert {name: layer.renderer().type() for name, layer in layers.items()} == looks


def test_torn_moved_and_missing_segments_are_seen(finished):
    folder, _ = finished
    segments = geopandas.read_file(folder / "features.gpkg")
    trenches = geopandas.read_file(folder / "some_trenches.geojson")
    assert demo_subduction_checks.count_problems(segments[1:], trenches, 100.0) != []
    torn = segments.copy()
    torn.loc[0, "geometry"] = Polygon([(-179.9, 0), (179.9, 0), (179.9, 1), (-179.9, 1)])
    assert "torn" in demo_subduction_checks.shape_problems(torn)[0]
    larger = segments.assign(up_km=segments["up_km"] + 20.0)
    assert "as large as stated" in demo_subduction_checks.shape_problems(larger)[0]


def test_wrong_magnitudes_and_classes_are_seen(finished):
    folder, _ = finished
    segments = geopandas.read_file(folder / "features.gpkg")
    earthquakes = geopandas.read_file(folder / "earthquakes.gpkg")
    turned = segments.assign(azimuth=(segments["azimuth"] + 180.0) % 360.0)
    assert len(demo_subduction_checks.magnitude_problems(turned, earthquakes)) > 0
    classes = geopandas.read_file(folder / "classes.gpkg")
    assert demo_subduction_checks.class_problems(segments, classes) == []
    assert demo_subduction_checks.class_problems(segments, classes[1:]) != []
    swapped = classes.assign(**{"class": 3 - classes["class"]})
    assert "most probable" in demo_subduction_checks.class_problems(segments, swapped)[0]
    certain = classes.assign(prob_1=np.ones(len(classes)))
    assert any("add up" in problem for problem in demo_subduction_checks.class_problems(segments, certain))
