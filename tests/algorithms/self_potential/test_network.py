"""A trained network answers with numpy alone, says when not to trust it, and survives its file."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fumarole.algorithms import model_file
from fumarole.algorithms.errors import Cancelled, DataError, ModelFileError
from fumarole.algorithms.networks import dense_stack
from fumarole.algorithms.self_potential import network_presets, network_remarks, training_data
from fumarole.algorithms.self_potential.bodies import PARAMETERS, potential
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.network import KIND, SpNetwork, polish
from fumarole.algorithms.self_potential.network_training import train_network
from fumarole.algorithms.self_potential.training_data import TrainingSetup

SETUP = TrainingSetup()
X_M = np.linspace(0.0, 150.0, 101)


@pytest.fixture(scope="module")
def model():
    """The modern network after one second of training (synthetic profiles)."""
    return train_network("modern", SETUP, seed=1, budget_s=1.0)


def synthetic(n, seed=0, **change):
    """Return parameters and profiles of the training's kind, or of a changed one."""
    setup, rng = replace(SETUP, **change), np.random.default_rng(seed)
    parameters = training_data.uniform_parameters(setup, n, rng)
    return parameters, training_data.profiles(setup, parameters, rng)


def test_answers_lie_near_the_truth_in_canonical_form(model):
    truth, values = synthetic(300)
    found = model.predict(X_M, values).inversion
    assert np.median(np.abs(found.x0_m[:, 0] - truth[:, 0])) < 2.0
    assert np.median(np.abs(found.depth_m[:, 0] / truth[:, 1] - 1.0)) < 0.05
    assert np.median(np.abs(found.angle_deg[:, 0] - truth[:, 2])) < 4.0
    assert np.median(np.abs(found.k[:, 0] / truth[:, 3] - 1.0)) < 0.1
    assert (found.depth_m > 0).all() and (found.k > 0).all()
    assert ((found.angle_deg >= 0) & (found.angle_deg < 360)).all()


def test_fitted_curve_is_the_body_that_is_reported_and_its_moment_the_best(model):
    _, values = synthetic(20)
    found = model.predict(X_M, values).inversion
    for row in range(20):
        curve = potential("sphere", X_M, *(getattr(found, name)[row, 0] for name in PARAMETERS))
        assert found.fitted_mv[row] == pytest.approx(curve)
        assert curve @ (values[row] - curve) == pytest.approx(0.0, abs=1e-6 * curve @ curve)
    assert found.rms_mv == pytest.approx(np.sqrt(np.mean((values - found.fitted_mv) ** 2, axis=1)))


def test_background_is_fitted_together_with_the_moment(model):
    _, values = synthetic(5)
    tilted = values + 40.0 - 0.3 * X_M
    found = model.predict(X_M, tilted, background="linear")
    terms = np.stack([np.ones_like(X_M), X_M])
    residual = tilted - found.inversion.fitted_mv
    assert residual @ terms.T == pytest.approx(np.zeros((5, 2)), abs=1e-5)
    assert all("background" in " ".join(sentences) for sentences in found.remarks)


def test_stated_standard_deviations_hold_the_truth_two_times_out_of_three(model):
    truth, values = synthetic(3000, seed=11)
    found = model.predict(X_M, values).inversion
    for column, name in enumerate(PARAMETERS):
        error = getattr(found, name)[:, 0] - truth[:, column]
        if name == "angle_deg":
            error = (error + 180.0) % 360.0 - 180.0
        assert np.mean(np.abs(error) < found.sd(name)[:, 0]) == pytest.approx(0.683, abs=0.04), name
    assert np.abs(found.correlation).max() <= 1.0 + 1e-9


def test_numpy_and_torch_give_the_same_outputs(model):
    import torch

    _, values = synthetic(10)
    inputs = torch.from_numpy(model.network.inputs(values.astype(np.float32)))[None]
    tensors = {name: torch.from_numpy(array) for name, array in model.arrays.items()}
    by_torch = dense_stack(inputs, tensors, network_presets.NAME, 4, torch.nn.functional.silu)[0].numpy()
    assert network_presets.outputs(model.network, model.arrays, values) == pytest.approx(by_torch, abs=2e-5)


def test_a_scaled_profile_gives_the_scaled_answer(model):
    """Distances times 4 and the moment times 16 leave the curve of a sphere as it is."""
    _, values = synthetic(5)
    small, large = model.predict(X_M, values), model.predict(1000.0 + 4.0 * X_M, values)
    assert large.inversion.x0_m == pytest.approx(1000.0 + 4.0 * small.inversion.x0_m)
    assert large.inversion.depth_m == pytest.approx(4.0 * small.inversion.depth_m)
    assert large.inversion.k == pytest.approx(16.0 * small.inversion.k)
    assert large.inversion.sd("k") == pytest.approx(16.0 * small.inversion.sd("k"))
    assert large.remarks[0][0].startswith("The profile is 600 m long and the network was trained on 150 m")
    assert len(large.remarks[0]) == len(small.remarks[0]) + 1


