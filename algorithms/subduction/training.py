"""Training of a segment classifier as a user asks for it, with an honest validation beside it."""

from dataclasses import asdict

import numpy as np

from .. import model_file
from ..errors import DataError
from ..progress import part, silent
from .baselines import RULES
from .class_bounds import check_classes
from .classifier import SegmentClassifier, training_segments
from .context_classifier import ContextClassifier, gaps_of
from .exclusion_curve import verdicts
from .folds import Exclusion, Fold, block_folds, leave_one_region_out, stretches
from .forest import N_TREES, Forest
from .magnitude_regression import REGRESSORS, regress_magnitude
from .network_training import Recipe, train_networks
from .permutation import importance_on_folds
from .preprocessing import Preprocessing, check_features, fill_value_notes
from .recipe_search import joined, search_recipes
from .results import TrainingResult
from .segments import without_blanks
from .validation import absent_classes, fit_folds, pooled, predict_folds, score_folds

N_MEMBERS = 5  #: networks whose probabilities are averaged


def train_classifier(
    segments,
    bounds,
    classifier="network",
    exclusion_km=100.0,
    n_folds=5,
    seed=42,
    recipe=Recipe(),
    n_trees=N_TREES,
    n_candidates=1,
    with_importance=False,
    with_regression=False,
    progress=silent,
):
    """Validate a classifier on blocks of trench and on left-out regions, then train it on all complete segments.

    Parameters
    ----------
    segments : SegmentTable
        Segments with blank features are left out and counted.
    bounds : ClassBounds
    classifier : str
        One of :data:`.validation.CLASSIFIERS`.
    exclusion_km : float
        Distance along the trench that training segments keep from tested ones.
    n_folds, seed : int
    recipe : Recipe
        Of the network.
    n_trees : int
        Of the forests.
    n_candidates : int
        Learning rates and weight decays tried for the network within the training rows of every fold; 1 takes
        those of the recipe.
    with_importance : bool
        Whether to measure permutation importance on the blocks.
    with_regression : bool
        Whether to predict the magnitude itself too, by the network or, for other classifiers, by a forest.
    progress : Progress

    Returns
    -------
    TrainingResult

    Raises
    ------
    DataError
        If no segment is complete, a feature is constant, a class has no segment, places are missing, or the
        exclusion distance leaves nothing to train on.
    Cancelled
        By ``progress``.
    """
    segments, rows, notes = without_blanks(segments)
    check_features(segments)
    notes += fill_value_notes(segments)
    classes, n_classes = bounds.classes(segments.magnitude), bounds.n_classes
    check_classes(classes, bounds)
    cut = stretches(segments, n_folds)
    blocks = block_folds(segments, cut, Exclusion(exclusion_km))
    apart, region_out = (), ()
    try:
        apart = block_folds(segments, cut, Exclusion(exclusion_km, same_rupture=True))
    except DataError:
        notes.append(
            "Keeping whole ruptures apart leaves no segment to train on: how much of the score is owed to earthquakes "
            "that reach into the tested stretches cannot be told."
        )
    if len(np.unique(segments.region)) > 1:
        region_out = leave_one_region_out(segments)
    else:
        notes.append("All segments belong to one region: how the classifier does on another trench cannot be told.")
    designs = [blocks, apart, region_out]
    notes += absent_classes(classes, n_classes, blocks, bounds.names)
    validated = [fold for design in designs for fold in design]
    searched, validating, permuting, fitting, regressing = _shares(
        progress,
        (
            1.5 * (n_candidates > 1 and classifier == "network"),
            1.0,
            0.5 * with_importance,
            0.2,
            0.3 * with_regression,
        ),
    )
    honest, final = recipe, recipe
    if classifier == "network" and n_candidates > 1:
        tuned = [*validated, Fold("all", np.arange(len(segments)), np.arange(0))]
        *own, final = search_recipes(
            segments, classes, n_classes, tuned, exclusion_km, n_candidates, seed, recipe, searched
        )
        honest = joined(own, N_MEMBERS)
    fitted = list(
        fit_folds(
            classifier, segments, classes, n_classes, validated, N_MEMBERS, seed, honest, n_trees, validating
        )
    )
    found = {classifier: [one.predict(one.tested) for one in fitted]}
    found.update((rule, predict_folds(rule, segments, classes, n_classes, validated, N_MEMBERS)) for rule in RULES)
    scores = [
        tuple(
            score_folds(name, exclusion_km, classes, n_classes, design, predictions[start : start + len(design)])
            for name, predictions in found.items()
            if design
        )
        for design, start in zip(designs, np.cumsum([0, *map(len, designs)]))
    ]
    importance, regression = None, None
    if with_importance:
        importance, note = importance_on_folds(fitted, blocks, segments, classes, seed, progress=permuting)
        notes += [note] if note else []
    model = _fit(classifier, segments, bounds, classes, blocks, exclusion_km, seed, final, n_trees, fitting)
    if with_regression:
        regressor = classifier if classifier in REGRESSORS else "extra_trees"
        exclusion = Exclusion(exclusion_km)
        regression = regress_magnitude(
            segments, regressor, exclusion, n_folds, N_MEMBERS, seed, recipe, n_trees, regressing
        )
    progress(1.0, "")
    model.card["quality"] = {
        "f1_macro": scores[0][0].f1_macro,
        "f1_nearest_segment": scores[0][1].f1_macro,
        "f1_same_rupture": scores[1][0].f1_macro if apart else None,
        "f1_leave_region_out": scores[2][0].f1_pooled if region_out else None,
    }
    return TrainingResult(
        model,
        rows,
        *scores,
        cut.number,
        {name: pooled(blocks, predictions[: len(blocks)], len(segments)) for name, predictions in found.items()},
        verdicts(scores[0], (classifier,))[0],
        tuple(notes),
        importance,
        regression,
    )


def _shares(progress, weights):
    """Return the progress of parts that follow each other and take times like ``weights``."""
    ends = np.cumsum([0.0, *weights]) / np.sum(weights)
    return [part(progress, start, stop) for start, stop in zip(ends[:-1], ends[1:])]


def _fit(classifier, segments, bounds, classes, blocks, exclusion_km, seed, recipe, n_trees, progress):
    preprocessing = Preprocessing.fit(segments.values)
    features, everything = preprocessing.apply(segments.values), np.arange(len(segments))
    n_classes = bounds.n_classes
    if classifier == "network":
        predictor = train_networks([features], classes, [everything], n_classes, N_MEMBERS, recipe, seed, progress)
    elif classifier == "extra_trees":
        predictor = Forest.fit(features, classes, n_classes, seed, n_trees, progress=progress)
    else:
        gaps = np.concatenate([gaps_of(segments, classes, n_classes, fold.train, fold.test) for fold in blocks])
        predictor = ContextClassifier.fit(
            segments, features, classes, n_classes, everything, gaps, seed, n_trees, progress
        )
    card = {
        "seed": seed,
        "exclusion_km": float(exclusion_km),
        "n_segments": len(segments),
        "regions": np.unique(segments.region).tolist(),
        "classes": list(bounds.names),
        "recipe": asdict(recipe) if classifier == "network" else {},
        "uses_neighbours": classifier == "context",
        "versions": model_file.software_versions(),
        "fingerprint": model_file.fingerprint(np.column_stack([segments.values, segments.position_km, classes])),
    }
    training = training_segments(segments, features, classes, max(exclusion_km, 100.0))
    return SegmentClassifier(classifier, segments.names, bounds, preprocessing, predictor, training, card)
