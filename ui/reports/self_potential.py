"""The report of a self-potential inversion: where the bodies are, how sure that is, and what else would fit."""

from dataclasses import dataclass

import numpy as np

from . import sp_references as references
from .blocks import callout, facts, figure, joined, paragraph, strong, table
from .figures import MAX_POINTS
from .formats import count, fixed, significant
from .page import Section, page, run_section
from .sp_sections import key_facts, line_blocks, line_words
from .sp_survey_figures import depth_figure, source_map_figure
from .sp_words import shape_name, with_sd

REFERENCES = (
    references.ABDELRAHMAN_1997,
    references.GOLUB_1973,
    references.HOLLAND_1977,
    references.MURTY_1985,
    references.SCHWARZ_1978,
    references.YUNGUL_1950,
)
_LISTED = 30  # lines in the summary table
_ENOUGH_FOR_A_HISTOGRAM = 12  # lines
_NAMED = 8  # lines named in a warning


@dataclass(frozen=True)
class SurveyMap:
    """Where the lines are, in the plane in which they were measured, m.

    Attributes
    ----------
    places : ndarray (n_lines, 2)
        Of the first body of each line; NaN where there is none.
    tracks : list of ndarray (n_stations, 2)
        The stations of each line, in order.
    """

    places: np.ndarray
    tracks: list


def self_potential_report(names, answers, detailed, survey_map, context, references=REFERENCES, extra=()):
    """Return the self-contained HTML report of an inversion.

    Parameters
    ----------
    names : sequence of str
        Of the lines.
    answers : sequence of Answer
        One per line, in the order of ``names``.
    detailed : sequence of int
        Positions of the answers to show in full; each with an inversion.
    survey_map : SurveyMap or None
        None without geometry.
    context : ReportContext
    references : tuple of Markup
        Works to list.
    extra : tuple of Section
        Sections after those on the lines.
    """
    found = [(name, answer) for name, answer in zip(names, answers) if answer.inversion is not None]
    sections = [] if len(answers) == 1 else [_survey_section(names, answers, survey_map, context)]
    sections += [_line_section(names[position], answers[position], len(answers)) for position in detailed]
    sections += [*extra, _reading_section(), run_section(context, references)]
    return page(context, _summary(names, answers, found, context), sections)


def _line_section(name, answer, n_lines):
    if n_lines == 1:  # its words stand in the summary
        return Section("The line", line_blocks(name, answer))
    return Section(f"Line {name}", (*line_words(answer), *line_blocks(name, answer)))


def _summary(names, answers, found, context):
    if len(answers) == 1:
        _, answer = found[0]
        return (*line_words(answer), key_facts(answer))
    depths = np.concatenate([answer.inversion.depth_m[0] for _, answer in found])
    misfits = np.array([answer.rms_percent for _, answer in found])
    text = (
        f"{count(len(found))} of {count(len(answers))} lines of {context.input_name} were inverted. Half of the "
        f"bodies lie between {fixed(np.percentile(depths, 25), 1)} and {fixed(np.percentile(depths, 75), 1)} m deep. "
        f"The median misfit is {fixed(np.median(misfits), 1)} % of the range of a line."
    )
    sound = sum(answer.inversion.status[0] == "ok" and not answer.remarks for _, answer in found)
    pairs = (
        ("Lines", count(len(answers))),
        ("Without reservation", count(sound)),
        ("Not inverted", count(len(answers) - len(found))),
        ("Median depth (m)", fixed(np.median(depths), 1)),
        ("Median misfit (%)", fixed(np.median(misfits), 1)),
    )
    return callout("Read this first", _warnings(names, answers)), paragraph(text), facts(pairs)


