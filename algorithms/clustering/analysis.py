"""One clustering run from the table of measurements to everything the map and the report need."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..model_file import fingerprint, software_versions
from ..progress import part, silent
from .cluster_count import STABLE, TINY_SHARE, cluster_count_curve
from .consensus import adjusted_rand_index, agreement_matrix
from .ensemble import fit_ensemble
from .features import fit_features
from .model import ClusteringModel, networks_of
from .profiles import cluster_profiles
from .quality import compare_methods, silhouette_without_groups, silhouettes
from .results import ClusteringResult
from .training_cloud import TrainingCloud

TRAINING_ROWS = 10_000  # larger tables: the networks see a random sample, then every row is assigned
_AGREEMENT_ROWS = 3000
_NO_GROUPS_MARGIN = 0.01  # of the silhouette, within which two tables count as alike
METHOD = "Deep embedded clustering"


@dataclass(frozen=True)
class Options:
    """How to cluster.

    Attributes
    ----------
    n_clusters : int
        0 = choose between 2 and ``max_clusters``.
    effort : {"quick", "standard", "thorough"}
    transform, missing : str
        See :func:`~.features.fit_features`.
    seed : int
    device : str
        torch device.
    """

    n_clusters: int = 0
    effort: str = "standard"
    transform: str = "auto"
    missing: str = "impute"
    seed: int = 42
    device: str = "cpu"
    max_clusters: int = 10


def cluster_table(table, options=Options(), progress=silent):
    """Preprocess, cluster, assign, score and describe.

    Parameters
    ----------
    table : FeatureTable
    options : Options
    progress : Progress

    Returns
    -------
    ClusteringResult

    Raises
    ------
    DataError
        If the table or the options cannot be used, in one sentence.
    """
    if options.n_clusters == 1 or options.n_clusters < 0:
        raise DataError(f"{options.n_clusters} is not a usable number of clusters. Give 2 or more, or 0 to choose.")
    progress(0.0, "Preparing the features")
    transform, prepared, feature_notes, warnings = fit_features(table, options.transform, options.missing)
    training = _training_rows(prepared.matrix[prepared.assigned], options.seed)
    _require_enough(training, options.n_clusters)
    count, fitted = _fit(training, options, part(progress, 0.02, 0.85))
    wanted = len(fitted.consensus.share)
    progress(0.85, "Assigning the samples")
    model = _model(transform, fitted, training, options)
    membership = model.assign_matrix(prepared.matrix, part(progress, 0.85, 0.87))
    known = membership.cluster > 0
    matrix, labels = prepared.matrix[known], membership.cluster[known] - 1
    scores = compare_methods(
        METHOD, matrix, labels, wanted, fitted.stability, options.seed, part(progress, 0.87, 0.97)
    )
    progress(0.97, "Measuring the silhouettes")
    without_groups = silhouette_without_groups(matrix, wanted, options.seed)
    silhouette = np.full(len(known), np.nan)
    silhouette[known] = silhouettes(matrix, labels, options.seed)
    profiles = cluster_profiles(
        transform.names, transform.units, prepared.values, prepared.matrix, membership.cluster
    )
    model.card.update(_quality_card(scores, prepared, len(training)))
    progress(1.0, "")
    return ClusteringResult(
        membership=membership,
        silhouette=silhouette,
        features=prepared.matrix,
        feature_names=transform.names,
        values=prepared.values,
        units=transform.units,
        feature_notes=feature_notes,
        scores=scores,
        stability=fitted.stability,
        run_agreement=_run_agreement(fitted, options.seed),
        count=count,
        profiles=profiles,
        n_clusters=len(profiles.clusters),
        n_dropped=int((~known).sum()),
        notes=prepared.notes + _notes(fitted, len(training), int(known.sum()), without_groups),
        warnings=warnings + _warnings(scores, profiles.sizes, wanted, without_groups, options),
        model=model,
    )


def _fit(training, options, progress):
    """Choose the number of clusters if asked to, and cluster; returns the curve over k (or None) and the ensemble."""
    count, start = None, 0.0
    if options.n_clusters == 0:
        start = 0.6
        count = cluster_count_curve(
            training, 2, options.max_clusters, options.seed, options.device, part(progress, 0.0, start)
        )
    n_clusters = options.n_clusters or count.best_k
    fitted = fit_ensemble(
        training, n_clusters, options.effort, options.seed, options.device, part(progress, start, 1.0)
    )
    return count, fitted


def _training_rows(matrix, seed):
    if len(matrix) <= TRAINING_ROWS:
        return matrix
    return matrix[np.sort(np.random.default_rng(seed).choice(len(matrix), TRAINING_ROWS, replace=False))]


def _require_enough(training, n_clusters):
    n_distinct = len(np.unique(training, axis=0))
    needed = max(n_clusters, 2)
    if n_distinct <= needed:
        raise DataError(
            f"{n_distinct} different usable samples cannot be grouped into {needed} clusters: there must be more "
            "samples than clusters. Add samples, choose fewer clusters, or choose fields with fewer blanks."
        )


def _model(transform, fitted, training, options):
    probability = fitted.probability()
    labels = probability.argmax(axis=1)
    opinions = fitted.consensus.labels_of_runs(fitted.runs.soft_assignment)
    representative = int(np.argmax([adjusted_rand_index(opinion, labels) for opinion in opinions]))
    card = {
        "effort": options.effort,
        "transform": options.transform,
        "missing": options.missing,
        "seed": options.seed,
        "software": software_versions(),
        "training_fingerprint": fingerprint(training),
    }
    return ClusteringModel(
        transform,
        networks_of(fitted.arrays),
        fitted.consensus,
        TrainingCloud.fit(training, labels),
        representative,
        card,
    )


def _quality_card(scores, prepared, n_training):
    return {
        "n_samples": int(prepared.assigned.sum()),
        "n_training": n_training,
        "quality": [
            {
                "method": s.method,
                "silhouette": _json_number(s.silhouette),
                "davies_bouldin": _json_number(s.davies_bouldin),
                "stability": _json_number(s.stability),
            }
            for s in scores
        ],
    }


def _json_number(value):
    return None if np.isnan(value) else round(float(value), 6)


def _run_agreement(fitted, seed):
    opinions = fitted.consensus.labels_of_runs(fitted.runs.soft_assignment)
    if opinions.shape[1] > _AGREEMENT_ROWS:
        rows = np.random.default_rng(seed).choice(opinions.shape[1], _AGREEMENT_ROWS, replace=False)
        opinions = opinions[:, rows]
    return agreement_matrix(opinions)


def _notes(fitted, n_training, n_assigned, without_groups):
    n_runs = fitted.n_runs
    if n_runs == 1:
        notes = ("One run of deep embedded clustering (effort 'quick'): its stability is not measured.",)
    else:
        notes = (
            f"The clusters are the consensus of {n_runs} runs of deep embedded clustering. They agree so far that they "
            f"count as {fitted.consensus.effective_runs:.1f} independent ones in the probabilities.",
        )
    notes += (
        f"For comparison: with every variable shuffled by itself, so that no groups are left, k-means still reaches a "
        f"silhouette of {without_groups:.2f}.",
    )
    if n_training < n_assigned:
        notes += (f"The networks were trained on a random sample of {n_training} of the {n_assigned} samples.",)
    return notes


def _warnings(scores, sizes, wanted, without_groups, options):
    own, kmeans = scores[0], scores[1]
    warnings = []
    if len(sizes) < wanted:
        warnings.append(f"Only {len(sizes)} of the {wanted} clusters asked for hold samples.")
    if min(sizes) < TINY_SHARE * sum(sizes):
        warnings.append(
            f"The smallest cluster holds {min(sizes)} of {sum(sizes)} samples (under {TINY_SHARE:.0%}): a few "
            "outliers can make the silhouette look good. Look at these samples before trusting the partition."
        )
    if kmeans.silhouette <= without_groups + _NO_GROUPS_MARGIN:
        warnings.append(
            f"These features show no groups: k-means reaches a silhouette of {kmeans.silhouette:.2f} on them and of "
            f"{without_groups:.2f} when every variable is shuffled by itself. The clusters cut a continuum."
        )
    if options.effort == "quick":
        warnings.append("A single run is not a result: another seed can give another map. Use effort 'standard'.")
    elif own.stability < STABLE:
        warnings.append(
            f"The partition is not stable (agreement between half ensembles {own.stability:.2f}, {STABLE:g} or more "
            "is reproducible): the groups grade into each other. Try fewer clusters."
        )
    if own.silhouette < kmeans.silhouette:
        warnings.append(
            f"k-means separates these features better by the silhouette ({kmeans.silhouette:.2f} against "
            f"{own.silhouette:.2f})."
        )
    return tuple(warnings)
