"""The sections of a self-potential report on one line."""

import numpy as np

from ...algorithms.self_potential.bodies import SHEET
from ..sp_palette import NEGATIVE_TO_POSITIVE, ramp_colour
from .blocks import Cell, callout, facts, figure, paragraph, strong, subtitle, table
from .formats import NO_VALUE, fixed, percent, significant
from .sp_figures import profile_figure
from .sp_posterior_figure import posterior_figure
from .sp_words import (
    MOMENT_UNITS,
    background_words,
    body_sentence,
    misfit_sentence,
    parameter_label,
    shape_name,
    shape_sentences,
    strength_with_sd,
    with_sd,
)

_PALE = 0.72  # of white in the cells of the correlation table, so that dark figures stay legible
_LISTED = 12  # alternatives
_SYMBOLS = {  # of a sheet, or not
    True: "The bar is the sheet.",
    False: "The arrow is the polarisation as seen in the section.",
}


def line_blocks(name, answer):
    """Return everything about one line, as blocks.

    Parameters
    ----------
    name : str
        Of the line.
    answer : Answer
        With an inversion, alternatives and a posterior.
    """
    found = answer.inversion
    blocks = [
        figure(
            profile_figure(answer),
            f"Line {name}: observed and fitted self-potential; residuals, with the band of their root mean square; "
            f"and the section with 95 % intervals of place and depth. {_SYMBOLS[found.shape == SHEET]}",
            f"Curve, residuals and section of line {name}.",
        ),
        parameter_table(answer),
    ]
    if answer.posterior is not None:
        blocks += [
            subtitle("How well place and depth are known"),
            figure(
                posterior_figure(answer),
                "Probability of place and depth together, everything else averaged over: within the solid line 50 "
                "%, within the dashed line 95 %. A slanted figure means that a shift of the one can be made good by "
                "the other.",
                f"Posterior of place and depth of line {name}.",
            ),
        ]
    if answer.alternatives:
        blocks += [
            subtitle("Other shapes and backgrounds"),
            paragraph(*shape_sentences(answer.alternatives)),
            alternatives_table(answer),
        ]
    blocks += [subtitle("Correlation of the parameters"), correlation_table(found)]
    return tuple(blocks)


def line_words(answer):
    """Return what must not be overlooked of one line, and what was found, in words."""
    doubtful = answer.remarks or answer.inversion.status[0] != "ok"
    return (
        callout("Mind", [answer.status] if doubtful else []),
        paragraph(*(body_sentence(answer, body) for body in range(answer.inversion.n_bodies)), misfit_sentence(answer)),
    )


def key_facts(answer):
    """Return the strip of key figures of the first body."""
    found = answer.inversion
    value = {name: float(getattr(found, name)[0, 0]) for name in answer.sd}
    sd = {name: float(answer.sd[name][0]) for name in answer.sd}
    pairs = [
        ("Place x0 (m)", with_sd(value["x0_m"], sd["x0_m"], 1)),
        ("Depth (m)", with_sd(value["depth_m"], sd["depth_m"], 1)),
        (
            "Dip (degrees)" if found.shape == "sheet" else "Angle (degrees)",
            with_sd(value["angle_deg"], sd["angle_deg"], 1),
        ),
        ("Shape", shape_name(found.shape)),
        ("Misfit (mV)", significant(float(found.rms_mv[0]))),
    ]
    return facts(pairs)


def parameter_table(answer):
    """Return every parameter with its standard deviation and its 95 % interval."""
    found = answer.inversion
    rows = []
    for body in range(found.n_bodies):
        suffix = f" of body {body + 1}" if found.n_bodies > 1 else ""
        for name, sd in answer.sd.items():
            value = float(getattr(found, name)[0, body])
            show = significant if name == "k" else fixed
            unit = f" ({MOMENT_UNITS[found.shape]})" if name == "k" else ""
            low, high = answer.interval[name][:, body]
            rows.append(
                (f"{parameter_label(name)}{unit}{suffix}", show(value), show(sd[body]), f"{show(low)} to {show(high)}")
            )
    terms = found.background_coefficients[0]
    deviations = np.sqrt(np.diagonal(found.covariance[0]))[len(found.parameter_names) - len(terms) :]
    for power, (value, sd) in enumerate(zip(terms, deviations)):
        rows.append((parameter_label(f"background_{power}"), significant(value), significant(sd), NO_VALUE))
    caption = f"Parameters of the {shape_name(found.shape)} on {background_words(found.background)}."
    return table(caption, ("Parameter", "Value", "Standard deviation", "95 % interval"), rows)


def alternatives_table(answer):
    """Return the shapes and backgrounds tried, the most probable first; the chosen one in bold."""
    ranked = sorted(answer.alternatives, key=lambda option: -option.weight)[:_LISTED]
    rows = []
    for option in ranked:
        other = option.inversion
        row = (
            shape_name(other.shape),
            other.background,
            percent(option.weight),
            with_sd(float(other.x0_m[0, 0]), float(other.sd("x0_m")[0, 0]), 1),
            with_sd(float(other.depth_m[0, 0]), float(other.sd("depth_m")[0, 0]), 1),
            with_sd(float(other.angle_deg[0, 0]), float(other.sd("angle_deg")[0, 0]), 0),
            strength_with_sd(float(other.k[0, 0]), float(other.sd("k")[0, 0])),
            significant(float(other.rms_mv[0])),
        )
        chosen = (other.shape, other.background) == (answer.inversion.shape, answer.inversion.background)
        rows.append(tuple(strong(cell) for cell in row) if chosen else row)
    caption = (
        f"The {len(rows)} most probable of {len(answer.alternatives)} combinations tried on this line, with one body "
        "each; the one in this report in bold. The probability is the weight by the Bayesian information criterion, "
        "which charges for every parameter."
    )
    headers = ("Shape", "Background", "Probability", "Place (m)", "Depth (m)", "Angle (\u00b0)", "K", "Misfit (mV)")
    return table(caption, headers, rows, text_columns=(0, 1))


def correlation_table(found):
    """Return the correlation matrix, coloured by sign and size."""
    names = [parameter_label(name) for name in found.parameter_names]
    matrix = found.correlation[0]
    short = [str(number) for number in range(1, len(names) + 1)]
    rows = [
        (f"{number} {name}", *(Cell(fixed(value), _pale(value)) for value in row))
        for number, name, row in zip(short, names, matrix)
    ]
    caption = (
        "Correlation by the linearised covariance. Near 1 or -1 two parameters cannot be told apart by this profile. "
        f"Condition number of the problem: {significant(float(found.condition[0]))}."
    )
    return table(caption, ("Parameter", *short), rows)


def _pale(value):
    if not np.isfinite(value):
        return "#ffffff"
    colour = ramp_colour(NEGATIVE_TO_POSITIVE, (value + 1.0) / 2.0)
    mixed = [round(_PALE * 255 + (1 - _PALE) * int(colour[start : start + 2], 16)) for start in (1, 3, 5)]
    return "#{:02x}{:02x}{:02x}".format(*mixed)
