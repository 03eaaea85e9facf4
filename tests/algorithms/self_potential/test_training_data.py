"""Training profiles are the bodies' own curves, with the stated noise, drawn from the stated ranges."""

from dataclasses import replace

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.self_potential import training_data
from fumarole.algorithms.self_potential.bodies import SHAPE_EXPONENTS, potential
from fumarole.algorithms.self_potential.training_data import TrainingSetup

SETUP = TrainingSetup()


@pytest.mark.parametrize("shape", SHAPE_EXPONENTS)
def test_noise_free_profiles_are_the_bodies_curves_one_by_one(shape):
    setup = replace(SETUP, shape=shape, noise_sd_mv=0.0, n_stations=31)
    parameters = training_data.uniform_parameters(setup, 5, np.random.default_rng(0))
    values = training_data.profiles(setup, parameters, np.random.default_rng(1))
    single = training_data.profiles(setup, parameters, np.random.default_rng(1), np.float32)
    x_m = np.linspace(0.0, setup.length_m, 31)
    for row, (x0_m, depth_m, angle_deg, k) in enumerate(parameters):
        curve = potential(shape, x_m, x0_m, depth_m, angle_deg, k)
        assert values[row] == pytest.approx(curve, rel=1e-9, abs=1e-9 * np.abs(curve).max())
        assert single[row] == pytest.approx(curve, abs=1e-4 * np.abs(curve).max())
    assert single.dtype == np.float32


def test_noise_has_the_stated_standard_deviation():
    parameters = training_data.uniform_parameters(SETUP, 400, np.random.default_rng(0))
    quiet = training_data.profiles(replace(SETUP, noise_sd_mv=0.0), parameters, np.random.default_rng(1))
    noisy = training_data.profiles(SETUP, parameters, np.random.default_rng(1))
    assert (noisy - quiet).std() == pytest.approx(SETUP.noise_sd_mv, rel=0.02)


def test_many_stations_are_averaged_and_so_is_their_noise():
    setup = replace(SETUP, n_stations=404)
    assert setup.n_places == 101
    assert setup.place_noise_sd_mv == pytest.approx(SETUP.noise_sd_mv / 2)


@pytest.mark.parametrize(("background", "degree"), [("constant", 0), ("linear", 1), ("quadratic", 2)])
def test_background_is_a_polynomial_of_the_distance(background, degree):
    setup = replace(SETUP, noise_sd_mv=0.0)
    parameters = training_data.uniform_parameters(setup, 20, np.random.default_rng(0))
    plain = training_data.profiles(setup, parameters, np.random.default_rng(1))
    both = training_data.profiles(replace(setup, background=background), parameters, np.random.default_rng(1))
    position = np.linspace(-1.0, 1.0, 101)
    coefficients = np.polynomial.polynomial.polyfit(position, (both - plain).T, degree)
    assert both - plain == pytest.approx(np.polynomial.polynomial.polyval(position, coefficients), abs=1e-9)
    share = np.abs(coefficients) / np.abs(plain).max(axis=1)
    assert 0.3 < share.max() <= training_data.BACKGROUND_SHARE


def test_reference_grid_has_1715_nodes_used_equally_often():
    parameters = training_data.grid_parameters(SETUP, 5000, np.random.default_rng(0))
    nodes, count = np.unique(parameters, axis=0, return_counts=True)
    assert len(nodes) == 7 * 5 * 7 * 7
    assert set(count) == {2, 3}
    assert parameters.min(axis=0) == pytest.approx(SETUP.low)
    assert parameters.max(axis=0) == pytest.approx(SETUP.high)
    assert len(np.unique(parameters[:, 1])) == 5


def test_mean_of_the_grid_has_the_published_error():
    """Scaled to 0..1, the variance of 7, 5, 7 and 7 even levels is 0.1146: the 0.114 of predicting the mean."""
    parameters = training_data.grid_parameters(SETUP, 5145, np.random.default_rng(0))
    assert ((parameters - SETUP.low) / (SETUP.high - SETUP.low)).var(axis=0).mean() == pytest.approx(0.1146, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"depth_m": (75.0, 7.0)}, "75 to 7"),
        ({"x0_m": (50.0, 50.0)}, "place x0"),
        ({"depth_m": (0.0, 75.0)}, "above 0"),
        ({"k": (-5.0, 10.0)}, "moment K"),
        ({"angle_deg": (0.0, 400.0)}, "400 degrees"),
        ({"n_stations": 5}, "5 stations"),
        ({"noise_sd_mv": -1.0}, "-1 mV"),
        ({"length_m": 0.0}, "length"),
        ({"x0_m": (50.0, float("nan"))}, "nan"),
        ({"shape": "sheet"}, "'sheet'"),
        ({"background": "cubic"}, "'cubic'"),
    ],
)
def test_senseless_setups_are_refused_with_a_sentence(change, words):
    with pytest.raises(DataError, match=words):
        training_data.check(replace(SETUP, **change))


def test_setup_survives_its_card():
    setup = replace(SETUP, shape="vertical_cylinder", background="linear", k=(1.0, 2.5))
    assert TrainingSetup.from_card(setup.to_card()) == setup
