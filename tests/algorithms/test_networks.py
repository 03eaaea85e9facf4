"""One batched program trains every member as it would have been trained alone."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fumarole.algorithms import networks
from fumarole.algorithms.errors import Cancelled, DataError

SIZES = (3, 5, 4, 2)
N_LAYERS = len(SIZES) - 1
N_MEMBERS = 4


@pytest.fixture
def data():
    """Inputs and targets of a smooth function, different rows for every member (synthetic)."""
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(N_MEMBERS, 20, SIZES[0])).astype(np.float32)
    targets = np.stack([inputs[..., 0] * inputs[..., 1], np.sin(inputs[..., 2])], axis=-1)
    return torch.from_numpy(inputs), torch.from_numpy(targets)


def initial(seed=0, n_members=N_MEMBERS):
    return networks.dense_arrays("net", SIZES, networks.member_generators(seed, n_members))


def trained(arrays, inputs, targets, members, n_steps=30, **adam):
    """Train the given members as one ensemble."""
    parameters = networks.StackedParameters({name: array[members] for name, array in arrays.items()})

    def loss(step):
        output = networks.dense_stack(inputs[members], parameters.tensors, "net", N_LAYERS, torch.tanh)
        return (output - targets[members]).square().mean(dim=(1, 2))

    networks.train(parameters, networks.Adam(parameters, **adam), loss, n_steps)
    return parameters.arrays()


def trained_by_torch(arrays, inputs, targets, member, learning_rate, weight_decay, n_steps=30):
    """One member as separate torch layers with torch's own optimiser and a linearly falling learning rate."""
    weights = {
        name: torch.tensor(array[member], dtype=torch.float32, requires_grad=True) for name, array in arrays.items()
    }
    optimiser = torch.optim.AdamW(weights.values(), lr=learning_rate, weight_decay=weight_decay)
    for step in range(n_steps):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate * (1.0 - step / n_steps)
        hidden = inputs[member]
        for layer in range(N_LAYERS):
            hidden = hidden @ weights[f"net.{layer}.weight"] + weights[f"net.{layer}.bias"]
            if layer < N_LAYERS - 1:
                hidden = torch.tanh(hidden)
        optimiser.zero_grad()
        ((hidden - targets[member]) ** 2).mean().backward()
        optimiser.step()
    return {name: tensor.detach().numpy() for name, tensor in weights.items()}


def test_gradient_descent_equals_that_of_torch(data):
    arrays, (inputs, targets) = initial(), data
    parameters = networks.StackedParameters(arrays)
    weights = {name: torch.tensor(array, dtype=torch.float32, requires_grad=True) for name, array in arrays.items()}

    def loss(tensors):
        return (networks.dense_stack(inputs, tensors, "net", N_LAYERS, torch.tanh) - targets).square().mean(dim=(1, 2))

    optimiser = networks.GradientDescent(parameters, 0.1)
    networks.train(parameters, optimiser, lambda step: loss(parameters.tensors), 20, schedule=networks.constant)
    theirs = torch.optim.SGD(weights.values(), lr=0.1)
    for _ in range(20):
        theirs.zero_grad()
        loss(weights).sum().backward()
        theirs.step()
    for name, array in parameters.arrays().items():
        assert array == pytest.approx(weights[name].detach().numpy(), abs=1e-5), name


def test_silu_is_that_of_torch_and_never_overflows():
    values = np.array([-1e4, -30.0, -1.0, 0.0, 0.5, 30.0, 1e4])
    expected = torch.nn.functional.silu(torch.from_numpy(values)).numpy()
    with np.errstate(all="raise"):
        assert networks.silu_numpy(values) == pytest.approx(expected, abs=1e-12)


def test_member_of_an_ensemble_equals_the_member_trained_alone(data):
    arrays = initial()
    together = trained(arrays, *data, list(range(N_MEMBERS)), learning_rate=1e-2)
    for member in range(N_MEMBERS):
        alone = trained(arrays, *data, [member], learning_rate=1e-2)
        for name, array in alone.items():
            assert together[name][member] == pytest.approx(array[0], abs=1e-5), name


