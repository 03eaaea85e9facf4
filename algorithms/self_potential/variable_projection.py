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
SMALLEST_NORM = 1e-12  #: of a curve after the others were projected out, relative to before


@dataclass
class Projection:
    """The separable problem at one ``theta``: everything the next step needs, one row per profile."""

    sse: np.ndarray
    coefficients: np.ndarray
    descent: np.ndarray
    hessian: np.ndarray
    triangle: np.ndarray  #: of the QR decomposition of the bodies' curves: (n_profiles, n_curves, n_curves)

    def put(self, rows, other, source):
        """Overwrite ``rows`` by the rows ``source`` of another projection."""
        for name in ("sse", "coefficients", "descent", "hessian", "triangle"):
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
    theta = np.clip(theta, lower, upper)
    here = project(basis, observations, theta)
    damping = np.full(len(theta), 1e-3)
    converged = here.sse <= 0.0
    active = np.flatnonzero(~converged)
    for _ in range(max_iterations):
        if not active.size:
            break
        step = _damped_step(here, theta, lower, upper, damping, active)
        trial_theta = np.clip(theta[active] + step, lower[active], upper[active])
        trial = project(basis, observations.rows(active), trial_theta)
        better = trial.sse <= here.sse[active]
        foreseen = 2.0 * dot(step, here.descent[active]) - dot(step, (here.hessian[active] @ step[..., None])[..., 0])
        gain = (here.sse[active] - trial.sse) / np.maximum(foreseen, np.finfo(float).tiny)
        size = np.abs((trial_theta - theta[active]) / basis.step_scale(theta[active])).max(axis=1)
        theta[active[better]] = trial_theta[better]
        here.put(active[better], trial, better)
        ease = np.clip(1.0 - (2.0 * np.clip(gain, -1.0, 2.0) - 1.0) ** 3, 0.1, 2.0)
        damping[active] = np.where(better, np.maximum(damping[active] * ease, 1e-9), np.maximum(damping[active], 1e-3) * 8.0)
        # too little left to gain ends the search, whether or not rounding let the step be better
        done = (size < STEP_TOLERANCE) | (foreseen < GAIN_TOLERANCE * here.sse[active])
        converged[active] = done
        active = active[~done]
    return theta, here, converged


def _damped_step(here, theta, lower, upper, damping, active):
    """Return the Levenberg-Marquardt step of the active rows, with entries held at a bound left out."""
    descent, hessian = here.descent[active], here.hessian[active].copy()
    held = ((theta[active] <= lower[active]) & (descent < 0)) | ((theta[active] >= upper[active]) & (descent > 0))
    descent = np.where(held, 0.0, descent)
    hessian[held[:, :, None] | held[:, None, :]] = 0.0
    diagonal = np.einsum("nii->ni", hessian)
    largest = diagonal.max(axis=1, keepdims=True)
    diagonal += damping[active, None] * diagonal + 1e-14 * largest
    diagonal[held | (diagonal <= 0.0)] = 1.0
    return np.linalg.solve(hessian, descent[..., None])[..., 0]


def _back_substitute(triangle, heights):
    """Solve the upper triangular systems (n_profiles, count, count)."""
    solution = heights.copy()
    for row in range(heights.shape[1] - 1, -1, -1):
        for column in range(row + 1, heights.shape[1]):
            solution[:, row] -= triangle[:, row, column] * solution[:, column]
        solution[:, row] /= np.maximum(triangle[:, row, row], np.finfo(float).tiny)
    return solution
