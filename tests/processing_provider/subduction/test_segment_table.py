"""A layer of segments becomes the table of the maths, or a sentence says why not."""

import numpy as np
import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsVectorLayer,
)

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.subduction.segment_table import feature_names, read_segments, typed_fields

NAMES = ("CRD_UP_AVE", "CRD_UP_STD", "SED_DG_AVE")


@pytest.fixture
def read():
    def run(layer, names=NAMES, region="region", position="s_km", magnitude="mag_max", feedback=None):
        context = QgsProcessingContext()
        source = QgsProcessingFeatureSource(layer, context)
        return read_segments(
            source, names, region, position, magnitude, context, feedback or QgsProcessingFeedback(False)
        )

    return run


def test_segments_are_read_in_their_order(read, segments):
    table, found = read(segments)
    assert len(table.attributes) == len(found) == 70
    assert found.names == NAMES
    assert found.region[0] == "north" and found.region[-1] == "south"
    assert found.position_km[:3].tolist() == [25.0, 75.0, 125.0]
    assert found.values[:, 1].tolist() == table.column("CRD_UP_STD")
    assert found.magnitude.tolist() == table.column("mag_max")
    np.testing.assert_allclose([found.longitude[0], found.latitude[0]], [151.5, -19.775])


@pytest.mark.parametrize("fill", [np.inf, -1.797e308, -3.4e38])
def test_null_infinite_and_fill_values_are_blank(read, make_segments, fill):
    layer = make_segments(values={"mag_max": lambda row: None if row == 3 else 7.0, "CRD_UP_STD": lambda row: fill})
    _, found = read(layer)
    assert np.flatnonzero(np.isnan(found.magnitude)).tolist() == [3]
    assert np.isnan(found.values[:, 1]).all()


def test_table_without_geometry_or_regions(read, make_segments):
    layer = make_segments(sizes=(("only", 12),), kind="None")
    _, found = read(layer, region="", position="", magnitude="")
    assert found.longitude is None and found.latitude is None
    assert set(found.region) == {"trench"}
    assert np.isnan(found.position_km).all() and np.isnan(found.magnitude).all()


def test_blank_region_is_left_to_the_maths(read, make_segments):
    _, found = read(make_segments(values={"region": lambda row: None if row == 1 else "a"}))
    assert found.region[1] == ""


def test_place_from_fields_wins(read, make_segments):
    layer = make_segments(
        fields="&field=lon:double&field=lat:double", values={"lon": lambda row: 179.5, "lat": lambda row: 5.0}
    )
    _, found = read(layer)
    assert set(found.longitude) == {179.5} and set(found.latitude) == {5.0}


def test_segment_across_180_degrees_keeps_its_side(read):
    layer = QgsVectorLayer("MultiPolygon?crs=EPSG:4326&field=a:double", "segments", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes([1.0])
    feature.setGeometry(
        QgsGeometry.fromWkt(
            "MultiPolygon(((177 0, 180 0, 180 1, 177 1, 177 0)), ((-180 0, -179 0, -179 1, -180 1, -180 0)))"
        )
    )
    layer.dataProvider().addFeatures([feature])
    _, found = read(layer, ("a",), "", "", "")
    np.testing.assert_allclose([found.longitude[0], found.latitude[0]], [178.5, 0.5])


def test_projected_layer_gives_degrees(read, make_segments):
    layer = QgsVectorLayer("Point?crs=EPSG:32635&field=a:double", "segments", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes([1.0])
    feature.setGeometry(QgsGeometry.fromWkt("Point(500000 0)"))
    layer.dataProvider().addFeatures([feature])
    _, found = read(layer, ("a",), "", "", "")
    np.testing.assert_allclose([found.longitude[0], found.latitude[0]], [27.0, 0.0], atol=1e-9)


def test_numbers_written_as_text_are_read(read, make_segments):
    layer = make_segments(fields="&field=mw:string", values={"mw": lambda row: " 7.5 " if row else ""})
    _, found = read(layer, magnitude="mw")
    assert np.isnan(found.magnitude[0]) and set(found.magnitude[1:]) == {7.5}


def test_text_magnitude_is_refused(read, make_segments):
    layer = make_segments(fields="&field=mw:string", values={"mw": lambda row: "M 7.5" if row == 4 else "7"})
    with pytest.raises(DataError, match="magnitude field 'mw' holds 'M 7.5' in feature 5"):
        read(layer, magnitude="mw")


def test_moments_are_no_magnitudes(read, make_segments):
    with pytest.raises(DataError, match=r"'mag_max' holds 1e\+21 in feature 1, which is no magnitude"):
        read(make_segments(values={"mag_max": lambda row: 1e21}))


@pytest.mark.parametrize("given", [{"names": ("nothing",)}, {"position": "nothing"}, {"magnitude": "nothing"}])
def test_missing_field_is_named(read, segments, given):
    with pytest.raises(DataError, match="has no field 'nothing' for the .*Its fields are: region, segment"):
        read(segments, **given)


def test_empty_layer_is_refused(read, make_segments):
    with pytest.raises(DataError, match="holds no features"):
        read(make_segments(sizes=()))


def test_no_region_field_means_one_trench(read, make_segments, recorder):
    layer = make_segments(sizes=(("only", 12),))
    layer.dataProvider().deleteAttributes([0])
    layer.updateFields()
    told = recorder()
    _, found = read(layer, feedback=told)
    assert set(found.region) == {"trench"}
    assert told.infos == ["There is no field 'region': all segments count as one trench."]


def test_features_are_the_numeric_fields_that_describe(make_segments):
    ours = ("true_class", "pred_prob", "near_class", "right", "r_AGE", "outside")  # they know the answer
    names = ("fid_in", "LON", "azimuth", "n_events", "prob_1", "AGE", *ours)
    more = "".join(f"&field={name}:double" for name in names)
    layer = make_segments(fields=more + "&field=Mw:double&field=slab:string")
    assert feature_names(layer.fields(), (), "region", "s_km", "Mw") == (*NAMES, "AGE")
    assert feature_names(layer.fields(), ("AGE", "LON", "AGE"), "region", "s_km", "Mw") == ("AGE", "LON")


def test_magnitude_is_no_feature(segments):
    with pytest.raises(DataError, match="'mag_max' holds the magnitudes to be predicted"):
        feature_names(segments.fields(), ("CRD_UP_AVE", "mag_max"), "region", "s_km", "mag_max")


def test_layer_without_features_is_refused(make_segments):
    layer = make_segments(sizes=(("only", 3),))
    layer.dataProvider().deleteAttributes([3, 4, 5])
    layer.updateFields()
    with pytest.raises(DataError, match="no numeric field that is a feature"):
        feature_names(layer.fields(), (), "region", "s_km", "mag_max")


def test_text_that_holds_numbers_counts_as_numbers(make_segments):
    layer = make_segments(
        fields="&field=AGE:string&field=slab:string&field=blank:string",
        values={"AGE": lambda row: "1.5e1" if row else "", "slab": lambda row: "7" if row else "flat"},
    )
    source = QgsProcessingFeatureSource(layer, QgsProcessingContext())
    fields = typed_fields(source, QgsProcessingFeedback(False))
    assert feature_names(fields, (), "region", "s_km", "mag_max") == (*NAMES, "AGE")
