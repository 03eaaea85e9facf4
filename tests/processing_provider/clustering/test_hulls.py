"""Hulls enclose their samples, measure right, and say why a cluster has none."""

import numpy as np
import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransformContext, QgsGeometry, QgsPointXY

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.clustering.cluster_numbers import cluster_numbers
from fumarole.processing_provider.clustering.hulls import cluster_hulls

ORIGIN = np.array([660_000.0, 4_330_000.0])


@pytest.fixture
def hulls(qgis_app):
    crs = QgsCoordinateReferenceSystem("EPSG:32635")

    def build(xy, cluster, **options):
        return cluster_hulls(np.asarray(xy), np.asarray(cluster), crs, QgsCoordinateTransformContext(), **options)

    return build


@pytest.mark.parametrize("method", ["convex", "concave"])
def test_every_sample_lies_in_the_hull_of_its_cluster(hulls, method):
    rng = np.random.default_rng(1)
    cluster = np.repeat([3, 1, 0], [50, 70, 5])
    xy = ORIGIN + rng.normal(0.0, 500.0, (125, 2)) + cluster[:, None] * 1000.0
    rows, messages = hulls(xy, cluster, method=method)
    assert not messages
    assert [values[:2] for _, values in rows] == [[1, 70], [3, 50]]
    for hull, (number, *_) in rows:
        assert hull.isGeosValid()
        near = hull.buffer(1e-6, 4)
        assert all(near.contains(QgsGeometry.fromPointXY(QgsPointXY(x, y))) for x, y in xy[cluster == number])


def test_area_is_ellipsoidal_and_close_to_the_shoelace_formula(hulls):
    square = ORIGIN + np.array([[0, 0], [10_000, 0], [10_000, 10_000], [0, 10_000]], dtype=float)
    ((_, values),), _ = hulls(square, [1] * 4)
    # point scale of UTM: 0.9996 (1 + x^2 / 2 R^2), x = distance from the central meridian, here 160 to 170 km
    scale = 0.9996 * (1.0 + 165_000.0**2 / (2.0 * 6_371_000.0**2))
    assert values[2] == pytest.approx(100.0 / scale**2, rel=1e-5)
    assert values[2] != pytest.approx(100.0, rel=1e-5)


@pytest.mark.parametrize(
    "offsets, reason",
    [
        ([[0, 0]], "(1 sample) gets no hull: its samples lie at only 1 distinct position."),
        ([[0, 0], [0, 0], [5, 5]], "(3 samples) gets no hull: its samples lie at only 2 distinct positions."),
        ([[0, 0], [100, 37], [200, 74], [300, 111]], "(4 samples) gets no hull: its samples lie on one straight line."),
        ([[np.nan, 0]], "(1 sample) gets no hull: none of its samples has a position."),
    ],
)
@pytest.mark.parametrize("method", ["convex", "concave"])
def test_a_cluster_without_area_says_why(hulls, offsets, reason, method):
    rows, messages = hulls(ORIGIN + np.array(offsets, dtype=float), [4] * len(offsets), method=method)
    assert rows == []
    assert messages == [f"Cluster 4 {reason}"]


def test_the_callers_texts_are_kept(hulls):
    triangle = ORIGIN + np.array([[0, 0], [1000, 0], [0, 1000]], dtype=float)
    ((_, values),), _ = hulls(triangle, [2, 2, 2], top_variables={2: "As+ B+ Mg-"})
    assert values[3] == "As+ B+ Mg-"


@pytest.mark.parametrize(
    "values, numbers, labels",
    [
        ([2, 1, None, 0, -1], [2, 1, 0, 0, 0], {}),
        ([2.0, float("nan")], [2, 0], {}),
        (["2", " 10 ", "", None], [2, 10, 0, 0], {}),
        (["B", "A", None, "B"], [2, 1, 0, 2], {1: "A", 2: "B"}),
        (["1", "deep"], [1, 2], {1: "1", 2: "deep"}),
    ],
)
def test_cluster_numbers(values, numbers, labels):
    found, texts = cluster_numbers(values, "cluster")
    assert found.tolist() == numbers
    assert texts == labels


@pytest.mark.parametrize(
    "values, sentence",
    [
        ([None, ""], "empty in every sample"),
        ([0, None, -3], "assigns no sample"),
        ([0.5, 1.0], "holds decimal numbers"),
        ([1, 123_456], "above 1000"),
    ],
)
def test_a_field_that_holds_no_clusters_is_refused(values, sentence):
    with pytest.raises(DataError, match=sentence):
        cluster_numbers(values, "As_ppm")
