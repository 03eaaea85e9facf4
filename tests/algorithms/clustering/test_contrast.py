"""Contrasts name the variables that set a cluster apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fumarole.algorithms.clustering.contrast import contrast, top_variables


@pytest.fixture
def two_clusters():
    rng = np.random.default_rng(5)
    cluster = np.repeat([1, 2, 0], [60, 40, 7])
    values = rng.normal(size=(107, 4))
    values[cluster == 1, 0] += 1.0
    values[cluster == 2, 2] -= 3.0
    values[:, 3] = 7.0
    return values, cluster


def test_known_shifts_come_back(two_clusters):
    departures = contrast(*two_clusters)
    assert departures.shape == (2, 4)
    assert np.argmax(np.abs(departures[1])) == 2
    assert departures[1, 2] < -0.8
    assert departures[0, 0] > 0.3 > abs(departures[0, 1])
    assert np.all(departures[:, 3] == 0.0), "a constant feature contrasts with nothing"


def test_against_the_definition():
    values = np.array([[1.0], [2.0], [3.0], [10.0], [11.0]])
    cluster = np.array([1, 1, 1, 2, 2])
    mad = np.median(np.abs(values - 3.0))
    assert contrast(values, cluster)[:, 0] == pytest.approx((np.array([2.0, 10.5]) - 5.4) / (1.482602218505602 * mad))


def test_unassigned_samples_and_blanks_take_no_part(two_clusters):
    values, cluster = two_clusters
    expected = contrast(values, cluster)
    values[cluster == 0] = 1e9
    assert np.array_equal(contrast(values, cluster), expected)
    values[cluster == 2, 1] = np.nan
    assert np.isnan(contrast(values, cluster)[1, 1])


def test_mostly_equal_values_fall_back_to_the_ordinary_deviation():
    values = np.zeros((10, 1))
    values[9] = 1.0
    assert contrast(values, np.repeat([1, 2], [9, 1]))[1, 0] == pytest.approx(0.9 / 0.3)


def test_texts_have_signs_and_the_strongest_first():
    contrasts = np.array([[0.9, -2.0, 0.1, 0.6, 0.7], [np.nan, 0.2, 0.0, 0.1, np.nan]])
    assert top_variables(contrasts, ["As", "Mg", "pH", "B", "Li"]) == ["Mg- As+ Li+", ""]
    assert top_variables(contrasts, ["As", "Mg", "pH", "B", "Li"], count=1) == ["Mg-", ""]


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 1000.0), st.floats(-1e4, 1e4))
def test_units_do_not_matter(factor, offset):
    rng = np.random.default_rng(3)
    values, cluster = rng.normal(size=(50, 3)), rng.integers(1, 4, 50)
    assert contrast(values * factor + offset, cluster) == pytest.approx(contrast(values, cluster), rel=1e-6, abs=1e-8)
