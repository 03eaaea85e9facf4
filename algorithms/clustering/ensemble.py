"""Deep embedded clustering as a user asks for it: an effort, a number of clusters, a seed.

The ensemble is pretrained once and can then be refined for several numbers of clusters. Effort ``quick``
is one run of the published method; ``standard`` and ``thorough`` are a consensus of many runs, most of them
anchored to the principal components (stable), some free (different).

The runs pull the samples towards centres of equal weight, so a small population beside a large one is lost in an
equal split. A second consensus is therefore built from cells, several per cluster, into which k-means divides every
run's latent space. It is taken where independent halves of the ensemble reproduce it, and reproduce it no worse.
"""

import math
from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..networks import torch_threads
from ..progress import part, silent
from .autoencoder import initial_arrays, is_anchored, pretrain
from .consensus import Consensus, adjusted_rand_index, find_consensus
from .deep_embedding import Runs, assign, divide, refine

_SMALL_TABLE = 1000  # rows below which batches are smaller
_CELLS = 4  # cells per cluster in the fine partition of a run's latent space
_MOST_CELLS = 200  # of a run: memory and time go with it
_FEWEST_RUNS = 4  # whose halves can be compared
_RECURS = 0.9  # stability from which populations found by merging cells are taken for real
_SPLITS = 6  # random halvings of the ensemble behind the stability
_STABILITY_ROWS = 1500


@dataclass(frozen=True)
class Effort:
    """How much work a run is worth."""

    n_free: int
    n_anchored: int
    pretrain_steps: int
    refine_steps: int
    n_init: int


EFFORTS = {
    "quick": Effort(1, 0, 600, 400, 20),
    "standard": Effort(2, 18, 600, 400, 3),
    "thorough": Effort(8, 32, 1200, 800, 5),
}


@dataclass(frozen=True)
class Pretrained:
    """An ensemble of autoencoders on a table, ready to be clustered with any k."""

    features: np.ndarray
    arrays: dict
    anchored: np.ndarray
    effort: Effort
    seed: int
    device: str


@dataclass(frozen=True)
class FittedEnsemble:
    """A consensus clustering of the training rows.

    Attributes
    ----------
    arrays : dict of str to ndarray
        Encoders and ``centres`` of every run, float32.
    consensus : Consensus
    runs : Runs
        The runs on the training rows.
    stability : float
        See :func:`split_half_stability`.
    """

    arrays: dict
    consensus: Consensus
    runs: Runs
    stability: float

    @property
    def n_runs(self):
        """Number of runs M."""
        return len(self.runs.soft_assignment)

    @property
    def labels(self):
        """Cluster 0..k-1 of the training rows, by falling size."""
        return self.probability().argmax(axis=1)

    def probability(self, features=None):
        """Posterior ``(n, k)`` of the training rows, or of new preprocessed ``features``, with numpy alone."""
        return self.consensus.probability(self.assignments(features))

    def assignments(self, features=None):
        """Soft assignment of every run ``(M, n, k_run)``."""
        if features is None:
            return self.runs.soft_assignment
        return assign(features, self.arrays)


def pretrain_ensemble(features, effort="standard", seed=42, device="cpu", progress=silent):
    """Train the ensemble's autoencoders on ``features`` ``(n_samples, n_features)``, no NaN."""
    if effort not in EFFORTS:
        raise DataError(f"Unknown effort '{effort}'. Choose one of {', '.join(EFFORTS)}.")
    plan = EFFORTS[effort]
    arrays = initial_arrays(features, plan.n_free, plan.n_anchored, seed)
    anchored = is_anchored(plan.n_free, plan.n_anchored)
    with torch_threads(1):
        arrays = pretrain(
            features, arrays, anchored, plan.pretrain_steps, _batch_size(features), seed, device, progress
        )
    return Pretrained(features, arrays, anchored, plan, seed, device)


def plain_consensus(pretrained, n_clusters, progress=silent, max_steps=math.inf):
    """Refine a pretrained ensemble to ``n_clusters`` and build the consensus of the runs' own clusters.

    ``max_steps`` caps the refinement below what the effort allows. Returns :class:`FittedEnsemble`.
    """
    with torch_threads(1):
        runs = refine(
            pretrained.features,
            pretrained.arrays,
            pretrained.anchored,
            n_clusters,
            max_steps=min(max_steps, pretrained.effort.refine_steps),
            batch_size=_batch_size(pretrained.features),
            seed=pretrained.seed,
            n_init=pretrained.effort.n_init,
            device=pretrained.device,
            progress=progress,
        )
    return _consensus_of(runs, n_clusters, pretrained.seed)


def cluster_ensemble(pretrained, n_clusters, progress=silent):
    """Build the better reproduced consensus of the two, of the runs' own clusters and of their cells.

    Parameters and result are those of :func:`plain_consensus`.
    """
    plain = plain_consensus(pretrained, n_clusters, progress)
    n_cells = min(_CELLS * n_clusters, _MOST_CELLS, len(np.unique(pretrained.features, axis=0)) // 2)
    if plain.n_runs < _FEWEST_RUNS or n_cells <= n_clusters:
        return plain
    cells = divide(pretrained.features, plain.runs, n_cells, pretrained.seed)
    merged = _consensus_of(cells, n_clusters, pretrained.seed)
    return merged if merged.stability >= max(_RECURS, plain.stability) else plain


def _consensus_of(runs, n_clusters, seed):
    assignments = runs.soft_assignment
    stability = split_half_stability(assignments, n_clusters, seed)
    return FittedEnsemble(runs.arrays, find_consensus(assignments, n_clusters, seed), runs, stability)


def fit_ensemble(features, n_clusters, effort="standard", seed=42, device="cpu", progress=silent):
    """Pretrain and cluster in one call.

    Parameters
    ----------
    features : ndarray (n_samples, n_features)
        Preprocessed, standardised features without NaN.
    n_clusters : int
    effort : {"quick", "standard", "thorough"}
    seed : int
        Same seed and data, same result on the same machine.
    device : str
        torch device.

    Returns
    -------
    FittedEnsemble
    """
    pretrained = pretrain_ensemble(features, effort, seed, device, part(progress, 0.0, 0.5))
    return cluster_ensemble(pretrained, n_clusters, part(progress, 0.5, 1.0))


def split_half_stability(assignments, n_clusters, seed):
    """How alike two independent ensembles half this size cluster the same rows.

    Parameters
    ----------
    assignments : ndarray (M, n, k_run)
        Soft assignments of the runs.
    n_clusters, seed : int

    Returns
    -------
    float
        Adjusted Rand index between the consensus partitions of two disjoint halves of the runs, averaged
        over random halvings; NaN for fewer than four runs. A cautious estimate of what another seed would give.
    """
    n_runs = len(assignments)
    if n_runs < _FEWEST_RUNS:
        return float("nan")
    generator = np.random.default_rng(seed)
    if assignments.shape[1] > _STABILITY_ROWS:
        rows = np.sort(generator.choice(assignments.shape[1], _STABILITY_ROWS, replace=False))
        assignments = assignments[:, rows]
    scores = []
    for _ in range(_SPLITS):
        order = generator.permutation(n_runs)
        halves = [assignments[np.sort(half)] for half in (order[: n_runs // 2], order[n_runs // 2 :])]
        labels = [find_consensus(half, n_clusters, seed).probability(half).argmax(axis=1) for half in halves]
        scores.append(adjusted_rand_index(*labels))
    return float(np.mean(scores))


def _batch_size(features):
    return 32 if len(features) < _SMALL_TABLE else 128
