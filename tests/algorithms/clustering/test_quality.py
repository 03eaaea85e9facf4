"""Scores equal scikit-learn's, say when they cannot be known, and are sampled where they would be slow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import davies_bouldin_score, silhouette_samples, silhouette_score

from fumarole.algorithms.clustering import quality
from fumarole.algorithms.clustering.quality import (
    compare_methods,
    mean_agreement,
    score,
    silhouette_without_groups,
    silhouettes,
)

LABELS = np.repeat([0, 1, 2], (40, 25, 10))


@pytest.fixture(scope="module")
def features():
    """Three separate synthetic groups in three features."""
    return 6.0 * np.eye(3)[LABELS] + np.random.default_rng(1).normal(size=(len(LABELS), 3))


def test_silhouettes_equal_scikit_learns(features):
    assert silhouettes(features, LABELS, 0) == pytest.approx(silhouette_samples(features, LABELS))


@given(st.integers(0, 10**6), st.integers(2, 5))
@settings(max_examples=20, deadline=None)
def test_scores_equal_scikit_learns_for_any_partition(seed, n_clusters):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(30, 3))
    labels = np.r_[np.arange(n_clusters), rng.integers(0, n_clusters, 30 - n_clusters)]
    own = score("any", points, labels, 0.5, 0)
    assert own.silhouette == pytest.approx(silhouette_score(points, labels))
    assert own.davies_bouldin == pytest.approx(davies_bouldin_score(points, labels))
    assert sum(own.sizes) == 30 and list(own.sizes) == sorted(own.sizes, reverse=True)


def test_score_keeps_name_and_stability_and_counts_falling_sizes(features):
    own = score("k-means", features, np.array([1, 4, 0])[LABELS], 0.9, 0)
    assert (own.method, own.stability, own.sizes) == ("k-means", 0.9, (40, 25, 10))


@pytest.mark.parametrize("labels", [np.zeros(6, dtype=int), np.arange(6)], ids=["one cluster", "a cluster each"])
def test_quality_of_a_partition_that_has_none_is_not_known(labels):
    points = np.random.default_rng(0).normal(size=(6, 2))
    assert np.isnan(silhouettes(points, labels, 0)).all()
    own = score("any", points, labels, float("nan"), 0)
    assert np.isnan(own.silhouette) and np.isnan(own.davies_bouldin) and sum(own.sizes) == 6


def test_large_tables_are_sampled_the_same_way_for_the_same_seed(features, monkeypatch):
    monkeypatch.setattr(quality, "SILHOUETTE_ROWS", 50)
    sampled = silhouettes(features, LABELS, 0)
    rows = np.flatnonzero(np.isfinite(sampled))
    assert len(rows) == 50
    assert sampled[rows] == pytest.approx(silhouette_samples(features[rows], LABELS[rows]))
    assert np.array_equal(sampled, silhouettes(features, LABELS, 0), equal_nan=True)
    assert not np.array_equal(sampled, silhouettes(features, LABELS, 1), equal_nan=True)


def test_silhouettes_do_not_change_with_shift_rotation_and_scale(features):
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    assert silhouettes(3 * features @ rotation + 7, LABELS, 0) == pytest.approx(silhouettes(features, LABELS, 0))


def compared(features, n_clusters, seed):
    return compare_methods("ours", features, LABELS, n_clusters, 0.5, seed)


def test_baselines_find_separate_groups_every_time(features):
    ours, kmeans, mixture = compared(features, 3, 42)
    assert (ours.method, kmeans.method, mixture.method) == ("ours", "k-means", "Gaussian mixture")
    assert ours == score("ours", features, LABELS, 0.5, 42)
    for baseline in (kmeans, mixture):
        assert baseline.sizes == (40, 25, 10) and baseline.stability == pytest.approx(1)
        assert baseline.silhouette == pytest.approx(silhouette_score(features, LABELS))


def test_comparing_repeats_and_leaves_the_global_random_state_alone(features):
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    first = compared(features, 4, 1)
    np.random.seed(2)
    assert compared(features, 4, 1) == first
    np.random.seed(1)
    assert np.array_equal(np.random.get_state()[1], before)


def test_methods_of_large_tables_are_compared_on_one_sample_of_rows(features, monkeypatch):
    monkeypatch.setattr(quality, "_COMPARED_ROWS", 60)
    assert [sum(own.sizes) for own in compared(features, 3, 0)] == [60, 60, 60]


def test_groups_exceed_the_silhouette_without_groups_and_noise_does_not(features):
    noise = np.random.default_rng(4).normal(size=(300, 5))
    kmeans = compare_methods("ours", noise, np.tile([0, 1, 2], 100), 3, 0.5, 0)[1]
    assert kmeans.silhouette == pytest.approx(silhouette_without_groups(noise, 3, 0), abs=0.02)
    assert silhouette_without_groups(features, 3, 0) < silhouette_score(features, LABELS) - 0.1


def test_mean_agreement_is_the_mean_over_pairs():
    one, other = np.repeat([0, 1], 10), np.tile([0, 1], 10)
    assert mean_agreement(np.stack([one, one, one])) == 1.0
    lowest = mean_agreement(np.stack([one, other]))
    assert mean_agreement(np.stack([one, one, other])) == pytest.approx((1 + 2 * lowest) / 3)
