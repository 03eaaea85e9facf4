"""Layers to arrays and arrays to layers: coordinate systems, NULL policy, outputs that are whole or absent."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from qgis.core import (
    Qgis,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingUtils,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..algorithms.errors import Cancelled, DataError

_CHUNK = 5000  # features between two looks at the Cancel button
_PENDING_STYLES = {}  # destination -> post-processor; QGIS keeps no reference of its own


@dataclass(frozen=True)
class AttributeTable:
    """The features of a source, read once.

    Attributes
    ----------
    fields : QgsFields
    attributes : list of list
        One list per feature, in field order; NULL is None.
    geometries : list of QgsGeometry
        As they are in the source; null where a feature has none.
    """

    fields: QgsFields
    attributes: list
    geometries: list

    def column(self, name):
        """Return the raw values of one field, in feature order."""
        position = self.fields.indexOf(name)
        return [row[position] for row in self.attributes]


@dataclass(frozen=True)
class PointTable(AttributeTable):
    """Features as points in a target CRS.

    Attributes
    ----------
    xy : ndarray (n_features, 2)
        Easting and northing in units of ``crs``; NaN where the feature has no geometry.
    crs : QgsCoordinateReferenceSystem
    notes : tuple of str
        What was done to the geometries (transformed, reduced to points, missing).
    """

    xy: np.ndarray
    crs: object
    notes: tuple

    def points(self):
        """Return one point geometry per feature (empty where there is none)."""
        return [
            QgsGeometry.fromPointXY(QgsPointXY(x, y)) if math.isfinite(x) and math.isfinite(y) else QgsGeometry()
            for x, y in self.xy.tolist()
        ]


def require_projected(crs, purpose):
    """Raise a :class:`DataError` unless ``crs`` is valid and in metres-like units."""
    if not crs.isValid():
        raise DataError(f"No valid target coordinate system was given for {purpose}. Choose one, such as EPSG:32635.")
    if crs.isGeographic():
        raise DataError(
            f"The target coordinate system {crs.authid()} is in degrees, and {purpose} needs metres. "
            "Choose a projected one, such as EPSG:32635 (UTM zone 35, band S)."
        )


def read_table(source, feedback, label="The input layer"):
    """Read every feature of ``source`` as it is; returns :class:`AttributeTable`.

    Selections, filters and joins of the layer are honoured.

    Raises
    ------
    DataError
        If there are no features.
    """
    rows, geometries = [], []
    for number, feature in enumerate(source.getFeatures(QgsFeatureRequest())):
        if number % _CHUNK == 0 and feedback.isCanceled():
            raise Cancelled()
        rows.append([plain(value) for value in feature.attributes()])
        geometries.append(feature.geometry())
    if not rows:
        raise DataError(f"{label} holds no features. Check its filter and selection.")
    return AttributeTable(source.fields(), rows, geometries)


def read_points(source, target_crs, context, feedback, label="The input layer"):
    """Read every feature of ``source`` as a point in ``target_crs``; returns :class:`PointTable`.

    Lines and polygons are represented by a point on their surface.

    Raises
    ------
    DataError
        If the layer is empty, has no geometry or no coordinate system, or holds degrees under a
        projected coordinate system.
    """
    table = read_table(source, feedback, label)
    if source.wkbType() == QgsWkbTypes.Type.NoGeometry:
        raise DataError(f"{label} has no geometry. Turn a table into points with the tool 'Import samples' first.")
    source_crs = source.sourceCrs()
    if not source_crs.isValid():
        raise DataError(
            f"{label} has no coordinate system. Set it in QGIS (layer menu: Set Layer CRS), then run again."
        )
    positions = [_representative_point(geometry) for geometry in table.geometries]
    without_geometry = positions.count(None)
    xy = np.array([position or (math.nan, math.nan) for position in positions], dtype=np.float64)
    _refuse_degrees_in_metres(xy, source_crs, label)
    notes = []
    if without_geometry:
        notes.append(
            f"{label}: {without_geometry} of {len(positions)} features have no geometry and stay off the map."
        )
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PointGeometry:
        notes.append(f"{label}: lines or polygons are represented by a point on their surface.")
    if source_crs != target_crs:
        xy, failed = transformed(xy, source_crs, target_crs, context)
        notes.append(f"{label}: transformed from {crs_name(source_crs)} to {crs_name(target_crs)}.")
        if failed:
            notes.append(
                f"{label}: {failed} positions lie outside the reach of {crs_name(target_crs)} and stay off the map."
            )
    return PointTable(table.fields, table.attributes, table.geometries, xy, target_crs, tuple(notes))


def plain(value):
    """Return an attribute as plain Python: None for NULL, otherwise the value itself."""
    if value is None or (hasattr(value, "isNull") and value.isNull()):
        return None
    return value


def field(name, kind):
    """Return a field; ``kind`` is ``"int"``, ``"double"`` or ``"text"`` (works on every supported QGIS)."""
    if Qgis.QGIS_VERSION_INT >= 33800:
        from qgis.PyQt.QtCore import QMetaType

        types = {"int": QMetaType.Type.Int, "double": QMetaType.Type.Double, "text": QMetaType.Type.QString}
    else:
        from qgis.PyQt.QtCore import QVariant

        types = {"int": QVariant.Int, "double": QVariant.Double, "text": QVariant.String}
    return QgsField(name, types[kind])


def fields_of(*pairs):
    """Return ``QgsFields`` from ``(name, kind)`` pairs."""
    fields = QgsFields()
    for name, kind in pairs:
        fields.append(field(name, kind))
    return fields


def extended(fields, *pairs):
    """Return ``fields`` followed by ``(name, kind)`` pairs.

    A name that already exists (as in the output of an earlier run) is kept as ``<name>_in``, so that
    nothing of the input is lost and the new field always has its documented name.
    """
    new_names = {name.lower() for name, _ in pairs}
    taken = new_names | {name.lower() for name in fields.names()}
    result = QgsFields()
    for old in fields:
        copy = QgsField(old)
        if old.name().lower() in new_names:
            candidate, number = f"{old.name()}_in", 2
            while candidate.lower() in taken:
                candidate, number = f"{old.name()}_in{number}", number + 1
            taken.add(candidate.lower())
            copy.setName(candidate)
        result.append(copy)
    for name, kind in pairs:
        result.append(field(name, kind))
    return result


class Outputs:
    """Writes the outputs of one run; if anything fails, every file it began is removed.

    Use as a context manager, after all computation: outputs are created when asked for, closed and
    styled when the block ends well.
    """

    def __init__(self, tool, parameters, context, feedback):
        self._tool, self._parameters = tool, parameters
        self._context, self._feedback = context, feedback
        self._sinks, self._styles, self._created = {}, {}, []
        self.results = {}

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self._sinks.clear()  # closes the files
        if kind is not None:
            for path in self._created:
                _remove(path)
            return
        for destination, (style, name) in self._styles.items():
            self._attach_style(destination, style, name)

    def is_wanted(self, parameter):
        """Whether the user asked for this optional output."""
        value = self._parameters.get(parameter)
        return value not in (None, "")

    def layer(self, parameter, fields, geometry_type, crs, rows, style=None, name=""):
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
        """
        definition = self._tool.parameterDefinition(parameter)
        before = _existing_file(self._tool.parameterAsOutputLayer, self._parameters, parameter, self._context)
        is_point = QgsWkbTypes.geometryType(geometry_type) == QgsWkbTypes.GeometryType.PointGeometry
        csv_options = ["GEOMETRY=AS_XY" if is_point else "GEOMETRY=AS_WKT"]
        layer_options = csv_options if before[0].lower().endswith(".csv") else []
        sink, destination = self._tool.parameterAsSink(
            self._parameters,
            parameter,
            self._context,
            fields,
            geometry_type,
            crs,
            QgsFeatureSink.SinkFlags(),
            {},
            [],
            layer_options,
        )
        if sink is None:
            if self.is_wanted(parameter):
                raise QgsProcessingException(
                    f"The output '{definition.description()}' cannot be written. Check that the folder exists, "
                    "is writable, and that the file is not open in another program."
                )
            return None
        self._sinks[parameter] = sink
        if not before[1]:
            self._created.append(destination)
        batch = []
        for geometry, attributes in rows:
            feature = QgsFeature(fields)
            if geometry is not None:
                feature.setGeometry(geometry)
            feature.setAttributes([_storable(value) for value in attributes])
            batch.append(feature)
            if len(batch) == _CHUNK:
                self._write(sink, batch, parameter)
                batch = []
        self._write(sink, batch, parameter)
        self.results[parameter] = destination
        if style is not None:
            self._styles[destination] = (style, name or parameter.lower())
        return destination

    def file(self, parameter, write):
        """Write one file output through ``write(path)``, if the user asked for it."""
        path = self._tool.parameterAsFileOutput(self._parameters, parameter, self._context)
        if not path:
            return None
        target = Path(path)
        if not target.exists():
            self._created.append(str(target))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write(target)
        except OSError as error:
            raise QgsProcessingException(f"'{target.name}' cannot be written: {error.strerror or error}.") from error
        self.results[parameter] = str(target)
        return str(target)

    def _write(self, sink, batch, parameter):
        if self._feedback.isCanceled():
            raise Cancelled()
        if batch and not sink.addFeatures(batch, QgsFeatureSink.Flag.FastInsert):
            raise QgsProcessingException(
                f"Writing '{self._tool.parameterDefinition(parameter).description()}' failed: {sink.lastError()}"
            )

    def _attach_style(self, destination, style, name):
        if self._context.willLoadLayerOnCompletion(destination):
            details = self._context.layerToLoadOnCompletionDetails(destination)
            processor = _StyleOnLoad(destination, style)
            _PENDING_STYLES[destination] = processor
            details.setPostProcessor(processor)
        if destination in self._context.temporaryLayerStore().mapLayers():
            style(self._context.temporaryLayerStore().mapLayers()[destination])
            return
        layer = QgsProcessingUtils.mapLayerFromString(destination, self._context, False)
        layer = layer or QgsVectorLayer(destination, name, "ogr")
        if layer.isValid():
            style(layer)
            message = store_style(layer, name)
            if message:
                self._feedback.pushWarning(message)


