"""Least-squares answers for the lines of a survey."""

import dataclasses

import numpy as np

from ...algorithms.errors import DataError
from ...algorithms.progress import part
from ...algorithms.self_potential.answers import Alternative, answer_of
from ...algorithms.self_potential.background import BACKGROUNDS
from ...algorithms.self_potential.bodies import SHAPES, SHEET
from ...algorithms.self_potential.bootstrap import bootstrap
from ...algorithms.self_potential.inversion import MARGIN, invert_profiles, n_unknowns
from ...algorithms.self_potential.model_choice import invert_shapes
from ...algorithms.self_potential.posterior import depth_posterior
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


def check(settings):
    """Raise a :class:`DataError` when the choices do not go together."""
    if settings.uncertainty == GRID and (settings.shape == SHEET or settings.n_bodies > 1):
        raise DataError(
            "The uncertainty 'grid' is for one sphere or cylinder per line: choose covariance or bootstrap for "
            "sheets and for several bodies."
        )


def invert(profiles, settings, progress):
    """Return one :class:`Answer` per profile, in their order.

    Parameters
    ----------
    profiles : sequence of Profile
    settings : Settings
    progress : Progress
    """
    largest = SHEET if settings.shape == AUTO else settings.shape
    batches, answers = batches_of(profiles, n_unknowns(largest, settings.background, settings.n_bodies))
    bounds = bounds_of(settings, profiles)
    total, done = sum(len(batch.indices) for batch in batches), 0
    for batch in batches:
        stop = done + len(batch.indices)
        share = part(progress, done / total, stop / total)
        if settings.uncertainty == COVARIANCE:
            answers += _answers(batch, settings, bounds, share)
        else:
            found = _answers(batch, settings, bounds, part(share, 0.0, 0.1))
            answers += _with_uncertainty(found, settings, bounds, part(share, 0.1, 1.0))
        done = stop
    return sorted(answers, key=lambda answer: answer.index)


def in_detail(answer, settings, profiles):
    """Return the answer with what the report shows of a line in full: other shapes, and the posterior."""
    found, bounds = answer.inversion, bounds_of(settings, profiles)
    backgrounds = [name for name in BACKGROUNDS if n_unknowns(SHEET, name) < found.n_used[0]]
    alternatives = ()
    if backgrounds:
        tried = invert_shapes(found.x_m[0], found.observed_mv[0], SHAPES, backgrounds, settings.robust, 1, bounds)
        alternatives = tuple(
            Alternative(inversion, float(weight)) for inversion, weight in zip(tried.inversions, tried.weights[0])
        )
    posterior = None
    if found.shape != SHEET and found.n_bodies == 1:
        posterior = depth_posterior(found, 0, bounds, settings.seed)
    return answer.with_report(alternatives, posterior)


def _answers(batch, settings, bounds, progress):
    """Return the answers of one batch, with the uncertainty of the covariance."""
    options = (settings.background, settings.robust, settings.n_bodies, bounds, progress)
    if settings.shape != AUTO:
        inversion = invert_profiles(batch.x_m, batch.v_mv, settings.shape, *options)
        return [
            answer_of(int(index), inversion, row, remarks=batch.remarks[row]) for row, index in enumerate(batch.indices)
        ]
    background, *others = options
    choice = invert_shapes(batch.x_m, batch.v_mv, SHAPES, (background,), *others)
    answers = []
    for row, index in enumerate(batch.indices):
        best = choice.best[row]
        remarks = (*_runner_up(choice, row), *batch.remarks[row])
        answer = answer_of(
            int(index), choice.inversions[best], row, weight=float(choice.weights[row, best]), remarks=remarks
        )
        judged = dataclasses.replace(answer.inversion, status=choice.status[row : row + 1])
        answers.append(dataclasses.replace(answer, inversion=judged))
    return answers


def _runner_up(choice, row):
    """Return the sentence about the shape that fits equally well, where there is one."""
    if not choice.ambiguous[row]:
        return ()
    other = choice.runner_up[row]
    shape, depth = choice.inversions[other].shape, choice.inversions[other].depth_m[row, 0]
    share = 100.0 * choice.weights[row, other]
    return (
        f"The other is a {shape.replace('_', ' ')} at a depth of {depth:.4g} m, with a probability of {share:.0f} %.",
    )


def _with_uncertainty(answers, settings, bounds, progress):
    """Return the answers with the standard deviations and intervals that the user asked for."""
    better = []
    for number, answer in enumerate(answers):
        progress(number / len(answers), "Finding the uncertainty")
        if settings.uncertainty == BOOTSTRAP:
            spread = bootstrap(answer.inversion, seed=settings.seed)
            answer = dataclasses.replace(answer, sd=spread.sd, interval=spread.interval)
        elif answer.inversion.shape != SHEET:  # which 'auto' may have chosen: its covariance stays
            spread = depth_posterior(answer.inversion, 0, bounds, settings.seed)
            sd = {name: np.array([value]) for name, value in spread.sd.items()}
            interval = {name: np.array(ends)[:, None] for name, ends in spread.interval.items()}
            answer = dataclasses.replace(answer, sd=sd, interval=interval)
        better.append(answer)
    return better
