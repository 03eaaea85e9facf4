"""Training: the two presets learn, one seed gives one network, and what makes no sense is refused."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from fumarole.algorithms.errors import Cancelled, DataError
from fumarole.algorithms.self_potential import network_modern, network_quality, network_reference, network_training
from fumarole.algorithms.self_potential.covariance import cramer_rao
from fumarole.algorithms.self_potential.network_training import train_network
from fumarole.algorithms.self_potential.training_data import TrainingSetup, uniform_parameters

SETUP = TrainingSetup()


@pytest.fixture
def quick(monkeypatch):
    """Few steps and few profiles to calibrate on."""
    monkeypatch.setattr(network_quality, "CALIBRATION_ROUNDS", 1)
    monkeypatch.setattr(network_modern, "STEPS_PER_SECOND", 60)


def same(first, second):
    return all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("shape", ["horizontal_cylinder", "vertical_cylinder"])
def test_modern_learns_cylinders_under_a_background(shape):
    setup = replace(SETUP, shape=shape, background="linear", k=(500.0, 900.0), noise_sd_mv=0.3, n_stations=41)
    figures = train_network("modern", setup, seed=0, budget_s=1.0).card["quality"]
    of_middle = (setup.high - setup.low) / 12.0**0.5
    assert (np.array(figures["rms"]) / of_middle)[:3].max() < 0.75


def test_reference_by_gradient_descent_beats_the_mean_within_few_epochs():
    trained = network_reference.train_reference(SETUP, 0, n_epochs=8)
    assert trained.merit["mse"] < 0.085 < 0.1 < trained.merit["mse_of_mean"] < 0.125
    assert "0..1" in trained.merit["mse_scaling"] and "1000 profiles" in trained.merit["mse_scaling"]
    assert [array.shape for array in trained.arrays.values()] == [
        (1, 101, 2), (1, 1, 2), (1, 2, 5), (1, 1, 5), (1, 5, 4), (1, 1, 4)
    ]  # fmt: skip


def test_reference_by_levenberg_marquardt_needs_fewer(monkeypatch):
    monkeypatch.setattr(network_reference, "N_STARTS", 2)
    merit = network_reference.train_reference(SETUP, 0, network_reference.LEVENBERG_MARQUARDT, n_epochs=20).merit
    assert merit["mse"] < 0.065


def test_reference_model_answers_and_states_what_it_missed_by(quick, monkeypatch):
    brief = partial(network_reference.train_reference, n_epochs=4)
    monkeypatch.setattr(network_training, "train_reference", brief)
    model = train_network("reference", SETUP, seed=0)
    figures = model.card["quality"]
    assert model.preset == "reference" and figures["mse_of_mean"] == pytest.approx(0.114, abs=0.01)
    assert np.array(figures["coverage"]) == pytest.approx(0.683, abs=0.06)
    assert (np.array(figures["sd_over_bound"]) > 2.0).all()


def test_same_seed_gives_the_same_network_whatever_ran_before(quick):
    first = train_network("modern", SETUP, seed=3, budget_s=1.0)
    torch.manual_seed(99)
    np.random.seed(99)
    torch.rand(7)
    second, other = (train_network("modern", SETUP, seed=seed, budget_s=1.0) for seed in (3, 4))
    assert same(first.arrays, second.arrays) and first.card == second.card
    assert np.array_equal(first.sigma_factor, second.sigma_factor)
    assert not same(first.arrays, other.arrays)


def test_a_budget_is_a_number_of_steps_not_a_clock():
    assert network_modern.n_steps(10.0) == 3000
    for budget_s in (0.0, 0.5, -3.0, float("nan")):
        with pytest.raises(DataError, match="too small"):
            network_modern.n_steps(budget_s)


def test_loss_is_the_gaussian_one_term_by_term():
    """Twin: a Gaussian density of each of place and log depth, and of the step along the unit circle."""
    rng = np.random.default_rng(0)
    output, targets = rng.normal(size=(5, 7)).astype(np.float32), rng.normal(size=(5, 4)).astype(np.float32)
    loss = network_modern.likelihood_loss(torch.from_numpy(output), torch.from_numpy(targets)).numpy()
    for row in range(5):
        error = output[row, :4] - targets[row]
        for term, size in enumerate((abs(error[0]), abs(error[1]), np.hypot(error[2], error[3]))):
            density = np.exp(-0.5 * (size / np.exp(output[row, 4 + term])) ** 2) / np.exp(output[row, 4 + term])
            assert loss[row, term] == pytest.approx(-np.log(density), rel=1e-4)


def test_bound_is_that_of_every_body_one_by_one():
    setup = replace(SETUP, background="linear")
    parameters = uniform_parameters(setup, 4, np.random.default_rng(0))
    x_m = np.linspace(0.0, setup.length_m, setup.n_stations)
    expected = [cramer_rao("sphere", x_m, row, setup.noise_sd_mv, "linear") for row in parameters]
    assert network_quality.bound(setup, parameters) == pytest.approx(np.array(expected))


def test_profiles_without_noise_have_no_bound_to_compare_with(quick):
    figures = train_network("modern", replace(SETUP, noise_sd_mv=0.0), budget_s=1.0).card["quality"]
    assert figures["sd_over_bound"] is None and figures["rms_over_bound"] is None
    assert np.isfinite(figures["rms"]).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"preset": "old"}, "'old'"),
        ({"recipe": "magic"}, "'magic'"),
        ({"setup": replace(SETUP, depth_m=(-5.0, 10.0))}, "above 0"),
        ({"budget_s": 0.1}, "too small"),
    ],
)
def test_senseless_requests_are_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        train_network(**{"preset": "modern", "setup": SETUP, **arguments})


@pytest.mark.parametrize(
    ("preset", "recipe"), [("modern", "gradient_descent"), *(("reference", r) for r in network_reference.RECIPES)]
)
def test_cancel_is_obeyed_at_once(preset, recipe):
    calls = []

    def cancel(fraction, message=""):
        calls.append(fraction)
        if len(calls) == 3:
            raise Cancelled()

    with pytest.raises(Cancelled):
        train_network(preset, SETUP, recipe=recipe, progress=cancel)
    assert len(calls) == 3 and calls == sorted(calls)
