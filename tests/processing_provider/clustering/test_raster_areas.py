"""Areas of pixels against the ellipsoid's own formulas, on every kind of grid."""

import numpy as np
import pytest
from pyproj import Geod
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingContext

from fumarole.algorithms.progress import silent
from fumarole.processing_provider.clustering import raster_areas
from fumarole.processing_provider.clustering.raster_areas import PixelAreas, cluster_areas
from fumarole.processing_provider.clustering.raster_grid import Grid

GEOD = Geod(ellps="WGS84")
EARTH_KM2 = 510_065_621.724  # surface of the ellipsoid of WGS 84


def grid_of(epsg, west, north, pixel, width, height):
    return Grid(
        width, height, (west, pixel, 0.0, north, 0.0, -pixel), QgsCoordinateReferenceSystem(f"EPSG:{epsg}")
    )


def pixels(grid):
    return PixelAreas.of(grid, QgsProcessingContext()).rows(0, grid.height)


def band_between(south, north):
    """Area of the ellipsoid between two parallels, km2 (closed form)."""
    e2 = GEOD.es
    e = np.sqrt(e2)

    def primitive(latitude):
        s = np.sin(np.radians(latitude))
        return s / (1 - e2 * s**2) / 2 + np.arctanh(e * s) / (2 * e)

    return 2 * np.pi * GEOD.b**2 * (primitive(north) - primitive(south)) / 1e6


def test_pixels_in_degrees_have_the_area_of_the_ellipsoid(qgis_app):
    grid = grid_of(4326, 28.0, 40.0, 0.01, 150, 100)
    found = pixels(grid)
    assert found.sum() / 1e6 == pytest.approx(band_between(39.0, 40.0) * 1.5 / 360, rel=1e-9)
    row = 30
    north = 40.0 - 0.01 * row
    assert found[row, 7] / 1e6 == pytest.approx(band_between(north - 0.01, north) * 0.01 / 360, rel=1e-7)


def test_the_whole_earth(qgis_app):
    grid = grid_of(4326, -180.0, 90.0, 1.0, 360, 180)
    found = pixels(grid)
    assert found.sum() / 1e6 == pytest.approx(EARTH_KM2, rel=1e-6)
    polar = band_between(89.0, 90.0) / 360
    assert found[0].mean() / 1e6 == pytest.approx(polar, rel=1e-6)


def test_pixels_centred_on_the_poles_end_there(qgis_app):
    """As in global grids whose first and last rows are the poles."""
    found = pixels(grid_of(4326, -180.5, 90.5, 1.0, 361, 181))
    assert found[:, :360].sum() / 1e6 == pytest.approx(EARTH_KM2, rel=1e-6)
    assert found[0].mean() / 1e6 == pytest.approx(band_between(89.5, 90.0) / 360, rel=1e-6)


@pytest.mark.parametrize(
    "epsg, west, north, pixel",
    [(32635, 640_000, 4_330_000, 30), (3857, 3_200_000, 8_400_000, 100), (32601, 290_000, 7_200_000, 200)],
)
def test_pixels_in_metres_are_measured_on_the_ellipsoid(qgis_app, epsg, west, north, pixel):
    """Also across the 180 degree meridian, and where the projection stretches areas several times."""
    from pyproj import Transformer

    grid = grid_of(epsg, west, north, pixel, 300, 200)
    found = pixels(grid)
    to_degrees = Transformer.from_crs(epsg, 4326, always_xy=True)
    for row, column in ((0, 0), (199, 150), (100, 299)):
        x = west + pixel * (column + np.array([0, 1, 1, 0]))
        y = north - pixel * (row + np.array([0, 0, 1, 1]))
        area, _ = GEOD.polygon_area_perimeter(*to_degrees.transform(x, y))
        assert found[row, column] == pytest.approx(abs(area), rel=2e-4)


def test_local_coordinates_are_measured_in_their_plane(qgis_app):
    local = QgsCoordinateReferenceSystem.fromWkt(
        'ENGCRS["local",EDATUM["zero"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    )
    grid = Grid(10, 5, (0.0, 20.0, 0.0, 100.0, 0.0, -20.0), local)
    np.testing.assert_allclose(pixels(grid), 400.0)


def test_clusters_are_counted_measured_and_averaged(qgis_app, tmp_path, write_raster, monkeypatch):
    generator = np.random.default_rng(3)
    cluster = generator.integers(0, 4, (600, 40))
    confidence = np.where(cluster, generator.uniform(0.3, 1, cluster.shape), 0)
    path = write_raster(tmp_path / "map.tif", np.array([cluster, confidence]))
    grid = grid_of(32635, 640_000, 4_330_000, 30, 40, 600)
    areas = PixelAreas.of(grid, QgsProcessingContext())
    monkeypatch.setattr(raster_areas, "_STRIPE_VALUES", 256 * 40)  # three stripes
    found = cluster_areas(path, areas, 4, silent)
    each = areas.rows(0, 600)
    assert found.n_pixels.tolist() == [(cluster == number).sum() for number in (1, 2, 3, 4)]
    np.testing.assert_allclose(found.area_km2, [each[cluster == n].sum() / 1e6 for n in (1, 2, 3, 4)])
    np.testing.assert_allclose(found.confidence[:3], [confidence[cluster == n].mean() for n in (1, 2, 3)], rtol=1e-6)
    assert np.isnan(found.confidence[3])
