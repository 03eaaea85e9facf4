"""A fit that single wrong stations do not pull: Cauchy loss by iteratively reweighted least squares.

References
----------
Holland, P. W., and Welsch, R. E. (1977). Robust regression using iteratively reweighted least-squares.
Communications in Statistics A6(9), 813-827 (the tuning constant 2.385: 95 % efficiency with normal noise).
"""

import numpy as np

from .basis import basis_of
from .linear_fit import residual_of
from .observations import observe
from .search import refine, search, search_or_refine

TUNING = 2.385  #: of the standard deviation
MAD_TO_SD = 1.4826  #: of normal noise
WINDOW = 7  #: stations of the running median that finds spikes before the search
SPIKE = 4.0  #: robust standard deviations off the running median
ROUNDS = 80
ROUNDS_OF_SCALE = 8  #: after which the scale stays, so that the loss can settle
SETTLED = 1e-11  #: relative change of the loss
ROUNDING = 1e-24  #: of the sum of squares: a loss this small is rounding, and noise-free profiles get there


def cauchy_loss(residual, scale, used):
    """Return ``sum c² ln(1 + (r / c)²)`` (n_profiles,), mV²: nearly the sum of squares for small residuals."""
    square = scale[:, None] ** 2
    return np.sum(np.where(used, square * np.log1p(residual**2 / square), 0.0), axis=1)


def total_loss(residual, scale, used):
    """Return the Cauchy loss (n_profiles,), mV², or the sum of squares where ``scale`` is infinite."""
    finite = np.isfinite(scale)
    squares = np.sum(np.where(used, residual, 0.0) ** 2, axis=1)
    return np.where(finite, cauchy_loss(residual, np.where(finite, scale, 1.0), used), squares)


def cauchy_scale(residual, used, n_unknowns):
    """Return the scale of the loss (n_profiles,), mV, from the median absolute residual."""
    magnitude = np.where(used, np.abs(residual), np.nan)
    count = used.sum(axis=1)
    floor = 1e-9 * np.nanmax(magnitude, axis=1) + np.finfo(float).tiny ** 0.25
    sd = MAD_TO_SD * np.nanmedian(magnitude, axis=1) * np.sqrt(count / (count - n_unknowns))
    return TUNING * np.maximum(sd, floor)


def robust_search(shape, n_bodies, position, values, used, background, box, n_unknowns, start=None):
    """Return the bodies with the smallest Cauchy loss.

    Parameters
    ----------
    shape, n_bodies, box
        As for :func:`.search.search`.
    position : ndarray (1, n_stations)
    values : ndarray (n_profiles, n_stations)
        mV.
    used : ndarray of bool (n_profiles, n_stations)
    background : str
    n_unknowns : int
    start : ndarray (n_profiles, n), optional
        Where to refine, instead of searching.

    Returns
    -------
    theta, Projection, converged
        Of the last weighted problem.
    weight : ndarray (n_profiles, n_stations)
        Root weights at the answer.
    scale : ndarray (n_profiles,)
        Of the loss, mV.
    """
    raw = (shape, n_bodies, position, values, used, background, box, n_unknowns)
    present = None if used.all() else used.astype(float)
    plain = search_or_refine(shape, n_bodies, observe(position, values, background, present), box, start)
    theta, projection, converged, weight, scale, residual = _settle(*raw, plain)
    if start is not None:
        return theta, projection, converged, weight, scale
    spikes = _spikes(position, values, used, n_unknowns)
    rows = np.flatnonzero(spikes.any(axis=1))
    if rows.size:  # a search that spikes led astray is repeated without them
        clean = observe(position, values[rows], background, (used & ~spikes)[rows].astype(float))
        other = search(shape, n_bodies, clean, box)
        raw = (shape, n_bodies, position, values[rows], used[rows], background, box, n_unknowns)
        again = _settle(*raw, other)
        common = np.minimum(scale[rows], again[4])
        wins = cauchy_loss(again[5], common, used[rows]) < cauchy_loss(residual[rows], common, used[rows])
        chosen = rows[wins]
        theta[chosen], converged[chosen] = again[0][wins], again[2][wins]
        weight[chosen], scale[chosen] = again[3][wins], again[4][wins]
        projection.put(chosen, again[1], wins)
    return theta, projection, converged, weight, scale


def _settle(shape, n_bodies, position, values, used, background, box, n_unknowns, answer):
    """Reweight and refine until the loss settles; return the answer, weights, scale and residual."""
    basis = basis_of(shape, n_bodies)
    theta, projection, converged = answer
    _, residual = residual_of(basis, theta, projection.coefficients, position, values, background, used.astype(float))
    scale = cauchy_scale(residual, used, n_unknowns)
    weight = np.empty_like(values)
    loss = np.full(len(values), np.inf)
    settled = np.zeros(len(values), bool)
    active = np.arange(len(values))
    for round_number in range(ROUNDS):
        if not active.size:
            break
        weight[active] = used[active] / np.sqrt(1.0 + (residual[active] / scale[active, None]) ** 2)
        weighted = observe(position, values[active], background, weight[active])
        theta[active], part, _ = refine(shape, n_bodies, weighted, theta[active], box, max_iterations=4)
        projection.put(active, part, slice(None))
        _, residual[active] = residual_of(
            basis, theta[active], part.coefficients, position, values[active], background, weight[active]
        )
        if round_number < ROUNDS_OF_SCALE:
            scale[active] = cauchy_scale(residual[active], used[active], n_unknowns)
            continue
        new_loss = cauchy_loss(residual[active], scale[active], used[active])
        rounding = ROUNDING * np.sum(np.where(used[active], values[active], 0.0) ** 2, axis=1)
        done = np.abs(loss[active] - new_loss) <= SETTLED * new_loss + rounding
        loss[active] = new_loss
        settled[active] = done
        active = active[~done]
    return theta, projection, settled, weight, scale, residual


def _spikes(position, values, used, n_unknowns):
    """Return which stations stand out of the running median along the profile (n_profiles, n_stations)."""
    order = np.argsort(position[0], kind="stable")
    ordered = np.where(used, values, np.nan)[:, order]
    padded = np.pad(ordered, ((0, 0), (WINDOW // 2, WINDOW // 2)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=1)
    middle = np.where(used[:, order], np.nanmedian(np.where(used[:, order, None], windows, 0.0), axis=2), 0.0)
    off = np.abs(np.where(used[:, order], ordered - middle, 0.0))
    sd = MAD_TO_SD * np.nanmedian(np.where(used[:, order], off, np.nan), axis=1)
    found = np.zeros_like(used)
    found[:, order] = off > SPIKE * sd[:, None]
    found[used.sum(axis=1) - found.sum(axis=1) <= n_unknowns] = False
    return found
