"""Least-squares answers for the lines of a survey."""

import dataclasses

import numpy as np

from ...algorithms.progress import part
from ...algorithms.self_potential.answers import answer_of
from ...algorithms.self_potential.bootstrap import bootstrap
from ...algorithms.self_potential.inversion import MARGIN, invert_profiles, n_unknowns
from ...algorithms.self_potential.results import Bounds
from .profile_batches import batches_of

AUTO = "auto"
COVARIANCE, GRID, BOOTSTRAP = "covariance", "grid", "bootstrap"


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the user chose.

    Attributes
    ----------
    shape : str
        One of the bodies, or ``"auto"``.
    background : str
    robust : bool
    n_bodies : int
    uncertainty : str
        ``"covariance"``, ``"grid"`` or ``"bootstrap"``.
    seed : int
    x0_m, depth_m : (low, high)
        Where to look, m; None leaves an end to the maths.
    """

    shape: str
    background: str
    robust: bool
    n_bodies: int
    uncertainty: str
    seed: int
    x0_m: tuple = (None, None)
    depth_m: tuple = (None, None)


def bounds_of(settings, profiles):
    """Return the :class:`Bounds` of the search; an end the user left open is that of the widest line."""
    starts = min(profile.distance_m[0] for profile in profiles)
    ends = max(profile.distance_m[-1] for profile in profiles)
    longest = max(float(np.ptp(profile.distance_m)) for profile in profiles)
    reach = MARGIN * longest
    return Bounds(
        x0_m=_filled(settings.x0_m, (starts - reach, ends + reach)),
        depth_m=_filled(settings.depth_m, (1e-3 * longest, longest)),
    )


def _filled(given, widest):
    if given == (None, None):
        return None
    return tuple(default if end is None else end for end, default in zip(given, widest))


def invert(profiles, settings, progress):
    """Return one :class:`Answer` per profile, in their order.

    Parameters
    ----------
    profiles : sequence of Profile
    settings : Settings
    progress : Progress
    """
    shape = settings.shape
    unknowns = n_unknowns(shape, settings.background, settings.n_bodies)
    batches, answers = batches_of(profiles, unknowns)
    bounds = bounds_of(settings, profiles)
    total, done = sum(len(batch.indices) for batch in batches), 0
    for batch in batches:
        stop = done + len(batch.indices)
        answers += _answers(batch, settings, bounds, part(progress, done / total, stop / total))
        done = stop
    return sorted(answers, key=lambda answer: answer.index)


def _answers(batch, settings, bounds, progress):
    """Return the answers of one batch, with the uncertainty asked for."""
    inversion = invert_profiles(
        batch.x_m,
        batch.v_mv,
        settings.shape,
        settings.background,
        settings.robust,
        settings.n_bodies,
        bounds,
        part(progress, 0.0, 1.0 if settings.uncertainty == COVARIANCE else 0.1),
    )
    answers = [
        answer_of(int(index), inversion, row, remarks=batch.remarks[row]) for row, index in enumerate(batch.indices)
    ]
    if settings.uncertainty == COVARIANCE:
        return answers
    better = []
    for number, answer in enumerate(answers):
        progress(0.1 + 0.9 * number / len(answers), "Finding the uncertainty")
        better.append(_with_uncertainty(answer, settings))
    return better


def _with_uncertainty(answer, settings):
    spread = bootstrap(answer.inversion, seed=settings.seed)
    return dataclasses.replace(answer, sd=spread.sd, interval=spread.interval)


def in_detail(answer, settings):
    """Return the answer with what the report shows of a line in full."""
    return answer
