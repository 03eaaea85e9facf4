"""One small network stands for a consensus: it learns it, says how well, and is the same every time."""

import numpy as np
import pytest

from fumarole.algorithms.clustering.distillation import distil
from fumarole.algorithms.errors import Cancelled


def three_groups(n_samples, seed=0, noise=0.4):
    """Synthetic: features, and the posterior of three equal round groups."""
    generator = np.random.default_rng(seed)
    centres = np.array([[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
    features = centres[generator.integers(3, size=n_samples)] + noise * generator.normal(size=(n_samples, 3))
    log_density = -np.square(features[:, None] - centres).sum(axis=2) / (2 * noise**2)
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    return features, density / density.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def student():
    return distil(*three_groups(1500))


def test_it_learns_the_posterior_and_not_only_the_labels(student):
    features, posterior = three_groups(1000, seed=1)
    learnt = student.probability(features)
    assert learnt.shape == posterior.shape
    np.testing.assert_allclose(learnt.sum(axis=1), 1.0, rtol=1e-5)
    assert np.abs(learnt - posterior).mean() < 0.01


def test_the_agreement_is_that_of_rows_it_never_saw(student):
    features, posterior = three_groups(4000, seed=2)
    fresh = (student.probability(features).argmax(axis=1) == posterior.argmax(axis=1)).mean()
    assert student.n_held_out == 300
    assert student.agreement == pytest.approx(fresh, abs=0.02)


def test_labels_without_reason_are_not_agreed_on():
    features, _ = three_groups(600)
    by_chance = np.eye(3)[np.random.default_rng(5).integers(3, size=600)]
    assert distil(features, by_chance).agreement < 0.6


def test_the_same_seed_gives_the_same_network_whatever_ran_before(student):
    import torch

    torch.manual_seed(99)
    np.random.default_rng(1).normal(size=10)
    again = distil(*three_groups(1500))
    assert again.agreement == student.agreement
    for name, array in student.arrays.items():
        np.testing.assert_array_equal(array, again.arrays[name])


def test_a_few_rows_are_all_trained_on():
    student = distil(*three_groups(12))
    assert student.n_held_out == 0 and np.isnan(student.agreement)


def test_cancelling_stops_the_training():
    def cancel(fraction, message=""):
        if fraction > 0.1:
            raise Cancelled()

    with pytest.raises(Cancelled):
        distil(*three_groups(200), progress=cancel)
