"""Bounds of every parameter hold, and the answer inside them is the best there is."""

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.self_potential.bodies import SHEET, potential
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.results import Bounds

NAMES = ("x0_m", "depth_m", "angle_deg", "k")
TIGHT = [
    ("x0_m", (80.0, 120.0), 80.0),
    ("depth_m", (5.0, 40.0), 40.0),
    ("angle_deg", (260.0, 300.0), 300.0),
    ("k", (0.0, 8e4), 8e4),
]


@pytest.mark.parametrize("name, span, at", TIGHT)
@pytest.mark.parametrize("robust", [False, True])
def test_a_bound_that_the_free_answer_breaks(reference, name, span, at, robust):
    found = invert_profiles(*reference, background="none", robust=robust, bounds=Bounds(**{name: span}))
    assert getattr(found, name)[0, 0] == pytest.approx(at, rel=1e-4)
    assert found.status[0] == "at_bound"
    free = invert_profiles(*reference, background="none", robust=robust)
    assert found.sse[0] > free.sse[0]
    here = np.array([float(getattr(found, other)[0, 0]) for other in NAMES])
    assert found.fitted_mv[0] == pytest.approx(potential("sphere", reference[0], *here), rel=1e-6, abs=1e-6)
    if not robust:  # no neighbour inside the bounds is better
        rng = np.random.default_rng(0)
        for _ in range(200):
            near = here * (1.0 + 1e-3 * rng.normal(size=4))
            near[NAMES.index(name)] = np.clip(near[NAMES.index(name)], *span)
            assert np.sum((reference[1] - potential("sphere", reference[0], *near)) ** 2) >= found.sse[0] * (1 - 1e-6)


@pytest.mark.parametrize("shape", ["sphere", SHEET])
def test_bounds_that_hold_anyway_change_nothing(sample, shape):
    x_m, v_mv = sample("Surda_anomaly.dat")
    free = invert_profiles(x_m, v_mv, shape=shape, background="none")
    spans = {name: (float(getattr(free, name)[0, 0]) * 0.9, float(getattr(free, name)[0, 0]) * 1.1) for name in NAMES}
    found = invert_profiles(x_m, v_mv, shape=shape, background="none", bounds=Bounds(**spans))
    assert found.sse[0] == pytest.approx(free.sse[0], rel=1e-8)
    assert found.status[0] == "ok"


@pytest.mark.parametrize(
    "spans", [{"half_m": (1.0, 20.0)}, {"depth_m": (5.0, 25.0)}, {"depth_m": (5.0, 20.0), "half_m": (20.0, 30.0)}]
)
@pytest.mark.parametrize("robust", [False, True])
def test_a_bounded_sheet_stays_below_ground(sample, spans, robust):
    found = invert_profiles(
        *sample("Surda_anomaly.dat"), shape=SHEET, background="none", robust=robust, bounds=Bounds(**spans)
    )
    for name, (low, high) in spans.items():
        assert low - 1e-3 <= getattr(found, name)[0, 0] <= high + 1e-3
    assert found.depth_m[0, 0] > found.half_m[0, 0] * np.sin(np.radians(found.angle_deg[0, 0])) - 1e-3
    assert found.status[0] == "at_bound"


def test_an_angle_range_across_zero():
    x_m = np.linspace(0.0, 100.0, 41)
    values = potential("sphere", x_m, 50.0, 15.0, 5.0, 1e4) + np.random.default_rng(0).normal(size=41)
    found = invert_profiles(x_m, values, background="none", bounds=Bounds(angle_deg=(340.0, 380.0)))
    assert found.angle_deg[0, 0] == pytest.approx(5.0, abs=5.0) and found.status[0] == "ok"


def test_only_the_profiles_that_break_a_bound_change(noisy_spheres):
    x_m, v_mv, _ = noisy_spheres
    free = invert_profiles(x_m, v_mv[:12], background="none")
    limit = float(np.median(free.k))
    found = invert_profiles(x_m, v_mv[:12], background="none", bounds=Bounds(k=(0.0, limit)))
    within = free.k[:, 0] <= limit
    assert np.array_equal(found.k[within], free.k[within])
    assert found.k[~within, 0] == pytest.approx(limit, rel=1e-3)


@pytest.mark.parametrize(
    "spans, sentence",
    [
        ({"x0_m": (5.0, 5.0)}, "a lower and a higher number"),
        ({"k": (7.0, 2.0)}, "a lower and a higher number"),
        ({"depth_m": (0.0, 10.0)}, "more than 0 m"),
        ({"angle_deg": (0.0, 360.0)}, "a whole turn"),
    ],
)
def test_bounds_that_make_no_sense(spans, sentence):
    with pytest.raises(DataError, match=sentence):
        Bounds(**spans)


def test_bounds_that_several_bodies_cannot_have(reference):
    with pytest.raises(DataError, match="several bodies"):
        invert_profiles(*reference, bodies=2, bounds=Bounds(k=(0.0, 1e5)))
    with pytest.raises(DataError, match="Several sheets"):
        invert_profiles(*reference, shape=SHEET, bodies=2, bounds=Bounds(depth_m=(5.0, 50.0)))
    found = invert_profiles(*reference, bodies=2, bounds=Bounds(depth_m=(10.0, 60.0)))
    assert (found.depth_m >= 10.0 - 1e-9).all() and (found.depth_m <= 60.0 + 1e-9).all()
