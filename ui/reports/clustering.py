"""The report of a clustering run: enough to defend its map before a client."""

import numpy as np

from ..palette import cluster_colour
from . import references
from .blocks import Cell, Markup, bullets, callout, facts, figure, joined, paragraph, strong, subtitle, swatch, table, unmarked
from .clustering_words import (
    cluster_description,
    comparison_sentences,
    findings,
    small_cluster_warnings,
    stability_sentence,
    telling_order,
)
from .cluster_count import count_blocks
from .figures import MAX_POINTS, thinning_note
from .formats import count, fixed, percent, quantity, significant
from .map_figure import drawn_rows, map_figure
from .page import Section, page, run_section
from .profile_figures import MAX_PANELS, box_figure, latent_figure, principal_components
from .quality_figures import agreement_figure, certainty_figure, silhouette_figure

TREATMENTS = {"clr": "centred log-ratio", "yeo_johnson": "Yeo-Johnson", "none": "as it is", "dropped": "dropped"}
LEAST_CERTAIN = 15  # samples listed
REFERENCES = (
    references.AITCHISON_1986,
    references.DAVIES_BOULDIN_1979,
    references.GUO_2017,
    references.HUBERT_ARABIE_1985,
    references.KAUFMAN_ROUSSEEUW_1990,
    references.ROUSSEEUW_1987,
    references.XIE_2016,
    references.YEO_JOHNSON_2000,
)


def clustering_report(result, context):
    """Return the self-contained HTML report of a clustering run.

    Parameters
    ----------
    result : ClusteringResult
    context : ReportContext

    Returns
    -------
    str
        The same for the same input, byte by byte.
    """
    order = telling_order(result.profiles)
    sections = [
        _map_section(result, context),
        _data_section(result),
        _quality_section(result),
        _stability_section(result),
        _profile_section(result, order),
        _latent_section(result, context),
        _silhouette_section(result),
    ]
    if result.count is not None:
        sections.append(Section("Choice of the number of clusters", count_blocks(result.count)))
    sections += [_certainty_section(result, context), run_section(context, REFERENCES)]
    return page(context, _summary(result, context), sections)


def _summary(result, context):
    own = result.scores[0]
    n_assigned = len(result.membership.cluster) - result.n_dropped
    return (
        callout("Read this first", result.warnings),
        paragraph(*findings(result, context)),
        facts(
            (
                ("Samples assigned", count(n_assigned)),
                ("Clusters", result.n_clusters),
                ("Stability", fixed(result.stability)),
                ("Silhouette", fixed(own.silhouette)),
                ("Davies-Bouldin", fixed(own.davies_bouldin)),
            )
        ),
        unmarked(
            joined(
                strong(_cluster_name(number)),
                f" ({count(size)} samples, {percent(size / max(n_assigned, 1))}): ",
                cluster_description(result.profiles, row),
            )
            for row, (number, size) in enumerate(zip(result.profiles.clusters, result.profiles.sizes))
        ),
    )


def _cluster_name(number):
    return joined(swatch(cluster_colour(int(number))), f"Cluster {number}")


def _map_section(result, context):
    if context.xy is None or not np.isfinite(context.xy).all(axis=1).any():
        return Section("Map", (paragraph("The samples have no coordinates, so there is no map."),))
    placed = int(np.isfinite(context.xy).all(axis=1).sum())
    note = thinning_note(len(drawn_rows(result.membership, context)), placed)
    parts = ["Samples by cluster"]
    if context.hulls:
        parts.append("hulls of the clusters")
    if context.boreholes is not None:
        parts.append("boreholes (black +)")
    if context.earthquakes is not None:
        parts.append("earthquakes (red circles, half as large again with every magnitude)")
    caption = f"{', '.join(parts)}. {context.crs}, metres.{note} Drag to zoom, double-click to return."
    description = f"Map of {count(placed)} samples in {result.n_clusters} clusters."
    return Section("Map", (figure(map_figure(result.membership, context), caption, description),))


def _data_section(result):
    notes = sorted(result.feature_notes, key=lambda note: note.treatment == "dropped")
    used = sum(note.treatment != "dropped" for note in notes)
    rows = [
        (
            note.name,
            note.unit,
            TREATMENTS.get(note.treatment, note.treatment),
            count(note.n_missing),
            count(note.n_below_detection),
            count(note.n_clipped),
            note.reason,
        )
        for note in notes
    ]
    headers = ("Variable", "Unit", "Treatment", "Missing", "Below detection", "Clipped", "Reason")
    caption = f"The {len(notes)} columns considered: {used} used, {len(notes) - used} dropped. Counts are samples."
    return Section(
        "What was done to the data",
        (bullets(result.notes), table(caption, headers, rows, text_columns=(0, 1, 2, 6))),
    )


