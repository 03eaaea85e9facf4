"""Yeo-Johnson, log-ratios and robust bounds of single features."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fumarole.algorithms.clustering.transforms import (
    centred_log_ratio,
    fit_exponent,
    robust_bounds,
    trimmed_range,
    yeo_johnson,
)


@pytest.mark.parametrize("exponent", [-2.0, 0.0, 0.3, 1.0, 2.0, 3.5])
def test_yeo_johnson_equals_scipy(exponent):
    stats = pytest.importorskip("scipy.stats")
    values = np.r_[np.random.default_rng(1).normal(0, 5, 200), 0.0]
    expected = stats.yeojohnson(values, exponent)
    assert yeo_johnson(values[:, None], np.array([exponent]))[:, 0] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_yeo_johnson_equals_scikit_learn():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    values = np.random.default_rng(3).gamma(2.0, size=(300, 3)) - 1.0
    reference = preprocessing.PowerTransformer(standardize=False).fit(values)
    assert yeo_johnson(values, reference.lambdas_) == pytest.approx(reference.transform(values), rel=1e-9, abs=1e-12)
    fitted = [fit_exponent(column) for column in values.T]
    assert fitted == pytest.approx(reference.lambdas_, abs=0.15)  # ours leaves the outer 2 % out


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(-4, 4))
def test_yeo_johnson_rises_and_is_antisymmetric(value, step, exponent):
    low, high = yeo_johnson(np.array([[value], [value + step]]), np.array([exponent]))[:, 0]
    assert np.isfinite([low, high]).all() and low <= high
    mirrored = yeo_johnson(np.array([[-value]]), np.array([2 - exponent]))[0, 0]
    assert mirrored == pytest.approx(-low, rel=1e-9)


@pytest.mark.parametrize("limit", [0.0, 2.0])
def test_yeo_johnson_is_continuous_where_it_becomes_a_logarithm(limit):
    values = np.array([[-1e6], [-2.0], [0.5], [1e6]])
    near = yeo_johnson(values, np.array([limit + 1e-13]))
    assert near == pytest.approx(yeo_johnson(values, np.array([limit])), rel=1e-9)


def test_blanks_stay_blank():
    assert np.isnan(yeo_johnson(np.array([[np.nan]]), np.array([0.5]))).all()


def test_one_blunder_does_not_set_the_exponent():
    values = np.random.default_rng(2).normal(size=60)
    spoiled = np.r_[values, 1e6]
    assert fit_exponent(spoiled) == pytest.approx(fit_exponent(values), abs=0.3)


def test_log_ratios_sum_to_zero_and_leave_the_rest():
    logs = np.random.default_rng(0).normal(size=(20, 5))
    composition = np.array([True, False, True, True, False])
    ratios = centred_log_ratio(logs, composition)
    assert ratios[:, composition].sum(axis=1) == pytest.approx(0, abs=1e-12)
    assert np.array_equal(ratios[:, ~composition], logs[:, ~composition])
    assert centred_log_ratio(ratios, composition) == pytest.approx(ratios)
    assert centred_log_ratio(logs + 3.0 * composition, composition) == pytest.approx(ratios)


def test_bounds_hold_normal_samples_and_cut_a_blunder():
    values = np.random.default_rng(0).normal(size=(1000, 1))
    lower, upper = robust_bounds(np.vstack([values, [[1e9]]]))
    assert -7 < lower[0] < values.min() and values.max() < upper[0] < 7


def test_the_trimmed_range_leaves_out_both_ends():
    assert trimmed_range(np.array([-1e9, 1.0, np.nan, 2.0, 3.0, 1e9])) == (1.0, 3.0)
