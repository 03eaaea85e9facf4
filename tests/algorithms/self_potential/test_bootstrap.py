"""The bootstrap: equal to the covariance for white noise, wider for correlated noise."""

import numpy as np
import pytest

from fumarole.algorithms.errors import Cancelled
from fumarole.algorithms.self_potential.bodies import SHEET, potential
from fumarole.algorithms.self_potential.bootstrap import block_length, bootstrap
from fumarole.algorithms.self_potential.inversion import invert_profiles

X = np.linspace(0.0, 200.0, 101)
CURVE = potential("sphere", X, 90.0, 30.0, 250.0, 1e5)


def correlated(rng, memory, count):
    noise = rng.normal(size=(count, X.size))
    for station in range(1, X.size):
        noise[:, station] = memory * noise[:, station - 1] + np.sqrt(1 - memory**2) * noise[:, station]
    return noise


def test_white_noise_gives_the_covariance():
    inversion = invert_profiles(X, CURVE + 3.0 * np.random.default_rng(0).normal(size=X.size), background="none")
    spread = bootstrap(inversion, block=1)
    for name, sd in spread.sd.items():
        assert sd == pytest.approx(inversion.sd(name)[0], rel=0.15)
        low, high = spread.interval[name]
        assert low < getattr(inversion, name)[0] < high


def test_correlated_noise_is_not_taken_for_many_readings():
    rng = np.random.default_rng(3)
    found = invert_profiles(X, CURVE + 3.0 * correlated(rng, 0.8, 60), background="none")
    true_scatter = found.depth_m.std()
    blocks = np.median([bootstrap(found, row, 100).sd["depth_m"][0] for row in range(0, 60, 4)])
    assert found.sd("depth_m").mean() < 0.6 * true_scatter
    assert blocks > 0.7 * true_scatter


def test_blocks_grow_with_the_correlation():
    rng = np.random.default_rng(1)
    lengths = [np.median([block_length(row) for row in correlated(rng, memory, 30)]) for memory in (0.0, 0.5, 0.9)]
    assert lengths[0] <= 3 < lengths[1] < lengths[2] <= 25


@pytest.mark.parametrize("options", [{"robust": True}, {"shape": SHEET}, {"bodies": 2}], ids=str)
def test_other_inversions(options):
    values = CURVE + np.random.default_rng(0).normal(size=X.size)
    values[30:33] = np.nan
    inversion = invert_profiles(X, values, background="linear", **options)
    spread = bootstrap(inversion, n_replicates=30)
    assert all(sd.shape == (inversion.n_bodies,) and (sd > 0).all() for sd in spread.sd.values())


def test_angles_run_on_past_zero():
    values = potential("sphere", X, 90.0, 30.0, 0.5, 1e5) + 3.0 * np.random.default_rng(0).normal(size=X.size)
    low, high = bootstrap(invert_profiles(X, values)).interval["angle_deg"]
    assert 0.0 < high[0] - low[0] < 40.0


def test_seeded_and_cancelled():
    inversion = invert_profiles(X, CURVE + np.random.default_rng(0).normal(size=X.size))
    first, second, third = (bootstrap(inversion, n_replicates=50, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.samples["k"], second.samples["k"])
    assert not np.array_equal(first.samples["k"], third.samples["k"])

    def cancel(fraction, message=""):
        raise Cancelled()

    with pytest.raises(Cancelled):
        bootstrap(inversion, progress=cancel)
