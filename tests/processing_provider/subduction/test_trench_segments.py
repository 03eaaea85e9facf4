"""The tool trench_segments through Processing: a literal twin, both sides, 180 degrees, joined lines, bad input."""

import csv

import numpy as np
import pytest
from pyproj import Geod
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)

from fumarole.processing_provider.layers import AttributeTable
from fumarole.processing_provider.subduction.segment_fields import cells_by_region

GEOD = Geod(ellps="WGS84")
BENT = [(178.2, -22.0), (179.1, -20.5), (179.9, -19.0), (-179.2, -17.0), (-178.0, -16.2)]  # synthetic


def line(vertices):
    return "LineString(" + ", ".join(f"{x!r} {y!r}" for x, y in vertices) + ")"


def east_of_greenwich(vertices):
    return [(x % 360.0, y) for x, y in vertices]


@pytest.fixture(scope="session")
def make_trenches(qgis_app):
    """Make a memory layer of synthetic trenches: ``make((region, wkt), ...)``."""

    def make(*features, kind="LineString", crs="EPSG:4326", field="string"):
        layer = QgsVectorLayer(f"{kind}?crs={crs}&field=name:{field}", "trenches", "memory")
        for region, wkt in features:
            feature = QgsFeature(layer.fields())
            feature.setAttributes([region])
            if wkt:
                feature.setGeometry(QgsGeometry.fromWkt(wkt))
            assert layer.dataProvider().addFeature(feature)
        return layer

    return make


@pytest.fixture
def cut(run_tool, recorder):
    """Run the tool with small segments by region, unless told otherwise; returns results, rows and feedback."""

    def run(layer, **changes):
        feedback = recorder()
        parameters = {"INPUT": layer, "REGION_FIELD": "name", "SPACING": 40.0, "WIDTH_UP": 120.0, "WIDTH_DOWN": 80.0}
        results = run_tool("trench_segments", {**parameters, "OUTPUT": "memory:", **changes}, feedback=feedback)
        return results, list(results["OUTPUT"].getFeatures()), feedback

    return run


def column(rows, name):
    return [row[name] for row in rows]


def literal_place(vertices, distance_m):
    """Walk the line leg by leg."""
    for here, there in zip(vertices[:-1], vertices[1:]):
        azimuth, _, length = GEOD.inv(*here, *there)
        if distance_m <= length:
            return GEOD.fwd(*here, azimuth, distance_m)[:2]
        distance_m -= length
    return vertices[-1]


def literal_cell(vertices, number, spacing_km):
    """Return centre and strike of a cell, from its ends."""
    first, centre, last = (literal_place(vertices, 1000.0 * spacing_km * (number + part)) for part in (0.0, 0.5, 1.0))
    azimuth, _, chord = GEOD.inv(*first, *last)
    middle = GEOD.fwd(*first, azimuth, chord / 2)[:2]
    return centre, GEOD.inv(*middle, *last)[0] % 360.0


