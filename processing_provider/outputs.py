"""Arrays to layers and files: outputs that are whole or absent, each with its look."""

import math
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsFeature,
    QgsFeatureSink,
    QgsProcessingException,
    QgsProcessingLayerPostProcessorInterface,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..algorithms.errors import Cancelled
from .destinations import Destination, Safeguard, destination_text, opened
from .layers import fields_within

_CHUNK = 1000  # features between two looks at the Cancel button
_DBF_NAME = 10  # bytes that a Shapefile keeps of a field's name
_PENDING_STYLES = {}  # destination -> post-processor; QGIS keeps no reference of its own


class Outputs:
    """Writes the outputs of one run; if anything fails, every destination is put back as it was.

    Use as a context manager, after all computation: outputs are created when asked for, closed and
    styled when the block ends well.
    """

    def __init__(self, tool, parameters, context, feedback):
        self._tool, self._parameters = tool, parameters
        self._context, self._feedback = context, feedback
        self._sinks, self._styles, self._style_files, self._safeguards = {}, {}, {}, []
        self.results = {}

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self._sinks.clear()  # closes the files
        if kind is not None:
            for safeguard in reversed(self._safeguards):
                warning = safeguard.undo()
                if warning:
                    self._feedback.reportError(warning)
            return
        for safeguard in self._safeguards:
            safeguard.forget()
        for destination, (style, name) in self._styles.items():
            self._attach_style(destination, style, name)

    def layer(self, parameter, fields, geometry_type, crs, rows, style=None, name="", title=""):
        """Write one vector output.

        Parameters
        ----------
        parameter : str
            Id of the sink parameter. Skipped when the user left an optional output empty.
        rows : iterable of (QgsGeometry or None, list)
            Geometry and attributes, NaN and None both becoming NULL.
        style : callable(QgsVectorLayer), optional
            Gives the layer its look, now (stored with the data) and when QGIS loads it.
        name : str
            Name of the stored style.
        title : str
            Name of the layer where QGIS loads it; empty for that of the parameter.
        """
        wanted = destination_text(self._parameters, parameter, self._context)
        if not wanted:
            return None
        self._sinks[parameter], destination = self._sink(parameter, wanted, fields, geometry_type, crs)
        batch = []
        for geometry, attributes in rows:
            feature = QgsFeature(fields)
            if geometry is not None:
                feature.setGeometry(geometry)
            feature.setAttributes([_storable(value) for value in attributes])
            batch.append(feature)
            if len(batch) == _CHUNK:
                self._write(batch, parameter)
                batch = []
        self._write(batch, parameter)
        self.results[parameter] = destination
        if style is not None:
            self._styles[destination] = (style, name or parameter.lower())
        if title and self._context.willLoadLayerOnCompletion(destination):
            self._context.layerToLoadOnCompletionDetails(destination).name = title
        return destination

    def file(self, parameter, write):
        """Write one file output through ``write(path)``, if the user asked for it."""
        path = self._tool.parameterAsFileOutput(self._parameters, parameter, self._context)
        return self._file(parameter, path, write) if path else None

    def raster(self, parameter, write, style, name):
        """Write one raster output through ``write(path)``; ``style(QgsRasterLayer)`` as in :meth:`layer`."""
        path = self._tool.parameterAsOutputLayer(self._parameters, parameter, self._context)
        self._file(parameter, path, write)
        self._styles[path] = (style, name)

    def _file(self, parameter, path, write):
        target = Path(path)
        self._safeguards.append(Safeguard(Destination(target)))
        try:
            if not target.parent.is_dir():
                target.parent.mkdir(parents=True)
            write(target)
        except OSError as error:
            raise QgsProcessingException(
                f"'{target}' cannot be written: {error.strerror or error}. Choose another folder or name, and close "
                "the file where it is open."
            ) from error
        self.results[parameter] = str(target)
        return str(target)

    def _sink(self, parameter, destination, fields, geometry_type, crs):
        if self._feedback.isCanceled():
            raise Cancelled()
        place = Destination.parse(destination)
        if place.is_shapefile:
            fields = fields_within(fields, _DBF_NAME)
        safeguard = Safeguard(place)
        self._safeguards.append(safeguard)
        is_point = QgsWkbTypes.geometryType(geometry_type) == QgsWkbTypes.GeometryType.PointGeometry
        is_plain_point = is_point and not QgsWkbTypes.isMultiType(geometry_type)
        csv_options = ["GEOMETRY=AS_XY" if is_plain_point else "GEOMETRY=AS_WKT"]
        layer_options = csv_options if place.path and place.path.suffix.lower() == ".csv" else []
        options = {"fileEncoding": "UTF-8"}  # the system's own may lose characters
        flags = QgsFeatureSink.SinkFlags()
        try:
            sink, written = self._tool.parameterAsSink(
                *(self._parameters, parameter, self._context, fields, geometry_type, crs, flags),
                *(options, [], layer_options),
            )
        except QgsProcessingException as error:
            reason = str(error).split(f"{destination}: ", 1)[-1].rstrip(". ")
            raise QgsProcessingException(
                f"The output '{self._label(parameter)}' cannot be written to {place}: {reason}. Check that this place "
                "exists and is writable, and that no other program has it open."
            ) from error
        safeguard.has_begun = True
        return sink, written

    def _write(self, batch, parameter):
        # no variable names the sink: the traceback of an error would keep it, and so the file, open
        if self._feedback.isCanceled():
            raise Cancelled()
        if batch and not self._sinks[parameter].addFeatures(batch, QgsFeatureSink.Flag.FastInsert):
            reason = self._sinks[parameter].lastError()
            raise QgsProcessingException(f"Writing '{self._label(parameter)}' failed: {reason}")

    def _label(self, parameter):
        return self._tool.parameterDefinition(parameter).description()

    def _attach_style(self, destination, style, name):
        if self._context.willLoadLayerOnCompletion(destination):
            details = self._context.layerToLoadOnCompletionDetails(destination)
            processor = _StyleOnLoad(destination, style)
            _PENDING_STYLES[destination] = processor
            details.setPostProcessor(processor)
        if destination in self._context.temporaryLayerStore().mapLayers():
            style(self._context.temporaryLayerStore().mapLayers()[destination])
            return
        layer = opened(destination)
        if layer.isValid():
            style(layer)
            message = self._store_style(layer, name)
            if message:
                self._feedback.pushWarning(message)

    def _store_style(self, layer, name):
        file = _style_file(layer)
        owner = self._style_files.setdefault(file, name) if file else name
        if owner != name:
            return (
                f"The style of '{name}' was not stored: '{file.name}' holds that of '{owner}'. Give one of the two "
                "files another name."
            )
        return store_style(layer, name)


