"""Permutation importance over stretches of trench: what the score loses when a feature is moved elsewhere.

Single segments resemble their neighbours. Whole stretches are exchanged, so that a shuffled feature still varies
along the trench as features do.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..progress import silent


@dataclass(frozen=True, eq=False)
class Importance:
    """Loss of the score when a feature is shuffled: mean and standard deviation over the repeats ``(n_features,)``."""

    mean: np.ndarray
    sd: np.ndarray


def trench_runs(region, position_km, n_segments=5):
    """Number neighbouring segments in runs of ``n_segments``; a run never crosses from one trench to another.

    Returns
    -------
    ndarray of int (n_rows,)
    """
    number = np.empty(len(region), dtype=int)
    first = 0
    for name in np.unique(region):
        rows = np.flatnonzero(region == name)
        along = np.argsort(np.argsort(position_km[rows], kind="stable"), kind="stable")
        number[rows] = first + along // n_segments
        first = number[rows].max() + 1
    return number


def permutation_importance(score, values, position_km, runs, seed=42, n_repeats=10, progress=silent):
    """Measure how much ``score`` falls when the runs of one feature are exchanged.

    Parameters
    ----------
    score : callable(ndarray (n_rows, n_features)) -> float
        Quality of a fitted classifier on these rows, higher is better.
    values : ndarray (n_rows, n_features)
        Rows the classifier was not trained on.
    position_km : ndarray (n_rows,)
    runs : ndarray of int (n_rows,)
        By :func:`trench_runs`.
    seed : int
    n_repeats : int

    Returns
    -------
    Importance

    References
    ----------
    Breiman (2001). Random forests. Machine Learning 45, 5-32; over blocks as in Roberts et al. (2017),
    Ecography 40, 913-929.
    """
    members = [rows[np.argsort(position_km[rows], kind="stable")] for rows in map(np.flatnonzero, _masks(runs))]
    if len(members) < 2:
        raise DataError("Permutation importance needs at least two runs of segments: add segments or shorten the runs.")
    in_place = np.concatenate(members)
    before = score(values)
    losses = np.empty((n_repeats, values.shape[1]))
    for feature in range(values.shape[1]):
        generator = np.random.default_rng([seed, feature])
        for repeat in range(n_repeats):
            progress((feature * n_repeats + repeat) / losses.size, "")
            moved = values.copy()
            order = np.concatenate([members[run] for run in generator.permutation(len(members))])
            moved[in_place, feature] = values[order, feature]
            losses[repeat, feature] = before - score(moved)
    return Importance(losses.mean(axis=0), losses.std(axis=0))


def _masks(runs):
    return [runs == number for number in np.unique(runs)]
