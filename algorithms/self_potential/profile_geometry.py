"""From places on a map to distances along a profile line, and back. All lengths in metres of a plane."""

import numpy as np

_NEARLY_VERTICAL = np.cos(np.radians(89.0))  # within a degree of north, +x points north instead of east
_CHORD = 0.1  # of a profile's length: over so much to either side its direction is taken


def cumulative_distance(vertices):
    """Return the distance of each vertex (m, 2) of a polyline from its first one, m."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(vertices, axis=0).T))])


def project_onto_line(xy, vertices):
    """Return where the nearest point of a polyline lies for each point.

    Parameters
    ----------
    xy : ndarray (n_points, 2)
    vertices : ndarray (n_vertices, 2)
        At least two, in the order of the line; a repeated vertex is ignored.

    Returns
    -------
    distance_m : ndarray (n_points,)
        Of that nearest point, along the line from its start.
    offset_m : ndarray (n_points,)
        Between the point and the line.
    """
    along = cumulative_distance(vertices)
    best = np.full(len(xy), np.inf)
    distance = np.zeros(len(xy))
    for start, stop, begin, end in zip(vertices[:-1], vertices[1:], along[:-1], along[1:]):
        if end == begin:
            continue
        direction = (stop - start) / (end - begin)
        foot = np.clip((xy - start) @ direction, 0.0, end - begin)
        square = ((xy - start - foot[:, None] * direction) ** 2).sum(axis=1)
        nearer = square < best
        best[nearer] = square[nearer]
        distance[nearer] = begin + foot[nearer]
    return distance, np.sqrt(best)


def merged(distance_m, values, within_m):
    """Bring stations into the order of the line and merge those at one place.

    Parameters
    ----------
    distance_m : ndarray (n_stations,)
    values : ndarray (n_stations, n_columns)
    within_m : float
        A station no farther than this beyond the first of a group joins it; 0 merges equal distances only.

    Returns
    -------
    distance_m : ndarray (n_groups,)
        Mean distance of each group, rising.
    values : ndarray (n_groups, n_columns)
        Mean values.
    count : ndarray of int (n_groups,)
    """
    order = np.argsort(distance_m, kind="stable")
    distance_m, values = distance_m[order], values[order]
    starts, position = [], 0
    while position < len(distance_m):
        starts.append(position)
        position = int(np.searchsorted(distance_m, distance_m[position] + within_m, side="right"))
    count = np.diff([*starts, len(distance_m)])
    if not starts:
        return distance_m, values, count
    return np.add.reduceat(distance_m, starts) / count, np.add.reduceat(values, starts) / count[:, None], count


def straight_line_distance(xy):
    """Return the distances (n_stations,) of stations along their straight line of best fit.

    The line is the first principal axis. +x points to the east, or to the north where the line runs within a degree of
    it, and the first station in that direction lies at 0: neither the order of the stations nor the direction in which
    they were walked matters.
    """
    centred = xy - xy.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    heading = direction[1] if abs(direction[0]) < _NEARLY_VERTICAL else direction[0]
    along = centred @ (direction if heading > 0 else -direction)
    return along - along.min()


def place_at(distance_m, known_m, known_xy):
    """Return the places (n, 2) at distances along a line.

    Parameters
    ----------
    distance_m : ndarray (n,)
    known_m : ndarray (m,)
        Distances at which the place is known, strictly rising, at least two.
    known_xy : ndarray (m, 2)

    Notes
    -----
    Linear between the known places. Beyond the ends the line goes on straight, in the direction of its outer tenth.
    """
    distance_m = np.asarray(distance_m, dtype=float)
    inside = np.clip(distance_m, known_m[0], known_m[-1])
    xy = np.stack([np.interp(inside, known_m, known_xy[:, axis]) for axis in (0, 1)], axis=-1)
    reach = _CHORD * (known_m[-1] - known_m[0])
    before, after = distance_m < known_m[0], distance_m > known_m[-1]
    for end, inner, outside in ((0, known_m[0] + reach, before), (-1, known_m[-1] - reach, after)):
        inner_xy = np.array([np.interp(inner, known_m, known_xy[:, axis]) for axis in (0, 1)])
        slope = (known_xy[end] - inner_xy) / (known_m[end] - inner)
        xy += np.where(outside, distance_m - known_m[end], 0.0)[..., None] * slope
    return xy


def azimuth_at(distance_m, known_m, known_xy):
    """Return the direction of +x at distances along a line, degrees clockwise from north (0 to 360).

    Parameters are those of :func:`place_at`; the direction is that of the chord over a tenth of the profile to
    either side.
    """
    distance_m = np.asarray(distance_m, dtype=float)
    reach = _CHORD * (known_m[-1] - known_m[0])
    chord = place_at(distance_m + reach, known_m, known_xy) - place_at(distance_m - reach, known_m, known_xy)
    return np.degrees(np.arctan2(chord[..., 0], chord[..., 1])) % 360.0
