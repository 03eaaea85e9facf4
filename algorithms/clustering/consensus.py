"""One partition from many diverse runs, as a latent class model of the runs' labels.

Runs number their clusters arbitrarily, have different numbers of them and disagree at the margins. A
sample is seen through M categorical variables, the label each run gives it; the consensus cluster is the
latent class behind them: within a class the labels of the runs are independent draws from that class's
own frequencies. The classes start as the average-linkage clusters of the co-association of a sample of
rows (pairs that most runs put together belong together) and are re-estimated on all rows until they stand still.

New samples need only each run's label for them, so the same model assigns them.

References
----------
Fred & Jain 2005, IEEE TPAMI 27(6) (evidence accumulation); Topchy, Jain & Punch 2005, IEEE TPAMI 27(12)
(consensus as a mixture of multinomials); Kish 1965, Survey Sampling (design effect).
"""

from dataclasses import dataclass

import numpy as np

MAX_ROWS = 3000  # co-association and linkage need memory in rows squared: above, a sample of rows
_SMALLEST_SHARE = 0.01  # of the rows: smaller branches of the tree are outliers, not clusters
_EXTRA_CUTS = 60  # how far below the root to look for clusters of that size
_MAX_ROUNDS = 20  # of estimating the classes and assigning the rows
_SMOOTHING = 1.0  # pseudo-samples per class, spread over a run's labels


@dataclass(frozen=True)
class Consensus:
    """Classes behind the labels of M runs.

    Attributes
    ----------
    label_frequency : ndarray (M, k_run, k)
        Frequency of each run's label within each consensus cluster; sums to one over ``k_run``.
    share : ndarray (k,)
        Share of the samples in each consensus cluster; equal for a single run, which needs none.
    effective_runs : float
        Number of independent runs that M correlated ones are worth.
    """

    label_frequency: np.ndarray
    share: np.ndarray
    effective_runs: float

    def probability(self, soft_assignments):
        """Posterior probability of every consensus cluster ``(n, k)`` from assignments ``(M, n, k_run)``.

        The product over runs counts each run as independent evidence; they are not, so the log likelihood is
        scaled by ``effective_runs / M`` before it meets the shares. A single run
        speaks through its own soft assignment: its frequencies only renumber the clusters.
        """
        if len(self.label_frequency) == 1:
            return soft_assignments[0] @ self.label_frequency[0]
        log_posterior = self._log_posterior(soft_assignments.argmax(axis=2))
        posterior = np.exp(log_posterior - log_posterior.max(axis=1, keepdims=True))
        return posterior / posterior.sum(axis=1, keepdims=True)

    def labels_of_runs(self, soft_assignments):
        """Every run's own opinion ``(M, n)``: the cluster its label speaks for most, 0..k-1."""
        opinion = (self.label_frequency * self.share).argmax(axis=2)
        return np.take_along_axis(opinion, soft_assignments.argmax(axis=2), axis=1)

    def _log_posterior(self, labels):
        log_frequency = np.log(self.label_frequency) * (self.effective_runs / len(self.label_frequency))
        total = np.log(self.share) * np.ones((labels.shape[1], 1))
        for run, own in zip(log_frequency, labels):
            total += run[own]
        return total


def find_consensus(soft_assignments, n_clusters, seed, max_rows=MAX_ROWS):
    """Build the consensus of M runs.

    Parameters
    ----------
    soft_assignments : ndarray (M, n, k_run)
    n_clusters : int
        Clusters of the consensus.
    seed : int
        Of the row sample drawn when ``n`` exceeds ``max_rows``.
    max_rows : int

    Returns
    -------
    Consensus
        Clusters are numbered by falling size (ties: by the first row that belongs).
    """
    if len(soft_assignments) == 1:
        first = Consensus(np.eye(n_clusters)[None], np.full(n_clusters, 1.0 / n_clusters), 1.0)
        return _numbered_by_size(first, soft_assignments)
    n_rows = soft_assignments.shape[1]
    rows = np.arange(n_rows)
    if n_rows > max_rows:
        rows = np.sort(np.random.default_rng(seed).choice(n_rows, max_rows, replace=False))
    labels = soft_assignments.argmax(axis=2)
    n_labels = soft_assignments.shape[2]
    classes = _linkage_clusters(soft_assignments[:, rows], n_clusters)
    known = classes >= 0
    fitted = _fit(labels[:, rows[known]], classes[known], n_labels, n_clusters)
    assigned = fitted._log_posterior(labels).argmax(axis=1)
    for _ in range(_MAX_ROUNDS):
        fitted = _fit(labels, assigned, n_labels, n_clusters)
        before, assigned = assigned, fitted._log_posterior(labels).argmax(axis=1)
        if np.array_equal(assigned, before):
            break
    opinions = fitted.labels_of_runs(soft_assignments)[:, rows]
    n_runs = len(labels)
    correlation = agreement_matrix(opinions)[np.triu_indices(n_runs, 1)].mean()
    effective = n_runs / (1.0 + (n_runs - 1) * max(correlation, 0.0))
    return _numbered_by_size(Consensus(fitted.label_frequency, fitted.share, effective), soft_assignments)


