"""From what a network says of a profile to a full answer: moment and background in closed form, covariance, misfit."""

import numpy as np

from . import background as polynomial
from .bodies import SHAPE_EXPONENTS, potential
from .canonical import canonical
from .covariance import design, inverse_normal_matrix, to_natural_background
from .linear_fit import background_fit
from .results import NOT_COVERED, OK, Inversion


def answer(shape, background, profiles, estimate, sigma_factor):
    """Return the answer in the form of any other inversion.

    Parameters
    ----------
    shape, background : str
    profiles : Profiles
    estimate : Estimate
        Of the network, one per profile.
    sigma_factor : ndarray (4,)
        Calibration of the standard deviations of place, log depth, angle and log moment.

    Returns
    -------
    Inversion
        With the covariance that the network states (see :func:`covariance_of`) and status ``ok`` or
        ``not_covered``.
    """
    length, origin = profiles.length_m, profiles.origin_m
    position, used = profiles.position, profiles.used.astype(float)
    angle_deg = np.degrees(estimate.angle)
    curve = potential(shape, position, estimate.place, estimate.depth, angle_deg, np.ones(len(length)))
    _, own = background_fit(curve, position, background, used)  # what the background cannot imitate
    own *= used
    moment = np.sum(own * profiles.values, axis=1) / np.sum(own**2, axis=1)
    terms, residual = background_fit(profiles.values - moment[:, None] * curve, position, background, used)
    source = canonical(
        shape,
        origin + length * estimate.place,
        length * estimate.depth,
        angle_deg,
        moment * length ** (2.0 * SHAPE_EXPONENTS[shape] - 1.0),
    )
    bodies = tuple(value[:, None] for value in source)
    matrix = design(shape, bodies, profiles.x_m, position, background)
    matrix[~profiles.used] = 0.0
    inverse, condition = inverse_normal_matrix(matrix)
    stated = estimate.sigma * np.stack([length, source[1], np.full(len(length), 180.0 / np.pi)], axis=1)
    covariance = covariance_of(inverse, stated, sigma_factor)
    x0_m, depth_m = source[:2]
    beyond = (x0_m < origin) | (x0_m > origin + length) | (depth_m > 0.5 * length)
    return Inversion(
        shape=shape,
        background=background,
        robust=False,
        x_m=profiles.x_m,
        observed_mv=profiles.observed_mv,
        fitted_mv=np.where(np.isfinite(profiles.x_m), profiles.values - residual, np.nan),
        **dict(zip(("x0_m", "depth_m", "angle_deg", "k"), bodies)),
        half_m=np.full((len(length), 1), np.nan),
        background_coefficients=polynomial.powers_of_distance(terms, origin, length),
        covariance=to_natural_background(covariance, origin, length, terms.shape[1]),
        condition=condition,
        loss=np.sum((used * residual) ** 2, axis=1),
        scale_mv=np.full(len(length), np.inf),
        status=np.where(beyond, NOT_COVERED, OK).astype("U20"),
    )


def covariance_of(inverse, stated, sigma_factor):
    """Return a covariance with the standard deviations a network states.

    Parameters
    ----------
    inverse : ndarray (n_profiles, n_parameters, n_parameters)
        Inverse normal matrix of the least-squares problem: the bound of Cramer and Rao, up to the noise.
    stated : ndarray (n_profiles, 3)
        Standard deviations of place, depth and angle before calibration.
    sigma_factor : ndarray (4,)

    Returns
    -------
    ndarray (n_profiles, n_parameters, n_parameters)

    Notes
    -----
    The correlations are those of the bound. The network says nothing of the moment and the background, which follow
    from its depth: before calibration, their standard deviations stand to that of the depth as in the bound.
    """
    bound = np.sqrt(np.einsum("nii->ni", inverse))
    ratio = np.empty_like(bound)
    ratio[:, :3] = stated / bound[:, :3]
    ratio[:, 3:] = ratio[:, 1:2]
    ratio[:, :4] *= sigma_factor
    ratio[:, 4:] *= sigma_factor[1]
    finite = np.isfinite(bound).all(axis=1)
    covariance = np.full_like(inverse, np.inf)
    covariance[finite] = inverse[finite] * ratio[finite, :, None] * ratio[finite, None, :]
    return covariance
