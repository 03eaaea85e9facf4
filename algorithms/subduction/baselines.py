"""Rules that use no feature: what a classifier must beat before its features mean anything."""

import numpy as np


def nearest_segment(segments, classes, n_classes, train, test):
    """Predict the class of the nearest training segment along the same trench.

    Parameters
    ----------
    segments : SegmentTable
    classes : ndarray of int (n_segments,)
        Class 0.. of every segment; only training rows are read.
    n_classes : int
    train, test : ndarray of int
        Row numbers.

    Returns
    -------
    ndarray (n_test, n_classes)
        1 for the predicted class; of two equally near the one with the smaller position. In a
        region without training rows, the share of the classes over all training rows.
    """
    vote = _share(classes[train], n_classes)
    predicted = np.tile(vote, (len(test), 1))
    for target, known in _by_region(segments, train, test):
        order = known[np.argsort(segments.position_km[known], kind="stable")]
        apart = np.abs(segments.position_km[test[target]][:, None] - segments.position_km[order])
        predicted[target] = np.eye(n_classes)[classes[order[apart.argmin(axis=1)]]]
    return predicted


def majority_of_region(segments, classes, n_classes, train, test):
    """Predict the shares of the classes among the training segments of the region, see :func:`nearest_segment`."""
    predicted = np.tile(_share(classes[train], n_classes), (len(test), 1))
    for target, known in _by_region(segments, train, test):
        predicted[target] = _share(classes[known], n_classes)
    return predicted


RULES = {"nearest_segment": nearest_segment, "region_majority": majority_of_region}


def _share(classes, n_classes):
    return np.bincount(classes, minlength=n_classes) / len(classes)


def _by_region(segments, train, test):
    """Yield, for every region with training and test rows, places in ``test`` and rows of ``train``."""
    for name in np.unique(segments.region[test]):
        known = train[segments.region[train] == name]
        if len(known):
            yield np.flatnonzero(segments.region[test] == name), known
