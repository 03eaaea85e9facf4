"""The sample profiles and random spheres shared by the self-potential tests."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential.bodies import potential


@pytest.fixture(scope="session")
def sample(root):
    """Return a function that reads a sample profile: ``x_m, v_mv``."""

    def read(name):
        path = root / "sample_data" / "self_potential" / name
        header = 1 if path.suffix == ".csv" else 0
        return np.loadtxt(path, delimiter="," if header else None, skiprows=header, unpack=True)

    return read


@pytest.fixture(scope="session")
def reference(sample):
    """The reference profile: ``x_m, v_mv``."""
    return sample("seed_SP_syn_data.csv")


@pytest.fixture(scope="session")
def noisy_spheres():
    """Fifty random spheres with noise of a tenth of their range: ``x_m, v_mv, (x0, depth, angle, k)``."""
    rng = np.random.default_rng(20)
    count = 50
    x_m = np.linspace(0.0, 300.0, 61)
    truth = (
        rng.uniform(60.0, 240.0, count),
        np.exp(rng.uniform(np.log(15.0), np.log(70.0), count)),
        rng.uniform(0.0, 360.0, count),
        10.0 ** rng.uniform(4.0, 6.0, count),
    )
    curves = potential("sphere", x_m, *truth)
    noise = 0.1 * np.ptp(curves, axis=1)[:, None] * rng.normal(size=curves.shape)
    return x_m, curves + noise, truth
