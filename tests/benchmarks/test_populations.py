"""The synthetic populations of the benchmarks are what they say, and as hard for k-means as they say."""

import numpy as np
import pytest
from fumarole.benchmarks.lib import populations
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits


def k_means_score(values, truth, n_clusters):
    standardised = (values - values.mean(axis=0)) / values.std(axis=0)
    with threadpool_limits(1):
        labels = KMeans(n_clusters, n_init=10, random_state=0).fit_predict(standardised)
    return adjusted_rand_score(truth, labels)


def log_ratios(contents):
    logarithms = np.log(contents)
    return logarithms - logarithms.mean(axis=1, keepdims=True)


@pytest.mark.parametrize("generate", [populations.equidistant_blobs, populations.scattered_blobs])
def test_blobs_have_their_sizes_and_defeat_k_means(generate):
    drawn = [generate(seed) for seed in range(4)]
    assert all(np.bincount(p.truth).tolist() == [600, 200, 60, 20] for p in drawn)
    assert np.mean([k_means_score(p.values, p.truth, 4) for p in drawn]) == pytest.approx(0.52, abs=0.05)


def test_equidistant_centres_are_equally_far_apart():
    drawn = populations.equidistant_blobs(seed=3)
    centres = np.stack([drawn.values[drawn.truth == population].mean(axis=0) for population in (0, 1)])
    assert np.linalg.norm(centres[0] - centres[1]) == pytest.approx(5.0, abs=0.4)


def test_compositions_are_closed_and_as_hard_as_they_say():
    drawn = [populations.closed_compositions(seed) for seed in range(10)]
    assert all(np.bincount(p.truth).tolist() == [160, 100, 80, 40, 20] for p in drawn)
    assert all(np.allclose(p.values.sum(axis=1), 1e6) and (p.values > 0).all() for p in drawn)
    on_ratios = np.mean([k_means_score(log_ratios(p.values), p.truth, 5) for p in drawn])
    on_contents = np.mean([k_means_score(p.values, p.truth, 5) for p in drawn])
    assert on_ratios == pytest.approx(0.56, abs=0.05) and on_contents == pytest.approx(0.30, abs=0.05)


def test_the_same_seed_draws_the_same_samples():
    first, second = (populations.closed_compositions(seed=5) for _ in range(2))
    assert np.array_equal(first.values, second.values)
