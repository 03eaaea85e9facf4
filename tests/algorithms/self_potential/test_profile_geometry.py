"""Distances along lines: what is projected comes back, whatever the order and the direction."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential import profile_geometry as geometry

BENT = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 50.0]])


def test_points_beside_a_bent_line_meet_its_nearest_segment():
    distance, offset = geometry.project_onto_line(np.array([[30.0, 4.0], [97.0, 20.0], [-5.0, 0.0], [100.0, 60.0]]), BENT)
    assert distance == pytest.approx([30.0, 120.0, 0.0, 150.0])
    assert offset == pytest.approx([4.0, 3.0, 5.0, 10.0])


def test_a_repeated_vertex_changes_nothing():
    xy = np.random.default_rng(1).uniform(-20, 120, (50, 2))
    repeated = np.array([[0.0, 0.0], [0.0, 0.0], [100.0, 0.0], [100.0, 0.0], [100.0, 50.0]])
    for plain, doubled in zip(geometry.project_onto_line(xy, BENT), geometry.project_onto_line(xy, repeated)):
        np.testing.assert_array_equal(plain, doubled)


def test_place_and_projection_are_inverse():
    distance = np.linspace(0, 150, 31)
    places = geometry.place_at(distance, geometry.cumulative_distance(BENT), BENT)
    back, offset = geometry.project_onto_line(places, BENT)
    assert back == pytest.approx(distance) and offset == pytest.approx(0.0, abs=1e-9)


def test_beyond_its_ends_the_line_goes_on_straight():
    known = geometry.cumulative_distance(BENT)
    places = geometry.place_at(np.array([-20.0, 170.0]), known, BENT)
    assert places == pytest.approx(np.array([[-20.0, 0.0], [100.0, 70.0]]))
    assert geometry.azimuth_at(np.array([30.0, 140.0]), known, BENT) == pytest.approx([90.0, 0.0])


def test_merging_sorts_and_averages():
    distance, values, count = geometry.merged(
        np.array([5.0, 0.0, 5.2, 9.0, 5.4]), np.array([[1.0], [7.0], [3.0], [4.0], [9.0]]), 0.3
    )
    assert distance == pytest.approx([0.0, 5.1, 5.4, 9.0])  # 5.4 is more than 0.3 beyond the group's first
    assert values[:, 0] == pytest.approx([7.0, 2.0, 9.0, 4.0])
    assert count.tolist() == [1, 2, 1, 1]


def test_merging_nothing_gives_nothing():
    distance, values, count = geometry.merged(np.empty(0), np.empty((0, 1)), 1.0)
    assert len(distance) == len(values) == len(count) == 0


@pytest.mark.parametrize("azimuth_deg", [0.0, 30.0, 90.0, 150.0, 179.5])
def test_distance_from_geometry_knows_no_order_and_grows_eastward(azimuth_deg):
    rng = np.random.default_rng(3)
    true = np.sort(rng.uniform(0, 150, 40))
    direction = np.array([np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg))])
    if azimuth_deg > 179:  # nearly north-south: +x is north
        direction = -direction
    xy = np.array([650_000.0, 4_330_000.0]) + true[:, None] * direction
    order = rng.permutation(40)
    found = geometry.straight_line_distance(xy[order])
    assert found == pytest.approx(true[order] - true.min(), abs=1e-6)
