"""Linearised uncertainty: known bounds, and the scatter that noise really makes."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential.bodies import potential
from fumarole.algorithms.self_potential.covariance import cramer_rao, inverse_normal_matrix
from fumarole.algorithms.self_potential.inversion import invert_profiles

TRUTH = (77.07, 41.81, 309.37, 94686.0)
NOISE = np.sqrt(10.0)
NAMES = ("x0_m", "depth_m", "angle_deg", "k")


@pytest.mark.parametrize(
    "background, known", [("none", (1.150, 1.071, 2.24, 0.0530)), ("linear", (2.544, 2.461, 7.65, 0.1695))]
)
def test_cramer_rao_bound_of_the_reference(reference, background, known):
    bound = cramer_rao("sphere", reference[0], TRUTH, NOISE, background)
    assert bound / np.array([1.0, 1.0, 1.0, TRUTH[3]]) == pytest.approx(known, rel=2e-3)


@pytest.mark.parametrize("background", ["none", "linear"])
def test_scatter_reported_deviation_and_bound_agree(reference, background):
    x_m, _ = reference
    rng = np.random.default_rng(11)
    values = potential("sphere", x_m, *TRUTH) + NOISE * rng.normal(size=(600, x_m.size))
    found = invert_profiles(x_m, values, background=background)
    bound = cramer_rao("sphere", x_m, TRUTH, NOISE, background)
    for name, limit in zip(NAMES, bound):
        assert getattr(found, name).std() == pytest.approx(limit, rel=0.12)
        assert np.median(found.sd(name)) == pytest.approx(limit, rel=0.1)
    scatter = np.cov(np.column_stack([getattr(found, name) for name in NAMES]).T)
    correlation = scatter / np.sqrt(np.outer(np.diag(scatter), np.diag(scatter)))
    assert np.median(found.correlation, axis=0)[:4, :4] == pytest.approx(correlation, abs=0.1)


def test_background_uncertainty_is_that_of_a_polynomial_fit():
    x_m = np.linspace(100.0, 400.0, 50)
    values = potential("sphere", x_m, 250.0, 30.0, 270.0, 5e4) + np.random.default_rng(2).normal(size=(500, 50))
    found = invert_profiles(x_m, values, background="linear")
    scatter = found.background_coefficients.std(axis=0)
    assert np.sqrt(np.median(found.covariance, axis=0).diagonal()[4:]) == pytest.approx(scatter, rel=0.15)


def test_names_follow_the_covariance():
    x_m = np.linspace(0.0, 100.0, 40)
    values = np.random.default_rng(0).normal(size=40)
    found = invert_profiles(x_m, values, shape="sheet", background="quadratic")
    assert found.parameter_names == (
        *("x0_m", "depth_m", "angle_deg", "k", "half_m"),
        *("background_0", "background_1", "background_2"),
    )
    assert found.covariance.shape == (1, 8, 8)
    assert np.isnan(invert_profiles(x_m, values).sd("half_m")).all()


def test_columns_that_cannot_be_told_apart_have_infinite_uncertainty():
    column = np.linspace(-1.0, 1.0, 9)
    inverse, condition = inverse_normal_matrix(np.stack([column, 2.0 * column], axis=-1)[None])
    assert np.isinf(inverse[0].diagonal()).all()
    assert condition[0] > 1e15
