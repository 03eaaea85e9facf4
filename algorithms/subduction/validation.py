"""Predictions of every fold by every classifier, and their scores."""

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
    if classifier not in CLASSIFIERS:
        raise DataError(f"Classifier '{classifier}' is not known: choose one of {', '.join(CLASSIFIERS)}.")
    features = []
    for index, fold in enumerate(folds):
        progress(0.1 * index / len(folds), "Fitting the preprocessing of every fold")
        features.append(Preprocessing.fit(segments.values[fold.train]).apply(segments.values))
    share = part(progress, 0.1, 1.0)
    if classifier == "network":
        return _predict_networks(features, classes, n_classes, folds, n_repeats, seed, recipe, share)
    n_trees = max(n_trees, n_repeats)
    predictions = []
    for index, (fold, table) in enumerate(zip(folds, features)):
        share(index / len(folds), f"Growing the trees of fold {index + 1} of {len(folds)}")
        if classifier == "extra_trees":
            forest = Forest.fit(table[fold.train], classes[fold.train], n_classes, seed, n_trees)
            predictions.append(forest.predict_parts(table[fold.test], n_repeats))
            continue
        gaps = gaps_of(segments, classes, n_classes, fold.train, fold.test)
        fitted = ContextClassifier.fit(segments, table, classes, n_classes, fold.train, gaps, seed, n_trees)
        predictions.append(
            fitted.predict_parts(segments, table, classes, n_classes, fold.train, fold.test, n_repeats)
        )
    return predictions


def score_folds(classifier, distance_km, classes, n_classes, folds, predictions):
    """Return the :class:`~.results.ClassifierScore` of the predictions of one design's folds."""
    together, single = [], []
    confusion = np.zeros((n_classes, n_classes), dtype=int)
    for fold, found in zip(folds, predictions):
        known, predicted = classes[fold.test], found.mean(axis=0).argmax(axis=1)
        together.append(fold_f1(known, predicted))
        single.append([fold_f1(known, one.argmax(axis=1)) for one in found])
        np.add.at(confusion, (known, predicted), 1)
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
    from sklearn.metrics import f1_score

    return float(f1_score(known, predicted, average="macro"))


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


def _predict_networks(features, classes, n_classes, folds, n_repeats, seed, recipe, progress):
    jobs = [fold.train for fold in folds]
    arrays = train_networks(features, classes, jobs, n_classes, n_repeats, recipe, seed, progress)
    predictions = []
    for index, (fold, table) in enumerate(zip(folds, features)):
        members = slice(index * n_repeats, (index + 1) * n_repeats)
        own = {name: array[members] for name, array in arrays.items()}
        predictions.append(probabilities(outputs(table[fold.test], own, recipe.n_layers)))
    return predictions
