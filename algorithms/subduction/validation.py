"""Predictions of every fold by every classifier, and their scores."""

from dataclasses import dataclass
from typing import Callable

import numpy as np

from ..errors import DataError
from ..progress import part, silent
from .baselines import RULES
from .context_classifier import ContextClassifier, gaps_of
from .forest import N_TREES, Forest
from .network_training import Recipe, outputs, probabilities, train_networks
from .preprocessing import Preprocessing
from .results import ClassifierScore

CLASSIFIERS = ("network", "extra_trees", "context")


def predict_folds(
    classifier,
    segments,
    classes,
    n_classes,
    folds,
    n_repeats,
    seed=42,
    recipe=Recipe(),
    n_trees=N_TREES,
    progress=silent,
):
    """Predict the test rows of every fold from its training rows.

    Parameters
    ----------
    classifier : str
        One of :data:`CLASSIFIERS`, or a rule of :data:`.baselines.RULES`.
    segments : SegmentTable
        Without blanks.
    classes : ndarray of int (n_segments,)
    n_classes : int
    folds : sequence of Fold
        Of any number of designs; the networks of all of them train together.
    n_repeats : int
        Networks, or equal parts of a forest.
    seed : int
    recipe : Recipe
        Of the network.
    n_trees : int
        Of a forest; at least one for every repeat is grown.
    progress : Progress

    Returns
    -------
    list of ndarray (n_repeats, n_test, n_classes)
        Probabilities, in the order of ``folds``.
    """
    if classifier in RULES:
        rule = RULES[classifier]
        return [rule(segments, classes, n_classes, fold.train, fold.test)[np.newaxis] for fold in folds]
    fitted = fit_folds(classifier, segments, classes, n_classes, folds, n_repeats, seed, recipe, n_trees, progress)
    return [one.predict(one.tested) for one in fitted]


@dataclass(frozen=True, eq=False)
class FittedFold:
    """A classifier fitted to the training rows of one fold.

    Attributes
    ----------
    tested : ndarray (n_test, n_features)
        Features of the tested rows as the preprocessing of this fold left them.
    predict : callable(ndarray (n_test, n_features)) -> ndarray (n_repeats, n_test, n_classes)
        Probabilities of the tested rows, had they these features.
    """

    tested: np.ndarray
    predict: Callable


def fit_folds(
    classifier,
    segments,
    classes,
    n_classes,
    folds,
    n_repeats,
    seed=42,
    recipe=Recipe(),
    n_trees=N_TREES,
    progress=silent,
):
    """Yield the :class:`FittedFold` of every fold; takes what :func:`predict_folds` takes, but no rule."""
    if classifier not in CLASSIFIERS:
        raise DataError(f"Classifier '{classifier}' is not known: choose one of {', '.join(CLASSIFIERS)}.")
    features = []
    for index, fold in enumerate(folds):
        progress(0.1 * index / len(folds), "Fitting the preprocessing of every fold")
        features.append(Preprocessing.fit(segments.values[fold.train]).apply(segments.values))
    share = part(progress, 0.1, 1.0)
    if classifier == "network":
        predictors = _network_predictors(features, classes, n_classes, folds, n_repeats, seed, recipe, share)
    else:
        fit = _forest_predictor if classifier == "extra_trees" else _context_predictor
        predictors = (
            fit(segments, table, classes, n_classes, fold, n_repeats, seed, max(n_trees, n_repeats), growing)
            for fold, table, growing in zip(folds, features, _shares(share, len(folds)))
        )
    for fold, table, predict in zip(folds, features, predictors):
        yield FittedFold(table[fold.test], predict)


