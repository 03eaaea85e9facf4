"""Each cluster described in the input's units."""

import warnings

import numpy as np

from .contrast import contrast
from .results import Profiles


def cluster_profiles(names, units, values, features, cluster):
    """Summarise ``values`` by cluster.

    Parameters
    ----------
    names, units : sequence of str
        Of the ``n_features`` columns.
    values : ndarray (n_samples, n_features)
        In the input's units, NaN = missing.
    features : ndarray (n_samples, n_features)
        The same columns as they were clustered (log-ratios, standardised).
    cluster : ndarray of int (n_samples,)
        1..k; 0 = not assigned.

    Returns
    -------
    Profiles
        NaN where a cluster has no value of a variable.
    """
    numbers = np.unique(cluster[cluster > 0])
    groups = [values[cluster == number] for number in numbers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all-NaN columns of a cluster are NaN, as documented
        quartiles = [np.nanpercentile(group, (25, 50, 75), axis=0) for group in groups]
        means = [np.nanmean(group, axis=0) for group in groups]
    lower, median, upper = np.stack(quartiles, axis=1)
    return Profiles(
        tuple(names),
        tuple(units),
        tuple(int(number) for number in numbers),
        np.array([len(group) for group in groups]),
        np.stack(means),
        median,
        lower,
        upper,
        contrast(features, cluster),
    )
