"""How points stand on clusters, beside what the clusters' areas alone would lead one to expect.

Points that fall anywhere with equal probability stand in a cluster as often as its share of the area says. The counts
are compared with that by Pearson's statistic, whose null distribution is simulated (Hope 1968), so that small numbers
are no obstacle, and cluster by cluster by an exact binomial test, the p-values corrected for their number (Holm 1979).

References
----------
Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65-70.
Hope, A. C. A. (1968). A simplified Monte Carlo significance test procedure. Journal of the Royal Statistical Society B
30, 582-598.
"""

from dataclasses import dataclass

import numpy as np

_DRAWS = 9999
_DRAWS_AT_ONCE = 1000
_LEAST_EXPECTED = 5.0  # below, a share says little (Cochran 1952)
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Occurrence:
    """Points of one kind on the clusters of a map.

    Attributes
    ----------
    counts : ndarray of int (k,)
        Points in the clusters 1..k.
    area_share : ndarray (k,)
        Share of each cluster in the area of all clusters; sums to one.
    n_elsewhere : int
        Points outside the map, or where it has no data.
    p_value : float
        Probability of counts at least as far from the expected ones if points fell anywhere alike; simulated. NaN
        without points, or with one cluster.
    cluster_p_values : ndarray (k,)
        Exact, two-sided, of each cluster by itself, corrected for the number of clusters; NaN as ``p_value``.
    """

    counts: np.ndarray
    area_share: np.ndarray
    n_elsewhere: int
    p_value: float
    cluster_p_values: np.ndarray

    @property
    def n_placed(self):
        """Points that stand in a cluster."""
        return int(self.counts.sum())

    @property
    def expected(self):
        """Points that the area shares lead one to expect, ``(k,)``."""
        return self.n_placed * self.area_share

    @property
    def is_small(self):
        """Whether some cluster should hold fewer than five points, so that little can be told from the counts."""
        return bool((self.expected < _LEAST_EXPECTED).any())


def occurrence(cluster, area, seed=42):
    """Compare where points stand with the areas of the clusters.

    Parameters
    ----------
    cluster : ndarray of int (n_points,)
        1..k; 0 = elsewhere.
    area : ndarray (k,)
        Of the clusters, in any unit; positive for at least one.
    seed : int
        Of the simulation.

    Returns
    -------
    Occurrence
    """
    counts = np.bincount(cluster, minlength=len(area) + 1)
    share = np.asarray(area, dtype=float) / np.sum(area)
    n_points, placed = int(counts[1:].sum()), counts[1:]
    testable = n_points > 0 and (share > 0).sum() > 1
    return Occurrence(
        placed,
        share,
        int(counts[0]),
        _simulated_p_value(placed, share, seed) if testable else float("nan"),
        _holm(_binomial_p_values(placed, share)) if testable else np.full(len(share), np.nan),
    )


def _simulated_p_value(counts, share, seed):
    generator = np.random.default_rng(seed)
    n_points, observed = counts.sum(), _pearson(counts, share)
    as_far = 0
    for start in range(0, _DRAWS, _DRAWS_AT_ONCE):
        draws = generator.multinomial(n_points, share, size=min(_DRAWS_AT_ONCE, _DRAWS - start))
        as_far += int((_pearson(draws, share) >= observed * (1 - _ROUNDING)).sum())
    return (as_far + 1) / (_DRAWS + 1)


def _pearson(counts, share):
    """Return Pearson's chi-square of counts ``(..., k)``; a cluster without area can hold no point."""
    present = share > 0
    expected = counts.sum(axis=-1, keepdims=True) * share[present]
    return ((counts[..., present] - expected) ** 2 / expected).sum(axis=-1)


def _binomial_p_values(counts, share):
    from scipy.stats import binomtest

    n_points = int(counts.sum())
    return np.array([binomtest(int(n), n_points, min(p, 1.0)).pvalue for n, p in zip(counts, share)])


def _holm(p_values):
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return corrected
