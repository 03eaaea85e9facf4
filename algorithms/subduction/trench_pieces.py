"""Pieces of a trench, as they were drawn, put end to end."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .segments import EARTH_RADIUS_M, directions
from .trench import geod

_SPHERE = 1.01  # factor by which a distance on the sphere may exceed that on the ellipsoid
_SAME_GAP_M = 1.0  # gaps that differ by less are alike: then the drawn direction decides


@dataclass(frozen=True, eq=False)
class JoinedPieces:
    """One line made of pieces.

    Attributes
    ----------
    longitude, latitude : ndarray (n_vertices,)
        Degrees, as drawn.
    order : tuple of int
        Indices of the pieces along the line.
    reversed : tuple of int
        Indices of the pieces that were turned round.
    gaps_km : tuple of float
        Between every two pieces along the line.
    """

    longitude: np.ndarray
    latitude: np.ndarray
    order: tuple
    reversed: tuple
    gaps_km: tuple


def join_pieces(pieces, largest_gap_km):
    """Join pieces whose ends lie near each other, nearest ends first.

    Of equally near ends, those are joined that keep the drawn direction, then those of the first pieces. A line runs
    the way the greater length of its pieces was drawn. Pieces that are not near stay lines of their own.

    Parameters
    ----------
    pieces : sequence of ndarray (n_vertices, 2)
        Longitude and latitude in degrees; any longitude convention.
    largest_gap_km : float
        Ends that are farther apart are not joined; 0 joins what touches.

    Returns
    -------
    list of JoinedPieces
        In the order of their first pieces.

    Raises
    ------
    DataError
        If the largest gap is negative.
    """
    if largest_gap_km < 0:
        raise DataError("The largest gap between pieces of a trench must not be below 0 km.")
    links = _links(pieces, 1000.0 * largest_gap_km + _SAME_GAP_M)
    lengths = [geod().line_length(*piece.T) for piece in pieces]
    lines, done = [], set()
    for piece in range(len(pieces)):
        if piece not in done:
            walk = _walk(_first_end(2 * piece, links), links)
            done.update(end // 2 for end in walk)
            lines.append(_joined(_as_drawn(walk, lengths), pieces))
    return lines


def _links(pieces, largest_gap_m):
    """Return which end joins which, both ways; end 2 i is the start of piece i and end 2 i + 1 its last vertex."""
    from scipy.spatial import cKDTree

    ends = np.concatenate([piece[[0, -1]] for piece in pieces])
    if not np.isfinite(ends).all():
        raise DataError("The trench lines have vertices that are no places. Check the geometries of the layer.")
    chord = 2.0 * np.sin(min(_SPHERE * largest_gap_m / EARTH_RADIUS_M, np.pi) / 2)  # on the unit sphere
    pairs = cKDTree(directions(*ends.T)).query_pairs(chord, output_type="ndarray")  # the first is the smaller
    first, second = pairs[np.lexsort(pairs.T[::-1])].T
    _, _, gap = geod().inv(*ends[first].T, *ends[second].T)
    near = np.flatnonzero((gap <= largest_gap_m) & (first // 2 != second // 2))
    turned = first[near] % 2 == second[near] % 2
    backward = first[near] % 2 == 0  # the later piece would come before the earlier one
    order = np.lexsort((second[near], first[near], backward, turned, np.round(gap[near] / _SAME_GAP_M)))
    links, line_of = {}, list(range(len(pieces)))
    for one, other in zip(first[near][order].tolist(), second[near][order].tolist()):
        kept, gone = line_of[one // 2], line_of[other // 2]
        if one in links or other in links or kept == gone:  # the last: a line does not bite its own tail
            continue
        links[one], links[other] = other, one
        line_of = [kept if line == gone else line for line in line_of]
    return links


def _first_end(end, links):
    """Return the free end that is reached by walking out of ``end``."""
    while end in links:
        end = links[end] ^ 1
    return end


def _walk(end, links):
    """Return the ends by which a walk from a free end enters its pieces."""
    walk = [end]
    while end ^ 1 in links:
        end = links[end ^ 1]
        walk.append(end)
    return walk


def _as_drawn(walk, lengths):
    """Return the walk in the direction in which most of its length was drawn; on a tie that of the first piece."""
    turned = sum(lengths[end // 2] for end in walk if end % 2)
    total = sum(lengths[end // 2] for end in walk)
    tied = np.isclose(2.0 * turned, total)
    against = min(walk, key=lambda end: end // 2) % 2 if tied else 2.0 * turned > total
    return [end ^ 1 for end in reversed(walk)] if against else walk


def _joined(walk, pieces):
    vertices = [pieces[end // 2][::-1] if end % 2 else pieces[end // 2] for end in walk]
    gaps = [geod().inv(*before[-1], *after[0])[2] / 1000.0 for before, after in zip(vertices, vertices[1:])]
    order = tuple(end // 2 for end in walk)
    turned = tuple(sorted(end // 2 for end in walk if end % 2))
    return JoinedPieces(*np.concatenate(vertices).T, order, turned, tuple(gaps))
