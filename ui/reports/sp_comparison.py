"""The report that sets a network beside least squares on the same lines."""

import numpy as np

from . import sp_references as references
from .blocks import callout, facts, figure, paragraph, strong, table
from .formats import count, fixed, percent, significant
from .page import Section, page, run_section
from .sp_comparison_figures import curves_figure, difference_figure
from .sp_network_sections import quality_section, training_section
from .sp_words import PARAMETER_NAMES, strength_with_sd, with_sd

REFERENCES = (references.ABDELRAHMAN_1997, references.GOLUB_1973, references.NIX_1994, references.YUNGUL_1950)
AGREEMENT = 3.0  #: standard deviations within which two answers agree
_LISTED = 30  # lines in the table
_SAME_MINIMUM = 0.01  # standard deviations between the polish and least squares


def comparison_report(names, compared, model, context):
    """Return the self-contained HTML report on a comparison.

    Parameters
    ----------
    names : sequence of str
        Of all lines of the survey.
    compared : sequence of Compared
        By line, then network, least squares, network with polish.
    model : SpNetwork
    context : ReportContext
    """
    lines = [compared[start : start + 3] for start in range(0, len(compared), 3)]
    network = np.array([entries[0].sigmas for entries in lines])
    polish = np.array([entries[2].sigmas for entries in lines])
    summary = (
        callout("Read this first", _warnings(lines, network, polish)),
        paragraph(*_findings(lines, network, polish)),
        facts(
            (
                ("Lines", count(len(lines))),
                ("Network agrees", percent(np.mean(network <= AGREEMENT))),
                *((f"{entry.method} (ms per line)", significant(entry.time_ms, 2)) for entry in lines[0]),
            )
        ),
    )
    first = names[lines[0][0].answer.index]
    blocks = [
        figure(
            curves_figure(lines[0]),
            f"Line {first}: observed self-potential and what each method makes of it.",
            f"Observed and fitted curves of line {first}.",
        )
    ]
    if len(lines) > 1:
        blocks.append(
            figure(
                difference_figure(network, polish),
                "Largest difference from least squares on each line, in its standard deviations; dashed: "
                f"{AGREEMENT:g}.",
                "Histogram of differences.",
            )
        )
    sections = (
        Section("Side by side", (*blocks, _table(names, lines))),
        quality_section(model.card),
        training_section(model.setup),
        run_section(context, REFERENCES),
    )
    return page(context, summary, sections)


def _findings(lines, network, polish):
    agree = int(np.sum(network <= AGREEMENT))
    sentences = [
        f"On {count(agree)} of {_lines(len(lines))} every parameter of the network lies within {AGREEMENT:g} standard "
        "deviations of least squares."
    ]
    same = int(np.sum(polish <= _SAME_MINIMUM))
    sentences.append(f"From the network's answer least squares reaches the same minimum on {_lines(same)}.")
    times = {entry.method: entry.time_ms for entry in lines[0]}
    ratio = times["least squares"] / times["network"] if times["network"] > 0 else np.nan
    if np.isfinite(ratio):
        faster, factor = ("network", ratio) if ratio >= 1 else ("least squares", 1 / ratio)
        sentences.append(f"Per line the {faster} took the shorter time, by a factor of {significant(factor, 2)}.")
    return sentences


def _warnings(lines, network, polish):
    messages = []
    if np.any(network > AGREEMENT):
        messages.append(
            f"On {count(np.sum(network > AGREEMENT))} of {_lines(len(lines))} the network must not be trusted: it "
            f"differs from least squares by up to {significant(float(network.max()), 2)} standard deviations."
        )
    if np.any(polish > _SAME_MINIMUM):
        messages.append(
            f"On {_lines(np.sum(polish > _SAME_MINIMUM))} the network led the polish into another minimum than the "
            "best."
        )
    outside = sum(bool(entries[0].answer.remarks) for entries in lines)
    if outside:
        messages.append(f"There is a remark on the network's answer for {_lines(outside)}: see the field status.")
    return messages


def _lines(number):
    return f"{count(number)} line{'' if number == 1 else 's'}"


def _table(names, lines):
    rows = []
    for entries in lines[:_LISTED]:
        for entry in entries:
            found, sd = entry.answer.inversion, entry.answer.sd
            value = {name: float(getattr(found, name)[0, 0]) for name in sd}
            bold = strong if entry.method == "least squares" else str
            cells = (
                entry.method,
                with_sd(value["x0_m"], float(sd["x0_m"][0]), 2),
                with_sd(value["depth_m"], float(sd["depth_m"][0]), 2),
                with_sd(value["angle_deg"], float(sd["angle_deg"][0]), 1),
                strength_with_sd(value["k"], float(sd["k"][0])),
                significant(float(found.rms_mv[0])),
                fixed(entry.sigmas),
                PARAMETER_NAMES[entry.farthest] if entry.sigmas > _SAME_MINIMUM else "-",
            )
            rows.append((names[entry.answer.index], *(bold(cell) for cell in cells)))
    caption = (
        f"{count(min(len(lines), _LISTED))} of {_lines(len(lines))}; standard deviations behind \u00b1, by each "
        "method itself. Difference: the largest from least squares, in its standard deviations, and whose it is."
    )
    headers = ("Line", "Method", "Place (m)", "Depth (m)", "Angle (\u00b0)", "K", "Misfit (mV)", "Difference", "In")
    return table(caption, headers, rows, text_columns=(0, 1, 8))
