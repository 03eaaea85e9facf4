"""What a reader must know before trusting a network's answer: a sentence for everything it was not trained for."""

import numpy as np

from . import background as polynomial
from .bodies import PARAMETERS, SHAPE_EXPONENTS, moment_unit
from .results import Inversion

RANGE_SIGMAS = 2.0  #: of the network's standard deviations, by which an answer may lie outside a training range
LENGTH_TOLERANCE = 0.01
FILLED = 0.8  #: share of the places that need a station of their own
NOISE_RATIO = 1.5  #: of the profile's noise to that of the training
CURVATURE_SHARE = 0.005  #: of the largest value, taken for curvature of the anomaly and not for noise
MISFIT_RATIO = 1.1  #: of the network's misfit to that of least squares
MOST_SIGMAS = 3.0  #: between the network and least squares

_WORDS = {"x0_m": "x0", "depth_m": "depth", "angle_deg": "angle", "k": "K"}


def outside_training(setup, largest_mv, inversion, filled):
    """Return what makes each profile or its answer unlike the training.

    Parameters
    ----------
    setup : TrainingSetup
    largest_mv : (low, high)
        Extremes over the training profiles of the largest absolute value, mV.
    inversion : Inversion
        The network's answer.
    filled : ndarray (n_profiles,)
        Share of the places with a station of their own.

    Returns
    -------
    tuple of tuple of str
        Sentences, one tuple per profile, empty when all is as in the training.
    """
    found = [[] for _ in range(inversion.n_profiles)]
    _profile_remarks(setup, largest_mv, inversion, filled, found)
    _range_remarks(setup, inversion, found)
    return tuple(tuple(sentences) for sentences in found)


def against_least_squares(prediction: Inversion, least_squares: Inversion):
    """Return where a network's answer is not borne out by least squares, one tuple of sentences per profile.

    A misfit more than ``MISFIT_RATIO`` times that of least squares, or a parameter more than ``MOST_SIGMAS`` of the
    network's standard deviations away, says that the network must not be trusted there.
    """
    found = [[] for _ in range(prediction.n_profiles)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = prediction.rms_mv / least_squares.rms_mv
        sigmas = np.stack([np.abs(difference_in_sigma(prediction, least_squares, name)) for name in PARAMETERS])
    farthest = np.where(np.isnan(sigmas), 0.0, sigmas).argmax(axis=0)
    for profile, sentences in enumerate(found):
        if ratio[profile] > MISFIT_RATIO:
            sentences.append(
                f"The network's misfit of {prediction.rms_mv[profile]:.3g} mV is {ratio[profile]:.3g} times that of "
                f"least squares ({least_squares.rms_mv[profile]:.3g} mV): take the least-squares answer."
            )
        name = PARAMETERS[farthest[profile]]
        if sigmas[farthest[profile], profile] > MOST_SIGMAS:
            sentences.append(
                f"Network and least squares differ by {sigmas[farthest[profile], profile]:.3g} of the network's "
                f"standard deviations in {_WORDS[name]}: the network is more certain than it can be."
            )
    return tuple(tuple(sentences) for sentences in found)


def difference_in_sigma(prediction, least_squares, name):
    """Return network minus least squares (n_profiles,) over the network's standard deviation, angles the short way."""
    difference = (getattr(prediction, name) - getattr(least_squares, name))[:, 0]
    if name == "angle_deg":
        difference = (difference + 180.0) % 360.0 - 180.0
    return difference / prediction.sd(name)[:, 0]


def station_noise_mv(x_m, v_mv):
    """Return the noise of each profile (n_profiles,), mV, from the bend between three neighbouring stations.

    Notes
    -----
    ``1.4826 median|V[i-1] - 2 V[i] + V[i+1]| / sqrt(6)``, which white noise of standard deviation s brings to s
    and a smooth, densely sampled anomaly hardly touches.
    """
    order = np.argsort(np.where(np.isfinite(v_mv), x_m, np.inf), axis=1, kind="stable")  # missing stations last
    bend = np.diff(np.take_along_axis(v_mv, order, axis=1), n=2, axis=1)
    return 1.4826 * np.nanmedian(np.abs(bend), axis=1) / 6.0**0.5


def _profile_remarks(setup, largest_mv, inversion, filled, found):
    """Append what the profiles themselves show."""
    x_m, v_mv = inversion.x_m, inversion.observed_mv
    length = np.nanmax(x_m, axis=1) - np.nanmin(x_m, axis=1)
    largest = np.nanmax(np.abs(v_mv), axis=1)
    averaged = np.minimum(setup.n_places / inversion.n_used, 1.0)  # share of the stations that become one place
    noise = station_noise_mv(x_m, v_mv) * averaged**0.5
    trained_terms, terms = polynomial.n_terms(setup.background), polynomial.n_terms(inversion.background)
    for profile, sentences in enumerate(found):
        if abs(length[profile] / setup.length_m - 1.0) > LENGTH_TOLERANCE:
            sentences.append(
                f"The profile is {length[profile]:.4g} m long and the network was trained on {setup.length_m:.4g} m: "
                "its distances, and with them the training ranges, were scaled."
            )
        if filled[profile] < FILLED:
            sentences.append(
                f"Only {100 * filled[profile]:.0f} % of the {setup.n_places} places that the network reads have a "
                "station of their own; the others were interpolated."
            )
        if not largest_mv[0] <= largest[profile] <= largest_mv[1]:
            sentences.append(
                f"The largest value of {largest[profile]:.4g} mV is outside that of the training profiles, "
                f"{largest_mv[0]:.4g} to {largest_mv[1]:.4g} mV."
            )
        if noise[profile] > NOISE_RATIO * setup.place_noise_sd_mv + CURVATURE_SHARE * largest[profile]:
            sentences.append(
                f"As the network reads it, the profile has a noise of about {noise[profile]:.3g} mV, above the "
                f"{setup.place_noise_sd_mv:.3g} mV of the training."
            )
        if terms > trained_terms:
            sentences.append(
                f"The network was trained for the background '{setup.background}': a '{inversion.background}' one "
                "enters K but not x0, depth and angle."
            )


def _range_remarks(setup, inversion, found):
    """Append which parameters of the answer lie outside their training ranges, scaled to the profile's length."""
    start = np.nanmin(inversion.x_m, axis=1)
    scale = (np.nanmax(inversion.x_m, axis=1) - start) / setup.length_m
    units = {"x0_m": "m", "depth_m": "m", "angle_deg": "degrees", "k": moment_unit(setup.shape)}
    power = 2.0 * SHAPE_EXPONENTS[setup.shape] - 1.0
    for name in PARAMETERS:
        low, high = getattr(setup, name)
        slack = RANGE_SIGMAS * inversion.sd(name)[:, 0]
        value = getattr(inversion, name)[:, 0]
        origin = start if name == "x0_m" else 0.0
        factor = {"x0_m": scale, "depth_m": scale, "k": scale**power}.get(name, np.ones_like(scale))
        lowest, highest = origin + factor * low, origin + factor * high
        if name == "angle_deg":  # the turn that lies nearest to the range
            middle = 0.5 * (low + high)
            value = middle + (value - middle + 180.0) % 360.0 - 180.0
        outside = (value < lowest - slack) | (value > highest + slack)
        for profile in np.flatnonzero(outside):
            found[profile].append(
                f"{_WORDS[name]} of {getattr(inversion, name)[profile, 0]:.4g} {units[name]} is outside the training "
                f"range, {lowest[profile]:.4g} to {highest[profile]:.4g} {units[name]}."
            )
