"""Synthetic samples of known populations: the truth that a clustering is held against.

Everything here is made up and seeded. The separations were set so that k-means, not our own method, scores
what it scores on tables of this kind (about 0.52 on the blobs, 0.56 and 0.30 on log-ratios and raw contents of the
compositions).
"""

from dataclasses import dataclass

import numpy as np

BLOB_SIZES = (600, 200, 60, 20)
BLOB_FEATURES = 15
COMPOSITION_SHARES = (0.40, 0.25, 0.20, 0.10, 0.05)
COMPOSITION_SAMPLES = 400
COMPOSITION_PARTS = 30
MILLION = 1e6


@dataclass(frozen=True)
class Populations:
    """Samples with the population each was drawn from.

    Attributes
    ----------
    values : ndarray (n_samples, n_features)
    truth : ndarray of int (n_samples,)
    """

    values: np.ndarray
    truth: np.ndarray


def equidistant_blobs(seed, distance_sd=5.0):
    """Four spherical populations of 600, 200, 60 and 20 samples, every two centres equally far apart.

    Parameters
    ----------
    seed : int
    distance_sd : float
        Distance of any two centres in standard deviations of a population along one axis.
    """
    generator = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(generator.normal(size=(BLOB_FEATURES, BLOB_FEATURES)))
    centres = distance_sd / np.sqrt(2.0) * rotation[: len(BLOB_SIZES)]
    return _blobs(centres, generator)


def scattered_blobs(seed, spread_sd=1.0):
    """The same populations about centres drawn from a normal distribution of ``spread_sd`` along every axis."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(scale=spread_sd, size=(len(BLOB_SIZES), BLOB_FEATURES))
    return _blobs(centres, generator)


def closed_compositions(seed, suite_size=10, enrichment=1.0, factor_sd=0.85, scatter_sd=0.35, dilution_sd=0.33):
    """Contents in ppm of 30 parts that sum to a million, of five lognormal populations (400 samples).

    Each population is enriched in a suite of parts of its own. Two factors that all populations share (think of
    lithology and alteration) and a dilution of all parts but the first blur them.

    Parameters
    ----------
    seed : int
    suite_size : int
        Parts enriched in one population; suites may overlap.
    enrichment, factor_sd, scatter_sd, dilution_sd : float
        Mean enrichment, and standard deviations of each shared factor, of every part on its own and of the
        dilution, all in natural-log units.
    """
    generator = np.random.default_rng(seed)
    sizes = np.round(np.array(COMPOSITION_SHARES) * COMPOSITION_SAMPLES).astype(int)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    background = generator.normal(np.log(50.0), 2.0, COMPOSITION_PARTS)
    suites = np.zeros((len(sizes), COMPOSITION_PARTS))
    for suite in suites:
        parts = generator.choice(np.arange(1, COMPOSITION_PARTS), suite_size, replace=False)
        suite[parts] = enrichment * generator.uniform(0.5, 1.5, suite_size)
    loadings = generator.normal(size=(2, COMPOSITION_PARTS)) * (generator.random((2, COMPOSITION_PARTS)) < 0.4)
    factors = generator.normal(scale=factor_sd, size=(len(truth), 2)) @ loadings
    dilution = generator.normal(scale=dilution_sd, size=(len(truth), 1))
    scatter = generator.normal(scale=scatter_sd, size=(len(truth), COMPOSITION_PARTS))
    logarithms = background + suites[truth] + factors + dilution + scatter
    logarithms[:, 0] = np.log(MILLION)
    contents = np.exp(logarithms)
    return Populations(contents / contents.sum(axis=1, keepdims=True) * MILLION, truth)


def _blobs(centres, generator):
    truth = np.repeat(np.arange(len(BLOB_SIZES)), BLOB_SIZES)
    return Populations(centres[truth] + generator.normal(size=(len(truth), BLOB_FEATURES)), truth)
