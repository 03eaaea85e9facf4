"""Profiles that cannot be inverted are refused with a sentence that names them."""

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.profiles import prepare, problems, repeated_distance

X = np.arange(12.0)
V = np.sin(X) + 0.1 * X
NAN = np.full(12, np.nan)


@pytest.mark.parametrize(
    "x_m, v_mv, sentence",
    [
        (X[:6], V[:6], "6 stations for 6 unknowns: add stations"),
        (X, np.where(X < 5, V, np.nan), "5 stations for 6 unknowns"),
        (X, np.full(12, 7.5), "same value at all 12 stations"),
        (X, NAN, "no self-potential value"),
        (NAN, V, "no self-potential value"),
        (np.full(12, 40.0), V, "zero length"),
        (X, V[:5], "do not fit together"),
        (X, ["1"] * 11 + ["north"], "do not fit together as numbers"),
        (np.empty(0), np.empty(0), "no self-potential values"),
    ],
)
def test_bad_profiles_get_a_sentence(x_m, v_mv, sentence):
    with pytest.raises(DataError, match=sentence):
        invert_profiles(x_m, v_mv)


def test_the_first_bad_profile_is_named_and_the_others_counted():
    values = np.stack([V, np.full(12, 2.0), V, NAN])
    with pytest.raises(DataError, match=r"^Profile 2 .* \(2 profiles"):
        invert_profiles(X, values)
    assert list(problems(X, values, 6)) == [1, 3]


def test_repeated_distances_with_different_values_are_told():
    x_m = X.copy()
    x_m[7] = x_m[3]
    assert repeated_distance(x_m, V)[0] == 3.0
    same = V.copy()
    same[7] = same[3]
    assert np.isnan(repeated_distance(x_m, same)[0])
    assert np.isnan(repeated_distance(X, V)[0])


def test_infinite_values_count_as_missing():
    values = V.copy()
    values[4] = np.inf
    assert prepare(X, values, 6).used.sum() == 11


def test_scaled_profiles_share_a_group_only_with_the_same_stations():
    stations = np.stack([X, 3.0 * X + 1000.0, X**1.1])
    profiles = prepare(stations, np.stack([V, V, V]), 6)
    assert profiles.group[0] == profiles.group[1] != profiles.group[2]
    assert profiles.length_m == pytest.approx([11.0, 33.0, 11.0**1.1])
    assert profiles.position.min() == 0.0 and profiles.position.max() == 1.0
