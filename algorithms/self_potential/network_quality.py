"""How good a trained network is: on profiles it has never seen, against the bound no method can beat."""

from dataclasses import replace

import numpy as np

from .bodies import PARAMETERS
from .covariance import design, inverse_normal_matrix
from .training_data import profiles, uniform_parameters

CALIBRATION_ROUNDS = 10
N_CALIBRATION = 4_000  #: profiles per round; all rounds bring the coverage to within a quarter of a percent
N_HELD_OUT = 5_000
N_EXTREMES = 10_000  #: profiles among which the largest and the smallest peak are found
ONE_SIGMA = 0.6827  #: coverage of plus and minus one standard deviation
ROBUST = 1.4826  #: times the median absolute value is the standard deviation of a Gaussian


def calibrated(model, seed):
    """Return the network with standard deviations that hold the truth in ``ONE_SIGMA`` of the training's kind."""
    rng, ratios = np.random.default_rng([seed, 2]), []
    for _ in range(CALIBRATION_ROUNDS):
        truth, inversion = _answers(model, N_CALIBRATION, rng)
        ratios.append(np.abs(errors(truth, inversion)) / _stated(inversion))
    factor = model.sigma_factor * np.quantile(np.concatenate(ratios), ONE_SIGMA, axis=0)
    return replace(model, sigma_factor=np.array(_rounded(factor)))


def quality(model, seed, n=N_HELD_OUT):
    """Return quality figures on fresh profiles drawn evenly from the training ranges.

    Parameters
    ----------
    model : SpNetwork
    seed : int
    n : int
        Number of profiles.

    Returns
    -------
    dict
        ``n``; for each parameter, in the order of ``parameters``: ``sd_over_bound`` (robust standard deviation of the
        error over the bound of Cramer and Rao), ``rms_over_bound``, ``rms`` (m, m, degrees, unit of K), ``coverage``
        (share of the profiles whose truth lies within one stated standard deviation); ``mse``, ``mse_of_mean`` (that of
        always answering the middle of the ranges) and ``mse_scaling`` in words. Without noise there is no bound, and
        the figures over it are None.
    """
    rng = np.random.default_rng([seed, 3])
    truth, inversion = _answers(model, n, rng)
    error = errors(truth, inversion)
    span, middle = model.setup.high - model.setup.low, 0.5 * (model.setup.low + model.setup.high)
    figures = {
        "n": n,
        "parameters": list(PARAMETERS),
        "sd_over_bound": None,
        "rms_over_bound": None,
        "rms": _rms(error),
        "coverage": _rounded(np.mean(np.abs(error) <= _stated(inversion), axis=0)),
        "mse": _rounded([np.mean((error / span) ** 2)])[0],
        "mse_of_mean": _rounded([np.mean(((truth - middle) / span) ** 2)])[0],
        "mse_scaling": f"x0, depth, angle and K, each scaled from its range to 0..1, mean over the four and over {n} "
        "profiles drawn evenly from the ranges",
    }
    if model.setup.noise_sd_mv > 0:
        relative_error = error / bound(model.setup, truth)
        centred = relative_error - np.median(relative_error, axis=0)
        figures["sd_over_bound"] = _rounded(ROBUST * np.median(np.abs(centred), axis=0))
        figures["rms_over_bound"] = _rms(relative_error)
    return figures


def bound(setup, parameters):
    """Return the bound of Cramer and Rao (n, 4) for bodies with these parameters, m, m, degrees and unit of K."""
    position = np.linspace(0.0, 1.0, setup.n_stations)[None]
    found = np.empty_like(parameters)
    for rows in np.array_split(np.arange(len(parameters)), -(-len(parameters) // 2000)):
        bodies = [value[:, None] for value in parameters[rows].T]
        matrix = design(setup.shape, bodies, setup.length_m * position, position, setup.background)
        inverse, _ = inverse_normal_matrix(matrix)
        found[rows] = setup.noise_sd_mv * np.sqrt(np.einsum("nii->ni", inverse))[:, : len(PARAMETERS)]
    return found


def errors(truth, inversion):
    """Return answer minus truth (n, 4), angles the short way round."""
    error = np.stack([getattr(inversion, name)[:, 0] for name in PARAMETERS], axis=-1) - truth
    angle = PARAMETERS.index("angle_deg")
    error[:, angle] = (error[:, angle] + 180.0) % 360.0 - 180.0
    return error


def largest_values(setup, seed):
    """Return smallest and largest absolute peak (2,) over training profiles, mV."""
    rng = np.random.default_rng([seed, 4])
    largest = np.abs(profiles(setup, uniform_parameters(setup, N_EXTREMES, rng), rng)).max(axis=1)
    return np.array([largest.min(), largest.max()])


def _answers(model, n, rng):
    truth = uniform_parameters(model.setup, n, rng)
    values = profiles(model.setup, truth, rng)
    x_m = np.linspace(0.0, model.setup.length_m, model.setup.n_places)
    return truth, model.predict(x_m, values).inversion


def _stated(inversion):
    return np.stack([inversion.sd(name)[:, 0] for name in PARAMETERS], axis=-1)


def _rms(error):
    return _rounded(np.sqrt(np.mean(error**2, axis=0)))


def _rounded(values):
    """Return six digits of each: the last ones of a sum depend on where in memory its terms lie."""
    return [float(f"{value:.6g}") for value in values]