def store_style(layer, name):
    """Store a layer's style with its data, so that every QGIS opens it styled; return a warning or ""."""
    path = layer.source().split("|")[0]
    if layer.providerType() == "ogr" and not path.lower().endswith(".gpkg"):
        message, stored = layer.saveNamedStyle(str(Path(path).with_suffix(".qml")))
        return "" if stored else f"The style of '{name}' could not be stored: {message}"
    if layer.providerType() in ("ogr", "postgres", "spatialite"):
        message = layer.saveStyleToDatabase(name, "Fumarole", True, "")
        return f"The style of '{name}' could not be stored with the data: {message}" if message else ""
    return ""


class _StyleOnLoad(QgsProcessingLayerPostProcessorInterface):
    """Styles one layer when QGIS loads it."""

    def __init__(self, destination, style):
        super().__init__()
        self._destination, self._style = destination, style

    def postProcessLayer(self, layer, context, feedback):  # noqa: N802
        if isinstance(layer, QgsVectorLayer):
            self._style(layer)
            layer.triggerRepaint()
        _PENDING_STYLES.pop(self._destination, None)


def _representative_point(geometry):
    if geometry.isNull() or geometry.isEmpty():
        return None
    if geometry.type() != QgsWkbTypes.GeometryType.PointGeometry:
        geometry = geometry.pointOnSurface()
    elif geometry.isMultipart():
        geometry = geometry.centroid()
    if geometry.isNull():
        return None
    point = geometry.asPoint()
    return point.x(), point.y()