@pytest.mark.parametrize(("side", "sign"), [("right", 1.0), ("left", -1.0)])
def test_segments_equal_a_literal_twin_across_180_degrees(cut, make_trenches, side, sign):
    results, rows, _ = cut(make_trenches(("T", line(BENT))), SIDE=side)
    length_km = sum(GEOD.inv(*here, *there)[2] for here, there in zip(BENT[:-1], BENT[1:])) / 1000.0
    assert results["N_SEGMENTS"] == len(rows) == int(length_km // 40)
    assert results["LENGTH_KM"] == pytest.approx(length_km)
    inside_of_all = 0
    for number, row in enumerate(rows):
        centre, azimuth = literal_cell(BENT, number, 40.0)
        assert GEOD.inv(row["lon"], row["lat"], *centre)[2] < 0.01
        assert row["azimuth"] == pytest.approx(azimuth, abs=1e-6)
        assert (row["region"], row["segment"], row["s_km"], row["side"]) == ("T", number, 20.0 + 40.0 * number, side)
        for along in np.arange(-38.0, 39.0, 4.0):
            for across in (-121.0, -119.0, -60.0, 0.0, 60.0, 79.0, 81.0):  # km over the downgoing plate
                angle = azimuth + np.degrees(np.arctan2(sign * across, along))
                x, y, _ = GEOD.fwd(*centre, angle, 1000.0 * np.hypot(along, across))
                expected = abs(along) < 20.0 and -120.0 < across < 80.0
                assert row.geometry().contains(QgsPointXY(x, y)) == expected, (number, along, across)
                inside_of_all += expected
    assert inside_of_all == 5 * 10 * len(rows)


def test_polygons_lie_within_180_degrees_in_one_or_two_parts(cut, make_trenches):
    _, rows, _ = cut(make_trenches(("T", line(BENT))))
    n_parts = [row.geometry().constGet().numGeometries() for row in rows]
    assert set(n_parts) == {1, 2}
    for row in rows:
        geometry = row.geometry()
        assert geometry.isGeosValid()
        bounds = geometry.boundingBox()
        assert -180.0 <= bounds.xMinimum() and bounds.xMaximum() <= 180.0
        area = 0.0
        for part in geometry.constParts():
            ring = part.exteriorRing()
            vertices = [(vertex.x(), vertex.y()) for vertex in ring.vertices()]
            area += abs(GEOD.polygon_area_perimeter(*zip(*vertices))[0])
            assert ring.boundingBox().width() < 5.0
        assert area == pytest.approx(40e3 * 200e3, rel=1e-3)


def test_the_written_layer_gives_the_cells_back(cut, run_tool, make_trenches, tmp_path):
    layer = make_trenches(("a", line(BENT)), ("b", line([(-70.0, -20.0), (-71.0, -24.0)])))
    _, rows, _ = cut(layer)
    for name in ("segments.gpkg", "segments.shp"):
        path = str(tmp_path / name)
        run_tool("trench_segments", {"INPUT": layer, "REGION_FIELD": "name", "SPACING": 40.0, "OUTPUT": path})
        stored = QgsVectorLayer(path, "stored", "ogr")
        assert [category.label() for category in stored.renderer().categories()] == ["a", "b"]
        table = AttributeTable(stored.fields(), [feature.attributes() for feature in stored.getFeatures()], [])
        first, second = cells_by_region(table)
        assert (first.region, second.region) == ("a", "b")
        assert [*first.cells.longitude, *second.cells.longitude] == pytest.approx(column(rows, "lon"), abs=1e-9)
        assert [*first.cells.azimuth, *second.cells.azimuth] == pytest.approx(column(rows, "azimuth"), abs=1e-9)
        assert (first.cells.spacing_km, first.cells.width_up_km, first.cells.side) == (40.0, 300.0, "right")


def moved(vertices, crs):
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateReferenceSystem(crs), QgsProject.instance()
    )
    return [(point.x(), point.y()) for point in (transform.transform(QgsPointXY(*vertex)) for vertex in vertices)]


@pytest.mark.parametrize(
    ("crs", "vertices"),
    [
        ("EPSG:4326", east_of_greenwich(BENT)),
        ("EPSG:3832", BENT),  # Mercator around the Pacific
        ("EPSG:3857", BENT),  # its coordinates jump at 180 degrees
        ("EPSG:4269", BENT),
    ],
)
def test_any_coordinate_system_gives_the_same_segments(cut, make_trenches, crs, vertices):
    _, expected, _ = cut(make_trenches(("T", line(BENT))))
    _, rows, _ = cut(make_trenches(("T", line(vertices if crs == "EPSG:4326" else moved(vertices, crs))), crs=crs))
    assert len(rows) == len(expected)
    for row, other in zip(rows, expected):
        assert GEOD.inv(row["lon"], row["lat"], other["lon"], other["lat"])[2] < 2.0  # NAD83 is not WGS84
        assert row["azimuth"] == pytest.approx(other["azimuth"], abs=1e-3)


