"""The legend of a prospect map: only what is shown, with the number of samples per cluster."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from qgis.core import (
    QgsFillSymbol,
    QgsLayoutItemLegend,
    QgsLayoutPoint,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapLayerLegendUtils,
    QgsSymbolLayer,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerUtils,
    QgsWkbTypes,
)

from .map_text import grouped, set_letters, text_format

_ATTEMPTS = ((1, 1.0), (1, 0.9), (1, 0.8), (2, 0.9), (2, 0.8), (2, 0.7), (3, 0.6), (3, 0.5), (4, 0.4))  # columns, size
_LEAST_SWATCH_MM = 1.8
_HULL_SWATCH = {"color": "85,85,85,51", "outline_color": "#555555", "outline_width": "0.4"}


@dataclass(frozen=True)
class LegendEntry:
    """One layer of the legend.

    Attributes
    ----------
    layer : QgsVectorLayer
    heading : str
        Empty: the symbols stand without a heading.
    texts : dict of int to str, or None
        Position of each legend symbol to show, in order, with its text; None shows all as they are.
    swatches : dict of int to QgsSymbol
        What stands in place of the layer's own symbols.
    """

    layer: QgsVectorLayer
    heading: str
    texts: object = None
    swatches: object = field(default_factory=dict)


def legend_of(layers):
    """Return the entries, in reading order, of the layers given by key (``CLUSTERS``, ``HULLS``, ...)."""
    entries = {
        "CLUSTERS": _samples_entry,
        "HULLS": _hulls_entry,
        "BOREHOLES": partial(LegendEntry, heading="Boreholes"),
        "EARTHQUAKES": partial(LegendEntry, heading="Earthquakes"),
    }
    return [entry(layers[key]) for key, entry in entries.items() if key in layers]


def add_legend(layout, map_item, entries, left, top, width, height, size):
    """Add the legend, in more columns and smaller letters the longer it is, so that it stays in its place.

    ``entries`` are the :class:`LegendEntry` of the map, from top to bottom; lengths are in millimetres.
    """
    legend = QgsLayoutItemLegend(layout)
    layout.addLayoutItem(legend)
    legend.setLinkedMap(map_item)
    legend.setAutoUpdateModel(False)
    root = legend.model().rootGroup()  # the legend's own copy of the project's tree
    root.removeAllChildren()
    for entry in entries:
        _add_entry(legend.model(), root, entry)
    legend.setResizeToContents(True)
    legend.setBoxSpace(0.0)
    for columns, share in _ATTEMPTS:
        _set_sizes(legend, columns, share * size)
        needed = QgsLegendRenderer(legend.model(), legend.legendSettings()).minimumSize()
        if needed.height() <= height and needed.width() <= width:
            break
    legend.adjustBoxSize()
    first_line = legend.style(QgsLegendStyle.Style.Subgroup).margin(QgsLegendStyle.Side.Top)
    legend.attemptMove(QgsLayoutPoint(left, top - first_line, QgsUnitTypes.LayoutUnit.LayoutMillimeters))


def _samples_entry(layer):
    """Return the entry of the clusters that occur: of samples with their number, of cluster polygons with the area."""
    renderer = layer.renderer()
    if renderer.type() != "categorizedSymbol":
        return LegendEntry(layer, "Samples")
    categories = renderer.categories()
    values, _ = QgsVectorLayerUtils.getValues(layer, renderer.classAttribute())
    keys = [_key(category.value()) for category in categories]
    counts = Counter(key if key in keys else "" for key in map(_key, values))  # "" takes all others
    areas = _areas(layer, map(_key, values))
    texts = {
        position: f"{category.label()} ({areas[key] if key in areas else grouped(counts[key])})"
        for position, (key, category) in enumerate(zip(keys, categories))
        if counts[key]
    }
    swatches = {position: _readable(categories[position].symbol()) for position in texts}
    if areas:
        return LegendEntry(layer, "Clusters", texts, swatches)
    by_confidence = any(_has_own_size(category.symbol()) for category in categories)
    return LegendEntry(layer, "Samples (smaller: less certain)" if by_confidence else "Samples", texts, swatches)


def _hulls_entry(layer):
    """Return the entry of the hulls: one grey swatch, for their colours are those of the samples."""
    if layer.renderer().type() != "categorizedSymbol":
        return LegendEntry(layer, "Cluster hulls")
    swatch = QgsFillSymbol.createSimple(_HULL_SWATCH)
    return LegendEntry(layer, "", {0: "Hull of a cluster, in its colour"}, {0: swatch})


def _areas(layer, keys):
    """Return the area of each cluster in words, where the layer holds polygons with their ``area_km2``; else empty."""
    is_polygons = layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry
    if not is_polygons or layer.fields().indexOf("area_km2") < 0:
        return {}
    areas, _ = QgsVectorLayerUtils.getValues(layer, "area_km2")
    sums = Counter()
    for key, area in zip(keys, areas):
        sums[key] += area if isinstance(area, float) else 0.0  # NULL
    return {key: f"{_rounded(area)} km\u00b2" for key, area in sums.items()}


def _rounded(area):
    if area >= 100.0:
        return grouped(round(area))
    return f"{area:.1f}" if area >= 1.0 else f"{area:.2g}"


def _has_own_size(symbol):
    return symbol.symbolLayer(0).dataDefinedProperties().isActive(QgsSymbolLayer.Property.PropertySize)


def _readable(symbol):
    """Return a marker large enough to tell its colour, whatever its size on the map."""
    swatch = symbol.clone()
    if hasattr(swatch, "setSize") and 0.0 < swatch.size() < _LEAST_SWATCH_MM:
        swatch.setSize(_LEAST_SWATCH_MM)
    return swatch


def _add_entry(model, root, entry):
    node = root.addLayer(entry.layer)
    node.setCustomProperty("legend/title-label", entry.heading)  # a new name would rename the layer itself
    if entry.texts is not None:
        QgsMapLayerLegendUtils.setLegendNodeOrder(node, list(entry.texts))
        for position, text in entry.texts.items():
            QgsMapLayerLegendUtils.setLegendNodeUserLabel(node, position, text)
        for position, swatch in entry.swatches.items():
            QgsMapLayerLegendUtils.setLegendNodeCustomSymbol(node, position, swatch)
        model.refreshLayerLegend(node)
    if not entry.heading:
        QgsLegendRenderer.setNodeLegendStyle(node, QgsLegendStyle.Style.Hidden)


def _set_sizes(legend, columns, size):
    heading, symbol = QgsLegendStyle.Style.Subgroup, QgsLegendStyle.Style.SymbolLabel
    legend.setColumnCount(columns)
    legend.setSplitLayer(columns > 1)
    for part, points, bold in ((heading, 8.5, True), (symbol, 8.0, False)):
        style = legend.style(part)
        set_letters(style, text_format(points * size, bold))
        legend.setStyle(part, style)
    legend.rstyle(heading).setMargin(QgsLegendStyle.Side.Top, 3.0 * size)
    legend.rstyle(symbol).setMargin(QgsLegendStyle.Side.Top, 1.4 * size)
    legend.setSymbolWidth(6.0 * size)
    legend.setSymbolHeight(3.4 * size)
    legend.setColumnSpace(3.0 * size)


def _key(value):
    """Return a value as a renderer compares it: NULL is empty, and 2.0 is 2."""
    if value is None or (hasattr(value, "isNull") and value.isNull()):
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
