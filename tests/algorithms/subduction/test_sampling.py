"""Features of cells against a slow, literal twin, on both sides and across 180 degrees."""

import numpy as np
import pytest
from pyproj import Geod

from fumarole.algorithms.subduction.cell_search import CellSearch, patch_around
from fumarole.algorithms.subduction.sampling import gradient, moments, no_moments, slab_profile
from fumarole.algorithms.subduction.trench import trench_cells, trench_line

GEOD = Geod(ellps="WGS84")
LINES = {  # synthetic
    "pacific": ([178.6, 179.6, -179.6, -178.8], [-20.0, -18.9, -17.4, -16.9]),
    "greenwich": ([-1.5, 0.2, 1.9], [50.0, 50.6, 50.2]),
}


@pytest.fixture(scope="module", params=[(name, side) for name in LINES for side in ("right", "left")])
def case(request):
    """Cells, and a grid of points around them with values, some of them no data."""
    name, side = request.param
    cells = trench_cells(trench_line(*LINES[name]), 50.0, 150.0, 100.0, side)
    rng = np.random.default_rng(1)
    centre = np.round(cells.longitude[0])
    middle = cells.latitude.mean()
    longitude, latitude = np.meshgrid(centre + np.arange(-4, 6.01, 0.23), middle + np.arange(-4, 4, 0.19))
    longitude = (longitude.ravel() + 180.0) % 360.0 - 180.0
    values = np.cos(3 * np.radians(latitude.ravel())) + rng.normal(size=longitude.size)
    values[rng.random(values.size) < 0.1] = np.nan
    return cells, longitude, latitude.ravel(), values


def literal_members(cells, longitude, latitude, cell, band):
    """Points of one cell and band, one by one."""
    inside = []
    for point in range(len(longitude)):
        azimuth, _, distance = GEOD.inv(cells.longitude[cell], cells.latitude[cell], longitude[point], latitude[point])
        angle = np.radians(azimuth - cells.azimuth[cell])
        along, right = distance / 1000 * np.cos(angle), distance / 1000 * np.sin(angle)
        down = right if cells.side == "right" else -right
        in_band = 0 <= down <= cells.width_down_km if band == "DG" else -cells.width_up_km <= down < 0
        if in_band and abs(along) <= cells.spacing_km / 2:
            inside.append(point)
    return inside


@pytest.mark.parametrize("band", ["UP", "DG"])
def test_statistics_equal_the_literal_twin(case, band):
    cells, longitude, latitude, values = case
    found = CellSearch(cells).members(longitude, latitude).band(band)
    computed = moments(found, values)
    for cell in range(len(cells)):
        inside = literal_members(cells, longitude, latitude, cell, band)
        assert found.point[found.cell == cell].tolist() == inside
        known = [value for value in values[inside] if np.isfinite(value)]
        assert computed.count[cell] == len(known) > 0
        assert computed.mean[cell] == pytest.approx(np.mean(known))
        assert computed.std[cell] == pytest.approx(np.std(known))
        assert (computed.low[cell], computed.high[cell]) == (min(known), max(known))


def test_portions_joined_are_the_whole(case):
    cells, longitude, latitude, values = case
    values = values + 1e6  # a mean that swallows the spread when squares are simply added
    joined = no_moments(len(cells))
    for part in np.array_split(np.arange(len(values)), 7):
        joined = joined.joined(moments(CellSearch(cells).members(longitude[part], latitude[part]), values[part]))
    whole = moments(CellSearch(cells).members(longitude, latitude), values)
    assert joined.count.tolist() == whole.count.tolist()
    assert joined.mean == pytest.approx(whole.mean, rel=1e-14)
    assert joined.std == pytest.approx(whole.std, rel=1e-8)
    assert joined.low.tolist() == whole.low.tolist()
    assert joined.high.tolist() == whole.high.tolist()


def test_cells_without_values_are_unknown(case):
    cells, longitude, latitude, values = case
    far = moments(CellSearch(cells).members(longitude + 90.0, latitude), values)
    blank = moments(CellSearch(cells).members(longitude, latitude), np.full_like(values, np.nan))
    for nothing in (far, blank, far.joined(blank), no_moments(len(cells))):
        assert not nothing.count.any()
        for column in (nothing.mean, nothing.std, nothing.low, nothing.high):
            assert np.isnan(column).all()


