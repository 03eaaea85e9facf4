"""The shipped chain from a raster of self-potential and lines to sources on the map."""

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsVectorLayer

from fumarole.algorithms.self_potential.bodies import potential

EASTING, NORTHING = 650_000.0, 4_330_000.0
CELL_M = 2.0
TRUTH = {"A": (60.0, 15.0), "B": (85.0, 22.0)}  # line: place and depth, m


@pytest.fixture
def raster(tmp_path):
    """Two horizontal cylinders that strike north, one below the other: a synthetic grid."""
    x_m = (np.arange(75) + 0.5) * CELL_M
    curves = [potential("horizontal_cylinder", x_m, x0, depth, 250.0, 2000.0) for x0, depth in TRUTH.values()]
    values = np.repeat(np.array(curves)[[1, 0]], 50, axis=0)  # B in the north
    path = str(tmp_path / "sp.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 75, 100, 1, gdal.GDT_Float64)
    dataset.SetGeoTransform((EASTING, CELL_M, 0, NORTHING + 100 * CELL_M, 0, -CELL_M))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32635)
    dataset.SetProjection(system.ExportToWkt())
    dataset.GetRasterBand(1).WriteArray(values)
    dataset = None
    return path


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines.geojson"
    features = [
        f'{{"type": "Feature", "properties": {{"name": "{name}"}}, "geometry": {{"type": "LineString", "coordinates": '
        f"[[{EASTING + 1}, {NORTHING + y}], [{EASTING + 149}, {NORTHING + y}]]}}}}"
        for name, y in (("A", 51), ("B", 151))
    ]
    crs = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32635"}}'
    path.write_text(f'{{"type": "FeatureCollection", {crs}, "features": [{", ".join(features)}]}}', encoding="utf-8")
    return str(path)


def test_the_chain_is_valid_and_stands_in_its_group(fumarole):
    model = fumarole.provider.algorithm("sp_sources_from_raster")
    assert model.validate() == (True, []) and model.canExecute() == (True, "")
    assert (model.groupId(), model.group()) == ("self_potential", "Self-potential")
    steps = {step.algorithm().id() for step in model.childAlgorithms().values()}
    assert steps == {"fumarole:sp_profiles", "fumarole:invert_sp"}
    assert {"model", "sp", "inversion"} <= set(model.tags())


def test_from_the_raster_to_the_sources(run_tool, raster, lines, tmp_path):
    destinations = {
        name: str(tmp_path / f"{name.replace(':', '_')}.gpkg")
        for name in ("profiles:stations", "inversion:sources", "inversion:fit", "inversion:bars")
    }
    parameters = {"RASTER": raster, "LINES": lines, "LINE_FIELD": "name", "BODY": "horizontal_cylinder", "UNCERTAINTY": "covariance"}
    report = str(tmp_path / "report.html")
    result = run_tool("sp_sources_from_raster", {**parameters, **destinations, "inversion:report": report})
    sources = QgsVectorLayer(result["inversion:sources"], "sources", "ogr")
    found = {feature["line"]: feature for feature in sources.getFeatures()}
    for name, (x0, depth) in TRUTH.items():
        assert found[name]["depth_m"] == pytest.approx(depth, rel=0.02)
        assert found[name].geometry().constGet().x() - EASTING == pytest.approx(x0, abs=0.2)
    assert sources.renderer().type() == "graduatedSymbol"
    assert QgsVectorLayer(result["profiles:stations"], "stations", "ogr").featureCount() == 2 * 75
    assert QgsVectorLayer(result["inversion:bars"], "bars", "ogr").featureCount() == 2
    assert "<html" in open(report, encoding="utf-8").read()[:500]
