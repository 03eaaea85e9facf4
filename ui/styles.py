"""The looks of the layers: symbols, labels and legends, by the palette of :mod:`.palette`."""

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsExpression,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsMarkerSymbol,
    QgsPalettedRasterRenderer,
    QgsPalLayerSettings,
    QgsProperty,
    QgsRendererCategory,
    QgsRendererRange,
    QgsSingleSymbolRenderer,
    QgsSymbolLayer,
    QgsTextBufferSettings,
    QgsUnitTypes,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor

from .map_text import text_format
from .palette import BOREHOLE, EARTHQUAKE, NOT_ASSIGNED, cluster_colour

NOT_ASSIGNED_LABEL = "Not assigned"
_SAMPLE_LOOKS = (  # up to this many samples: diameter and outline in mm
    (1000, 2.6, 0.2),
    (10_000, 1.6, 0.1),
    (float("inf"), 0.9, 0.0),
)
_NOT_ASSIGNED_SHARE = 0.55  # diameter of a sample without cluster over that of a certain one
_LEAST_SHARE = 0.5  # diameter of a sample of confidence 0 over that of confidence 1
_HULL_FILL_ALPHA = 51  # of 255: 20 %
_AREA_FILL_ALPHA = 153  # of 255: 60 %, so that what lies below is seen
_MAGNITUDE_CLASSES = (  # lower limit, upper limit, diameter in mm
    (-10.0, 3.0, 1.2),
    (3.0, 4.0, 2.0),
    (4.0, 5.0, 3.2),
    (5.0, 6.0, 5.0),
    (6.0, 7.0, 7.5),
    (7.0, 12.0, 11.0),
)
_UNKNOWN_MAGNITUDE_SIZE_MM = 2.0
_BOREHOLE_NAMES = ("id", "name", "ad", "adi", "no", "well", "well_id", "wellname", "borehole", "hole_id", "bh", "kuyu")


def style_samples(layer, cluster_count, cluster_field="cluster", names=None):
    """Colour points by cluster number; less certain samples are smaller, unassigned ones small, grey and hollow.

    Parameters
    ----------
    layer : QgsVectorLayer
        Points with a cluster field and, if there is one, a field ``confidence`` (0 to 1).
    cluster_count : int
        Clusters 1 to ``cluster_count`` get a legend entry.
    cluster_field : str
        Name of the field that holds the cluster number.
    names : mapping of int to str, optional
        Legend texts instead of "Cluster 1"; where the field holds text, also the values it holds.
    """
    categories = [
        _category(layer, cluster_field, number, _sample_symbol(layer, number), names)
        for number in range(1, cluster_count + 1)
    ]
    size, _ = _sample_look(layer)
    hollow = _circle(_NOT_ASSIGNED_SHARE * size, NOT_ASSIGNED, 0.1 * size)
    categories.append(QgsRendererCategory("", hollow, NOT_ASSIGNED_LABEL))
    layer.setRenderer(QgsCategorizedSymbolRenderer(_cluster_expression(layer, cluster_field, names), categories))


def style_hulls(layer, cluster_count, cluster_field="cluster", names=None):
    """Give hull polygons their cluster's colour: 20 % fill and a solid outline (see :func:`style_samples`)."""
    categories = [
        _category(layer, cluster_field, number, _fill_symbol(number, _HULL_FILL_ALPHA, 0.4), names)
        for number in range(1, cluster_count + 1)
    ]
    layer.setRenderer(QgsCategorizedSymbolRenderer(_cluster_expression(layer, cluster_field, names), categories))


def style_cluster_areas(layer, cluster_count):
    """Fill the polygons of a cluster map with their cluster's colour: 60 %, with a thin outline of the same."""
    categories = [
        QgsRendererCategory(number, _fill_symbol(number, _AREA_FILL_ALPHA, 0.1), f"Cluster {number}")
        for number in range(1, cluster_count + 1)
    ]
    layer.setRenderer(QgsCategorizedSymbolRenderer("cluster", categories))


def style_cluster_raster(layer, cluster_count, names=None):
    """Colour the pixels of band 1 by cluster number, as the samples are; 0, no data, stays transparent.

    Parameters
    ----------
    layer : QgsRasterLayer
        Band 1 holds the cluster number.
    cluster_count : int
    names : mapping of int to str, optional
        Legend texts instead of "Cluster 1".
    """
    texts = {number: f"Cluster {number}" for number in range(1, cluster_count + 1)}
    texts.update(names or {})
    classes = [
        QgsPalettedRasterRenderer.Class(number, QColor(cluster_colour(number)), texts[number])
        for number in range(1, cluster_count + 1)
    ]
    layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, classes))


def style_boreholes(layer):
    """Draw boreholes as black crosses, labelled with their name or number where a field holds one."""
    symbol = QgsMarkerSymbol.createSimple(
        {"name": "cross", "size": "3.2", "color": BOREHOLE, "outline_color": BOREHOLE, "outline_width": "0.5"}
    )
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    names = [name for name in layer.fields().names() if name.lower() in _BOREHOLE_NAMES]
    if not names:
        layer.setLabelsEnabled(False)
        return
    label = QgsPalLayerSettings()
    label.isExpression = True
    label.fieldName = QgsExpression.quotedColumnRef(names[0])
    label.placement = QgsPalLayerSettings.Placement.OrderedPositionsAroundPoint
    label.dist = 2.2  # mm, outside the cross
    label.setFormat(_label_format())
    layer.setLabeling(QgsVectorLayerSimpleLabeling(label))
    layer.setLabelsEnabled(True)


