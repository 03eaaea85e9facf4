"""Polygons of a cluster map: holes, corners, speckles, and a run that is cancelled."""

from pathlib import Path

import numpy as np
import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingContext, QgsProcessingFeedback, QgsProcessingUtils

from fumarole.algorithms.errors import Cancelled
from fumarole.processing_provider.clustering import raster_polygons
from fumarole.processing_provider.clustering.raster_areas import PixelAreas
from fumarole.processing_provider.clustering.raster_grid import Grid

PIXEL = 30.0
CLUSTER = np.array(
    [
        [1, 1, 1, 1, 0, 2],
        [1, 2, 2, 1, 0, 1],
        [1, 2, 2, 1, 2, 2],
        [1, 1, 1, 1, 2, 4],
    ]
)


class Rows:
    """Keeps what would be written."""

    def layer(self, parameter, fields, kind, crs, rows, style, name):
        assert parameter == "POLYGONS"
        names = [field.name() for field in fields]
        self.written = [(geometry, dict(zip(names, values))) for geometry, values in rows]


@pytest.fixture
def polygons_of(qgis_app, tmp_path, write_raster):
    """Returns what is written for a map, and the warning."""

    def polygons(cluster, least_pixels=1, feedback=None):
        confidence = np.where(cluster > 0, 0.5, 0.0)
        path = write_raster(tmp_path / "map.tif", np.array([cluster, confidence]), no_data=0)
        crs = QgsCoordinateReferenceSystem("EPSG:32635")
        height, width = cluster.shape
        grid = Grid(width, height, (640_000.0, PIXEL, 0.0, 4_330_000.0, 0.0, -PIXEL), crs)
        areas, outputs = PixelAreas.of(grid, QgsProcessingContext()), Rows()
        texts = {1: "a+", 2: "b-"}
        feedback = feedback or QgsProcessingFeedback()
        warning = raster_polygons.write_polygons(outputs, path, areas, crs, 4, texts, least_pixels, feedback)
        return outputs.written, warning

    return polygons


def test_every_cluster_that_occurs_is_one_row_of_all_its_patches(polygons_of):
    written, warning = polygons_of(CLUSTER)
    assert not warning
    assert [values["cluster"] for _, values in written] == [1, 2, 4]
    for geometry, values in written:
        n_pixels = (CLUSTER == values["cluster"]).sum()
        assert values["n_pixels"] == n_pixels and geometry.area() == pytest.approx(n_pixels * PIXEL**2)
        assert geometry.isGeosValid() and values["confidence"] == pytest.approx(0.5)
    assert [values["n_patches"] for _, values in written] == [2, 3, 1]
    assert [values["top_vars"] for _, values in written] == ["a+", "b-", None]


def test_patches_that_are_too_small_go_to_their_neighbour(polygons_of):
    written, _ = polygons_of(CLUSTER, least_pixels=3)
    found = {values["cluster"]: values["n_pixels"] for _, values in written}
    assert 4 not in found and sum(found.values()) == (CLUSTER > 0).sum()
    assert found[2] == (CLUSTER == 2).sum() + 2  # the 4 in the corner and the 1 in the east


def test_tracing_ends_where_the_patches_are_too_many_to_be_of_use(qgis_app, tmp_path, write_raster, monkeypatch):
    monkeypatch.setattr(raster_polygons, "MOST_PATCHES", 1000)
    speckles = np.random.default_rng(5).integers(1, 4, (1, 300, 300))
    path = write_raster(tmp_path / "map.tif", speckles)
    patches = raster_polygons._traced(path, tmp_path / "patches.gpkg", QgsProcessingFeedback())
    assert 1000 < patches.GetLayer().GetFeatureCount() < 2000  # of some 30 000


def test_a_cancelled_run_leaves_no_file_behind(polygons_of, qgis_app):
    feedback = QgsProcessingFeedback()
    feedback.cancel()
    before = set(Path(QgsProcessingUtils.tempFolder()).iterdir())
    with pytest.raises(Cancelled):
        polygons_of(CLUSTER, feedback=feedback)
    assert set(Path(QgsProcessingUtils.tempFolder()).iterdir()) == before
