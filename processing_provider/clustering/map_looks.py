"""Which look each layer of a prospect map gets."""

from functools import partial

from qgis.core import QgsExpression, QgsMapLayerStyle, QgsVectorLayerUtils

from ...algorithms.errors import DataError
from ...ui.styles import style_boreholes, style_earthquakes, style_hulls, style_samples
from ..layers import plain
from .cluster_numbers import cluster_numbers
from .context_layers import find_magnitude_field


def give_looks(inputs, layers, cluster_field, magnitude_field):
    """Give each layer the look its user gave it, else the one stored with its data, else that of the plugin.

    A look of QGIS's own making (plain symbols of a random colour) does not count.

    Parameters
    ----------
    inputs : list of MapInput
    layers : dict of str to QgsVectorLayer
        The layers to style, by the key of their input.
    cluster_field, magnitude_field : str
        For the looks of the plugin; an empty ``magnitude_field`` is found by its name.

    Raises
    ------
    DataError
        If a field that is needed is missing.
    """
    looks = {
        "CLUSTERS": partial(_style_clusters, style=style_samples, cluster_field=cluster_field),
        "HULLS": partial(_style_clusters, style=style_hulls, cluster_field=cluster_field),
        "BOREHOLES": style_boreholes,
        "EARTHQUAKES": partial(_style_magnitudes, magnitude_field=magnitude_field),
    }
    for item in inputs:
        layer = layers[item.key]
        if _has_look(item.layer):
            style = QgsMapLayerStyle()
            style.readFromLayer(item.layer)
            style.writeToLayer(layer)
        elif not _has_look(layer):
            looks[item.key](layer)


def _has_look(layer):
    """Whether a layer has a renderer that QGIS does not give by itself."""
    renderer = layer.renderer()
    if renderer is None or renderer.type() != "singleSymbol":
        return renderer is not None
    if layer.labelsEnabled() or renderer.symbol().symbolLayerCount() > 1:
        return True
    part = renderer.symbol().symbolLayer(0)
    kind = part.layerType()
    if kind == "SimpleMarker":
        return part.shape() != part.Shape.Circle
    return kind not in ("SimpleFill", "SimpleLine")


def _style_clusters(layer, style, cluster_field):
    numbers, labels = cluster_numbers(_values(layer, cluster_field), cluster_field)
    style(layer, cluster_count=int(numbers.max()), cluster_field=cluster_field, names=labels)


def _style_magnitudes(layer, magnitude_field):
    if magnitude_field:
        _values(layer, magnitude_field)
    else:
        magnitude_field = find_magnitude_field(layer.fields())
    style_earthquakes(layer, magnitude_field)


def _values(layer, name):
    if layer.fields().indexOf(name) < 0:
        fields = ", ".join(layer.fields().names())
        raise DataError(f"The layer '{layer.name()}' has no field '{name}'. Its fields are: {fields}.")
    values, _ = QgsVectorLayerUtils.getValues(layer, QgsExpression.quotedColumnRef(name))
    return [plain(value) for value in values]
