"""The shipped chain from rasters to clusters, polygons and map."""

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsFeature, QgsGeometry, QgsLayoutItemLegend, QgsPointXY, QgsProject, QgsVectorLayer
from qgis.PyQt.QtGui import QImage

EASTING, NORTHING, PIXEL = 650_000.0, 4_330_000.0, 50.0
SIDE = 60


@pytest.fixture
def raster(tmp_path):
    """Three bands of two halves and a square, synthetic."""
    units = (np.indices((SIDE, SIDE))[1] > 30).astype(int)
    units[10:25, 5:20] = 2
    levels = np.array([[0.0, 6, 0], [6, 0, 0], [0, 0, 6]])[units].transpose(2, 0, 1)
    values = levels + np.random.default_rng(0).normal(size=levels.shape)
    path = str(tmp_path / "survey.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, SIDE, SIDE, 3, gdal.GDT_Float32)
    dataset.SetGeoTransform((EASTING, PIXEL, 0, NORTHING, 0, -PIXEL))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32635)
    dataset.SetProjection(system.ExportToWkt())
    for number, band in enumerate(values, start=1):
        dataset.GetRasterBand(number).WriteArray(band)
    dataset = None
    return path


@pytest.fixture
def boreholes(qgis_app):
    layer = QgsVectorLayer("Point?crs=EPSG:32635&field=name:string", "boreholes", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes(["B1"])
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(EASTING + 12.5 * PIXEL, NORTHING - 17.5 * PIXEL)))
    layer.dataProvider().addFeatures([feature])
    return layer


def test_the_chain_is_valid(fumarole):
    model = fumarole.provider.algorithm("prospect_from_rasters")
    assert model.validate() == (True, []) and model.canExecute() == (True, "")
    steps = {step.algorithm().id() for step in model.childAlgorithms().values()}
    assert steps == {"fumarole:deep_embedded_clustering_raster", "fumarole:prospect_map"}


def test_from_the_rasters_to_the_map(run_tool, briefly_trained, raster, boreholes, tmp_path):
    names = {"raster": "tif", "polygons": "gpkg", "boreholes": "gpkg", "report": "html"}
    destinations = {f"clustering:{name}": str(tmp_path / f"{name}.{ending}") for name, ending in names.items()}
    destinations.update({"map:map": str(tmp_path / "map.png"), "map:project": str(tmp_path / "map.qgz")})
    chosen = {"N_CLUSTERS": 3, "SAMPLE_SIZE": 400, "EFFORT": "quick", "MIN_PIXELS": 4, "TITLE": "Synthetic"}
    run_tool("prospect_from_rasters", {"RASTERS": [raster], "BOREHOLES": boreholes, **chosen, **destinations})
    polygons = QgsVectorLayer(destinations["clustering:polygons"], "polygons", "ogr")
    assert [feature["cluster"] for feature in polygons.getFeatures()] == [1, 2, 3]
    cluster = gdal.Open(destinations["clustering:raster"]).ReadAsArray()[0]
    area = sum(feature.geometry().area() for feature in polygons.getFeatures())
    assert area == pytest.approx((cluster > 0).sum() * PIXEL**2)
    (borehole,) = QgsVectorLayer(destinations["clustering:boreholes"], "boreholes", "ogr").getFeatures()
    assert borehole["cluster"] == cluster[17, 12] == 3
    assert not QImage(destinations["map:map"]).isNull()
    project = QgsProject()
    assert project.read(destinations["map:project"])
    assert {layer.name() for layer in project.mapLayers().values()} == {"Clusters", "Boreholes"}
    items = project.layoutManager().layouts()[0].items()
    (legend,) = [item for item in items if isinstance(item, QgsLayoutItemLegend)]
    model = legend.model()
    texts = [[node.data(0) for node in model.layerLegendNodes(layer)] for layer in model.rootGroup().findLayers()]
    assert [text.split(" (")[0] for text in texts[0]] == ["Cluster 1", "Cluster 2", "Cluster 3"]
    assert all(text.endswith(" km\u00b2)") for text in texts[0])
    project.clear()


def test_boreholes_may_be_left_out(run_tool, briefly_trained, raster, tmp_path):
    files = {"clustering:raster": str(tmp_path / "map.tif"), "clustering:polygons": str(tmp_path / "polygons.gpkg")}
    chosen = {"RASTERS": [raster], "N_CLUSTERS": 2, "SAMPLE_SIZE": 300, "EFFORT": "quick"}
    result = run_tool("prospect_from_rasters", {**chosen, **files, "map:map": str(tmp_path / "map.png")})
    assert (tmp_path / "map.png").stat().st_size > 0
    assert result["CHILD_INPUTS"]["clustering"]["SEED"] == 42  # defaults are handed on
