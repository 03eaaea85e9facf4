"""The regional background under an anomaly: a polynomial of the distance, part of the linear problem."""

import numpy as np

BACKGROUNDS = ("none", "constant", "linear", "quadratic")


def n_terms(background):
    """Return the number of coefficients of a background, 0 to 3."""
    return BACKGROUNDS.index(background)


def columns(position, background):
    """Return the columns of a background over a profile scaled to 0..1.

    Parameters
    ----------
    position : ndarray (..., n_stations)
        Distance from the profile's start over its length.
    background : str
        One of ``BACKGROUNDS``.

    Returns
    -------
    ndarray (n_terms, ..., n_stations)
        Powers of ``2 position - 1``, which runs from -1 to 1: well conditioned wherever the profile lies.
    """
    centred = 2.0 * np.asarray(position) - 1.0
    return np.array([centred**power for power in range(n_terms(background))]).reshape(-1, *centred.shape)


def powers_of_distance(coefficients, origin_m, length_m):
    """Return the coefficients in powers of the distance itself, from those of :func:`columns`.

    Parameters
    ----------
    coefficients : ndarray (n_profiles, n_terms)
        mV, of the scaled profile.
    origin_m, length_m : ndarray (n_profiles,)
        Start and length of each profile, m.

    Returns
    -------
    ndarray (n_profiles, n_terms)
        mV, mV/m, mV/m².
    """
    return np.einsum("nij,nj->ni", power_transform(origin_m, length_m, coefficients.shape[1]), coefficients)


def power_transform(origin_m, length_m, terms):
    """Return the matrices (n_profiles, terms, terms) that :func:`powers_of_distance` applies."""
    slope, shift = 2.0 / length_m, -2.0 * origin_m / length_m - 1.0  # 2 position - 1 = slope x + shift
    matrix = np.zeros((len(slope), 3, 3))
    matrix[:, 0, 0] = 1.0
    matrix[:, 0, 1], matrix[:, 1, 1] = shift, slope
    matrix[:, 0, 2], matrix[:, 1, 2], matrix[:, 2, 2] = shift**2, 2.0 * slope * shift, slope**2
    return matrix[:, :terms, :terms]


def evaluate(coefficients, x_m):
    """Return the background (n_profiles, n_stations), mV, from coefficients in powers of the distance."""
    total = np.zeros(np.broadcast_shapes((len(coefficients), 1), np.shape(x_m)))
    for coefficient in coefficients.T[::-1]:
        total = total * x_m + coefficient[:, None]
    return total
