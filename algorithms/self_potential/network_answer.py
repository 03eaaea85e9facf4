"""From what a network says of a profile to a full answer: moment and background in closed form, covariance, misfit."""

import numpy as np

from .assembly import answer_fields, status_of
from .bodies import SHAPE_EXPONENTS, potential
from .canonical import canonical
from .linear_fit import background_fit
from .results import Inversion


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
        With the covariance that the network states (see :func:`stated_covariance`), infinite where the stations
        cannot tell the parameters apart.
    """
    length, rows = profiles.length_m, np.arange(len(profiles.length_m))
    position, used = profiles.position, profiles.used.astype(float)
    angle_deg = np.degrees(estimate.angle)
    curve = potential(shape, position, estimate.place, estimate.depth, angle_deg, np.ones(len(rows)))
    _, own = background_fit(curve, position, background, used)  # what the background cannot imitate
    own *= used
    moment = np.sum(own * profiles.values, axis=1) / np.sum(own**2, axis=1)
    terms, residual = background_fit(profiles.values - moment[:, None] * curve, position, background, used)
    source = canonical(
        shape,
        profiles.origin_m + length * estimate.place,
        length * estimate.depth,
        angle_deg,
        moment * length ** (2.0 * SHAPE_EXPONENTS[shape] - 1.0),
    )
    found = tuple(value[:, None] for value in (*source, np.full(len(rows), np.nan)))
    fields = answer_fields(
        profiles, rows, shape, background, found, terms, residual * used, np.full(len(rows), np.inf)
    )
    stated = estimate.sigma * np.stack([length, source[1], np.full(len(rows), 180.0 / np.pi)], axis=1)
    fields["covariance"] = stated_covariance(fields["covariance"], stated, sigma_factor)
    return Inversion(
        shape=shape,
        background=background,
        robust=False,
        x_m=profiles.x_m,
        observed_mv=profiles.observed_mv,
        status=status_of(profiles, rows, found, np.ones(len(rows), dtype=bool)),
        **fields,
    )


def stated_covariance(covariance, stated, sigma_factor):
    """Return a covariance with the standard deviations a network states.

    Parameters
    ----------
    covariance : ndarray (n_profiles, n_parameters, n_parameters)
        Of least squares at the network's answer.
    stated : ndarray (n_profiles, 3)
        Standard deviations of place, depth and angle before calibration.
    sigma_factor : ndarray (4,)
        Calibration, with that of the moment.

    Returns
    -------
    ndarray (n_profiles, n_parameters, n_parameters)

    Notes
    -----
    The correlations stay those of least squares. The network says nothing of the moment and the background, which
    follow from its depth: before calibration, their standard deviations stand to that of the depth as they do in
    least squares.
    """
    variance = np.einsum("nii->ni", covariance)
    lost = ~(np.isfinite(variance) & (variance > 0)).all(axis=1)
    ratio = np.ones_like(variance)
    ratio[~lost, :3] = stated[~lost] / np.sqrt(variance[~lost, :3])
    ratio[~lost, 3:] = ratio[~lost, 1:2]
    ratio[:, :4] *= sigma_factor
    ratio[:, 4:] *= sigma_factor[1]
    found = np.full_like(covariance, np.inf)
    found[~lost] = covariance[~lost] * ratio[~lost, :, None] * ratio[~lost, None, :]
    return found
