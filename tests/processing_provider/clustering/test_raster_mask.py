"""Masks by polygons and by rasters: exactly the pixels inside, in any coordinate system, window by window."""

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.clustering.raster_layers import Window, open_rasters
from fumarole.processing_provider.clustering.raster_mask import PolygonMask, RasterMask, masked

WEST, NORTH, PIXEL = 640_000.0, 4_330_000.0, 30.0  # as write_raster places a raster
SHAPE = 180, 220


@pytest.fixture
def opened(qgis_app, tmp_path, bands, write_raster):
    """Opens two bands; not the rasters themselves, which must not outlive QGIS."""
    path = write_raster(tmp_path / "a.tif", bands[:2])
    return lambda: open_rasters([QgsRasterLayer(path, "a")], QgsProcessingContext())


def polygon(column, row, width, height):
    """A rectangle that covers these pixels and half of their neighbours, less a little."""
    west, north = WEST + (column - 0.49) * PIXEL, NORTH - (row - 0.49) * PIXEL
    east, south = WEST + (column + width + 0.49) * PIXEL, NORTH - (row + height + 0.49) * PIXEL
    return QgsGeometry.fromWkt(
        f"Polygon(({west} {north}, {east} {north}, {east} {south}, {west} {south}, {west} {north}))"
    )


def mask_of(geometries, grid, crs="EPSG:32635"):
    layer = QgsVectorLayer(f"Polygon?crs={crs}", "area", "memory")
    features = []
    for geometry in geometries:
        feature = QgsFeature()
        if geometry is not None:
            feature.setGeometry(geometry)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    context = QgsProcessingContext()
    return PolygonMask(QgsProcessingFeatureSource(layer, context), grid, context)


def test_pixels_with_their_centre_inside_remain(opened):
    rasters = opened()
    seen = masked(rasters, mask_of([polygon(10, 20, 30, 40), None, polygon(200, 100, 50, 10)], rasters.grid))
    inside = np.zeros(SHAPE, dtype=bool)
    inside[20:60, 10:40] = True
    inside[100:110, 200:] = True
    (window,) = seen.windows(2)
    values = seen.read(window, [0, 1])
    assert (np.isfinite(values) == inside).all()
    np.testing.assert_array_equal(values[:, inside], rasters.read(window, [0, 1])[:, inside])
    assert seen.names == rasters.names and seen.grid is rasters.grid
    assert seen.notes == ("Pixels whose centre lies outside the polygons of 'area' are left out.",)


def test_windows_see_their_part(opened):
    rasters = opened()
    mask = mask_of([polygon(10, 20, 30, 40)], rasters.grid)
    whole = mask.inside(Window(0, 0, SHAPE[1], SHAPE[0]))
    for column, row, width, height in ((0, 0, 15, 25), (15, 25, 205, 155), (5, 59, 20, 3)):
        part = mask.inside(Window(column, row, width, height))
        np.testing.assert_array_equal(part, whole[row : row + height, column : column + width])


def test_a_mask_in_degrees_is_transformed(opened):
    rasters = opened()
    shape = polygon(10, 20, 30, 40)
    degrees = QgsGeometry(shape)
    degrees.transform(
        QgsCoordinateTransform(rasters.grid.crs, QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance())
    )
    window = Window(0, 0, SHAPE[1], SHAPE[0])
    same = mask_of([degrees], rasters.grid, "EPSG:4326").inside(window)
    np.testing.assert_array_equal(same, mask_of([shape], rasters.grid).inside(window))


def test_a_raster_masks_where_it_is_zero_or_blank(opened, tmp_path, write_raster):
    rasters = opened()
    coarse = np.zeros((1, 90, 110))
    coarse[0, :45, :55], coarse[0, 10:20, :] = 7, -1
    coarse[0, 30:40, :20] = -9999
    doubled = (WEST, 2 * PIXEL, 0.0, NORTH, 0.0, -2 * PIXEL)
    path = write_raster(tmp_path / "mask.tif", coarse, transform=doubled, no_data=-9999)
    mask = RasterMask(QgsRasterLayer(path, "mask"), rasters.grid, QgsProcessingContext())
    expected = np.kron((coarse[0] != 0) & (coarse[0] != -9999), np.ones((2, 2))).astype(bool)
    np.testing.assert_array_equal(mask.inside(Window(0, 0, SHAPE[1], SHAPE[0])), expected)
    assert mask.note.startswith("Pixels where 'mask' is 0 or blank are left out.") and "(near)" in mask.note


@pytest.mark.parametrize("shapes", [[], [None], [polygon(5000, 0, 10, 10)]])
def test_a_mask_that_leaves_nothing_is_told(opened, shapes):
    rasters = opened()
    with pytest.raises(DataError, match="The mask leaves no pixel of the first raster"):
        masked(rasters, mask_of(shapes, rasters.grid))


def test_a_mask_without_a_system_is_told(opened):
    rasters = opened()
    with pytest.raises(DataError, match="The mask has no coordinate system"):
        mask_of([polygon(10, 20, 30, 40)], rasters.grid, "")
