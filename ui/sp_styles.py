"""The looks of self-potential layers: stations, fits, sources and their error bars."""

import math

from qgis.core import (
    QgsColorRampShader,
    QgsGraduatedSymbolRenderer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsProperty,
    QgsRasterBandStats,
    QgsRasterShader,
    QgsRendererRange,
    QgsSimpleMarkerSymbolLayer,
    QgsSingleBandPseudoColorRenderer,
    QgsSingleSymbolRenderer,
    QgsSymbolLayer,
)
from qgis.PyQt.QtGui import QColor

from .sp_palette import ERROR_BAR, NEGATIVE_TO_POSITIVE, SHALLOW_TO_DEEP, ramp_colour

_CLASSES = 5  # of depth
_SIGNED_CLASSES = 9  # of self-potential and residual, at most
_SOURCE_MM = (3.0, 6.5)  # diameter of the smallest and the largest source
_ARROW_MM, _HEAD_MM = 7.0, 2.6
_LEGEND_SHARE = 0.5  # length of an arrow in the legend over that on the map
_STATION_LOOKS = ((2000, 2.2, 0.15), (20_000, 1.4, 0.1), (float("inf"), 0.8, 0.0))  # up to so many: mm, outline
_GRID_COLOURS = 9
_NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_PROPERTY = QgsSymbolLayer.Property


def style_profiles(layer):
    """Colour stations by their self-potential, blue below and orange above zero."""
    layer.setRenderer(_signed_renderer(layer, "sp_mv", "mV"))


def style_fit(layer):
    """Colour stations by the residual of the fit, blue where too little and orange where too much was observed."""
    layer.setRenderer(_signed_renderer(layer, "residual", "mV"))


def style_grid(layer, band=1):
    """Colour a raster of self-potential continuously, blue below and orange above zero."""
    statistics = layer.dataProvider().bandStatistics(band, QgsRasterBandStats.Stats.Min | QgsRasterBandStats.Stats.Max)
    low, high = statistics.minimumValue, statistics.maximumValue
    largest = max(abs(low), abs(high)) or 1.0
    ramp = QgsColorRampShader(low, high)
    ramp.setColorRampType(QgsColorRampShader.Type.Interpolated)
    items = []
    for number in range(_GRID_COLOURS):
        value = low + (high - low) * number / (_GRID_COLOURS - 1)
        colour = QColor(ramp_colour(NEGATIVE_TO_POSITIVE, 0.5 + value / (2 * largest)))
        items.append(QgsColorRampShader.ColorRampItem(value, colour, f"{value:.0f} mV".replace("-", "\u2212")))
    ramp.setColorRampItemList(items)
    shader = QgsRasterShader(low, high)
    shader.setRasterShaderFunction(ramp)
    layer.setRenderer(QgsSingleBandPseudoColorRenderer(layer.dataProvider(), band, shader))


def style_error_bars(layer):
    """Draw the standard deviation of the place as a bar along the line."""
    symbol = QgsLineSymbol.createSimple({"color": ERROR_BAR, "width": "0.5", "capstyle": "flat"})
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


def style_sources(layer):
    """Colour sources by depth, scale them by |k| within their shape, and point an arrow along the polarisation.

    The section is laid onto the map, seen with +x to the right: an angle of 270 degrees points to the left of +x, which
    is up. A sheet is a bar along its dip instead.
    """
    limits = nice_limits(_finite(layer, "depth_m"), _CLASSES)
    ranges = []
    for number, (lower, upper) in enumerate(zip(limits[:-1], limits[1:])):
        colour = ramp_colour(SHALLOW_TO_DEEP, number / max(len(limits) - 2, 1))
        ranges.append(
            QgsRendererRange(lower, upper, _source_symbol(layer, colour), f"{lower:g} \u2013 {upper:g} m deep")
        )
    layer.setRenderer(QgsGraduatedSymbolRenderer("depth_m", ranges))


