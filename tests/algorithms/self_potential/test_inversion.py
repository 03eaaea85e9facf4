"""The inversion finds the known bodies, from every side from which a profile can be given."""

import numpy as np
import pytest
from scipy.optimize import brute, fmin

from fumarole.algorithms.errors import Cancelled, DataError
from fumarole.algorithms.self_potential.background import BACKGROUNDS
from fumarole.algorithms.self_potential.bodies import SHAPE_EXPONENTS, SHEET, potential
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.results import STATUS_SENTENCES

X = np.linspace(0.0, 300.0, 61)
TRUTH = {"x0_m": 130.0, "depth_m": 35.0, "angle_deg": 215.0, "k": 4.0e3}


def answer(inversion, *names, body=0):
    return [float(getattr(inversion, name)[0, body]) for name in names]


def slow_sse(x_m, v_mv, x0_m, depth_m, exponent=1.5, background=1):
    """Sum of squares of the best polarisation and background for one place and depth, written out."""
    offset = x_m - x0_m
    decay = (offset**2 + depth_m**2) ** -exponent
    columns = np.stack([offset * decay, depth_m * decay, *(x_m**power for power in range(background + 1))], axis=1)
    columns = columns / np.linalg.norm(columns, axis=0)
    residual = v_mv - columns @ np.linalg.lstsq(columns, v_mv, rcond=None)[0]
    return residual @ residual


def test_reference_profile(reference):
    found = invert_profiles(*reference, background="none")
    x0_m, depth_m, angle_deg, k = answer(found, "x0_m", "depth_m", "angle_deg", "k")
    assert x0_m == pytest.approx(76.2435, abs=1e-3)
    assert np.radians(angle_deg) == pytest.approx(5.415792, abs=1e-4)
    assert depth_m == pytest.approx(42.7766, abs=1e-3)
    assert k == pytest.approx(99101.9, rel=1e-5)
    assert found.sse[0] == pytest.approx(1087.5587, rel=1e-5)
    assert found.status[0] == "ok"


FIELD = [
    ("Surda_anomaly.dat", SHEET, {"x0_m": 3.17, "depth_m": 30.10, "half_m": 25.96, "angle_deg": 47.4}, 6.0),
    ("Surda_anomaly.dat", "sphere", {"x0_m": 9.68, "depth_m": 41.46, "angle_deg": 140.3}, None),
    ("BavarianWoods_anomaly.dat", SHEET, {"x0_m": 18.07, "depth_m": 50.66, "half_m": 38.02, "angle_deg": 133.5}, 15.8),
    ("BavarianWoods_anomaly.dat", "sphere", {"x0_m": 14.99, "depth_m": 79.84, "angle_deg": 33.5}, None),
]


@pytest.mark.parametrize("name, shape, known, rms_mv", FIELD)
def test_field_profiles(sample, name, shape, known, rms_mv):
    found = invert_profiles(*sample(name), shape=shape, background="none")
    for parameter, value in known.items():
        tolerance = 0.1 if parameter == "angle_deg" else 0.02
        assert getattr(found, parameter)[0, 0] == pytest.approx(value, abs=tolerance), parameter
    if rms_mv:
        assert found.rms_mv[0] == pytest.approx(rms_mv, abs=0.05)


SHEETS = {"alpha": (540, 40, 105, 90, 25), "beta": (650, 45, 120, 70, 40), "gamma": (600, 50, 60, 120, 50)}


@pytest.mark.parametrize("name", SHEETS)
def test_sheets_on_a_quadratic_background(sample, name):
    found = invert_profiles(*sample(f"Model_{name}.dat"), shape=SHEET, background="quadratic")
    parameters = answer(found, "x0_m", "depth_m", "angle_deg", "k", "half_m")
    assert parameters == pytest.approx(SHEETS[name], abs=1e-3)


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("shape", SHAPE_EXPONENTS)
def test_a_clean_body_on_any_background_comes_back(shape, background):
    coefficients = [30.0, -0.2, 4e-4][: BACKGROUNDS.index(background)]
    v_mv = potential(shape, X, *TRUTH.values()) + sum(c * X**power for power, c in enumerate(coefficients))
    found = invert_profiles(X, v_mv, shape=shape, background=background)
    assert answer(found, *TRUTH) == pytest.approx(list(TRUTH.values()), rel=1e-5)
    assert found.background_coefficients[0] == pytest.approx(coefficients, rel=1e-4)
    assert found.fitted_mv[0] == pytest.approx(v_mv, abs=1e-6 * np.ptp(v_mv))


