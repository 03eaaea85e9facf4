"""The report of the training of a segment classifier: what it is worth beside rules that use no feature."""

import numpy as np

from ..segment_palette import class_color
from . import references as methods
from . import segment_references as references
from .blocks import (
    bullets,
    callout,
    definitions,
    facts,
    figure,
    folded,
    joined,
    paragraph,
    strong,
    subtitle,
    table,
    verdict,
)
from .figures import plain_text
from .formats import count, fixed
from .page import Section, page, run_section
from .segment_figures import score_bars_figure
from .segment_map_figure import place_words
from .segment_opinion_figures import importance_figure, regression_figure
from .segment_sections import balance_table, confusion_tables, confusion_words, place_blocks, score_table
from .segment_words import (
    CLASSIFIER_NAMES,
    CONTEXT_WORDS,
    F1,
    RULE_WORDS,
    SPREAD,
    importance_sentence,
    majority_sentence,
    n_ruptures,
    regression_sentence,
    sample_sentence,
    transfer_sentences,
)

REFERENCES = (
    references.BREIMAN_2001,
    references.GEURTS_2006,
    references.GRACIOSA_2025,
    references.ROBERTS_2017,
    methods.YEO_JOHNSON_2000,
)


def training_report(result, segments, about):
    """Return the self-contained HTML report of the training of a segment classifier.

    Parameters
    ----------
    result : TrainingResult
    segments : SegmentTable
        As the training was asked for; the result knows the rows without blanks.
    about : ReportContext

    Returns
    -------
    str
        The same for the same input, byte by byte.
    """
    segments = segments.take(result.rows)
    sections = [
        _tests_section(result),
        _meaning_section(result.model.classifier),
        _confusion_section(result),
        _place_section(result, segments),
    ]
    if result.importance is not None:
        sections.append(_importance_section(result.importance))
    if result.regression is not None:
        sections.append(_regression_section(result.regression, segments))
    sections += [_model_section(result), run_section(about, REFERENCES)]
    return page(about, _summary(result, segments), sections)


def _summary(result, segments):
    own, nearest = result.blocks[:2]
    warnings = [majority_sentence(result.blocks, own.classifier), *result.notes]
    if result.model.classifier == "context":
        warnings.insert(0, CONTEXT_WORDS)
    pairs = [
        ("Segments", count(len(segments))),
        ("Different earthquakes", count(n_ruptures(segments))),
        ("Macro F1 on trench blocks", fixed(own.f1_macro)),
        ("Nearest segment (no feature)", fixed(nearest.f1_macro)),
    ]
    if result.same_rupture:
        pairs.append(("Ruptures apart", fixed(result.same_rupture[0].f1_macro)))
    if result.region_out:
        pairs.append(("On a left-out region", fixed(result.region_out[0].f1_pooled)))
    return (
        verdict((result.verdict,)),
        callout("Read this first", list(filter(None, warnings))),
        paragraph(*transfer_sentences(result)),
        paragraph(sample_sentence(segments)),
        facts(pairs),
    )


def _tests(result):
    """Return the name and scores of every test, the mildest first."""
    named = (
        ("Trench blocks", result.blocks),
        ("Ruptures apart", result.same_rupture),
        ("Region left out", result.region_out),
    )
    return [(name, scores) for name, scores in named if scores]


def _tests_section(result):
    tests = _tests(result)
    items = [
        f"Trench blocks: one stretch of every trench is tested, and training segments keep "
        f"{result.blocks[0].distance_km:g} km from it along the trench. How well can a gap within known trenches be "
        "filled?",
    ]
    if result.same_rupture:
        items.append(
            "Ruptures apart: besides, no earthquake that reaches a tested segment is trained on. What remains when "
            "the answer is not written on the neighbours?"
        )
    if result.region_out:
        items.append("Region left out: a whole trench is tested by a classifier that knows only the others.")
    caption = (
        "Macro F1. Bar: mean of the folds; whisker: one standard deviation between repeats. Diamond: all tested "
        "segments counted together, the fairer figure where single folds hold few classes, as left-out regions do. "
        "Outlined: rules that use no feature."
    )
    rows = [(name, score) for name, scores in tests for score in scores]
    labels = {id(score): name for name, score in rows}
    return Section(
        "How well it predicts what it was not trained on",
        (
            bullets(items),
            figure(score_bars_figure(tests), caption, "Macro F1 of the classifier and two rules in every test."),
            folded(
                "Every number",
                score_table(
                    "All scores. One repeat alone: mean and standard deviation. All folds together: F1 of every class "
                    "over all tested segments at once, then the mean over the classes.",
                    [score for _, score in rows],
                    result.model.bounds.names,
                    ("Test", lambda score: labels[id(score)]),
                ),
            ),
        ),
    )


