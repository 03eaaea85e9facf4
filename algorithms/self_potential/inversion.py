"""Inversion of self-potential profiles: from the measured curve to the body, without a start value.

The polarisation and the background are linear in the curve, so only place and depth are searched: globally on a
grid, then by variable projection. Thousands of profiles that share their stations go through together.
"""

from dataclasses import replace

import numpy as np

from ..errors import DataError
from ..progress import silent
from . import background as polynomial
from .assembly import answer_fields, status_of
from .basis import basis_of
from .bodies import SHAPES, SHEET, parameter_names
from .bounded import bounded_fit, violated
from .canonical import canonical
from .linear_fit import residual_of
from .observations import observe
from .profiles import prepare
from .results import AT_BOUND, Bounds, Inversion
from .robust import robust_search
from .search import Box, search_or_refine

CHUNK = 256  #: profiles inverted together: bounds the memory
MARGIN = 0.25  #: of the profile's length, searched beyond its ends
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
    bounds = bounds or Bounds()
    _check_options(shape, background, bodies, bounds)
    unknowns = n_unknowns(shape, background, bodies)
    profiles = prepare(x_m, v_mv, unknowns)
    total, done = len(profiles.values), 0
    parts, places = [], []
    for box, rows in _shared(profiles, _of_search(shape, bounds)):
        progress(done / total, f"Inverting profile {done + 1} of {total}" if total > 1 else "Inverting")
        parts.append(_invert_chunk(profiles, rows, shape, background, robust, bodies, box, bounds))
        places.append(rows)
        done += len(rows)
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


def reinvert(inversion, index, v_mv):
    """Fit other values at the stations of one inverted profile, starting from its answer.

    Parameters
    ----------
    inversion : Inversion
    index : int
        Of the profile.
    v_mv : ndarray (n_profiles, n_stations)
        mV; NaN where missing.

    Returns
    -------
    Inversion
        Of the new profiles, with the same shape, background, loss and number of bodies.
    """
    shape, n_bodies = inversion.shape, inversion.n_bodies
    profiles = prepare(inversion.x_m[index], v_mv, n_unknowns(shape, inversion.background, n_bodies))
    rows = np.arange(len(v_mv))
    origin, length = profiles.origin_m[:1], profiles.length_m[:1]
    known = [getattr(inversion, name)[[index]] for name in ("x0_m", "depth_m", "angle_deg", "k", "half_m")]
    start = np.repeat(basis_of(shape, n_bodies).theta(known, origin, length), len(rows), axis=0)
    corner = boxes(profiles, Bounds())[0]
    box = Box((corner[0], corner[1]), (corner[2], corner[3]))
    fields = _invert_chunk(
        profiles, rows, shape, inversion.background, inversion.robust, n_bodies, box, Bounds(), start
    )
    return replace(inversion, x_m=profiles.x_m, observed_mv=profiles.observed_mv, **fields)


def _check_options(shape, background, bodies, bounds):
    """Refuse what is not known, with a sentence."""
    if shape not in SHAPES:
        raise DataError(f"Body '{shape}' is not known: choose one of {', '.join(SHAPES)}.")
    if background not in polynomial.BACKGROUNDS:
        known = ", ".join(polynomial.BACKGROUNDS)
        raise DataError(f"Background '{background}' is not known: choose one of {known}.")
    if bodies not in range(1, MOST_BODIES + 1):
        raise DataError(f"{bodies} bodies cannot be fitted: choose 1 to {MOST_BODIES}.")
    if bodies > 1 and bounds != Bounds(x0_m=bounds.x0_m, depth_m=bounds.depth_m):
        raise DataError("With several bodies only x0_m and depth_m can be bounded: leave the other bounds out.")
    if bodies > 1 and shape == SHEET and bounds != Bounds():
        raise DataError("Several sheets cannot be bounded: leave the bounds out or fit one sheet.")


def _of_search(shape, bounds):
    """Return the bounds that the search itself obeys; those of a sheet's centre are not those of its edges."""
    return Bounds() if shape == SHEET else bounds


def boxes(profiles, bounds):
    """Return lowest and highest place and depth (n_profiles, 4) in units of each profile's length."""
    length, origin = profiles.length_m, profiles.origin_m
    corners = np.empty((len(length), 4))
    corners[:, 0], corners[:, 1] = -MARGIN, 1.0 + MARGIN
    corners[:, 2], corners[:, 3] = profiles.spacing, 1.0
    if bounds.x0_m is not None:
        corners[:, :2] = (np.asarray(bounds.x0_m, float) - origin[:, None]) / length[:, None]
    if bounds.depth_m is not None:
        corners[:, 2:] = np.asarray(bounds.depth_m, float) / length[:, None]
    return corners


def _shared(profiles, bounds):
    """Return ``(box, rows)`` of the profiles that share stations and box, at most ``CHUNK`` together."""
    keys = np.column_stack([profiles.group, boxes(profiles, bounds)])
    unique, which, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(which.ravel(), kind="stable"), np.cumsum(counts)[:-1])
    chunks = []
    for key, rows in zip(unique, members):
        box = Box((key[1], key[2]), (key[3], key[4]))
        chunks += [(box, rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK)]
    return chunks


def _invert_chunk(profiles, rows, shape, background, robust, n_bodies, box, bounds, start=None):
    """Return the fields of :class:`Inversion` for profiles that share their stations and their box."""
    position, values, used = profiles.position[rows[:1]], profiles.values[rows], profiles.used[rows]
    unknowns = n_unknowns(shape, background, n_bodies)
    basis = basis_of(shape, n_bodies)
    if robust:
        theta, projection, converged, weight, scale = robust_search(
            shape, n_bodies, position, values, used, background, box, unknowns, start
        )
    else:
        weight = None if used.all() else used.astype(float)
        observations = observe(position, values, background, weight)
        theta, projection, converged = search_or_refine(shape, n_bodies, observations, box, start)
        scale = np.full(len(rows), np.inf)
    terms, residual = residual_of(basis, theta, projection.coefficients, position, values, background, weight)
    found = basis.parameters(theta, projection.coefficients, profiles.origin_m[rows], profiles.length_m[rows])
    along = np.argsort(found[0], axis=1, kind="stable")
    found = tuple(np.take_along_axis(parameter, along, axis=1) for parameter in found)
    at_bound = box.on_edge(shape, theta) & converged
    if n_bodies == 1:
        outside = np.flatnonzero(violated(bounds, found))
        for row in outside:
            _bounded(profiles, rows, row, shape, background, bounds, box, found, terms, residual, scale)
        at_bound[outside], converged[outside] = True, True
    fields = answer_fields(profiles, rows, shape, background, found, terms, residual, scale)
    fields["status"] = status_of(profiles, rows, found, converged)
    fields["status"][at_bound] = AT_BOUND
    return fields


def _bounded(profiles, rows, row, shape, background, bounds, box, found, terms, residual, scale):
    """Replace the answer of one profile, in place, by the best one inside the bounds."""
    profile = rows[row]
    origin, length, used = profiles.origin_m[profile], profiles.length_m[profile], profiles.used[profile]
    body, terms[row], residual[row, used] = bounded_fit(
        shape,
        background,
        profiles.x_m[profile, used],
        profiles.position[profile, used],
        profiles.values[profile, used],
        1.0 / np.sqrt(1.0 + (residual[row, used] / scale[row]) ** 2),
        bounds,
        (*(np.array(box.place) * length + origin), *(np.array(box.depth) * length)),
        scale[row],
    )
    for parameter, value in zip(found, canonical(shape, *body)):
        parameter[row, 0] = value
