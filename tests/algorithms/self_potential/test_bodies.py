"""The curves of the bodies: their physics, their derivatives and the one form in which they are reported."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential.bodies import (
    SHAPE_EXPONENTS,
    SHAPES,
    SHEET,
    jacobian,
    moment_unit,
    parameter_names,
    potential,
)
from fumarole.algorithms.self_potential.canonical import canonical

X = np.linspace(-40.0, 110.0, 61)


def parameters(shape, **changes):
    values = {"x0_m": 31.0, "depth_m": 22.0, "angle_deg": 128.0, "k": 900.0, "half_m": 9.0, **changes}
    return [values[name] for name in parameter_names(shape)]


@pytest.mark.parametrize("shape", SHAPES)
def test_jacobian_equals_finite_differences(shape):
    here = np.array(parameters(shape))
    analytic = jacobian(shape, X, *here)
    assert analytic.shape == (X.size, here.size)
    for column in range(here.size):
        step = np.zeros_like(here)
        step[column] = 1e-5 * abs(here[column])
        slope = (potential(shape, X, *(here + step)) - potential(shape, X, *(here - step))) / (2 * step[column])
        assert analytic[:, column] == pytest.approx(slope, rel=1e-6, abs=1e-8 * np.abs(slope).max())


@pytest.mark.parametrize("shape", SHAPES)
def test_many_profiles_equal_one_by_one(shape):
    rows = [parameters(shape), parameters(shape, x0_m=-5.0, angle_deg=77.0), parameters(shape, depth_m=40.0)]
    stations = np.stack([X, X + 3.0, 2.0 * X])
    curves = potential(shape, stations, *np.transpose(rows))
    slopes = jacobian(shape, stations, *np.transpose(rows))
    for index, row in enumerate(rows):
        assert curves[index] == pytest.approx(potential(shape, stations[index], *row))
        assert slopes[index] == pytest.approx(jacobian(shape, stations[index], *row))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_mirrored_profile_is_the_body_with_180_minus_its_angle(shape):
    curve = potential(shape, X, *parameters(shape))
    mirrored = potential(shape, -X, *parameters(shape, x0_m=-31.0, angle_deg=180.0 - 128.0))
    assert mirrored == pytest.approx(curve)


@pytest.mark.parametrize("shape", SHAPES)
def test_shifting_the_origin_shifts_the_body(shape):
    moved = potential(shape, X + 500.0, *parameters(shape, x0_m=531.0))
    assert moved == pytest.approx(potential(shape, X, *parameters(shape)))


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_size_scales_by_the_unit_of_k(shape):
    power = {"mV": 0, "mV m": 1, "mV m²": 2}[moment_unit(shape)]
    large = potential(shape, 2 * X, *parameters(shape, x0_m=62.0, depth_m=44.0, half_m=18.0, k=900.0 * 2**power))
    assert large == pytest.approx(potential(shape, X, *parameters(shape)))


@pytest.mark.parametrize("shape", SHAPE_EXPONENTS)
def test_270_degrees_is_a_positive_peak_over_the_body(shape):
    curve = potential(shape, X, *parameters(shape, x0_m=X[20], angle_deg=270.0))
    assert np.argmax(curve) == 20
    assert curve[20] == pytest.approx(900.0 * 22.0 ** (1 - 2 * SHAPE_EXPONENTS[shape]))


def test_a_small_sheet_is_a_horizontal_cylinder():
    dip, half, k = 60.0, 1e-3, 500.0
    sheet = potential(SHEET, X, 31.0, 22.0, dip, k, half)
    cylinder = potential("horizontal_cylinder", X, 31.0, 22.0, 180.0 - dip, 4 * half * k)
    assert sheet == pytest.approx(cylinder, rel=1e-6)


@pytest.mark.parametrize("shape", SHAPE_EXPONENTS)
@pytest.mark.parametrize("changes", [{"depth_m": -22.0}, {"k": -900.0}, {"angle_deg": -500.0}, {"angle_deg": -1e-30}])
def test_canonical_form_keeps_the_curve(shape, changes):
    odd = parameters(shape, **changes)
    clean = canonical(shape, *odd)
    assert potential(shape, X, *clean) == pytest.approx(potential(shape, X, *odd))
    assert clean[1] > 0 and clean[3] > 0 and 0 <= clean[2] < 360


@pytest.mark.parametrize("changes", [{"half_m": -9.0}, {"angle_deg": 308.0}, {"depth_m": -22.0}, {"half_m": 60.0}])
def test_canonical_sheet_keeps_the_curve(changes):
    odd = parameters(SHEET, **changes)
    clean = canonical(SHEET, *odd)
    assert potential(SHEET, X, *clean) == pytest.approx(potential(SHEET, X, *odd))
    x0_m, depth_m, dip, _, half_m = clean
    assert half_m > 0 and 0 <= dip < 180 and depth_m - half_m * np.sin(np.radians(dip)) > 0


def test_canonical_form_is_stable():
    for shape in SHAPES:
        once = canonical(shape, *parameters(shape))
        assert np.array(canonical(shape, *once)) == pytest.approx(np.array(once))
