"""The report of the exclusion-distance curve: what the scores are worth when near segments may not be learned from."""

import numpy as np

from ..palette import NOT_ASSIGNED, cluster_colour
from . import references as methods
from . import segment_references as references
from .blocks import (
    Cell,
    bullets,
    callout,
    facts,
    figure,
    folded,
    joined,
    paragraph,
    side_by_side,
    strong,
    subtitle,
    swatch,
    table,
    verdict,
)
from .figures import INK, plain_text
from .formats import count, fixed, listed
from .page import Section, page, run_section
from .segment_figures import CLASSIFIER_COLOURS, class_curve_figure, curve_figure
from .segment_map_figure import place_words, strip_figure
from .segment_sections import BEHIND, confusion_tables, confusion_words, place_blocks, score_table
from .segment_words import (
    CLASSIFIER_NAMES,
    CONTEXT_WORDS,
    F1,
    RULE_WORDS,
    RULES,
    SPREAD,
    by_distance,
    classifier_name,
    classifiers_of,
    majority_sentence,
    n_ruptures,
    sample_sentence,
)

REFERENCES = (
    references.GEURTS_2006,
    references.GRACIOSA_2025,
    references.ROBERTS_2017,
    methods.YEO_JOHNSON_2000,
)
_OUTCOMES = (
    (3, "both right", "#d5e0e9"),
    (2, "right, nearest segment wrong", "#0072B2"),
    (1, "wrong, nearest segment right", "#D55E00"),
    (0, "both wrong", INK),
    (-1, "never tested", NOT_ASSIGNED),
)
_USUAL_KM = 100.0  # distance shown in detail beside the shortest and the longest


def curve_report(curve, segments, about):
    """Return the self-contained HTML report of an exclusion-distance curve.

    Parameters
    ----------
    curve : ExclusionCurve
    segments : SegmentTable
        As the curve was asked for; it knows the rows without blanks.
    about : ReportContext

    Returns
    -------
    str
        The same for the same input, byte by byte.
    """
    segments = segments.take(curve.rows)
    sections = (
        _curve_section(curve),
        _meaning_section(curve),
        _class_section(curve),
        _confusion_section(curve, segments),
        _fold_section(curve, segments),
        run_section(about, REFERENCES),
    )
    return page(about, _summary(curve, segments), sections)


def _summary(curve, segments):
    trained = [name for name in classifiers_of(curve.scores) if name not in RULES]
    verdicts = [joined(swatch(CLASSIFIER_COLOURS[name]), text) for name, text in zip(trained, curve.verdicts)]
    worse = [majority_sentence(curve.scores, name) for name in trained]
    distances = _distances(curve)
    pairs = [
        ("Segments", count(len(segments))),
        ("Different earthquakes", count(n_ruptures(segments))),
    ]
    ends = f"{distances[0]:g} km" if len(distances) == 1 else f"{distances[0]:g} to {distances[-1]:g} km"
    for name in (*trained, "nearest_segment"):
        own = by_distance(curve.scores, name)
        values = dict.fromkeys((0, len(own) - 1))
        pairs.append(
            (f"{CLASSIFIER_NAMES[name]}: F1, {ends}", " \u2192 ".join(fixed(own[place].f1_macro) for place in values))
        )
    return (
        verdict(verdicts),
        callout("Read this first", [*filter(None, worse), *curve.notes]),
        paragraph(sample_sentence(segments)),
        facts(pairs),
    )


def _curve_section(curve):
    trained = [name for name in classifiers_of(curve.scores) if name not in RULES]
    caption = (
        "Macro F1 against the distance along the trench that training segments keep from tested ones. Thick line: all "
        "repeats together, whose probabilities are averaged. Band with thin line: one repeat alone (a single network, "
        "or one of equal parts of a forest), mean and one standard deviation; all together may do better or worse. "
        "Dashed and dotted: rules that use no feature. Below: segments left to train on."
    )
    description = f"Macro F1 of {listed(classifier_name(name) for name in (*trained, *RULES))} over distance."
    return Section(
        "Scores over the exclusion distance",
        (
            figure(curve_figure(curve.scores), caption, description),
            _overview_table(curve),
            folded(
                "Every number",
                score_table(
                    "All scores. One repeat alone: mean and standard deviation. All folds together: F1 of every class "
                    "over all tested segments at once, then the mean over the classes.",
                    curve.scores,
                    curve.class_names,
                    ("Distance", lambda score: f"{score.distance_km:g} km"),
                ),
            ),
        ),
    )


def _overview_table(curve):
    """Return macro F1 by classifier and distance, best in bold, what the nearest-segment rule reaches shaded."""
    nearest = {score.distance_km: score.f1_macro for score in by_distance(curve.scores, "nearest_segment")}
    distances = _distances(curve)
    best = {km: max(fixed(s.f1_macro) for s in curve.scores if s.distance_km == km) for km in distances}
    rows = []
    for name in classifiers_of(curve.scores):
        cells = []
        for score in by_distance(curve.scores, name):
            text = fixed(score.f1_macro)
            text = strong(text) if text == best[score.distance_km] else text
            behind = name not in RULES and score.f1_macro <= nearest[score.distance_km]
            cells.append(Cell(text, BEHIND) if behind else text)
        label = joined(swatch(CLASSIFIER_COLOURS[name]), classifier_name(name))
        rows.append((label, *cells))
    left = by_distance(curve.scores, classifiers_of(curve.scores)[0])
    rows.append(("Trained on, mean of the folds", *(count(round(score.n_train)) for score in left)))
    caption = (
        "Macro F1 by distance. Bold: the best at that distance. Shaded: no better than the nearest-segment rule, which "
        "uses no feature."
    )
    return table(caption, ("Classifier", *(f"{km:g} km" for km in distances)), rows)


