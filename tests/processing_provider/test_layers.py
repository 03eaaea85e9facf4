"""Layers to arrays, and the names of the fields that are written."""

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDate, QVariant

from fumarole.algorithms.errors import Cancelled, DataError
from fumarole.processing_provider.layers import (
    extended,
    fields_of,
    fields_within,
    plain,
    read_points,
    read_table,
    require_projected,
    transformed,
)

UTM = QgsCoordinateReferenceSystem("EPSG:32635")
GEOGRAPHIC = QgsCoordinateReferenceSystem("EPSG:4326")


@pytest.fixture
def read(qgis_app):
    """Read a layer as points in UTM 35N."""
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback(False)
    return lambda layer: read_points(QgsProcessingUtils.variantToSource(layer, context), UTM, context, feedback)


def table_of(layer, feedback=None):
    context = QgsProcessingContext()
    return read_table(QgsProcessingUtils.variantToSource(layer, context), feedback or QgsProcessingFeedback(False))


def degrees(layer, shift=0.0):
    """Move the samples of a layer to longitude 28.5, latitude 39 and eastwards."""
    moved = {
        feature.id(): QgsGeometry.fromWkt(f"Point({28.5 + shift + 0.01 * feature.id()} {39 + 0.003 * feature.id()})")
        for feature in layer.getFeatures()
    }
    layer.dataProvider().changeGeometryValues(moved)
    return layer


def test_attributes_come_as_plain_values(make_samples):
    fields = "&field=when:date&field=name:string&field=count:integer"
    values = {
        "when": lambda row: QDate(2020, 1, 1 + row),
        "name": lambda row: "x'\"<b>",
        "count": lambda row: 2**31 - 1,
    }
    table = table_of(make_samples(3, fields=fields, values=values))
    assert table.column("when") == [QDate(2020, 1, 1), QDate(2020, 1, 2), QDate(2020, 1, 3)]
    assert table.column("name") == ["x'\"<b>"] * 3 and table.column("count") == [2**31 - 1] * 3
    blank = table_of(make_samples(2, fields=fields))
    assert [blank.column(name) for name in ("when", "name", "count")] == [[None, None]] * 3


def test_null_is_none():
    assert plain(QVariant()) is None and plain(None) is None and plain(QDate()) is None
    assert plain(0) == 0 and plain("") == "" and plain([]) == []


@pytest.mark.parametrize(
    "kind, wkt",
    [
        ("MultiPoint", "MultiPoint(({x} {y}), ({x} {y}))"),
        ("LineString", "LineString({x} {y}, {x} {y})"),
        ("Polygon", "Polygon(({x} {y}, 0 0, 1 0, {x} {y}))"),
        ("PointZ", "PointZ({x} {y} 5)"),
    ],
)
def test_every_geometry_gets_a_position(make_samples, read, kind, wkt):
    table = read(make_samples(6, kind=kind, wkt=wkt))
    assert np.isfinite(table.xy).all()
    assert any("point on their surface" in note for note in table.notes) == (kind in ("LineString", "Polygon"))
    if kind != "Polygon":
        assert table.xy == pytest.approx(read(make_samples(6)).xy)


def test_features_without_geometry_are_kept_and_counted(make_samples, read):
    layer = make_samples(5)
    layer.dataProvider().changeGeometryValues({2: QgsGeometry()})
    table = read(layer)
    assert np.isnan(table.xy[1]).all() and len(table.attributes) == 5
    assert "1 of 5 features have no geometry" in table.notes[0]
    assert table.points()[1].isNull() and not table.points()[0].isNull()


def test_geographic_input_is_transformed_and_said_so(make_samples, read):
    table = read(degrees(make_samples(10, crs="EPSG:4326")))
    assert (table.xy[:, 0] > 600_000).all() and (table.xy[:, 1] > 4_000_000).all()
    assert "transformed from WGS 84 (EPSG:4326)" in table.notes[0]


def test_positions_beyond_the_projection_are_counted():
    positions = np.array([[28.5, 39.0], [np.nan, 1.0], [28.5, 95.0]])
    xy, failed = transformed(positions, GEOGRAPHIC, UTM, QgsProcessingContext())
    assert np.isfinite(xy).all(axis=1).tolist() == [True, False, False] and failed == 1


def literally_transformed(xy, source, target):
    """One position after the other."""
    transform = QgsCoordinateTransform(source, target, QgsProcessingContext().transformContext())
    result = np.full_like(xy, np.nan)
    for row, (x, y) in enumerate(xy.tolist()):
        try:
            point = transform.transform(x, y)
        except QgsCsException:
            continue
        result[row] = point.x(), point.y()
    return np.where(np.isfinite(result), result, np.nan)


