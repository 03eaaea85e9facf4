"""The posterior on the grid equals its definition, and its intervals hold what they promise."""

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.self_potential.bodies import potential
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.posterior import depth_posterior
from fumarole.algorithms.self_potential.results import Bounds


def test_probability_equals_the_slow_twin(reference):
    x_m, v_mv = reference
    posterior = depth_posterior(invert_profiles(x_m, v_mv, background="constant"))
    assert posterior.probability.shape == (posterior.x0_m.size, posterior.depth_m.size)
    assert posterior.probability.sum() == pytest.approx(1.0)
    nodes = [(10, 20), (60, 50), (70, 30), (55, 60), (90, 90)]
    expected = []
    for place, depth in nodes:
        offset, h = x_m - posterior.x0_m[place], posterior.depth_m[depth]
        decay = (offset**2 + h**2) ** -1.5
        columns = np.stack([offset * decay * h**2, decay * h**3, np.ones_like(x_m)], axis=1)
        residual = v_mv - columns @ np.linalg.lstsq(columns, v_mv, rcond=None)[0]
        expected.append((residual @ residual) ** (-0.5 * (x_m.size - 3)))
    found = np.array([posterior.probability[node] for node in nodes])
    assert found / found.max() == pytest.approx(np.array(expected) / np.max(expected), rel=1e-3, abs=1e-12)


def test_figures_of_a_well_determined_body_equal_the_covariance(reference):
    inversion = invert_profiles(*reference, background="none")
    posterior = depth_posterior(inversion)
    for name, sd in posterior.sd.items():
        assert sd == pytest.approx(inversion.sd(name)[0, 0], rel=0.06)
        assert posterior.mean[name] == pytest.approx(getattr(inversion, name)[0, 0], abs=0.3 * sd)
        low, high = posterior.interval[name]
        assert high - low == pytest.approx(2 * 1.98 * sd, rel=0.06)
    place = posterior.probability.sum(axis=1) @ posterior.x0_m
    assert posterior.mean["x0_m"] == pytest.approx(place, abs=0.1)


def test_intervals_cover_the_truth(noisy_spheres):
    x_m, _, truth = noisy_spheres
    rng = np.random.default_rng(1)
    curves = potential("sphere", x_m, *truth)
    values = curves + np.ptp(curves, axis=1)[:, None] * rng.normal(size=curves.shape) / 4.0
    inversion = invert_profiles(x_m, values, background="none")
    inside = {"x0_m": 0, "depth_m": 0, "angle_deg": 0, "k": 0}
    for row in range(30):
        interval = depth_posterior(inversion, row).interval
        for name, true in zip(inside, truth):
            low, high = interval[name]
            true = low + (true[row] - low) % 360.0 if name == "angle_deg" else true[row]
            inside[name] += low <= true <= high
    assert all(26 <= count for count in inside.values()), inside


def test_the_angle_does_not_break_at_zero():
    x_m = np.linspace(0.0, 100.0, 41)
    values = potential("sphere", x_m, 50.0, 15.0, 0.5, 1e4) + np.random.default_rng(0).normal(size=41)
    low, high = depth_posterior(invert_profiles(x_m, values)).interval["angle_deg"]
    assert high - low < 40.0


def test_robust_posterior_ignores_spikes(reference):
    x_m, v_mv = reference
    spiked = v_mv.copy()
    spiked[[3, 50, 90]] += [300.0, -250.0, 400.0]
    clean = depth_posterior(invert_profiles(x_m, v_mv, background="none", robust=True))
    dirty = depth_posterior(invert_profiles(x_m, spiked, background="none", robust=True))
    assert dirty.mean["depth_m"] == pytest.approx(clean.mean["depth_m"], abs=1.0)
    assert dirty.sd["depth_m"] == pytest.approx(clean.sd["depth_m"], rel=0.2)


def test_seeded_and_bounded(reference):
    inversion = invert_profiles(*reference)
    assert depth_posterior(inversion).interval == depth_posterior(inversion).interval
    bounds = Bounds(depth_m=(20.0, 42.0))
    posterior = depth_posterior(invert_profiles(*reference, bounds=bounds), bounds=bounds)
    assert posterior.depth_m.max() == pytest.approx(42.0)


def test_sheets_and_several_bodies_are_refused(reference):
    for options in ({"shape": "sheet"}, {"bodies": 2}):
        with pytest.raises(DataError, match="one sphere or cylinder"):
            depth_posterior(invert_profiles(*reference, **options))
