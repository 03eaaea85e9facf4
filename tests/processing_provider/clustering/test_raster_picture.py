"""The small picture of a cluster map shows the map, whatever its size and coordinate system."""

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsPointXY, QgsProject

from fumarole.processing_provider.clustering.raster_grid import Grid
from fumarole.processing_provider.clustering.raster_picture import map_picture


@pytest.fixture
def draw(write_raster, tmp_path):
    """A callable that writes clusters as a map and returns its picture."""

    def picture_of(cluster, transform, code=32635, target=32635):
        path = write_raster(tmp_path / "map.tif", cluster[None], gdal.GDT_Byte, transform, code, no_data=0)
        crs = QgsCoordinateReferenceSystem(f"EPSG:{code}")
        grid = Grid(cluster.shape[1], cluster.shape[0], transform, crs)
        return map_picture(path, grid, QgsCoordinateReferenceSystem(f"EPSG:{target}"))

    return picture_of


def test_a_small_map_is_shown_pixel_by_pixel(draw, qgis_app):
    cluster = np.arange(12, dtype=np.uint8).reshape(3, 4)
    picture = draw(cluster, (640_000.0, 30.0, 0.0, 4_330_000.0, 0.0, -30.0))
    np.testing.assert_array_equal(picture.cluster, cluster)
    edges = picture.west, picture.south, picture.east, picture.north
    assert edges == (640_000, 4_329_910, 640_120, 4_330_000)


def test_a_large_map_is_shown_in_few_pixels_that_are_there(draw, qgis_app):
    cluster = np.repeat(np.repeat(np.array([[1, 2, 0], [3, 4, 5]], np.uint8), 300, axis=0), 500, axis=1)
    picture = draw(cluster, (640_000.0, 30.0, 0.0, 4_330_000.0, 0.0, -30.0))
    assert picture.cluster.shape == (200, 500)
    np.testing.assert_array_equal(picture.cluster[[50, 150]][:, [80, 250, 420]], [[1, 2, 0], [3, 4, 5]])
    assert picture.east - picture.west == pytest.approx(1500 * 30)


def test_a_map_in_degrees_is_shown_in_metres(draw, qgis_app):
    cluster = np.repeat(np.repeat(np.array([[1, 2], [3, 4]], np.uint8), 40, axis=0), 40, axis=1)
    picture = draw(cluster, (28.0, 0.005, 0.0, 39.2, 0.0, -0.005), 4326, 32635)
    systems = (QgsCoordinateReferenceSystem(f"EPSG:{code}") for code in (4326, 32635))
    to_metres = QgsCoordinateTransform(*systems, QgsProject.instance().transformContext())
    height, width = picture.cluster.shape
    for number, longitude, latitude in ((1, 28.1, 39.1), (2, 28.3, 39.1), (3, 28.1, 38.9), (4, 28.3, 38.9)):
        place = to_metres.transform(QgsPointXY(longitude, latitude))
        row = int((picture.north - place.y()) / (picture.north - picture.south) * height)
        column = int((place.x() - picture.west) / (picture.east - picture.west) * width)
        assert picture.cluster[row, column] == number
    assert picture.cluster[0, 0] == 0 or picture.cluster[-1, 0] == 0  # north is not up at the rim of a zone
