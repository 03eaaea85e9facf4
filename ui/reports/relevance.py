"""The report of an explanation: which features speak for the class of a segment, and how far that can be trusted."""

import numpy as np

from ..segment_palette import GROUP_COLORS, NOT_CLASSIFIED, RELEVANCE
from . import segment_references as references
from .blocks import (
    callout,
    facts,
    figure,
    folded,
    joined,
    paragraph,
    ramp,
    side_by_side,
    strong,
    subtitle,
    swatch,
    table,
    unmarked,
    verdict,
)
from .figures import plain_text, thinned
from .formats import count, fixed, percent, significant
from .page import Section, page, run_section
from .relevance_figures import (
    MOST_FEATURES,
    agreement_figure,
    class_features_figure,
    colour_limit,
    columns_of,
    feature_heatmap,
    group_balance,
    group_heatmap,
)
from .relevance_words import (
    AGREEMENT,
    BIAS,
    METHOD,
    RULE_WORDS,
    bias_share,
    conservation_sentence,
    features_sentence,
    groups_sentence,
    opinion_sentence,
    training_sentence,
)
from .segment_map_figure import place_words
from .segment_opinion_figures import importance_figure
from .segment_sections import place_blocks

REFERENCES = (
    references.BACH_2015,
    references.BREIMAN_2001,
    references.GRACIOSA_2025,
    references.MONTAVON_2019,
    references.ROBERTS_2017,
)
_CLEAREST = 3  # segments of every class whose reasons are shown openly
_MOST_REASONS = 1000  # rows of the folded table
_LOST = 1e-6  # conservation error that must be told first


def relevance_report(explanation, segments, about):
    """Return the self-contained HTML report of an explanation.

    Parameters
    ----------
    explanation : Explanation
    segments : SegmentTable
        As the explanation was asked for; it knows the rows it explains.
    about : ReportContext

    Returns
    -------
    str
        The same for the same input, byte by byte.
    """
    segments = segments.take(explanation.rows)
    sections = (
        _trench_section(explanation, segments),
        _class_section(explanation),
        _trust_section(explanation),
        _leading_section(explanation, segments),
        _reason_section(explanation, segments),
        run_section(about, REFERENCES),
    )
    return page(about, _summary(explanation), sections)


def _summary(explanation):
    relevance = explanation.relevance
    warnings = [training_sentence(explanation)]
    if relevance.conservation_error > _LOST:
        warnings.append(conservation_sentence(relevance.conservation_error))
    leading = [features_sentence(explanation, number + 1) for number in range(len(explanation.class_names))]
    return (
        verdict((explanation.trust,)),
        callout("Read this first", warnings),
        paragraph(groups_sentence(explanation)),
        unmarked(filter(None, leading)),
        facts(
            (
                ("Segments explained", count(len(explanation.rows))),
                ("Features", count(len(explanation.names))),
                ("Networks", count(explanation.n_members)),
                ("Rank agreement", fixed(explanation.rank_agreement)),
                ("Share of the biases", percent(bias_share(relevance))),
                ("Conservation error", significant(relevance.conservation_error, 2)),
            )
        ),
    )


def _trench_section(explanation, segments):
    columns = columns_of(segments)
    weight = np.abs(explanation.relevance.values).mean(axis=0)
    places = {group: place for place, group in enumerate(GROUP_COLORS)}
    order = sorted(range(len(weight)), key=lambda j: (places[explanation.groups[j]], -weight[j]))
    thin = ""
    if len(columns.rows) < len(segments):
        thin = f" Of {count(len(segments))} segments, {count(len(columns.rows))} at regular steps are drawn."
    how = (
        "Segments from left to right along each trench, trench by trench; the strip on top is the predicted class. "
        f"Relevance beyond the ends of the scale, one value in a hundred, has the last colour.{thin}"
    )
    groups, balance = group_balance(explanation)
    group_limit, limit = colour_limit(balance), colour_limit(explanation.relevance.values)
    legend = joined(*(joined(swatch(GROUP_COLORS[group]), f"{group} \u2003") for group in groups))
    return Section(
        "Relevance along the trenches",
        (
            paragraph(METHOD),
            paragraph(_scale(group_limit)),
            figure(
                group_heatmap(explanation, columns, group_limit),
                f"Sum of the relevance of every group, and the biases. {how}",
                "Heat map of relevance by group and segment.",
            ),
            paragraph("Groups of the features: ", legend),
            paragraph(_scale(limit)),
            figure(
                feature_heatmap(explanation, columns, order, limit),
                f"Relevance of every feature, by group, the most relevant of each on top. {how}",
                "Heat map of relevance by feature and segment.",
            ),
        ),
    )


def _scale(limit):
    return ramp(f"against it {significant(-limit, 2)}", RELEVANCE, f"+{significant(limit, 2)} for the class")


