"""Which coordinate system a table of samples is in, and whether the target suits it."""

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY

from ...algorithms.grid_zone import parse_grid_zone, zone_for
from ..layers import crs_name, transformed

_DEFAULT_ZONE = "35S"
_WGS84 = "EPSG:4326"
_MARGIN_DEGREES = 3.0  # that far outside its zone UTM stretches lengths by half a percent


def source_crs(chosen, zone, in_degrees):
    """Return the coordinate system of the table and a sentence on why it is that one."""
    if chosen.isValid():
        return chosen, f"The coordinates are read in {crs_name(chosen)}, as given."
    if not zone and in_degrees:
        crs = QgsCoordinateReferenceSystem(_WGS84)
        return crs, f"The coordinates are degrees and no system was given: read in {crs_name(crs)}."
    grid_zone = parse_grid_zone(zone or _DEFAULT_ZONE)
    assumed = (
        "" if zone else f"The coordinates are metres and no system was given: grid zone {_DEFAULT_ZONE} is assumed. "
    )
    return QgsCoordinateReferenceSystem(f"EPSG:{grid_zone.epsg}"), assumed + grid_zone.explanation


def notes_on_target(xy, source, target, context):
    """Return a note when the middle of the positions ``xy``, in ``source``, is far from the area of ``target``."""
    known = xy[np.isfinite(xy).all(axis=1)]
    if not len(known):
        return []
    middle = np.median(known, axis=0)[None, :]
    longitude, latitude = transformed(middle, source, QgsCoordinateReferenceSystem(_WGS84), context)[0][0].tolist()
    area = target.bounds()
    if area.isEmpty() or not -80.0 <= latitude <= 84.0:
        return []
    area.grow(_MARGIN_DEGREES)
    if area.contains(QgsPointXY(longitude, latitude)):
        return []
    notation, epsg = zone_for(longitude, latitude)
    return [
        f"The samples lie near longitude {longitude:.3f}, latitude {latitude:.3f}, far from the area of "
        f"{crs_name(target)}: distances and areas will be off. Their own grid zone is {notation}, EPSG:{epsg}."
    ]
