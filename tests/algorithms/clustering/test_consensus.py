"""One partition from many runs: what all agree on comes back, however the runs number and order it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from fumarole.algorithms.clustering import consensus as module
from fumarole.algorithms.clustering.consensus import adjusted_rand_index, agreement_matrix, find_consensus

TRUTH = np.repeat([0, 1, 2], (50, 30, 20))


def soft(labels, n_labels=None, certainty=0.9):
    """Soft assignments ``(M, n, k)`` that put ``certainty`` on the given labels ``(M, n)``."""
    labels = np.atleast_2d(labels)
    n_labels = n_labels or labels.max() + 1
    return certainty * np.eye(n_labels)[labels] + (1 - certainty) / n_labels


def noisy_runs(truth=TRUTH, n_runs=8, share=0.1, n_labels=3, seed=0):
    """Runs that each mislabel their own random share of the samples (synthetic)."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(truth[None], n_runs, axis=0)
    wrong = rng.random(labels.shape) < share
    labels[wrong] = rng.integers(0, n_labels, wrong.sum())
    return labels


def partition(soft_assignments, n_clusters=3, **options):
    found = find_consensus(soft_assignments, n_clusters, 0, **options)
    return found.probability(soft_assignments).argmax(axis=1)


LABELINGS = st.integers(2, 40).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n) for _ in range(2)])
)


@given(LABELINGS)
@settings(max_examples=200, deadline=None)
def test_adjusted_rand_index_equals_scikit_learns(labelings):
    first, second = map(np.array, labelings)
    assert adjusted_rand_index(first, second) == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)
    assert adjusted_rand_index(first, second) == pytest.approx(adjusted_rand_index(second, first), abs=1e-12)


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2], [0, 1, 1]])
def test_equal_partitions_agree_fully_even_trivial_ones(labels):
    assert adjusted_rand_index(np.array(labels), np.array(labels)) == 1.0


def test_random_labels_agree_by_chance_only():
    rng = np.random.default_rng(0)
    assert adjusted_rand_index(rng.integers(0, 4, 5000), rng.integers(0, 4, 5000)) == pytest.approx(0, abs=0.01)


def test_agreement_matrix_holds_every_pair():
    labels = noisy_runs(n_runs=4, share=0.4)
    matrix = agreement_matrix(labels)
    for i in range(4):
        for j in range(4):
            assert matrix[i, j] == pytest.approx(adjusted_rand_score(labels[i], labels[j]))


def test_runs_that_agree_fully_give_their_partition():
    found = find_consensus(soft(np.repeat(TRUTH[None], 5, axis=0)), 3, 0)
    probability = found.probability(soft(np.repeat(TRUTH[None], 5, axis=0)))
    assert np.array_equal(probability.argmax(axis=1), TRUTH)
    assert found.effective_runs == pytest.approx(1.0)
    assert found.share == pytest.approx([0.5, 0.3, 0.2], abs=0.01)


def test_errors_of_single_runs_are_outvoted():
    labels = noisy_runs(share=0.25)
    assert np.mean([adjusted_rand_index(run, TRUTH) for run in labels]) < 0.75
    assert adjusted_rand_index(partition(soft(labels)), TRUTH) > 0.97


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_neither_the_numbering_nor_the_order_of_the_runs_matters(seed):
    rng = np.random.default_rng(seed)
    assignments = soft(noisy_runs(share=0.15))
    expected = partition(assignments)
    renumbered = np.stack([run[:, rng.permutation(3)] for run in assignments])
    assert np.array_equal(partition(renumbered), expected)
    assert np.array_equal(partition(assignments[rng.permutation(len(assignments))]), expected)


def test_the_order_of_the_samples_does_not_matter():
    assignments = soft(noisy_runs())
    order = np.random.default_rng(1).permutation(len(TRUTH))
    assert np.array_equal(partition(assignments[:, order]), partition(assignments)[order])


def test_clusters_are_numbered_by_falling_size_and_ties_by_the_first_sample():
    shuffled = np.array([2, 0, 1])[TRUTH]
    assert np.array_equal(partition(soft([shuffled] * 3)), TRUTH)
    tied = np.repeat([1, 0, 2], (20, 20, 40))
    assert np.array_equal(partition(soft([tied] * 3)), np.repeat([1, 2, 0], (20, 20, 40)))


