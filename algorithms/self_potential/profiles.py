"""Profiles as the inversion wants them: checked, scaled to 0..1, grouped by shared stations."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError

MATCHING_DIGITS = 10  #: profiles whose scaled stations agree to so many digits share one search grid


@dataclass(frozen=True)
class Profiles:
    """Profiles scaled to unit length.

    Attributes
    ----------
    x_m, observed_mv : ndarray (n_profiles, n_stations)
        As given; missing values are NaN in ``observed_mv``.
    position : ndarray (n_profiles, n_stations)
        Distance from the profile's start over its length, 0 to 1; 0 where missing.
    values : ndarray (n_profiles, n_stations)
        mV; 0 where missing.
    used : ndarray of bool (n_profiles, n_stations)
        Whether the station has a place and a value.
    origin_m, length_m : ndarray (n_profiles,)
        Smallest distance and length covered.
    spacing : ndarray (n_profiles,)
        Median station spacing over the length.
    group : ndarray of int (n_profiles,)
        Profiles with the same number share their stations after scaling.
    """

    x_m: np.ndarray
    observed_mv: np.ndarray
    position: np.ndarray
    values: np.ndarray
    used: np.ndarray
    origin_m: np.ndarray
    length_m: np.ndarray
    spacing: np.ndarray
    group: np.ndarray


def as_rows(x_m, v_mv):
    """Return stations and values as two float arrays (n_profiles, n_stations), or raise DataError."""
    try:
        x_m = np.asarray(x_m, dtype=float)
        v_mv = np.atleast_2d(np.asarray(v_mv, dtype=float))
        x_m = np.broadcast_to(x_m, v_mv.shape)
    except ValueError as error:
        raise DataError(
            "Distances and self-potential values do not fit together as numbers: give one row of values per "
            "profile and as many distances as values."
        ) from error
    if not v_mv.size:
        raise DataError("There are no self-potential values: choose a layer or a line with stations.")
    return x_m, v_mv


def problems(x_m, v_mv, n_unknowns):
    """Return what makes profiles impossible to invert, as sentences by profile index.

    Parameters
    ----------
    x_m : array_like (n_stations,) or (n_profiles, n_stations)
        Distances, m.
    v_mv : array_like (n_profiles, n_stations)
        Self-potential, mV, NaN where missing.
    n_unknowns : int
        Number of unknowns of the body and the background.

    Returns
    -------
    dict
        ``{index: sentence}``, in rising order; empty when every profile can be inverted.
    """
    x_m, v_mv = as_rows(x_m, v_mv)
    used = np.isfinite(x_m) & np.isfinite(v_mv)
    count = used.sum(axis=1)
    low, high = _range(np.where(used, v_mv, np.nan))
    start, stop = _range(np.where(used, x_m, np.nan))
    found = {}
    for index in range(len(v_mv)):
        if count[index] == 0:
            found[index] = "has no self-potential value: every station is empty or not a number."
        elif start[index] == stop[index]:
            found[index] = "has zero length: all its stations lie at one distance; check line and distance field."
        elif low[index] == high[index]:
            found[index] = (
                f"has the same value at all {count[index]} stations ({low[index]:g} mV): there is no anomaly to invert."
            )
        elif count[index] <= n_unknowns:
            found[index] = (
                f"has {count[index]} stations for {n_unknowns} unknowns: add stations (at least {n_unknowns + 1}) or "
                "choose fewer bodies or a simpler background."
            )
    return found


def repeated_distance(x_m, v_mv):
    """Return, per profile, a distance (m) at which two different values stand; NaN where there is none.

    Such repeated readings are all used; a caller may want to say so, or to merge them first.
    """
    x_m, v_mv = as_rows(x_m, v_mv)
    x_m = np.where(np.isfinite(x_m) & np.isfinite(v_mv), x_m, np.inf)
    order = np.argsort(x_m, axis=1, kind="stable")
    x_m, v_mv = np.take_along_axis(x_m, order, 1), np.take_along_axis(v_mv, order, 1)
    twice = (x_m[:, 1:] == x_m[:, :-1]) & (v_mv[:, 1:] != v_mv[:, :-1]) & np.isfinite(x_m[:, 1:])
    found = np.full(len(x_m), np.nan)
    rows = np.flatnonzero(twice.any(axis=1))
    found[rows] = x_m[rows, np.argmax(twice[rows], axis=1)]
    return found


def prepare(x_m, v_mv, n_unknowns):
    """Return :class:`Profiles`, or raise DataError that names the first profile that cannot be inverted.

    Parameters are those of :func:`problems`.
    """
    found = problems(x_m, v_mv, n_unknowns)
    for index, sentence in found.items():
        more = f" ({len(found)} profiles have such a problem.)" if len(found) > 1 else ""
        raise DataError(f"Profile {index + 1} {sentence}{more}")
    shared = np.ndim(x_m) == 1
    x_m, v_mv = as_rows(x_m, v_mv)
    placed = np.isfinite(x_m)
    used = placed & np.isfinite(v_mv)
    start, stop = _range(x_m)
    position = np.where(placed, (x_m - start[:, None]) / (stop - start)[:, None], 0.0)
    ordered = np.sort(np.where(placed, position, np.nan), axis=1)
    steps = np.diff(ordered[:1] if shared else ordered, axis=1)
    spacing = _median(np.where(steps > 0, steps, np.inf))
    return Profiles(
        x_m=x_m,
        observed_mv=np.where(used, v_mv, np.nan),
        position=position,
        values=np.where(used, v_mv, 0.0),
        used=used,
        origin_m=start,
        length_m=stop - start,
        spacing=np.broadcast_to(spacing, len(v_mv)),
        group=np.zeros(len(v_mv), int) if shared else _same_rows(position),
    )


def _range(rows):
    """Return smallest and largest finite value of each row; NaN for a row without any."""
    finite = np.isfinite(rows)
    low = np.where(finite, rows, np.inf).min(axis=1)
    high = np.where(finite, rows, -np.inf).max(axis=1)
    return np.where(np.isfinite(low), low, np.nan), np.where(np.isfinite(high), high, np.nan)


def _median(rows):
    """Return the median of the finite values of each row, which must have some."""
    count = np.isfinite(rows).sum(axis=1)
    middle = np.stack([(count - 1) // 2, count // 2], axis=1)
    return np.take_along_axis(np.sort(rows, axis=1), middle, axis=1).mean(axis=1)


def _same_rows(rows):
    """Return a number per row, equal for rows that agree to ``MATCHING_DIGITS`` digits."""
    numbers = {}
    return np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in rows.round(MATCHING_DIGITS) + 0.0])