def _meaning_section(curve):
    uses_context = "context" in classifiers_of(curve.scores)
    return Section(
        "What this means, and what it does not",
        (
            paragraph(
                "Segments next to each other share features and earthquakes. A test that trains on the neighbours of "
                "the tested segment mostly measures memory. The exclusion distance takes these neighbours away. What "
                "is left at long distances rests less on memory, though not on none: whole trenches share a class, and "
                "other stretches of the tested trench are still learned from."
            ),
            paragraph(F1),
            paragraph(joined(strong("The rules. "), RULE_WORDS)),
            paragraph(joined(strong("The context classifier. "), CONTEXT_WORDS)) if uses_context else "",
            paragraph(joined(strong("The spread. "), SPREAD)),
            paragraph(
                joined(
                    strong("The features. "),
                    "Where a rule without features is as good, the score is no evidence that a feature has to do with "
                    "the earthquakes, however high it is: the class persists along the trench, and knowing the place "
                    "is enough.",
                )
            ),
        ),
    )


def _class_section(curve):
    drawings = [
        figure(
            class_curve_figure(curve.scores, place),
            f"F1 of the class {name}, over all folds together.",
            f"F1 of the class {name} over distance.",
        )
        for place, name in enumerate(curve.class_names)
    ]
    text = (
        "A macro F1 can hide a class that is hardly ever found. Each figure follows one class; 0 means that not a "
        "single segment of it was found."
    )
    return Section("Class by class", (paragraph(text), side_by_side(drawings)))


def _confusion_section(curve, segments):
    distances = _distances(curve)
    usual = min(distances, key=lambda km: abs(km - _USUAL_KM))
    shown = sorted({distances[0], usual, distances[-1]})
    blocks = [confusion_words()]
    for km in shown:
        scores = [s for name in classifiers_of(curve.scores) for s in by_distance(curve.scores, name)]
        tables = confusion_tables([score for score in scores if score.distance_km == km], curve.class_names)
        if km == usual:
            blocks.insert(1, joined(subtitle(f"At {km:g} km"), tables))
        else:
            blocks.append(folded(f"At {km:g} km", tables))
    blocks.append(_error_fold(curve, segments, usual))
    return Section("What is taken for what", tuple(blocks))


def _error_fold(curve, segments, distance_km):
    """Return where along the trenches the classifiers and the nearest-segment rule are wrong, folded."""
    trained = [name for name in classifiers_of(curve.scores) if name not in RULES]
    nearest = _is_right(curve, "nearest_segment", distance_km)
    lanes, sentences = [], []
    for name in trained:
        own = _is_right(curve, name, distance_km)
        lanes.append(np.where(curve.block < 0, -1, 2 * own + nearest))
        counts = [count(np.sum(lanes[-1] == number)) for number in (1, 0, 2)]
        sentences.append(
            f"{CLASSIFIER_NAMES[name]}: {counts[0]} segments wrong that the rule has right, {counts[1]} wrong as the "
            f"rule, {counts[2]} right that the rule has wrong."
        )

    def hover(row):
        lines = [place_words(segments, row), f"known: {plain_text(curve.class_names[curve.classes[row]])}"]
        for name in (*trained, "nearest_segment"):
            found = curve.probability[name, distance_km][row]
            told = curve.class_names[found.argmax()] if np.isfinite(found).all() else "not tested"
            lines.append(f"{CLASSIFIER_NAMES[name].lower()}: {plain_text(told)}")
        return "<br>".join(lines)

    groups = [group for group in _OUTCOMES if any((lane == group[0]).any() for lane in lanes)]
    drawing = strip_figure(segments, lanes, groups, hover)
    strips = f" Strips from the top: {listed(CLASSIFIER_NAMES[name].lower() for name in trained)}."
    caption = f"Right and wrong along each trench at {distance_km:g} km.{strips if len(trained) > 1 else ''}"
    return folded(
        f"Where along the trenches they are wrong, at {distance_km:g} km",
        bullets(sentences),
        figure(drawing, caption, "Every trench as a strip of right and wrong segments."),
    )


def _is_right(curve, classifier, distance_km):
    found = curve.probability[classifier, distance_km]
    return np.nan_to_num(found).argmax(axis=1) == curve.classes


def _fold_section(curve, segments):
    numbers = [int(number) for number in np.unique(curve.block) if number >= 0]
    groups = [(number, f"Block {number + 1}", cluster_colour(number + 1)) for number in numbers]
    if (curve.block < 0).any():
        groups.append((-1, "Never tested", NOT_ASSIGNED))

    def hover(row):
        tested = f"tested in block {curve.block[row] + 1}" if curve.block[row] >= 0 else "never tested"
        return f"{place_words(segments, row)}<br>{tested}"

    sizes = listed(count(np.sum(curve.block == number)) for number in numbers)
    text = (
        f"Every trench is cut into {len(numbers)} stretches of equal length. Fold by fold, one stretch of every trench "
        f"is tested (with {sizes} segments) by a classifier trained on the other stretches, without the segments "
        "nearer than the exclusion distance."
    )
    blocks = place_blocks(segments, (curve.block,), groups, hover, "Segments by the block in which they are tested")
    notes = (subtitle("Notes"), bullets(curve.notes)) if curve.notes else ()
    return Section("The folds", (paragraph(text), *blocks, *notes))


def _distances(curve):
    return sorted({score.distance_km for score in curve.scores})
