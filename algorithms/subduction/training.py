"""Training of a segment classifier as a user asks for it, with an honest validation beside it."""

from dataclasses import asdict

import numpy as np

from .. import model_file
from ..progress import part, silent
from .baselines import RULES
from .class_bounds import check_classes
from .classifier import SegmentClassifier, training_segments
from .context_classifier import ContextClassifier, gaps_of
from .exclusion_curve import verdicts
from .folds import Exclusion, Fold, block_folds, leave_one_region_out, stretches
from .forest import N_TREES, Forest
from .network_training import Recipe, train_networks
from .preprocessing import Preprocessing, check_features
from .recipe_search import joined, search_recipes
from .results import TrainingResult
from .segments import complete_rows
from .validation import absent_classes, predict_folds, score_folds

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
    complete = complete_rows(segments)
    notes = []
    if not complete.all():
        notes.append(f"{np.sum(~complete)} of {len(segments)} segments have blank features and were left out.")
    segments = segments.take(complete)
    check_features(segments)
    classes, n_classes = bounds.classes(segments.magnitude), bounds.n_classes
    check_classes(classes, bounds)
    cut = stretches(segments, n_folds)
    blocks = block_folds(segments, cut, Exclusion(exclusion_km))
    designs = [blocks, block_folds(segments, cut, Exclusion(exclusion_km, same_rupture=True))]
    if len(np.unique(segments.region)) > 1:
        designs.append(leave_one_region_out(segments))
    else:
        notes.append("All segments belong to one region: how the classifier does on another trench cannot be told.")
    notes += absent_classes(classes, n_classes, blocks, bounds.names)
    validated = [fold for design in designs for fold in design]
    honest, final = recipe, recipe
    if classifier == "network" and n_candidates > 1:
        everything = Fold("all", np.arange(len(segments)), np.arange(0))
        tuned = [*validated, everything]
        share, progress = part(progress, 0, 0.6), part(progress, 0.6, 1)
        *own, final = search_recipes(
            segments, classes, n_classes, tuned, exclusion_km, n_candidates, seed, recipe, share
        )
        honest = joined(own, N_MEMBERS)
    found = {
        name: predict_folds(
            name,
            segments,
            classes,
            n_classes,
            validated,
            N_MEMBERS,
            seed,
            honest,
            n_trees,
            part(progress, 0, 0.85) if name == classifier else silent,
        )
        for name in (classifier, *RULES)
    }
    scores = [
        tuple(
            score_folds(name, exclusion_km, classes, n_classes, design, predictions[start : start + len(design)])
            for name, predictions in found.items()
        )
        for design, start in zip(designs, np.cumsum([0, *map(len, designs)]))
    ]
    share = part(progress, 0.85, 1)
    model = _fit(classifier, segments, bounds, classes, blocks, exclusion_km, seed, final, n_trees, share)
    progress(1.0, "")
    region_out = scores[2] if len(scores) > 2 else ()
    return TrainingResult(model, scores[0], scores[1], region_out, verdicts(scores[0], (classifier,))[0], tuple(notes))


def _fit(classifier, segments, bounds, classes, blocks, exclusion_km, seed, recipe, n_trees, progress):
    preprocessing = Preprocessing.fit(segments.values)
    features, everything = preprocessing.apply(segments.values), np.arange(len(segments))
    n_classes = bounds.n_classes
    if classifier == "network":
        predictor = train_networks([features], classes, [everything], n_classes, N_MEMBERS, recipe, seed, progress)
    elif classifier == "extra_trees":
        predictor = Forest.fit(features, classes, n_classes, seed, n_trees)
    else:
        gaps = np.concatenate([gaps_of(segments, classes, n_classes, fold.train, fold.test) for fold in blocks])
        predictor = ContextClassifier.fit(segments, features, classes, n_classes, everything, gaps, seed, n_trees)
    card = {
        "seed": seed,
        "exclusion_km": float(exclusion_km),
        "n_segments": len(segments),
        "classes": list(bounds.names),
        "recipe": asdict(recipe) if classifier == "network" else {},
        "uses_neighbours": classifier == "context",
        "versions": model_file.software_versions(),
        "fingerprint": model_file.fingerprint(np.column_stack([segments.values, segments.position_km, classes])),
    }
    training = training_segments(segments, features, classes, max(exclusion_km, 100.0))
    return SegmentClassifier(classifier, segments.names, bounds, preprocessing, predictor, training, card)