def test_profiles_of_the_training_have_no_remark(model):
    assert model.predict(X_M, synthetic(500)[1]).outside.mean() < 0.03


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"noise_sd_mv": 30.0}, "a noise of about"),
        ({"k": (9e5, 1e6), "depth_m": (7.0, 9.0)}, "The largest value of"),
        ({"k": (5e5, 9e5), "depth_m": (60.0, 75.0)}, "is outside the training range"),
    ],
)
def test_profiles_unlike_the_training_are_named(model, change, words):
    _, values = synthetic(40, **change)
    remarks = model.predict(X_M, values).remarks
    assert sum(words in " ".join(sentences) for sentences in remarks) > 30


def test_few_stations_are_named(model):
    prediction = model.predict(X_M[::5], synthetic(3)[1][:, ::5])
    assert all("Only 21 % of the 101 places" in sentences[0] for sentences in prediction.remarks)


def test_least_squares_exposes_a_body_outside_the_training(model):
    _, values = synthetic(30, angle_deg=(80.0, 120.0))
    prediction = model.predict(X_M, values)
    remarks = network_remarks.against_least_squares(prediction.inversion, polish(prediction))
    assert all(any("times that of least squares" in sentence for sentence in found) for found in remarks)


def test_difference_in_sigma_takes_angles_the_short_way():
    class Answer:
        def __init__(self, angle_deg):
            self.angle_deg = np.array([[angle_deg]])

        def sd(self, name):
            return np.array([[2.0]])

    assert network_remarks.difference_in_sigma(Answer(359.0), Answer(2.0), "angle_deg") == pytest.approx([-1.5])


def test_noise_is_seen_through_a_smooth_anomaly():
    curve = potential("sphere", X_M, 70.0, 40.0, 300.0, 1e5)
    noisy = curve + 3.0 * np.random.default_rng(0).normal(size=(200, 101))
    noisy[:, 17] = np.nan
    assert network_remarks.station_noise_mv(X_M[None], noisy).mean() == pytest.approx(3.0, rel=0.1)


def test_polish_reaches_the_least_squares_answer(model):
    _, values = synthetic(12, seed=4)
    polished, best = polish(model.predict(X_M, values)), invert_profiles(X_M, values, "sphere", "none")
    for name in PARAMETERS:
        assert getattr(polished, name) == pytest.approx(getattr(best, name), rel=1e-4)
    robust = polish(model.predict(X_M, values), robust=True)
    assert robust.robust and np.isfinite(robust.scale_mv).all()


def test_file_gives_back_the_same_network(model, tmp_path):
    path = tmp_path / "sphere.npz"
    model.save(path)
    again = SpNetwork.load(path)
    _, values = synthetic(5)
    first, second = model.predict(X_M, values), again.predict(X_M, values)
    for name in (*PARAMETERS, "covariance", "fitted_mv"):
        assert np.array_equal(getattr(first.inversion, name), getattr(second.inversion, name)), name
    assert first.remarks == second.remarks
    assert again.setup == model.setup
    assert again.card["quality"] == json.loads(json.dumps(model.card["quality"]))


@pytest.mark.parametrize("lost", ["net.0.weight", "sigma_factor", "network.scaling"])
def test_a_file_without_an_array_is_refused(model, tmp_path, lost):
    path = tmp_path / "sphere.npz"
    model.save(path)
    arrays, card = model_file.load(path, KIND)
    del arrays[lost]
    model_file.save(path, KIND, arrays, card)
    with pytest.raises(ModelFileError, match=lost):
        SpNetwork.load(path)


@pytest.mark.parametrize(
    ("change", "words"), [({"preset": "other"}, "other"), ({"setup": {"shape": "sphere", "colour": 1}}, "colour")]
)
def test_a_file_with_a_strange_card_is_refused(model, tmp_path, change, words):
    path = tmp_path / "sphere.npz"
    model.save(path)
    arrays, card = model_file.load(path, KIND)
    model_file.save(path, KIND, arrays, {**card, **change})
    with pytest.raises(ModelFileError, match=words):
        SpNetwork.load(path)


def test_a_file_whose_arrays_do_not_fit_is_refused(model, tmp_path):
    path = tmp_path / "sphere.npz"
    model.save(path)
    arrays, card = model_file.load(path, KIND)
    arrays["net.1.weight"] = arrays["net.1.weight"][:, :-1]
    model_file.save(path, KIND, arrays, card)
    with pytest.raises(ModelFileError, match="do not fit"):
        SpNetwork.load(path)


def test_another_body_is_refused(model):
    model.require_shape("sphere")
    with pytest.raises(ModelFileError, match="'horizontal_cylinder' was asked for"):
        model.require_shape("horizontal_cylinder")


def test_profiles_that_cannot_be_inverted_are_refused(model):
    with pytest.raises(DataError, match="Profile 1 has the same value"):
        model.predict(X_M, np.full((1, 101), 3.0))


def test_cancel_is_obeyed(model):
    def cancel(fraction, message=""):
        raise Cancelled()

    with pytest.raises(Cancelled):
        model.predict(X_M, synthetic(2)[1], progress=cancel)
