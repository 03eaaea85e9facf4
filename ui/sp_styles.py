"""The looks of self-potential layers: stations, fits, sources and their error bars."""

import math

from qgis.core import (
    QgsGraduatedSymbolRenderer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsProperty,
    QgsRendererRange,
    QgsSimpleMarkerSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsSymbolLayer,
)
from qgis.PyQt.QtGui import QColor

from .sp_palette import ERROR_BAR, NEGATIVE_TO_POSITIVE, SHALLOW_TO_DEEP, ramp_colour

_CLASSES = 5  # of depth
_SIGNED_CLASSES = 7  # of self-potential and residual: odd, so that the middle one holds zero
_SOURCE_MM = (3.0, 7.0)  # diameter of the smallest and the largest source
_STATION_LOOKS = ((2000, 2.2, 0.15), (20_000, 1.4, 0.1), (float("inf"), 0.8, 0.0))  # up to so many: mm, outline
_NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_PROPERTY = QgsSymbolLayer.Property


def style_profiles(layer):
    """Colour stations by their self-potential, blue below and orange above zero."""
    layer.setRenderer(_signed_renderer(layer, "sp_mv", "mV"))


def style_fit(layer):
    """Colour stations by the residual of the fit, blue where too little and orange where too much was observed."""
    layer.setRenderer(_signed_renderer(layer, "residual", "mV"))


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
        ranges.append(QgsRendererRange(lower, upper, _source_symbol(layer, colour), f"{lower:g} \u2013 {upper:g} m deep"))
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
    """Return classes of equal width around zero; the outermost are open."""
    largest = max((abs(value) for value in _finite(layer, field)), default=1.0) or 1.0
    step = nice_limits([0.0, 2.0 * largest / _SIGNED_CLASSES], 1)[1]
    half = _SIGNED_CLASSES // 2
    size, outline = next(look for most, *look in _STATION_LOOKS if layer.featureCount() <= most)
    ranges = []
    for number in range(-half, half + 1):
        lower, upper = (number - 0.5) * step, (number + 0.5) * step
        text = f"{lower:g} \u2013 {upper:g} {unit}".replace("-", "\u2212")
        lower, upper = (-1e12 if number == -half else lower), (1e12 if number == half else upper)
        symbol = _circle(size, outline, ramp_colour(NEGATIVE_TO_POSITIVE, (number + half) / (2 * half)))
        if number == -half:
            text = f"below {upper:g} {unit}".replace("-", "\u2212")
        elif number == half:
            text = f"above {lower:g} {unit}"
        ranges.append(QgsRendererRange(lower, upper, symbol, text))
    return QgsGraduatedSymbolRenderer(field, ranges)


def _circle(size, outline, colour):
    properties = {"name": "circle", "size": str(size), "color": colour, "outline_color": "#3A4350"}
    properties.update({"outline_width": str(outline)} if outline else {"outline_style": "no"})
    return QgsMarkerSymbol.createSimple(properties)


def _source_symbol(layer, colour):
    """Return a disc with an arrow, or a bar for a sheet, turned on the map."""
    size = _size_expression(layer)
    disc = {"name": "circle", "size": "5", "color": colour, "outline_color": "#FFFFFF", "outline_width": "0.4"}
    symbol = QgsMarkerSymbol.createSimple(disc)
    symbol.symbolLayer(0).setDataDefinedProperty(_PROPERTY.PropertySize, QgsProperty.fromExpression(size))
    for name, when in (("arrow", "\"shape\" <> 'sheet'"), ("line", "\"shape\" = 'sheet'")):
        for width, ink in ((1.1, "#FFFFFF"), (0.45, "#1D2530")):  # white below, so that it shows on every ground
            mark = QgsSimpleMarkerSymbolLayer.create(
                {"name": name, "size": "9", "color": ink, "outline_color": ink, "outline_width": str(width)}
            )
            turn = 'coalesce("azimuth", 90) + if("shape" = \'sheet\', 90 - "angle_deg", 90 + "angle_deg")'
            mark.setDataDefinedProperty(_PROPERTY.PropertyAngle, QgsProperty.fromExpression(turn))
            mark.setDataDefinedProperty(_PROPERTY.PropertySize, QgsProperty.fromExpression(f"2 * ({size})"))
            mark.setDataDefinedProperty(_PROPERTY.PropertyLayerEnabled, QgsProperty.fromExpression(when))
            symbol.appendSymbolLayer(mark)
    return symbol


def _size_expression(layer):
    """Return the diameter in mm: by the root of |k| between the smallest and the largest of the same shape."""
    extremes = {}
    for feature in layer.getFeatures():
        shape, moment = feature["shape"], _number(feature["k"])
        if moment is not None and shape:
            low, high = extremes.get(shape, (moment, moment))
            extremes[shape] = (min(low, abs(moment)), max(high, abs(moment)))
    small, large = _SOURCE_MM
    cases = "".join(
        f" WHEN \"shape\" = '{shape}' THEN scale_linear(sqrt(abs(\"k\")), {math.sqrt(abs(low)):.9g}, "
        f"{math.sqrt(abs(high)):.9g}, {small}, {large})"
        for shape, (low, high) in sorted(extremes.items())
        if abs(high) > abs(low)
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
