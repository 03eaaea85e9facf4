"""Cells along trench lines: geodesic, on either side, across 180 degrees, in either direction."""

import numpy as np
import pytest
from pyproj import Geod

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.subduction.trench import continuous, trench_cells, trench_line

GEOD = Geod(ellps="WGS84")
BENT = ([178.2, 179.1, 179.9, -179.2, -178.0], [-22.0, -20.5, -19.0, -17.0, -16.2])  # synthetic, across 180 degrees


def literal_at(longitude, latitude, distance_m):
    """Walk the line leg by leg."""
    for start in range(len(longitude) - 1):
        here, there = (longitude[start], latitude[start]), (longitude[start + 1], latitude[start + 1])
        azimuth, _, length = GEOD.inv(*here, *there)
        if distance_m <= length:
            return GEOD.fwd(*here, azimuth, distance_m)[:2]
        distance_m -= length
    return there


def test_places_along_the_line_equal_a_literal_walk():
    line = trench_line(*BENT)
    assert line.length_m == pytest.approx(GEOD.line_length(*BENT))
    wanted = np.linspace(0.0, line.length_m, 23)
    longitude, latitude = line.at(wanted)
    for index, distance in enumerate(wanted):
        expected = literal_at(*BENT, distance)
        assert GEOD.inv(longitude[index], latitude[index], *expected)[2] < 0.01


def test_cells_follow_each_other_every_spacing():
    line = trench_line(*BENT)
    cells = trench_cells(line, 50.0)
    assert len(cells) == int(line.length_m / 50_000)
    assert cells.s_km == pytest.approx(25.0 + 50.0 * np.arange(len(cells)))
    _, _, apart = GEOD.inv(cells.longitude[:-1], cells.latitude[:-1], cells.longitude[1:], cells.latitude[1:])
    assert np.all((apart > 48_000) & (apart <= 50_000.01))  # shorter only where the line bends


def test_a_trench_due_north_has_the_downgoing_plate_in_the_east_on_the_right():
    line = trench_line([30.0, 30.0], [0.0, 2.0])
    for side, sign in (("right", 1), ("left", -1)):
        cells = trench_cells(line, 50.0, 200.0, 100.0, side)
        assert cells.azimuth == pytest.approx(0.0, abs=1e-9)
        east = GEOD.fwd(30.0, cells.latitude[0], 90.0, 80_000.0)
        along, normal = cells.local(np.array([0]), np.array([east[0]]), np.array([east[1]]))
        assert along[0] == pytest.approx(0.0, abs=1e-6)
        assert normal[0] == pytest.approx(80.0 * sign)


@pytest.mark.parametrize("side", ["right", "left"])
def test_outlines_have_the_size_of_the_cells_and_are_continuous(side):
    cells = trench_cells(trench_line(*BENT), 50.0, 300.0, 200.0, side)
    for cell in range(len(cells)):
        longitude, latitude = cells.outline(cell)
        assert np.abs(np.diff(longitude)).max() < 10.0
        assert (longitude[0], latitude[0]) == pytest.approx((longitude[-1], latitude[-1]))
        area, _ = GEOD.polygon_area_perimeter(longitude, latitude)
        assert abs(area) == pytest.approx(50e3 * 500e3, rel=2e-3)
        along, normal = cells.local(np.full(len(longitude), cell), longitude, latitude)
        assert (normal.min(), normal.max()) == pytest.approx((-300.0, 200.0))
        assert (along.min(), along.max()) == pytest.approx((-25.0, 25.0))
    assert max(np.abs(cells.outline(cell)[0]).max() for cell in range(len(cells))) > 180.0


def test_the_other_direction_with_the_other_side_gives_the_same_cells():
    start = trench_line(*BENT)
    whole = 50_000.0 * int(start.length_m / 50_000)
    longitude, latitude = start.at(np.concatenate([start.distance_m[:-1], [whole]]))
    forward = trench_cells(trench_line(longitude, latitude), side="right")
    backward = trench_cells(trench_line(longitude[::-1], latitude[::-1]), side="left")
    assert len(forward) == len(backward)
    apart = GEOD.inv(forward.longitude, forward.latitude, backward.longitude[::-1], backward.latitude[::-1])[2]
    assert apart == pytest.approx(0.0, abs=1.0)
    turned = (forward.azimuth - backward.azimuth[::-1]) % 360.0
    assert turned == pytest.approx(180.0, abs=1e-3)
    for cell in range(len(forward)):
        outline = forward.outline(cell)
        same = np.full(len(outline[0]), len(forward) - 1 - cell)
        _, normal = backward.local(same, *outline)
        _, expected = forward.local(np.full(len(same), cell), *outline)
        assert normal == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("turns", [-360.0, 0.0])
def test_any_longitude_convention_gives_the_same_cells(turns):
    cells = trench_cells(trench_line(continuous(BENT[0], 180.0) + turns, BENT[1]))
    expected = trench_cells(trench_line(*BENT))
    assert cells.azimuth == pytest.approx(expected.azimuth)
    assert np.cos(np.radians(cells.longitude - expected.longitude)) == pytest.approx(1.0)


def test_repeated_vertices_do_no_harm():
    doubled = trench_line(np.repeat(BENT[0], 2), np.repeat(BENT[1], 2))
    assert doubled.length_m == pytest.approx(trench_line(*BENT).length_m)
    assert np.isfinite(trench_cells(doubled).azimuth).all()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (([500_000.0, 600_000.0], [4e6, 4.1e6]), "no longitudes and latitudes"),
        (([0.0, np.nan], [0.0, 1.0]), "no longitudes and latitudes"),
        (([5.0, 5.0], [1.0, 1.0]), "has no length"),
        (([5.0], [1.0]), "has no length"),
    ],
)
def test_bad_lines_get_a_sentence(line, message):
    with pytest.raises(DataError, match=message):
        trench_line(*line)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"spacing_km": 0.0}, "must be above 0 km"),
        ({"width_up_km": -1.0}, "must be above 0 km"),
        ({"spacing_km": 5000.0}, "shorter than one segment of 5000 km"),
        ({"side": "below"}, "Side 'below' is not known"),
    ],
)
def test_bad_sizes_get_a_sentence(options, message):
    with pytest.raises(DataError, match=message):
        trench_cells(trench_line(*BENT), **options)
