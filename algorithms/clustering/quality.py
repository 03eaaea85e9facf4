"""How good a partition is, measured for every method on the same features and the same rows.

References
----------
Rousseeuw 1987, J. Comput. Appl. Math. 20 (silhouette); Davies & Bouldin 1979, IEEE TPAMI 1(2).
"""

import numpy as np

from ..progress import silent
from .consensus import agreement_matrix
from .results import MethodScore

SILHOUETTE_ROWS = 3000  # pairwise distances: above, a sample of rows
_COMPARED_ROWS = 10_000
_REPETITIONS = 4  # seeds behind a baseline's stability


def silhouettes(features, labels, seed):
    """Silhouette of every sample.

    Parameters
    ----------
    features : ndarray (n_samples, n_features)
    labels : ndarray of int (n_samples,)
    seed : int
        Of the row sample drawn above 3000 rows.

    Returns
    -------
    ndarray (n_samples,)
        In [-1, 1]; NaN for rows outside the sample, and everywhere when there are fewer than two clusters.
    """
    from sklearn.metrics import silhouette_samples

    values = np.full(len(labels), np.nan)
    rows = _sample(len(labels), SILHOUETTE_ROWS, seed)
    if 1 < len(np.unique(labels[rows])) < len(rows):
        values[rows] = silhouette_samples(features[rows], labels[rows])
    return values


def score(method, features, labels, stability, seed):
    """Return the :class:`~.results.MethodScore` of one partition."""
    from sklearn.metrics import davies_bouldin_score

    known = silhouettes(features, labels, seed)
    silhouette = float(np.nanmean(known)) if np.isfinite(known).any() else float("nan")
    several = 1 < len(np.unique(labels)) < len(labels)
    davies_bouldin = float(davies_bouldin_score(features, labels)) if several else float("nan")
    sizes = np.sort(np.bincount(labels))[::-1]
    return MethodScore(method, silhouette, davies_bouldin, stability, tuple(int(size) for size in sizes if size))


def compare_methods(method, features, labels, n_clusters, stability, seed, progress=silent):
    """Score a partition beside k-means and a Gaussian mixture on the same features and rows.

    A baseline's stability is the mean pairwise adjusted Rand index over four seeds, of the best of ten starts
    for k-means and of one k-means start for the mixture. Above 10 000 rows all methods are compared on the
    same random sample of rows.

    Returns
    -------
    tuple of MethodScore
        ``method`` first, then k-means and the Gaussian mixture.
    """
    from sklearn.cluster import KMeans
    from sklearn.mixture import GaussianMixture

    rows = _sample(len(features), _COMPARED_ROWS, seed)
    features, labels = features[rows], labels[rows]
    scores = [score(method, features, labels, stability, seed)]
    baselines = {
        "k-means": lambda s: KMeans(n_clusters, n_init=10, random_state=s),
        "Gaussian mixture": lambda s: GaussianMixture(n_clusters, reg_covar=1e-3, random_state=s),
    }
    for position, (name, baseline) in enumerate(baselines.items()):
        runs = []
        for repetition in range(_REPETITIONS):
            progress((position + repetition / _REPETITIONS) / len(baselines), f"Comparing with {name}")
            runs.append(baseline(seed + repetition).fit_predict(features))
        scores.append(score(name, features, runs[0], mean_agreement(np.stack(runs)), seed))
    return tuple(scores)


def silhouette_without_groups(features, n_clusters, seed):
    """Silhouette that k-means reaches where there are no groups: on the table with every column shuffled by itself.

    Any table can be cut into k parts; only what exceeds this figure speaks for groups.
    """
    from sklearn.cluster import KMeans

    rows = _sample(len(features), SILHOUETTE_ROWS, seed)
    shuffled = np.random.default_rng(seed).permuted(features[rows], axis=0)
    labels = KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(shuffled)
    return float(np.nanmean(silhouettes(shuffled, labels, seed)))


def mean_agreement(labels):
    """Mean adjusted Rand index over the pairs of M labelings ``(M, n)``."""
    return float(agreement_matrix(labels)[np.triu_indices(len(labels), 1)].mean())


def _sample(n_rows, most, seed):
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).choice(n_rows, most, replace=False))
