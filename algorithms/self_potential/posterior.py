"""What the data say about place and depth of one body, without linearising: the posterior on a grid.

Polarisation, background and noise level are integrated out at every node, with flat priors in place, logarithm
of depth, direction of polarisation and logarithm of the noise level.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .basis import basis_of
from .bodies import PARAMETERS, SHEET
from .covariance import noise_variance
from .grid_search import explained, full_grid
from .inversion import boxes, n_unknowns
from .observations import observe
from .profiles import prepare
from .results import Bounds
from .variable_projection import project

N_PLACES, N_DEPTHS = 121, 101
N_SURVEY = (61, 41)  #: nodes of the first look, over the whole box
NEGLIGIBLE = 1e-7  #: of the highest probability density: nodes below it are left out of the second look
N_SAMPLES = 4000
LEVELS = (0.025, 0.975)


@dataclass(frozen=True)
class DepthPosterior:
    """Probability of place and depth of one body.

    Attributes
    ----------
    x0_m : ndarray (n_places,)
    depth_m : ndarray (n_depths,)
        Evenly spaced in the logarithm.
    probability : ndarray (n_places, n_depths)
        Of each node, sum 1.
    mean, sd : dict of str to float
        Of each body parameter.
    interval : dict of str to tuple
        95 % interval, equal tails; angles run on past 0 and 360.
    """

    x0_m: np.ndarray
    depth_m: np.ndarray
    probability: np.ndarray
    mean: dict
    sd: dict
    interval: dict


def depth_posterior(inversion, index=0, bounds=None, seed=42):
    """Return the posterior of place and depth under one profile.

    Parameters
    ----------
    inversion : Inversion
        Of one sphere or cylinder per profile.
    index : int
        Of the profile.
    bounds : Bounds, optional
        As given to the inversion.
    seed : int
        For the samples behind the figures of angle and k.

    Returns
    -------
    DepthPosterior

    Raises
    ------
    DataError
        For several bodies or a sheet, whose posterior has more than two dimensions.
    """
    if inversion.n_bodies != 1 or inversion.shape == SHEET:
        raise DataError(
            "The posterior on a grid is for one sphere or cylinder: choose covariance or bootstrap for sheets and "
            "for several bodies."
        )
    basis, view = basis_of(inversion.shape), _View.of(inversion, index)
    corner = boxes(view.profiles, bounds or Bounds())[0]
    survey = full_grid(corner[:2], corner[2:], *N_SURVEY)
    nodes = _around(survey, view.probability(basis, survey), corner)
    probability = view.probability(basis, nodes)
    origin, length = view.profiles.origin_m, view.profiles.length_m
    samples = _samples(basis, view, nodes, probability, origin, length, np.random.default_rng(seed))
    answer = float(inversion.angle_deg[index, 0])
    samples["angle_deg"] = answer + (samples["angle_deg"] - answer + 180.0) % 360.0 - 180.0
    return DepthPosterior(
        x0_m=np.unique(nodes.place) * length + origin,
        depth_m=np.unique(nodes.depth) * length,
        probability=probability.reshape(N_PLACES, N_DEPTHS),
        mean={name: float(values.mean()) for name, values in samples.items()},
        sd={name: float(values.std()) for name, values in samples.items()},
        interval={name: tuple(np.quantile(values, LEVELS)) for name, values in samples.items()},
    )


@dataclass(frozen=True)
class _View:
    """One profile with its weights, and the noise that its best answer leaves."""

    profiles: object
    observations: object
    variance: float  #: of the noise, at the best answer, mV²
    freedom: int  #: stations minus linear unknowns

    @classmethod
    def of(cls, inversion, index):
        unknowns = n_unknowns(inversion.shape, inversion.background)
        profiles = prepare(inversion.x_m[index], inversion.observed_mv[index], unknowns)
        residual, used = inversion.residual_mv[[index]], profiles.used
        scale = inversion.scale_mv[[index]]
        weight = used / np.sqrt(1.0 + (np.where(used, residual, 0.0) / scale[:, None]) ** 2)
        linear = unknowns - 2
        variance = noise_variance(residual, used, scale, linear)[0] * (weight**2).sum() / used.sum()
        return cls(
            profiles,
            observe(profiles.position, profiles.values, inversion.background, weight),
            variance,
            int(used.sum()) - linear,
        )

    def probability(self, basis, nodes):
        """Return the posterior probability of each node, sum 1."""
        gain = explained(basis, nodes, self.observations)[0]
        excess = (gain.max() - gain) / max(self.variance, np.finfo(float).tiny)
        density = (1.0 + excess / self.freedom) ** (-0.5 * self.freedom)
        return density / density.sum()


def _around(survey, probability, corner):
    """Return fine nodes over the part of the box where the probability is not negligible."""
    seen = probability > NEGLIGIBLE * probability.max()
    places, depths = np.unique(survey.place), np.unique(survey.depth)
    step, ratio = places[1] - places[0], depths[1] / depths[0]
    place = np.clip([survey.place[seen].min() - step, survey.place[seen].max() + step], *corner[:2])
    depth = np.clip([survey.depth[seen].min() / ratio, survey.depth[seen].max() * ratio], *corner[2:])
    return full_grid(place, depth, N_PLACES, N_DEPTHS)


def _samples(basis, view, nodes, probability, origin, length, rng):
    """Return samples of the body's parameters: a node, a place inside its cell, then the polarisation."""
    node = rng.choice(len(probability), N_SAMPLES, p=probability)
    theta = nodes.theta(node)
    steps = [np.ptp(nodes.place) / (N_PLACES - 1), np.log(np.ptp(nodes.depth) / nodes.depth.min() + 1) / (N_DEPTHS - 1)]
    theta = theta + (rng.random(theta.shape) - 0.5) * steps
    here = project(basis, view.observations.repeated(N_SAMPLES), theta)
    # the coefficients follow a t distribution about their best values
    spread = np.sqrt(here.sse / view.freedom) if view.variance > 0 else np.zeros(N_SAMPLES)
    chance = rng.standard_normal(here.coefficients.shape) / np.sqrt(
        rng.chisquare(view.freedom, (N_SAMPLES, 1)) / view.freedom
    )
    shift = np.linalg.solve(here.triangle, (spread[:, None] * chance)[..., None])[..., 0]
    found = basis.parameters(
        theta, here.coefficients + shift, np.broadcast_to(origin, N_SAMPLES), np.broadcast_to(length, N_SAMPLES)
    )
    return dict(zip(PARAMETERS, (values[:, 0] for values in found)))
