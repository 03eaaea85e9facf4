"""The right shape wins where the data can tell, and they are told where they cannot."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential.bodies import SHAPE_EXPONENTS, SHAPES, potential
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.model_choice import invert_shapes

X = np.linspace(0.0, 400.0, 81)


def profile(shape, noise, seed=0, count=1):
    curve = potential(shape, X, 180.0, 30.0, 240.0, 1.0)
    return 100.0 * curve / np.ptp(curve) + noise * np.random.default_rng(seed).normal(size=(count, X.size))


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize("shape", SHAPE_EXPONENTS)
def test_the_true_shape_wins(shape, robust):
    choice = invert_shapes(X, profile(shape, 1.0), tuple(SHAPE_EXPONENTS), ("none", "linear"), robust)
    best = choice.inversions[choice.best[0]]
    assert best.shape == shape
    assert choice.shape_weights()[shape][0] > 0.9
    assert choice.weights.sum() == pytest.approx(1.0)
    assert not choice.ambiguous[0] and choice.status[0] == "ok"


def test_a_poor_profile_is_ambiguous():
    choice = invert_shapes(X, profile("sphere", 40.0, count=10), tuple(SHAPE_EXPONENTS), ("none",))
    assert choice.ambiguous.sum() >= 5
    assert set(choice.status[choice.ambiguous]) <= {"ambiguous_shape", "at_bound", "not_covered"}
    rows = np.arange(10)
    best, other = choice.bic[rows, choice.best], choice.bic[rows, choice.runner_up]
    assert ((other - best < 2.0) == choice.ambiguous).all()


def test_a_background_is_found():
    values = profile("sphere", 1.0) + 0.1 * X - 3.0
    choice = invert_shapes(X, values, ("sphere",), ("none", "constant", "linear", "quadratic"))
    assert choice.inversions[choice.best[0]].background == "linear"
    assert choice.runner_up[0] == choice.best[0] and not choice.ambiguous[0]


def test_criterion_is_that_of_the_inversion():
    values = profile("horizontal_cylinder", 2.0, count=3)
    choice = invert_shapes(X, values)
    assert [inversion.shape for inversion in choice.inversions] == list(SHAPES)
    for column, inversion in enumerate(choice.inversions):
        assert choice.bic[:, column] == pytest.approx(inversion.bic)
        alone = invert_profiles(X, values, inversion.shape)
        assert np.array_equal(alone.sse, inversion.sse)


def test_progress_runs_through_all_combinations():
    seen = []
    invert_shapes(X, profile("sphere", 1.0), progress=lambda fraction, message="": seen.append(fraction))
    assert seen == sorted(seen) and seen[-1] == 1.0 and len(seen) >= 8
