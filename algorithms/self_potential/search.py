"""Where the bodies of a profile are: global search, then refinement by variable projection.

One body is looked for at every node of a grid. Two start from the best pair of nodes and from the greedy answer
(the second beside the first); a third is added greedily and all are refined together. Several sheets also start
from as many horizontal cylinders, the limit of short sheets.
"""

from dataclasses import dataclass

import numpy as np

from . import grid_search, pair_search
from .basis import basis_of, depths
from .bodies import SHEET
from .observations import dot
from .variable_projection import MAX_ITERATIONS, minimise

SHORT_SHEET = "horizontal_cylinder"  #: what a short sheet looks like
SHORT = 0.5  #: half length over depth of the sheets that replace cylinders
AT_EDGE = 1e-6  #: of the width of the box
N_EDGE_PAIRS = 4  #: sheets: pairs of poles that are refined
EDGE_DEPTH = 0.25  #: shallowest edge of a sheet over the shallowest centre of the other bodies


@dataclass(frozen=True)
class Box:
    """Where a body may lie, in units of the profile's length; the same for all profiles of a chunk."""

    place: tuple
    depth: tuple

    def on_edge(self, shape, theta):
        """Return which answers (n_profiles,) sit on a side of the box."""
        low, high = (np.tile(edge, theta.shape[1] // len(edge)) for edge in self.edges(shape))
        margin = AT_EDGE * (high - low)
        return ((theta <= low + margin) | (theta >= high - margin)).any(axis=1)

    def edges(self, shape):
        """Return lowest and highest ``theta`` of one body."""
        lowest = self.depth[0] * (EDGE_DEPTH if shape == SHEET else 1.0)
        repeat = 2 if shape == SHEET else 1
        low, high = (self.place[0], np.log(lowest)), (self.place[1], np.log(self.depth[1]))
        return np.array(low * repeat), np.array(high * repeat)


def search(shape, n_bodies, observations, box):
    """Return the best bodies of each profile.

    Parameters
    ----------
    shape : str
    n_bodies : int
        1 to 3, of that shape.
    observations : Observations
        Sharing their stations, or a single profile.
    box : Box

    Returns
    -------
    theta, Projection, converged
        As :func:`.variable_projection.minimise`.
    """
    best = _single(shape, observations, box)
    for number in range(2, n_bodies + 1):
        beside = refine(shape, number, observations, _beside(shape, number - 1, observations, box, best[0]), box)
        if number == 2 and shape != SHEET:
            nodes = grid_search.full_grid(box.place, box.depth, pair_search.BODY_PLACES, pair_search.BODY_DEPTHS)
            pairs = pair_search.body_pairs(basis_of(shape), observations, nodes)
            beside = better(beside, refine(shape, 2, observations, pairs, box))
        if shape == SHEET:
            cylinders = search(SHORT_SHEET, number, observations, box)
            beside = better(beside, refine(shape, number, observations, _sheets_along(*cylinders[:2]), box))
        best = beside
    return best


def search_or_refine(shape, n_bodies, observations, box, start=None):
    """Return :func:`search`, or :func:`refine` where a ``start`` (n_profiles, n) is known."""
    if start is None:
        return search(shape, n_bodies, observations, box)
    return refine(shape, n_bodies, observations, start, box)


def refine(shape, n_bodies, observations, theta, box, max_iterations=MAX_ITERATIONS):
    """Return the minimum next to ``theta`` in the box, as :func:`search` does."""
    low, high = (np.tile(edge, (len(theta), n_bodies)) for edge in box.edges(shape))
    return minimise(basis_of(shape, n_bodies), observations, theta, low, high, max_iterations)


def better(first, second, rows=slice(None)):
    """Return ``first`` with the answers for ``rows`` replaced by ``second`` where that has a smaller sum of squares."""
    theta, projection, converged = first
    wins = second[1].sse < projection.sse[rows]
    chosen = np.arange(len(theta))[rows][wins]
    theta[chosen], converged[chosen] = second[0][wins], second[2][wins]
    projection.put(chosen, second[1], wins)
    return first


def _single(shape, observations, box):
    """Return the best single body of each profile."""
    if shape == SHEET:
        return _single_sheet(observations, box)
    nodes = grid_search.nodes_between(box.place, box.depth)
    gain = grid_search.explained(basis_of(shape), nodes, observations)
    rows = np.arange(len(gain))
    node = gain.argmax(axis=1)
    first = refine(shape, 1, observations, nodes.theta(node), box)
    # a second valley is worth a look where it may end as low as the first, within the noise
    second = grid_search.elsewhere(gain, nodes, first[0])
    sse = first[1].sse
    refinement = dot(observations.values, observations.values) - gain[rows, node] - sse
    noise = sse / observations.values.shape[1]
    asked = np.flatnonzero(gain[rows, second] >= gain[rows, node] - np.maximum(refinement, 0.0) - noise)
    if not asked.size:
        return first
    other = refine(shape, 1, observations.rows(asked), nodes.theta(second[asked]), box)
    return better(first, other, asked)


def _single_sheet(observations, box):
    """Return the best single sheet of each profile."""
    lowest = np.exp(box.edges(SHEET)[0][1])
    nodes = grid_search.full_grid(
        box.place, (lowest, box.depth[1]), pair_search.POLE_PLACES, pair_search.POLE_DEPTHS
    )
    pairs = pair_search.edge_pairs(observations, nodes, N_EDGE_PAIRS)
    best = refine(SHEET, 1, observations, pairs[:, 0], box)
    for number in range(1, N_EDGE_PAIRS):
        best = better(best, refine(SHEET, 1, observations, pairs[:, number], box))
    return best


def _sheets_along(theta, projection):
    """Return ``theta`` of short sheets in place of horizontal cylinders, with their direction."""
    place, depth = theta[:, 0::2], depths(theta)
    along, down = projection.coefficients[:, 0::2].copy(), projection.coefficients[:, 1::2].copy()
    dip = np.pi - np.arctan2(down, along)
    across, down = SHORT * depth * np.cos(dip), SHORT * depth * np.sin(dip)
    edges = np.stack([place + across, np.log(depth - down), place - across, np.log(depth + down)], axis=-1)
    return edges.reshape(len(theta), -1)


def _beside(shape, n_bodies, observations, box, theta):
    """Return starts (n_profiles, n) with one body more than ``theta`` has, found in what those leave."""
    others = basis_of(shape, n_bodies)
    added = []
    for row in range(len(theta)):  # what is left differs in its projection from profile to profile
        single = observations.rows([row])
        left = single.without(others.columns(single.position, theta[[row]]))
        added.append(_single(shape, left, box)[0][0])
    return np.concatenate([theta, added], axis=1)