@pytest.mark.parametrize("source", ["EPSG:4230", "ESRI:54009"])
def test_positions_beyond_reach_do_not_move_the_others(source):
    """Between two datums QGIS has a second way, metres off, which it must not take for all when one position fails."""
    rng = np.random.default_rng(1)
    if source == "EPSG:4230":
        xy, target = np.column_stack([rng.uniform(26, 30, 60), rng.uniform(36, 40, 60)]), UTM
        xy[::7] = 500.0, 91.0
    else:  # Mollweide: the corners of the map are no places
        xy, target = np.column_stack([rng.uniform(-1.8e7, 1.8e7, 60), rng.uniform(-9e6, 9e6, 60)]), GEOGRAPHIC
    source = QgsCoordinateReferenceSystem(source)
    found, failed = transformed(xy, source, target, QgsProcessingContext())
    expected = literally_transformed(xy, source, target)
    assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert 0 < failed == np.isnan(expected[:, 0]).sum() < 60


def test_nothing_to_transform_is_no_error():
    for xy in (np.empty((0, 2)), np.full((3, 2), np.nan)):
        found, failed = transformed(xy, GEOGRAPHIC, UTM, QgsProcessingContext())
        assert found.shape == xy.shape and np.isnan(found).all() and failed == 0


@pytest.mark.parametrize(
    "make, sentence",
    [
        (lambda make: make(0), "holds no features. Check its filter and selection."),
        (lambda make: make(3, crs=""), "has no coordinate system. Set it in QGIS"),
        (lambda make: make(3, kind="None"), "has no geometry. Turn a table into points with the tool 'Import samples'"),
        (lambda make: degrees(make(3)), r"every value fits into degrees .* Set the layer's CRS to EPSG:4326"),
        (
            lambda make: make(3, crs="EPSG:4326"),
            r"no value fits into degrees \(the first is 6\d{5}.* such as EPSG:32635",
        ),
    ],
    ids=["empty", "no crs", "no geometry", "degrees as metres", "metres as degrees"],
)
def test_layers_without_a_usable_place_get_a_sentence(make_samples, read, make, sentence):
    with pytest.raises(DataError, match=sentence):
        read(make(make_samples))


def test_reading_obeys_cancel(make_samples):
    feedback = QgsProcessingFeedback(False)
    feedback.cancel()
    with pytest.raises(Cancelled):
        table_of(make_samples(3), feedback)


@pytest.mark.parametrize("code, sentence", [("EPSG:4326", "is in degrees, and areas needs metres"), ("", "No valid")])
def test_a_target_must_be_projected(qgis_app, code, sentence):
    with pytest.raises(DataError, match=sentence):
        require_projected(QgsCoordinateReferenceSystem(code), "areas")


def test_new_fields_have_their_name_and_old_ones_move_aside():
    before = fields_of(("Cluster", "int"), ("cluster_in", "int"), ("As", "double"))
    after = extended(before, ("cluster", "int"), ("z1", "double"))
    assert after.names() == ["Cluster_in2", "cluster_in", "As", "cluster", "z1"]


def test_names_are_cut_for_shapefiles_and_short_ones_win():
    long = ["confidence_interval", "çöşğüİ_ppm", "silhouette_1", "💧🔥 ppm"]
    names = fields_within(fields_of(*((name, "double") for name in [*long, "confidence", "silhouette"])), 10).names()
    assert names[-2:] == ["confidence", "silhouette"]
    assert names[:2] == ["confiden_1", "çöşğü"] and names[3] == "💧🔥 p"
    assert len({name.lower() for name in names}) == 6 and max(len(name.encode()) for name in names) <= 10


@pytest.mark.parametrize(
    "fid_of, name",
    [(lambda row: row + 5, "fid"), (lambda row: row // 2, "fid_in"), (lambda row: None, "fid_in")],
    ids=["keys", "repeated", "blank"],
)
def test_a_field_that_cannot_be_the_key_is_set_aside(make_samples, fid_of, name):
    layer = make_samples(4, fields="&field=fid:integer&field=geom:double", values={"fid": fid_of})
    table = table_of(layer)
    assert table.fields.names()[-2:] == [name, "geom_in"]
    assert table.column(name) == [fid_of(row) for row in range(4)]


def test_a_csv_is_read_as_text(tmp_path):
    path = tmp_path / "waters.csv"
    path.write_text('name,As_ppm\na,"1,5"\nb,\n', encoding="utf-8")
    table = table_of(QgsVectorLayer(str(path), "waters", "ogr"))
    assert table.column("As_ppm")[0] == "1,5" and table.column("As_ppm")[1] in ("", None)


def test_numbers_keep_all_their_digits(make_samples):
    table = table_of(make_samples(1))
    field = table.fields.field("As_ppm")
    assert field.precision() == 0 and field.convertCompatible(1.23456789012e-7) == 1.23456789012e-7
