"""The misfit of one body at every node of a grid of places and depths, for many profiles at once.

At a node the best linear coefficients follow from scalar products alone, so profiles that share their stations
share one projector and the whole search is a few matrix products.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .basis import depths
from .observations import dot

N_PLACES = 21
N_DEPTHS = 12
MOST_PLACES = 401  #: at one depth: bounds the memory of profiles with very many stations
CLOSEST = 0.5  #: largest distance between places, in depths: a shallow body is seen from nearby only
BLOCK = 12288  #: numbers per curve that are held at a time: small enough for the processor's cache
TINY = 1e-10  #: of a squared norm: below it a curve is lost in the background


@dataclass(frozen=True)
class Nodes:
    """Places and depths of the search (n_nodes,), in units of the profile's length."""

    place: np.ndarray
    depth: np.ndarray

    def theta(self, index):
        """Return ``(x0, log h)`` of nodes, (n, 2)."""
        return np.stack([self.place[index], np.log(self.depth[index])], axis=-1)


@lru_cache(maxsize=16)
def nodes_between(place_range, depth_range):
    """Return nodes evenly spaced in place and in the logarithm of depth.

    Where the body is shallow the places lie closer, at most ``CLOSEST`` depths apart.
    """
    width = place_range[1] - place_range[0]
    depths = np.geomspace(*depth_range, N_DEPTHS)
    needed = np.ceil(width / (CLOSEST * depths)).astype(int) + 1
    places = [np.linspace(*place_range, count) for count in np.clip(needed, N_PLACES, MOST_PLACES)]
    return Nodes(np.concatenate(places), np.repeat(depths, [len(place) for place in places]))


def full_grid(place_range, depth_range, n_places, n_depths):
    """Return nodes at every combination of places and depths; depth varies fastest."""
    place = np.repeat(np.linspace(*place_range, n_places), n_depths)
    return Nodes(place, np.tile(np.geomspace(*depth_range, n_depths), n_places))


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
    theta = nodes.theta(slice(None))
    block = max(1, BLOCK // observations.values.shape[1])
    parts = [_explained(basis, theta[start : start + block], observations) for start in range(0, len(theta), block)]
    return np.concatenate(parts, axis=1)


def _explained(basis, theta, observations):
    """Return :func:`explained` for a few nodes."""
    first, second = basis.columns(observations.position, theta)
    values, spanned, weight = observations.values, observations.spanned, observations.weight
    # scalar products, weighted and with the background projected out, each (n_profiles or 1, n_nodes)
    if weight is None:
        first_first, first_second, second_second = dot(first, first), dot(first, second), dot(second, second)
    else:
        values, spanned, squares = values * weight, [unit * weight for unit in spanned], weight**2
        first_first = squares @ (first * first).T
        first_second = squares @ (first * second).T
        second_second = squares @ (second * second).T
    along, across = values @ first.T, values @ second.T
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


def elsewhere(gain, nodes, theta):
    """Return the best node of each profile that lies outside the valley around ``theta``.

    Parameters
    ----------
    gain : ndarray (n_profiles, n_nodes)
        From :func:`explained`.
    nodes : Nodes
    theta : ndarray (n_profiles, 2)

    Returns
    -------
    ndarray of int (n_profiles,)
    """
    place, depth = theta[:, :1], depths(theta)
    beside = np.abs(nodes.place - place) > np.maximum(nodes.depth, depth)
    above_or_below = (nodes.depth > 2.0 * depth) | (nodes.depth < 0.5 * depth)
    return np.where(beside | above_or_below, gain, -np.inf).argmax(axis=1)
