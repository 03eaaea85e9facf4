"""Relevance against a literal twin, gradient times input, and values of captum on the published networks."""

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.networks import dense_arrays, dense_stack_numpy, member_generators, relu_numpy
from fumarole.algorithms.subduction.checkpoints import read_checkpoint
from fumarole.algorithms.subduction.relevance import RULES, member_relevance, rank_agreement, relevance

SIZES = (4, 6, 5, 3)
N_LAYERS = 3


@pytest.fixture
def network():
    arrays = dense_arrays("net", SIZES, member_generators(3, 3))
    rng = np.random.default_rng(1)
    return {name: array + 0.3 * rng.normal(size=array.shape) for name, array in arrays.items()}


@pytest.fixture
def inputs():
    return np.random.default_rng(2).normal(size=(7, SIZES[0]))


def literal_relevance(row, arrays, member, explained, rule):
    """One row and one member, unit by unit."""
    layers = [(arrays[f"net.{i}.weight"][member], arrays[f"net.{i}.bias"][member, 0]) for i in range(N_LAYERS)]
    activations = [row]
    for index, (weight, bias) in enumerate(layers):
        z = [sum(x * w for x, w in zip(activations[-1], weight[:, j])) + bias[j] for j in range(len(bias))]
        activations.append(z if index == N_LAYERS - 1 else [max(value, 0.0) for value in z])
    remaining = [value if j == explained else 0.0 for j, value in enumerate(activations[-1])]
    absorbed = 0.0
    for index in reversed(range(N_LAYERS)):
        weight, bias = layers[index]
        below = [0.0] * len(weight)
        for j, above in enumerate(remaining):
            parts = [x * w for x, w in zip(activations[index], weight[:, j])] + [bias[j]]
            positive, negative = [max(p, 0) for p in parts], [min(p, 0) for p in parts]
            if index == 0 or rule == "epsilon":
                shares = [p / (sum(parts) or 1) for p in parts]
            elif rule == "gamma":
                raised = [p + 0.25 * q for p, q in zip(parts, positive)]
                shares = [p / (sum(raised) or 1) for p in raised]
            else:
                alpha = {"z_plus": 1.0, "alpha_beta": 2.0}[rule]
                alpha = 0.0 if sum(positive) == 0 else 1.0 if sum(negative) == 0 else alpha
                shares = [
                    alpha * p / (sum(positive) or 1) + (1 - alpha) * q / (sum(negative) or 1)
                    for p, q in zip(positive, negative)
                ]
            for i in range(len(below)):
                below[i] += shares[i] * above
            absorbed += shares[-1] * above
        remaining = below
    return remaining, absorbed