def test_a_single_run_is_numbered_by_size_and_keeps_its_soft_assignment():
    assignment = soft(np.array([2, 0, 1])[TRUTH])
    found = find_consensus(assignment, 3, 0)
    probability = found.probability(assignment)
    assert np.array_equal(probability.argmax(axis=1), TRUTH)
    assert np.sort(probability, axis=1) == pytest.approx(np.sort(assignment[0], axis=1))
    assert np.array_equal(found.labels_of_runs(assignment)[0], TRUTH)
    assert found.effective_runs == 1.0


def test_a_finer_run_speaks_for_the_cluster_that_holds_its_label():
    finer = TRUTH * 2 + np.arange(100) % 2  # every cluster in two halves
    assignments = np.stack([soft(TRUTH, 6)[0], soft(TRUTH, 6)[0], soft(finer, 6)[0]])
    found = find_consensus(assignments, 3, 0)
    assert np.array_equal(found.probability(assignments).argmax(axis=1), TRUTH)
    assert (found.labels_of_runs(assignments) == TRUTH).all()


def test_frequencies_and_shares_are_distributions():
    found = find_consensus(soft(noisy_runs(share=0.3)), 3, 0)
    assert found.label_frequency.sum(axis=1) == pytest.approx(1)
    assert found.label_frequency.min() > 0
    assert found.share.sum() == pytest.approx(1)


@given(st.integers(2, 6), st.floats(0, 1), st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_posteriors_sum_to_one_and_effective_runs_lie_between_one_and_all(n_runs, share, seed):
    assignments = soft(noisy_runs(n_runs=n_runs, share=share, seed=seed), 3)
    found = find_consensus(assignments, 3, 0)
    assert found.probability(assignments).sum(axis=1) == pytest.approx(1)
    assert 1 - 1e-9 <= found.effective_runs <= n_runs


def test_the_posterior_is_bayes_rule_with_a_tempered_likelihood():
    assignments = soft(noisy_runs(share=0.3))
    found = find_consensus(assignments, 3, 0)
    labels, n_runs = assignments.argmax(axis=2), len(assignments)
    probability = found.probability(assignments)
    for sample in (0, 40, 60, 99):
        likelihood = np.array(
            [
                np.prod([found.label_frequency[run, labels[run, sample], c] for run in range(n_runs)])
                for c in range(3)
            ]
        )
        posterior = found.share * likelihood ** (found.effective_runs / n_runs)
        assert probability[sample] == pytest.approx(posterior / posterior.sum())


def test_co_association_distance_is_one_minus_the_mean_cosine_of_squared_assignments():
    assignments = np.random.default_rng(0).dirichlet(np.ones(3), size=(4, 6))
    distance = module._condensed_distance(assignments)
    position = 0
    for i in range(6):
        for j in range(i + 1, 6):
            cosines = [
                a**2 @ b**2 / np.linalg.norm(a**2) / np.linalg.norm(b**2)
                for a, b in zip(assignments[:, i], assignments[:, j])
            ]
            assert distance[position] == pytest.approx(1 - np.mean(cosines), abs=1e-6)
            position += 1


def test_outlying_rows_do_not_take_a_cluster_for_themselves():
    """The runs confuse the three groups, and agree on one sample that belongs to none: the farthest from all."""
    truth = np.repeat([0, 1, 2], (200, 150, 150))
    labels = np.hstack([noisy_runs(truth, share=0.3), np.full((8, 1), 3)])
    found = partition(soft(labels), 3)
    assert np.bincount(found).min() >= 140
    assert adjusted_rand_index(found[:500], truth) > 0.95


def test_many_rows_are_clustered_through_a_sample_of_them():
    truth = np.repeat([0, 1, 2], (500, 300, 200))
    assignments = soft(noisy_runs(truth, share=0.1))
    assert adjusted_rand_index(partition(assignments, max_rows=100), truth) > 0.99
    assert np.array_equal(partition(assignments, max_rows=100), partition(assignments, max_rows=100))


@pytest.mark.parametrize("n_rows, n_clusters", [(3, 2), (5, 4), (6, 2), (12, 5)])
def test_tiny_tables_are_partitioned(n_rows, n_clusters):
    labels = np.array([np.arange(n_rows) % n_clusters] * 4)
    found = partition(soft(labels, n_clusters), n_clusters)
    assert adjusted_rand_index(found, labels[0]) == pytest.approx(1) and found.max() == n_clusters - 1


def test_runs_that_see_one_group_leave_the_other_clusters_empty():
    assignments = soft(np.zeros((4, 20), dtype=int), 3)
    found = find_consensus(assignments, 3, 0)
    probability = found.probability(assignments)
    assert (probability.argmax(axis=1) == 0).all() and np.isfinite(probability).all()