def test_members_with_their_own_rates_equal_torch_adamw_one_by_one(data):
    arrays = initial()
    rates, decays = [1e-3, 3e-3, 1e-2, 3e-2], [0.0, 0.1, 0.5, 0.0]
    members = list(range(N_MEMBERS))
    together = trained(arrays, *data, members, learning_rate=np.array(rates), weight_decay=np.array(decays))
    for member in range(N_MEMBERS):
        alone = trained_by_torch(arrays, *data, member, rates[member], decays[member])
        for name, array in alone.items():
            assert together[name][member] == pytest.approx(array, abs=2e-5), name


def test_one_number_for_rate_and_decay_means_all_members(data):
    members = list(range(N_MEMBERS))
    shared = trained(initial(), *data, members, learning_rate=1e-2, weight_decay=0.2)
    listed = trained(
        initial(), *data, members, learning_rate=np.full(N_MEMBERS, 1e-2), weight_decay=np.full(N_MEMBERS, 0.2)
    )
    for name, array in shared.items():
        assert array == pytest.approx(listed[name], abs=1e-6), name


def test_weight_decay_shrinks_the_weights(data):
    members = list(range(N_MEMBERS))
    free = trained(initial(), *data, members, learning_rate=1e-2)
    decayed = trained(initial(), *data, members, learning_rate=1e-2, weight_decay=3.0)
    assert np.abs(decayed["net.0.weight"]).sum() < np.abs(free["net.0.weight"]).sum()


def test_training_finds_a_linear_function_again():
    rng = np.random.default_rng(5)
    inputs = torch.from_numpy(rng.normal(size=(2, 50, 2)).astype(np.float32))
    slopes = torch.tensor([[[2.0], [-1.0]], [[0.5], [3.0]]])
    parameters = networks.StackedParameters(networks.dense_arrays("net", (2, 1), networks.member_generators(1, 2)))

    def loss(step):
        output = networks.dense_stack(inputs, parameters.tensors, "net", 1, torch.relu)
        return (output - inputs @ slopes - 0.7).square().mean(dim=(1, 2))

    networks.train(parameters, networks.Adam(parameters, 5e-2), loss, 800)
    assert parameters.arrays()["net.0.weight"] == pytest.approx(slopes.numpy(), abs=1e-3)
    assert parameters.arrays()["net.0.bias"] == pytest.approx(0.7, abs=1e-3)


def test_tensors_and_gradients_are_views_of_the_flat_ones():
    parameters = networks.StackedParameters({"a": np.ones((2, 3)), "b": np.zeros((2, 1, 2))})
    (parameters.tensors["a"].sum() * 2 + parameters.tensors["b"].sum() * 5).backward()
    assert parameters.gradient.tolist() == [2.0] * 6 + [5.0] * 4
    parameters.flat.fill_(7.0)
    assert (parameters.arrays()["b"] == 7.0).all()


def test_arrays_are_copies():
    parameters = networks.StackedParameters({"a": np.ones((1, 2))})
    arrays = parameters.arrays()
    parameters.flat.zero_()
    assert (arrays["a"] == 1.0).all()


def test_spread_repeats_a_member_value_over_its_parameters():
    parameters = networks.StackedParameters({"a": np.ones((2, 3)), "b": np.zeros((2, 1, 2))})
    assert parameters.spread([1.0, 2.0]).tolist() == [1, 1, 1, 2, 2, 2, 1, 1, 2, 2]
    assert parameters.spread(0.5) == 0.5


def test_progress_is_told_every_step_and_can_cancel():
    parameters = networks.StackedParameters({"a": np.ones((1, 1))})
    seen = []

    def progress(fraction, message):
        seen.append((fraction, message))
        if len(seen) == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        networks.train(
            parameters, networks.Adam(parameters), lambda step: parameters.tensors["a"].sum(1), 8, progress, "Training"
        )
    assert seen == [(0.0, "Training"), (0.125, "Training"), (0.25, "Training"), (0.375, "Training")]


