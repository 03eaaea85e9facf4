"""The misfit of one body at every node of a grid of places and depths, for many profiles at once.

At a node the best linear coefficients follow from scalar products alone, so profiles that share their stations
share one projector and the whole search is a few matrix products.
"""

from dataclasses import dataclass

import numpy as np

N_PLACES = 41
N_DEPTHS = 24
MOST_PLACES = 401  #: at one depth: bounds the memory of profiles with very many stations
CLOSEST = 0.7  #: largest distance between places, in depths: a shallow body is seen from nearby only
TINY = 1e-10  #: of a squared norm: below it a curve is lost in the background


@dataclass(frozen=True)
class Nodes:
    """Places and depths of the search (n_nodes,), in units of the profile's length."""

    place: np.ndarray
    depth: np.ndarray

    def theta(self, index):
        """Return ``(x0, log h)`` of nodes, (n, 2)."""
        return np.stack([self.place[index], np.log(self.depth[index])], axis=-1)


def nodes_between(place_range, depth_range, n_places=N_PLACES, n_depths=N_DEPTHS, closest=CLOSEST):
    """Return nodes evenly spaced in place and in the logarithm of depth.

    Where the body is shallow the places lie closer, at most ``closest`` depths apart.
    """
    width = place_range[1] - place_range[0]
    depths = np.geomspace(*depth_range, n_depths)
    needed = np.ceil(width / (closest * depths)).astype(int) + 1
    places = [np.linspace(*place_range, count) for count in np.clip(needed, n_places, MOST_PLACES)]
    return Nodes(np.concatenate(places), np.repeat(depths, [len(place) for place in places]))


def explained(basis, nodes, observations):
    """Return by how much one body at each node lowers the sum of squares.

    Parameters
    ----------
    basis : DipoleBasis
        Of one body.
    nodes : Nodes
    observations : Observations
        With shared positions, or of a single profile.

    Returns
    -------
    ndarray (n_profiles, n_nodes)
        In mV².
    """
    first, second = basis.columns(observations.position, nodes.theta(slice(None)))
    values, spanned, weight = observations.values, observations.spanned, observations.weight
    squares = np.ones((1, values.shape[1])) if weight is None else weight**2
    if weight is not None:
        values, spanned = values * weight, [unit * weight for unit in spanned]
    # scalar products, weighted and with the background projected out, each (n_profiles or 1, n_nodes)
    along, across = values @ first.T, values @ second.T
    first_first = squares @ (first * first).T
    first_second = squares @ (first * second).T
    second_second = squares @ (second * second).T
    floor_first, floor_second = TINY * first_first, TINY * second_second
    for unit in spanned:
        on_first, on_second = unit @ first.T, unit @ second.T
        first_first = first_first - on_first**2
        first_second = first_second - on_first * on_second
        second_second = second_second - on_second**2
    first_first = np.maximum(first_first, floor_first)
    lean = first_second / first_first
    rest = np.maximum(second_second - lean * first_second, floor_second)
    return along**2 / first_first + (across - lean * along) ** 2 / rest
