"""Inversion of self-potential profiles: from the measured curve to the body, without a start value.

The polarisation and the background are linear in the curve, so only place and depth are searched: globally on a
grid, then by variable projection. Thousands of profiles that share their stations go through together.
"""

import numpy as np

from ..errors import DataError
from ..progress import silent
from . import background as polynomial
from .basis import basis_of
from .bodies import SHAPES, SHEET, parameter_names, potential
from .covariance import design, inverse_normal_matrix, to_natural_background
from .linear_fit import residual_of
from .observations import observe
from .profiles import prepare
from .results import AT_BOUND, NOT_CONVERGED, NOT_COVERED, OK, Bounds, Inversion
from .robust import cauchy_loss, robust_search
from .search import Box, search

CHUNK = 512  #: profiles inverted together: bounds the memory
MARGIN = 0.25  #: of the profile's length, searched beyond its ends
AT_EDGE = 1e-6  #: of the box in ``theta``
MOST_BODIES = 3


def n_unknowns(shape, background, n_bodies=1):
    """Return the number of unknowns of bodies on a background."""
    return len(parameter_names(shape)) * n_bodies + polynomial.n_terms(background)


def invert_profiles(
    x_m, v_mv, shape="sphere", background="linear", robust=False, bodies=1, bounds=None, progress=silent
):
    """Find the bodies under self-potential profiles.

    Parameters
    ----------
    x_m : array_like (n_stations,) or (n_profiles, n_stations)
        Distances along the profile, m, in any order.
    v_mv : array_like (n_stations,) or (n_profiles, n_stations)
        Self-potential, mV; NaN where a station is missing.
    shape : str
        One of ``bodies.SHAPES``.
    background : str
        One of ``background.BACKGROUNDS``.
    robust : bool
        Minimise the Cauchy loss, which single wrong stations do not pull, instead of the sum of squares.
    bodies : int
        1 to 3, of the same shape.
    bounds : Bounds, optional
        Where to look; see :class:`.results.Bounds` for the default.
    progress : Progress
        Called per chunk of profiles.

    Returns
    -------
    Inversion

    Raises
    ------
    DataError
        A profile cannot be inverted (see :func:`.profiles.problems`), or an option is not known.
    Cancelled
        By ``progress``.
    """
    _check_options(shape, background, bodies)
    unknowns = n_unknowns(shape, background, bodies)
    profiles = prepare(x_m, v_mv, unknowns)
    bounds = bounds or Bounds()
    total = len(profiles.values)
    parts, places = [], []
    for group in np.unique(profiles.group):
        members = np.flatnonzero(profiles.group == group)
        for box, rows in _boxes(profiles, members, bounds):
            for start in range(0, len(rows), CHUNK):
                done = sum(len(place) for place in places)
                progress(done / total, f"Inverting profile {done + 1} of {total}" if total > 1 else "Inverting")
                chunk = rows[start : start + CHUNK]
                parts.append(_invert_chunk(profiles, chunk, shape, background, robust, bodies, box))
                places.append(chunk)
    order = np.argsort(np.concatenate(places))
    fields = {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}
    progress(1.0, "")
    return Inversion(
        shape=shape,
        background=background,
        robust=robust,
        x_m=profiles.x_m,
        observed_mv=profiles.observed_mv,
        **fields,
    )


def _check_options(shape, background, bodies):
    """Refuse what is not known, with a sentence."""
    if shape not in SHAPES:
        raise DataError(f"Body '{shape}' is not known: choose one of {', '.join(SHAPES)}.")
    if background not in polynomial.BACKGROUNDS:
        raise DataError(f"Background '{background}' is not known: choose one of {', '.join(polynomial.BACKGROUNDS)}.")
    if bodies not in range(1, MOST_BODIES + 1):
        raise DataError(f"{bodies} bodies cannot be fitted: choose 1 to {MOST_BODIES}.")