def test_schedule_scales_every_step():
    rates = []

    class Recorder:
        def step(self, schedule):
            rates.append(schedule)

    parameters = networks.StackedParameters({"a": np.ones((1, 1))})
    networks.train(parameters, Recorder(), lambda step: parameters.tensors["a"].sum(1), 4)
    assert rates == [1.0, 0.75, 0.5, 0.25]


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_a_member_is_the_same_in_ensembles_of_any_size(seed, fewer, more):
    small, large = networks.member_generators(seed, fewer), networks.member_generators(seed, more)
    for one, other in zip(small, large):
        assert one.random(3).tolist() == other.random(3).tolist()


def test_members_and_seeds_differ():
    first = [generator.random() for generator in networks.member_generators(1, 5)]
    second = [generator.random() for generator in networks.member_generators(2, 5)]
    assert len({*first, *second}) == 10


def test_initial_weights_fill_the_glorot_range_and_biases_are_zero():
    arrays = networks.dense_arrays("net", (30, 40), networks.member_generators(0, 3))
    bound = np.sqrt(6 / 70)
    assert arrays["net.0.weight"].shape == (3, 30, 40) and arrays["net.0.bias"].shape == (3, 1, 40)
    assert np.abs(arrays["net.0.weight"]).max() == pytest.approx(bound, rel=0.01)
    assert arrays["net.0.weight"].std() == pytest.approx(bound / np.sqrt(3), rel=0.03)
    assert not arrays["net.0.bias"].any()


def test_dense_stack_equals_its_numpy_twin_and_a_literal_loop(data):
    arrays = initial(seed=8)
    arrays["net.1.bias"] += 0.3
    inputs = data[0].numpy()
    parameters = networks.StackedParameters(arrays)
    fast = networks.dense_stack(data[0], parameters.tensors, "net", N_LAYERS, torch.relu).detach().numpy()
    twin = networks.dense_stack_numpy(inputs, arrays, "net", N_LAYERS, networks.relu_numpy)
    literal = np.empty((N_MEMBERS, 20, SIZES[-1]))
    for member in range(N_MEMBERS):
        for row in range(20):
            hidden = inputs[member, row]
            for layer in range(N_LAYERS):
                hidden = hidden @ arrays[f"net.{layer}.weight"][member] + arrays[f"net.{layer}.bias"][member, 0]
                if layer < N_LAYERS - 1:
                    hidden = np.array([max(value, 0.0) for value in hidden])
            literal[member, row] = hidden
    assert twin == pytest.approx(literal, abs=1e-12)
    assert fast == pytest.approx(literal, abs=1e-5)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_an_epoch_visits_each_row_at_most_once(n_rows, batch_size, n_members):
    batches = networks.row_batches(n_rows, batch_size, networks.member_generators(0, n_members))
    batch = min(batch_size, n_rows)
    for _ in range(3):
        epoch = np.concatenate([next(batches) for _ in range(n_rows // batch)], axis=1)
        assert epoch.shape == (n_members, n_rows // batch * batch)
        assert epoch.min() >= 0 and epoch.max() < n_rows
        for rows in epoch:
            assert len(set(rows)) == len(rows)


def test_every_row_is_visited_within_a_few_epochs_by_every_member():
    batches = networks.row_batches(10, 4, networks.member_generators(0, 3))
    seen = np.concatenate([next(batches) for _ in range(20)], axis=1)
    assert all(set(rows) == set(range(10)) for rows in seen)
    assert not np.array_equal(seen[0], seen[1])


def test_the_thread_count_is_restored_after_success_and_failure():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with networks.torch_threads(1):
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
        with pytest.raises(ZeroDivisionError), networks.torch_threads(1):
            raise ZeroDivisionError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_global_random_states_are_left_alone(data):
    np.random.seed(1)
    torch.manual_seed(1)
    numpy_before, torch_before = np.random.get_state()[1].copy(), torch.get_rng_state().clone()
    trained(initial(), *data, list(range(N_MEMBERS)), n_steps=3)
    next(networks.row_batches(10, 4, networks.member_generators(0, 3)))
    assert np.array_equal(np.random.get_state()[1], numpy_before)
    assert torch.equal(torch.get_rng_state(), torch_before)


def test_the_cpu_is_always_available_and_a_missing_gpu_is_said(monkeypatch):
    assert networks.available_device("cpu") == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert networks.available_device("gpu") == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DataError, match="No GPU that torch can use was found. Choose the device 'cpu'."):
        networks.available_device("gpu")
