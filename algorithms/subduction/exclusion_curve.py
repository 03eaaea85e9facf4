"""How the scores of all classifiers fall when training segments must keep a distance from the tested ones."""

import numpy as np

from ..errors import DataError
from ..progress import part, silent
from .baselines import RULES
from .class_bounds import check_classes
from .folds import Exclusion, block_folds, reference_stretches, stretches
from .forest import N_TREES
from .network_training import Recipe
from .preprocessing import check_features, fill_value_notes
from .results import ExclusionCurve
from .segments import without_blanks
from .validation import absent_classes, pooled, predict_folds, score_folds

DISTANCES_KM = (0, 50, 100, 200, 300, 400, 500, 600)
WORDS = {
    "network": "the network",
    "extra_trees": "the forest",
    "context": "the context classifier",
    "nearest_segment": "the nearest-segment rule",
    "region_majority": "the majority of the region",
}


def exclusion_distance_curve(
    segments,
    bounds,
    distances_km=DISTANCES_KM,
    classifiers=("network",),
    n_folds=5,
    n_repeats=10,
    seed=42,
    same_rupture=False,
    straight_line=False,
    reference_folds=False,
    recipe=Recipe(),
    n_trees=N_TREES,
    progress=silent,
):
    """Score classifiers and the rules without features on block folds at several exclusion distances.

    Parameters
    ----------
    segments : SegmentTable
        Segments with blank features are left out and counted.
    bounds : ClassBounds
    distances_km : sequence of float
    classifiers : sequence of str
        Of :data:`.validation.CLASSIFIERS`; the two rules without features are always added.
    n_folds, n_repeats, seed : int
    same_rupture, straight_line : bool
        See :class:`.folds.Exclusion`.
    reference_folds : bool
        Whether to cut the trenches as the published study does, see :func:`.folds.reference_stretches`.
    recipe : Recipe
        Of the networks; those of all folds, distances and repeats train as one batched program.
    n_trees : int
        Of the forests.
    progress : Progress

    Returns
    -------
    ExclusionCurve

    Raises
    ------
    DataError
        If a feature is constant, a class has no segment, a place is missing, or a distance leaves no training rows.
    Cancelled
        By ``progress``.
    """
    if not classifiers:
        raise DataError("Choose at least one classifier.")
    if not len(distances_km) or min(distances_km) < 0:
        raise DataError("The exclusion distances must be one or more numbers of km that are not negative.")
    if n_repeats < 1:
        raise DataError("The number of repeats must be at least 1.")
    segments, rows, notes = without_blanks(segments)
    check_features(segments)
    notes += fill_value_notes(segments)
    classes = bounds.classes(segments.magnitude)
    check_classes(classes, bounds)
    cut = (reference_stretches if reference_folds else stretches)(segments, n_folds)
    untested = np.count_nonzero(cut.number < 0)
    if untested:
        notes.append(
            f"Never tested, as in the published study: {untested} of {len(segments)} segments, at the ends of regions."
        )
    designs = [block_folds(segments, cut, Exclusion(float(d), same_rupture, straight_line)) for d in distances_km]
    folds = [fold for design in designs for fold in design]
    scores, probability = [], {}
    for index, name in enumerate((*classifiers, *RULES)):
        start = min(index / len(classifiers), 1.0)
        share = part(progress, start, min(start + 1 / len(classifiers), 1.0))
        found = iter(
            predict_folds(name, segments, classes, bounds.n_classes, folds, n_repeats, seed, recipe, n_trees, share)
        )
        for distance, design in zip(distances_km, designs):
            predictions = [next(found) for _ in design]
            scores.append(score_folds(name, distance, classes, bounds.n_classes, design, predictions))
            probability[name, float(distance)] = pooled(design, predictions, len(segments))
    order = {float(distance): place for place, distance in enumerate(distances_km)}
    scores.sort(key=lambda score: order[score.distance_km])
    notes += absent_classes(classes, bounds.n_classes, designs[-1], bounds.names)
    sentences = verdicts(scores, classifiers)
    return ExclusionCurve(
        rows, classes, tuple(scores), cut.number, probability, bounds.names, sentences, tuple(notes)
    )


def parse_distances(text):
    """Return the exclusion distances in km written in ``text``, such as ``0,50,100``, each once and rising.

    Raises
    ------
    DataError
        If the text is not one or more numbers from 0.
    """
    advice = "Write numbers of km from 0, with commas between them, such as 0,50,100."
    try:
        distances = sorted({float(part) for part in text.replace(";", ",").split(",")})
    except ValueError:
        raise DataError(f"The exclusion distances '{text}' are not numbers. {advice}") from None
    if not all(0 <= distance < np.inf for distance in distances):
        raise DataError(f"The exclusion distances '{text}' cannot be used. {advice}")
    return tuple(distances)


def behind_nearest(scores, classifier):
    """Return the distances (km) at which ``classifier`` does not beat the nearest-segment rule."""
    nearest = {score.distance_km: score.f1_macro for score in scores if score.classifier == "nearest_segment"}
    own = [score for score in scores if score.classifier == classifier]
    return [score.distance_km for score in own if score.f1_macro <= nearest[score.distance_km]]


def verdicts(scores, classifiers):
    """Return one sentence per classifier: at which distances it does not beat the nearest-segment rule."""
    nearest = {score.distance_km: score.f1_macro for score in scores if score.classifier == "nearest_segment"}
    spread = {(score.classifier, score.distance_km): score.f1_sd for score in scores}
    sentences = []
    for name in classifiers:
        own = {score.distance_km: score.f1_macro for score in scores if score.classifier == name}
        behind = behind_nearest(scores, name)
        subject = WORDS[name][0].upper() + WORDS[name][1:]
        if not behind:
            where = f"at {next(iter(own)):g} km" if len(own) == 1 else "at every distance"
            close = [km for km in own if own[km] - nearest[km] < spread[name, km]]
            but = f", but by less than its own spread at {_kilometres(close)}" if close else ""
            sentences.append(f"{subject} beats the nearest-segment rule, which uses no feature, {where}{but}.")
            continue
        worst = max(behind, key=lambda distance: nearest[distance] - own[distance])
        if len(behind) == len(own) > 1:
            fact = f"At no distance does {WORDS[name]} beat the nearest-segment rule, which uses no feature"
        else:
            where = _kilometres(behind)
            fact = f"{subject} does not beat the nearest-segment rule, which uses no feature, at {where}"
        there = f"at {worst:g} km " if len(behind) > 1 else ""
        digits = 2 if f"{own[worst]:.2f}" != f"{nearest[worst]:.2f}" else 4  # never 0.57 against 0.57
        scores_text = f"{own[worst]:.{digits}f} against {nearest[worst]:.{digits}f}"
        sentences.append(f"{fact}: {there}its macro F1 is {scores_text}.")
    return tuple(sentences)


def _kilometres(distances_km):
    texts = [f"{distance:g}" for distance in sorted(distances_km)]
    return f"{', '.join(texts[:-1])} and {texts[-1]} km" if len(texts) > 1 else f"{texts[0]} km"