def _refuse_degrees_in_metres(xy, crs, label):
    known = xy[np.isfinite(xy).all(axis=1)]
    if len(known) and not crs.isGeographic() and (np.abs(known) <= (180.0, 90.0)).all():
        raise DataError(
            f"{label} says its coordinates are in {crs_name(crs)}, but every value fits into degrees "
            f"(the first is {known[0, 0]:g}, {known[0, 1]:g}). Set the layer's CRS to EPSG:4326 and run again."
        )


def transformed(xy, source_crs, target_crs, context):
    """Return positions ``(n, 2)`` in another coordinate system, NaN beyond its reach, and how many those are."""
    transform = QgsCoordinateTransform(source_crs, target_crs, context.transformContext())
    result = np.full_like(xy, np.nan)
    failed = 0
    for row, (x, y) in enumerate(xy.tolist()):
        if not (math.isfinite(x) and math.isfinite(y)):
            continue
        try:
            point = transform.transform(x, y)
        except QgsCsException:
            failed += 1
            continue
        if math.isfinite(point.x()) and math.isfinite(point.y()):
            result[row] = point.x(), point.y()
        else:
            failed += 1
    return result, failed


def _storable(value):
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def crs_name(crs):
    """Return a coordinate system as people read it, with its code."""
    return f"{crs.description()} ({crs.authid()})" if crs.authid() else crs.description()


def _existing_file(as_output_layer, parameters, parameter, context):
    """Return the destination's text and whether its file exists before the run."""
    if parameters.get(parameter) in (None, ""):
        return "", False
    destination = as_output_layer(parameters, parameter, context) or ""
    return destination, Path(destination.split("|")[0]).exists()


def _remove(destination):
    path = Path(destination.split("|")[0])
    if path.suffix.lower() == ".shp":
        QgsVectorFileWriter.deleteShapeFile(str(path))
    for leftover in (path, path.with_suffix(".qml")):
        if leftover.is_file():
            leftover.unlink()
