"""The answer for one line, whichever method gave it: what the tools write and the reports show."""

from dataclasses import dataclass, field, fields, replace
from typing import Optional

import numpy as np

from . import background as polynomial
from .bodies import parameter_names
from .results import STATUS_SENTENCES, Inversion

WITHIN_95 = 1.959964  #: standard deviations of a normal distribution that hold 95 %


@dataclass(frozen=True)
class Answer:
    """What is known of one line.

    Attributes
    ----------
    index : int
        Of the line in the survey.
    inversion : Inversion or None
        Of this one profile; None where it could not be inverted.
    sd : dict of str to ndarray (n_bodies,)
        Standard deviation of each parameter, by the method asked for.
    interval : dict of str to ndarray (2, n_bodies)
        Lower and upper end of the 95 % interval of each parameter.
    weight : float
        Probability of the shape among those tried, by the Bayesian information criterion; NaN when it was given.
    remarks : tuple of str
        What the reader must know beside the status.
    alternatives : tuple of Alternative
        The shapes and backgrounds tried, for the report.
    posterior : DepthPosterior or None
        For the report.
    problem : str
        Why the line could not be inverted; empty where it could.
    """

    index: int
    inversion: Optional[Inversion]
    sd: dict = field(default_factory=dict)
    interval: dict = field(default_factory=dict)
    weight: float = np.nan
    remarks: tuple = ()
    alternatives: tuple = ()
    posterior: object = None
    problem: str = ""

    @property
    def status(self):
        """What the answer is worth, in sentences."""
        if self.inversion is None:
            return self.problem
        return " ".join((STATUS_SENTENCES[str(self.inversion.status[0])], *self.remarks))

    @property
    def rms_percent(self):
        """Root mean square residual as a percentage of the range of the observed values."""
        observed = self.inversion.observed_mv[0]
        return 100.0 * float(self.inversion.rms_mv[0] / (np.nanmax(observed) - np.nanmin(observed)))

    @property
    def regional_mv(self):
        """The background (n_stations,), mV."""
        return polynomial.evaluate(self.inversion.background_coefficients, self.inversion.x_m)[0]

    def with_report(self, alternatives, posterior):
        """Return the answer with what only the report shows."""
        return replace(self, alternatives=alternatives, posterior=posterior)


@dataclass(frozen=True)
class Alternative:
    """One shape and background that was tried on a line: ``inversion`` of this one profile, BIC ``weight``."""

    inversion: Inversion
    weight: float


def failed(index, problem):
    """Return the answer for a line that cannot be inverted."""
    return Answer(index, None, problem=f"Not inverted: the line {problem}")


def answer_of(index, inversion, row, **more):
    """Return the answer for one profile of an inversion, with the standard deviations of its covariance.

    Parameters
    ----------
    index : int
        Of the line in the survey.
    inversion : Inversion
    row : int
        Of the line in the inversion.
    **more
        Further fields of :class:`Answer`.
    """
    one = one_profile(inversion, row)
    names = parameter_names(one.shape)
    sd = {name: one.sd(name)[0] for name in names}
    interval = {name: getattr(one, name)[0] + np.array([[-WITHIN_95], [WITHIN_95]]) * sd[name] for name in names}
    return Answer(index, one, sd, interval, **more)


def one_profile(inversion, row):
    """Return one profile of an inversion as an inversion."""
    taken = {
        entry.name: getattr(inversion, entry.name)[row : row + 1]
        for entry in fields(inversion)
        if isinstance(getattr(inversion, entry.name), np.ndarray)
    }
    return replace(inversion, **taken)
