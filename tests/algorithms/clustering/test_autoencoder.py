"""The batched autoencoders against a literal one, and what anchors an anchored member."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from fumarole.algorithms.clustering import autoencoder
from fumarole.algorithms.clustering.autoencoder import (
    decode,
    encode,
    encode_numpy,
    encoder_shapes,
    initial_arrays,
    is_anchored,
    latent_size,
    pretrain,
)
from fumarole.algorithms.networks import StackedParameters, member_generators, row_batches

N_FREE, N_ANCHORED = 1, 2
N_MEMBERS = N_FREE + N_ANCHORED
ANCHORED = is_anchored(N_FREE, N_ANCHORED)
SEED = 7


@pytest.fixture(scope="module")
def features():
    """Correlated features of 80 synthetic samples, not centred."""
    rng = np.random.default_rng(2)
    return rng.normal(size=(80, 5)) @ rng.normal(size=(5, 5)) + 0.5


@pytest.fixture(scope="module")
def start(features):
    return initial_arrays(features, N_FREE, N_ANCHORED, SEED)


@pytest.fixture(scope="module")
def trained(features, start):
    return pretrain(features, start, ANCHORED, 12, 32, SEED)


def literal_pass(inputs, weights, member):
    """Latent and output of one member, written out layer by layer."""
    anchored = member >= N_FREE
    hidden = inputs
    for layer in range(3):
        hidden = hidden @ weights[f"encoder.{layer}.weight"] + weights[f"encoder.{layer}.bias"]
        hidden = torch.relu(hidden) if layer < 2 else hidden
    latent = hidden + inputs @ weights["skip.encoder"] if anchored else hidden
    hidden = latent
    for layer in range(3):
        hidden = hidden @ weights[f"decoder.{layer}.weight"] + weights[f"decoder.{layer}.bias"]
        hidden = torch.relu(hidden) if layer < 2 else hidden
    return latent, hidden + latent @ weights["skip.decoder"] if anchored else hidden


def test_shapes(start):
    sizes = {name: array.shape for name, array in start.items()}
    assert sizes["encoder.0.weight"] == (N_MEMBERS, 5, 64) and sizes["encoder.2.weight"] == (N_MEMBERS, 32, 5)
    assert sizes["decoder.0.weight"] == (N_MEMBERS, 5, 32) and sizes["decoder.2.weight"] == (N_MEMBERS, 64, 5)
    assert sizes["skip.encoder"] == (N_MEMBERS, 5, 5) and sizes["skip.decoder"] == (N_MEMBERS, 5, 5)


def test_encoder_shapes_are_those_of_the_arrays(start):
    expected = {name: array.shape for name, array in start.items() if "encoder" in name}
    assert encoder_shapes(N_MEMBERS, 5) == expected


@pytest.mark.parametrize("n_features, expected", [(2, 2), (10, 10), (30, 10)])
def test_latent_size(n_features, expected):
    assert latent_size(n_features) == expected


def test_an_anchored_member_starts_at_the_principal_components(features):
    wide = np.hstack([features, features**2, np.sin(features)])
    arrays = initial_arrays(wide, 0, 1, SEED)
    expected = PCA(10).fit(wide).components_
    components = arrays["skip.decoder"][0]
    signs = np.sign((components * expected).sum(axis=1))
    assert components == pytest.approx(signs[:, None] * expected, abs=1e-8)
    assert np.array_equal(arrays["skip.encoder"][0], components.T)
    assert (components[np.arange(10), np.abs(components).argmax(axis=1)] > 0).all()


def test_the_skip_alone_reconstructs_features_as_wide_as_the_latent_space(features, start):
    assert features @ start["skip.encoder"][-1] @ start["skip.decoder"][-1] == pytest.approx(features, abs=1e-9)


def test_free_members_have_no_skip_before_and_after_training(start, trained):
    for name in ("skip.encoder", "skip.decoder"):
        assert not start[name][:N_FREE].any() and not trained[name][:N_FREE].any()
        assert trained[name][N_FREE:].any()


def test_members_do_not_depend_on_how_many_there_are(features):
    few, many = initial_arrays(features, 1, 0, SEED), initial_arrays(features, 4, 0, SEED)
    for name, array in few.items():
        assert np.array_equal(array[0], many[name][0])


def test_batched_training_equals_one_literal_autoencoder_at_a_time(features, start, trained):
    table = torch.from_numpy(features.astype(np.float32))
    for member in range(N_MEMBERS):
        weights = {
            name: torch.tensor(array[member], dtype=torch.float32, requires_grad=True) for name, array in start.items()
        }
        optimiser = torch.optim.Adam(weights.values())
        batches = row_batches(80, 32, member_generators(SEED, N_MEMBERS, purpose=1))
        for step in range(12):
            optimiser.param_groups[0]["lr"] = 1e-3 * (1 - step / 12)
            inputs = table[torch.from_numpy(next(batches)[member])]
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(literal_pass(inputs, weights, member)[1], inputs).backward()
            optimiser.step()
        for name, tensor in weights.items():
            assert trained[name][member] == pytest.approx(tensor.detach().numpy(), abs=1e-4), name


def test_training_improves_the_reconstruction(features):
    arrays = initial_arrays(features, 1, 1, SEED)
    anchored = is_anchored(1, 1)

    def error(arrays):
        tensors, mask = StackedParameters(arrays).tensors, torch.from_numpy(anchored.astype(np.float32))
        inputs = torch.from_numpy(features.astype(np.float32)).expand(2, -1, -1)
        return (decode(encode(inputs, tensors, mask), tensors, mask) - inputs).square().mean(dim=(1, 2)).tolist()

    free_before, anchored_before = error(arrays)
    free_after, anchored_after = error(pretrain(features, arrays, anchored, 200, 32, SEED))
    assert free_after < 0.5 * free_before and anchored_after < anchored_before < 0.1 * free_before


def test_encoding_with_numpy_equals_torch_and_the_literal_pass(features, trained, monkeypatch):
    monkeypatch.setattr(autoencoder, "_CHUNK", 33)  # three blocks, the last one incomplete
    table = torch.from_numpy(features.astype(np.float32))
    mask = torch.from_numpy(ANCHORED.astype(np.float32))
    with torch.no_grad():
        batched = encode(table.expand(N_MEMBERS, -1, -1), StackedParameters(trained).tensors, mask).numpy()
    latent = encode_numpy(features, trained)
    assert latent.dtype == np.float32
    assert latent == pytest.approx(batched, abs=1e-5)
    for member in range(N_MEMBERS):
        weights = {name: torch.from_numpy(array[member]) for name, array in trained.items()}
        assert latent[member] == pytest.approx(literal_pass(table, weights, member)[0].numpy(), abs=1e-5)


def test_the_inputs_are_not_changed(features, start):
    before = {name: array.copy() for name, array in start.items()}
    table = features.copy()
    pretrain(features, start, ANCHORED, 2, 32, SEED)
    assert np.array_equal(features, table)
    assert all(np.array_equal(array, before[name]) for name, array in start.items())


def test_the_same_seed_trains_the_same_arrays(features, start, trained):
    np.random.seed(1)
    torch.rand(5)
    again = pretrain(features, initial_arrays(features, N_FREE, N_ANCHORED, SEED), ANCHORED, 12, 32, SEED)
    assert all(np.array_equal(array, again[name]) for name, array in trained.items())
    other = pretrain(features, start, ANCHORED, 12, 32, SEED + 1)
    assert not np.array_equal(other["encoder.0.weight"], trained["encoder.0.weight"])
