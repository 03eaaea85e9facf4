"""Looks survive QML and GeoPackage, and give every feature the symbol it should have."""

import pytest
from qgis.core import (
    QgsExpressionContextUtils,
    QgsFeature,
    QgsGeometry,
    QgsNullSymbolRenderer,
    QgsPointXY,
    QgsRenderContext,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from fumarole.ui.palette import cluster_colour
from fumarole.ui.styles import style_boreholes, style_earthquakes, style_hulls, style_samples

SQUARE = QgsGeometry.fromWkt("Polygon((0 0, 1000 0, 1000 1000, 0 1000, 0 0))")


def layer_of(fields, rows, geometry="Point"):
    layer = QgsVectorLayer(f"{geometry}?crs=EPSG:32635&" + "&".join(f"field={f}" for f in fields), "layer", "memory")
    for number, row in enumerate(rows):
        feature = QgsFeature(layer.fields())
        point = QgsGeometry.fromPointXY(QgsPointXY(640_000 + 100 * number, 4_330_000))
        feature.setGeometry(SQUARE if geometry == "Polygon" else point)
        feature.setAttributes(row)
        layer.dataProvider().addFeature(feature)
    return layer


def drawn(layer):
    """Colour and size of the symbol of every feature, as the renderer would draw it."""
    context = QgsRenderContext()
    context.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    renderer = layer.renderer().clone()
    renderer.startRender(context, layer.fields())
    result = []
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, context)
        if symbol is None:
            result.append(None)
            continue
        part = symbol.symbolLayer(0)
        size = part.size() if hasattr(part, "size") else None
        size_now = part.dataDefinedProperties().property(part.Property.PropertySize)
        if size is not None and size_now.isActive():
            size = round(size_now.valueAsDouble(context.expressionContext(), size)[0], 3)
        result.append((part.color().name().upper(), part.strokeColor().name().upper(), size))
    renderer.stopRender(context)
    return result


@pytest.fixture(params=["qml", "gpkg"])
def round_trip(request, qgis_app, tmp_path):
    """Store a layer's style, load it into a fresh layer and return that."""

    def store_and_load(layer, style):
        path = str(tmp_path / "layer.gpkg")
        options = QgsVectorFileWriter.SaveVectorOptions()
        QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, layer.transformContext(), options)
        written = QgsVectorLayer(path, "written", "ogr")
        style(written)
        if request.param == "qml":
            written.saveNamedStyle(str(tmp_path / "layer.qml"))
        else:
            assert not written.saveStyleToDatabase("look", "", True, "")
        fresh = QgsVectorLayer(path, "fresh", "ogr")
        if request.param == "qml":
            fresh.setRenderer(QgsNullSymbolRenderer())
            fresh.loadNamedStyle(str(tmp_path / "layer.qml"))
        assert fresh.renderer().type() == written.renderer().type()
        assert fresh.labelsEnabled() == written.labelsEnabled()
        assert drawn(fresh) == drawn(written)
        return fresh

    return store_and_load


def test_samples(round_trip):
    layer = layer_of(
        ["cluster:integer", "confidence:double"], [[1, 1.0], [2, 0.0], [2, None], [None, None], [0, 0.3], [7, 1.0]]
    )
    fresh = round_trip(layer, lambda written: style_samples(written, 2))
    symbols = drawn(fresh)
    assert symbols[0] == (cluster_colour(1), "#FFFFFF", 2.6)
    assert symbols[1] == (cluster_colour(2), "#FFFFFF", 1.3), "no confidence: small"
    assert symbols[2] == (cluster_colour(2), "#FFFFFF", 2.6), "confidence not known: full size"
    assert [symbol[2] for symbol in symbols[3:]] == pytest.approx([1.43] * 3), "not assigned: small and hollow"
    assert [item.label() for item in fresh.renderer().legendSymbolItems()] == [
        "Cluster 1",
        "Cluster 2",
        "Not assigned",
    ]


def test_text_clusters_of_a_csv_take_the_same_colours(qgis_app):
    layer = layer_of(["cluster:string"], [["1"], ["2"], [""]])
    style_samples(layer, 2)
    assert [symbol[0] for symbol in drawn(layer)][:2] == [cluster_colour(1), cluster_colour(2)]


def test_hulls_have_the_colour_of_their_samples_and_20_percent_fill(round_trip):
    layer = layer_of(["cluster:integer"], [[2], [1]], "Polygon")
    fresh = round_trip(layer, lambda written: style_hulls(written, 2, names={2: "B"}))
    assert [symbol[:2] for symbol in drawn(fresh)] == [(cluster_colour(n), cluster_colour(n)) for n in (2, 1)]
    categories = fresh.renderer().categories()
    fill = categories[0].symbol().symbolLayer(0)
    assert fill.fillColor().alphaF() == pytest.approx(0.2, abs=0.002)
    assert fill.strokeColor().alphaF() == 1.0
    assert [category.label() for category in categories] == ["Cluster 1", "B"]


def test_boreholes_are_black_crosses_with_their_name(round_trip):
    fresh = round_trip(layer_of(["ID:string"], [["E-1"], ["E-2"]]), style_boreholes)
    assert {symbol[1] for symbol in drawn(fresh)} == {"#000000"}
    assert fresh.labeling().settings().fieldName == '"ID"'
    assert fresh.labeling().settings().format().buffer().enabled()


def test_boreholes_without_a_name_have_no_label(qgis_app):
    layer = layer_of(["depth_m:double"], [[812.0]])
    style_boreholes(layer)
    assert not layer.labelsEnabled()


def test_earthquakes_grow_with_magnitude(round_trip):
    layer = layer_of(["ML:double"], [[3.0], [3.99], [4.0], [5.2], [None]])
    fresh = round_trip(layer, lambda written: style_earthquakes(written, "ML"))
    sizes = [symbol and symbol[2] for symbol in drawn(fresh)]
    assert sizes == [2.0, 2.0, 3.2, 5.0, None]
    ranges = fresh.renderer().ranges()
    assert ranges[0].symbol().symbolLayer(0).fillColor().alpha() == 0
    labels = [item.label() for item in fresh.renderer().legendSymbolItems()]
    assert labels == ["3 ≤ M < 4", "4 ≤ M < 5", "5 ≤ M < 6"]


def test_magnitudes_as_text_with_a_decimal_comma(qgis_app):
    layer = layer_of(["ML:string"], [["3,9"], ["4,0"], ["unknown"]])
    style_earthquakes(layer, "ML")
    assert [symbol and symbol[2] for symbol in drawn(layer)] == [2.0, 3.2, None]


def test_earthquakes_without_a_magnitude_field(qgis_app):
    layer = layer_of(["depth:double"], [[7.0]])
    style_earthquakes(layer, "")
    assert drawn(layer)[0][1] == "#D7191C"


@pytest.mark.parametrize("name", ['a"b', "it's", "<script>", "büyüklük 🌋"])
def test_field_names_of_any_spelling(qgis_app, name):
    layer = layer_of(["m:double"], [[4.5]])
    layer.startEditing()
    layer.renameAttribute(0, name)
    layer.commitChanges()
    style_earthquakes(layer, name)
    assert drawn(layer)[0][2] == 3.2
    style_samples(layer, 3, cluster_field=name)
    assert drawn(layer)[0][2] == pytest.approx(1.43)
