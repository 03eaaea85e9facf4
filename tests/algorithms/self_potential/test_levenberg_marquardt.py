"""Levenberg-Marquardt on the weights: exact derivatives, and a known network found again."""

import numpy as np
import pytest

from fumarole.algorithms.errors import Cancelled
from fumarole.algorithms.self_potential import levenberg_marquardt as lm


@pytest.fixture
def problem():
    """A 3-2-4-2 network and what it answers to random inputs (synthetic)."""
    rng = np.random.default_rng(0)
    layers = [rng.normal(size=shape) for shape in ((4, 2), (3, 4), (5, 2))]
    inputs = rng.normal(size=(60, 3))
    return layers, inputs, answers(layers, inputs)


def answers(layers, inputs):
    for number, layer in enumerate(layers, start=1):
        inputs = inputs @ layer[:-1] + layer[-1]
        inputs = np.tanh(inputs) if number < len(layers) else inputs
    return inputs


def test_normal_equations_are_those_of_the_jacobian_by_finite_differences(problem):
    layers, inputs, targets = problem
    targets = targets + np.random.default_rng(1).normal(size=targets.shape)
    flat, columns = np.concatenate([layer.ravel() for layer in layers]), []
    for index in range(len(flat)):
        step = np.zeros_like(flat)
        step[index] = 1e-6
        moved = [lm._moved(layers, sign * step) for sign in (1, -1)]
        columns.append((answers(moved[0], inputs) - answers(moved[1], inputs)).ravel() / 2e-6)
    jacobian = np.stack(columns, axis=-1)
    normal, gradient = lm.normal_equations(layers, inputs, targets)
    assert normal == pytest.approx(jacobian.T @ jacobian, rel=1e-5, abs=1e-5)
    assert gradient == pytest.approx(jacobian.T @ (targets - answers(layers, inputs)).ravel(), rel=1e-5, abs=1e-5)


def test_a_known_network_is_found_again_from_nearby(problem):
    layers, inputs, targets = problem
    rng = np.random.default_rng(2)
    start = [layer + 0.1 * rng.normal(size=layer.shape) for layer in layers]
    found, error = lm.minimise(start, inputs, targets, 60)
    assert error < 1e-10 < lm.mean_squared_error(start, inputs, targets)
    assert error == pytest.approx(np.mean((answers(found, inputs) - targets) ** 2))


def test_the_error_never_rises(problem):
    layers, inputs, targets = problem
    start = [np.zeros_like(layer) + 0.1 for layer in layers]
    errors = [lm.minimise(start, inputs, targets, n)[1] for n in (0, 1, 2, 5, 10)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0]


def test_cancel_is_obeyed(problem):
    def cancel(fraction, message=""):
        raise Cancelled()

    with pytest.raises(Cancelled):
        lm.minimise(*problem[:2], problem[2] + 1.0, 5, cancel)
