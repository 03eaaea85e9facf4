"""The sections of a clustering report on what the clusters are made of: profiles and latent space."""

import numpy as np

from .blocks import Cell, Markup, figure, joined, paragraph, table
from .clustering_words import cluster_name, telling_order
from .figures import MAX_POINTS, thinning_note
from .formats import fixed, quantity, significant
from .page import Section
from .profile_figures import MAX_PANELS, box_figure, latent_figure, principal_components


def profile_section(result):
    """Return box plots, medians and contrasts of every variable by cluster."""
    order = telling_order(result.profiles)
    profiles = result.profiles
    shown = min(len(order), MAX_PANELS)
    which = f"the {shown} variables that differ most of {len(order)}" if shown < len(order) else "all variables"
    caption = (
        f"Box plots of {which}, in the input's units, over all assigned samples: median and quartiles, whiskers at "
        "the 5th and 95th percentiles. Compositions with a wide range have a logarithmic axis."
    )
    headers = ("Variable", *(cluster_name(number) for number in profiles.clusters))
    medians = [(quantity(profiles.names[j], profiles.units[j]), *_medians(profiles, j)) for j in order]
    contrasts = [(profiles.names[j], *(_contrast_cell(value) for value in profiles.contrast[:, j])) for j in order]
    return Section(
        "What the clusters are made of",
        (
            figure(box_figure(result, order), caption, f"Box plots by cluster of {which}."),
            table("Median, and lower to upper quartile, in the input's units.", headers, medians),
            table(
                "Contrast: mean of the cluster minus mean of all samples, in standard deviations of the transformed "
                "variable (centred log-ratio for compositions). Red is above the mean, blue below.",
                headers,
                contrasts,
            ),
        ),
    )


def _medians(profiles, j):
    for row in range(len(profiles.clusters)):
        lower, upper = significant(profiles.lower_quartile[row, j]), significant(profiles.upper_quartile[row, j])
        yield joined(
            significant(profiles.median[row, j]),
            Markup('<span class="quartiles">'),
            f"{lower} to {upper}",
            Markup("</span>"),
        )


def _contrast_cell(value):
    """Return a contrast on white to red (2 standard deviations above) or blue (2 below)."""
    if not np.isfinite(value):
        return fixed(value)
    strength = min(abs(value) / 2.0, 1.0)
    end = (239, 138, 98) if value > 0 else (103, 169, 207)
    red, green, blue = (round(255 + (channel - 255) * strength) for channel in end)
    rounded = round(float(value), 1) + 0.0  # no negative zero
    return Cell(f"{'+' if rounded > 0 else ''}{fixed(rounded, 1)}", f"#{red:02x}{green:02x}{blue:02x}")


def latent_section(result, context):
    """Return the scatter of the samples in the latent space of the representative run."""
    latent = result.membership.latent
    known = int(np.isfinite(latent).all(axis=1).sum())
    if latent.shape[1] < 2 or known < 3:
        return Section("Latent space", (paragraph("There are too few latent coordinates to draw."),))
    coordinates, explained = principal_components(latent)
    text = (
        "The network describes every sample by a few latent coordinates, in which it looks for the clusters. "
        "Groups that overlap here are told apart by the remaining dimensions, or not at all."
    )
    caption = (
        f"The first two principal components of the {latent.shape[1]} latent dimensions of the representative run."
        f"{thinning_note(min(known, MAX_POINTS), known)}"
    )
    drawing = latent_figure(coordinates, explained, result.membership, context)
    return Section("Latent space", (paragraph(text), figure(drawing, caption, "Scatter of the samples by cluster.")))
