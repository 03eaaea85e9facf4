"""Profiles with any stations, read at the evenly spaced places a network knows."""

import numpy as np


def read_at_places(profiles, n_places):
    """Return the values of profiles at evenly spaced places from start to end.

    Parameters
    ----------
    profiles : Profiles
        See :mod:`.profiles`.
    n_places : int

    Returns
    -------
    values : ndarray (n_profiles, n_places)
        mV.
    filled : ndarray (n_profiles,)
        Share of the places that have a station of their own.

    Notes
    -----
    Stations that are nearest to the same place are averaged, distances and values alike; between these averages
    the profile is linear. Stations that lie at the places are read as they are.
    """
    values = np.empty((len(profiles.values), n_places))
    filled = np.empty(len(values))
    keys = np.concatenate([profiles.group[:, None], profiles.used], axis=1)
    _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    which = which.ravel()
    for pattern, row in enumerate(first):
        members = which == pattern
        used = profiles.used[row]
        reading, filled[members] = _reading(profiles.position[row, used], n_places)
        values[members] = profiles.values[members][:, used] @ reading.T
    return values, filled


def _reading(position, n_places):
    """Return the matrix (n_places, n_stations) that reads a profile at the places, and the share of places filled."""
    nearest = np.rint(position * (n_places - 1)).astype(int)
    taken, which, count = np.unique(nearest, return_inverse=True, return_counts=True)
    averaging = np.zeros((len(taken), len(position)))
    averaging[which, np.arange(len(position))] = 1.0 / count[which]
    mean_position = averaging @ position
    places = np.linspace(0.0, 1.0, n_places)
    interpolation = np.stack([np.interp(places, mean_position, unit) for unit in np.eye(len(taken))], axis=-1)
    return interpolation @ averaging, len(taken) / n_places
