"""The looks of self-potential layers: classes at round numbers, colours that tell sign and depth, arrows that turn."""

import math

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsMapRendererParallelJob, QgsMapSettings, QgsPointXY, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from fumarole.ui import sp_styles
from fumarole.ui.sp_palette import NEGATIVE_TO_POSITIVE, SHALLOW_TO_DEEP, ramp_colour

PIXELS = 200


def layer_of(fields, rows):
    layer = QgsVectorLayer(f"Point?crs=EPSG:32635&{'&'.join('field=' + field for field in fields)}", "layer", "memory")
    features = []
    for number, row in enumerate(rows):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(500_000 + 100 * number, 4_300_000)))
        feature.setAttributes(list(row))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


@pytest.fixture
def sources(qgis_app):
    def make(*rows):
        fields = ("shape:string", "depth_m:double", "k:double", "angle_deg:double", "azimuth:double")
        return layer_of(fields, rows)

    return make


@pytest.mark.parametrize(
    ("values", "most"), [([3.0, 57.0], 5), ([-0.4, 0.9], 9), ([12.0], 5), ([0.0, 0.0], 5), ([], 5), ([1e-6, 1e6], 5)]
)
def test_limits_are_few_rising_and_hold_everything(values, most):
    limits = sp_styles.nice_limits(values, most)
    assert 2 <= len(limits) <= most + 1
    assert all(lower < upper for lower, upper in zip(limits[:-1], limits[1:]))
    assert not values or (limits[0] <= min(values) and max(values) <= limits[-1])


def test_limits_are_round():
    assert sp_styles.nice_limits([21.0, 58.0], 5) == [20.0, 30.0, 40.0, 50.0, 60.0]


def test_ramp_runs_through_its_colours():
    assert ramp_colour(("#000000", "#FFFFFF"), 0.5) == "#808080"
    assert ramp_colour(SHALLOW_TO_DEEP, -1.0) == SHALLOW_TO_DEEP[0]
    assert ramp_colour(SHALLOW_TO_DEEP, 2.0) == SHALLOW_TO_DEEP[-1]


def test_every_station_falls_into_a_class_of_its_sign(qgis_app):
    values = [-250.0, -31.0, -0.5, 0.0, 0.7, 90.0, None]
    layer = layer_of(("sp_mv:double",), [(value,) for value in values])
    sp_styles.style_profiles(layer)
    ranges = layer.renderer().ranges()
    for value in values[:-1]:
        assert any(item.lowerValue() <= value <= item.upperValue() for item in ranges)
    first, last = ranges[0].symbol().color(), ranges[-1].symbol().color()
    assert first.blue() > first.red() and last.red() > last.blue()
    assert first.name().upper() == NEGATIVE_TO_POSITIVE[0]


def test_a_layer_without_values_is_styled_too(qgis_app, sources):
    empty = layer_of(("sp_mv:double",), [])
    sp_styles.style_profiles(empty)
    sp_styles.style_sources(sources())
    sp_styles.style_sources(sources((None, None, None, None, None)))
    assert empty.renderer().type() == "graduatedSymbol"


def test_legend_holds_only_the_marks_of_the_shapes_present(sources):
    counts = {}
    for shape in ("sphere", "sheet"):
        layer = sources((shape, 10.0, 5.0, 90.0, 90.0))
        sp_styles.style_sources(layer)
        ranges = layer.renderer().ranges()  # kept while its symbols are looked at
        counts[shape] = ranges[0].symbol().symbolLayerCount()
    assert counts == {"sphere": 5, "sheet": 3}


def ink(layer):
    """Return the mean direction of the dark pixels around the middle of the map, degrees from north."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(PIXELS, PIXELS))
    settings.setBackgroundColor(QColor("white"))
    extent = layer.extent()
    extent.grow(100.0)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    dark = [
        (x - PIXELS / 2, PIXELS / 2 - y)
        for x in range(PIXELS)
        for y in range(PIXELS)
        if QColor(picture.pixel(x, y)).lightness() < 60
    ]
    east, north = (sum(part) / len(dark) for part in zip(*dark))
    return math.degrees(math.atan2(east, north)) % 360


@pytest.mark.parametrize(
    ("azimuth", "angle", "expected"), [(90.0, 270.0, 0.0), (90.0, 90.0, 180.0), (90.0, 0.0, 90.0), (60.0, 90.0, 150.0)]
)
def test_the_arrow_is_the_section_laid_onto_the_map(sources, azimuth, angle, expected):
    layer = sources(("sphere", 10.0, 5.0, angle, azimuth))
    sp_styles.style_sources(layer)
    assert (ink(layer) - expected + 180) % 360 - 180 == pytest.approx(0.0, abs=4.0)
