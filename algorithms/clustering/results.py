"""What a clustering run returns: frozen dataclasses shared by the maths, the tools and the reports."""

from dataclasses import dataclass, field
from typing import Optional

import numpy as np


@dataclass(frozen=True)
class FeatureNote:
    """What happened to one input column on its way into the feature matrix.

    Attributes
    ----------
    name : str
        Field name.
    unit : str
        Unit recognised in the name, such as ``"ppm"``; empty when none was.
    treatment : str
        ``"clr"``, ``"yeo_johnson"``, ``"none"`` or ``"dropped"``.
    reason : str
        Why a dropped column was dropped; empty otherwise.
    n_missing, n_below_detection, n_clipped : int
        Counts over the input rows.
    """

    name: str
    unit: str
    treatment: str
    reason: str = ""
    n_missing: int = 0
    n_below_detection: int = 0
    n_clipped: int = 0


@dataclass(frozen=True)
class MethodScore:
    """Quality of one partition, all measured on the same preprocessed features and the same rows.

    ``silhouette`` in [-1, 1], higher is better; ``davies_bouldin`` >= 0, lower is better;
    ``stability`` is the mean adjusted Rand index between repetitions with different seeds (NaN when not
    measured); ``sizes`` are cluster sizes, falling.
    """

    method: str
    silhouette: float
    davies_bouldin: float
    stability: float
    sizes: tuple


@dataclass(frozen=True)
class ClusterCountScore:
    """Quality of one candidate number of clusters ``k`` (same measures as :class:`MethodScore`)."""

    k: int
    stability: float
    silhouette: float
    davies_bouldin: float
    smallest_share: float  #: share of the samples in the smallest cluster, 0 to 1


@dataclass(frozen=True)
class ClusterCount:
    """The curve over k and the suggestion drawn from it."""

    best_k: int
    scores: tuple  #: of ClusterCountScore, k rising
    reason: str  #: one sentence: why this k, and what the other indices prefer


@dataclass(frozen=True)
class Profiles:
    """Each cluster described in the input's units.

    Attributes
    ----------
    names, units : tuple of str
        ``n_features`` field names and units.
    clusters : tuple of int
        Cluster numbers, 1..k.
    sizes : ndarray (k,)
    mean, median, lower_quartile, upper_quartile : ndarray (k, n_features)
        In the input's units.
    contrast : ndarray (k, n_features)
        Mean of the cluster minus mean of all samples, in standard deviations of the transformed
        feature (centred log-ratio for compositions).
    """

    names: tuple
    units: tuple
    clusters: tuple
    sizes: np.ndarray
    mean: np.ndarray
    median: np.ndarray
    lower_quartile: np.ndarray
    upper_quartile: np.ndarray
    contrast: np.ndarray


@dataclass(frozen=True)
class ClusterAreas:
    """What each of the clusters 1..k covers on a raster map.

    Attributes
    ----------
    n_pixels : ndarray of int (k,)
    area_km2 : ndarray (k,)
        On the ellipsoid.
    confidence : ndarray (k,)
        Mean over the pixels; NaN where there are none.
    """

    n_pixels: np.ndarray
    area_km2: np.ndarray
    confidence: np.ndarray


@dataclass(frozen=True)
class Membership:
    """Assignment of samples to clusters.

    Attributes
    ----------
    cluster : ndarray of int (n_samples,)
        1..k by falling size in the training data; 0 = not assigned.
    probability : ndarray (n_samples, k)
        Posterior probability of every cluster by the consensus of the runs; NaN rows where not assigned.
    confidence : ndarray (n_samples,)
        Largest probability.
    entropy : ndarray (n_samples,)
        Shannon entropy of ``probability`` divided by log k: 0 certain, 1 undecided.
    agreement : ndarray (n_samples,)
        Share of the runs whose own label is this cluster.
    latent : ndarray (n_samples, n_latent)
        Coordinates in the representative run's latent space.
    outside : ndarray of bool (n_samples,)
        Whether the sample lies outside the cloud of the training samples.
    outside_ratio : ndarray (n_samples,)
        Distance to the training cloud over the training 99th percentile: above 1 is outside.
    """

    cluster: np.ndarray
    probability: np.ndarray
    confidence: np.ndarray
    entropy: np.ndarray
    agreement: np.ndarray
    latent: np.ndarray
    outside: np.ndarray
    outside_ratio: np.ndarray


@dataclass(frozen=True)
class ClusteringResult:
    """Everything one clustering run found, for the layers and the report.

    Attributes
    ----------
    membership : Membership
        Of every input row.
    silhouette : ndarray (n_samples,)
        Per-sample silhouette in the preprocessed features; NaN where not assigned or not in the sample
        used for large tables.
    features : ndarray (n_samples, n_used)
        Preprocessed matrix that was clustered; NaN rows where not assigned.
    feature_names : tuple of str
        Names of its columns.
    values : ndarray (n_samples, n_used)
        The same columns in the input's units (detection limits substituted, blanks NaN).
    units : tuple of str
        Units of ``values``.
    feature_notes : tuple of FeatureNote
        Every candidate column, used or dropped.
    scores : tuple of MethodScore
        Deep embedded clustering first, then k-means and the Gaussian mixture.
    stability : float
        See ``MethodScore.stability``.
    run_agreement : ndarray (n_runs, n_runs)
        Adjusted Rand index between the single runs.
    count : ClusterCount or None
        The curve over k when k was chosen by the tool.
    profiles : Profiles
    n_clusters : int
    n_dropped : int
        Rows not assigned.
    notes : tuple of str
        What was done, in words.
    warnings : tuple of str
        What the reader must not overlook.
    model : ClusteringModel
        Assigns new samples (see ``model.py``).
    """

    membership: Membership
    silhouette: np.ndarray
    features: np.ndarray
    feature_names: tuple
    values: np.ndarray
    units: tuple
    feature_notes: tuple
    scores: tuple
    stability: float
    run_agreement: np.ndarray
    count: Optional[ClusterCount]
    profiles: Profiles
    n_clusters: int
    n_dropped: int
    notes: tuple
    warnings: tuple
    model: object = field(repr=False)
