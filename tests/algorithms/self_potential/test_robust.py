"""Single wrong stations do not pull the robust answer."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential.bodies import SHEET, potential
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.robust import cauchy_loss, cauchy_scale

X = np.linspace(0.0, 300.0, 101)
TRUTH = (130.0, 40.0, 300.0, 1e5)


def spiked(count, seed=0):
    """Profiles with noise of 2 mV in which 5 % of the stations are off by up to the anomaly's size."""
    rng = np.random.default_rng(seed)
    curve = potential("sphere", X, *TRUTH)
    values = curve + 2.0 * rng.normal(size=(count, X.size))
    wrong = rng.permuted(np.tile(np.arange(X.size) < 5, (count, 1)), axis=1)
    return values + np.where(wrong, rng.uniform(-1.0, 1.0, values.shape) * np.ptp(curve), 0.0), values


def test_five_percent_spikes_cost_little():
    dirty, clean = spiked(60)
    wanted = invert_profiles(X, clean, background="none").depth_m.std()
    assert invert_profiles(X, dirty, background="none", robust=True).depth_m.std() < 1.4 * wanted
    assert invert_profiles(X, dirty, background="none").depth_m.std() > 2.5 * wanted


def test_without_spikes_it_nearly_equals_least_squares():
    _, clean = spiked(40)
    plain, robust = invert_profiles(X, clean), invert_profiles(X, clean, robust=True)
    assert np.abs(robust.depth_m - plain.depth_m).mean() < 0.4 * plain.sd("depth_m").mean()
    assert robust.sd("depth_m").mean() == pytest.approx(plain.sd("depth_m").mean(), rel=0.15)


def test_spikes_on_a_noise_free_curve_are_ignored():
    values = potential("sphere", X, *TRUTH)
    values[[7, 40, 66]] += [300.0, -200.0, 500.0]
    found = invert_profiles(X, values, background="linear", robust=True)
    assert found.depth_m[0, 0] == pytest.approx(40.0, abs=1e-3)
    assert found.x0_m[0, 0] == pytest.approx(130.0, abs=1e-3)


def test_missing_stations_and_order_do_not_matter():
    dirty, _ = spiked(5)
    order = np.random.default_rng(2).permutation(X.size)
    dirty[:, 20:25] = np.nan
    straight = invert_profiles(X, dirty, robust=True)
    shuffled = invert_profiles(X[order], dirty[:, order], robust=True)
    assert shuffled.depth_m == pytest.approx(straight.depth_m, rel=1e-4)
    assert straight.loss == pytest.approx(
        cauchy_loss(np.nan_to_num(straight.residual_mv), straight.scale_mv, np.isfinite(dirty))
    )


def test_robust_sheet():
    values = potential(SHEET, X, 150.0, 35.0, 60.0, 80.0, 20.0) + 0.5 * np.random.default_rng(1).normal(size=X.size)
    values[[10, 55, 80]] += [150.0, -120.0, 90.0]
    found = invert_profiles(X, values, shape=SHEET, background="linear", robust=True)
    assert found.depth_m[0, 0] == pytest.approx(35.0, abs=3.0)
    assert found.x0_m[0, 0] == pytest.approx(150.0, abs=4.0)


def test_the_scale_is_that_of_normal_noise():
    noise = 3.0 * np.random.default_rng(0).normal(size=(1, 20_000))
    used = np.ones_like(noise, bool)
    assert cauchy_scale(noise, used, 4)[0] == pytest.approx(2.385 * 3.0, rel=0.03)
    assert cauchy_loss(noise, np.array([1e6]), used)[0] == pytest.approx(np.sum(noise**2), rel=1e-6)


def test_profiles_without_noise_settle():
    x = np.linspace(0.0, 150.0, 101)
    v = np.atleast_2d(potential("sphere", x, 77.0, 40.0, 310.0, 94_000.0))
    assert invert_profiles(x, v, "sphere", "linear", robust=True).status[0] == "ok"
