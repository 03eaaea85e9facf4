"""The tool sp_profiles through Processing: points, rasters, coordinate systems and bad input."""

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsProcessingException, QgsRasterLayer

EASTING, NORTHING = 650_000.0, 4_330_000.0
WEST_EAST = f"LineString({EASTING} {NORTHING}, {EASTING + 200} {NORTHING})"
SOUTH_NORTH = f"LineString({EASTING + 100} {NORTHING - 80}, {EASTING + 100} {NORTHING + 80})"


@pytest.fixture
def survey(point_layer):
    """A grid of points every 10 m whose value says where they are: 1000 + x + y / 1000."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(0, 201, 10.0), np.arange(-80, 81, 10.0)))
    return point_layer(np.stack([EASTING + x, NORTHING + y], axis=1), sp=1000.0 + x + y / 1000.0)


@pytest.fixture
def grid(tmp_path):
    """Write a raster whose value is a plane, so that bilinear reading is exact: ``grid(values, cell, ...)``."""

    def write(function, cell=10.0, epsg=32635, origin=(EASTING - 50, NORTHING + 100), size=(40, 30), hole=None):
        columns, rows = size
        x = origin[0] + (np.arange(columns) + 0.5) * cell
        y = origin[1] - (np.arange(rows) + 0.5) * cell
        values = function(*np.meshgrid(x, y)).astype(np.float32)
        if hole:
            values[hole] = -9999.0
        path = str(tmp_path / "grid.tif")
        dataset = gdal.GetDriverByName("GTiff").Create(path, columns, rows, 1, gdal.GDT_Float32)
        dataset.SetGeoTransform((origin[0], cell, 0, origin[1], 0, -cell))
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        dataset.SetProjection(system.ExportToWkt())
        dataset.GetRasterBand(1).SetNoDataValue(-9999.0)
        dataset.GetRasterBand(1).WriteArray(values)
        dataset = None
        return QgsRasterLayer(path, "grid")

    return write


def test_points_within_the_buffer_become_stations(run_tool, survey, line_layer, columns):
    lines = line_layer({"A": WEST_EAST, "B": SOUTH_NORTH})
    parameters = {"INPUT": survey, "SP_FIELD": "sp", "LINES": lines, "LINE_FIELD": "name", "BUFFER": 4.0}
    result = run_tool("sp_profiles", {**parameters, "OUTPUT": "memory:"})
    assert (result["N_LINES"], result["N_STATIONS"], result["N_EMPTY"]) == (2, 21 + 17, 0)
    layer = result["OUTPUT"]
    names = [feature["line"] for feature in layer.getFeatures()]
    assert names == ["A"] * 21 + ["B"] * 17
    distance, sp, offset = columns(layer, "distance_m", "sp_mv", "offset_m")
    assert distance[:21] == pytest.approx(np.arange(0, 201, 10))
    assert sp[:21] == pytest.approx(1000.0 + distance[:21])
    assert sp[21:] == pytest.approx(1100.0 + (distance[21:] - 80) / 1000)
    assert offset == pytest.approx(0.0)
    assert layer.renderer().type() == "graduatedSymbol"


def test_points_beside_the_line_are_projected_onto_it(run_tool, survey, line_layer, columns):
    lines = line_layer({"A": WEST_EAST})
    result = run_tool(
        "sp_profiles", {"INPUT": survey, "SP_FIELD": "sp", "LINES": lines, "BUFFER": 12, "OUTPUT": "memory:"}
    )
    distance, sp, offset, count = columns(result["OUTPUT"], "distance_m", "sp_mv", "offset_m", "n_points")
    assert distance == pytest.approx(np.arange(0, 201, 10))  # three rows of points merged into one station each
    assert sp == pytest.approx(1000.0 + distance)
    assert set(count) == {3.0} and offset == pytest.approx(20.0 / 3.0)
    assert result["N_UNUSED"] == 21 * 17 - 63
    places = [feature.geometry().asPoint() for feature in result["OUTPUT"].getFeatures()]
    assert {place.y() for place in places} == {NORTHING}


def test_distances_count_from_the_first_vertex(run_tool, survey, line_layer, columns):
    reversed_line = f"LineString({EASTING + 200} {NORTHING}, {EASTING} {NORTHING})"
    parameters = {"INPUT": survey, "SP_FIELD": "sp", "LINES": line_layer({"A": reversed_line}), "BUFFER": 1}
    distance, sp = columns(
        run_tool("sp_profiles", {**parameters, "OUTPUT": "memory:"})["OUTPUT"], "distance_m", "sp_mv"
    )
    assert sp == pytest.approx(1200.0 - distance)


@pytest.mark.parametrize("points_crs", ["EPSG:4326", "EPSG:3857", "EPSG:23035"])
def test_points_of_another_system_give_the_same_profile(run_tool, survey, line_layer, columns, points_crs):
    import processing

    moved = processing.run("native:reprojectlayer", {"INPUT": survey, "TARGET_CRS": points_crs, "OUTPUT": "memory:"})
    parameters = {"INPUT": moved["OUTPUT"], "SP_FIELD": "sp", "LINES": line_layer({"A": WEST_EAST}), "BUFFER": 4}
    distance, sp = columns(
        run_tool("sp_profiles", {**parameters, "OUTPUT": "memory:"})["OUTPUT"], "distance_m", "sp_mv"
    )
    assert distance == pytest.approx(np.arange(0, 201, 10), abs=0.01)
    assert sp == pytest.approx(1000.0 + distance, abs=0.01)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_lines_in_degrees_or_stretched_metres_are_measured_on_the_ellipsoid(run_tool, survey, line_layer, columns, crs):
    import processing
    from pyproj import Geod

    def moved(layer, target):
        return processing.run("native:reprojectlayer", {"INPUT": layer, "TARGET_CRS": target, "OUTPUT": "memory:"})[
            "OUTPUT"
        ]

    lines = moved(line_layer({"A": WEST_EAST}), crs)
    result = run_tool(
        "sp_profiles", {"INPUT": survey, "SP_FIELD": "sp", "LINES": lines, "BUFFER": 4, "OUTPUT": "memory:"}
    )
    assert result["OUTPUT"].crs().authid() == crs
    (distance,) = columns(result["OUTPUT"], "distance_m")
    ends = [line.geometry().asPolyline() for line in moved(lines, "EPSG:4326").getFeatures()][0]
    true = Geod(ellps="WGS84").inv(ends[0].x(), ends[0].y(), ends[-1].x(), ends[-1].y())[2]
    assert distance[-1] == pytest.approx(true, abs=1e-3)
    assert len(distance) == 21


def test_a_raster_is_read_between_its_cells(run_tool, grid, line_layer, columns):
    raster = grid(lambda x, y: (x - EASTING) + 0.5 * (y - NORTHING))
    oblique = f"LineString({EASTING + 3} {NORTHING + 7}, {EASTING + 123} {NORTHING - 53})"
    parameters = {"RASTER": raster, "LINES": line_layer({"A": oblique}), "SPACING": 3.0}
    result = run_tool("sp_profiles", {**parameters, "OUTPUT": "memory:"})
    distance, sp = columns(result["OUTPUT"], "distance_m", "sp_mv")
    assert distance == pytest.approx(3.0 * np.arange(len(distance))) and len(distance) == int(np.hypot(120, 60) / 3) + 1
    share = distance / np.hypot(120, 60)
    assert sp == pytest.approx((3 + 120 * share) + 0.5 * (7 - 60 * share), abs=1e-3)


def test_spacing_of_zero_is_the_cell(run_tool, grid, line_layer, columns):
    raster = grid(lambda x, y: x - EASTING, cell=10.0)
    result = run_tool("sp_profiles", {"RASTER": raster, "LINES": line_layer({"A": WEST_EAST}), "OUTPUT": "memory:"})
    assert columns(result["OUTPUT"], "distance_m")[0] == pytest.approx(np.arange(0, 201, 10))


def test_a_raster_in_degrees_serves_metric_lines(run_tool, grid, line_layer, columns):
    raster = grid(lambda x, y: 1e4 * (x - 28.7), cell=2e-4, epsg=4326, origin=(28.70, 39.15), size=(400, 300))
    result = run_tool(
        "sp_profiles", {"RASTER": raster, "LINES": line_layer({"A": WEST_EAST}), "SPACING": 5, "OUTPUT": "memory:"}
    )
    (sp,) = columns(result["OUTPUT"], "sp_mv")
    assert len(sp) == 41 and np.diff(sp) == pytest.approx(np.diff(sp).mean(), rel=1e-3)


def test_cells_without_data_give_no_station(run_tool, grid, line_layer, columns):
    raster = grid(lambda x, y: x - EASTING, hole=(slice(None), slice(12, 15)))
    result = run_tool("sp_profiles", {"RASTER": raster, "LINES": line_layer({"A": WEST_EAST}), "OUTPUT": "memory:"})
    distance, sp = columns(result["OUTPUT"], "distance_m", "sp_mv")
    assert sp == pytest.approx(distance, abs=1e-3)
    assert not np.any((distance > 65) & (distance < 95)) and len(distance) < 21


def test_volts_are_asked_about(run_tool, survey, line_layer, point_layer, columns):
    xy = [[EASTING + x, NORTHING] for x in range(0, 100, 10)]
    volts = point_layer(xy, sp=np.linspace(-0.2, 0.1, 10))
    parameters = {"INPUT": volts, "SP_FIELD": "sp", "LINES": line_layer({"A": WEST_EAST}), "OUTPUT": "memory:"}
    with pytest.raises(QgsProcessingException, match="looks like volts"):
        run_tool("sp_profiles", parameters)
    for unit, factor in (("volts", 1000.0), ("millivolts", 1.0)):
        (sp,) = columns(run_tool("sp_profiles", {**parameters, "UNIT": unit})["OUTPUT"], "sp_mv")
        assert sp == pytest.approx(factor * np.linspace(-0.2, 0.1, 10))


def test_lines_that_meet_nothing_are_left_out(run_tool, survey, line_layer):
    far = f"LineString({EASTING} {NORTHING + 900}, {EASTING + 200} {NORTHING + 900})"
    point = f"LineString({EASTING} {NORTHING}, {EASTING} {NORTHING})"
    lines = line_layer({"A": WEST_EAST, "far": far})
    parameters = {"INPUT": survey, "SP_FIELD": "sp", "LINE_FIELD": "name", "BUFFER": 5, "OUTPUT": "memory:"}
    result = run_tool("sp_profiles", {**parameters, "LINES": lines})
    assert (result["N_LINES"], result["N_EMPTY"]) == (1, 1)
    with pytest.raises(QgsProcessingException, match="nearest lies 820 m from a line"):
        run_tool("sp_profiles", {**parameters, "LINES": line_layer({"far": far})})
    with pytest.raises(QgsProcessingException, match="no line of some length|invalid geometry"):
        run_tool("sp_profiles", {**parameters, "LINES": line_layer({"point": point})})


def test_equal_names_stay_apart(run_tool, survey, line_layer):
    lines = line_layer({"A": WEST_EAST})
    lines.dataProvider().addFeatures(list(lines.getFeatures()))
    result = run_tool(
        "sp_profiles",
        {"INPUT": survey, "SP_FIELD": "sp", "LINES": lines, "LINE_FIELD": "name", "BUFFER": 1, "OUTPUT": "memory:"},
    )
    assert {feature["line"] for feature in result["OUTPUT"].getFeatures()} == {"A", "A-2"}


def test_parts_that_touch_are_one_line_and_others_are_not(run_tool, survey):
    from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

    def part(start, stop):
        return f"({EASTING + start} {NORTHING}, {EASTING + stop} {NORTHING})"

    lines = QgsVectorLayer("MultiLineString?crs=EPSG:32635&field=name:string", "lines", "memory")
    for name, parts in (("touching", part(0, 60) + "," + part(60, 120)), ("apart", part(0, 60) + "," + part(140, 200))):
        feature = QgsFeature(lines.fields())
        feature.setGeometry(QgsGeometry.fromWkt(f"MultiLineString({parts})"))
        feature.setAttributes([name])
        lines.dataProvider().addFeatures([feature])
    parameters = {"INPUT": survey, "SP_FIELD": "sp", "LINES": lines, "LINE_FIELD": "name", "BUFFER": 1}
    names = [f["line"] for f in run_tool("sp_profiles", {**parameters, "OUTPUT": "memory:"})["OUTPUT"].getFeatures()]
    assert {name: names.count(name) for name in sorted(set(names))} == {"apart-1": 7, "apart-2": 7, "touching": 13}


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "one of the two"),
        ({"INPUT": "survey"}, "Choose the field"),
        ({"INPUT": "survey", "SP_FIELD": "nothing"}, "nothing"),
    ],
)
def test_incomplete_input_is_refused(run_tool, survey, line_layer, parameters, sentence):
    given = {name: survey if value == "survey" else value for name, value in parameters.items()}
    with pytest.raises(QgsProcessingException, match=sentence):
        run_tool("sp_profiles", {**given, "LINES": line_layer({"A": WEST_EAST}), "OUTPUT": "memory:"})


def test_text_that_is_no_number_is_named(run_tool, point_layer, line_layer):
    layer = point_layer([[EASTING, NORTHING], [EASTING + 10, NORTHING]], sp=["12,5", "n.d."])
    with pytest.raises(QgsProcessingException, match="'n.d.' in feature 2"):
        run_tool(
            "sp_profiles",
            {"INPUT": layer, "SP_FIELD": "sp", "LINES": line_layer({"A": WEST_EAST}), "OUTPUT": "memory:"},
        )
