"""What an inversion returns: frozen dataclasses shared by the maths, the tools and the reports."""

from dataclasses import dataclass, fields
from typing import Optional

import numpy as np

from ..errors import DataError
from .bodies import parameter_names

OK = "ok"
AT_BOUND = "at_bound"
NOT_COVERED = "not_covered"
AMBIGUOUS_SHAPE = "ambiguous_shape"
NOT_CONVERGED = "not_converged"
STATUS_SENTENCES = {
    OK: "The body is found inside the profile.",
    AT_BOUND: "The answer sits on a bound of the search: the profile does not determine it.",
    NOT_COVERED: "The profile does not cover the body: it lies beyond the ends or deeper than half the length.",
    AMBIGUOUS_SHAPE: "Two shapes fit equally well: the depth depends on the shape that is assumed.",
    NOT_CONVERGED: "The search stopped before it settled: read the answer as approximate.",
}


@dataclass(frozen=True)
class Bounds:
    """Where a body may be looked for; ``None`` leaves the default.

    Attributes
    ----------
    x0_m : (low, high), optional
        Default: a quarter of the profile's length beyond its ends.
    depth_m : (low, high), optional
        Default: one median station spacing to the profile's length.
    angle_deg : (low, high), optional
        Within one turn; ``high`` may exceed 360 for a range across 0. Default: any.
    k : (low, high), optional
        In the unit of the shape. Default: any.
    half_m : (low, high), optional
        Of a sheet. Default: any.
    """

    x0_m: Optional[tuple] = None
    depth_m: Optional[tuple] = None
    angle_deg: Optional[tuple] = None
    k: Optional[tuple] = None
    half_m: Optional[tuple] = None

    def __post_init__(self):
        for entry in fields(self):
            span = getattr(self, entry.name)
            if span is not None and not (len(span) == 2 and span[0] < span[1]):
                raise DataError(f"Bounds of {entry.name}: give a lower and a higher number, not {span}.")
        if self.depth_m is not None and self.depth_m[0] <= 0:
            raise DataError(f"Bounds of depth_m: both must be more than 0 m, not {self.depth_m}.")
        if self.angle_deg is not None and self.angle_deg[1] - self.angle_deg[0] >= 360:
            raise DataError(f"Bounds of angle_deg: the range {self.angle_deg} is a whole turn; leave it out.")


@dataclass(frozen=True)
class Inversion:
    """The bodies under one or many profiles.

    Attributes
    ----------
    shape, background : str
    robust : bool
        Whether the Cauchy loss was minimised instead of the sum of squares.
    x_m, observed_mv, fitted_mv : ndarray (n_profiles, n_stations)
        m and mV; observed is NaN where no value was used.
    x0_m, depth_m, angle_deg, k, half_m : ndarray (n_profiles, n_bodies)
        In canonical form, bodies in order along the profile; ``half_m`` is NaN but for the sheet.
    background_coefficients : ndarray (n_profiles, n_terms)
        In powers of the distance: mV, mV/m, mV/m².
    covariance : ndarray (n_profiles, n_parameters, n_parameters)
        Linearised, in the order of ``parameter_names``.
    condition : ndarray (n_profiles,)
        Condition number of the Jacobian with its columns scaled to unit length.
    loss : ndarray (n_profiles,)
        What was minimised, mV²: the sum of squares or, if robust, its Cauchy counterpart.
    scale_mv : ndarray (n_profiles,)
        Scale of the Cauchy loss; infinite when not robust.
    status : ndarray of str (n_profiles,)
        A key of ``STATUS_SENTENCES``.
    """

    shape: str
    background: str
    robust: bool
    x_m: np.ndarray
    observed_mv: np.ndarray
    fitted_mv: np.ndarray
    x0_m: np.ndarray
    depth_m: np.ndarray
    angle_deg: np.ndarray
    k: np.ndarray
    half_m: np.ndarray
    background_coefficients: np.ndarray
    covariance: np.ndarray
    condition: np.ndarray
    loss: np.ndarray
    scale_mv: np.ndarray
    status: np.ndarray

    @property
    def n_profiles(self):
        """Number of profiles."""
        return len(self.x0_m)

    @property
    def n_bodies(self):
        """Number of bodies per profile."""
        return self.x0_m.shape[1]

    @property
    def parameter_names(self):
        """Names in the order of ``covariance``: each body's, then ``background_0``..."""
        names = parameter_names(self.shape)
        if self.n_bodies > 1:
            names = [f"{name}_{body + 1}" for body in range(self.n_bodies) for name in names]
        terms = self.background_coefficients.shape[1]
        return (*names, *(f"background_{power}" for power in range(terms)))

    @property
    def residual_mv(self):
        """Observed minus fitted (n_profiles, n_stations), mV; NaN where no value was used."""
        return self.observed_mv - self.fitted_mv

    @property
    def n_used(self):
        """Number of stations used (n_profiles,)."""
        return np.isfinite(self.observed_mv).sum(axis=1)

    @property
    def sse(self):
        """Sum of squared residuals (n_profiles,), mV²."""
        return np.nansum(self.residual_mv**2, axis=1)

    @property
    def rms_mv(self):
        """Root mean square residual (n_profiles,), mV."""
        return np.sqrt(self.sse / self.n_used)

    @property
    def bic(self):
        """Bayesian information criterion (n_profiles,): lower is better, on the same stations and loss."""
        tiny = np.finfo(float).tiny
        return self.n_used * np.log(np.maximum(self.loss / self.n_used, tiny)) + len(self.parameter_names) * np.log(
            self.n_used
        )

    @property
    def correlation(self):
        """Correlation matrix of the parameters (n_profiles, n_parameters, n_parameters)."""
        sd = np.sqrt(np.einsum("nii->ni", self.covariance))
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.covariance / (sd[:, :, None] * sd[:, None, :])

    def sd(self, name):
        """Return the standard deviation (n_profiles, n_bodies) of a body parameter such as ``"depth_m"``.

        NaN for a parameter the shape does not have.
        """
        names = parameter_names(self.shape)
        if name not in names:
            return np.full(self.x0_m.shape, np.nan)
        index = names.index(name) + len(names) * np.arange(self.n_bodies)
        return np.sqrt(self.covariance[:, index, index])
