"""The subduction sample data hold what their README claims, and their script derives them rightly."""

import importlib.util

import numpy as np
import pytest

geopandas = pytest.importorskip("geopandas")
pd = pytest.importorskip("pandas")
gdal = pytest.importorskip("osgeo.gdal")


@pytest.fixture(scope="module")
def folder(root):
    return root / "sample_data" / "subduction"


@pytest.fixture(scope="module")
def script(root):
    path = root / "scripts" / "make_subduction_sample_data.py"
    spec = importlib.util.spec_from_file_location("make_subduction_sample_data", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def values(path):
    dataset = gdal.Open(str(path))
    band, (west, step, _, north, _, _) = dataset.GetRasterBand(1), dataset.GetGeoTransform()
    grid = dataset.ReadAsArray().astype(float)
    grid[grid == band.GetNoDataValue()] = np.nan

    def at(longitude, latitude):
        return grid[int((north - latitude) / step), int((longitude - west) / step) % grid.shape[1]]

    return grid, at


def test_every_file_is_described_and_small(folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    files = [path for path in folder.iterdir() if path.suffix in (".csv", ".tif", ".geojson")]
    assert all(f"`{path.name}`" in text for path in files)
    assert sum(path.stat().st_size for path in files) < 2e6


def test_the_trenches_are_whole_and_go_round_the_pacific(folder, script):
    trenches = geopandas.read_file(folder / "trenches.geojson")
    assert dict(zip(trenches["code"], trenches["region"])) == script.TRENCHES
    parts = trenches.geometry.explode(index_parts=False)
    assert (parts.bounds["maxx"] - parts.bounds["minx"]).max() < 60.0  # none runs the long way round
    crossing = trenches[trenches.geom_type == "MultiLineString"]
    assert sorted(crossing["code"]) == ["alu", "ker"]
    for line in crossing.geometry:
        first, second = line.geoms
        assert first.coords[-1][1] == second.coords[0][1]
        assert abs(first.coords[-1][0]) == abs(second.coords[0][0]) == 180.0


def test_the_downgoing_plate_is_on_the_right(folder):
    """The sea floor of the downgoing plate is deeper than what lies on the other side, 150 km from the trench."""
    from pyproj import Geod

    geod, (_, height) = Geod(ellps="WGS84"), values(folder / "topography_etopo20.tif")
    for trench in geopandas.read_file(folder / "trenches.geojson").itertuples():
        line = np.vstack([part.coords for part in getattr(trench.geometry, "geoms", [trench.geometry])])[10:-10:4]
        azimuth, _, _ = geod.inv(*line[:-1].T, *line[1:].T)
        away = np.full(len(azimuth), 150_000.0)
        right, left = (geod.fwd(*line[:-1].T, azimuth + turn, away)[:2] for turn in (90.0, -90.0))
        deeper = [height(*there) < height(*here) for there, here in zip(zip(*right), zip(*left))]
        assert np.mean(deeper) > 0.5, trench.region


def test_the_earthquakes_are_the_great_ones_too(folder, script):
    earthquakes = pd.read_csv(folder / "earthquakes.csv")
    assert earthquakes["mag"].min() >= script.LEAST_MAGNITUDE and earthquakes["id"].is_unique
    assert earthquakes["date"].between("1973-01-01", "2025-12-31").all()
    great = earthquakes[earthquakes["mag"] >= 8.6].set_index("date")
    assert {"2004-12-26": 9.1, "2010-02-27": 8.8, "2011-03-11": 9.1}.items() <= great["mag"].to_dict().items()


def test_the_grids_are_where_they_belong(folder):
    geoid, height = values(folder / "geoid_egm96.tif")
    assert np.nanmin(geoid) == pytest.approx(-107.0, abs=0.5) and height(78.9, 4.6) < -106.0  # south of India
    assert np.nanmax(geoid) == pytest.approx(85.0, abs=1.0) and height(147.4, -8.4) > 84.0  # New Guinea
    _, topography = values(folder / "topography_etopo20.tif")
    assert topography(142.2, 11.35) < -7000.0 and topography(86.9, 28.5) > 4500.0  # Challenger Deep, Himalaya
    _, slab = values(folder / "slab_depth_of_earthquakes.tif")
    assert slab(-178.0, -19.0) > 500.0 and np.isnan(slab(-150.0, -10.0))  # west of Tonga; open Pacific
    _, anomaly = values(folder / "gravity_egm96.tif")
    assert anomaly(-173.2, -20.0) < -50.0 < 100.0 < anomaly(-155.5, 19.5)  # Tonga Trench; Hawaii


def test_gravity_of_a_geoid_of_one_degree_is_known(script, monkeypatch):
    """A geoid of degree n and 1 m gives (n - 1) g / R, here for the zonal harmonic of degree 10."""
    monkeypatch.setattr(script, "DEGREE", 20)
    latitude = np.linspace(90.0, -90.0, 361)
    zonal = np.polynomial.legendre.legval(np.sin(np.radians(latitude)), [0.0] * 10 + [1.0])
    found = script.gravity(np.repeat(zonal[:, np.newaxis], 720, axis=1))
    assert found[:, 5] == pytest.approx(9 * 1e5 * 9.7976 / 6_371_008.8 * zonal, abs=1e-6)


def test_a_slab_that_dips_to_the_right_is_seen(script):
    points = np.array([[10.0, latitude] for latitude in range(-5, 6)], dtype=float)  # runs north
    east = pd.DataFrame({"longitude": np.full(20, 11.0), "latitude": np.linspace(-3.0, 3.0, 20)})
    assert script.slab_is_on_the_right(points, east)
    assert not script.slab_is_on_the_right(points, east.assign(longitude=9.0))


def test_a_line_is_cut_at_180_degrees(script):
    eastwards = np.array([[178.0, 0.0], [179.0, 1.0], [181.0, 3.0]])
    first, second = script.cut_at_180(eastwards).geoms
    assert list(first.coords)[-1] == (180.0, 2.0) and list(second.coords) == [(-180.0, 2.0), (-179.0, 3.0)]
    first, second = script.cut_at_180(eastwards[::-1]).geoms
    assert list(first.coords) == [(-179.0, 3.0), (-180.0, 2.0)] and list(second.coords)[0] == (180.0, 2.0)
