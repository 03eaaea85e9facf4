"""Permutation importance over stretches of trench: what the score loses when a feature is moved elsewhere.

Single segments resemble their neighbours. Whole stretches are exchanged, so that a shuffled feature still varies
along the trench as features do.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..progress import part, silent
from .results import FeatureImportance
from .validation import fold_f1


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


def importance_on_folds(fitted, folds, segments, classes, seed=42, n_repeats=3, progress=silent):
    """Measure what macro F1 on the tested rows of every fold loses by each feature.

    Parameters
    ----------
    fitted : sequence of FittedFold
        Of ``folds``, by :func:`.validation.fit_folds`.
    folds : sequence of Fold
    segments : SegmentTable
        Without blanks.
    classes : ndarray of int (n_segments,)
    seed : int
    n_repeats : int
        Exchanges of every feature in every fold.
    progress : Progress

    Returns
    -------
    FeatureImportance or None
        None where no fold tests two runs of segments.
    str
        A sentence on folds that could not be used; "" where all were.
    """
    runs = [trench_runs(segments.region[fold.test], segments.position_km[fold.test]) for fold in folds]
    usable = [index for index, numbers in enumerate(runs) if numbers.max() > 0]
    note = ""
    if len(usable) < len(folds):
        note = (
            f"Permutation importance was measured on {len(usable)} of {len(folds)} folds: the others test fewer "
            "segments than two runs to exchange."
        )
    means = []
    for done, index in enumerate(usable):
        tested, predict, rows = fitted[index].tested, fitted[index].predict, folds[index].test
        share = part(progress, done / len(usable), (done + 1) / len(usable))
        share(0.0, f"Exchanging features in fold {done + 1} of {len(usable)}")
        found = permutation_importance(
            lambda values, known=classes[rows], predict=predict: fold_f1(known, predict(values).mean(axis=0).argmax(1)),
            tested,
            segments.position_km[rows],
            runs[index],
            seed,
            n_repeats,
            share,
        )
        means.append(found.mean)
    if not means:
        return None, note
    return FeatureImportance(segments.names, np.mean(means, axis=0), np.std(means, axis=0)), note


def _masks(runs):
    return [runs == number for number in np.unique(runs)]
