"""How many clusters the data support: stability first, silhouette and Davies-Bouldin beside it.

What is compared is the consensus of the runs' own clusters after a short refinement. Clusters merged from cells would
not do: they are reproduced well for nearly every k, and then tell nothing about it.
"""

import numpy as np

from ..errors import DataError
from ..progress import part, silent
from .ensemble import plain_consensus, pretrain_ensemble
from .quality import score
from .results import ClusterCount, ClusterCountScore

STABLE = 0.8  # adjusted Rand index from which a number of clusters counts as reproducible
TINY_SHARE = 0.01  # a smaller cluster makes the indices suspicious
_ROWS = 2000
_REFINE_STEPS = 200


def cluster_count_curve(features, min_clusters=2, max_clusters=10, seed=42, device="cpu", progress=silent):
    """Cluster with every k and measure each partition.

    Parameters
    ----------
    features : ndarray (n_samples, n_features)
        Preprocessed features without NaN; a sample of 2000 rows is used of larger tables.
    min_clusters, max_clusters : int
        At least 2; at most one less than the number of distinct samples.
    seed : int
    device : str
        torch device.

    Returns
    -------
    ClusterCount
    """
    if min_clusters < 2 or max_clusters < min_clusters:
        raise DataError(
            f"The range of cluster numbers {min_clusters} to {max_clusters} is not usable: it must start at 2 or "
            "more and not end before it starts."
        )
    if len(features) > _ROWS:
        rows = np.random.default_rng(seed).choice(len(features), _ROWS, replace=False)
        features = features[np.sort(rows)]
    n_distinct = len(np.unique(features, axis=0))
    if min_clusters >= n_distinct:
        raise DataError(f"{n_distinct} different samples are too few to compare {min_clusters} or more clusters.")
    candidates = range(min_clusters, min(max_clusters, n_distinct - 1) + 1)
    pretrained = pretrain_ensemble(features, "standard", seed, device, part(progress, 0.0, 0.2))
    scores = []
    for position, k in enumerate(candidates):
        start = 0.2 + 0.8 * position / len(candidates)
        step = part(progress, start, start + 0.8 / len(candidates))
        fitted = plain_consensus(pretrained, k, step, max_steps=_REFINE_STEPS)
        labels = fitted.labels
        quality = score(str(k), features, labels, fitted.stability, seed)
        smallest = np.bincount(labels, minlength=k).min() / len(labels)
        scores.append(
            ClusterCountScore(k, quality.stability, quality.silhouette, quality.davies_bouldin, float(smallest))
        )
    best, reason = choose(scores)
    return ClusterCount(best, tuple(scores), reason)


def choose(scores):
    """Choose k from a curve: of the reproducible ones, the best by silhouette and Davies-Bouldin together.

    Parameters
    ----------
    scores : sequence of ClusterCountScore

    Returns
    -------
    best_k : int
    reason : str
        One sentence, naming what each index alone prefers.

    Notes
    -----
    Candidates have a stability of 0.8 or more and no cluster under 1 % of the samples; the sum of their ranks
    by the two indices decides, ties going to the larger k (the more detailed map). Without a
    candidate the most reproducible k is taken and the reason says so. A k whose samples all fell into one cluster
    has no indices and is no candidate.
    """
    measured = [s for s in scores if not np.isnan(s.silhouette)] or scores
    usable = [s for s in measured if s.smallest_share >= TINY_SHARE] or measured
    stable = [s for s in usable if s.stability >= STABLE]
    if stable:
        best = min(stable, key=lambda s: (_rank_sum(s, stable), -s.k))
        reason = (
            f"{best.k} clusters: independent runs reproduce them (stability {best.stability:.2f}), and of the "
            f"reproducible numbers ({', '.join(str(s.k) for s in stable)}) silhouette and Davies-Bouldin together "
            "rate it best"
        )
    else:
        best = max(usable, key=lambda s: s.stability)
        reason = (
            f"No number of clusters reaches a stability of {STABLE:g}: {best.k} is the most reproducible "
            f"({best.stability:.2f}), and the groups grade into each other"
        )
    by_silhouette = max(measured, key=lambda s: s.silhouette).k
    by_davies_bouldin = min(measured, key=lambda s: s.davies_bouldin).k
    reason += f". Alone, the silhouette prefers {by_silhouette} and the Davies-Bouldin index {by_davies_bouldin}."
    tiny = [str(s.k) for s in scores if s.smallest_share < TINY_SHARE]
    if tiny:
        reason += f" With {', '.join(tiny)} clusters one holds under {TINY_SHARE:.0%} of the samples."
    return best.k, reason


def _rank_sum(candidate, candidates):
    better_silhouette = sum(other.silhouette > candidate.silhouette for other in candidates)
    better_davies_bouldin = sum(other.davies_bouldin < candidate.davies_bouldin for other in candidates)
    return better_silhouette + better_davies_bouldin
