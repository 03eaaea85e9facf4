"""Training and test rows for segments that resemble their neighbours: blocks of trench, and distance kept from them.

Segments next to each other share features and earthquakes, so a test on random rows measures memory. Here a fold
tests one stretch of every trench and trains on segments that keep an exclusion distance from the tested stretches.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .segments import check_places, ruptures

_ROUNDING_KM = 1e-6  # positions are sums of spacings; a segment at the exclusion distance is not nearer than it


@dataclass(frozen=True, eq=False)
class Fold:
    """Rows of one split.

    Attributes
    ----------
    name : str
        What is tested, such as ``block 1`` or the name of a region.
    train, test : ndarray of int
        Row numbers, rising.
    """

    name: str
    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Exclusion:
    """Which rows may not be trained on beside the tested ones.

    Attributes
    ----------
    distance_km : float
        Rows of a tested region nearer than this to the tested stretch, along the trench.
    same_rupture : bool
        Rows of an earthquake that reaches a tested row.
    straight_line : bool
        Rows of any region nearer than ``distance_km`` to a tested row in a straight line.
    """

    distance_km: float = 0.0
    same_rupture: bool = False
    straight_line: bool = False


@dataclass(frozen=True, eq=False)
class Stretches:
    """Every trench cut into equal stretches.

    Attributes
    ----------
    number : ndarray of int (n_segments,)
        Stretch 0.. in which a segment is tested; -1 where it is never tested.
    start_km : ndarray (n_segments,)
        Where the first stretch of the segment's region starts.
    length_km : ndarray (n_segments,)
        Of a stretch of the segment's region.
    """

    number: np.ndarray
    start_km: np.ndarray
    length_km: np.ndarray

    def distance_km(self, position_km, number):
        """Return the distance ``(n_segments,)`` along the trench to stretch ``number`` of the same region."""
        lower = self.start_km + number * self.length_km
        return np.maximum(np.maximum(lower - position_km, position_km - lower - self.length_km), 0.0)


def stretches(segments, n_folds):
    """Cut every trench into ``n_folds`` stretches of equal length; every segment is tested exactly once."""
    start, length = _stretch_lengths(segments, n_folds)
    along = np.divide(segments.position_km - start, length, out=np.zeros(len(segments)), where=length > 0)
    return Stretches(np.clip(np.floor(along + _ROUNDING_KM), 0, n_folds - 1).astype(int), start, length)


def reference_stretches(segments, n_folds):
    """Cut the trenches as the published study does.

    A stretch excludes its upper end, also the last one, so that the last segment of every region but the one whose
    rows come last is never tested.

    References
    ----------
    Graciosa, J. C. et al. (2025). JGR Solid Earth 130, e2024JB028774 (its published code).
    """
    cut = stretches(segments, n_folds)
    end = cut.start_km + n_folds * cut.length_km
    never = (segments.position_km >= end - _ROUNDING_KM) & (segments.region != segments.region[-1])
    return Stretches(np.where(never, -1, cut.number), cut.start_km, cut.length_km)


def block_folds(segments, cut, exclusion=Exclusion()):
    """Return one fold per stretch number: it tests that stretch of every trench.

    Parameters
    ----------
    segments : SegmentTable
    cut : Stretches
        By :func:`stretches` or :func:`reference_stretches`.
    exclusion : Exclusion

    Returns
    -------
    tuple of Fold
        Stretches without a segment in any region are left out.

    Raises
    ------
    DataError
        If a fold is left without training rows.
    """
    tested_regions = {number: np.unique(segments.region[cut.number == number]) for number in np.unique(cut.number)}
    folds = []
    for number in sorted(set(cut.number.tolist()) - {-1}):
        along = cut.distance_km(segments.position_km, number)
        along[~np.isin(segments.region, tested_regions[number])] = np.inf
        is_test = cut.number == number
        folds.append(_fold(f"block {number + 1}", segments, is_test, along, exclusion))
    return tuple(folds)


def leave_one_region_out(segments, exclusion=Exclusion()):
    """Return one fold per region: it tests the whole region and trains on the others.

    Raises
    ------
    DataError
        If there is only one region.
    """
    check_places(segments)
    names = np.unique(segments.region)
    if len(names) < 2:
        raise DataError(
            f"All segments belong to region '{names[0]}', so no region can be left out. "
            "Choose the field that names the trenches, or add another trench."
        )
    nowhere_near = np.full(len(segments), np.inf)
    return tuple(_fold(str(name), segments, segments.region == name, nowhere_near, exclusion) for name in names)


class SegmentFolds:
    """The block folds of one table as a scikit-learn splitter.

    ``SegmentFolds(segments, 5, Exclusion(100))`` goes wherever scikit-learn takes ``cv``, with the rows of
    ``segments`` in their order.
    """

    def __init__(self, segments, n_folds=5, exclusion=Exclusion()):
        self.folds = block_folds(segments, stretches(segments, n_folds), exclusion)
        self._n_segments = len(segments)

    def split(self, X, y=None, groups=None):
        """Yield training and test rows of every fold."""
        if len(X) != self._n_segments:
            raise DataError(f"The folds were made for {self._n_segments} segments, not for {len(X)}.")
        for fold in self.folds:
            yield fold.train, fold.test

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of folds."""
        return len(self.folds)


def _stretch_lengths(segments, n_folds):
    check_places(segments)
    if n_folds < 2:
        raise DataError(f"{n_folds} folds cannot be made: choose at least 2.")
    if len(segments) < n_folds:
        raise DataError(f"{len(segments)} segments cannot make {n_folds} folds: choose fewer folds or add segments.")
    start, length = np.empty(len(segments)), np.empty(len(segments))
    for name in np.unique(segments.region):
        inside = segments.region == name
        position = segments.position_km[inside]
        start[inside] = position.min()
        length[inside] = np.ptp(position) / n_folds
    return start, length


def _fold(name, segments, is_test, along_km, exclusion):
    may_train = ~is_test & (along_km >= exclusion.distance_km - _ROUNDING_KM)
    if exclusion.straight_line:
        from scipy.spatial import cKDTree

        points = segments.points_m()
        straight_km = cKDTree(points[is_test]).query(points)[0] / 1000.0
        may_train &= straight_km >= exclusion.distance_km - _ROUNDING_KM
    if exclusion.same_rupture:
        rupture = ruptures(segments)
        may_train &= (rupture < 0) | ~np.isin(rupture, rupture[is_test])
    if not may_train.any():
        line = " in a straight line" if exclusion.straight_line else ""
        whole = ", with whole ruptures kept apart," if exclusion.same_rupture else ""
        less = ", let ruptures be cut" if exclusion.same_rupture else ""
        raise DataError(
            f"An exclusion distance of {exclusion.distance_km:g} km{line}{whole} leaves no segment to train on when "
            f"{name} is tested. Choose a shorter distance{less}, or add segments."
        )
    return Fold(name, np.flatnonzero(may_train), np.flatnonzero(is_test))
