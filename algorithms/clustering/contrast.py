"""Which variables set a cluster apart."""

import numpy as np

_SD_PER_MAD = 1.482602218505602  # standard deviation of a normal distribution over its median absolute deviation


def contrast(values, cluster):
    """Return how far each cluster's mean departs from the mean of all samples, in robust standard deviations.

    Parameters
    ----------
    values : ndarray (n_samples, n_features)
        Any units; NaN is ignored.
    cluster : ndarray of int (n_samples,)
        Cluster numbers; 0 and below mean not assigned and take no part.

    Returns
    -------
    ndarray (k, n_features)
        Rows in rising order of the cluster numbers that occur; dimensionless. NaN where a cluster has no value
        of a feature, 0 where the feature does not vary.

    Notes
    -----
    The robust standard deviation is 1.4826 times the median absolute deviation from the median, so that a
    single huge value does not hide a contrast. Where more than half of the values are equal it is zero, and the
    ordinary standard deviation takes its place.
    """
    assigned = cluster > 0
    known, groups = values[assigned], cluster[assigned]
    spread = _robust_sd(known)
    overall = _column_means(known)
    departures = [_column_means(known[groups == number]) - overall for number in np.unique(groups)]
    departures = np.reshape(departures, (-1, values.shape[1]))
    return np.divide(departures, spread, out=np.where(np.isnan(departures), np.nan, 0.0), where=spread > 0)


def top_variables(contrasts, names, count=3, least=0.5):
    """Return one text per cluster naming its most contrasting variables, such as ``"As+ B+ Mg-"``.

    Parameters
    ----------
    contrasts : ndarray (k, n_features)
        From :func:`contrast`, or contrasts of centred log-ratios.
    names : sequence of str
        ``n_features`` names.
    count : int
        At most this many variables per cluster, the strongest first.
    least : float
        Contrasts weaker than this are not named.
    """
    texts = []
    for row in contrasts:
        strength = np.where(np.isnan(row), -1.0, np.abs(row))
        strongest = np.argsort(-strength, kind="stable")[:count]
        named = (f"{names[i]}{'+' if row[i] > 0 else '-'}" for i in strongest if strength[i] >= least)
        texts.append(" ".join(named))
    return texts


def _robust_sd(values):
    if len(values) == 0:
        return np.zeros(values.shape[1])
    spread = np.zeros(values.shape[1])
    for feature, column in enumerate(values.T):
        column = column[np.isfinite(column)]
        if len(column):
            spread[feature] = _SD_PER_MAD * np.median(np.abs(column - np.median(column))) or column.std()
    return spread


def _column_means(values):
    known = np.isfinite(values)
    counts = known.sum(axis=0)
    sums = np.where(known, values, 0.0).sum(axis=0)
    return np.divide(sums, counts, out=np.full(values.shape[1], np.nan), where=counts > 0)