def style_earthquakes(layer, magnitude_field):
    """Draw earthquakes as red unfilled circles, the larger the magnitude; the legend lists the classes present.

    Without a ``magnitude_field`` (empty or None) all circles have one size.
    """
    if not magnitude_field:
        layer.setRenderer(QgsSingleSymbolRenderer(_circle(_UNKNOWN_MAGNITUDE_SIZE_MM)))
        return
    present = _classes_present(layer, magnitude_field)
    ranges = []
    for position, (lower, upper, size) in enumerate(_MAGNITUDE_CLASSES):
        if position not in present:
            continue
        if position == 0:
            text = f"M < {upper:g}"
        elif position == len(_MAGNITUDE_CLASSES) - 1:
            text = f"M \u2265 {lower:g}"
        else:
            text = f"{lower:g} \u2264 M < {upper:g}"
        # just below the limit, because a value on a shared limit falls into the first range that holds it
        ranges.append(QgsRendererRange(lower, upper - 1e-9, _circle(size), text))
    layer.setRenderer(QgsGraduatedSymbolRenderer(_number_expression(layer, magnitude_field), ranges))


def _fill_symbol(number, alpha, outline_mm):
    """Return a polygon of a cluster's colour, with an opacity of ``alpha`` of 255 inside."""
    outline = QColor(cluster_colour(number))
    fill = QColor(outline)
    fill.setAlpha(alpha)
    symbol = QgsFillSymbol.createSimple(
        {"outline_width": str(outline_mm), "outline_style": "solid", "joinstyle": "round"}
    )
    symbol.symbolLayer(0).setFillColor(fill)
    symbol.symbolLayer(0).setStrokeColor(outline)
    return symbol


def _category(layer, cluster_field, number, symbol, names):
    text = (names or {}).get(number, f"Cluster {number}")
    value = text if names and _is_text(layer, cluster_field) else number
    return QgsRendererCategory(value, symbol, text)


def _cluster_expression(layer, cluster_field, names):
    if names and _is_text(layer, cluster_field):
        return QgsExpression.quotedColumnRef(cluster_field)
    return _number_expression(layer, cluster_field)


def _sample_look(layer):
    """Return diameter and outline in mm: smaller where there are many samples."""
    return next(look for most, *look in _SAMPLE_LOOKS if layer.featureCount() <= most)


def _sample_symbol(layer, number):
    size, outline = _sample_look(layer)
    properties = {"name": "circle", "size": str(size), "color": cluster_colour(number), "outline_color": "#FFFFFF"}
    properties.update({"outline_width": str(outline)} if outline else {"outline_style": "no"})
    symbol = QgsMarkerSymbol.createSimple(properties)
    if layer.fields().indexOf("confidence") >= 0:
        by_confidence = f'scale_linear(to_real("confidence"), 0, 1, {_LEAST_SHARE * size:.2f}, {size})'
        symbol.symbolLayer(0).setDataDefinedProperty(
            QgsSymbolLayer.Property.PropertySize, QgsProperty.fromExpression(f"coalesce({by_confidence}, {size})")
        )
    return symbol


def _circle(size_mm, colour=EARTHQUAKE, outline_mm=0.3):
    """Return an unfilled circle."""
    outline = {"outline_color": colour, "outline_width": f"{outline_mm:.2f}"}
    return QgsMarkerSymbol.createSimple({"name": "circle", "size": f"{size_mm:.2f}", "color": "0,0,0,0", **outline})


def _number_expression(layer, name):
    """Return the field as an expression that is a number even where the file keeps text (CSV)."""
    reference = QgsExpression.quotedColumnRef(name)
    if _is_text(layer, name):
        return f"to_real(replace({reference}, ',', '.'))"
    return reference


def _is_text(layer, name):
    position = layer.fields().indexOf(name)
    return position >= 0 and not layer.fields().at(position).isNumeric()


def _classes_present(layer, magnitude_field):
    """Return the positions of the magnitude classes that hold at least one earthquake."""
    position = layer.fields().indexOf(magnitude_field)
    values = layer.uniqueValues(position) if position >= 0 else ()
    present = set()
    for value in values:
        try:
            magnitude = float(str(value).replace(",", "."))
        except ValueError:
            continue
        present.update(
            number for number, (lower, upper, _) in enumerate(_MAGNITUDE_CLASSES) if lower <= magnitude < upper
        )
    return present


def _label_format():
    text = text_format(7.0, colour=BOREHOLE)
    buffer = QgsTextBufferSettings()
    buffer.setEnabled(True)
    buffer.setSize(0.7)
    buffer.setSizeUnit(QgsUnitTypes.RenderUnit.RenderMillimeters)
    buffer.setColor(QColor("#FFFFFF"))
    text.setBuffer(buffer)
    return text
