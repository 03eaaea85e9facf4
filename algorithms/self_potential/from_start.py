"""Classic damped least squares from a user's start, in the full parameters of one body."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from ..errors import DataError
from . import background as polynomial
from .assembly import answer_fields, status_of
from .bodies import SHEET, parameter_names, potential
from .canonical import canonical
from .covariance import design
from .inversion import invert_profiles, n_unknowns
from .linear_fit import background_fit
from .profiles import prepare
from .results import Inversion

MOST_EVALUATIONS = 2000
SAME_MISFIT = 1e-6  #: relative difference of the sums of squares


@dataclass(frozen=True)
class FromStart:
    """Where a start value led.

    Attributes
    ----------
    reached : Inversion
        The minimum that damped least squares found from the start.
    best : Inversion
        The deepest minimum, found without a start: the answer whatever the start was.
    same : bool
        Whether they are one minimum.
    n_evaluations : int
        Of the forward curve.
    """

    reached: Inversion
    best: Inversion
    same: bool
    n_evaluations: int

    @property
    def sentence(self):
        """What the start was worth, in words."""
        if self.same:
            return "Damped least squares from the start leads to the best answer."
        return (
            f"Damped least squares from the start ends in another minimum (rms {self.reached.rms_mv[0]:.4g} mV "
            f"instead of {self.best.rms_mv[0]:.4g} mV): use the best answer, or start nearer to it."
        )


def invert_from_start(x_m, v_mv, start, shape="sphere", background="linear"):
    """Fit one body to one profile by Levenberg-Marquardt from given parameters.

    Parameters
    ----------
    x_m, v_mv : array_like (n_stations,)
        m and mV; NaN where missing.
    start : sequence of float
        ``x0_m, depth_m, angle_deg, k`` and, for a sheet, ``half_m``. The background starts at its best for them.
    shape, background : str
        As for :func:`.inversion.invert_profiles`.

    Returns
    -------
    FromStart

    Raises
    ------
    DataError
        The profile cannot be inverted, or the start is not usable.
    """
    best = invert_profiles(x_m, v_mv, shape, background)
    start = _checked(start, shape)
    profiles = prepare(x_m, v_mv, n_unknowns(shape, background))
    used = profiles.used[0]
    x_m, values, position = profiles.x_m[0, used], profiles.values[0, used], profiles.position[0, used]
    terms = polynomial.columns(position, background).T
    count = len(start)

    def residual(full):
        return potential(shape, x_m, *full[:count]) + terms @ full[count:] - values

    def slopes(full):
        bodies = [np.array([[value]]) for value in full[:count]]
        return design(shape, bodies, x_m[None], position[None], background)[0]

    first, _ = background_fit((values - potential(shape, x_m, *start))[None], position[None], background)
    fit = least_squares(
        residual, np.concatenate([start, first[0]]), slopes, method="lm", x_scale="jac", max_nfev=MOST_EVALUATIONS
    )
    found = [np.array([[value]]) for value in canonical(shape, *fit.x[:count])]
    if shape != SHEET:
        found.append(np.full((1, 1), np.nan))
    full_residual = np.zeros(profiles.values.shape)
    full_residual[0, used] = -fit.fun
    rows = np.array([0])
    fields = answer_fields(
        profiles, rows, shape, background, tuple(found), fit.x[None, count:], full_residual, np.full(1, np.inf)
    )
    reached = Inversion(
        shape=shape,
        background=background,
        robust=False,
        x_m=profiles.x_m,
        observed_mv=profiles.observed_mv,
        status=status_of(profiles, rows, found, np.array([fit.success])),
        **fields,
    )
    energy = np.sum(values**2)
    same = bool(abs(reached.sse[0] - best.sse[0]) <= SAME_MISFIT * best.sse[0] + np.finfo(float).eps * energy)
    return FromStart(reached, best, same, fit.nfev)


def _checked(start, shape):
    """Return the start as an array, or raise DataError."""
    names = parameter_names(shape)
    start = np.asarray(start, dtype=float)
    if start.shape != (len(names),) or not np.isfinite(start).all():
        raise DataError(f"The start needs {len(names)} numbers for a {shape}: {', '.join(names)}.")
    if start[1] == 0.0 or start[3] == 0.0:
        raise DataError("The start needs a depth and a k other than zero: without them there is no anomaly.")
    return start
