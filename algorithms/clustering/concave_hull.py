"""The characteristic shape of a point set: one simple polygon that hugs the points and holds them all."""

import heapq

import numpy as np

from ..errors import DataError

_EDGE_FACTOR = 4.0  # boundary edges up to this many times the median Delaunay edge stay


def concave_ring(xy):
    """Return the characteristic shape of distinct points that are not collinear.

    Parameters
    ----------
    xy : ndarray (n_points, 2)
        Distinct positions, metres.

    Returns
    -------
    ndarray (n_vertices, 2)
        Vertices of a simple ring in order, the first not repeated.

    Raises
    ------
    DataError
        If the points have no triangulation.

    Notes
    -----
    The longest edge of the Delaunay triangulation's boundary is taken away again and again, as long as it is
    longer than four times the median edge and the polygon stays simple. Memory is O(n), time O(n log n).

    References
    ----------
    Duckham, M., Kulik, L., Worboys, M. and Galton, A. (2008). Efficient generation of simple polygons for
    characterizing the shape of a set of points in the plane. Pattern Recognition 41, 3224-3236.
    """
    from scipy.spatial import Delaunay, QhullError

    centred = xy - xy.mean(axis=0)
    try:
        triangles = Delaunay(centred / np.abs(centred).max()).simplices
    except QhullError as error:
        raise DataError("The points are too close to a line for a concave hull.") from error
    return xy[_boundary(centred, triangles)]


def _boundary(xy, triangles):
    """Return the vertex numbers of the dug ring, in order."""
    corners = [tuple(row) for row in triangles.tolist()]
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    edges, sides = np.unique(edges, axis=0, return_counts=True)
    lengths = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T)
    longest_kept = _EDGE_FACTOR * np.median(lengths)
    triangles_of = {}
    for number, (a, b, c) in enumerate(corners):
        for edge in ((a, b), (b, c), (c, a)):
            triangles_of.setdefault((min(edge), max(edge)), set()).add(number)
    outer = {tuple(edge) for edge in edges[sides == 1].tolist()}
    on_boundary = {vertex for edge in outer for vertex in edge}
    length_of = dict(zip(map(tuple, edges.tolist()), lengths.tolist()))
    queue = [(-length_of[edge], edge) for edge in outer if length_of[edge] > longest_kept]
    heapq.heapify(queue)
    while queue:
        _, edge = heapq.heappop(queue)
        (triangle,) = triangles_of[edge]
        apex = next(vertex for vertex in corners[triangle] if vertex not in edge)
        if apex in on_boundary:  # digging here would pinch the polygon or cut it in two
            continue
        outer.remove(edge)
        on_boundary.add(apex)
        for vertex in edge:
            uncovered = (min(vertex, apex), max(vertex, apex))
            triangles_of[uncovered].discard(triangle)
            outer.add(uncovered)
            if length_of[uncovered] > longest_kept:
                heapq.heappush(queue, (-length_of[uncovered], uncovered))
    return _in_order(outer)


def _in_order(edges):
    """Chain the edges of one ring into the order of its vertices."""
    neighbours = {}
    for a, b in edges:
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    start = min(neighbours)
    ring, previous, vertex = [start], None, start
    while True:
        ahead, other = neighbours[vertex]
        following = other if ahead == previous else ahead
        if following == start:
            return ring
        ring.append(following)
        previous, vertex = vertex, following
