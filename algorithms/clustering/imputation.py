"""Blanks filled with what the other features of the same sample let expect."""

from dataclasses import dataclass

import numpy as np

_LEAST_SHRINKAGE = 1e-3  # keeps collinear features apart
_FIT_ROWS = 5000  # rows the covariance is estimated from, at most
_ITERATIONS = 50
_TOLERANCE = 1e-3  # change of any correlation that still matters
_CHUNK = 1024  # rows solved at once


@dataclass(frozen=True, eq=False)
class Gaussian:
    """A multivariate normal distribution that fills blanks by their conditional mean.

    Attributes
    ----------
    mean : ndarray (n_features,)
    covariance : ndarray (n_features, n_features)
        Positive definite.
    """

    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def fit(cls, values):
        """Estimate the distribution from a table with blanks.

        Parameters
        ----------
        values : ndarray (n_samples, n_features)
            NaN = blank; each feature has at least one value.

        Notes
        -----
        Expectation maximisation on the correlations, on at most 5 000 evenly spaced rows. The result is shrunk
        towards uncorrelated features by the oracle approximating rule, and by 0.1 % at least.

        References
        ----------
        Little, R. and Rubin, D. (2002). Statistical Analysis with Missing Data, 2nd ed., section 11.2.
        Chen, Y., Wiesel, A., Eldar, Y. and Hero, A. (2010). Shrinkage algorithms for MMSE covariance estimation.
        IEEE Trans. Signal Processing 58, 5016-5029.
        """
        if len(values) > _FIT_ROWS:
            values = values[np.linspace(0, len(values) - 1, _FIT_ROWS).astype(int)]
        observed = ~np.isnan(values)
        counts = np.maximum(observed.sum(axis=0), 1)
        mean = np.where(observed, values, 0.0).sum(axis=0) / counts
        spread = np.sqrt(np.where(observed, (values - mean) ** 2, 0.0).sum(axis=0) / counts)
        spread[spread == 0] = 1.0
        centre, correlation = _expectation_maximisation((values - mean) / spread)
        correlation = _shrunk(correlation, _oracle_shrinkage(correlation, observed.mean() * len(values)))
        return cls(mean + spread * centre, spread[:, None] * correlation * spread)

    def fill(self, values):
        """Return ``values`` with each blank replaced by its mean given the other values of its row."""
        filled = values.copy()
        for rows, observed, weights, group, _ in _by_pattern(values, self.covariance):
            filled[rows] = _conditional_mean(values[rows], observed, weights[group], self.mean)
        return filled


def _expectation_maximisation(values):
    """Return mean and covariance of standardised ``values`` with blanks."""
    n_samples, n_features = values.shape
    mean, covariance = np.zeros(n_features), np.eye(n_features)
    for _ in range(_ITERATIONS):
        filled, uncertainty = values.copy(), np.zeros((n_features, n_features))
        for rows, observed, weights, group, patterns in _by_pattern(values, covariance):
            filled[rows] = _conditional_mean(values[rows], observed, weights[group], mean)
            known = np.where(patterns[:, :, None], covariance, 0.0)
            explained = known.transpose(0, 2, 1) @ weights
            uncertainty += np.tensordot(np.bincount(group), covariance - explained, axes=1)
        mean = filled.mean(axis=0)
        centred = filled - mean
        updated = _shrunk((centred.T @ centred + uncertainty) / n_samples, _LEAST_SHRINKAGE)
        change = np.abs(updated - covariance).max()
        covariance = (updated + updated.T) / 2
        if change < _TOLERANCE:
            break
    return mean, covariance


def _by_pattern(values, covariance):
    """Yield the rows with blanks in chunks of few patterns, with their regression weights.

    Yields
    ------
    rows : ndarray of int (n_rows,)
    observed : ndarray of bool (n_rows, n_features)
    weights : ndarray (n_patterns, n_features, n_features)
        ``weights[g].T`` maps the centred values of a row (0 where blank) to the expectation of every feature.
    group : ndarray of int (n_rows,)
        Pattern of each row.
    patterns : ndarray of bool (n_patterns, n_features)
    """
    observed = ~np.isnan(values)
    incomplete = np.flatnonzero(~observed.all(axis=1))
    packed = np.packbits(observed[incomplete], axis=1)
    incomplete = incomplete[np.lexsort(packed.T)]
    identity = np.eye(values.shape[1])
    for start in range(0, len(incomplete), _CHUNK):
        rows = incomplete[start : start + _CHUNK]
        known = observed[rows]
        is_new = np.r_[True, (known[1:] != known[:-1]).any(axis=1)]
        patterns, group = known[is_new], np.cumsum(is_new) - 1
        system = np.where(patterns[:, :, None] & patterns[:, None, :], covariance, identity)
        weights = np.linalg.solve(system, np.where(patterns[:, :, None], covariance, 0.0))
        yield rows, known, weights, group, patterns


def _conditional_mean(values, observed, weights, mean):
    centred = np.where(observed, values - mean, 0.0)
    return np.where(observed, values, mean + np.matmul(centred[:, None, :], weights)[:, 0])


def _shrunk(covariance, share):
    return (1 - share) * covariance + share * np.diag(np.diag(covariance))


def _oracle_shrinkage(correlation, n_samples):
    n_features = len(correlation)
    mean_square = np.mean(correlation**2)
    scale = np.trace(correlation) / n_features
    excess = (n_samples + 1) * (mean_square - scale**2 / n_features)
    share = (mean_square + scale**2) / excess if excess > 0 else 1.0
    return float(np.clip(share, _LEAST_SHRINKAGE, 1.0))