def test_turning_a_region_round_swaps_its_ends_and_the_side(cut, make_trenches):
    layer = make_trenches(("a", line(BENT)), ("b", line([(0.0, 0.0), (0.0, 3.0)])))
    _, rows, feedback = cut(layer, REVERSE=" b ,")
    _, expected, _ = cut(make_trenches(("a", line(BENT)), ("b", line([(0.0, 3.0), (0.0, 0.0)]))))
    assert [row["lat"] for row in rows] == pytest.approx([row["lat"] for row in expected])
    told = feedback.infos[1]
    assert "Region 'b' (turned round as asked): 332 km from 0.00 E 3.00 N (s_km = 0) to 0.00 E 0.00 N" in told
    assert "it runs south at its middle, so the downgoing plate on the right is in the west." in told


def test_lines_of_a_region_are_joined_in_any_order_and_direction(cut, make_trenches):
    layer = make_trenches(
        ("T", line(BENT[2:])),
        ("other", line([(10.0, 0.0), (12.0, 0.0)])),
        ("T", line(BENT[1::-1])),
        ("T", line(BENT[1:3])),
    )
    _, rows, feedback = cut(layer)
    _, expected, _ = cut(make_trenches(("T", line(BENT))))
    mine = [row for row in rows if row["region"] == "T"]
    assert column(mine, "lon") == pytest.approx(column(expected, "lon"))
    assert column(mine, "segment") == list(range(len(expected)))
    assert "(lines 2, 3, 1 joined in this order, line 2 turned because it was drawn the other way" in feedback.infos[0]


def test_parts_of_one_feature_are_joined_too(cut, make_trenches):
    wkt = "MultiLineString(" + ", ".join(line(part)[len("LineString") :] for part in (BENT[:3], BENT[2:])) + ")"
    _, rows, _ = cut(make_trenches((None, wkt), kind="MultiLineString"), REGION_FIELD=None)
    assert set(column(rows, "region")) == {"trenches"}  # the only feature is named by the layer
    assert len(rows) == len(cut(make_trenches(("T", line(BENT))))[1])


def test_lines_far_apart_become_regions_of_their_own(cut, make_trenches):
    apart = (("T", line([(0.0, 0.0), (1.0, 0.0)])), ("T-1", line([(50.0, 0.0), (51.0, 0.0)])))
    layer = make_trenches(*apart, ("T", line([(3.0, 0.0), (4.0, 0.0)])))
    results, rows, feedback = cut(layer)
    assert list(dict.fromkeys(column(rows, "region"))) == ["T-2", "T-3", "T-1"]
    assert results["N_REGIONS"] == 3
    assert "with gaps of at most 50 km: they become the regions 'T-2', 'T-3'." in feedback.warnings[0]
    results, rows, feedback = cut(layer, MAX_GAP=250.0)
    assert (feedback.warnings, list(dict.fromkeys(column(rows, "region")))) == ([], ["T", "T-1"])
    assert "gaps of up to 223 km closed by straight lines" in feedback.infos[0]
    assert results["LENGTH_KM"] == pytest.approx((4.0 + 1.0) * 111.3195, abs=0.01)


def test_a_line_drawn_twice_counts_once(cut, make_trenches):
    both = make_trenches(("T", line(BENT)), ("T", line(east_of_greenwich(BENT[::-1]))))
    _, rows, feedback = cut(both)
    assert column(rows, "lon") == pytest.approx(column(cut(make_trenches(("T", line(BENT))))[1], "lon"))
    assert feedback.warnings == ["Region 'T': 1 of 2 lines repeat another and are left out."]


def test_without_a_region_field_every_line_is_numbered(cut, make_trenches):
    layer = make_trenches(("T", line(BENT[:3])), (None, line(BENT[2:])))
    _, rows, _ = cut(layer, REGION_FIELD=None)
    assert list(dict.fromkeys(column(rows, "region"))) == ["1", "2"]


def test_numbers_are_names_too(cut, make_trenches):
    _, rows, _ = cut(make_trenches((7.0, line(BENT[:3])), (7.5, line(BENT[2:])), field="double"))
    assert list(dict.fromkeys(column(rows, "region"))) == ["7", "7.5"]