def test_no_brute_search_finds_a_deeper_minimum(noisy_spheres):
    x_m, v_mv, _ = noisy_spheres
    found = invert_profiles(x_m, v_mv, background="linear")
    for row in range(0, 50, 6):

        def misfit(theta):
            return slow_sse(x_m, v_mv[row], theta[0], np.exp(theta[1]))

        grid = (slice(-75.0, 375.0, 9.0), slice(np.log(5.0), np.log(300.0), 0.15))
        place, depth = brute(misfit, grid, finish=fmin)
        assert found.sse[row] <= misfit((place, depth)) * (1 + 1e-9)
        assert found.sse[row] == pytest.approx(
            slow_sse(x_m, v_mv[row], found.x0_m[row, 0], found.depth_m[row, 0]), rel=1e-9
        )


@pytest.mark.parametrize("shape", [*SHAPE_EXPONENTS, SHEET])
def test_together_equals_one_by_one(noisy_spheres, shape):
    x_m, v_mv, _ = noisy_spheres
    together = invert_profiles(x_m, v_mv[:6], shape=shape)
    for row in range(6):
        alone = invert_profiles(x_m, v_mv[row], shape=shape)
        assert together.sse[row] == pytest.approx(alone.sse[0], rel=1e-8)
        if together.status[row] == "ok":
            assert together.depth_m[row] == pytest.approx(alone.depth_m[0], rel=1e-4)
            assert together.covariance[row] == pytest.approx(alone.covariance[0], rel=1e-2, abs=1e-9)


def test_profiles_with_stations_of_their_own(noisy_spheres):
    x_m, v_mv, truth = noisy_spheres
    rng = np.random.default_rng(3)
    stations = np.sort(rng.uniform(0.0, 300.0, (5, 61)), axis=1)
    curves = potential("sphere", stations, *(values[:5] for values in truth))
    found = invert_profiles(stations, curves, background="none")
    assert found.x0_m[:, 0] == pytest.approx(truth[0][:5], rel=1e-5)
    assert found.depth_m[:, 0] == pytest.approx(truth[1][:5], rel=1e-5)


def test_missing_stations_are_left_out(noisy_spheres):
    x_m, v_mv, _ = noisy_spheres
    rng = np.random.default_rng(8)
    holes = np.where(rng.random((8, x_m.size)) < 0.2, np.nan, v_mv[:8])
    holes[:, [0, -1]] = v_mv[:8, [0, -1]]
    together = invert_profiles(x_m, holes)
    for row in range(8):
        present = np.isfinite(holes[row])
        alone = invert_profiles(x_m[present], holes[row, present])
        assert together.sse[row] == pytest.approx(alone.sse[0], rel=1e-8)
        assert together.n_used[row] == present.sum()
        assert np.isnan(together.residual_mv[row]).sum() == (~present).sum()


def test_order_of_stations_does_not_matter(reference):
    x_m, v_mv = reference
    order = np.random.default_rng(1).permutation(x_m.size)
    straight, shuffled = invert_profiles(x_m, v_mv), invert_profiles(x_m[order], v_mv[order])
    names = ("x0_m", "depth_m", "angle_deg", "k")
    assert answer(shuffled, *names) == pytest.approx(answer(straight, *names), rel=1e-5)
    assert shuffled.fitted_mv[0] == pytest.approx(straight.fitted_mv[0, order], rel=1e-5)


def test_a_reversed_profile_mirrors_the_body(reference):
    x_m, v_mv = reference
    straight, reversed_ = invert_profiles(x_m, v_mv), invert_profiles(150.0 - x_m, v_mv)
    x0_m, depth_m, angle_deg, k = answer(straight, "x0_m", "depth_m", "angle_deg", "k")
    mirrored = [150.0 - x0_m, depth_m, (180.0 - angle_deg) % 360.0, k]
    assert answer(reversed_, "x0_m", "depth_m", "angle_deg", "k") == pytest.approx(mirrored, rel=1e-5)


@pytest.mark.parametrize("shape", [*SHAPE_EXPONENTS, SHEET])
def test_shift_and_scale(sample, shape):
    x_m, v_mv = sample("Surda_anomaly.dat")
    here = invert_profiles(x_m, v_mv, shape=shape)
    there = invert_profiles(x_m + 5000.0, 3.0 * v_mv, shape=shape)
    x0_m, depth_m, angle_deg, k = answer(here, "x0_m", "depth_m", "angle_deg", "k")
    expected = [x0_m + 5000.0, depth_m, angle_deg, 3.0 * k]
    assert answer(there, "x0_m", "depth_m", "angle_deg", "k") == pytest.approx(expected, rel=1e-5)
    assert there.sd("depth_m") == pytest.approx(here.sd("depth_m"), rel=1e-4)


