"""Weighted profiles with their background projected out: the side of the problem that no body changes."""

from dataclasses import dataclass
from typing import Optional

import numpy as np

from . import background as polynomial


@dataclass(frozen=True)
class Observations:
    """Profiles of one chunk, ready for the search.

    Attributes
    ----------
    position : ndarray (n_profiles or 1, n_stations)
        Distance over the profile's length; one row when all profiles share it.
    values : ndarray (n_profiles, n_stations)
        mV times root weight, with the background projected out.
    spanned : list of ndarray (n_profiles or 1, n_stations)
        Orthonormal set that spans what was projected out.
    weight : ndarray (n_profiles, n_stations) or None
        Root of the weight of each station, 0 where missing; None when all are 1.
    """

    position: np.ndarray
    values: np.ndarray
    spanned: list
    weight: Optional[np.ndarray]

    def rows(self, rows):
        """Return some of the profiles."""
        return Observations(
            shared_rows(self.position, rows),
            self.values[rows],
            [shared_rows(unit, rows) for unit in self.spanned],
            None if self.weight is None else self.weight[rows],
        )

    def repeated(self, count):
        """Return one profile many times."""
        return self.rows(np.zeros(count, int))

    def without(self, curves):
        """Return the observations with further curves (list of (n_profiles, n_stations)) projected out."""
        spanned = list(self.spanned)
        for curve in curves:
            curve = curve if self.weight is None else curve * self.weight
            for _ in range(2):  # twice is enough for full precision
                project_out(spanned, curve)
            norm = np.sqrt(dot(curve, curve))
            spanned.append(curve / np.where(norm > 0, norm, 1.0)[:, None])
        values = project_out(spanned[len(self.spanned) :], self.values.copy())
        return Observations(self.position, values, spanned, self.weight)


def observe(position, values, background, weight=None):
    """Return :class:`Observations` of raw ``values``.

    Parameters
    ----------
    position : ndarray (n_profiles or 1, n_stations)
    values : ndarray (n_profiles, n_stations)
        mV, finite (any number where the weight is 0).
    background : str
        One of ``background.BACKGROUNDS``.
    weight : ndarray (n_profiles, n_stations), optional
        Root of the weight of each station.
    """
    blank = Observations(position, values if weight is None else values * weight, [], weight)
    columns = list(polynomial.columns(position, background))
    return blank.without(columns)


def dot(first, second):
    """Return the scalar product over the stations, one per profile."""
    return np.einsum("ns,ns->n", first, second)


def project_out(units, curve):
    """Remove the span of an orthonormal set from a curve (n_profiles, n_stations), in place, and return it."""
    for unit in units:
        if len(unit) == 1:
            curve -= (curve @ unit[0])[:, None] * unit
        else:
            curve -= dot(unit, curve)[:, None] * unit
    return curve


def shared_rows(array, rows):
    """Return the rows of an array that may hold one row for all profiles."""
    return array if len(array) == 1 else array[rows]
