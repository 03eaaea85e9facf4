"""Cells along a trench as polygons in degrees."""

import numpy as np
from qgis.core import QgsGeometry, QgsLineString, QgsPolygon, QgsRectangle

from ...algorithms.errors import DataError

_HIGHEST_LATITUDE = 85.0  # beyond, straight edges in degrees would bend by more than 0.6 km
_WORLD = QgsRectangle(-180.0, -90.0, 180.0, 90.0)


def segment_polygon(region, cells, cell):
    """Return the outline of a cell as a multi-polygon within -180 to 180 degrees, in two parts across 180 degrees.

    Raises
    ------
    DataError
        If the cell reaches near or over a pole, or so far that its outline meets itself.
    """
    longitude, latitude = cells.outline(cell)
    whole = QgsGeometry(QgsPolygon(QgsLineString(longitude.tolist(), latitude.tolist())))
    is_high = np.abs(latitude).max() > _HIGHEST_LATITUDE
    if is_high or np.abs(np.diff(longitude)).max() >= 180.0 or not whole.isGeosValid():
        raise DataError(
            f"The segment at {cells.s_km[cell]:g} km of region '{region}' (latitude {cells.latitude[cell]:.1f}) "
            f"reaches beyond {_HIGHEST_LATITUDE:g} degrees of latitude or too far around the Earth to be drawn as a "
            "polygon in degrees. Choose smaller widths, or leave that trench out."
        )
    if longitude.min() < -180.0 or longitude.max() > 180.0:
        whole = _split(whole)
    whole.convertToMultiType()
    return whole


def _split(polygon):
    """Return a polygon with continuous longitudes cut at 180 degrees, its parts beyond moved to the other side."""
    parts = []
    for turn in (-360.0, 0.0, 360.0):
        moved = QgsGeometry(polygon)
        moved.translate(turn, 0.0)
        inside = moved.intersection(QgsGeometry.fromRect(_WORLD))
        parts += [QgsGeometry(part.clone()) for part in inside.constParts()] if not inside.isEmpty() else []
    return QgsGeometry.collectGeometry([part for part in parts if part.area() > 0.0])
