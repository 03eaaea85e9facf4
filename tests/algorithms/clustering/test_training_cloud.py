"""What lies outside the training samples, and that units and directions do not decide it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fumarole.algorithms.clustering.training_cloud import TrainingCloud

LABELS = np.repeat([0, 1], (300, 100))


@pytest.fixture(scope="module")
def features():
    """Two synthetic Gaussian clusters with different shapes."""
    rng = np.random.default_rng(6)
    points = rng.normal(size=(400, 3)) * np.where(LABELS, 0.5, 1.0)[:, None] * [1.0, 2.0, 0.3]
    return points + 10.0 * LABELS[:, None]


def test_the_edge_holds_99_percent_of_the_training_samples(features):
    ratio = TrainingCloud.fit(features, LABELS).ratio(features)
    assert (ratio > 1).sum() == 4
    assert np.quantile(ratio, 0.99) == pytest.approx(1)


def test_far_samples_are_outside_and_the_space_between_clusters_too(features):
    cloud = TrainingCloud.fit(features, LABELS)
    far, between, centre = cloud.ratio(np.array([[50.0, 50, 50], [5, 5, 5], [10, 10, 10]]))
    assert far > 5 and between > 1 and centre < 0.3


def test_the_ratio_grows_in_proportion_to_the_distance_from_a_cluster(features):
    cloud = TrainingCloud.fit(features, np.zeros(400, dtype=int))
    step = np.array([3.0, -1.0, 2.0])
    one, two = cloud.ratio(cloud.centre[0] + np.outer([1.0, 2.0], step))
    assert two == pytest.approx(2 * one)


@given(st.integers(0, 10**6), st.floats(0.01, 100))
@settings(max_examples=20, deadline=None)
def test_shift_rotation_and_scale_change_nothing(features, seed, scale):
    rng = np.random.default_rng(seed)
    rotation, shift = np.linalg.qr(rng.normal(size=(3, 3)))[0], rng.normal(size=3)
    expected = TrainingCloud.fit(features, LABELS).ratio(features)
    moved = scale * features @ rotation + shift
    assert TrainingCloud.fit(moved, LABELS).ratio(moved) == pytest.approx(expected, rel=1e-6)


def test_the_numbering_of_the_clusters_changes_nothing(features):
    expected = TrainingCloud.fit(features, LABELS).ratio(features)
    assert TrainingCloud.fit(features, 1 - LABELS).ratio(features) == pytest.approx(expected)


def test_the_whitening_undoes_the_shrunk_covariance(features):
    cloud = TrainingCloud.fit(features, LABELS)
    overall = np.cov(features, rowvar=False)
    for cluster in range(2):
        own = features[LABELS == cluster]
        expected = 0.9 * np.cov(own, rowvar=False) + 0.1 * overall + 0.1 * np.trace(overall) / 3 * np.eye(3)
        inverse = cloud.whitening[cluster] @ cloud.whitening[cluster].T
        assert inverse @ expected == pytest.approx(np.eye(3), abs=1e-9)


def test_the_distance_is_to_the_nearest_cluster(features):
    cloud = TrainingCloud.fit(features, LABELS)
    literal = []
    for sample in features[::20]:
        distances = [
            np.sqrt((sample - c) @ w @ w.T @ (sample - c)) for c, w in zip(cloud.centre, cloud.whitening)
        ]
        literal.append(min(distances) / cloud.edge)
    assert cloud.ratio(features[::20]) == pytest.approx(literal)


@pytest.mark.parametrize("n_features", [1, 2, 6])
def test_clusters_of_one_sample_and_dependent_features_are_no_obstacle(n_features):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(12, n_features))
    points = np.hstack([points, -points.sum(axis=1, keepdims=True)])  # closed, as log-ratios are
    cloud = TrainingCloud.fit(points, np.r_[np.zeros(11, dtype=int), 1])
    ratio = cloud.ratio(points)
    assert np.isfinite(ratio).all() and ratio[-1] == pytest.approx(0)
    assert cloud.ratio(points + 100).min() > 1
