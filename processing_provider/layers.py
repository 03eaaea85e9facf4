"""Layers to arrays: coordinate systems, NULL policy, and the fields of what is written."""

import math
from dataclasses import dataclass

import numpy as np
from qgis.core import (
    Qgis,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsLineString,
    QgsPointXY,
    QgsProcessingFeatureSource,
    QgsWkbTypes,
)

from ..algorithms.errors import Cancelled, DataError

_CHUNK = 1000  # features between two looks at the Cancel button
_LINE_HEADER = 9  # bytes before the coordinates in the well-known binary of a line
_KEY, _GEOMETRY = "fid", "geom"  # columns that every GeoPackage table has


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

    Selections, filters and joins of the layer are honoured. Fields that a GeoPackage could not hold under their name
    are called ``geom_in``, and ``fid_in`` where the values cannot be its key (blank, repeated, no whole numbers).
    Numbers are not rounded to the decimals that a field declares. Geometries need not be valid.

    Raises
    ------
    DataError
        If there are no features.
    """
    rows, geometries = [], []
    unchecked = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
    for number, feature in enumerate(source.getFeatures(QgsFeatureRequest(), unchecked)):
        if number % _CHUNK == 0 and feedback.isCanceled():
            raise Cancelled()
        rows.append([plain(value) for value in feature.attributes()])
        geometries.append(feature.geometry())
    if not rows:
        raise DataError(f"{label} holds no features. Check its filter and selection.")
    return AttributeTable(_storable_fields(source.fields(), rows), rows, geometries)


def read_points(source, target_crs, context, feedback, label="The input layer"):
    """Read every feature of ``source`` as a point in ``target_crs``; returns :class:`PointTable`.

    Lines and polygons are represented by a point on their surface.

    Raises
    ------
    DataError
        If the layer is empty, has no geometry or no coordinate system, or holds degrees under a projected coordinate
        system or metres under a geographic one.
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
    refuse_wrong_unit(xy, source_crs, label)
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
    result = _set_aside(fields, {name.lower() for name, _ in pairs})
    for name, kind in pairs:
        result.append(field(name, kind))
    return result


def fields_within(fields, length):
    """Return ``fields`` with names of at most ``length`` bytes, as Shapefiles want them.

    A name that fits is kept; a longer one is cut and, where that would repeat another, numbered.
    """
    taken = {name.lower() for name in fields.names() if len(name.encode()) <= length}
    result = QgsFields()
    for old in fields:
        name, number = old.name(), 0
        if len(name.encode()) > length:
            ending = ""
            while not number or name.lower() in taken:
                name = _cut(old.name(), length - len(ending)) + ending
                number += 1
                ending = f"_{number}"
            taken.add(name.lower())
        result.append(_renamed(old, name))
    return result


def _storable_fields(fields, rows):
    position = fields.lookupField(_KEY)
    keys = {row[position] for row in rows if isinstance(row[position], int)} if position >= 0 else ()
    result = QgsFields()
    for old in _set_aside(fields, {_GEOMETRY} if len(keys) == len(rows) else {_GEOMETRY, _KEY}):
        copy = QgsField(old)
        if copy.isNumeric() and copy.precision() > 0:  # QGIS would round to it when it writes
            copy.setLength(0)
            copy.setPrecision(0)
        result.append(copy)
    return result


def _set_aside(fields, names):
    """Return ``fields``, those with one of ``names`` (lower case) called ``<name>_in``."""
    taken = names | {name.lower() for name in fields.names()}
    result = QgsFields()
    for old in fields:
        candidate = old.name()
        if candidate.lower() in names:
            candidate, number = f"{old.name()}_in", 2
            while candidate.lower() in taken:
                candidate, number = f"{old.name()}_in{number}", number + 1
            taken.add(candidate.lower())
        result.append(_renamed(old, candidate))
    return result


def _renamed(old, name):
    copy = QgsField(old)
    copy.setName(name)
    return copy


def _cut(text, length):
    return text.encode()[:length].decode(errors="ignore")


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


def refuse_wrong_unit(xy, crs, label):
    """Raise a :class:`DataError` for degrees under a projected coordinate system, and for metres under degrees."""
    known = xy[np.isfinite(xy).all(axis=1)]
    if not len(known):
        return
    says = f"{label} says its coordinates are in {crs_name(crs)}, but"
    first = f"(the first is {known[0, 0]:.10g}, {known[0, 1]:.10g})"
    fits = (np.abs(known) <= (360.0, 90.0)).all(axis=1)
    if not crs.isGeographic() and (fits & (np.abs(known[:, 0]) <= 180.0)).all():
        raise DataError(
            f"{says} every value fits into degrees {first}. Set the layer's CRS to EPSG:4326 and run again."
        )
    if crs.isGeographic() and not fits.any():
        raise DataError(
            f"{says} no value fits into degrees {first}. Set the layer's CRS to the projected one of its coordinates, "
            "such as EPSG:32635, and run again."
        )


def transformed(xy, source_crs, target_crs, context):
    """Return positions ``(n, 2)`` in another coordinate system, NaN beyond its reach, and how many those are."""
    transform = QgsCoordinateTransform(source_crs, target_crs, context.transformContext())
    result = np.full_like(xy, np.nan)
    known = np.isfinite(xy).all(axis=1)
    result[known] = _transformed_at_once(xy[known], transform)
    for row in np.flatnonzero(known & np.isnan(result[:, 0])):  # QGIS may know a second way for some of them
        try:
            point = transform.transform(*xy[row].tolist())
        except QgsCsException:
            continue
        if math.isfinite(point.x()) and math.isfinite(point.y()):
            result[row] = point.x(), point.y()
    return result, int(np.count_nonzero(known & np.isnan(result[:, 0])))


def _transformed_at_once(xy, transform):
    """Return positions ``(n, 2)`` by the best operation alone, NaN where it fails; a second one would move them all."""
    best = QgsCoordinateTransform(transform)
    best.setAllowFallbackTransforms(False)
    line = QgsLineString(*xy.T.tolist())
    try:
        line.transform(best)
    except QgsCsException:
        return np.full_like(xy, np.nan)
    found = np.frombuffer(bytes(line.asWkb()), dtype="<f8", offset=_LINE_HEADER).reshape(-1, 2)
    return np.where(np.isfinite(found).all(axis=1)[:, np.newaxis], found, np.nan)


def crs_name(crs):
    """Return a coordinate system as people read it, with its code."""
    return f"{crs.description()} ({crs.authid()})" if crs.authid() else crs.description()
