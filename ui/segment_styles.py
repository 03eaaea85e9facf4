"""The looks of trench segments: by region, by class with its probability, by relevance, and where predictions fail."""

import math

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsExpression,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsProperty,
    QgsRendererCategory,
    QgsRendererRange,
    QgsRuleBasedRenderer,
    QgsSymbolLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtGui import QColor

from .palette import cluster_colour
from .segment_palette import NOT_CLASSIFIED, OUTSIDE, RELEVANCE, class_color
from .sp_palette import ramp_colour
from .sp_styles import nice_limits

UNSURE_ALPHA = 45  # of 255, at the probability of a mere guess
_REGION_ALPHA = 20
_OUTLINE_MM = 0.1  # thin, because many narrow segments stand side by side on a map of the world
_RELEVANCE_CLASSES = 10
_TAIL = 0.05  # share of the segments beyond the colours of relevance on either side, so that a few do not pale the rest
_LEGEND_PROBABILITIES = (1.0, 0.5)  # share of the way from a guess to certainty
_ENDLESS = 1e300
_PROPERTY = QgsSymbolLayer.Property
_GEOMETRY = QgsWkbTypes.GeometryType


def style_segments(layer):
    """Outline segments by region, faintly filled, so that they show what lies below."""
    position = layer.fields().indexOf("region")
    regions = sorted({str(value) for value in layer.uniqueValues(position)}) if position >= 0 else []
    categories = []
    for number, region in enumerate(regions, start=1):
        symbol = _symbol(layer, cluster_colour(number), _REGION_ALPHA)
        categories.append(QgsRendererCategory(region, symbol, region))
    if not categories:
        categories = [QgsRendererCategory("", _symbol(layer, cluster_colour(1), _REGION_ALPHA), "Segments")]
    layer.setRenderer(QgsCategorizedSymbolRenderer(QgsExpression.quotedColumnRef("region"), categories))


def style_classes(layer, n_classes, names=None):
    """Colour segments by ``class``, the paler the less probable; those ``outside`` the training are hatched.

    Parameters
    ----------
    layer : QgsVectorLayer
        With the fields ``class``, ``prob`` and ``outside``.
    n_classes : int
    names : sequence of str, optional
        Legend texts instead of "Class 1".
    """
    guess = 1.0 / n_classes
    alpha = f'scale_linear("prob", {guess:.6g}, 1, {UNSURE_ALPHA}, 255)'
    rules = _class_rules(layer, n_classes, names, alpha)
    for share in _LEGEND_PROBABILITIES:
        probability = guess + share * (1.0 - guess)
        grey = _symbol(layer, "#404040", round(UNSURE_ALPHA + share * (255 - UNSURE_ALPHA)))
        rules.append(QgsRuleBasedRenderer.Rule(grey, filterExp="FALSE", label=f"Probability {probability:.2g}"))
    rules.append(
        QgsRuleBasedRenderer.Rule(_hatching(layer), filterExp='"outside" = 1', label="Unlike any training segment")
    )
    layer.setRenderer(_ruled(rules))


def style_predictions(layer, n_classes, names=None, right='"right" = 1', predicted="pred_class"):
    """Colour segments by the class they were given; those given a wrong one are hatched.

    Parameters
    ----------
    layer : QgsVectorLayer
    n_classes : int
    names : sequence of str, optional
        Legend texts instead of "Class 1".
    right : str
        Expression that holds where the prediction is right.
    predicted : str
        Field of the predicted class.
    """
    rules = _class_rules(layer, n_classes, names, 170, predicted)
    column = QgsExpression.quotedColumnRef(predicted)
    wrong = QgsRuleBasedRenderer.Rule(
        _hatching(layer), filterExp=f"NOT ({right}) AND {column} IS NOT NULL", label="Predicted wrongly"
    )
    layer.setRenderer(_ruled([*rules, wrong]))


