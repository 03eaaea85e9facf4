"""What the reports on trench segments have in common: confusion matrices, scores by class, and where segments lie."""

import numpy as np

from .blocks import Cell, Markup, figure, folded, joined, paragraph, side_by_side, table
from .formats import count, fixed, percent
from .segment_map_figure import placed, segment_map_figure, strip_figure
from .segment_words import RULES, classifier_name

RIGHT_END, WRONG_END = (107, 174, 214), (253, 174, 107)  # blue on the diagonal, orange beside it
BEHIND = "#fff1dc"  #: a score that the nearest-segment rule reaches as well


def confusion_tables(scores, class_names):
    """Return the confusion matrix of every ClassifierScore, beside one another."""
    return side_by_side([confusion_table(score, class_names) for score in scores])


def confusion_table(score, class_names):
    """Return one confusion matrix: the share of every true class and, small, the number of segments."""
    totals = score.confusion.sum(axis=1)
    rows = [
        (
            joined(name, _small(f"{count(totals[row])} segments")),
            *(_share_cell(score.confusion[row, column], totals[row], row == column) for column in range(len(totals))),
        )
        for row, name in enumerate(class_names)
    ]
    caption = f"{classifier_name(score.classifier)}: macro F1 {fixed(score.f1_macro)}."
    return table(caption, ("True class \u2193 called\u00a0\u2192", *map(_tied, class_names)), rows)


def confusion_words():
    """Return how to read a confusion matrix."""
    return paragraph(
        "Rows are what the segments are, columns what they were called by a classifier that was not trained on them. "
        "The percentages of a row add up to 100; blue on the diagonal is right, orange beside it is wrong."
    )


def score_table(caption, scores, class_names, first):
    """Return every number of the ``scores``.

    Parameters
    ----------
    caption : str
    scores : sequence of ClassifierScore
    class_names : sequence of str
    first : (str, callable(ClassifierScore) -> str)
        Header and content of the first column.
    """
    header, label = first
    rows = [
        (
            label(score),
            classifier_name(score.classifier),
            fixed(score.f1_macro, 3),
            "" if score.classifier in RULES else f"{fixed(score.f1_single, 3)} \u00b1 {fixed(score.f1_sd, 3)}",
            fixed(score.f1_pooled, 3),
            *(fixed(value, 3) for value in score.f1_class),
            count(round(score.n_train)),
            count(score.n_test),
        )
        for score in scores
    ]
    headers = (header, "Classifier", "Macro F1", "One repeat alone", "All folds together")
    headers = (*headers, *(f"F1 {name}" for name in class_names), "Trained on", "Tested on")
    return table(caption, headers, rows, text_columns=(0, 1))


def place_blocks(segments, lanes, groups, hover, what, strips=""):
    """Return where the segments of every group lie: a map where places are known, and the strips of the trenches.

    Parameters
    ----------
    segments, lanes, groups, hover
        See :func:`.segment_map_figure.strip_figure`; the map shows the first lane.
    what : str
        What the colours mean, such as ``Segments by class``.
    strips : str
        What the lanes are, where there are several.
    """
    blocks = []
    n_placed = int(placed(segments).sum())
    if n_placed:
        missing = len(segments) - n_placed
        without = f" {count(missing)} segments have no place and are not on it." if missing else ""
        caption = f"{what}. Longitude and latitude, WGS 84; drag to zoom, double-click to return.{without}"
        drawing = segment_map_figure(segments, lanes[0], groups, hover)
        blocks.append(figure(drawing, caption, f"Map. {what}."))
    else:
        blocks.append(paragraph("The segments have no places on the Earth in this table, so there is no map."))
    drawing = strip_figure(segments, lanes, groups, hover)
    caption = f"{what}, along each trench from its start. {strips}".strip()
    blocks.append(figure(drawing, caption, f"Every trench as a strip. {what}."))
    return tuple(blocks)


def balance_table(segments, number, class_names):
    """Return how many segments of every trench belong to each class; ``number`` is the class 0.. of every segment."""
    names = list(dict.fromkeys(segments.region.tolist()))

    def row(label, inside):
        sizes = np.bincount(number[inside], minlength=len(class_names))
        total = max(int(sizes.sum()), 1)
        cells = (f"{count(size)} ({percent(size / total)})" for size in sizes)
        return (label, *cells, count(sizes.sum()))

    rows = [row(name, segments.region == name) for name in names]
    rows.append(row("All trenches", np.ones(len(segments), dtype=bool)))
    content = table("Segments by trench and class.", ("Trench", *class_names, "Segments"), rows)
    return content if len(names) <= 12 else folded("Segments by trench and class", content)


def _tied(name):
    """Return a class name that breaks before its bounds only."""
    return "Mw ".join(part.replace(" ", "\u00a0") for part in name.split("Mw "))


def _small(text):
    return joined(Markup('<span class="quartiles">'), text, Markup("</span>"))


def _share_cell(number, total, right):
    share = number / total if total else 0.0
    end = RIGHT_END if right else WRONG_END
    red, green, blue = (round(255 + (channel - 255) * share) for channel in end)
    text = percent(share) if total else "\u2013"
    return Cell(joined(text, _small(count(number))), f"#{red:02x}{green:02x}{blue:02x}")
