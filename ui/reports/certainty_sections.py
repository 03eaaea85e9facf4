"""The sections of a clustering report on how well each single sample fits its cluster."""

import numpy as np

from .blocks import figure, paragraph, subtitle, table
from .clustering_words import cluster_name
from .formats import count, fixed, percent
from .page import Section
from .quality_figures import certainty_figure, silhouette_figure

LEAST_CERTAIN = 15  # samples listed


def silhouette_section(result):
    """Return the silhouettes of the samples, where there are any."""
    measured = np.isfinite(result.silhouette) & (result.membership.cluster > 0)
    if not measured.any():
        return Section("Silhouettes", (paragraph("Silhouettes need at least two clusters; there are none to show."),))
    negative = np.mean(result.silhouette[measured] < 0)
    text = (
        "The silhouette compares a sample's mean distance to its own cluster with that to the nearest other one: "
        "near 1 it sits well inside, near 0 on the border, below 0 it is closer to another cluster. "
        f"{percent(negative)} of the samples are below 0."
    )
    n_assigned = int((result.membership.cluster > 0).sum())
    sampled = (
        f" Computed on {count(measured.sum())} of {count(n_assigned)} samples." if measured.sum() < n_assigned else ""
    )
    caption = f"Silhouettes of the samples, sorted within each cluster; dashed: their mean.{sampled}"
    drawing = silhouette_figure(result.silhouette, result.membership.cluster)
    return Section("Silhouettes", (paragraph(text), figure(drawing, caption, "Silhouettes by cluster, sorted.")))


def certainty_section(result, context):
    """Return confidence, agreement, and the samples to check first."""
    membership = result.membership
    assigned = membership.cluster > 0
    minority = assigned & (membership.agreement < 0.5)
    outside = assigned & membership.outside
    text = (
        "Confidence is the mean probability of the cluster over the runs; agreement is the share of the runs that "
        f"put the sample into it. Samples put into their cluster by fewer than half of the runs: "
        f"{count(minority.sum())}. Samples outside the cloud of the training samples, farther from it than 99 % of "
        f"those are: {count(outside.sum())}. The cluster of either kind is a guess."
    )
    rows = [
        (
            cluster_name(number),
            count(size),
            fixed(np.nanmedian(membership.confidence[membership.cluster == number])),
            count(np.sum(minority & (membership.cluster == number))),
            count(np.sum(outside & (membership.cluster == number))),
        )
        for number, size in zip(result.profiles.clusters, result.profiles.sizes)
    ]
    headers = ("Cluster", "Samples", "Median confidence", "Agreement below one half", "Outside the cloud")
    return Section(
        "Certainty of the single samples",
        (
            paragraph(text),
            figure(
                certainty_figure(membership),
                "Confidence and agreement of the samples, stacked by cluster.",
                "Histograms of confidence and of run agreement.",
            ),
            table("Certainty by cluster.", headers, rows),
            subtitle("Samples to check first"),
            _least_certain_table(result, context),
        ),
    )


def _least_certain_table(result, context):
    membership = result.membership
    rows = np.flatnonzero(membership.cluster > 0)
    rows = rows[np.lexsort((membership.agreement[rows], membership.confidence[rows]))][:LEAST_CERTAIN]
    key = "id" if context.sample_ids else "row"
    caption = f"The {len(rows)} least certain samples. Second choice: the next most probable cluster."
    headers = [f"Sample ({key})", "Cluster", "Second choice", "Confidence", "Agreement", "Entropy", "Silhouette"]
    headers.append("Distance to the cloud")
    body = []
    for row in rows:
        runner_up = np.argsort(-np.nan_to_num(membership.probability[row]), kind="stable")
        second = [int(place) + 1 for place in runner_up if place + 1 != membership.cluster[row]][:1]
        body.append(
            (
                context.sample_name(row),
                cluster_name(membership.cluster[row]),
                cluster_name(second[0]) if second else fixed(None),
                fixed(membership.confidence[row]),
                fixed(membership.agreement[row]),
                fixed(membership.entropy[row]),
                fixed(result.silhouette[row]),
                fixed(membership.outside_ratio[row]),
            )
        )
    return table(caption, headers, body, text_columns=(0, 1, 2))
