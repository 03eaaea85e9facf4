"""Pixels in windows: each once, between the pixels where they are coarse, and in bounded memory."""

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingContext

from fumarole.processing_provider.raster_files import Band
from fumarole.processing_provider.subduction import raster_pixels
from fumarole.processing_provider.subduction.raster_pixels import between, pixel_grids

WGS84 = QgsCoordinateReferenceSystem("EPSG:4326")


def dataset(values, west=10.0, north=50.0, pixel=0.1, tiles=()):
    driver = gdal.GetDriverByName("GTiff" if tiles else "MEM")
    made = driver.Create("/vsimem/pixels.tif", values.shape[1], values.shape[0], 1, gdal.GDT_Float64, tiles)
    made.SetGeoTransform((west, pixel, 0, north, 0, -pixel))
    made.GetRasterBand(1).WriteArray(values)
    return made


def grid_of(made, cell_km=50.0, crs=WGS84):
    (grid,) = pixel_grids([Band("band", made, 1)], [crs], cell_km)
    return grid


def everything(grid):
    pieces = [grid.read(window, QgsProcessingContext()) for window in grid.windows()]
    columns = [np.concatenate(column) for column in zip(*((p.longitude, p.latitude, p.values[0]) for p in pieces))]
    order = np.lexsort((columns[0], -columns[1]))
    return [column[order] for column in columns]


def test_every_pixel_is_read_once_at_its_centre(qgis_app, monkeypatch):
    monkeypatch.setattr(raster_pixels, "_SIDE", 16)
    values = np.arange(40.0 * 50).reshape(40, 50)
    longitude, latitude, read = everything(grid_of(dataset(values)))
    assert read.tolist() == values.ravel().tolist()
    assert longitude.reshape(40, 50)[0] == pytest.approx(10.05 + 0.1 * np.arange(50))
    assert latitude.reshape(40, 50)[:, 0] == pytest.approx(49.95 - 0.1 * np.arange(40))


def test_coarse_pixels_are_refined_alike_in_every_window(qgis_app, monkeypatch):
    values = np.random.default_rng(1).normal(size=(10, 12))
    values[3:6, 4:9] = np.nan
    grid = grid_of(dataset(values, pixel=1.0))
    assert (grid.refinement, round(grid.pixel_km)) == (12, 111)
    whole = everything(grid)
    monkeypatch.setattr(raster_pixels, "_SIDE", 60)
    assert len(grid.windows()) == 6
    for one, other in zip(whole, everything(grid)):
        assert other == pytest.approx(one, nan_ok=True)


def test_values_between_pixels_equal_a_literal_twin():
    rng = np.random.default_rng(2)
    plane = rng.normal(size=(4, 5))
    plane[rng.random(plane.shape) < 0.2] = np.nan
    n, n_rows, n_columns = 3, *plane.shape
    computed = between(plane, 0, n_rows, 0, n_columns, n)
    for i in range(n_rows * n):
        for j in range(n_columns * n):
            total = weights = 0.0
            for row in range(n_rows):
                for column in range(n_columns):
                    y = np.clip((i + 0.5) / n - 0.5, 0, n_rows - 1)
                    x = np.clip((j + 0.5) / n - 0.5, 0, n_columns - 1)
                    weight = max(0, 1 - abs(y - row)) * max(0, 1 - abs(x - column))
                    if np.isfinite(plane[row, column]):
                        total, weights = total + weight * plane[row, column], weights + weight
            expected = total / weights if np.isfinite(plane[i // n, j // n]) else np.nan
            assert computed[i, j] == pytest.approx(expected, nan_ok=True)


def test_a_raster_of_one_pixel_can_be_refined():
    assert between(np.array([[4.0]]), 0, 1, 0, 1, 3).tolist() == [[4.0] * 3] * 3


def test_windows_fit_into_the_cache_where_rows_are_stored_whole(qgis_app, monkeypatch):
    monkeypatch.setattr(raster_pixels, "_SIDE", 64)
    monkeypatch.setattr(raster_pixels, "CACHE_BYTES", 64_000)
    values = np.zeros((128, 500))
    rows = grid_of(dataset(values, tiles=("BLOCKYSIZE=1",))).windows()
    tiled = grid_of(dataset(values, tiles=("TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64"))).windows()
    assert max(window.height * 500 * 8 for window in rows) <= 32_000
    assert max(window.height for window in tiled) == 64
    for windows in (rows, tiled):
        assert sum(window.width * window.height for window in windows) == values.size
        assert max(window.width * window.height for window in windows) <= 64 * 64


def test_bands_with_the_same_pixels_are_read_together(qgis_app):
    first, second = dataset(np.zeros((4, 5))), dataset(np.zeros((4, 5)), west=11.0)
    bands = [Band(name, made, 1) for name, made in (("a", first), ("b", second), ("c", first))]
    grids = pixel_grids(bands, [WGS84] * 3, 50.0)
    assert [grid.positions for grid in grids] == [(0, 2), (1,)]


def test_undeclared_fill_values_and_infinity_are_no_data(qgis_app):
    values = np.array([[1.0, -3.4e38], [np.inf, np.nan]])
    _, _, read = everything(grid_of(dataset(values)))
    assert read[0] == 1.0
    assert np.isnan(read[1:]).all()


def test_places_off_the_earth_are_unknown(qgis_app):
    half = QgsCoordinateReferenceSystem.fromProj("+proj=ortho +lat_0=0 +lon_0=20 +datum=WGS84 +units=m")
    made = dataset(np.ones((8, 8)), west=-8e6, north=8e6, pixel=2e6)
    longitude, latitude, _ = everything(grid_of(made, cell_km=5000.0, crs=half))
    known = np.isfinite(longitude)
    assert 30 < known.sum() < 64
    assert (np.abs(longitude[known] - 20) <= 90).all()
    assert (np.isfinite(latitude) == known).all()