def _class_section(explanation):
    sizes = np.bincount(explanation.number, minlength=len(explanation.class_names) + 1)[1:]
    shown = min(MOST_FEATURES, len(explanation.names))
    drawings = [
        figure(
            class_features_figure(explanation, place + 1),
            f"{name}: {count(sizes[place])} segments.",
            f"Mean relevance of the features for {name}.",
        )
        for place, name in enumerate(explanation.class_names)
        if sizes[place]
    ]
    text = (
        f"The {count(shown)} features with most relevance in the segments given each class. Bar: mean size, signs left "
        "aside, in the colour of the feature's group. Diamond: mean with its sign; a feature whose bar is long and "
        "whose diamond stands near 0 speaks for the class in some segments and against it in others. Thin whisker: one "
        "standard deviation over the segments."
    )
    if explanation.n_members > 1:
        text += (
            " Thick bar: one standard deviation of the mean between the networks. Where it reaches across 0, networks "
            "that differ in their random start alone do not agree on which way the feature speaks."
        )
    meanings = dict(zip(explanation.names, explanation.meanings))
    rows = [
        (
            entry.feature,
            meanings[entry.feature],
            entry.group,
            explanation.class_names[entry.number - 1],
            count(entry.n_segments),
            fixed(entry.mean, 3),
            fixed(entry.mean_absolute, 3),
            fixed(entry.sd, 3),
            fixed(entry.member_sd, 3),
            percent(entry.share),
        )
        for entry in explanation.summary
    ]
    spreads = ("Deviation of segments", "Deviation of networks")
    headers = ("Feature", "Meaning", "Group", "Class", "Segments", "Mean", "Mean size", *spreads, "Share")
    caption = (
        "Relevance by feature and predicted class, in units of the network's output. Deviations are standard "
        "deviations: of the segments, and of the mean between the networks. Share: of the mean sizes."
    )
    return Section(
        "Which features make which class",
        (
            paragraph(text),
            side_by_side(drawings),
            folded("All features", table(caption, headers, rows, text_columns=(0, 1, 2, 3))),
        ),
    )


def _trust_section(explanation):
    relevance, names = explanation.relevance, explanation.class_names
    rows = []
    for place, name in enumerate(names):
        own = explanation.number == place + 1
        if own.any():
            agreement = relevance.rank_agreement[own].mean()
            share = percent(bias_share(relevance, own))
            rows.append((name, count(own.sum()), fixed(relevance.output[own].mean()), share, fixed(agreement)))
    headers = ("Predicted class", "Segments", "Mean output", "Share of the biases", "Rank agreement")
    blocks = [paragraph(joined(strong("Agreement. "), AGREEMENT))]
    if np.isfinite(relevance.rank_agreement).any():
        caption = "Rank agreement between the networks, segments by predicted class."
        blocks.append(figure(agreement_figure(explanation), caption, "Histogram of the rank agreement."))
    blocks += [
        paragraph(joined(strong("Biases. "), BIAS)),
        table("Output, share of the biases and agreement by predicted class, means.", headers, rows),
        paragraph(joined(strong("Conservation. "), conservation_sentence(relevance.conservation_error))),
        paragraph(joined(strong("Rule. "), f"{RULE_WORDS[explanation.rule].capitalize()}.")),
    ]
    if explanation.importance is not None:
        caption = (
            "Second opinion: what macro F1 of the explained segments loses when stretches of a feature are exchanged "
            "along the trenches; mean and standard deviation of the repeats."
        )
        found = explanation.importance
        blocks += [
            subtitle("A second opinion"),
            paragraph(strong(opinion_sentence(explanation)), training_sentence(explanation)),
            figure(importance_figure(explanation.names, found.mean, found.sd), caption, "Loss of F1 by feature."),
        ]
    return Section("How far to trust it", tuple(blocks))


def _leading_section(explanation, segments):
    known, balance = group_balance(explanation)
    leading = np.where(balance.max(axis=0) > 0, balance.argmax(axis=0), -1)
    groups = [(place, group.capitalize(), GROUP_COLORS[group]) for place, group in enumerate(known)]
    if (leading < 0).any():
        groups.append((-1, "No group speaks for the class", NOT_CLASSIFIED))

    def hover(row):
        parts = "<br>".join(f"{group} {balance[place, row]:+.2f}" for place, group in enumerate(known))
        return f"{place_words(segments, row)}<br>{_hover_class(explanation, row)}<br>{parts}"

    blocks = place_blocks(segments, (leading,), groups, hover, "Segments by the group that speaks most for their class")
    return Section("Where which group leads", blocks)


def _hover_class(explanation, row):
    name = explanation.class_names[explanation.number[row] - 1]
    return f"predicted: {plain_text(name)}"


def _reason_section(explanation, segments):
    agreement = explanation.relevance.rank_agreement

    def line(row):
        where = f"{segments.region[row]}, {fixed(segments.position_km[row], 0)} km"
        return (where, explanation.reasons[row], fixed(agreement[row]))

    clearest = []
    for number in range(1, len(explanation.class_names) + 1):
        own = np.flatnonzero(explanation.number == number)
        clearest += own[np.argsort(-explanation.relevance.output[own], kind="stable")][:_CLEAREST].tolist()
    headers = ("Segment", "Reasons", "Rank agreement")
    everything = thinned(np.arange(len(segments)), _MOST_REASONS)
    caption = "Reasons of all explained segments."
    if len(everything) < len(segments):
        caption = f"Reasons of {count(len(everything))} of {count(len(segments))} explained segments, at regular steps."
    text = (
        "For every group that matters: the sum of its relevance and the features that lead it. The same words stand in "
        "the field reasons of the layer."
    )
    first = "The segments of every class of which the network is surest."
    return Section(
        "Reasons in words",
        (
            paragraph(text),
            table(first, headers, [line(row) for row in clearest], text_columns=(0, 1)),
            folded("All segments", table(caption, headers, [line(row) for row in everything], text_columns=(0, 1))),
        ),
    )