def test_points_are_vertices_in_their_order(cut, make_trenches):
    points = [("T", f"Point({x} {y})") for x, y in east_of_greenwich(BENT)]
    other = [("other", f"Point({x} 0)") for x in (10.0, 12.0)]
    mixed = [points[0], other[0], *points[1:3], other[1], *points[3:]]
    _, rows, feedback = cut(make_trenches(*mixed, kind="Point"))
    _, expected, _ = cut(make_trenches(("T", line(BENT))))
    assert column([row for row in rows if row["region"] == "T"], "lon") == pytest.approx(column(expected, "lon"))
    assert "a line through 5 points in their order, at most 241 km apart" in feedback.infos[0]
    _, rows, _ = cut(make_trenches(*points, kind="Point"), REGION_FIELD=None)
    assert (len(rows), rows[0]["region"]) == (len(expected), "trenches")


def test_what_is_too_short_or_empty_is_left_out_and_counted(cut, make_trenches):
    layer = make_trenches(("T", line(BENT)), ("stub", line([(0.0, 0.0), (0.1, 0.0)])), ("none", None))
    results, rows, feedback = cut(layer)
    assert set(column(rows, "region")) == {"T"}
    assert (results["N_REGIONS"], results["N_SKIPPED"]) == (1, 2)
    assert feedback.warnings == [
        "Region 'none' has no line of some length and is left out.",
        "Region 'stub' is 11.1 km long, shorter than one segment: it is left out.",
    ]


def test_a_line_of_exactly_one_segment_has_one(cut, make_trenches):
    longitude = GEOD.fwd(0.0, 0.0, 90.0, 40_000.0)[0]
    results, _, feedback = cut(make_trenches(("T", line([(0.0, 0.0), (longitude, 0.0)]))))
    assert results["N_SEGMENTS"] == 1
    assert "1 segment, 0 km unused" in feedback.infos[0]


STRAIGHT = line([(0.0, 0.0), (5.0, 0.0)])


@pytest.mark.parametrize(
    ("features", "layer_options", "changes", "message"),
    [
        ([], {}, {}, "The trench layer holds no features"),
        ([("T", None)], {}, {}, "No feature of the trench layer has a geometry"),
        ([("T", STRAIGHT), (None, STRAIGHT), (" ", STRAIGHT)], {}, {}, "2 of 3 features .* in 'name' .* feature 2"),
        ([("T", STRAIGHT)], {}, {"REGION_FIELD": "slab"}, "no field 'slab'. Its fields are: name"),
        ([("T", STRAIGHT)], {"crs": "EPSG:32635"}, {}, "every value fits into degrees"),
        ([("T", line([(5e5, 4e6), (6e5, 4e6)]))], {}, {}, "no value fits into degrees"),
        ([("T", line([(5.0, 80.0), (6.0, 95.0)]))], {}, {}, "no longitudes and latitudes"),
        ([("T", STRAIGHT)], {"crs": ""}, {}, "has no coordinate system"),
        ([("T", "Polygon((0 0, 5 0, 5 5, 0 0))")], {"kind": "Polygon"}, {}, "neither lines nor points"),
        ([("T", STRAIGHT)], {"kind": "None"}, {}, "neither lines nor points"),
        ([("T", STRAIGHT)], {}, {"SPACING": 0.0}, "must be above 0 km"),
        ([("T", STRAIGHT)], {}, {"WIDTH_UP": 0.0}, "must be above 0 km"),
        ([("T", STRAIGHT)], {}, {"SPACING": 600.0}, "No trench is as long as .* 600 km: the longest has 557"),
        ([("T", "Point(1 1)")], {"kind": "Point"}, {}, "the longest has 0 km"),
        ([("T", STRAIGHT)], {}, {"REVERSE": "T,U"}, "no region 'U' to turn round. The regions are: T"),
        ([("T", line([(179.0, 0.0), (183.0, 4.0), (179.0, 4.0), (183.0, 0.0)]))], {}, {}, "longitude -179.*latitude 2"),
        ([("T", line([(0.0, 0.0), (4.0, 0.0), (2.0, 0.0)]))], {}, {}, "crosses or retraces itself at longitude"),
        ([("T", line([(10.0, 80.0), (10.0, 89.5)]))], {}, {}, "latitude 84.*reaches beyond 85 degrees of latit"),
        ([("T", line([(10.0, 60.0), (16.0, 60.0)]))], {}, {"WIDTH_UP": 5000.0}, "latitude 60.*beyond 85 degrees"),
        ([("T", STRAIGHT)], {}, {"WIDTH_DOWN": 15_000.0}, "too far around the Earth to be drawn as a polygon"),
    ],
)
def test_bad_input_gets_a_sentence(cut, make_trenches, features, layer_options, changes, message):
    with pytest.raises(QgsProcessingException, match=message):
        cut(make_trenches(*features, **layer_options), **changes)


