"""What the known segments along the same trench say about a segment: their classes, and how far away they are.

These are labels of neighbours, not features of the place. A classifier that uses them tells how classes persist
along a trench, and must be declared as such.
"""

import numpy as np

GAPS = slice(0, 2)  #: columns of :func:`context` with the distances to the nearest known segments
_BEYOND_KM = 3000.0  # stands for no known segment on that side
_AVERAGED = 4  # nearest known segments on a side whose classes are averaged
_SOFTENING_KM = 25.0  # added to distances whose inverse is a weight
_COPIES = 6  # gaps drawn for every training row
_AT_ONCE = 2_000_000  # pairs of segments in memory at a time


def context(segments, classes, n_classes, known, asked, gaps_km=None):
    """Describe segments by the known segments of their trench.

    Parameters
    ----------
    segments : SegmentTable
        Holds known and asked rows.
    classes : ndarray of int (n_segments,)
        Only those of ``known`` are read.
    n_classes : int
    known, asked : ndarray of int
        Rows; a known row that is asked is hidden from itself.
    gaps_km : ndarray (n_asked, 2) or None
        Known segments nearer than this before and after each asked one are hidden from it.

    Returns
    -------
    ndarray (n_asked, 2 + 5 * n_classes)
        Distances to the nearest known segment before and after (km), their classes as indicators, shares of the
        classes among the nearest four on either side, and shares in the trench.
    """
    gaps = np.zeros((len(asked), 2)) if gaps_km is None else gaps_km
    overall = np.eye(n_classes)[classes[known]].mean(axis=0)
    described = np.empty((len(asked), 2 + 5 * n_classes))
    regions = segments.region[known], segments.region[asked]
    for name in np.unique(regions[1]):
        own, rows = known[regions[0] == name], np.flatnonzero(regions[1] == name)
        indicator, places = np.eye(n_classes)[classes[own]], segments.position_km[own]
        step = max(1, _AT_ONCE // max(len(own), 1))
        for some in np.split(rows, np.arange(step, len(rows), step)):
            ahead = places - segments.position_km[asked[some], np.newaxis]
            described[some] = _described(ahead, indicator, gaps[some], overall)
    return described


def _described(ahead, indicator, gaps, overall):
    """Describe segments from which the known ones of their trench lie ``ahead`` km ``(n_asked, n_known)``."""
    if not len(indicator):
        ahead, indicator = np.zeros((len(ahead), 1)), overall[np.newaxis]  # hidden, as any at no distance
    distances, nearest, average, visible = [], [], [], np.zeros(ahead.shape, dtype=bool)
    for side, sign in enumerate((-1.0, 1.0)):
        seen = (sign * ahead > 0) & (sign * ahead >= gaps[:, [side]])
        visible |= seen
        away = np.where(seen, np.abs(ahead), np.inf)
        order = np.argsort(away, axis=1, kind="stable")[:, :_AVERAGED]
        away = np.take_along_axis(away, order, axis=1)
        counts = np.isfinite(away)[..., np.newaxis]
        total = (indicator[order] * counts).sum(axis=1)
        has_any = counts[:, 0]
        distances.append(np.minimum(away[:, :1], _BEYOND_KM))
        nearest.append(np.where(has_any, indicator[order[:, 0]], overall))
        average.append(np.where(has_any, total / np.maximum(counts.sum(axis=1), 1), overall))
    n_visible = visible.sum(axis=1, keepdims=True)
    share = np.where(n_visible, (visible @ indicator) / np.maximum(n_visible, 1), overall)
    return np.hstack([*distances, *nearest, *average, share])


def training_context(segments, classes, n_classes, known, gaps_km, generator):
    """Return what training rows would look like if they had to be predicted across gaps.

    Parameters
    ----------
    segments, classes, n_classes, known
        As in :func:`context`.
    gaps_km : ndarray (n_gaps, 2)
        Distances before and after to the nearest known segment, as they occur where predictions are asked for.
        Every training row is described several times, with a gap drawn at random, either way round.
    generator : numpy.random.Generator

    Returns
    -------
    described : ndarray (n_copies * n_known, 2 + 5 * n_classes)
    rows : ndarray of int (n_copies * n_known,)
        The training row behind each.
    """
    rows = np.tile(known, _COPIES)
    drawn = gaps_km[generator.integers(len(gaps_km), size=len(rows))]
    mirrored = generator.random(len(rows)) < 0.5
    drawn[mirrored] = drawn[mirrored, ::-1]
    return context(segments, classes, n_classes, known, rows, drawn), rows


def with_nearest(described, n_classes):
    """Append to rows of :func:`context` the class of the nearer neighbour and the mean weighted by nearness."""
    before, after = described[:, [0]], described[:, [1]]
    class_before, class_after = described[:, 2 : 2 + n_classes], described[:, 2 + n_classes : 2 + 2 * n_classes]
    weight = (after + _SOFTENING_KM) / (before + after + 2 * _SOFTENING_KM)
    weighted = weight * class_before + (1.0 - weight) * class_after
    return np.hstack([described, weighted, np.where(before < after, class_before, class_after)])
