"""Scales and intervals are round, and on the safe side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumarole.ui.map_scale import round_interval, round_scale


@pytest.mark.parametrize("wanted, scale", [(132_417, 150_000), (150_000, 150_000), (99, 100), (1001, 1250), (9e5, 1e6)])
def test_scales(wanted, scale):
    assert round_scale(wanted) == pytest.approx(scale)


@pytest.mark.parametrize("length, interval", [(999, 500), (1000, 1000), (4999, 2000), (0.7, 0.5), (10, 10)])
def test_intervals(length, interval):
    assert round_interval(length) == pytest.approx(interval)


@given(st.floats(1e-3, 1e9))
def test_everything_fits(value):
    assert value * (1 - 1e-6) <= round_scale(value) <= 1.34 * value
    assert value / 2.51 <= round_interval(value) <= value * (1 + 1e-6)
