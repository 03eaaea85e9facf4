"""Damped least squares from a start ends at the same canonical answer, or says that it does not."""

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.self_potential.bodies import SHEET
from fumarole.algorithms.self_potential.from_start import invert_from_start
from fumarole.algorithms.self_potential.inversion import invert_profiles

NAMES = ("x0_m", "depth_m", "angle_deg", "k")
ANSWER = (76.2435, 42.7766, 310.302, 99101.9)


def starts(count):
    rng = np.random.default_rng(9)
    return [
        (rng.uniform(0, 150), rng.uniform(3, 100), rng.uniform(0, 360), 10 ** rng.uniform(3, 6)) for _ in range(count)
    ]


def test_a_hundred_starts_give_one_answer(reference):
    reached = 0
    for start in [*starts(99), (75.0, 40.0, 100.0, 9e4)]:
        found = invert_from_start(*reference, start, background="none")
        best = [float(getattr(found.best, name)[0, 0]) for name in NAMES]
        assert best == pytest.approx(ANSWER, rel=2e-5)
        if found.same:
            reached += 1
            assert [float(getattr(found.reached, name)[0, 0]) for name in NAMES] == pytest.approx(ANSWER, rel=2e-5)
            assert "best answer" in found.sentence
        else:
            assert found.reached.sse[0] > found.best.sse[0]
            assert "another minimum" in found.sentence
    assert reached >= 85


def test_both_ways_report_the_same(reference):
    x_m, v_mv = (values.copy() for values in reference)
    v_mv[[5, 60]] = np.nan
    found = invert_from_start(x_m, v_mv, (70.0, 30.0, 290.0, 5e4), background="linear")
    assert found.same
    for name in ("fitted_mv", "background_coefficients", "condition", "rms_mv"):
        assert getattr(found.reached, name) == pytest.approx(getattr(found.best, name), rel=1e-4, abs=1e-6)
    assert found.reached.covariance == pytest.approx(found.best.covariance, rel=1e-2)


def test_sheet_from_a_start(sample):
    found = invert_from_start(*sample("Surda_anomaly.dat"), (0.0, 40.0, 60.0, 100.0, 20.0), SHEET, "none")
    assert found.same
    assert found.reached.half_m[0, 0] == pytest.approx(25.96, abs=0.02)


@pytest.mark.parametrize(
    "start, sentence",
    [((1.0, 2.0, 3.0), "4 numbers"), ((1.0, 2.0, 3.0, np.nan), "4 numbers"), ((1.0, 0.0, 3.0, 5.0), "other than zero")],
)
def test_a_start_that_cannot_be_used(reference, start, sentence):
    with pytest.raises(DataError, match=sentence):
        invert_from_start(*reference, start)


def test_the_answer_is_that_without_a_start(reference):
    found = invert_from_start(*reference, (80.0, 40.0, 300.0, 9e4))
    assert np.array_equal(found.best.k, invert_profiles(*reference).k)
