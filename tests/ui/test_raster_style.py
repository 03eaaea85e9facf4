"""The look of a cluster raster, as it is drawn."""

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsMapRendererSequentialJob, QgsMapSettings, QgsRasterLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from fumarole.ui.palette import cluster_colours
from fumarole.ui.styles import style_cluster_raster


@pytest.fixture
def raster(qgis_app, tmp_path):
    """Clusters 0 to 3 in columns; 0 is no data."""
    path = str(tmp_path / "clusters.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 4, 1, 2, gdal.GDT_Float32)
    dataset.SetGeoTransform((640_000.0, 10.0, 0.0, 4_330_000.0, 0.0, -10.0))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32635)
    dataset.SetProjection(reference.ExportToWkt())
    for number, values in ((1, [0, 1, 2, 3]), (2, [0, 0.5, 0.6, 0.7])):
        dataset.GetRasterBand(number).WriteArray(np.array([values], dtype=np.float32))
        dataset.GetRasterBand(number).SetNoDataValue(0)
    del dataset
    return QgsRasterLayer(path, "clusters")


def test_pixels_have_the_colour_of_their_cluster_and_no_data_is_transparent(raster):
    style_cluster_raster(raster, 3)
    settings = QgsMapSettings()
    settings.setLayers([raster])
    settings.setDestinationCrs(raster.crs())
    settings.setExtent(raster.extent())
    settings.setOutputSize(QSize(40, 10))
    settings.setBackgroundColor(QColor("#123456"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    drawn = [image.pixelColor(column, 5).name().upper() for column in (5, 15, 25, 35)]
    assert drawn == ["#123456", *cluster_colours(3)]


def test_the_legend_names_the_clusters(raster):
    style_cluster_raster(raster, 5)
    assert [text for text, _ in raster.renderer().legendSymbologyItems()] == [f"Cluster {n}" for n in range(1, 6)]
    assert raster.renderer().band() == 1