@pytest.mark.parametrize("name", ["SPACING", "WIDTH_UP", "WIDTH_DOWN"])
def test_sizes_of_nothing_are_refused_before_the_run(fumarole, make_trenches, name):
    tool, context = fumarole.provider.algorithm("trench_segments"), QgsProcessingContext()
    parameters = {"INPUT": make_trenches(("T", STRAIGHT)), "OUTPUT": "memory:"}
    assert tool.checkParameterValues(parameters, context)[0]
    is_fine, message = tool.checkParameterValues({**parameters, name: 0.0}, context)
    assert not is_fine and "must be above 0 km" in message


def test_cancel_writes_nothing(run_tool, make_trenches, recorder, tmp_path):
    path = tmp_path / "segments.gpkg"
    parameters = {"INPUT": make_trenches(("T", line(BENT))), "OUTPUT": str(path)}
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run_tool("trench_segments", parameters, feedback=recorder(cancel_at=3))
    assert not path.exists()


@pytest.fixture
def geometry_folder(shared_data):
    folder = shared_data / "subduction" / "geometry"
    if not folder.is_dir():
        pytest.skip("the trench lines are not present")
    return folder


def test_every_trench_of_the_world_is_cut(cut, make_trenches, geometry_folder):
    """USGS Slab2 trenches, as points with longitudes from 0 to 360; the downgoing plate is always on their right."""
    with open(geometry_folder / "trenches_usgs_2017.csv", encoding="utf-8") as stream:
        points = [(row["slab"], f"Point({row['lon']} {row['lat']})") for row in csv.DictReader(stream)]
    results, rows, feedback = cut(make_trenches(*points, kind="Point"), SPACING=50.0, WIDTH_UP=300.0, WIDTH_DOWN=300.0)
    assert (results["N_REGIONS"], results["N_SKIPPED"], feedback.warnings) == (27, 0, [])
    assert results["N_SEGMENTS"] == len(rows) > 1200
    assert all(row.geometry().isGeosValid() for row in rows)
    split = {row["region"] for row in rows if row.geometry().constGet().numGeometries() > 1}
    assert split == {"alu", "ker"}
    seaward = {"alu": "south", "ker": "east", "sam": "south-west", "kur": "south-east", "van": "west"}
    for region, towards in seaward.items():
        (told,) = (text for text in feedback.infos if text.startswith(f"Region '{region}'"))
        assert told.endswith(f"the downgoing plate on the right is in the {towards}.")


def test_plate_boundaries_drawn_twice_and_cut_at_180_degrees_are_joined(cut, geometry_folder):
    layer = QgsVectorLayer(str(geometry_folder / "PB2002_boundaries.geojson"), "boundaries", "ogr")
    layer.setSubsetString("Name = 'KE/PA'")
    results, rows, feedback = cut(layer, REGION_FIELD="Name")
    assert results["N_REGIONS"] == 1
    assert results["LENGTH_KM"] == pytest.approx(2302.0, abs=1.0)
    assert feedback.warnings == ["Region 'KE/PA': 1 of 3 lines repeat another and are left out."]