def style_relevance(layer, field, aliases=None):
    """Colour segments by the relevance of a feature, alike on either side of zero: what speaks for the class is green.

    Parameters
    ----------
    layer : QgsVectorLayer
    field : str
        Holds the relevance. The colours end where only the most extreme segments go beyond.
    aliases : dict of str to str, optional
        Full names of fields, to show instead of their own.
    """
    for name, alias in (aliases or {}).items():
        layer.setFieldAlias(layer.fields().indexOf(name), alias)
    position = layer.fields().indexOf(field)
    values = sorted(abs(value) for value in _numbers(layer, position))
    largest = values[int((1.0 - _TAIL) * (len(values) - 1))] if values else 1.0
    limits = nice_limits([-largest, largest] if largest else [-1.0, 1.0], _RELEVANCE_CLASSES)
    middles = [(lower + upper) / 2 for lower, upper in zip(limits[:-1], limits[1:])]
    ranges = []
    for lower, upper, middle in zip(limits[:-1], limits[1:], middles):
        symbol = _symbol(layer, ramp_colour(RELEVANCE, 0.5 + middle / (2 * middles[-1])), 255, "#5A5A5A")
        text = f"{lower:g} to {upper:g}"
        if lower == limits[0]:
            lower, text = -_ENDLESS, f"below {upper:g}: against the class"
        elif upper == limits[-1]:
            upper, text = _ENDLESS, f"above {lower:g}: for the class"
        ranges.append(QgsRendererRange(lower, upper, symbol, text.replace("-", "\u2212")))
    layer.setRenderer(QgsGraduatedSymbolRenderer(QgsExpression.quotedColumnRef(field), ranges))


def _class_rules(layer, n_classes, names, alpha, field="class"):
    """Return one rule per class, and one for segments without."""
    column = QgsExpression.quotedColumnRef(field)
    rules = [
        QgsRuleBasedRenderer.Rule(
            _symbol(layer, class_color(number, n_classes), alpha),
            filterExp=f"{column} = {number}",
            label=names[number - 1] if names else f"Class {number}",
        )
        for number in range(1, n_classes + 1)
    ]
    blank = _symbol(layer, NOT_CLASSIFIED, 0)
    return [*rules, QgsRuleBasedRenderer.Rule(blank, filterExp=f"{column} IS NULL", label="Not classified")]


def _ruled(rules):
    root = QgsRuleBasedRenderer.Rule(None)
    for rule in rules:
        root.appendChild(rule)
    return QgsRuleBasedRenderer(root)


def _symbol(layer, colour, alpha, outline=None):
    """Return a polygon, line or point of a colour; ``alpha`` (0 to 255) may be an expression, which 255 stands in for.

    Polygons and points have an outline, in their colour if none is given; it fades with the filling only where an
    expression says so.
    """
    is_fixed = not isinstance(alpha, str)
    seen = QColor(colour)
    seen.setAlpha(alpha if is_fixed else 255)
    outline = {"outline_color": outline or colour, "outline_width": f"{_OUTLINE_MM}", "joinstyle": "round"}
    kind = layer.geometryType()
    if kind == _GEOMETRY.LineGeometry:
        symbol = QgsLineSymbol.createSimple({"line_width": "1.4", "capstyle": "flat"})
        symbol.setColor(seen)
    elif kind == _GEOMETRY.PointGeometry:
        symbol = QgsMarkerSymbol.createSimple({"name": "circle", "size": "2.6", **outline})
        symbol.symbolLayer(0).setFillColor(seen)
    else:
        symbol = QgsFillSymbol.createSimple(outline)
        symbol.symbolLayer(0).setFillColor(seen)
    if not is_fixed:
        fading = f"set_color_part('{colour}', 'alpha', coalesce({alpha}, 255))"
        for paint in (_PROPERTY.PropertyFillColor, _PROPERTY.PropertyStrokeColor):
            symbol.symbolLayer(0).setDataDefinedProperty(paint, QgsProperty.fromExpression(fading))
    return symbol


def _hatching(layer):
    """Return what is drawn over a polygon, line or point to cast doubt on it."""
    kind = layer.geometryType()
    if kind == _GEOMETRY.LineGeometry:
        return QgsLineSymbol.createSimple({"line_color": OUTSIDE, "line_width": "0.5", "line_style": "dot"})
    if kind == _GEOMETRY.PointGeometry:
        return QgsMarkerSymbol.createSimple({"name": "cross2", "size": "2.6", "outline_color": OUTSIDE})
    pattern = QgsLinePatternFillSymbolLayer()
    pattern.setLineAngle(45)
    pattern.setDistance(1.6)
    pattern.setSubSymbol(QgsLineSymbol.createSimple({"line_color": OUTSIDE, "line_width": "0.25"}))
    symbol = QgsFillSymbol()
    symbol.changeSymbolLayer(0, pattern)
    return symbol


def _numbers(layer, position):
    values = layer.uniqueValues(position) if position >= 0 else ()
    return [float(value) for value in values if isinstance(value, (int, float)) and math.isfinite(value)]