@pytest.mark.parametrize("bodies", [2, 3])
@pytest.mark.parametrize("robust", [False, True])
def test_several_bodies(bodies, robust):
    truth = np.array([[60.0, 15.0, 270.0, 3e3], [140.0, 30.0, 100.0, 5e4], [230.0, 12.0, 250.0, 2e3]])[:bodies]
    clean = sum(potential("sphere", X, *body) for body in truth) + 5.0 - 0.01 * X
    v_mv = clean + 0.1 * np.random.default_rng(4).normal(size=X.size)
    found = invert_profiles(X, v_mv, background="linear", bodies=bodies, robust=robust)
    assert found.x0_m[0] == pytest.approx(truth[:, 0], abs=2.0)
    assert found.depth_m[0] == pytest.approx(truth[:, 1], rel=0.1)
    assert len(found.parameter_names) == found.covariance.shape[1] == 4 * bodies + 2


def test_two_sheets():
    truth = ((70.0, 25.0, 60.0, 80.0, 15.0), (220.0, 30.0, 120.0, -60.0, 18.0))
    v_mv = sum(potential(SHEET, X, *body) for body in truth)
    found = invert_profiles(X, v_mv, shape=SHEET, background="none", bodies=2)
    assert found.x0_m[0] == pytest.approx([70.0, 220.0], abs=0.05)
    assert found.k[0] == pytest.approx([80.0, -60.0], rel=0.01)


def test_a_body_beyond_the_end_is_said_to_be_not_covered():
    found = invert_profiles(X, potential("sphere", X, 340.0, 40.0, 270.0, 1e5), background="none")
    assert found.x0_m[0, 0] == pytest.approx(340.0, abs=0.01)
    assert found.status[0] == "not_covered"


def test_a_body_too_shallow_for_the_stations_sits_on_the_bound():
    found = invert_profiles(X, potential("sphere", X, 151.0, 2.0, 270.0, 1e2), background="none")
    assert found.status[0] == "at_bound"
    assert found.depth_m[0, 0] == pytest.approx(5.0)


def test_a_sheet_without_length_is_said_to_be_none():
    found = invert_profiles(X, potential("horizontal_cylinder", X, *TRUTH.values()), shape=SHEET, background="none")
    assert found.status[0] == "at_bound"
    assert found.depth_m[0, 0] == pytest.approx(35.0, rel=1e-3)


def test_every_status_has_a_sentence(noisy_spheres):
    assert set(invert_profiles(*noisy_spheres[:2], shape=SHEET).status) <= set(STATUS_SENTENCES)


@pytest.mark.parametrize("options", [{"robust": True}, {"shape": SHEET}, {"bodies": 2}], ids=str)
def test_the_same_input_gives_the_same_answer(noisy_spheres, options):
    x_m, v_mv, _ = noisy_spheres
    rng = np.random.default_rng(0)
    answers, elsewhere = set(), []
    for _ in range(12):
        elsewhere.append(np.empty(rng.integers(1, 5000), np.uint8))  # moves what follows to other places in memory
        found = invert_profiles(x_m, v_mv[:3], **options)
        answers.add(found.covariance.tobytes() + found.fitted_mv.tobytes())
    assert len(answers) == 1


def test_the_input_is_left_alone(reference):
    x_m, v_mv = (values.copy() for values in reference)
    invert_profiles(x_m, v_mv, robust=True)
    assert np.array_equal(x_m, reference[0]) and np.array_equal(v_mv, reference[1])


def test_progress_rises_to_one_and_cancel_is_obeyed(noisy_spheres):
    x_m, v_mv, _ = noisy_spheres
    seen = []
    stations = np.stack([x_m * (1 + 0.001 * (row % 3) * np.sin(x_m / 50)) for row in range(6)])
    invert_profiles(stations, v_mv[:6], progress=lambda fraction, message="": seen.append(fraction))
    assert seen == sorted(seen) and len(seen) > 3 and seen[0] == 0.0 and seen[-1] == 1.0

    def cancel(fraction, message=""):
        raise Cancelled()

    with pytest.raises(Cancelled):
        invert_profiles(x_m, v_mv, progress=cancel)


@pytest.mark.parametrize(
    "option, sentence",
    [
        ({"shape": "cube"}, "'cube' is not known"),
        ({"background": "wavy"}, "'wavy' is not known"),
        ({"bodies": 4}, "4 bodies"),
    ],
)
def test_unknown_options_are_refused(reference, option, sentence):
    with pytest.raises(DataError, match=sentence):
        invert_profiles(*reference, **option)
