"""Points on clusters: counts, expectations and probabilities of known cases."""

import numpy as np
import pytest
from scipy.stats import binomtest, chi2

from fumarole.algorithms.clustering.occurrence import occurrence


def test_counts_and_expectations():
    found = occurrence(np.array([1, 1, 2, 3, 0, 0]), np.array([60.0, 30.0, 10.0]))
    assert found.counts.tolist() == [2, 1, 1] and found.n_elsewhere == 2 and found.n_placed == 4
    np.testing.assert_allclose(found.expected, [2.4, 1.2, 0.4])
    assert found.is_small


def test_probabilities_of_large_counts_are_those_of_chi_square():
    counts = np.array([540, 290, 170])
    found = occurrence(np.repeat([1, 2, 3], counts), np.array([0.5, 0.3, 0.2]))
    statistic = ((counts - found.expected) ** 2 / found.expected).sum()
    assert found.p_value == pytest.approx(chi2.sf(statistic, 2), abs=0.01)
    assert not found.is_small


def test_the_binomial_probabilities_are_exact_and_corrected_after_holm():
    found = occurrence(np.array([1] * 9 + [2]), np.array([0.5, 0.5]))
    assert found.cluster_p_values[0] == pytest.approx(2 * binomtest(9, 10, 0.5).pvalue)
    three = occurrence(np.array([1] * 6 + [2] * 3 + [3]), np.array([0.2, 0.3, 0.5]))
    single = [binomtest(n, 10, p).pvalue for n, p in ((6, 0.2), (3, 0.3), (1, 0.5))]
    smallest, middle, largest = sorted(single)
    expected = {smallest: 3 * smallest, middle: max(3 * smallest, 2 * middle), largest: max(largest, 2 * middle)}
    np.testing.assert_allclose(three.cluster_p_values, [min(expected[p], 1.0) for p in single])


def test_points_that_fall_anywhere_seldom_look_unusual():
    area = np.array([5.0, 3.0, 1.0, 1.0])
    generator = np.random.default_rng(0)
    draws = [generator.choice(4, 12, p=area / area.sum()) + 1 for _ in range(100)]
    assert np.mean([occurrence(draw, area).p_value < 0.05 for draw in draws]) <= 0.11


def test_the_same_seed_gives_the_same_probability():
    cluster, area = np.array([1, 1, 1, 2]), np.array([1.0, 1.0])
    assert occurrence(cluster, area, 1).p_value == occurrence(cluster, area, 1).p_value


def test_a_cluster_without_area_holds_no_point_and_breaks_nothing():
    found = occurrence(np.array([1, 1, 2]), np.array([1.0, 1.0, 0.0]))
    assert np.isfinite(found.p_value) and found.counts.tolist() == [2, 1, 0]


@pytest.mark.parametrize("cluster, area", [([0, 0], [1.0, 2.0]), ([], [1.0, 2.0]), ([1, 1], [1.0])])
def test_nothing_to_test_is_said_by_nan(cluster, area):
    found = occurrence(np.array(cluster, dtype=int), np.array(area))
    assert np.isnan(found.p_value) and np.isnan(found.cluster_p_values).all()
