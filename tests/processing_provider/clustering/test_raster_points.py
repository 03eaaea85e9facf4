"""Points on a cluster map: edges, other coordinate systems, no position, no data."""

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorLayer,
)

from fumarole.processing_provider.clustering.raster_grid import Grid
from fumarole.processing_provider.clustering.raster_points import read_boreholes, read_earthquakes, standing_of

WEST, NORTH, PIXEL = 640_000.0, 4_330_000.0, 30.0  # as write_raster places a raster
CLUSTER = np.array([[1, 2, 0], [3, 4, 5]])
CONFIDENCE = np.where(CLUSTER > 0, CLUSTER / 10, 0.0)


@pytest.fixture
def stand(qgis_app, tmp_path, write_raster):
    """Returns clusters and confidences of positions ``(x, y)`` in metres (None = no geometry), given in a system."""
    path = write_raster(tmp_path / "map.tif", np.array([CLUSTER, CONFIDENCE]), no_data=0)

    def found(places, epsg=32635, magnitudes=None):
        metres = QgsCoordinateReferenceSystem("EPSG:32635")
        grid = Grid(3, 2, (WEST, PIXEL, 0.0, NORTH, 0.0, -PIXEL), metres)
        layer = QgsVectorLayer(f"Point?crs=EPSG:{epsg}&field=ML:double", "points", "memory")
        transform = QgsCoordinateTransform(metres, layer.crs(), QgsProject.instance())
        features = []
        for number, place in enumerate(places):
            feature = QgsFeature(layer.fields())
            feature.setAttributes([magnitudes[number] if magnitudes else None])
            if place:
                feature.setGeometry(QgsGeometry.fromPointXY(transform.transform(QgsPointXY(*place))))
            features.append(feature)
        layer.dataProvider().addFeatures(features)
        context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
        source = QgsProcessingFeatureSource(layer, context)
        if magnitudes:
            overlay = read_earthquakes(source, metres, context, feedback, "ML", 4.0)
        else:
            overlay = read_boreholes(source, metres, context, feedback)
        standing = standing_of(overlay, path, grid)
        return standing.cluster.tolist(), standing.confidence, standing.sentence()

    return found


def test_each_point_gets_the_pixel_it_stands_in(stand):
    places = [(WEST + 30 * column + 15, NORTH - 30 * row - 15) for row in range(2) for column in range(3)]
    cluster, confidence, sentence = stand(places)
    assert cluster == CLUSTER.ravel().tolist()
    np.testing.assert_allclose(confidence, np.where(CLUSTER > 0, CONFIDENCE, np.nan).ravel(), rtol=1e-6)
    assert sentence.startswith("Boreholes: 1 of 6 stands outside the map or on pixels without data")


def test_the_western_and_northern_edge_belong_to_the_map_and_the_others_do_not(stand):
    cluster, _, _ = stand([(WEST, NORTH), (WEST + 90, NORTH - 45), (WEST + 45, NORTH - 60), (WEST - 0.01, NORTH - 1)])
    assert cluster == [1, 0, 0, 0]


def test_points_in_degrees_and_points_nowhere(stand):
    cluster, _, sentence = stand([(WEST + 45, NORTH - 45), None, (WEST + 75, NORTH - 45)], epsg=4326)
    assert cluster == [4, 0, 5] and "1 of 3" in sentence


def test_weak_earthquakes_are_left_out(stand):
    places = [(WEST + 15, NORTH - 15), (WEST + 15, NORTH - 45), (WEST + 45, NORTH - 45)]
    cluster, _, sentence = stand(places, magnitudes=[3.9, 4.0, 6.0])
    assert cluster == [3, 4] and sentence == ""