def score_folds(classifier, distance_km, classes, n_classes, folds, predictions):
    """Return the :class:`~.results.ClassifierScore` of the predictions of one design's folds."""
    together, single = [], []
    confusion = np.zeros((n_classes, n_classes), dtype=int)
    for fold, found in zip(folds, predictions):
        known, predicted = classes[fold.test], found.mean(axis=0).argmax(axis=1)
        together.append(fold_f1(known, predicted))
        single.append([fold_f1(known, one.argmax(axis=1)) for one in found])
        confusion += _confusion(known, predicted, n_classes)
    single = np.mean(single, axis=0)
    f1_class = class_f1(confusion)
    return ClassifierScore(
        classifier,
        float(distance_km),
        float(np.mean(together)),
        float(single.mean()),
        float(single.std()),
        f1_class,
        float(f1_class.mean()),
        confusion,
        float(np.mean([len(fold.train) for fold in folds])),
        int(confusion.sum()),
    )


def fold_f1(known, predicted):
    """Return the macro F1 over the classes that occur in ``known`` or ``predicted``."""
    confusion = _confusion(known, predicted, max(known.max(), predicted.max()) + 1)
    occurs = confusion.any(axis=0) | confusion.any(axis=1)
    return float(class_f1(confusion)[occurs].mean())


def class_f1(confusion):
    """Return the F1 of every class ``(n_classes,)``; 0 for a class that was never predicted rightly."""
    hits = np.diag(confusion)
    total = confusion.sum(axis=0) + confusion.sum(axis=1)
    return 2.0 * hits / np.maximum(total, 1)


def pooled(folds, predictions, n_segments):
    """Return the mean prediction of every segment by the fold that tests it ``(n_segments, n_classes)``, else NaN."""
    probability = np.full((n_segments, predictions[0].shape[2]), np.nan)
    for fold, found in zip(folds, predictions):
        probability[fold.test] = found.mean(axis=0)
    return probability


def absent_classes(classes, n_classes, folds, class_names):
    """Return one sentence for every class missing in a fold."""
    notes = []
    for fold in folds:
        for rows, where in ((fold.train, "training"), (fold.test, "tested")):
            missing = np.setdiff1d(np.arange(n_classes), classes[rows])
            for number in missing:
                effect = "it cannot be predicted there" if where == "training" else "its F1 there rests on false alarms"
                notes.append(f"Class {class_names[number]} is missing among the {where} rows of {fold.name}: {effect}.")
    return notes


def _confusion(known, predicted, n_classes):
    counts = np.bincount(known * n_classes + predicted, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes)


def _shares(progress, n_folds):
    """Yield the progress of every fold whose trees grow, one after another."""
    for index in range(n_folds):
        progress(index / n_folds, f"Growing the trees of fold {index + 1} of {n_folds}")
        yield part(progress, index / n_folds, (index + 1) / n_folds)


def _network_predictors(features, classes, n_classes, folds, n_repeats, seed, recipe, progress):
    jobs = [fold.train for fold in folds]
    arrays = train_networks(features, classes, jobs, n_classes, n_repeats, recipe, seed, progress)
    for index in range(len(folds)):
        members = slice(index * n_repeats, (index + 1) * n_repeats)
        own = {name: array[members] for name, array in arrays.items()}
        yield lambda tested, own=own: probabilities(outputs(tested, own, recipe.n_layers))


def _forest_predictor(segments, features, classes, n_classes, fold, n_repeats, seed, n_trees, progress):
    forest = Forest.fit(features[fold.train], classes[fold.train], n_classes, seed, n_trees, progress=progress)
    return lambda tested: forest.predict_parts(tested, n_repeats)


def _context_predictor(segments, features, classes, n_classes, fold, n_repeats, seed, n_trees, progress):
    gaps = gaps_of(segments, classes, n_classes, fold.train, fold.test)
    fitted = ContextClassifier.fit(segments, features, classes, n_classes, fold.train, gaps, seed, n_trees, progress)
    neighbours = fitted.neighbour_parts(segments, classes, n_classes, fold.train, fold.test, n_repeats)
    return lambda tested: fitted.with_features(neighbours, tested)
