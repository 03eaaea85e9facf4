"""One body inside bounds of any of its parameters, where the free answer lies outside them.

A coarse grid over the whole bounded space gives the starts, scipy's trust-region method the minimum.
"""

import numpy as np
from scipy.optimize import least_squares

from . import background as polynomial
from .bodies import SHEET, parameter_names, potential
from .covariance import design
from .observations import observe, project_out

N_STARTS = 4
NODES = {"x0_m": 21, "depth_m": 10, "angle_deg": 12, "half_m": 5}  #: of the grid
SHORTEST_SHEET = 0.05  #: half length over the depth at the shallow end of the default range
ABOVE_GROUND = 1e3  #: price, in norms of the profile per metre, of an edge above ground
OUTSIDE = 1e-6  #: of the width of a bound: less is rounding


def violated(bounds, found):
    """Return which single-body answers (n_profiles,) lie outside the bounds.

    Parameters
    ----------
    bounds : Bounds
    found : tuple of ndarray (n_profiles, 1)
        ``x0_m, depth_m, angle_deg, k, half_m``.
    """
    outside = np.zeros(len(found[0]), bool)
    for name, value in zip(("x0_m", "depth_m", "angle_deg", "k", "half_m"), found):
        span = getattr(bounds, name)
        if span is None or np.isnan(value).all():
            continue
        margin = OUTSIDE * (span[1] - span[0])
        low, high = span[0] - margin, span[1] + margin
        value = low + (value - low) % 360.0 if name == "angle_deg" else value
        outside |= ((value < low) | (value > high))[:, 0]
    return outside


def bounded_fit(shape, background, x_m, position, values, weight, bounds, corner, scale):
    """Return the best body inside the bounds under one profile.

    Parameters
    ----------
    shape, background : str
    x_m, position, values : ndarray (n_stations,)
        Used stations only: m, over the profile's length, and mV.
    weight : ndarray (n_stations,)
        Root weights by which the starts are chosen; the fit finds its own.
    bounds : Bounds
    corner : tuple of float
        Lowest and highest x0 and depth where no bound is given, m.
    scale : float
        Of the Cauchy loss, mV; infinite for least squares.

    Returns
    -------
    parameters : ndarray (n_parameters,)
        Of the body, in the order of ``bodies.parameter_names``.
    terms : ndarray (n_terms,)
        Of the scaled background.
    residual : ndarray (n_stations,)
        mV.
    """
    low, high = _limits(shape, bounds, corner)
    terms = polynomial.columns(position, background).T
    count = len(low)
    open_ends = np.full(terms.shape[1], np.inf)

    price = ABOVE_GROUND * np.linalg.norm(values)

    def misfit(full):
        curve = potential(shape, x_m, *full[:count]) + terms @ full[count:] - values
        return np.append(curve, price * max(_emerging(shape, full), 0.0))

    def slopes(full):
        bodies = [np.array([[value]]) for value in full[:count]]
        curve = design(shape, bodies, x_m[None], position[None], background)[0]
        wall = np.zeros(curve.shape[1])
        if _emerging(shape, full) > 0.0:
            sine, cosine = np.sin(np.radians(full[2])), np.cos(np.radians(full[2]))
            wall[[1, 2, 4]] = -price, price * full[4] * cosine * np.pi / 180.0, price * sine
        return np.vstack([curve, wall])

    loss = {"loss": _cauchy_but_the_last, "f_scale": scale} if np.isfinite(scale) else {}
    fits = []
    for start in _starts(shape, background, x_m, position, values, weight, low, high):
        body = potential(shape, x_m, *start)
        first = np.linalg.lstsq(terms, values - body, rcond=None)[0]
        fits.append(
            least_squares(
                misfit,
                np.concatenate([start, first]),
                slopes,
                bounds=(np.concatenate([low, -open_ends]), np.concatenate([high, open_ends])),
                x_scale="jac",
                **loss,
            )
        )
    best = min(fits, key=lambda fit: fit.cost)
    return best.x[:count], best.x[count:], -best.fun[:-1]


def _cauchy_but_the_last(square):
    """Return the Cauchy loss of squared residuals with two derivatives; the last, the wall, stays quadratic."""
    curve = 1.0 + square
    loss = np.stack([np.log1p(square), 1.0 / curve, -1.0 / curve**2])
    loss[:, -1] = square[-1], 1.0, 0.0
    return loss


def _emerging(shape, full):
    """Return how far, m, the upper edge of a sheet stands above ground; negative below, and for other shapes.

    An edge above ground has the curve of its mirror image, so it would evade the bounds of depth and length.
    """
    return full[4] * np.sin(np.radians(full[2])) - full[1] if shape == SHEET else -1.0


def _limits(shape, bounds, corner):
    """Return lowest and highest body parameters."""
    default = {
        "x0_m": corner[:2],
        "depth_m": corner[2:],
        "angle_deg": (0.0, 180.0) if shape == SHEET else (-360.0, 720.0),
        "k": (-np.inf, np.inf) if shape == SHEET else (0.0, np.inf),
        "half_m": (SHORTEST_SHEET * corner[2], corner[3]),
    }
    spans = [getattr(bounds, name) or default[name] for name in parameter_names(shape)]
    return np.array(spans, dtype=float).T


def _starts(shape, background, x_m, position, values, weight, low, high):
    """Return the nodes of a coarse grid that fit best, each with the best k in its bounds."""
    names = parameter_names(shape)
    axes = []
    for name, bottom, top in zip(names, low, high):
        if name == "angle_deg":
            axes.append(np.linspace(bottom, min(top, bottom + 360.0), NODES[name]))
        elif name in ("depth_m", "half_m"):
            axes.append(np.geomspace(bottom, top, NODES[name]))
        elif name == "x0_m":
            axes.append(np.linspace(bottom, top, NODES[name]))
        else:
            axes.append(np.ones(1))
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(names))
    view = observe(position[None], values[None], background, weight[None])
    curves = project_out(view.spanned, potential(shape, x_m, *nodes.T) * weight)
    if shape == SHEET:
        curves[nodes[:, 4] * np.sin(np.radians(nodes[:, 2])) >= nodes[:, 1]] = 0.0
    energy = np.einsum("ns,ns->n", curves, curves) + np.finfo(float).tiny
    index = names.index("k")
    strength = np.clip(curves @ view.values[0] / energy, low[index], high[index])
    gain = strength * (2.0 * (curves @ view.values[0]) - strength * energy)
    chosen = np.argsort(-gain, kind="stable")[:N_STARTS]
    nodes[:, index] = strength
    inside = np.where(np.isfinite(high - low), 1e-6 * (high - low), 0.0)
    return np.clip(nodes[chosen], low + inside, high - inside)