def agreement_matrix(labels):
    """Adjusted Rand index between every two of M labelings ``(M, n)``: ``(M, M)``."""
    n_runs = len(labels)
    matrix = np.ones((n_runs, n_runs))
    for first in range(n_runs):
        for second in range(first):
            matrix[first, second] = matrix[second, first] = adjusted_rand_index(labels[first], labels[second])
    return matrix


def adjusted_rand_index(first, second):
    """Adjusted Rand index of two labelings (Hubert & Arabie 1985), 1 for equal partitions.

    scikit-learn's function spends most of its time on checks that an ensemble of labelings repeats hundreds of
    times; a test holds this one against it.
    """
    table = np.bincount(first * (second.max() + 1) + second).astype(float)
    together = _pairs(table).sum()
    in_first, in_second = _pairs(np.bincount(first)).sum(), _pairs(np.bincount(second)).sum()
    expected = in_first * in_second / _pairs(float(len(first)))
    largest = 0.5 * (in_first + in_second)
    return 1.0 if largest == expected else float((together - expected) / (largest - expected))


def _pairs(count):
    return count * (count - 1.0) / 2.0


def _linkage_clusters(soft_assignments, n_clusters):
    """Average-linkage clusters 0..k-1 of the rows, by falling size; -1 for outlying rows left to the model."""
    from scipy.cluster.hierarchy import fcluster, linkage

    n_rows = soft_assignments.shape[1]
    tree = linkage(_condensed_distance(soft_assignments), method="average")
    tree[:, 2] = np.arange(1, n_rows)  # ranks for heights: equal heights do not merge branches beyond the number asked
    smallest = max(2, _SMALLEST_SHARE * n_rows)
    for n_branches in range(n_clusters, min(n_rows, n_clusters + _EXTRA_CUTS)):
        branches = fcluster(tree, n_rows - n_branches, criterion="distance") - 1
        if (np.bincount(branches) >= smallest).sum() >= n_clusters:
            break
    else:
        branches = fcluster(tree, n_rows - n_clusters, criterion="distance") - 1
    largest = np.argsort(-np.bincount(branches), kind="stable")[:n_clusters]
    position = np.full(branches.max() + 1, -1)
    position[largest] = np.arange(len(largest))
    return position[branches]


def _condensed_distance(soft_assignments):
    """One minus the mean cosine of the squared soft assignments: upper triangle, as scipy's linkage wants it."""
    n_runs, n_rows, _ = soft_assignments.shape
    sharp = np.square(soft_assignments, dtype=np.float32)
    sharp /= np.sqrt(np.square(sharp).sum(axis=2, keepdims=True))
    stacked = sharp.transpose(1, 0, 2).reshape(n_rows, -1)
    together = stacked @ stacked.T
    return np.maximum(1.0 - together[np.triu_indices(n_rows, 1)] / n_runs, 0.0)


def _fit(labels, classes, n_labels, n_clusters):
    """Classes with the frequencies of the runs' labels among their samples, every run counted as independent."""
    members = np.eye(n_clusters)[classes]
    counts = np.stack([np.eye(n_labels)[own].T @ members for own in labels])
    sizes = members.sum(axis=0)
    frequency = (counts + _SMOOTHING / n_labels) / (sizes + _SMOOTHING)
    share = (sizes + _SMOOTHING) / (sizes + _SMOOTHING).sum()
    return Consensus(frequency, share, float(len(labels)))


def _numbered_by_size(consensus, soft_assignments):
    labels = consensus.probability(soft_assignments).argmax(axis=1)
    n_clusters = len(consensus.share)
    sizes = np.bincount(labels, minlength=n_clusters)
    first = [np.flatnonzero(labels == cluster)[0] if size else len(labels) for cluster, size in enumerate(sizes)]
    order = np.lexsort((first, -sizes))
    return Consensus(consensus.label_frequency[:, :, order], consensus.share[order], consensus.effective_runs)
