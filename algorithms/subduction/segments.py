"""The table every classifier works on: one row per trench segment, with its place along the trench."""

from dataclasses import dataclass, replace
from typing import Optional

import numpy as np

from ..errors import DataError

NO_EVENT = 1.0  #: magnitudes up to this, or missing, mean that no earthquake is known
NO_EVENT_MAGNITUDE = 4.0  #: magnitude of such segments where a number is needed
EARTH_RADIUS_M = 6_371_008.8  #: mean radius of the Earth (IUGG)


@dataclass(frozen=True, eq=False)
class SegmentTable:
    """Segments of one or more trenches.

    Attributes
    ----------
    names : tuple of str
        Names of the features.
    values : ndarray (n_segments, n_features)
        Features; NaN where blank.
    magnitude : ndarray (n_segments,)
        Largest known magnitude; NaN or up to 1 where no earthquake is known.
    region : ndarray of str (n_segments,)
        Name of the trench.
    position_km : ndarray (n_segments,)
        Distance along the trench of the region.
    longitude, latitude : ndarray (n_segments,) or None
        Place of the segment in degrees; NaN where unknown, None where all are.
    """

    names: tuple
    values: np.ndarray
    magnitude: np.ndarray
    region: np.ndarray
    position_km: np.ndarray
    longitude: Optional[np.ndarray] = None
    latitude: Optional[np.ndarray] = None

    def __len__(self):
        return len(self.magnitude)

    @property
    def filled_magnitude(self):
        """Magnitude ``(n_segments,)`` with 4.0 where no earthquake is known."""
        return np.where(self.magnitude > NO_EVENT, self.magnitude, NO_EVENT_MAGNITUDE)

    def take(self, rows):
        """Return the segments ``rows`` (indices or a mask)."""
        columns = ("values", "magnitude", "region", "position_km", "longitude", "latitude")
        arrays = {name: getattr(self, name) for name in columns}
        return replace(self, **{name: array[rows] for name, array in arrays.items() if array is not None})

    def points_m(self):
        """Return the segments' places as Cartesian coordinates ``(n_segments, 3)`` in metres from the Earth's centre.

        Raises
        ------
        DataError
            If the places are not known.
        """
        places = (self.longitude, self.latitude)
        if any(degrees is None or not np.isfinite(degrees).all() for degrees in places):
            raise DataError(
                "Distances in a straight line need the place of every segment, and not all are known. "
                "Use a layer with geometry, or exclude along the trench only."
            )
        return EARTH_RADIUS_M * directions(self.longitude, self.latitude)


def directions(longitude, latitude):
    """Return unit vectors ``(n, 3)`` from the Earth's centre to places in degrees."""
    longitude, latitude = np.radians(longitude), np.radians(latitude)
    around = np.cos(latitude)
    return np.stack([around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude)], axis=-1)


def check_places(segments):
    """Refuse a table whose segments have no order along their trench.

    Raises
    ------
    DataError
        If a region or position is missing, or two segments of a region have the same position.
    """
    if not len(segments):
        raise DataError("The table has no segments: nothing can be classified.")
    position = segments.position_km
    if not np.isfinite(position).all():
        raise DataError(
            f"{np.count_nonzero(~np.isfinite(position))} of {len(segments)} segments have no position along the "
            "trench. Fill the position field (km along the trench), or make the segments with the trench segments tool."
        )
    if np.any(segments.region == ""):
        raise DataError(
            f"{np.count_nonzero(segments.region == '')} segments have no region. Fill the region field with the name "
            "of the trench."
        )
    for name in np.unique(segments.region):
        inside = np.sort(position[segments.region == name])
        repeated = inside[1:][np.diff(inside) <= 0]
        if len(repeated):
            raise DataError(
                f"Two segments of region '{name}' have the same position, {repeated[0]:g} km. Positions must increase "
                "along each trench: check the position field, or give each trench its own region name."
            )


def complete_rows(segments):
    """Return a mask ``(n_segments,)`` of the segments without blank features.

    Raises
    ------
    DataError
        If a feature is blank everywhere or no segment is complete.
    """
    known = np.isfinite(segments.values)
    empty = [name for name, filled in zip(segments.names, known.any(axis=0)) if not filled]
    if empty:
        raise DataError("Blank in every segment: " + _listed(empty) + ". Remove them from the features.")
    complete = known.all(axis=1)
    if not complete.any():
        worst = np.argsort(known.sum(axis=0), kind="stable")[:3]
        raise DataError(
            "No segment has all features. Remove the features with most blanks, first of all "
            + _listed([segments.names[index] for index in worst])
            + "."
        )
    return complete


def without_blanks(segments):
    """Return the segments that have all features, their rows ``(n_complete,)`` and sentences on those left out.

    Raises
    ------
    DataError
        As :func:`complete_rows`.
    """
    rows = np.flatnonzero(complete_rows(segments))
    n_blank = len(segments) - len(rows)
    notes = [f"{n_blank} of {len(segments)} segments have blank features and were left out."] if n_blank else []
    return segments.take(rows), rows, notes


def ruptures(segments):
    """Return the number of the rupture of every segment ``(n_segments,)``, -1 where no earthquake is known.

    Neighbours along a trench with exactly the same magnitude are taken for one rupture: published tables write the
    magnitude of an earthquake on every segment it crossed. Where only epicentres count, equal neighbours are chance.
    """
    order = np.lexsort((segments.position_km, segments.region))
    magnitude, region = segments.magnitude[order], segments.region[order]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = (magnitude[1:] != magnitude[:-1]) | (region[1:] != region[:-1])
    number = np.empty(len(order), dtype=int)
    number[order] = np.cumsum(starts) - 1
    return np.where(segments.magnitude > NO_EVENT, number, -1)


def _listed(names):
    return ", ".join(f"'{name}'" for name in names)
