"""Rasters to blocks and back: windows, no data, types, alignment."""

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingContext, QgsRasterLayer

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.clustering import raster_layers
from fumarole.processing_provider.clustering.raster_checks import in_metres
from fumarole.processing_provider.clustering.raster_layers import TILE, open_rasters
from fumarole.processing_provider.raster_files import bounded_cache

WEST, NORTH, PIXEL = 640_000.0, 4_330_000.0, 30.0  # as write_raster places a raster
HEIGHT, WIDTH = 180, 220


def opened(*paths):
    """Open files as the tool does; the layers are named after the files."""
    layers = [QgsRasterLayer(path, path.split("/")[-1].split(".")[0]) for path in paths]
    assert all(layer.isValid() for layer in layers)
    return open_rasters(layers, QgsProcessingContext())


def everything(rasters):
    """Read all windows into one array ``(n_bands, height, width)``."""
    n_bands = len(rasters.bands)
    whole = np.full((n_bands, rasters.grid.height, rasters.grid.width), -1.0)
    for window in rasters.windows(n_bands):
        block = rasters.read(window, range(n_bands))
        whole[:, window.row : window.row + window.height, window.column : window.column + window.width] = block
    return whole


def test_windows_cover_the_raster_once_in_bounded_memory(qgis_app, tmp_path, write_raster, monkeypatch):
    path = write_raster(tmp_path / "a.tif", np.zeros((1, 700, 1300), np.float32))
    rasters = opened(path)
    monkeypatch.setattr(raster_layers, "_WINDOW_VALUES", 8 * TILE * TILE)
    for n_bands in (1, 4, 100):
        seen = np.zeros((700, 1300), int)
        for window in rasters.windows(n_bands):
            assert window.column % TILE == 0 and window.row % TILE == 0  # each tile of the output is written once
            assert window.width * window.height * n_bands <= max(8, n_bands) * TILE * TILE
            seen[window.row : window.row + window.height, window.column : window.column + window.width] += 1
        assert (seen == 1).all()


def test_bands_of_all_rasters_are_read_under_their_names(qgis_app, tmp_path, bands, write_raster):
    first = write_raster(tmp_path / "first.tif", bands[:1])
    second = write_raster(tmp_path / "second.tif", bands[1:3])
    dataset = gdal.Open(second, gdal.GA_Update)
    dataset.GetRasterBand(2).SetDescription("Th/K")
    del dataset
    rasters = opened(first, second, first)
    assert rasters.names == ("first", "second band 1", "Th/K", "first (2)")
    assert not rasters.notes
    np.testing.assert_array_equal(everything(rasters)[:3], bands[:3].astype(np.float32))


@pytest.mark.parametrize(
    "description, name",
    [("B", "B"), ("K (%)", "K (%)"), ("B2", "a band 1"), ("b 12", "a band 1"), ("Band 7", "a band 1")],
)
def test_an_element_is_a_name_and_a_number_is_none(qgis_app, tmp_path, bands, write_raster, description, name):
    path = write_raster(tmp_path / "a.tif", bands[:2])
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetDescription(description)
    del dataset
    assert opened(path).names[0] == name


@pytest.mark.parametrize(
    "kind, largest",
    [
        (gdal.GDT_Byte, 255),
        (gdal.GDT_UInt16, 65_535),
        (gdal.GDT_Int16, 32_767),
        (gdal.GDT_UInt32, 2**32 - 1),
        (gdal.GDT_Int32, 2**31 - 1),
        (gdal.GDT_Float32, 2**24),
        (gdal.GDT_Float64, 2**53),
    ],
)
def test_every_type_of_number_is_read_exactly(qgis_app, tmp_path, write_raster, kind, largest):
    values = np.array([[[0, 1, largest - 1, largest]]], dtype=float)
    rasters = opened(write_raster(tmp_path / "a.tif", values, kind))
    np.testing.assert_array_equal(everything(rasters), values)


