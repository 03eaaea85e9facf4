"""The characteristic shape is simple, holds every point and follows hollows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from fumarole.algorithms.clustering.concave_hull import concave_ring


def shoelace(ring):
    x, y = ring.T
    return 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def arc(n_points, seed=0):
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0.0, 1.3 * np.pi, n_points)
    return 3000.0 * np.c_[np.cos(angle), np.sin(angle)] + rng.normal(0.0, 250.0, (n_points, 2)) + [640_000, 4_330_000]


def test_a_hollow_is_left_out():
    points = arc(400)
    assert shoelace(concave_ring(points)) < 0.5 * ConvexHull(points).volume


def test_an_even_grid_keeps_its_outline():
    points = np.stack(np.meshgrid(np.arange(8.0), np.arange(5.0)), -1).reshape(-1, 2)
    assert shoelace(concave_ring(points)) == pytest.approx(28.0)


def test_three_points_are_their_triangle():
    triangle = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]])
    assert shoelace(concave_ring(triangle)) == pytest.approx(6.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 80))
def test_every_vertex_is_a_point_and_the_ring_never_crosses_itself(seed, n_points):
    shapely = pytest.importorskip("shapely.geometry")
    points = np.random.default_rng(seed).standard_cauchy((n_points, 2))
    ring = concave_ring(points)
    polygon = shapely.Polygon(ring)
    assert polygon.is_valid
    assert {tuple(vertex) for vertex in ring} <= {tuple(point) for point in points}
    outside = polygon.buffer(1e-9 * np.abs(points).max())
    assert all(outside.covers(shapely.Point(point)) for point in points)
