"""Classes at fixed magnitudes."""

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.subduction.class_bounds import ClassBounds, check_classes, parse_bounds

MAGNITUDES = np.array([np.nan, 0.0, 1.0, 6.39, 6.4, 8.0, 8.29, 8.3, 9.5])


def test_two_classes():
    bounds = parse_bounds("8.0")
    assert bounds.names == ("Mw < 8", "Mw \u2265 8")
    assert bounds.classes(MAGNITUDES).tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]


def test_three_classes():
    bounds = parse_bounds(" 6.4; 8.3 ")
    assert bounds.n_classes == 3
    assert bounds.names == ("Mw < 6.4", "Mw 6.4 to 8.3", "Mw \u2265 8.3")
    assert bounds.classes(MAGNITUDES).tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "are not numbers"),
        ("big", "are not numbers"),
        ("8.3,6.4", "do not rise"),
        ("8,8", "do not rise"),
        ("0.5", "cannot be used"),
        ("nan", "cannot be used"),
        ("5,6,7,8", "cannot be used"),
        ("12", "cannot be used"),
    ],
)
def test_bad_bounds_are_refused(text, message):
    with pytest.raises(DataError, match=message):
        parse_bounds(text)


def test_a_class_without_segments_is_named():
    bounds = ClassBounds((6.4, 9.6))
    with pytest.raises(DataError, match=r"class Mw \u2265 9.6 \(Mw < 6.4: 4, Mw 6.4 to 9.6: 5\)"):
        check_classes(bounds.classes(MAGNITUDES), bounds)