@pytest.mark.parametrize(
    "kind, no_data",
    [(gdal.GDT_Int16, -9999), (gdal.GDT_Float32, -3.4e38), (gdal.GDT_Float64, -1.79e308), (gdal.GDT_Byte, 0)],
)
def test_no_data_nan_and_infinity_become_nan_or_stay_infinite(qgis_app, tmp_path, write_raster, kind, no_data):
    values = np.arange(1.0, 13.0).reshape(1, 3, 4)
    values[0, 1, 1] = no_data
    if kind in (gdal.GDT_Float32, gdal.GDT_Float64):
        values[0, 0, 0], values[0, 2, 2] = np.nan, np.inf
    other = write_raster(tmp_path / "b.tif", np.ones((1, 3, 4)), gdal.GDT_Float64)  # read beside a float64 band as well
    path = write_raster(tmp_path / "a.tif", values, kind, no_data=no_data)
    usable = np.isfinite(values[0])
    usable[1, 1] = False
    for rasters in (opened(path), opened(path, other)):
        np.testing.assert_array_equal(np.isfinite(everything(rasters)[0]), usable)


def test_an_alpha_band_is_a_mask_and_no_feature(qgis_app, tmp_path, write_raster):
    values = np.full((4, 20, 30), 7)
    values[3], values[3, :5] = 255, 0
    path = write_raster(tmp_path / "rgba.tif", values, gdal.GDT_Byte, options=("PHOTOMETRIC=RGB", "ALPHA=YES"))
    rasters = opened(path)
    assert len(rasters.bands) == 3
    whole = everything(rasters)
    assert np.isnan(whole[:, :5]).all() and (whole[:, 5:] == 7).all()


def test_a_shifted_raster_is_resampled_and_said(qgis_app, tmp_path, write_raster):
    rows, columns = np.indices((HEIGHT, WIDTH), dtype=float)
    plane = 3.0 * columns + 2.0 * rows
    first = write_raster(tmp_path / "first.tif", plane[None])
    shifted = (WEST + 10.5 * PIXEL, PIXEL, 0, NORTH - 5.25 * PIXEL, 0, -PIXEL)
    second = write_raster(tmp_path / "second.tif", plane[None], transform=shifted)
    rasters = opened(first, second)
    assert rasters.notes == ("Raster 'second' was resampled (bilinear) onto the pixels of the first raster.",)
    found = everything(rasters)[1]
    inside = np.s_[10:-10, 15:-15]
    np.testing.assert_allclose(found[inside], (plane - 3 * 10.5 - 2 * 5.25)[inside], atol=1e-3)
    assert np.isnan(found[:4]).all() and np.isnan(found[:, :9]).all()  # where only the first has data


def test_a_raster_in_another_system_is_reprojected_and_said(qgis_app, tmp_path, bands, write_raster):
    first = write_raster(tmp_path / "first.tif", bands[:1])
    geographic = str(tmp_path / "second.tif")
    gdal.Warp(geographic, first, dstSRS="EPSG:4326", resampleAlg="bilinear", dstNodata=-9999)
    rasters = opened(first, geographic)
    assert "from WGS 84 (EPSG:4326) to WGS 84 / UTM zone 35N (EPSG:32635)" in rasters.notes[0]
    both = everything(rasters)
    known = np.isfinite(both[1])
    assert known.mean() > 0.95
    assert np.corrcoef(both[0][known], both[1][known])[0, 1] > 0.9


@pytest.mark.parametrize(
    "proj",
    ["+proj=tmerc +lon_0=28.5 +x_0=50000 +ellps=WGS84", "+proj=eqearth +lon_0=28 +datum=WGS84"],
    ids=["of the user", "none that older text can name"],
)
def test_a_raster_in_a_system_without_a_code_is_reprojected(qgis_app, tmp_path, bands, write_raster, proj):
    crs = QgsCoordinateReferenceSystem.fromProj(proj)
    crs.saveAsUserCrs("of a user")
    first = write_raster(tmp_path / "first.tif", bands[:1])
    projected = str(tmp_path / "second.tif")
    gdal.Warp(projected, first, dstSRS=proj, resampleAlg="bilinear", dstNodata=-9999)
    layers = QgsRasterLayer(first, "first"), QgsRasterLayer(projected, "second")
    layers[1].setCrs(crs)
    for order in (layers, layers[::-1]):
        rasters = open_rasters(order, QgsProcessingContext())
        both = everything(rasters)
        known = np.isfinite(both).all(axis=0)
        assert "was resampled" in rasters.notes[0] and known.sum() > 0.9 * HEIGHT * WIDTH
        assert np.corrcoef(both[0][known], both[1][known])[0, 1] > 0.9