@pytest.mark.parametrize("rule", RULES)
def test_equals_the_literal_twin(network, inputs, rule):
    explained = np.arange(len(inputs)) % SIZES[-1]
    values, bias, _ = member_relevance(inputs, network, "net", N_LAYERS, explained, rule)
    for member in range(3):
        for row in range(len(inputs)):
            expected, absorbed = literal_relevance(inputs[row], network, member, explained[row], rule)
            assert values[member, row] == pytest.approx(expected, rel=1e-5, abs=1e-7)
            assert bias[member, row] == pytest.approx(absorbed, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("rule", RULES)
def test_features_and_bias_give_the_output_back(network, inputs, rule):
    explained = np.arange(len(inputs)) % SIZES[-1]
    found = relevance(inputs, network, "net", N_LAYERS, explained, rule)
    outputs = dense_stack_numpy(inputs[np.newaxis], network, "net", N_LAYERS, relu_numpy)
    assert found.output == pytest.approx(outputs.mean(axis=0)[np.arange(len(inputs)), explained])
    assert found.values.sum(axis=1) + found.bias == pytest.approx(found.output, rel=1e-6)
    assert found.conservation_error < 1e-6
    assert np.abs(found.bias).max() > 0.01  # so the bias row is needed for it


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_lost_where_contributions_of_one_sign_are_small(network, inputs, rule):
    for layer in ("net.1.weight", "net.2.weight"):
        network[layer] = np.where(network[layer] < 0, 1e-8 * network[layer], network[layer])
    found = relevance(inputs, network, "net", N_LAYERS, np.zeros(len(inputs), dtype=int), rule)
    assert found.conservation_error < 1e-12


def test_epsilon_is_gradient_times_input(network, inputs):
    explained = np.full(len(inputs), 2)
    values, _, _ = member_relevance(inputs, network, "net", N_LAYERS, explained)

    def output(x):
        return dense_stack_numpy(x[np.newaxis], network, "net", N_LAYERS, relu_numpy)[..., 2]

    for feature in range(SIZES[0]):
        step = np.zeros(SIZES[0])
        step[feature] = 1e-6
        slope = (output(inputs + step) - output(inputs - step)) / 2e-6
        assert values[..., feature] == pytest.approx(slope * inputs[:, feature], rel=1e-4, abs=1e-6)


def test_a_feature_without_weight_has_no_relevance(network, inputs):
    network["net.0.weight"][:, 1] = 0.0
    for rule in RULES:
        found = relevance(inputs, network, "net", N_LAYERS, np.zeros(7, dtype=int), rule)
        assert found.values[:, 1] == pytest.approx(0)


def test_rank_agreement_is_the_mean_pairwise_spearman_correlation():
    from scipy.stats import spearmanr

    values = np.random.default_rng(4).normal(size=(4, 3, 9)).round(1)
    expected = [
        np.mean([spearmanr(values[a, row], values[b, row])[0] for a in range(4) for b in range(a)]) for row in range(3)
    ]
    assert rank_agreement(values) == pytest.approx(expected)
    assert rank_agreement(np.stack([values[0]] * 3)) == pytest.approx(1.0)
    assert np.isnan(rank_agreement(values[:1])).all()


def test_an_unknown_rule_is_refused(network, inputs):
    with pytest.raises(DataError, match="Relevance rule 'deep' is not known"):
        relevance(inputs, network, "net", N_LAYERS, np.zeros(7, dtype=int), "deep")


# captum 0.6.0 (Kokhlikyan et al. 2020, arXiv:2009.07896): EpsilonRule(1e-9) on the first layer, then EpsilonRule,
# GammaRule(0.25) or Alpha1_Beta0_Rule, with the biases as weights of a unit that is always 1. Explained class,
# relevance of that unit, and relevance of the features summed with weights cos(feature).
CAPTUM = {
    ("ncls2_dex50_scenario0.pt", "epsilon"): (
        [1, 0, 1, 0],
        [-1.180582, -9.850609, 1.384602, -5.616105],
        [-6.914823, 39.892441, 4.995791, 38.9259],
    ),
    ("ncls2_dex50_scenario0.pt", "gamma"): (
        [1, 0, 1, 0],
        [-1.005333, -8.121666, -0.179869, -1.512099],
        [-3.678753, 30.916033, 0.256858, 8.230571],
    ),
    ("ncls2_dex50_scenario0.pt", "z_plus"): (
        [1, 0, 1, 0],
        [-1.076932, -6.339018, -1.022934, -0.451367],
        [-2.174289, 21.985656, -1.93035, 1.107967],
    ),
    ("ncls3_dex100_scenario4.pt", "epsilon"): (
        [2, 1, 2, 1],
        [-0.545207, 0.241375, -0.640947, 0.325822],
        [4.509183, 0.216007, 8.502524, 2.408547],
    ),
    ("ncls3_dex100_scenario4.pt", "gamma"): (
        [2, 1, 2, 1],
        [-0.213936, 0.113903, 0.083739, 0.118279],
        [1.694648, 0.028738, -1.146025, 0.632073],
    ),
    ("ncls3_dex100_scenario4.pt", "z_plus"): (
        [2, 1, 2, 1],
        [-0.059939, 0.002623, 0.003768, -0.00152],
        [0.206987, -0.057098, -0.033972, -0.061663],
    ),
}


@pytest.mark.parametrize(("checkpoint", "rule"), CAPTUM)
def test_agrees_with_captum_on_the_published_networks(shared_data, checkpoint, rule):
    path = shared_data / "subduction" / "checkpoints" / checkpoint
    if not path.is_file():
        pytest.skip(f"{path.name} may not be shipped and is not present")
    network = read_checkpoint(path)
    inputs = 1.5 * np.sin(0.7 * np.arange(4 * 49)).reshape(4, 49)
    explained, bias, weighted = CAPTUM[checkpoint, rule]
    assert network.outputs(inputs).argmax(axis=1).tolist() == explained
    found = relevance(inputs, network.arrays, "net", network.n_layers, np.array(explained), rule)
    assert found.bias == pytest.approx(bias, abs=1e-5)
    assert found.values @ np.cos(np.arange(49)) == pytest.approx(weighted, abs=1e-5)
    assert found.conservation_error < 1e-6