def test_no_patch_with_members_is_passed_over(case):
    """Patches of many sizes: whenever a point in one lies in a cell, it must be said to be near."""
    cells, _, _, _ = case
    search, rng = CellSearch(cells), np.random.default_rng(3)
    verdicts = []
    for _ in range(150):
        size = rng.choice([0.3, 2.0, 9.0])
        west = cells.longitude[0] + rng.uniform(-14, 14)
        south = np.clip(cells.latitude[0] + rng.uniform(-14, 14), -90, 90 - size)
        across, up = np.meshgrid(np.linspace(0, size, 5), np.linspace(0, size, 5))
        near = search.may_reach(patch_around(west + across, south + up))
        points = rng.uniform(0, size, (2, 300))
        has_members = len(CellSearch(cells).members(west + points[0], south + points[1]).cell) > 0
        assert near or not has_members
        verdicts.append((near, has_members))
    assert (False, False) in verdicts
    assert (True, True) in verdicts


@pytest.mark.parametrize("widths", [(300.0, 300.0), (2500.0, 1500.0)])
@pytest.mark.parametrize("vertices", [([-30, -20], [70, 75]), ([100, 101], [-3, 4]), ([179, -170], [-62, -40])])
def test_the_sphere_decides_nothing_wrongly(vertices, widths):
    """Geodesics to all of many places, also far from the cells and near the pole, give the same members."""
    cells = trench_cells(trench_line(*vertices), 100.0, *widths, "left")
    rng = np.random.default_rng(4)
    longitude = cells.longitude[0] + rng.uniform(-60, 60, 20_000)
    latitude = np.clip(cells.latitude[0] + rng.uniform(-25, 25, 20_000), -90, 90)
    found = CellSearch(cells).members(longitude, latitude)
    for cell in range(0, len(cells), 3):
        along, down = cells.local(np.full(len(longitude), cell), longitude, latitude)
        inside = (np.abs(along) <= 50.0) & (down >= -widths[0]) & (down <= widths[1])
        mine = found.cell == cell
        assert found.point[mine].tolist() == np.flatnonzero(inside).tolist()
        assert found.is_down[mine].tolist() == (down[inside] >= 0).tolist()


def test_points_without_place_belong_nowhere(case):
    cells, longitude, latitude, _ = case
    blank = np.where(np.arange(len(longitude)) % 2, np.nan, longitude)
    assert np.all(CellSearch(cells).members(blank, latitude).point % 2 == 0)
    assert len(CellSearch(cells).members(np.array([]), np.array([])).cell) == 0


def test_gradients_stop_at_gaps():
    s_km = 50.0 * np.arange(8)
    profile = np.array([1.0, 2.0, 4.0, np.nan, 7.0, np.nan, 3.0, 1.0])
    expected = [0.02, 0.03, 0.04, np.nan, np.nan, np.nan, -0.04, -0.04]
    assert gradient(profile, s_km) == pytest.approx(expected, nan_ok=True)


def test_a_known_slab_profile_comes_back():
    s_km = 25.0 + 50.0 * np.arange(60)
    extent = 100.0 + 0.1 * s_km + 1e-4 * (s_km - 1500) ** 2
    profile = slab_profile(extent, s_km)
    inside = slice(9, -9)  # away from the ends the mean of a parabola is the parabola plus a constant
    for window in (200, 400, 600):
        smooth = profile[f"DXT_{window}"]
        assert profile[f"FDM_{window}"][inside] == pytest.approx(np.abs(0.1 + 2e-4 * (s_km - 1500))[inside])
        assert profile[f"SDM_{window}"][inside] == pytest.approx(2e-4)
        literal = [np.mean(extent[np.abs(s_km - here) <= window / 2]) for here in s_km]
        assert smooth == pytest.approx(literal)


def test_cells_without_slab_stay_blank():
    s_km = 50.0 * np.arange(12)
    extent = np.where(np.arange(12) == 5, np.nan, 10.0)
    profile = slab_profile(extent, s_km)
    assert np.isnan(profile["DXT_200"]).tolist() == np.isnan(extent).tolist()
    assert profile["DXT_400"][~np.isnan(extent)] == pytest.approx(10.0)
