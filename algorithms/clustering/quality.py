"""How good a partition is, measured for every method on the same features and the same rows.

References
----------
Rousseeuw 1987, J. Comput. Appl. Math. 20 (silhouette); Davies & Bouldin 1979, IEEE TPAMI 1(2).
"""

import numpy as np

from .consensus import agreement_matrix
from .results import MethodScore

SILHOUETTE_ROWS = 3000  # pairwise distances: above, a sample of rows
_BASELINE_ROWS = 10_000
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
    rows = np.arange(len(labels))
    if len(rows) > SILHOUETTE_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(rows), SILHOUETTE_ROWS, replace=False))
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


def baseline_scores(features, n_clusters, seed):
    """Scores of k-means and of a Gaussian mixture with ``n_clusters``, for comparison.

    Stability is the mean pairwise adjusted Rand index over four seeds, of the best of ten starts for k-means
    and of one k-means start for the mixture. Tables above 10 000 rows are sampled.
    """
    from sklearn.cluster import KMeans
    from sklearn.mixture import GaussianMixture

    if len(features) > _BASELINE_ROWS:
        rows = np.random.default_rng(seed).choice(len(features), _BASELINE_ROWS, replace=False)
        features = features[np.sort(rows)]
    methods = {
        "k-means": lambda s: KMeans(n_clusters, n_init=10, random_state=s),
        "Gaussian mixture": lambda s: GaussianMixture(n_clusters, reg_covar=1e-3, random_state=s),
    }
    scores = []
    for name, method in methods.items():
        labels = np.stack([method(seed + repetition).fit_predict(features) for repetition in range(_REPETITIONS)])
        scores.append(score(name, features, labels[0], mean_agreement(labels), seed))
    return scores


def mean_agreement(labels):
    """Mean adjusted Rand index over the pairs of M labelings ``(M, n)``."""
    return float(agreement_matrix(labels)[np.triu_indices(len(labels), 1)].mean())