def _meaning_section(classifier):
    about_context = [paragraph(joined(strong("The context classifier. "), CONTEXT_WORDS))]
    return Section(
        "What this means, and what it does not",
        (
            paragraph(F1),
            paragraph(joined(strong("The rules. "), RULE_WORDS)),
            *(about_context if classifier == "context" else []),
            paragraph(joined(strong("The spread. "), SPREAD)),
            paragraph(
                joined(
                    strong("The class. "),
                    "It follows from the largest earthquake that is known. A segment without a great one may have had "
                    "it before the catalogue begins: the classes describe the record, not what a segment can do.",
                )
            ),
        ),
    )


def _confusion_section(result):
    names = result.model.bounds.names
    blocks = [confusion_words()]
    for place, (name, scores) in enumerate(_tests(result)):
        tables = confusion_tables(scores, names)
        blocks.append(joined(subtitle(name), tables) if place == 0 else folded(name, tables))
    return Section("What is taken for what", tuple(blocks))


def _place_section(result, segments):
    names = result.model.bounds.names
    known = result.model.bounds.classes(segments.magnitude)
    found = result.probability[result.model.classifier]
    predicted = np.where(np.isfinite(found).all(axis=1), np.nan_to_num(found).argmax(axis=1), -1)
    shown = [plain_text(name) for name in names]
    groups = [(place, name, class_color(place + 1, len(names))) for place, name in enumerate(names)]

    def hover(row):
        magnitude = segments.magnitude[row]
        largest = f"largest earthquake {fixed(magnitude, 1)}" if magnitude > 1 else "no earthquake known"
        told = f"{shown[predicted[row]]} ({fixed(found[row].max())})" if predicted[row] >= 0 else "not tested"
        return f"{place_words(segments, row)}<br>{largest}<br>known: {shown[known[row]]}<br>predicted: {told}"

    wrong = int(np.sum((predicted >= 0) & (predicted != known)))
    text = (
        f"{count(wrong)} of {count(np.sum(predicted >= 0))} segments are given a wrong class when their stretch is "
        "tested. Long runs of one colour are what makes the nearest-segment rule strong."
    )
    strips = "Upper strip: known. Lower strip: predicted while the stretch was tested."
    blocks = place_blocks(segments, (known, predicted), groups, hover, "Segments by known class", strips)
    return Section("Where the classes lie", (paragraph(text), *blocks, balance_table(segments, known, names)))


def _importance_section(importance):
    order = np.argsort(-importance.mean, kind="stable")
    rows = [(importance.names[j], fixed(importance.mean[j], 4), fixed(importance.sd[j], 4)) for j in order]
    drawing = importance_figure(importance.names, importance.mean, importance.sd)
    caption = "Loss of macro F1 on blocks when a feature is moved elsewhere: mean and standard deviation of the folds."
    text = (
        "Whole stretches of one feature are exchanged along the trenches, and the trained classifiers predict again "
        "what they were not trained on. What macro F1 loses is what they get from that feature. At or below 0 they do "
        "without it."
    )
    return Section(
        "Which features it needs",
        (
            paragraph(strong(importance_sentence(importance))),
            paragraph(text),
            figure(drawing, caption, "Loss of macro F1 by feature."),
            folded("All features", table(caption, ("Feature", "Loss of macro F1", "Standard deviation"), rows)),
        ),
    )


def _regression_section(regression, segments):
    caption = (
        "Magnitude predicted while the stretch was tested, against the known one. The line is where both agree; "
        "segments without a known earthquake count as magnitude 4."
    )
    rows = [
        (name, fixed(error))
        for name, error in (
            ("Features", regression.rmse),
            ("Nearest segment (no feature)", regression.nearest_rmse),
            ("Mean of the training segments (no feature)", regression.mean_rmse),
        )
    ]
    return Section(
        "The magnitude itself",
        (
            paragraph(strong(regression_sentence(regression))),
            figure(regression_figure(regression, segments), caption, "Predicted against known magnitude."),
            table("Root mean square error, magnitudes.", ("Prediction by", "Error"), rows),
            bullets(regression.notes) if regression.notes else "",
        ),
    )


def _model_section(result):
    model = result.model
    pairs = [
        ("Classifier", CLASSIFIER_NAMES[model.classifier]),
        ("Classes", ", ".join(model.bounds.names)),
        ("Features", count(len(model.names))),
        ("Trained on, segments", count(len(result.rows))),
        ("Uses the classes of neighbours", "yes" if model.classifier == "context" else "no"),
    ]
    pairs += [(key.replace("_", " ").capitalize(), value) for key, value in model.card.get("recipe", {}).items()]
    text = (
        "The model in the file was trained on all segments without blank features, after the tests above. It knows the "
        "features below by name, and marks segments unlike all it was trained on as outside."
    )
    return Section(
        "The model",
        (paragraph(text), definitions(pairs), folded("Its features", paragraph(", ".join(model.names)))),
    )
