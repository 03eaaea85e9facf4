"""Variable projection: damped Gauss-Newton over the non-linear parameters of many profiles at once.

At every point the linear coefficients, those of the background included, take their best values, so that
only the misfit as a function of place and depth is left to minimise. The Jacobian is Kaufman's.

References
----------
Golub, G. H., and Pereyra, V. (1973). The differentiation of pseudo-inverses and nonlinear least squares problems
whose variables separate. SIAM J. Numer. Anal. 10(2), 413-432.
Kaufman, L. (1975). A variable projection method for solving separable nonlinear least squares problems.
BIT 15, 49-57.
"""

from dataclasses import dataclass

import numpy as np

from .observations import dot, project_out

MAX_ITERATIONS = 80
STEP_TOLERANCE = 1e-8  #: of a step, relative to the depth
GAIN_TOLERANCE = 1e-12  #: of the foreseen fall of the sum of squares, relative to it
FIRST_DAMPING = 1e-3
TINY = np.finfo(float).tiny
FIELDS = ("sse", "coefficients", "descent", "hessian", "triangle")
SMALLEST_NORM = 1e-12  #: of a curve after the others were projected out, relative to before


@dataclass
class Projection:
    """The separable problem at one ``theta``: everything the next step needs, one row per profile."""

    sse: np.ndarray
    coefficients: np.ndarray
    descent: np.ndarray
    hessian: np.ndarray
    triangle: np.ndarray  #: of the QR decomposition of the bodies' curves: (n_profiles, n_curves, n_curves)

    def rows(self, rows):
        """Return some of the profiles."""
        return Projection(*(getattr(self, name)[rows] for name in FIELDS))

    def put(self, rows, other, source):
        """Overwrite ``rows`` by the rows ``source`` of another projection."""
        for name in FIELDS:
            getattr(self, name)[rows] = getattr(other, name)[source]


def project(basis, observations, theta):
    """Solve the linear part at ``theta``.

    Parameters
    ----------
    basis : DipoleBasis or SheetBasis
    observations : Observations
    theta : ndarray (n_profiles, n)

    Returns
    -------
    Projection
        With the negative gradient of ``sse / 2`` by ``theta`` and its Gauss-Newton matrix.
    """
    curves = basis.columns(observations.position, theta)
    count = len(curves)
    triangle = np.zeros((len(theta), count, count))
    heights = np.zeros((len(theta), count))
    residual = observations.values.copy()
    units = []
    for column, curve in enumerate(curves):
        if observations.weight is not None:
            curve *= observations.weight
        before = np.sqrt(dot(curve, curve))
        project_out(observations.spanned, curve)
        for row, unit in enumerate(units):
            triangle[:, row, column] = dot(unit, curve)
            curve -= triangle[:, row, column, None] * unit
        norm = np.maximum(np.sqrt(dot(curve, curve)), SMALLEST_NORM * before)
        triangle[:, column, column] = norm
        curve /= norm[:, None]
        heights[:, column] = dot(curve, residual)
        residual -= heights[:, column, None] * curve
        units.append(curve)
    coefficients = _back_substitute(triangle, heights)
    slopes = basis.derivatives(observations.position, theta, coefficients)
    descent = np.empty((len(theta), len(slopes)))
    hessian = np.empty((len(theta), len(slopes), len(slopes)))
    for row, slope in enumerate(slopes):
        if observations.weight is not None:
            slope *= observations.weight
        project_out(observations.spanned, slope)
        project_out(units, slope)
        descent[:, row] = dot(slope, residual)
        for column in range(row + 1):
            hessian[:, row, column] = hessian[:, column, row] = dot(slope, slopes[column])
    return Projection(dot(residual, residual), coefficients, descent, hessian, triangle)


def minimise(basis, observations, theta, lower, upper, max_iterations=MAX_ITERATIONS):
    """Return the minimum next to ``theta`` inside a box.

    Parameters are those of :func:`project`, with ``lower`` and ``upper`` (n_profiles, n) the box.

    Returns
    -------
    theta : ndarray (n_profiles, n)
    projection : Projection
        At that ``theta``.
    converged : ndarray of bool (n_profiles,)
    """
    best_theta = np.minimum(np.maximum(theta, lower), upper)
    best = project(basis, observations, best_theta)
    converged = best.sse <= 0.0
    rows = np.flatnonzero(~converged)  # of the profiles still on their way; all that follows holds these alone
    theta, lower, upper, here = best_theta[rows], lower[rows], upper[rows], best.rows(rows)
    observations, damping = observations.rows(rows), np.full(len(rows), FIRST_DAMPING)
    for _ in range(max_iterations):
        if not rows.size:
            break
        step, foreseen = _damped_step(here, theta, lower, upper, damping)
        trial_theta = np.minimum(np.maximum(theta + step, lower), upper)
        trial = project(basis, observations, trial_theta)
        fall = here.sse - trial.sse
        better = fall >= 0.0
        size = np.abs((trial_theta - theta) / basis.step_scale(theta)).max(axis=1)
        ease = 1.0 - (2.0 * np.minimum(np.maximum(fall / np.maximum(foreseen, TINY), 0.0), 2.0) - 1.0) ** 3
        damping = np.where(better, np.maximum(damping * np.maximum(ease, 0.1), 1e-9), np.maximum(damping, 1e-3) * 8.0)
        if better.all():
            theta, here = trial_theta, trial
        else:
            theta = np.where(better[:, None], trial_theta, theta)
            here.put(better, trial, better)
        # too little left to gain ends the search, whether or not rounding let the step be better
        done = (size < STEP_TOLERANCE) | (foreseen < GAIN_TOLERANCE * here.sse)
        if done.any():
            best_theta[rows], converged[rows[done]] = theta, True
            best.put(rows, here, slice(None))
            left = ~done
            rows, theta, lower, upper, here = rows[left], theta[left], lower[left], upper[left], here.rows(left)
            observations, damping = observations.rows(left), damping[left]
    best_theta[rows] = theta
    best.put(rows, here, slice(None))
    return best_theta, best, converged


def _damped_step(here, theta, lower, upper, damping):
    """Return the Levenberg-Marquardt step, with entries held at a bound left out, and the fall it promises."""
    descent, matrix = here.descent, here.hessian.copy()
    diagonal = np.einsum("nii->ni", matrix)
    extra = damping[:, None] * diagonal
    held = ((theta <= lower) & (descent < 0)) | ((theta >= upper) & (descent > 0))
    if held.any():
        descent = np.where(held, 0.0, descent)
        matrix[held[:, :, None] | held[:, None, :]] = 0.0
    diagonal += extra + 1e-14 * diagonal.max(axis=1, keepdims=True)
    diagonal[held | (diagonal <= 0.0)] = 1.0
    step = np.linalg.solve(matrix, descent[..., None])[..., 0]
    return step, dot(step, descent + extra * step)


def _back_substitute(triangle, heights):
    """Solve the upper triangular systems (n_profiles, count, count)."""
    solution = heights.copy()
    for row in range(heights.shape[1] - 1, -1, -1):
        for column in range(row + 1, heights.shape[1]):
            solution[:, row] -= triangle[:, row, column] * solution[:, column]
        solution[:, row] /= np.maximum(triangle[:, row, row], TINY)
    return solution