def test_coverages_of_a_geopackage_are_called_by_their_layers(qgis_app, tmp_path, bands, write_raster):
    first = write_raster(tmp_path / "a.tif", bands[:1].astype(np.float32))
    place = str(tmp_path / "grids.gpkg")
    for name, options in (("gravity", []), ("magnetics", ["APPEND_SUBDATASET=YES"])):
        gdal.Translate(place, first, format="GPKG", creationOptions=[f"RASTER_TABLE={name}", *options])
    layers = [QgsRasterLayer(f"GPKG:{place}:{name}", name) for name in ("gravity", "magnetics")]
    rasters = open_rasters(layers, QgsProcessingContext())
    assert rasters.names == ("gravity", "magnetics")
    np.testing.assert_allclose(everything(rasters)[1], bands[0].astype(np.float32))


def test_a_grid_that_differs_by_rounding_is_the_same_grid(qgis_app, tmp_path, bands, write_raster):
    first = write_raster(tmp_path / "first.tif", bands[:1])
    second = write_raster(tmp_path / "second.tif", bands[1:2], transform=(WEST + 1e-4, PIXEL, 0, NORTH, 0, -PIXEL))
    assert not opened(first, second).notes


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"epsg": None}, "Raster 'second' has no coordinate system. Set it in QGIS"),
        ({"transform": (WEST + 1e6, PIXEL, 0, NORTH, 0, -PIXEL)}, "Raster 'second' does not overlap the first raster"),
        ({"kind": gdal.GDT_CFloat32}, "Raster 'second' holds complex numbers"),
    ],
)
def test_a_second_raster_that_does_not_fit_is_refused(qgis_app, tmp_path, bands, write_raster, options, sentence):
    first = write_raster(tmp_path / "first.tif", bands[:1])
    second = write_raster(tmp_path / "second.tif", bands[:1], **options)
    with pytest.raises(DataError, match=sentence):
        opened(first, second)


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"transform": (WEST, PIXEL, 3.0, NORTH, 3.0, -PIXEL)}, "is rotated, stored upside down or has no place"),
        ({"transform": (WEST, PIXEL, 0, NORTH, 0, PIXEL)}, "is rotated, stored upside down or has no place"),
        ({"transform": None}, "is rotated, stored upside down or has no place"),
        ({"epsg": None}, "has no coordinate system"),
    ],
)
def test_a_first_raster_without_a_north_up_grid_is_refused(qgis_app, tmp_path, bands, write_raster, options, sentence):
    with pytest.raises(DataError, match=sentence):
        opened(write_raster(tmp_path / "first.tif", bands[:1], **options))


def test_a_rotated_second_raster_is_straightened(qgis_app, tmp_path, bands, write_raster):
    first = write_raster(tmp_path / "first.tif", bands[:1])
    second = write_raster(tmp_path / "second.tif", bands[1:2], transform=(WEST, PIXEL, 3.0, NORTH, 3.0, -PIXEL))
    rasters = opened(first, second)
    assert len(rasters.notes) == 1 and np.isfinite(everything(rasters)[1]).mean() > 0.8


def test_a_truncated_file_is_told_with_its_band(qgis_app, tmp_path, bands, write_raster):
    path = write_raster(tmp_path / "first.tif", bands, options=("COMPRESS=DEFLATE",))
    rasters_before = opened(path)
    content = (tmp_path / "first.tif").read_bytes()
    (tmp_path / "first.tif").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="cannot be (read|opened)"):
        everything(rasters_before)


def test_the_cache_of_gdal_is_small_during_a_run_only():
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(2 * 1024**3)
    try:
        with bounded_cache():
            assert gdal.GetCacheMax() == 128 * 1024**2
        assert gdal.GetCacheMax() == 2 * 1024**3
    finally:
        gdal.SetCacheMax(before)


def test_positions_in_degrees_become_metres(qgis_app):
    context = QgsProcessingContext()
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    xy, crs = in_metres(np.array([[28.9, 39.0], [29.1, 39.2]]), degrees, context)
    assert crs.authid() == "EPSG:32635" and 6e5 < xy[0, 0] < 7e5
    wide, crs = in_metres(np.array([[-100.0, -50.0], [100.0, 85.0]]), degrees, context)
    assert crs.authid() == "EPSG:6933" and np.isfinite(wide).all()
    metric = QgsCoordinateReferenceSystem("EPSG:32635")
    same, crs = in_metres(xy, metric, context)
    assert same is xy and crs == metric
