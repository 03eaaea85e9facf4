"""The sections of a clustering report on a raster map: area of the clusters, and what stands on them."""

import numpy as np

from .blocks import paragraph, subtitle, table
from .clustering_words import cluster_name
from .formats import count, fixed, listed, percent, significant
from .page import Section

_UNUSUAL = 0.05  # probability below which counts are called unusual
_CAVEAT = (
    "The test asks whether the points could have fallen anywhere on the map alike and independently of each other. "
    "{kind} do not: {why}. So a small probability says that their places and the clusters go together, not "
    "that one is the cause of the other, and neighbours that share a cause count as if they were independent."
)
_WHY = {
    "Boreholes": "they are drilled in groups, where access, land and earlier finds suggest",
    "Earthquakes": "they come in sequences and along faults, and their positions are uncertain by kilometres",
}
_WHY_ELSE = "their places were chosen or caused, not drawn"


def area_section(areas):
    """Return the area, pixels and mean confidence of the clusters of a map (a ClusterAreas)."""
    whole = areas.area_km2.sum()
    rows = [
        (
            cluster_name(number),
            count(areas.n_pixels[number - 1]),
            significant(areas.area_km2[number - 1], 4),
            percent(areas.area_km2[number - 1] / whole),
            fixed(areas.confidence[number - 1]),
        )
        for number in range(1, len(areas.n_pixels) + 1)
    ]
    headers = ("Cluster", "Pixels", "Area (km\u00b2)", "Share of the area", "Mean confidence")
    text = (
        f"The clusters of the map cover {significant(whole, 4)} km\u00b2 on the ellipsoid of WGS 84, "
        f"{count(areas.n_pixels.sum())} pixels. Pixels without data are in none of them. What follows on data, "
        "quality and profiles is from the sampled pixels."
    )
    return Section("Area of the clusters", (paragraph(text), table("All pixels of the map.", headers, rows)))


def occurrence_section(occurrences):
    """Return where the points of each kind stand beside what the areas lead one to expect.

    Parameters
    ----------
    occurrences : sequence of (str, Occurrence)
        Name of the kind, and its points on the map.
    """
    blocks = []
    for kind, found in occurrences:
        blocks += [subtitle(kind), paragraph(*_findings(kind, found))]
        if found.n_placed:
            blocks += [_contingency_table(kind, found), paragraph(*_cautions(kind, found))]
    title = f"{listed([kind for kind, _ in occurrences])} by cluster".capitalize()
    return Section(title, tuple(blocks))


def _findings(kind, found):
    name = kind.lower()
    n_points = found.n_placed + found.n_elsewhere
    stand, lie = ("stands" if found.n_placed == 1 else "stand"), ("lies" if found.n_elsewhere == 1 else "lie")
    sentences = [f"{count(found.n_placed)} of {count(n_points)} {name} {stand} in a cluster."]
    if found.n_elsewhere:
        sentences.append(f"{count(found.n_elsewhere)} {lie} outside the map or on pixels without data.")
    if not np.isfinite(found.p_value):
        sentences.append("There is nothing to compare.")
        return sentences
    if found.p_value >= _UNUSUAL:
        meaning = "The counts are what points that fall anywhere alike would often give: no preference is shown"
    else:
        meaning = "Points that fall anywhere alike would seldom give counts so far from the shares of the area"
    sentences.append(f"{meaning} (probability {_probability(found.p_value)}).")
    ratio = found.counts / np.where(found.area_share > 0, found.expected, np.nan)
    for word, side in (("more", ratio > 1), ("fewer", ratio < 1)):
        marked = [str(place + 1) for place in np.flatnonzero(side & (found.cluster_p_values < _UNUSUAL))]
        if marked:
            sentences.append(f"By itself, cluster {listed(marked)} holds {word} than its area lets expect.")
    return sentences


def _contingency_table(kind, found):
    rows = [
        (
            cluster_name(position + 1),
            count(found.counts[position]),
            fixed(found.expected[position], 1),
            fixed(_ratio(found, position)),
            percent(found.area_share[position]),
            _probability(found.cluster_p_values[position]),
        )
        for position in range(len(found.counts))
    ]
    headers = ("Cluster", kind, "Expected by area", "Ratio", "Share of the area", "Probability")
    caption = (
        "Ratio: counted over expected. Probability: of a count at least as unusual in this cluster if points fell "
        "anywhere alike (exact binomial test, two-sided, corrected for the number of clusters after Holm). The "
        "probability of all counts together is simulated (Pearson's statistic, 9 999 draws)."
    )
    return table(caption, headers, rows)


def _cautions(kind, found):
    few = (
        "The numbers are small: some cluster should hold fewer than five. A real preference would then often go "
        "unseen, and a ratio far from 1 means little."
    )
    caveat = _CAVEAT.format(kind=kind, why=_WHY.get(kind, _WHY_ELSE))
    return [few, caveat] if found.is_small else [caveat]


def _ratio(found, position):
    expected = found.expected[position]
    return found.counts[position] / expected if expected > 0 else float("nan")


def _probability(value):
    return "< 0.001" if value < 0.001 else fixed(value, 3)