def _warnings(names, answers):
    """Return one sentence per kind of trouble, with the first lines that have it."""
    troubled = {}
    for name, answer in zip(names, answers):
        if answer.inversion is None:
            troubled.setdefault(answer.problem, []).append(name)
        elif answer.remarks or answer.inversion.status[0] != "ok":
            troubled.setdefault(answer.status, []).append(name)
    messages = []
    for sentence, lines in sorted(troubled.items(), key=lambda item: -len(item[1])):
        named = ", ".join(lines[:_NAMED]) + (f" and {count(len(lines) - _NAMED)} more" if len(lines) > _NAMED else "")
        noun = "Line" if len(lines) == 1 else f"{count(len(lines))} lines:"
        messages.append(f"{noun} {named}: {sentence}")
    if len(messages) > _NAMED:
        messages = [*messages[:_NAMED], f"{len(messages) - _NAMED} more kinds of remark stand in the field status."]
    return messages


def _survey_section(names, answers, survey_map, context):
    """Return the lines together: map, depths, and the first of them in a table."""
    found = [(row, answer) for row, answer in enumerate(answers) if answer.inversion is not None]
    depth = np.array([answer.inversion.depth_m[0, 0] for _, answer in found])
    shapes = np.array([answer.inversion.shape for _, answer in found])
    blocks = []
    if survey_map is not None:
        rows = [row for row, _ in found]
        drawing = source_map_figure(survey_map.places[rows], depth, [names[row] for row in rows], survey_map.tracks)
        caption = f"Lines and the first body of each, seen from above. {context.crs}."
        if len(rows) > MAX_POINTS:
            caption += f" Of {count(len(rows))} bodies, {count(MAX_POINTS)} at regular steps are drawn."
        blocks.append(figure(drawing, caption, "Map of the sources."))
    if len(depth) >= _ENOUGH_FOR_A_HISTOGRAM:
        blocks.append(figure(depth_figure(depth, shapes), "Depths of the bodies.", "Histogram of depths."))
    blocks.append(_line_table(names, answers))
    return Section("All lines", tuple(blocks))


def _line_table(names, answers):
    rows = []
    for name, answer in list(zip(names, answers))[:_LISTED]:
        if answer.inversion is None:
            rows.append((name, "\u2013", *["\u2013"] * 5, answer.problem))
            continue
        found = answer.inversion
        value = {key: float(getattr(found, key)[0, 0]) for key in answer.sd}
        sd = {key: float(answer.sd[key][0]) for key in answer.sd}
        rows.append(
            (
                name,
                shape_name(found.shape),
                with_sd(value["x0_m"], sd["x0_m"], 1),
                with_sd(value["depth_m"], sd["depth_m"], 1),
                with_sd(value["angle_deg"], sd["angle_deg"], 0),
                significant(value["k"]),
                fixed(answer.rms_percent, 1),
                answer.status,
            )
        )
    caption = f"The first {len(rows)} lines." if len(answers) > len(rows) else "The lines."
    if len(answers) > len(rows):
        caption += f" All {count(len(answers))} stand in the layer of sources."
    caption += " Standard deviations behind \u00b1; the first body of each line."
    headers = ("Line", "Shape", "Place (m)", "Depth (m)", "Angle (\u00b0)", "K", "Misfit (%)", "Status")
    return table(caption, headers, rows, text_columns=(0, 1, 7))


def _reading_section():
    return Section(
        "How to read this",
        (
            paragraph(
                joined(strong("Place and depth"), " are those of the centre of a simple body whose curve fits best."),
                "A real source is no sphere: read the depth as that of the centre of the polarised mass, under the "
                "shape assumed.",
            ),
            paragraph(
                joined(strong("Angles"), " count from the direction of growing distance, clockwise in the section:"),
                "90 degrees points down and gives a negative peak, 270 degrees points up and gives a positive one. "
                "For a sheet the angle is its dip, 0 to 180 degrees; below 90 its upper edge lies towards +x.",
            ),
            paragraph(
                joined(strong("Standard deviations"), " take the noise as independent from station to station."),
                "Noise that goes on over several stations, topography, and conductivity that changes along the line "
                "are not in them. With the robust loss, single wrong stations hardly count.",
            ),
        ),
    )
