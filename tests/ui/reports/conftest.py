"""Seeded synthetic results, in the shape the maths returns them, so that reports are tested without training."""

import numpy as np
import pytest
from fumarole.algorithms.clustering.results import (
    ClusterCount,
    ClusterCountScore,
    ClusteringResult,
    FeatureNote,
    Membership,
    MethodScore,
    Profiles,
)
from fumarole.ui.reports.context import ReportContext

NAMES = ("As (ppm)", "B (ppm)", "Cl (ppm)", "Li (ppm)", "Na (ppm)", "SiO2 (%)", "pH", "T_degC")
UNITS = ("ppm", "ppm", "ppm", "ppm", "ppm", "%", "", "")
MEANS = (-1.0, 0.5, 3.0, -1.5, 4.0, -4.0, 7.0, 60.0)  # of the logarithm for the compositions
COMPOSITIONS = 6


def synthetic_result(n_samples=300, n_clusters=3, seed=7, names=NAMES, with_count=True, n_runs=20, n_dropped=4):
    """Return a ClusteringResult of well-formed but synthetic numbers with falling cluster sizes."""
    random = np.random.default_rng(seed)
    cluster = 1 + np.sort(random.integers(0, n_clusters * n_clusters, n_samples) // n_clusters)
    cluster = np.sort(np.minimum(cluster, 1 + random.integers(0, n_clusters, n_samples)))
    cluster[:n_clusters] = np.arange(1, n_clusters + 1)
    random.shuffle(cluster)
    cluster[random.permutation(n_samples)[:n_dropped]] = 0
    assigned = cluster > 0
    shifts = random.normal(0, 1.2, (n_clusters + 1, len(names)))
    features = shifts[cluster] + random.normal(0, 0.6, (n_samples, len(names)))
    features[~assigned] = np.nan
    features_full = np.nan_to_num(features)
    values = np.column_stack(
        [
            np.exp(mean + features_full[:, j]) if j < COMPOSITIONS else mean + 0.08 * mean * features_full[:, j]
            for j, mean in enumerate(MEANS)
        ]
    )
    values[random.random(values.shape) < 0.02] = np.nan
    distance = ((features_full[:, None, :] - shifts[None, 1:, :]) ** 2).mean(axis=2)
    probability = 1 / (1 + distance) ** 3
    probability /= probability.sum(axis=1, keepdims=True)
    probability[~assigned] = np.nan
    confidence = probability.max(axis=1)
    entropy = -(probability * np.log(probability)).sum(axis=1) / np.log(max(n_clusters, 2))
    own = distance[np.arange(n_samples), np.maximum(cluster - 1, 0)]
    nearest = np.where(np.eye(n_clusters)[np.maximum(cluster - 1, 0)] > 0, np.inf, distance).min(axis=1)
    silhouette = (nearest - own) / np.maximum(nearest, own) if n_clusters > 1 else np.full(n_samples, np.nan)
    silhouette = np.where(assigned, silhouette, np.nan)
    latent = features_full @ random.normal(0, 1, (len(names), 5))
    latent[~assigned] = np.nan
    outside_ratio = np.where(assigned, random.gamma(4, 0.1, n_samples), np.nan)
    membership = Membership(
        cluster=cluster,
        probability=probability,
        confidence=confidence,
        entropy=entropy,
        agreement=np.where(assigned, np.clip(np.round(random.beta(8, 1.2, n_samples) * 20) / 20, 0, 1), np.nan),
        latent=latent,
        outside=np.nan_to_num(outside_ratio) > 1,
        outside_ratio=outside_ratio,
    )
    numbers = tuple(range(1, n_clusters + 1))
    sizes = np.array([(cluster == number).sum() for number in numbers])

    def by_cluster(statistic):
        return np.array([statistic(values[cluster == number]) for number in numbers])

    spread = np.nanstd(features, axis=0)
    profiles = Profiles(
        names=tuple(names),
        units=UNITS,
        clusters=numbers,
        sizes=sizes,
        mean=by_cluster(lambda part: np.nanmean(part, axis=0)),
        median=by_cluster(lambda part: np.nanmedian(part, axis=0)),
        lower_quartile=by_cluster(lambda part: np.nanquantile(part, 0.25, axis=0)),
        upper_quartile=by_cluster(lambda part: np.nanquantile(part, 0.75, axis=0)),
        contrast=np.array(
            [
                (np.nanmean(features[cluster == number], axis=0) - np.nanmean(features, axis=0)) / spread
                for number in numbers
            ]
        ),
    )
    mean_silhouette = float(np.mean(silhouette[assigned]))
    agreement = np.clip(random.normal(0.62, 0.1, (n_runs, n_runs)), 0, 1)
    agreement = (agreement + agreement.T) / 2
    np.fill_diagonal(agreement, 1.0)
    return ClusteringResult(
        membership=membership,
        silhouette=silhouette,
        features=features,
        feature_names=tuple(names),
        values=values,
        units=UNITS,
        feature_notes=tuple(
            FeatureNote(name, unit, "clr" if j < COMPOSITIONS else "yeo_johnson", "", 3 * j, 2 if j == 0 else 0, j % 3)
            for j, (name, unit) in enumerate(zip(names, UNITS))
        )
        + (FeatureNote("Hg (ppb)", "ppb", "dropped", "71 % of the samples are below detection", 0, 212, 0),),
        scores=(
            MethodScore("Deep embedded clustering", mean_silhouette, 1.21, 0.93, tuple(np.sort(sizes)[::-1])),
            MethodScore("k-means", mean_silhouette + 0.02, 1.3, 0.95, tuple(np.sort(sizes)[::-1])),
            MethodScore("Gaussian mixture", mean_silhouette - 0.06, 1.8, 0.71, tuple(np.sort(sizes)[::-1])),
        ),
        stability=0.93,
        run_agreement=agreement,
        count=synthetic_count(n_clusters) if with_count else None,
        profiles=profiles,
        n_clusters=n_clusters,
        n_dropped=int((~assigned).sum()),
        notes=(
            "6 compositions were brought to mg/kg and transformed together (centred log-ratio).",
            "2 other variables were transformed by Yeo-Johnson and standardised.",
            "Missing values were imputed in the transformed space; rows under 60 % complete stay unassigned.",
        ),
        warnings=(f"{int((~assigned).sum())} samples are under 60 % complete and were not assigned.",),
        model=None,
    )


def synthetic_count(best_k=3):
    """Return a ClusterCount over k = 2 to 10."""
    scores = tuple(
        ClusterCountScore(k, 0.98 - 0.012 * k * k / 2, 0.42 - 0.02 * k, 1.0 + 0.06 * k, 0.5 / k) for k in range(2, 11)
    )
    reason = (
        f"k = {best_k} is the largest number of clusters with a stability of at least 0.8; the silhouette prefers 2."
    )
    return ClusterCount(best_k=best_k, scores=scores, reason=reason)


def synthetic_context(result, seed=11, **changes):
    """Return a ReportContext on the Simav graben, with a place for every sample of ``result``."""
    random = np.random.default_rng(seed)
    cluster = result.membership.cluster
    centres = np.column_stack(
        [random.uniform(640e3, 680e3, result.n_clusters + 1), random.uniform(4.328e6, 4.342e6, result.n_clusters + 1)]
    )
    xy = centres[cluster] + random.normal(0, 2200, (len(cluster), 2))
    corners = 3500 * np.array([[-1, -1], [1, -1], [1.2, 0.2], [0.4, 1], [-1, 1]])
    settings = {
        "title": "Deep embedded clustering of Simav waters (synthetic)",
        "input_name": "simav_waters",
        "crs": "EPSG:32635 - WGS 84 / UTM zone 35N",
        "parameters": {
            "Fields": "all numeric fields",
            "Transform": "auto",
            "Number of clusters": 0,
            "Effort": "standard",
        },
        "seed": 42,
        "versions": {"QGIS": "3.22.16", "Python": "3.11.2", "torch": "1.13.1", "scikit-learn": "1.2.1"},
        "plugin_version": "0.1.0",
        "elapsed_s": 12.34,
        "xy": xy,
        "hulls": tuple((number, centres[number] + corners) for number in range(1, result.n_clusters + 1)),
        "boreholes": np.column_stack([random.uniform(640e3, 680e3, 9), random.uniform(4.328e6, 4.342e6, 9)]),
        "earthquakes": np.column_stack([random.uniform(636e3, 684e3, 53), random.uniform(4.325e6, 4.345e6, 53)]),
        "magnitudes": 4 + random.exponential(0.45, 53),
    }
    return ReportContext(**{**settings, **changes})


@pytest.fixture(scope="session")
def make_result():
    """Build synthetic results."""
    return synthetic_result


@pytest.fixture(scope="session")
def make_context():
    """Build contexts for them."""
    return synthetic_context


@pytest.fixture(scope="session")
def make_count():
    """Build synthetic curves over k."""
    return synthetic_count