def nice_limits(values, most_classes):
    """Return rising class limits at round numbers that hold all ``values``; two limits at least."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    span = high - low
    if span <= 0:
        span = abs(high) or 1.0
    rough = span / most_classes
    power = 10.0 ** math.floor(math.log10(rough))
    for multiple in _NICE_STEPS:
        step = multiple * power
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        last = max(last, first + 1)
        if last - first <= most_classes:
            break
    return [round(number * step, 12) for number in range(first, last + 1)]


def _signed_renderer(layer, field, unit):
    """Return classes at round numbers; the colour of a class tells its sign and its size."""
    limits = nice_limits(_finite(layer, field), _SIGNED_CLASSES)
    largest = max(abs(lower + upper) / 2 for lower, upper in zip(limits[:-1], limits[1:])) or 1.0
    size, outline = next(look for most, *look in _STATION_LOOKS if layer.featureCount() <= most)
    ranges = []
    for lower, upper in zip(limits[:-1], limits[1:]):
        colour = ramp_colour(NEGATIVE_TO_POSITIVE, 0.5 + (lower + upper) / (4 * largest))
        text = f"{lower:g} to {upper:g} {unit}".replace("-", "\u2212")
        ranges.append(QgsRendererRange(lower, upper, _circle(size, outline, colour), text))
    return QgsGraduatedSymbolRenderer(field, ranges)


def _circle(size, outline, colour):
    properties = {"name": "circle", "size": str(size), "color": colour, "outline_color": "#3A4350"}
    properties.update({"outline_width": str(outline)} if outline else {"outline_style": "no"})
    return QgsMarkerSymbol.createSimple(properties)


def _source_symbol(layer, colour):
    """Return a disc over an arrow, or over a bar for a sheet, turned on the map."""
    azimuth = 'coalesce("azimuth", 90)'  # a profile without geometry lies along the x axis
    along, dip = f'{azimuth} + "angle_deg"', f'{azimuth} - "angle_deg"'
    is_sheet, is_dipole = "\"shape\" = 'sheet'", "\"shape\" <> 'sheet'"
    shapes = {feature["shape"] for feature in layer.getFeatures()}
    layers = []
    for ink, margin in (("#FFFFFF", 0.7), ("#1D2530", 0.0)):  # white below, so that it shows on every ground
        width = 0.6 + margin
        if shapes - {"sheet"}:
            layers.append(_turned_mark("line", _ARROW_MM, width, ink, _ARROW_MM / 2, along, is_dipole))
            layers.append(_turned_mark("triangle", _HEAD_MM + margin, 0.0, ink, _ARROW_MM, along, is_dipole))
        if "sheet" in shapes:
            layers.append(_turned_mark("line", 2 * _ARROW_MM, width + 0.4, ink, 0.0, dip, is_sheet))
    disc = _mark("circle", _SOURCE_MM[0], 0.4, colour, 0.0, "#FFFFFF")
    disc.setDataDefinedProperty(_PROPERTY.PropertySize, QgsProperty.fromExpression(_size_expression(layer)))
    symbol = QgsMarkerSymbol.createSimple({})
    for mark in (*layers, disc):
        symbol.appendSymbolLayer(mark)
    symbol.deleteSymbolLayer(0)
    return symbol


def _turned_mark(name, size_mm, width_mm, fill, up_mm, turn, when):
    """Return a marker ``up_mm`` above the place, drawn where ``when`` holds and turned by ``turn`` (expressions).

    In the legend, where there is no feature, it is smaller, so that the entries stay apart.
    """
    mark = _mark(name, _LEGEND_SHARE * size_mm, width_mm, fill, _LEGEND_SHARE * up_mm, fill)
    of_feature = '0 * coalesce("depth_m", 0)'  # makes an expression fail, and so be left aside, without a feature
    for key, expression in (
        (_PROPERTY.PropertySize, f"{size_mm} + {of_feature}"),
        (_PROPERTY.PropertyOffset, f"'0,' || to_string({-up_mm} + {of_feature})"),
        (_PROPERTY.PropertyAngle, turn),
        (_PROPERTY.PropertyLayerEnabled, when),
    ):
        mark.setDataDefinedProperty(key, QgsProperty.fromExpression(expression))
    return mark


def _mark(name, size_mm, width_mm, fill, up_mm, outline):
    """Return a simple marker ``up_mm`` above its place."""
    properties = {"name": name, "size": f"{size_mm:.2f}", "offset": f"0,{-up_mm:.2f}", "color": fill}
    properties.update({"outline_width": f"{width_mm:.2f}"} if width_mm else {"outline_style": "no"})
    return QgsSimpleMarkerSymbolLayer.create({**properties, "outline_color": outline})


def _size_expression(layer):
    """Return the diameter in mm: by the root of |k| between the smallest and the largest of the same shape."""
    extremes = {}
    for feature in layer.getFeatures():
        shape, moment = feature["shape"], _number(feature["k"])
        if moment is not None and shape:
            low, high = extremes.get(shape, (abs(moment), abs(moment)))
            extremes[shape] = (min(low, abs(moment)), max(high, abs(moment)))
    small, large = _SOURCE_MM
    cases = "".join(
        f' WHEN "shape" = \'{shape}\' THEN scale_linear(sqrt(abs("k")), {math.sqrt(low):.9g}, '
        f"{math.sqrt(high):.9g}, {small}, {large})"
        for shape, (low, high) in sorted(extremes.items())
        if high > low
    )
    middle = (small + large) / 2
    return f"coalesce(CASE{cases} ELSE {middle} END, {middle})" if cases else str(middle)


def _finite(layer, field):
    position = layer.fields().indexOf(field)
    numbers = (_number(value) for value in layer.uniqueValues(position)) if position >= 0 else ()
    return [number for number in numbers if number is not None]


def _number(value):
    """Return an attribute as a float; None for NULL and for what is no finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
