"""The picture of a raster map in a report: in the colours of the clusters, instead of dots."""

import base64

import numpy as np
import pytest
from qgis.PyQt.QtGui import QImage

from fumarole.algorithms.clustering.results import ClusterAreas
from fumarole.ui.palette import cluster_colour
from fumarole.ui.reports.clustering import clustering_report
from fumarole.ui.reports.map_figure import map_figure
from fumarole.ui.reports.map_picture import MapPicture

CLUSTER = np.array([[0, 1, 2, 3, 1], [3, 3, 2, 0, 1]], np.uint8)  # an odd width: rows of images are padded


@pytest.fixture
def picture():
    return MapPicture(CLUSTER, 640_000.0, 4_328_000.0, 645_000.0, 4_330_000.0)


@pytest.fixture
def context(make_context, make_result, picture):
    areas = ClusterAreas(np.array([30, 20, 0]), np.array([30.0, 20.0, 0.0]), np.array([0.9, 0.8, np.nan]))
    return make_context(make_result(), picture=picture, areas=areas, hulls=(), boreholes=None, earthquakes=None)


def test_every_pixel_has_the_colour_of_its_cluster_and_no_data_has_none(picture):
    kind, data = picture.data_uri().split(",")
    assert kind == "data:image/png;base64"
    image = QImage.fromData(base64.b64decode(data), "PNG")
    assert (image.width(), image.height()) == (5, 2)
    for row, column in np.ndindex(*CLUSTER.shape):
        colour, number = image.pixelColor(column, row), CLUSTER[row, column]
        assert colour.alpha() == (255 if number else 0)
        assert not number or colour.name().upper() == cluster_colour(int(number)).upper()


def test_it_lies_where_the_map_does_and_takes_the_place_of_the_samples(context, make_result):
    drawn = map_figure(make_result().membership, context)
    (image,) = drawn["layout"]["images"]
    assert (image["x"], image["y"], image["sizex"], image["sizey"]) == (640_000, 4_330_000, 5000, 2000)
    frame, *legend = drawn["data"]
    assert (frame["x"], frame["y"]) == ([640_000, 645_000], [4_328_000, 4_330_000])
    assert [trace["name"] for trace in legend] == ["Cluster 1 (30.0 km\u00b2)", "Cluster 2 (20.0 km\u00b2)"]


def test_the_report_says_what_is_shown(context, make_result):
    text = clustering_report(make_result(), context)
    assert "data:image/png;base64," in text and "Shown in 5 by 2 pixels; blank is no data." in text
    assert "Samples by cluster" not in text
