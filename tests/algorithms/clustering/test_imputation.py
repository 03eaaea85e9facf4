"""Blanks are filled by the conditional mean of a Gaussian."""

import numpy as np
import pytest

from fumarole.algorithms.clustering.imputation import Gaussian

MEAN = np.array([1.0, -2.0, 5.0, 0.0])
COVARIANCE = np.array([[4.0, 1.8, 0.0, 1.0], [1.8, 1.0, 0.1, 0.4], [0.0, 0.1, 9.0, -2.0], [1.0, 0.4, -2.0, 1.0]])


def sample(n_samples, share_blank, seed=4):
    rng = np.random.default_rng(seed)
    complete = rng.multivariate_normal(MEAN, COVARIANCE, n_samples)
    blank = rng.random(complete.shape) < share_blank
    return complete, np.where(blank, np.nan, complete)


def filled_row_by_row(values, mean, covariance):
    """The literal twin of ``Gaussian.fill``."""
    filled = values.copy()
    for row in filled:
        blank = np.isnan(row)
        known = ~blank
        within = covariance[np.ix_(known, known)]
        between = covariance[np.ix_(blank, known)]
        row[blank] = mean[blank] + between @ np.linalg.solve(within, row[known] - mean[known])
    return filled


@pytest.mark.parametrize("n_samples", [1, 40, 3000])
def test_filling_equals_its_slow_twin(n_samples):
    _, values = sample(n_samples, 0.4)
    filled = Gaussian(MEAN, COVARIANCE).fill(values)
    assert filled == pytest.approx(filled_row_by_row(values, MEAN, COVARIANCE), abs=1e-10)


def test_filling_keeps_what_is_known():
    _, values = sample(500, 0.3)
    filled = Gaussian(MEAN, COVARIANCE).fill(values)
    known = ~np.isnan(values)
    assert np.array_equal(filled[known], values[known]) and np.isfinite(filled).all()
    assert np.array_equal(Gaussian(MEAN, COVARIANCE).fill(filled), filled)


def test_an_empty_row_gets_the_mean():
    assert Gaussian(MEAN, COVARIANCE).fill(np.full((1, 4), np.nan))[0] == pytest.approx(MEAN)


def test_a_known_gaussian_comes_back():
    _, values = sample(20_000, 0.25)
    fitted = Gaussian.fit(values)
    spread = np.sqrt(np.diag(COVARIANCE))
    assert (fitted.mean - MEAN) / spread == pytest.approx(0, abs=0.05)
    scale = np.outer(spread, spread)
    assert fitted.covariance / scale == pytest.approx(COVARIANCE / scale, abs=0.05)


def test_filling_beats_the_column_mean_and_nears_the_optimum():
    complete, values = sample(2000, 0.25)
    blank = np.isnan(values)
    error = lambda filled: np.sqrt(np.mean((filled - complete)[blank] ** 2))  # noqa: E731
    fitted = error(Gaussian.fit(values).fill(values))
    assert fitted < 0.8 * error(np.where(blank, np.nanmean(values, axis=0), values))
    assert fitted < 1.02 * error(Gaussian(MEAN, COVARIANCE).fill(values))


def test_few_samples_and_collinear_features_stay_stable():
    rng = np.random.default_rng(0)
    column = rng.normal(size=8)
    values = np.column_stack([column, 2 * column + 1, -column, *rng.normal(size=(9, 8))])
    values[0, 0] = values[1, 1] = values[2, 5] = np.nan
    fitted = Gaussian.fit(values)
    assert np.linalg.eigvalsh(fitted.covariance).min() > 0
    filled = fitted.fill(values)
    assert np.abs(filled).max() < 3 * np.nanmax(np.abs(values))
    assert fitted.covariance == pytest.approx(fitted.covariance.T, rel=1e-12)


def test_units_change_nothing():
    _, values = sample(300, 0.2)
    scale = np.array([1e-6, 1.0, 1e6, 10.0])
    filled = Gaussian.fit(values).fill(values)
    assert Gaussian.fit(values * scale).fill(values * scale) / scale == pytest.approx(filled, rel=1e-6, abs=1e-6)