def _quality_section(result):
    best = {
        "silhouette": np.nanmax([score.silhouette for score in result.scores] + [-np.inf]),
        "davies_bouldin": np.nanmin([score.davies_bouldin for score in result.scores] + [np.inf]),
        "stability": np.nanmax([score.stability for score in result.scores] + [-np.inf]),
    }

    def cell(score, measure):
        value = getattr(score, measure)
        return strong(fixed(value)) if value == best[measure] else fixed(value)

    rows = [
        (score.method, *(cell(score, measure) for measure in best), " \u00b7 ".join(count(size) for size in score.sizes))
        for score in result.scores
    ]
    caption = (
        "Partitions of the same samples by the same preprocessed variables. Silhouette and stability: higher is "
        "better; Davies-Bouldin index: lower is better; the best value in bold. Stability is the mean adjusted Rand "
        "index between repetitions with other seeds."
    )
    headers = ("Method", "Silhouette", "Davies-Bouldin", "Stability", "Cluster sizes")
    return Section(
        "Quality beside k-means and a Gaussian mixture",
        (
            callout("High silhouette, tiny cluster", small_cluster_warnings(result.scores)),
            paragraph(*comparison_sentences(result.scores)),
            table(caption, headers, rows, text_columns=(0, 4)),
        ),
    )


def _stability_section(result):
    n_runs = len(result.run_agreement)
    if n_runs < 2:
        text = "A single run was made, so there is nothing to compare it with. Other seeds may draw another map."
        return Section("Stability", (paragraph(stability_sentence(result.stability), text),))
    others = result.run_agreement[~np.eye(n_runs, dtype=bool)]
    text = (
        f"The partition is the consensus of {n_runs} diverse runs, which start from different seeds and "
        f"initialisations. Two single runs agree with an adjusted Rand index of {fixed(np.nanmean(others))} on "
        f"average ({fixed(np.nanmin(others))} to {fixed(np.nanmax(others))}); 1 is the same partition, 0 is chance. "
        "A single run is therefore not a result: the consensus keeps what the runs have in common."
    )
    caption = "Agreement between the single runs: adjusted Rand index of every pair."
    description = f"Heat map of {n_runs} by {n_runs} adjusted Rand indices, mean {fixed(np.nanmean(others))}."
    return Section(
        "Stability",
        (
            paragraph(stability_sentence(result.stability), text),
            figure(agreement_figure(result.run_agreement), caption, description),
        ),
    )


def _profile_section(result, order):
    profiles = result.profiles
    shown = min(len(order), MAX_PANELS)
    which = f"the {shown} variables that differ most of {len(order)}" if shown < len(order) else "all variables"
    caption = (
        f"Box plots of {which}, in the input's units, over all assigned samples: median and quartiles, whiskers at "
        "the 5th and 95th percentiles. Compositions with a wide range have a logarithmic axis."
    )
    headers = ("Variable", *(_cluster_name(number) for number in profiles.clusters))
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
            significant(profiles.median[row, j]), Markup('<span class="quartiles">'), f"{lower} to {upper}", Markup("</span>")
        )


def _contrast_cell(value):
    """Return a contrast on white to red (2 standard deviations above) or blue (2 below)."""
    if not np.isfinite(value):
        return fixed(value)
    strength = min(abs(value) / 2.0, 1.0)
    end = (239, 138, 98) if value > 0 else (103, 169, 207)
    red, green, blue = (round(255 + (channel - 255) * strength) for channel in end)
    sign = "+" if value > 0 else ""
    return Cell(f"{sign}{fixed(value, 1)}", f"#{red:02x}{green:02x}{blue:02x}")


def _latent_section(result, context):
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


def _silhouette_section(result):
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
    sampled = f" Computed on {count(measured.sum())} of {count(n_assigned)} samples." if measured.sum() < n_assigned else ""
    caption = f"Silhouettes of the samples, sorted within each cluster; dashed: their mean.{sampled}"
    drawing = silhouette_figure(result.silhouette, result.membership.cluster)
    return Section("Silhouettes", (paragraph(text), figure(drawing, caption, "Silhouettes by cluster, sorted.")))


def _certainty_section(result, context):
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
            _cluster_name(number),
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
                _cluster_name(membership.cluster[row]),
                _cluster_name(second[0]) if second else fixed(None),
                fixed(membership.confidence[row]),
                fixed(membership.agreement[row]),
                fixed(membership.entropy[row]),
                fixed(result.silhouette[row]),
                fixed(membership.outside_ratio[row]),
            )
        )
    return table(caption, headers, body, text_columns=(0, 1, 2))