def _style_file(layer):
    """Return the file that QGIS looks for a layer's style in; None where the style lies in the database."""
    path = layer.source().split("|")[0]
    is_beside = layer.providerType() in ("ogr", "gdal") and not path.lower().endswith(".gpkg")
    return Path(path).with_suffix(".qml") if is_beside else None


def store_style(layer, name):
    """Store a layer's style with its data, so that every QGIS opens it styled; return a warning or ""."""
    file = _style_file(layer)
    if file:
        message, stored = layer.saveNamedStyle(str(file))
        return "" if stored else f"The style of '{name}' could not be stored: {message}"
    if layer.providerType() in ("ogr", "postgres", "spatialite"):
        _forget_style(layer, name)
        message = layer.saveStyleToDatabase(name, "Fumarole", True, "")
        return f"The style of '{name}' could not be stored with the data: {message}" if message else ""
    return ""


def _forget_style(layer, name):
    """Delete the style of an earlier run: QGIS 3.22 asks whether to replace it, in a dialog nobody sees."""
    count, identifiers, names, _, _ = layer.listStylesInDatabase()
    for identifier, stored in zip(identifiers[:count], names):  # behind its own come those of other layers
        if stored == name:
            layer.deleteStyleFromDatabase(identifier)


class _StyleOnLoad(QgsProcessingLayerPostProcessorInterface):
    """Styles one layer when QGIS loads it."""

    def __init__(self, destination, style):
        super().__init__()
        self._destination, self._style = destination, style

    def postProcessLayer(self, layer, context, feedback):  # noqa: N802
        if isinstance(layer, (QgsVectorLayer, QgsRasterLayer)):
            self._style(layer)
            layer.triggerRepaint()
        _PENDING_STYLES.pop(self._destination, None)


def _storable(value):
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
