"""Where the bodies of a profile are: global search, then refinement by variable projection.

One body is looked for at every node of a grid. Two start from the best pair of nodes and from the greedy answer
(the second beside the first); a third is added greedily and all are refined together.
"""

from dataclasses import dataclass

import numpy as np

from . import grid_search, pair_search
from .basis import basis_of
from .bodies import SHEET
from .variable_projection import MAX_ITERATIONS, minimise

N_EDGE_PAIRS = 4  #: sheets: pairs of poles that are refined
EDGE_DEPTH = 0.25  #: shallowest edge of a sheet over the shallowest centre of the other bodies


@dataclass(frozen=True)
class Box:
    """Where a body may lie, in units of the profile's length; the same for all profiles of a chunk."""

    place: tuple
    depth: tuple

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
    best = _next_body(shape, 1, observations, box, None)
    for number in range(2, n_bodies + 1):
        greedy = _next_body(shape, number, observations, box, best[0])
        if number == 2 and shape != SHEET:
            nodes = grid_search.nodes_between(
                box.place, box.depth, pair_search.BODY_PLACES, pair_search.BODY_DEPTHS, closest=np.inf
            )
            pairs = pair_search.body_pairs(basis_of(shape), observations, nodes)
            greedy = better(greedy, refine(shape, 2, observations, pairs, box))
        best = greedy
    return best


def refine(shape, n_bodies, observations, theta, box, max_iterations=MAX_ITERATIONS):
    """Return the minimum next to ``theta`` in the box, as :func:`search` does."""
    low, high = (np.tile(edge, (len(theta), n_bodies)) for edge in box.edges(shape))
    return minimise(basis_of(shape, n_bodies), observations, theta, low, high, max_iterations)


def better(first, second):
    """Return, profile by profile, the answer with the smaller sum of squares."""
    theta, projection, converged = first
    other_theta, other_projection, other_converged = second
    wins = other_projection.sse < projection.sse
    theta, converged = theta.copy(), np.where(wins, other_converged, converged)
    theta[wins] = other_theta[wins]
    projection.put(wins, other_projection, wins)
    return theta, projection, converged


def _next_body(shape, number, observations, box, theta):
    """Return the best bodies when one more is put beside those at ``theta``, all refined together."""
    found = []
    if theta is None:
        found = _single_starts(shape, observations, box)
    else:
        others = basis_of(shape, number - 1)
        found = _beside(shape, others, observations, box, theta)
    answers = [refine(shape, number, observations, start, box) for start in found]
    best = answers[0]
    for answer in answers[1:]:
        best = better(best, answer)
    return best


def _beside(shape, others, observations, box, theta):
    """Return starts (list of (n_profiles, n)) with one body more, found in what the others leave."""
    starts = []
    for row in range(len(theta)):  # what is left differs in its projection from profile to profile
        single = observations.rows([row])
        left = single.without(others.columns(single.position, theta[[row]]))
        starts.append(np.stack(_single_starts(shape, left, box)))
    starts = np.concatenate(starts, axis=1)
    return [np.concatenate([theta, start], axis=1) for start in starts]


def _single_starts(shape, observations, box):
    """Return starts (list of (n_profiles, n)) for one body."""
    if shape == SHEET:
        low, high = np.exp(box.edges(shape)[0][1]), box.depth[1]
        place = np.linspace(*box.place, pair_search.POLE_PLACES)
        depth = np.geomspace(low, high, pair_search.POLE_DEPTHS)
        place, depth = (grid.ravel() for grid in np.meshgrid(place, depth, indexing="ij"))
        pairs = pair_search.edge_pairs(observations, place, depth, N_EDGE_PAIRS)
        return list(np.moveaxis(pairs, 1, 0))
    nodes = grid_search.nodes_between(box.place, box.depth)
    gain = grid_search.explained(basis_of(shape), nodes, observations)
    return [nodes.theta(gain.argmax(axis=1))]
