"""The shipped chain from trench lines, rasters and earthquakes to classified and explained segments."""

import json

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsVectorLayer

pytest.importorskip("torch")
pytest.importorskip("sklearn")

LINES = {"north": 20.0, "south": -20.0}  # trench: latitude; both run east across 180 degrees
STRONG = (172.0, 178.0)  # longitudes between which a trench is rugged and has the large earthquakes


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Two SYNTHETIC trenches whose large earthquakes are where the ground is rugged."""
    folder = tmp_path_factory.mktemp("trenches")
    lines = [feature("LineString", [[170, y], [180, y], [190, y]], region=name) for name, y in LINES.items()]
    rng = np.random.default_rng(1)
    earthquakes = []
    for latitude in LINES.values():
        for longitude in np.arange(170.2, 190.0, 0.4):
            strong = STRONG[0] < longitude < STRONG[1] or STRONG[0] < longitude - 10.0 < STRONG[1]
            magnitude = 6.0 + strong * 1.5 + 0.3 * rng.random()
            earthquakes.append(feature("Point", [longitude, latitude + 0.5], mag=magnitude, depth_km=20.0))
    return {
        "INPUT": written(folder / "trenches.geojson", lines),
        "EARTHQUAKES": written(folder / "earthquakes.geojson", earthquakes),
        "RASTERS": [raster(folder / f"{name}.tif", step) for name, step in (("relief", 400.0), ("gravity", 60.0))],
    }


def feature(kind, coordinates, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def written(path, features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(path)


def raster(path, step):
    """Write a grid from 0 to 360 degrees, high where the earthquakes are, with noise; return the path."""
    longitude = np.arange(0.125, 360.0, 0.25)
    strong = ((longitude > STRONG[0]) & (longitude < STRONG[1])) | (
        (longitude > STRONG[0] + 10.0) & (longitude < STRONG[1] + 10.0)
    )
    values = np.random.default_rng(2).normal(step * strong, step, (240, len(longitude)))
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), len(longitude), 240, 1, gdal.GDT_Float32)
    dataset.SetGeoTransform((0.0, 0.25, 0.0, 30.0, 0.0, -0.25))
    system = osr.SpatialReference()
    system.ImportFromEPSG(4326)
    dataset.SetProjection(system.ExportToWkt())
    dataset.GetRasterBand(1).WriteArray(values)
    return str(path)


@pytest.fixture(scope="module")
def finished(fumarole, inputs, less_training, tmp_path_factory):
    import processing

    folder = tmp_path_factory.mktemp("results")
    names = {
        "features:segments": "features.gpkg",
        "training:model": "model.npz",
        "training:predictions": "predictions.gpkg",
        "training:report": "training.html",
        "classes:segments": "classes.gpkg",
        "relevance:segments": "relevance.gpkg",
        "relevance:table": "relevance.csv",
        "relevance:report": "relevance.html",
    }
    choices = {"REGION_FIELD": "region", "MAGNITUDE_FIELD": "mag", "DEPTH_FIELD": "depth_km", "BOUNDS": "7.0"}
    choices.update(SPACING=50.0, WIDTH_UP=150.0, WIDTH_DOWN=150.0, EXCLUSION=0.0)
    destinations = {name: str(folder / file) for name, file in names.items()}
    with less_training():
        result = processing.run("fumarole:segment_classes_from_trenches", {**inputs, **choices, **destinations})
    return folder, result


def rows(path):
    return list(QgsVectorLayer(str(path), "layer", "ogr").getFeatures())


def test_the_chain_is_valid_and_stands_in_its_group(fumarole):
    model = fumarole.provider.algorithm("segment_classes_from_trenches")
    assert model.validate() == (True, []) and model.canExecute() == (True, "")
    assert (model.groupId(), model.group()) == ("subduction", "Subduction zones")
    steps = {step.algorithm().id() for step in model.childAlgorithms().values()}
    tools = "trench_segments sample_segment_features train_segment_classifier classify_segments explain_segments"
    assert steps == {f"fumarole:{tool}" for tool in tools.split()}
    assert {"model", "subduction"} <= set(model.tags())


def test_every_result_is_there(finished):
    folder, _ = finished
    assert all((folder / name).stat().st_size for name in ("model.npz", "training.html", "relevance.html"))
    counts = [len(rows(folder / name)) for name in ("features.gpkg", "classes.gpkg", "relevance.gpkg")]
    assert counts[0] > 80 and len(set(counts)) == 1
    assert QgsVectorLayer(str(folder / "classes.gpkg"), "classes", "ogr").renderer().type() == "RuleRenderer"


def test_the_classes_follow_the_rugged_ground(finished):
    folder, result = finished
    found = rows(folder / "classes.gpkg")
    truth = [(segment["mag_max"] >= 7.0) + 1 for segment in found]
    assert np.mean([segment["class"] == known for segment, known in zip(found, truth)]) > 0.85
    assert "Relevance of" in "".join(
        field.alias() for field in QgsVectorLayer(str(folder / "relevance.gpkg"), "relevance", "ogr").fields()
    )


def test_bad_bounds_end_the_run(run_tool, inputs, tmp_path):
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException):
        run_tool(
            "segment_classes_from_trenches",
            {
                **inputs,
                "MAGNITUDE_FIELD": "mag",
                "BOUNDS": "9.5",
                "features:segments": str(tmp_path / "features.gpkg"),
                "training:model": str(tmp_path / "model.npz"),
                "classes:segments": str(tmp_path / "classes.gpkg"),
                "relevance:segments": str(tmp_path / "relevance.gpkg"),
            },
        )
    assert not (tmp_path / "classes.gpkg").exists()
