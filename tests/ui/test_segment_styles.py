"""The looks of segments, drawn: class, probability, hatching and relevance are seen, on areas, lines and points."""

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from fumarole.ui import segment_styles
from fumarole.ui.segment_palette import RELEVANCE, class_color

FIELDS = (
    "region:string",
    "class:integer",
    "prob:double",
    "outside:integer",
    "r_SED:double",
    "pred_class:integer",
    "right:integer",
)
ADDRESS = "".join(f"&field={field}" for field in FIELDS)
AREA = "Polygon(({x} 0, {x} 1, {right} 1, {right} 0, {x} 0))"
WKT = {"Polygon": AREA, "LineString": "LineString({x} 0.5, {right} 0.5)", "Point": "Point({middle} 0.5)"}
PIXELS = 40  # of a degree


@pytest.fixture
def layer_of(qgis_app):
    """Make a layer of squares of one degree side by side, by their attributes."""

    def make(*rows, kind="Polygon"):
        layer = QgsVectorLayer(f"{kind}?crs=EPSG:4326{ADDRESS}", "segments", "memory")
        features = []
        for x, row in enumerate(rows):
            feature = QgsFeature(layer.fields())
            feature.setAttributes(list(row))
            feature.setGeometry(QgsGeometry.fromWkt(WKT[kind].format(x=x, middle=x + 0.5, right=x + 1)))
            features.append(feature)
        layer.dataProvider().addFeatures(features)
        return layer

    return make


def drawn(layer):
    """Return the colours of every segment's pixels, without its outline."""
    count = layer.featureCount()
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(PIXELS * count, PIXELS))
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(QgsRectangle(0, 0, count, 1))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    inner = range(6, PIXELS - 6)
    return [[QColor(image.pixel(PIXELS * n + x, y)) for x in inner for y in inner] for n in range(count)]


def most(pixels):
    names = [pixel.name().upper() for pixel in pixels]
    return max(set(names), key=names.count)


def darkness(pixels):
    return 255 - sum(pixel.lightness() for pixel in pixels) / len(pixels)


@pytest.fixture
def classes(layer_of):
    rows = [
        ("a", 1, 1.0, 0, None, None),
        ("a", 1, 0.6, 0, None, None),
        ("a", 2, 1.0, 0, None, None),
        ("a", 2, 1.0, 1, None, None),
        ("a", None, None, None, None, None),
    ]

    def make(kind="Polygon"):
        layer = layer_of(*rows, kind=kind)
        segment_styles.style_classes(layer, 2, ("Mw < 8", "Mw \u2265 8"))
        return layer

    return make


def test_classes_have_their_colours_paler_where_less_probable_and_hatched_outside(classes):
    certain, unsure, great, outside, blank = drawn(classes())
    assert most(certain) == class_color(1, 2) and most(great) == class_color(2, 2)
    assert 0.2 * darkness(certain) < darkness(unsure) < 0.6 * darkness(certain)
    assert len({pixel.name() for pixel in great}) == 1 < len({pixel.name() for pixel in outside})
    assert darkness(outside) > darkness(great) + 5
    assert most(blank) == "#FFFFFF"


@pytest.mark.parametrize("kind", ["LineString", "Point"])
def test_lines_and_points_are_told_apart_as_well(classes, kind):
    certain, unsure, great, outside, blank = drawn(classes(kind))
    assert class_color(1, 2) in {pixel.name().upper() for pixel in certain}
    assert class_color(2, 2) in {pixel.name().upper() for pixel in great}
    assert darkness(unsure) < darkness(certain) and darkness(outside) > darkness(great)


def test_the_legend_tells_classes_probability_and_doubt(classes):
    layer = classes()
    labels = [item.label() for item in layer.renderer().legendSymbolItems()]
    assert labels == [
        "Mw < 8",
        "Mw \u2265 8",
        "Not classified",
        "Probability 1",
        "Probability 0.75",
        "Unlike any training segment",
    ]


def test_relevance_is_symmetric_about_zero_and_a_few_extremes_do_not_pale_the_rest(layer_of):
    values = [-0.9, -0.1, 0.1, 0.9, 0.0, None, *[0.3] * 4]
    layer = layer_of(*[("a", 1, 1.0, 0, value, None) for value in values])
    segment_styles.style_relevance(layer, "r_SED", {"r_SED": "Relevance of SED for the class"})
    assert layer.attributeDisplayName(layer.fields().indexOf("r_SED")) == "Relevance of SED for the class"
    limits = [item.upperValue() for item in layer.renderer().ranges()][:-1]
    assert limits == pytest.approx([-limit for limit in reversed(limits)]) and 0.0 in limits
    pixels = drawn(layer)
    assert (most(pixels[0]), most(pixels[3])) == (RELEVANCE[0], RELEVANCE[-1])
    assert most(pixels[5]) == "#FFFFFF"  # not explained
    against, favour = (QColor(most(pixels[position])) for position in (1, 2))
    assert against.red() > against.blue() and favour.green() > favour.red()
    many = layer_of(*[("a", 1, 1.0, 0, value, None) for value in [*(n / 100 for n in range(100)), 50.0]])
    segment_styles.style_relevance(many, "r_SED")
    assert max(item.lowerValue() for item in many.renderer().ranges()) <= 1.0
    assert len(many.renderer().ranges()) <= 10
    assert many.renderer().rangeForValue(50.0) is not None


def test_wrong_predictions_are_hatched(layer_of):
    rows = [("a", 1, 1.0, 0, None, 1, 1), ("a", 2, 1.0, 0, None, 1, 0), ("a", 2, None, 0, None, None, None)]
    layer = layer_of(*rows)
    segment_styles.style_predictions(layer, 2)
    right, wrong, blank = drawn(layer)
    assert most(right) == most(wrong) != "#FFFFFF"
    assert darkness(wrong) > darkness(right) + 5
    assert most(blank) == "#FFFFFF"


def test_regions_are_outlined_in_colours_of_their_own(layer_of):
    layer = layer_of(*[(region, 1, 1.0, 0, None, None) for region in ("kur", "alu", "kur")])
    segment_styles.style_segments(layer)
    assert [category.label() for category in layer.renderer().categories()] == ["alu", "kur"]
    first, second, third = (most(pixels) for pixels in drawn(layer))
    assert first == third != second
    assert QColor(first).lightness() > 220  # what lies below is seen


def test_layers_without_features_are_styled_too(layer_of):
    for style in (
        segment_styles.style_segments,
        lambda layer: segment_styles.style_classes(layer, 3),
        lambda layer: segment_styles.style_predictions(layer, 4),
        lambda layer: segment_styles.style_relevance(layer, "r_SED"),
    ):
        layer = layer_of()
        style(layer)
        assert layer.renderer().legendSymbolItems()


def test_a_stored_style_draws_the_same(classes, layer_of, tmp_path):
    styled = classes()
    path = str(tmp_path / "style.qml")
    assert styled.saveNamedStyle(path)[1]
    again = classes()
    segment_styles.style_segments(again)
    again.loadNamedStyle(path)
    assert drawn(again) == drawn(styled)
