"""The plane in which a run measures: true metres, whatever the layers' coordinate systems."""

import math
from dataclasses import dataclass

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsPointXY,
    QgsUnitTypes,
)

from ...algorithms.errors import DataError
from ..layers import crs_name, transformed

_TOLERATED_SCALE = 2e-3  # grid metres over true metres; UTM stays within 1e-3, Web Mercator at 40 degrees has 0.3
_PROBE_M = 50.0


@dataclass(frozen=True)
class MetricPlane:
    """A coordinate system in metres, and how it was chosen.

    Attributes
    ----------
    crs : QgsCoordinateReferenceSystem
        Not valid when the layers have none; then coordinates pass unchanged.
    note : str
        What the log says about it; empty when the layer's own system is used.
    """

    crs: QgsCoordinateReferenceSystem
    note: str

    def project(self, xy, source_crs, context):
        """Return positions (n, 2) of another coordinate system in this plane, m."""
        return self._moved(xy, source_crs, self.crs, context)

    def unproject(self, xy, target_crs, context):
        """Return positions (n, 2) of this plane in another coordinate system."""
        return self._moved(xy, self.crs, target_crs, context)

    def _moved(self, xy, source_crs, target_crs, context):
        if source_crs == target_crs or not (source_crs.isValid() and target_crs.isValid()):
            return xy
        result, failed = transformed(xy, source_crs, target_crs, context)
        if failed:
            raise DataError(
                f"{failed} of {len(xy)} positions cannot be transformed from {crs_name(source_crs)} to "
                f"{crs_name(target_crs)}. Check the coordinate system of each layer."
            )
        return result


def metric_plane(crs, extent, context):
    """Return the :class:`MetricPlane` in which lengths within ``extent`` are true.

    The layer's own system when it is projected, in metres, and its grid is true to 0.2 %; otherwise an azimuthal
    equidistant plane around the centre of the extent.
    """
    if not crs.isValid():
        return MetricPlane(crs, "The layer has no coordinate system: its coordinates are taken as metres.")
    centre = extent.center()
    if not crs.isGeographic() and crs.mapUnits() == QgsUnitTypes.DistanceUnit.DistanceMeters:
        if abs(_scale(crs, centre, context) - 1.0) < _TOLERATED_SCALE:
            return MetricPlane(crs, "")
    geographic = QgsCoordinateReferenceSystem("EPSG:4326")
    try:
        point = QgsCoordinateTransform(crs, geographic, context.transformContext()).transform(centre)
    except QgsCsException as error:
        raise DataError(
            f"The positions do not lie where {crs_name(crs)} is defined. Check the layer's coordinate system."
        ) from error
    plane = QgsCoordinateReferenceSystem.fromProj(
        f"+proj=aeqd +lat_0={point.y():.8f} +lon_0={point.x():.8f} +datum=WGS84 +units=m +no_defs"
    )
    return MetricPlane(
        plane,
        f"{crs_name(crs)} is not in true metres here: distances are measured on the ellipsoid, in an equidistant plane "
        f"around {point.y():.4f}, {point.x():.4f} degrees.",
    )


def _scale(crs, centre, context):
    """Return grid length over ellipsoidal length at a place, averaged over both axes; 1 where it is not defined."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, context.transformContext())
    if not crs.ellipsoidAcronym() or not measure.setEllipsoid(crs.ellipsoidAcronym()):
        return 1.0
    try:
        true = [
            measure.measureLine(
                QgsPointXY(centre.x() - dx, centre.y() - dy), QgsPointXY(centre.x() + dx, centre.y() + dy)
            )
            for dx, dy in ((_PROBE_M, 0.0), (0.0, _PROBE_M))
        ]
    except QgsCsException:
        return 1.0
    mean = float(np.mean(true))
    return 2.0 * _PROBE_M / mean if math.isfinite(mean) and mean > 0 else 1.0
