"""The fields that clustering adds to samples, and the rows of its tables."""

import numpy as np

from ..layers import fields_of

PROFILE_FIELDS = (
    ("variable", "text"),
    ("unit", "text"),
    ("cluster", "int"),
    ("n_samples", "int"),
    ("mean", "double"),
    ("median", "double"),
    ("quartile_1", "double"),
    ("quartile_3", "double"),
    ("contrast", "double"),
)
SCORE_FIELDS = (
    ("method", "text"),
    ("n_clusters", "int"),
    ("silhouette", "double"),
    ("davies_bouldin", "double"),
    ("stability", "double"),
    ("smallest", "int"),
    ("largest", "int"),
)

COUNT_FIELDS = (
    ("k", "int"),
    ("stability", "double"),
    ("silhouette", "double"),
    ("davies_bouldin", "double"),
    ("smallest_share", "double"),
)


def membership_pairs(n_latent, with_silhouette):
    """Return the ``(name, kind)`` pairs added to every sample."""
    pairs = [("cluster", "int"), ("confidence", "double"), ("entropy", "double"), ("agreement", "double")]
    pairs.append(("silhouette", "double") if with_silhouette else ("outside", "int"))
    if not with_silhouette:
        pairs.append(("out_ratio", "double"))
    return pairs + [(f"z{dimension + 1}", "double") for dimension in range(n_latent)]


def membership_values(membership, silhouette=None):
    """Return one list of values per sample, in the order of :func:`membership_pairs`; NULL where not assigned."""
    assigned = membership.cluster > 0
    clusters = [int(number) if number else None for number in membership.cluster]
    if silhouette is None:
        outside = [int(flag) if known else None for flag, known in zip(membership.outside, assigned)]
        own = [outside, membership.outside_ratio.tolist()]
    else:
        own = [silhouette.tolist()]
    columns = [clusters, membership.confidence.tolist(), membership.entropy.tolist(), membership.agreement.tolist()]
    return [list(row) for row in zip(*columns, *own, *membership.latent.T.tolist())]


def latent_table(membership, names):
    """Return fields and rows of the latent table: sample, cluster, latent coordinates, cluster probabilities."""
    n_latent, n_clusters = membership.latent.shape[1], membership.probability.shape[1]
    fields = fields_of(
        ("sample", "text"),
        ("cluster", "int"),
        *((f"z{dimension + 1}", "double") for dimension in range(n_latent)),
        *((f"prob_{cluster + 1}", "double") for cluster in range(n_clusters)),
    )
    values = np.hstack([membership.latent, membership.probability])
    rows = (
        (None, [names[row], int(membership.cluster[row]), *values[row].tolist()])
        for row in np.flatnonzero(membership.cluster)
    )
    return fields, rows


def profile_rows(profiles):
    """Return the rows of the profile table, variable by variable."""
    for column, (name, unit) in enumerate(zip(profiles.names, profiles.units)):
        for row, cluster in enumerate(profiles.clusters):
            summary = (
                profiles.mean,
                profiles.median,
                profiles.lower_quartile,
                profiles.upper_quartile,
                profiles.contrast,
            )
            numbers = [float(statistic[row, column]) for statistic in summary]
            yield None, [name, unit or None, cluster, int(profiles.sizes[row]), *numbers]


def score_rows(scores):
    """Return the rows of the score table."""
    for item in scores:
        sizes = item.sizes
        yield None, [
            item.method,
            len(sizes),
            item.silhouette,
            item.davies_bouldin,
            item.stability,
            min(sizes),
            max(sizes),
        ]


def count_rows(scores):
    """Return the rows of the table of cluster counts."""
    for item in scores:
        yield None, [item.k, item.stability, item.silhouette, item.davies_bouldin, item.smallest_share]
