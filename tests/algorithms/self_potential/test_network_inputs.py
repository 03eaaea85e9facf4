"""A network reads any stations at its own places."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential.network_inputs import read_at_places
from fumarole.algorithms.self_potential.profiles import prepare


def curve(position):
    return 100.0 * np.exp(-((position - 0.4) ** 2) / 0.05)


def test_stations_at_the_places_are_read_as_they_are():
    values = np.random.default_rng(0).normal(size=(3, 21))
    read, filled = read_at_places(prepare(np.linspace(30.0, 90.0, 21), values, 4), 21)
    assert read == pytest.approx(values)
    assert filled == pytest.approx(1.0)


def test_order_and_origin_of_the_stations_do_not_matter():
    position = np.sort(np.random.default_rng(1).uniform(size=40))
    shuffled = np.random.default_rng(2).permutation(40)
    straight, _ = read_at_places(prepare(position, curve(position)[None], 4), 21)
    other, _ = read_at_places(prepare(500.0 + 7.0 * position[shuffled], curve(position[shuffled])[None], 4), 21)
    assert other == pytest.approx(straight)


def test_fewer_stations_are_interpolated_and_said():
    position = np.linspace(0.0, 1.0, 21)
    read, filled = read_at_places(prepare(position, curve(position)[None], 4), 101)
    assert read[0] == pytest.approx(np.interp(np.linspace(0.0, 1.0, 101), position, curve(position)))
    assert filled[0] == pytest.approx(21 / 101)


def test_more_stations_are_averaged_place_by_place():
    """Twin: every place is the mean of the stations nearest to it, moved to where they lie on average."""
    position = np.sort(np.random.default_rng(3).uniform(size=500))
    position = (position - position[0]) / (position[-1] - position[0])
    values = curve(position) + np.random.default_rng(4).normal(size=500)
    places = np.linspace(0.0, 1.0, 21)
    nearest = np.array([np.abs(places - at).argmin() for at in position])
    mean_position = [position[nearest == place].mean() for place in range(21)]
    mean_value = [values[nearest == place].mean() for place in range(21)]
    read, _ = read_at_places(prepare(position, values[None], 4), 21)
    assert read[0] == pytest.approx(np.interp(places, mean_position, mean_value))


def test_missing_stations_are_bridged_profile_by_profile():
    position = np.linspace(0.0, 1.0, 21)
    values = np.tile(curve(position), (2, 1))
    values[1, 5] = np.nan
    read, filled = read_at_places(prepare(position, values, 4), 21)
    assert read[0] == pytest.approx(values[0])
    assert read[1, 5] == pytest.approx(0.5 * (values[1, 4] + values[1, 6]))
    assert filled == pytest.approx([1.0, 20 / 21])
