"""The report of a clustering run: enough to defend its map before a client."""

import numpy as np

from . import references
from .blocks import bullets, callout, facts, figure, joined, paragraph, strong, table, unmarked
from .certainty_sections import certainty_section, silhouette_section
from .cluster_count import count_blocks
from .clustering_words import (
    cluster_description,
    cluster_name,
    comparison_sentences,
    findings,
    small_cluster_warnings,
    stability_sentence,
)
from .figures import thinning_note
from .formats import count, fixed, percent
from .map_figure import drawn_rows, map_figure
from .map_sections import area_section, occurrence_section
from .page import Section, page, run_section
from .profile_sections import latent_section, profile_section
from .quality_figures import agreement_figure

TREATMENTS = {"clr": "centred log-ratio", "yeo_johnson": "Yeo-Johnson", "none": "as it is", "dropped": "dropped"}
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
    sections = [_map_section(result, context)]
    if context.areas is not None:
        sections.append(area_section(context.areas))
    if context.occurrences:
        sections.append(occurrence_section(context.occurrences))
    sections += [
        _data_section(result),
        _quality_section(result),
        _stability_section(result),
        profile_section(result),
        latent_section(result, context),
        silhouette_section(result),
    ]
    if result.count is not None:
        sections.append(Section("Choice of the number of clusters", count_blocks(result.count)))
    sections += [certainty_section(result, context), run_section(context, REFERENCES)]
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
                strong(cluster_name(number)),
                f" ({count(size)} samples, {percent(size / max(n_assigned, 1))}): ",
                cluster_description(result.profiles, row),
            )
            for row, (number, size) in enumerate(zip(result.profiles.clusters, result.profiles.sizes))
        ),
    )


def _map_section(result, context):
    if context.xy is None or not np.isfinite(context.xy).all(axis=1).any():
        return Section("Map", (paragraph("The samples have no coordinates, so there is no map."),))
    if context.picture:
        height, width = context.picture.cluster.shape
        parts, note = ["Clusters"], f" Shown in {count(width)} by {count(height)} pixels; blank is no data."
        description = f"Map of {result.n_clusters} clusters."
    else:
        placed = int(np.isfinite(context.xy).all(axis=1).sum())
        parts, note = ["Samples by cluster"], thinning_note(len(drawn_rows(result.membership, context)), placed)
        description = f"Map of {count(placed)} samples in {result.n_clusters} clusters."
    if context.hulls:
        parts.append("hulls of the clusters")
    if context.boreholes is not None:
        parts.append("boreholes (black +)")
    if context.earthquakes is not None:
        parts.append("earthquakes (red circles, half as large again with every magnitude)")
    caption = f"{', '.join(parts)}. {context.crs}, metres.{note} Drag to zoom, double-click to return."
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
        text = fixed(value)
        return strong(text) if np.isfinite(value) and text == fixed(best[measure]) else text

    rows = [
        (
            score.method,
            *(cell(score, measure) for measure in best),
            " \u00b7 ".join(count(size) for size in score.sizes),
        )
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
