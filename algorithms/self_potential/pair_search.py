"""The misfit of two poles or two bodies at every pair of nodes, from the scalar products of single nodes.

A sheet is a pair of line poles of opposite sign, so one coefficient serves the pair; two spheres or cylinders
have two coefficients each. Either way the sum of squares that a pair explains needs only the products of the
nodes' curves with each other and with the profile.
"""

import numpy as np

from .observations import project_out

POLE_PLACES, POLE_DEPTHS = 41, 20
BODY_PLACES, BODY_DEPTHS = 25, 12
PARALLEL = 1e-6  #: curves whose difference is smaller than this share of their own size are not told apart


def edge_pairs(observations, nodes, count):
    """Return the pairs of line poles that explain most of each profile.

    Parameters
    ----------
    observations : Observations
        Of profiles that share their stations; weighted ones go one by one.
    nodes : grid_search.Nodes
        Of the poles.
    count : int
        Number of pairs to return.

    Returns
    -------
    ndarray (n_profiles, count, 4)
        ``x1, log z1, x2, log z2``, best pair first; no two pairs share their first pole.
    """
    if observations.weight is not None and len(observations.values) > 1:
        return np.concatenate([edge_pairs(single, nodes, count) for single in _one_by_one(observations)])
    curves = np.log((observations.position - nodes.place[:, None]) ** 2 + nodes.depth[:, None] ** 2)
    curves = _whitened(curves, observations)
    gram = curves @ curves.T
    size = np.diag(gram)
    apart = size[:, None] + size - 2.0 * gram
    apart[apart <= PARALLEL * (size[:, None] + size)] = np.inf  # neighbours that cannot be told apart
    theta = nodes.theta(slice(None))
    found = []
    for height in observations.values @ curves.T:
        gain = (height[:, None] - height) ** 2 / apart
        partner = gain.argmax(axis=1)
        best = gain[np.arange(len(gain)), partner]
        best[np.arange(len(gain)) > partner] = -1.0  # each pair once
        first = np.argsort(-best, kind="stable")[:count]
        found.append(np.concatenate([theta[first], theta[partner[first]]], axis=1))
    return np.array(found)


def body_pairs(basis, observations, nodes):
    """Return the pair of spheres or cylinders that explains most of each profile.

    Parameters
    ----------
    basis : DipoleBasis
        Of one body.
    observations : Observations
        As for :func:`edge_pairs`.
    nodes : grid_search.Nodes

    Returns
    -------
    ndarray (n_profiles, 4)
        ``x0, log h`` of the first and of the second body.
    """
    if observations.weight is not None and len(observations.values) > 1:
        return np.concatenate([body_pairs(basis, single, nodes) for single in _one_by_one(observations)])
    theta = nodes.theta(slice(None))
    first, second = (_whitened(curve, observations) for curve in basis.columns(observations.position, theta))
    first = first / np.linalg.norm(first, axis=1, keepdims=True)
    second = second - np.sum(first * second, axis=1, keepdims=True) * first
    second = second / np.linalg.norm(second, axis=1, keepdims=True)
    # products between node i's first or second unit and node j's, the 2 x 2 block of every pair
    ff, fs, ss = first @ first.T, first @ second.T, second @ second.T
    found = []
    for on_first, on_second in zip(observations.values @ first.T, observations.values @ second.T):
        alone = on_first**2 + on_second**2
        # what the second body's two curves see after the first body took its share, and their metric
        left_first = on_first - (ff * on_first[:, None] + fs.T * on_second[:, None])
        left_second = on_second - (fs * on_first[:, None] + ss * on_second[:, None])
        metric_ff = 1.0 - ff**2 - fs.T**2
        metric_ss = 1.0 - fs**2 - ss**2
        metric_fs = -(ff * fs + fs.T * ss)
        determinant = metric_ff * metric_ss - metric_fs**2
        gain = metric_ss * left_first**2 - 2.0 * metric_fs * left_first * left_second + metric_ff * left_second**2
        with np.errstate(divide="ignore", invalid="ignore"):
            total = alone[:, None] + np.where(determinant > PARALLEL, gain / determinant, 0.0)
        i, j = np.unravel_index(total.argmax(), total.shape)
        found.append(np.concatenate([theta[i], theta[j]]))
    return np.array(found)


def _one_by_one(observations):
    """Yield the observations of each profile."""
    for row in range(len(observations.values)):
        yield observations.rows([row])


def _whitened(curves, observations):
    """Return curves (n_nodes, n_stations) times root weight with the background projected out."""
    weighted = curves.copy() if observations.weight is None else curves * observations.weight
    return project_out(observations.spanned, weighted)
