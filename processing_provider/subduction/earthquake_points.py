"""Earthquakes as places with magnitudes."""

import math
from dataclasses import dataclass

import numpy as np

from ...algorithms.errors import DataError
from ..layers import read_points
from .raster_pixels import WGS84

_LARGEST_MAGNITUDE = 11.0  # no fault is long enough for more


@dataclass(frozen=True, eq=False)
class Earthquakes:
    """Earthquakes with a place and a magnitude.

    Attributes
    ----------
    longitude, latitude : ndarray (n_earthquakes,)
        Degrees on WGS84.
    magnitude : ndarray (n_earthquakes,)
    notes : tuple of str
        What was left out.
    """

    longitude: np.ndarray
    latitude: np.ndarray
    magnitude: np.ndarray
    notes: tuple


def read_earthquakes(source, magnitude_field, min_magnitude, depth_field, max_depth_km, context, feedback):
    """Read the earthquakes that count; returns :class:`Earthquakes`.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
    magnitude_field : str
        Blank, 0 and less mean that the magnitude is not known.
    min_magnitude : float
    depth_field : str
        Empty = of any depth. Earthquakes of unknown depth are kept.
    max_depth_km : float
    context : QgsProcessingContext
    feedback : QgsProcessingFeedback

    Raises
    ------
    DataError
        If there are no earthquakes, or the field holds no magnitudes.
    """
    table = read_points(source, WGS84, context, feedback, "The earthquake layer")
    magnitude = _numbers(table, magnitude_field, "magnitudes")
    known = magnitude > 0
    if not known.any():
        raise DataError(
            f"Field '{magnitude_field}' of the earthquake layer holds no number above 0. Choose the field of the "
            f"magnitudes; the fields are: {', '.join(table.fields.names())}."
        )
    if np.nanmax(magnitude) > _LARGEST_MAGNITUDE:
        raise DataError(
            f"Field '{magnitude_field}' of the earthquake layer holds {np.nanmax(magnitude):g}, which is no magnitude. "
            "Choose the field of the magnitudes."
        )
    notes = list(table.notes)
    n_unknown, n_all = int((~known).sum()), len(magnitude)
    if n_unknown:
        notes.append(f"{n_unknown} of {n_all} earthquakes have no magnitude (blank or 0) and are left out.")
    keep = known & (magnitude >= min_magnitude)
    if depth_field:
        depth = _numbers(table, depth_field, "depths")
        deep = np.abs(depth) > max_depth_km
        notes.append(f"{int((keep & deep).sum())} earthquakes deeper than {max_depth_km:g} km are left out.")
        keep &= ~deep
    longitude, latitude = table.xy[keep].T
    return Earthquakes(longitude, latitude, magnitude[keep], tuple(notes))


def _numbers(table, name, what):
    """Return a field ``(n_features,)`` as numbers, NaN where there is none."""
    if table.fields.indexOf(name) < 0:
        raise DataError(
            f"The earthquake layer has no field '{name}' with the {what}. Its fields are: "
            f"{', '.join(table.fields.names())}."
        )
    return np.array([_number(value) for value in table.column(name)])


def _number(value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        return math.nan
    return number if math.isfinite(number) else math.nan
