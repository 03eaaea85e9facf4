"""The consensus ensemble finds what was put in, the same way every time."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans

from fumarole.algorithms.clustering import ensemble
from fumarole.algorithms.clustering.consensus import adjusted_rand_index
from fumarole.algorithms.clustering.ensemble import (
    EFFORTS,
    cluster_ensemble,
    fit_ensemble,
    pretrain_ensemble,
    split_half_stability,
)
from fumarole.algorithms.errors import Cancelled

TRUTH = np.repeat([0, 1, 2], (70, 40, 15))  # the numbers clusters of these sizes must get


@pytest.fixture(scope="module")
def features():
    """Three separate synthetic groups of very different size in four standardised features."""
    rng = np.random.default_rng(8)
    points = 4.0 * np.eye(4)[TRUTH] + 0.5 * rng.normal(size=(len(TRUTH), 4))
    return (points - points.mean(axis=0)) / points.std(axis=0)


@pytest.fixture(scope="module")
def pretrained(features):
    return pretrain_ensemble(features, "standard", 42)


@pytest.fixture(scope="module")
def hurried(pretrained):
    """The same, to be refined for 20 steps only."""
    return replace(pretrained, effort=replace(pretrained.effort, refine_steps=20))


@pytest.fixture(scope="module")
def fitted(pretrained):
    return cluster_ensemble(pretrained, 3)


@pytest.fixture(scope="module")
def single(features):
    return fit_ensemble(features, 3, "quick", seed=1)


def test_groups_of_different_size_come_back_numbered_by_size(fitted):
    assert np.array_equal(fitted.labels, TRUTH)


def test_one_run_finds_most_of_them(single):
    assert adjusted_rand_index(single.labels, TRUTH) > 0.6
    assert single.n_runs == 1 and single.consensus.effective_runs == 1


def test_the_standard_effort_is_a_consensus_of_many_runs(fitted):
    assert fitted.n_runs == EFFORTS["standard"].n_free + EFFORTS["standard"].n_anchored


def test_small_populations_beside_a_large_one_are_found_by_merging_cells():
    """An equal split cuts the large population in two and leaves the small ones together."""
    truth = np.repeat([0, 1, 2], (300, 60, 20))
    points = 3.5 * np.eye(8)[truth] + np.random.default_rng(1).normal(size=(380, 8))
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    fitted = fit_ensemble(points, 3, "standard", seed=1)
    assert fitted.runs.soft_assignment.shape[2] == 12
    assert adjusted_rand_index(fitted.labels, truth) > 0.9
    assert adjusted_rand_index(KMeans(3, n_init=10, random_state=0).fit_predict(points), truth) < 0.5


def test_cells_are_no_more_than_memory_allows(hurried, monkeypatch):
    monkeypatch.setattr(ensemble, "_MOST_CELLS", 5)
    assert cluster_ensemble(hurried, 3).runs.soft_assignment.shape[2] in (3, 5)
    monkeypatch.setattr(ensemble, "_MOST_CELLS", 3)
    assert cluster_ensemble(hurried, 3).runs.soft_assignment.shape[2] == 3


@pytest.mark.filterwarnings("error")
def test_no_run_divides_its_space_into_more_cells_than_half_the_different_samples(short_training):
    """Eight different samples, three times each: at most four cells."""
    points = np.repeat(np.random.default_rng(0).normal(size=(8, 3)), 3, axis=0)
    pretrained = pretrain_ensemble(points, "standard")
    for n_clusters, most in ((3, 4), (4, 4)):
        fitted = cluster_ensemble(pretrained, n_clusters)
        assert fitted.runs.soft_assignment.shape[2] in (n_clusters, most)
        assert np.array_equal(fitted.labels[::3], fitted.labels[1::3])


def test_new_samples_are_assigned_like_the_training_samples(features, fitted):
    assert fitted.probability(features) == pytest.approx(fitted.probability(), abs=1e-3)
    assert fitted.probability().sum(axis=1) == pytest.approx(1)
    centres = np.stack([features[TRUTH == cluster].mean(axis=0) for cluster in range(3)])
    assert fitted.probability(centres).argmax(axis=1).tolist() == [0, 1, 2]


def test_the_same_seed_gives_the_same_result_whatever_ran_before(features, single):
    np.random.seed(3)
    torch.manual_seed(9)
    np.random.random(5), torch.rand(5)
    states = np.random.get_state()[1].copy(), torch.get_rng_state().clone()
    threads = torch.get_num_threads()
    again = fit_ensemble(features, 3, "quick", seed=1)
    assert np.array_equal(again.probability(), single.probability())
    assert np.array_equal(np.random.get_state()[1], states[0]) and torch.equal(torch.get_rng_state(), states[1])
    assert torch.get_num_threads() == threads
    other = fit_ensemble(features, 3, "quick", seed=2)
    assert not np.array_equal(other.probability(), single.probability())


def test_one_pretraining_serves_several_numbers_of_clusters(hurried):
    before = {name: array.copy() for name, array in hurried.arrays.items()}
    fine = cluster_ensemble(hurried, 3)
    coarse = cluster_ensemble(hurried, 2)
    assert coarse.runs.n_steps == 20 and coarse.labels.max() == 1
    assert all(np.array_equal(array, before[name]) for name, array in hurried.arrays.items())
    assert np.array_equal(cluster_ensemble(hurried, 3).probability(), fine.probability())


def test_training_uses_one_thread_and_restores_the_number_when_cancelled(features):
    before = torch.get_num_threads()
    threads = set()

    def progress(fraction, message=""):
        threads.add(torch.get_num_threads())
        if fraction > 0.51:
            raise Cancelled

    try:
        torch.set_num_threads(2)
        with pytest.raises(Cancelled):
            fit_ensemble(features, 3, "quick", progress=progress)
        assert torch.get_num_threads() == 2 and threads == {1}
    finally:
        torch.set_num_threads(before)


def test_progress_rises_from_zero_to_one_half_by_half(features):
    seen = []
    fit_ensemble(features, 3, "quick", progress=lambda fraction, message="": seen.append((fraction, message)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] <= 1
    assert {message for fraction, message in seen if fraction < 0.5} == {"Training the autoencoders"}


def assignments_of(labels, n_clusters):
    """Assignments of runs that gave these labels ``(M, n)``."""
    return np.eye(n_clusters)[labels]


def test_runs_that_agree_are_fully_stable():
    assert split_half_stability(assignments_of(np.repeat(TRUTH[None], 8, axis=0), 3), 3, 0) == 1.0


def test_runs_that_know_nothing_are_not_stable():
    labels = np.random.default_rng(0).integers(0, 3, (8, 300))
    assert split_half_stability(assignments_of(labels, 3), 3, 0) < 0.3


def test_the_stability_of_few_runs_is_not_known(single):
    assert np.isnan(split_half_stability(assignments_of(np.repeat(TRUTH[None], 3, axis=0), 3), 3, 0))
    assert np.isnan(single.stability)


def test_the_stability_of_many_rows_comes_from_a_sample():
    truth = np.repeat([0, 1], (3000, 1000))
    assert split_half_stability(assignments_of(np.repeat(truth[None], 4, axis=0), 2), 2, 0) == 1.0


def test_separate_groups_are_stable(fitted):
    assert fitted.stability > 0.95
    assert fitted.stability == split_half_stability(fitted.assignments(), 3, 1)
    assert adjusted_rand_index(fitted.labels, TRUTH) == 1.0