def _boxes(profiles, members, bounds):
    """Return ``(box, rows)`` such that all rows of a box share it."""
    length, origin = profiles.length_m[members], profiles.origin_m[members]
    low = np.full(len(members), -MARGIN) if bounds.x0_m is None else (bounds.x0_m[0] - origin) / length
    high = np.full(len(members), 1.0 + MARGIN) if bounds.x0_m is None else (bounds.x0_m[1] - origin) / length
    top = profiles.spacing[members] if bounds.depth_m is None else bounds.depth_m[0] / length
    base = np.ones(len(members)) if bounds.depth_m is None else bounds.depth_m[1] / length
    corners, which = np.unique(np.stack([low, high, top, base], axis=1), axis=0, return_inverse=True)
    which = which.ravel()
    return [
        (Box((corner[0], corner[1]), (corner[2], corner[3])), members[which == index])
        for index, corner in enumerate(corners)
    ]


def _invert_chunk(profiles, rows, shape, background, robust, n_bodies, box):
    """Return the fields of :class:`Inversion` for profiles that share their stations and their box."""
    position, values, used = profiles.position[rows[:1]], profiles.values[rows], profiles.used[rows]
    unknowns = n_unknowns(shape, background, n_bodies)
    basis = basis_of(shape, n_bodies)
    if robust:
        theta, projection, converged, weight, scale = robust_search(
            shape, n_bodies, position, values, used, background, box, unknowns
        )
    else:
        weight = None if used.all() else used.astype(float)
        theta, projection, converged = search(shape, n_bodies, observe(position, values, background, weight), box)
        scale = np.full(len(rows), np.inf)
    terms, residual = residual_of(basis, theta, projection.coefficients, position, values, background, weight)
    origin, length = profiles.origin_m[rows], profiles.length_m[rows]
    found = basis.parameters(theta, projection.coefficients, origin, length)
    along = np.argsort(found[0], axis=1, kind="stable")
    found = tuple(np.take_along_axis(values, along, axis=1) for values in found)
    x_m, position = profiles.x_m[rows], profiles.position[rows]
    natural = polynomial.powers_of_distance(terms, origin, length)
    matrix = design(shape, found, x_m, position, background)
    matrix[~used] = 0.0
    inverse, condition = inverse_normal_matrix(matrix)
    variance = _noise_variance(residual, used, scale, unknowns)
    covariance = to_natural_background(inverse * variance[:, None, None], origin, length, terms.shape[1])
    fitted = polynomial.evaluate(natural, x_m) + sum(
        potential(shape, x_m, *(value[:, body] for value in found)) for body in range(n_bodies)
    )
    loss = cauchy_loss(residual, scale, used) if robust else np.sum(np.where(used, residual, 0.0) ** 2, axis=1)
    return {
        **dict(zip(("x0_m", "depth_m", "angle_deg", "k", "half_m"), found)),
        "fitted_mv": fitted,
        "background_coefficients": natural,
        "covariance": covariance,
        "condition": condition,
        "loss": loss,
        "scale_mv": scale,
        "status": _status(shape, n_bodies, theta, converged, found, x_m, used, box),
    }


def _noise_variance(residual, used, scale, unknowns):
    """Return the variance (n_profiles,), mV², that turns the inverse normal matrix into the covariance.

    With the Cauchy loss this is Huber's, from the influence of the residuals and its mean slope.
    """
    residual, count = np.where(used, residual, 0.0), used.sum(axis=1)
    ratio = 1.0 / (1.0 + (residual / scale[:, None]) ** 2)  # the weights; 1 for least squares
    influence = np.sum((ratio * residual) ** 2, axis=1) / (count - unknowns)
    slope = np.sum(np.where(used, (2.0 * ratio - 1.0) * ratio, 0.0), axis=1) / count
    return influence / np.maximum(slope, 0.1) ** 2


def _status(shape, n_bodies, theta, converged, found, x_m, used, box):
    """Return the status code of each profile."""
    low, high = (np.tile(edge, n_bodies) for edge in box.edges(shape))
    tolerance = AT_EDGE * (high - low)
    at_bound = ((theta <= low + tolerance) | (theta >= high - tolerance)).any(axis=1)
    first = np.where(used, x_m, np.inf).min(axis=1)[:, None]
    last = np.where(used, x_m, -np.inf).max(axis=1)[:, None]
    x0_m, depth_m = found[0], found[1]
    outside = ((x0_m < first) | (x0_m > last) | (depth_m > 0.5 * (last - first))).any(axis=1)
    status = np.where(outside, NOT_COVERED, OK).astype("U20")
    status[at_bound] = AT_BOUND
    status[~converged] = NOT_CONVERGED
    return status
