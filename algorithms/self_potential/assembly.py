"""Everything an inversion reports, from the bodies, the background and the residual that were found."""

import numpy as np

from . import background as polynomial
from .bodies import parameter_names, potential
from .covariance import design, inverse_normal_matrix, noise_variance, to_natural_background
from .results import AT_BOUND, NOT_CONVERGED, NOT_COVERED, OK
from .robust import total_loss

COLLAPSED = 1e-2  #: half length over depth below which a sheet is but a line, with no length of its own


def answer_fields(profiles, rows, shape, background, found, terms, residual, scale):
    """Return the fields of :class:`Inversion`, but the status, of answers for some profiles.

    Parameters
    ----------
    profiles : Profiles
    rows : ndarray of int
        The profiles that were inverted.
    shape, background : str
    found : tuple of ndarray (n_rows, n_bodies)
        ``x0_m, depth_m, angle_deg, k, half_m``.
    terms : ndarray (n_rows, n_terms)
        Coefficients of the scaled background.
    residual : ndarray (n_rows, n_stations)
        mV.
    scale : ndarray (n_rows,)
        Of the Cauchy loss, mV; infinite for least squares.
    """
    x_m, used = profiles.x_m[rows], profiles.used[rows]
    origin, length = profiles.origin_m[rows], profiles.length_m[rows]
    n_bodies = found[0].shape[1]
    natural = polynomial.powers_of_distance(terms, origin, length)
    matrix = design(shape, found, x_m, profiles.position[rows], background)
    matrix[~used] = 0.0
    inverse, condition = inverse_normal_matrix(matrix)
    variance = noise_variance(residual, used, scale, matrix.shape[-1])
    names = ("x0_m", "depth_m", "angle_deg", "k", "half_m")[: len(parameter_names(shape))]
    curves = sum(
        potential(shape, x_m, **{name: value[:, body] for name, value in zip(names, found)}) for body in range(n_bodies)
    )
    return {
        **dict(zip(("x0_m", "depth_m", "angle_deg", "k", "half_m"), found)),
        "fitted_mv": polynomial.evaluate(natural, x_m) + curves,
        "background_coefficients": natural,
        "covariance": to_natural_background(inverse * variance[:, None, None], origin, length, terms.shape[1]),
        "condition": condition,
        "loss": total_loss(residual, scale, used),
        "scale_mv": scale,
    }


def status_of(profiles, rows, found, converged):
    """Return the status code of each answer, as far as it does not depend on bounds."""
    x_m, used = profiles.x_m[rows], profiles.used[rows]
    first = np.where(used, x_m, np.inf).min(axis=1)[:, None]
    last = np.where(used, x_m, -np.inf).max(axis=1)[:, None]
    x0_m, depth_m = found[0], found[1]
    outside = ((x0_m < first) | (x0_m > last) | (depth_m > 0.5 * (last - first))).any(axis=1)
    status = np.where(converged, np.where(outside, NOT_COVERED, OK), NOT_CONVERGED).astype("U20")
    status[(found[4] < COLLAPSED * depth_m).any(axis=1)] = AT_BOUND  # never true for the NaN of other shapes
    return status
