"""The reduced problem: its gradient, its minimum and its box."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential import background
from fumarole.algorithms.self_potential.basis import basis_of
from fumarole.algorithms.self_potential.bodies import SHAPES, SHEET, potential
from fumarole.algorithms.self_potential.grid_search import elsewhere, explained, full_grid, nodes_between
from fumarole.algorithms.self_potential.observations import observe
from fumarole.algorithms.self_potential.pair_search import body_pairs, edge_pairs
from fumarole.algorithms.self_potential.variable_projection import minimise, project

T = np.linspace(0.0, 1.0, 41)
RNG = np.random.default_rng(6)
VALUES = potential("sphere", T, 0.4, 0.12, 240.0, 0.1) + 0.3 * RNG.normal(size=(3, 41))
WEIGHT = RNG.uniform(0.2, 1.0, (3, 41))


def start(shape, bodies=1):
    body = [0.3, np.log(0.1), 0.5, np.log(0.2)] if shape == SHEET else [0.45, np.log(0.15)]
    theta = np.concatenate([np.array(body) + 0.25 * number for number in range(bodies)])
    return np.tile(theta, (3, 1)) + 0.01 * np.arange(3)[:, None]


def slow_sse(shape, theta, weight, row, bodies):
    """The weighted sum of squares by a plain least-squares solution of the whole linear problem."""
    curves = [curve[0] for curve in basis_of(shape, bodies).columns(T[None], theta[None])]
    matrix = np.stack([*curves, *background.columns(T, "linear")], axis=1) * weight[row][:, None]
    values = VALUES[row] * weight[row]
    return np.sum((values - matrix @ np.linalg.lstsq(matrix, values, rcond=None)[0]) ** 2)


@pytest.mark.parametrize("bodies", [1, 2])
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("shape", SHAPES)
def test_misfit_and_gradient_equal_the_slow_twin(shape, weight, bodies):
    theta = start(shape, bodies)
    here = project(basis_of(shape, bodies), observe(T[None], VALUES, "linear", weight), theta)
    plain = np.ones((3, 41)) if weight is None else weight
    for row in range(3):
        assert here.sse[row] == pytest.approx(slow_sse(shape, theta[row], plain, row, bodies), rel=1e-10)
        for column in range(theta.shape[1]):
            step = np.zeros(theta.shape[1])
            step[column] = 1e-6
            higher = slow_sse(shape, theta[row] + step, plain, row, bodies)
            lower = slow_sse(shape, theta[row] - step, plain, row, bodies)
            assert -here.descent[row, column] == pytest.approx((higher - lower) / 4e-6, rel=1e-4, abs=1e-6)


def test_the_box_holds():
    observations = observe(T[None], VALUES, "none")
    low, high = np.tile([0.5, np.log(0.2)], (3, 1)), np.tile([0.6, np.log(0.3)], (3, 1))
    theta, here, converged = minimise(basis_of("sphere"), observations, start("sphere"), low, high)
    assert (theta >= low).all() and (theta <= high).all() and converged.all()
    grid = np.stack(np.meshgrid(np.linspace(0.5, 0.6, 30), np.linspace(*np.log([0.2, 0.3]), 30)), -1).reshape(-1, 2)
    for row in range(3):
        everywhere = project(basis_of("sphere"), observations.rows(np.full(900, row)), grid)
        assert here.sse[row] <= everywhere.sse.min() * (1 + 1e-12)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("shape", ["sphere", "vertical_cylinder"])
def test_the_grid_equals_the_projection_at_its_nodes(shape, weight):
    nodes = nodes_between((-0.25, 1.25), (0.025, 1.0))
    observations = observe(T[None], VALUES, "linear", weight)
    gain = explained(basis_of(shape), nodes, observations)
    picked = RNG.integers(0, len(nodes.place), 40)
    for row in range(3):
        there = project(basis_of(shape), observations.rows(np.full(40, row)), nodes.theta(picked))
        total = np.sum(observations.values[row] ** 2)
        assert gain[row, picked] == pytest.approx(total - there.sse, rel=1e-6, abs=1e-9 * total)


def test_shallow_nodes_lie_close():
    nodes = nodes_between((-0.25, 1.25), (0.01, 1.0))
    for depth in np.unique(nodes.depth):
        assert np.diff(nodes.place[nodes.depth == depth]).max() <= 0.5 * depth + 1e-12 or depth > 0.15


def test_elsewhere_is_another_valley():
    nodes = full_grid((0.0, 1.0), (0.05, 0.5), 21, 9)
    gain = -((nodes.place - 0.3) ** 2)[None]
    other = elsewhere(gain, nodes, np.array([[0.3, np.log(0.1)]]))[0]
    assert abs(nodes.place[other] - 0.3) > 0.1 or not 0.051 <= nodes.depth[other] <= 0.199


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_pairs_of_poles_equal_the_slow_twin(weight):
    nodes = full_grid((0.0, 1.0), (0.05, 0.5), 6, 4)
    observations = observe(T[None], VALUES, "constant", weight)
    found = edge_pairs(observations, nodes, 1)[:, 0]
    theta = nodes.theta(slice(None))
    pairs = np.array([np.concatenate([a, b]) for a in theta for b in theta if not np.array_equal(a, b)])
    for row in range(3):
        everywhere = project(basis_of(SHEET), observations.rows(np.full(len(pairs), row)), pairs).sse
        here = project(basis_of(SHEET), observations.rows([row]), found[[row]]).sse[0]
        assert here == pytest.approx(everywhere.min(), rel=1e-9)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_pairs_of_bodies_equal_the_slow_twin(weight):
    nodes = full_grid((0.0, 1.0), (0.05, 0.5), 6, 4)
    observations = observe(T[None], VALUES, "constant", weight)
    found = body_pairs(basis_of("sphere"), observations, nodes)
    theta = nodes.theta(slice(None))
    pairs = np.array([np.concatenate([a, b]) for a in theta for b in theta if not np.array_equal(a, b)])
    for row in range(3):
        everywhere = project(basis_of("sphere", 2), observations.rows(np.full(len(pairs), row)), pairs).sse
        here = project(basis_of("sphere", 2), observations.rows([row]), found[[row]]).sse[0]
        assert here == pytest.approx(everywhere.min(), rel=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_theta_and_parameters_are_inverse(shape):
    basis, theta = basis_of(shape, 2), start(shape, 2)
    origin, length = np.array([10.0, -5.0, 0.0]), np.array([100.0, 50.0, 1.0])
    coefficients = np.ones((3, 2 * basis.linear))
    parameters = basis.parameters(theta, coefficients, origin, length)
    again = basis.theta(parameters, origin, length)
    assert basis.parameters(again, coefficients, origin, length)[1] == pytest.approx(parameters[1])
    assert again == pytest.approx(theta)
