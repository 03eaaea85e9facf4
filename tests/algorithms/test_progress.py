"""A part of a progress fills its own stretch of the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumarole.algorithms.errors import Cancelled
from fumarole.algorithms.progress import part, silent

SHARE = st.floats(0, 1)


def recorder(seen):
    return lambda fraction, message="": seen.append((fraction, message))


def test_part_maps_its_fraction_and_hands_the_message_on():
    seen = []
    report = part(recorder(seen), 0.2, 0.6)
    for fraction in (0.0, 0.5, 1.0):
        report(fraction, f"at {fraction}")
    assert [fraction for fraction, _ in seen] == pytest.approx([0.2, 0.4, 0.6])
    assert [message for _, message in seen] == ["at 0.0", "at 0.5", "at 1.0"]


@given(SHARE, SHARE, SHARE)
def test_a_part_of_a_part_stays_inside(start, stop, fraction):
    start, stop = sorted((start, stop))
    seen = []
    part(part(recorder(seen), start, stop), 0.25, 0.5)(fraction)
    assert start - 1e-12 <= seen[0][0] <= stop + 1e-12


def test_the_message_is_optional():
    seen = []
    part(recorder(seen), 0, 1)(0.5)
    assert seen == [(0.5, "")]
    silent(0.5)


def test_cancelling_passes_through_a_part():
    def cancel(fraction, message):
        raise Cancelled

    with pytest.raises(Cancelled, match="Cancelled by the user. Nothing was written."):
        part(cancel, 0, 1)(0.5)
