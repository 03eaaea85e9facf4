"""Linearised uncertainty: the covariance at the answer, and the bound no unbiased method can beat."""

import numpy as np

from . import background as polynomial
from .bodies import jacobian, parameter_names

SMALLEST_SLOPE = 0.1  #: of the influence function, when nearly all stations are far off


def design(shape, bodies, x_m, position, background):
    """Return the Jacobian of the whole curve.

    Parameters
    ----------
    shape : str
    bodies : tuple of ndarray (n_profiles, n_bodies)
        ``x0_m, depth_m, angle_deg, k, half_m`` (the last only read for the sheet).
    x_m, position : ndarray (n_profiles, n_stations)
        Distance, m, and the same over the profile's length.
    background : str

    Returns
    -------
    ndarray (n_profiles, n_stations, n_parameters)
        Columns: each body's, mV per unit (degrees for angles), then those of the scaled background.
    """
    used = bodies[: len(parameter_names(shape))]
    blocks = [jacobian(shape, x_m, *(value[:, body] for value in used)) for body in range(used[0].shape[1])]
    terms = np.moveaxis(polynomial.columns(position, background), 0, -1)
    blocks.append(np.broadcast_to(terms, (*blocks[0].shape[:2], terms.shape[-1])))
    return np.concatenate(blocks, axis=-1)


def inverse_normal_matrix(matrix):
    """Return ``(J^T J)^-1`` and the condition number of J with unit columns.

    Parameters
    ----------
    matrix : ndarray (n_profiles, n_stations, n_parameters)

    Returns
    -------
    inverse : ndarray (n_profiles, n_parameters, n_parameters)
        Infinite on the diagonal where the parameters cannot be told apart.
    condition : ndarray (n_profiles,)
    """
    norm = np.sqrt(np.einsum("nsp,nsp->np", matrix, matrix))
    norm = np.where(norm > 0, norm, 1.0)
    triangle = np.linalg.qr(matrix / norm[:, None, :], mode="r")
    _, singular, rotation = np.linalg.svd(triangle)
    with np.errstate(divide="ignore"):
        condition = singular[:, 0] / singular[:, -1]
    lost = ~(condition < 1.0 / np.finfo(float).eps)
    singular[lost] = 1.0
    half = rotation / singular[:, :, None]
    inverse = np.einsum("nki,nkj->nij", half, half) / (norm[:, :, None] * norm[:, None, :])
    inverse[lost] = np.where(np.eye(inverse.shape[-1]), np.inf, 0.0)
    return inverse, condition


def noise_variance(residual, used, scale, unknowns):
    """Return the variance (n_profiles,), mV², that turns the inverse normal matrix into the covariance.

    With the Cauchy loss this is Huber's, from the influence of the residuals and its mean slope.

    Parameters
    ----------
    residual : ndarray (n_profiles, n_stations)
        mV.
    used : ndarray of bool (n_profiles, n_stations)
    scale : ndarray (n_profiles,)
        Of the Cauchy loss, mV; infinite for least squares.
    unknowns : int
    """
    residual, count = np.where(used, residual, 0.0), used.sum(axis=1)
    weight = 1.0 / (1.0 + (residual / scale[:, None]) ** 2)
    influence = np.sum((weight * residual) ** 2, axis=1) / (count - unknowns)
    slope = np.sum(np.where(used, (2.0 * weight - 1.0) * weight, 0.0), axis=1) / count
    return influence / np.maximum(slope, SMALLEST_SLOPE) ** 2


def to_natural_background(covariance, origin_m, length_m, terms):
    """Return a covariance whose last ``terms`` parameters turned from scaled to powers of the distance."""
    size = covariance.shape[-1]
    transform = np.tile(np.eye(size), (len(covariance), 1, 1))
    transform[:, size - terms :, size - terms :] = polynomial.power_transform(origin_m, length_m, terms)
    return transform @ covariance @ np.swapaxes(transform, 1, 2)


def cramer_rao(shape, x_m, parameters, noise_sd_mv, background="none"):
    """Return the smallest standard deviations any unbiased method can reach with white Gaussian noise.

    Parameters
    ----------
    shape : str
    x_m : array_like (n_stations,)
        m.
    parameters : sequence of float
        The true ``x0_m, depth_m, angle_deg, k`` and, for a sheet, ``half_m``.
    noise_sd_mv : float
    background : str

    Returns
    -------
    ndarray (n_parameters,)
        Of the body's parameters, in the order of ``bodies.parameter_names``.
    """
    x_m = np.asarray(x_m, dtype=float)[None]
    bodies = [np.array([[value]], dtype=float) for value in parameters]
    start = x_m.min()
    inverse, _ = inverse_normal_matrix(design(shape, bodies, x_m, (x_m - start) / np.ptp(x_m), background))
    return noise_sd_mv * np.sqrt(np.diag(inverse[0]))[: len(bodies)]
