"""What the numbers of a clustering mean, in sentences for a geologist."""

import numpy as np

from ..palette import cluster_colour
from .blocks import joined, swatch
from .formats import count, fixed, listed, percent

SMALL_SHARE = 0.01  # a cluster below this share of the samples may be a handful of outliers
HIGH_SILHOUETTE = 0.5  # "reasonable structure" and better, Kaufman and Rousseeuw 1990
NOTABLE_CONTRAST = 0.5  # standard deviations from the mean of all samples
_NAMED = 3  # variables named on either side of a cluster's description


def cluster_name(number):
    """Return "Cluster n" behind a swatch of its colour."""
    return joined(swatch(cluster_colour(int(number))), f"Cluster {number}")


def findings(result, context):
    """Return the findings as a list of sentences."""
    sizes = result.profiles.sizes
    n_samples = len(result.membership.cluster)
    n_assigned = n_samples - result.n_dropped
    groups = f"{result.n_clusters} clusters of {count(np.min(sizes))} to {count(np.max(sizes))} samples"
    if result.n_clusters == 1:
        groups = "one cluster"
    sentences = [
        f"{count(n_assigned)} of {count(n_samples)} samples of {context.input_name} fall into {groups}, by "
        f"{len(result.feature_names)} variables; coordinates take no part.",
        result.count.reason if result.count else "The number of clusters was set by the analyst.",
        stability_sentence(result.stability),
        silhouette_sentence(result.scores[0].silhouette),
    ]
    if result.n_dropped:
        noun = "row was" if result.n_dropped == 1 else "rows were"
        sentences.append(f"{count(result.n_dropped)} {noun} not assigned.")
    return sentences


def stability_sentence(stability):
    """Return what the mean adjusted Rand index between repetitions means for the map."""
    if not np.isfinite(stability):
        return "How much the map depends on the seed was not measured."
    if stability >= 0.9:
        meaning = "very stable: another seed draws practically the same map"
    elif stability >= 0.8:
        meaning = "stable: another seed moves only samples near the borders between clusters"
    elif stability >= 0.6:
        meaning = "moderately stable: parts of the borders move with the seed, so read the confidence of each sample"
    else:
        meaning = "unstable: another seed draws a different map, so no decision should rest on it alone"
    return f"The partition is {meaning} (adjusted Rand index {fixed(stability)})."


def silhouette_sentence(silhouette):
    """Return the reading of a mean silhouette after Kaufman and Rousseeuw (1990)."""
    if not np.isfinite(silhouette):
        return "No silhouette could be computed."
    if silhouette > 0.7:
        meaning = "strong structure"
    elif silhouette > HIGH_SILHOUETTE:
        meaning = "reasonable structure"
    elif silhouette > 0.25:
        meaning = "weak structure: neighbouring clusters overlap"
    else:
        meaning = "clusters that grade into one another rather than stand apart"
    return f"The mean silhouette of {fixed(silhouette)} indicates {meaning}."


def comparison_sentences(scores):
    """Return how the first of the MethodScores fares beside the others."""
    own = scores[0]
    if not np.isfinite(own.silhouette):
        return ["Without a silhouette the methods cannot be ranked."]
    level = [other.method for other in scores[1:] if fixed(other.silhouette) == fixed(own.silhouette)]
    apart = [other for other in scores[1:] if other.method not in level]
    ahead = [other.method for other in apart if other.silhouette > own.silhouette]
    behind = [other.method for other in apart if other.silhouette < own.silhouette]
    sentences = []
    if level:
        sentences.append(
            f"{own.method} and {listed(level)} reach the same silhouette: the simpler method would do here."
        )
    if ahead:
        sentences.append(
            f"{own.method} does not beat {listed(ahead)} by the silhouette. The silhouette favours round, "
            "equally wide groups, which is what k-means looks for; stability and the profiles decide whether "
            "the partition above is the better map."
        )
    if behind:
        sentences.append(f"The silhouette of {own.method} is above that of {listed(behind)}.")
    return sentences


def small_cluster_warnings(scores):
    """Return a warning for every MethodScore whose high silhouette comes with a cluster under 1 %."""
    warnings = []
    for score in scores:
        if not score.sizes:
            continue
        share = min(score.sizes) / sum(score.sizes)
        if score.silhouette > HIGH_SILHOUETTE and share < SMALL_SHARE:
            warnings.append(
                f"{score.method}: the silhouette of {fixed(score.silhouette)} is misleading. The smallest cluster "
                f"holds {count(min(score.sizes))} of {count(sum(score.sizes))} samples ({percent(share)}): "
                "a few outliers stand apart from everything else, which says nothing about the rest."
            )
    return warnings


def cluster_description(profiles, row):
    """Return what distinguishes the cluster in ``row`` of the Profiles, by its contrasts."""
    contrast = np.nan_to_num(profiles.contrast[row])
    rising = np.argsort(contrast, kind="stable")
    high = [profiles.names[j] for j in rising[::-1][:_NAMED] if contrast[j] >= NOTABLE_CONTRAST]
    low = [profiles.names[j] for j in rising[:_NAMED] if contrast[j] <= -NOTABLE_CONTRAST]
    phrases = [f"{word} {listed(names)}" for word, names in (("high", high), ("low", low)) if names]
    return "; ".join(phrases) if phrases else "close to the average of all samples in every variable"


def telling_order(profiles):
    """Return the columns of the Profiles, those that differ most between clusters first."""
    contrast = np.nan_to_num(profiles.contrast)
    spread = contrast.max(axis=0) - contrast.min(axis=0)
    if len(profiles.clusters) == 1:
        spread = np.zeros(len(profiles.names))  # nothing to tell apart: keep the input's order
    return np.argsort(-spread, kind="stable")
