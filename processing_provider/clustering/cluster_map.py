"""The GeoTIFF of a cluster map: written beside its place, and moved there only when it is whole.

The bands of a GeoTIFF share one data type, and a colour table needs bytes (with 16 bits it has 65 536 entries, 400 kB
and a legend of as many lines). So both bands are bytes: the cluster, with the colours of its cluster in every program,
and the confidence in per cent, declared with the scale 0.01. QGIS applies the scale and shows 0 to 1; a program that
does not shows per cent. A fourth of the size of 32-bit floats also makes large maps quicker to write and to draw. The
names of the clusters are in the style that lies beside the file: a GeoTIFF has no place for them, only for colours.
"""

import os

import numpy as np
from osgeo import gdal
from qgis.core import QgsProcessingException
from qgis.PyQt.QtGui import QColor

from ...algorithms.errors import Cancelled
from ...ui.palette import cluster_colour
from ..destinations import BESIDE_GEOTIFF
from ..raster_files import attempt
from .raster_grid import definition
from .raster_layers import TILE

CONFIDENCE_STEP = 0.01
_BANDS = ("cluster", "confidence")
_N_VALUES = 256  # of a byte
_OPTIONS = (
    "TILED=YES",
    f"BLOCKXSIZE={TILE}",
    f"BLOCKYSIZE={TILE}",
    "COMPRESS=DEFLATE",
    "ZLEVEL=1",
    "INTERLEAVE=BAND",
    "BIGTIFF=IF_SAFER",
)


def write_clusters(path, grid, pieces, n_clusters, tags, progress):
    """Write the GeoTIFF of clusters with overviews, colours, statistics and metadata.

    Parameters
    ----------
    path : Path
        Whatever stands there stays until the new file is whole.
    grid : Grid
    pieces : iterable of (Window, ndarray of uint8, ndarray of float32)
        Cluster (0 = no data) and confidence (above 0 to 1) of the pixels of each window.
    n_clusters : int
        k, for the colour table.
    tags : mapping of str to str
        Metadata of the file.
    progress : Progress
        Of the overviews; the pieces report their own.

    Raises
    ------
    QgsProcessingException
        If the file cannot be written or completed. Nothing of it is left then.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        target = _MapFile(part, path, grid, n_clusters, tags)
        try:
            for window, cluster, confidence in pieces:
                target.write(window, cluster, confidence)
            target.add_overviews(progress)
            target.add_statistics()
        finally:
            target.close()
        target.check("completing")
        for ending in BESIDE_GEOTIFF:
            ours, standing = part.with_name(part.name + ending), path.with_name(path.name + ending)
            standing.unlink(missing_ok=True)  # of the map that stood here; GDAL would take it for ours
            if ours.exists():  # holds the coordinate system where a GeoTIFF has no code for it
                os.replace(ours, standing)
        os.replace(part, path)
    finally:
        for ending in ("", *BESIDE_GEOTIFF):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def unpacked(band, values):
    """Return what the numbers in a band of a map stand for: of the confidence, shares from 0 to 1."""
    scale = band.GetScale()
    return values if scale in (None, 1.0) else values * scale


class _MapFile:
    """A map being written.

    Errors leave frames alive that hold this object, but none that holds the dataset, so that :meth:`close` closes the
    file: an open one cannot be deleted on every system.
    """

    def __init__(self, part, path, grid, n_clusters, tags):
        self._path, self._has_failed = path, False
        self._histograms = np.zeros((len(_BANDS), _N_VALUES), dtype=np.int64)
        create = gdal.GetDriverByName("GTiff").Create
        self._dataset = attempt(create, str(part), grid.width, grid.height, len(_BANDS), gdal.GDT_Byte, _OPTIONS)
        if self._dataset is None:
            raise QgsProcessingException(
                f"'{path}' cannot be written: {gdal.GetLastErrorMsg()}. Check that the folder is writable."
            )
        self._dataset.SetGeoTransform(grid.transform)
        self._dataset.SetProjection(definition(grid.crs))
        self._dataset.SetMetadata(dict(tags))
        for number, name in enumerate(_BANDS, start=1):
            band = self._dataset.GetRasterBand(number)
            band.SetDescription(name)
            band.SetNoDataValue(0.0)
        self._dataset.GetRasterBand(1).SetColorTable(_colour_table(n_clusters))
        self._dataset.GetRasterBand(2).SetScale(CONFIDENCE_STEP)

    def write(self, window, cluster, confidence):
        """Write a window of both bands."""
        # a cluster of more than a hundred may be the likeliest at half a per cent, and 0 is no data
        per_cent = np.maximum(np.rint(confidence / CONFIDENCE_STEP), cluster > 0).astype(np.uint8)
        for position, plane in enumerate((cluster, per_cent)):
            self._histograms[position] += np.bincount(plane, minlength=_N_VALUES)
            values = plane.reshape(window.height, window.width)
            band = self._dataset.GetRasterBand(position + 1)
            self._note(attempt(band.WriteArray, values, window.column, window.row))
        self.check("writing")

    def add_overviews(self, progress):
        """Add smaller copies for drawing: of both bands the nearest pixel, so that the confidence is its cluster's."""
        side, levels = max(self._dataset.RasterXSize, self._dataset.RasterYSize), []
        while side > TILE * 2 ** len(levels):
            levels.append(2 ** (len(levels) + 1))
        if not levels:
            return
        stopped = []

        def report(fraction, message, data):
            try:
                progress(fraction, "Adding overviews")
            except Cancelled as error:  # GDAL would lose it on its way
                stopped.append(error)
            return int(not stopped)

        self._note(attempt(self._dataset.FlushCache) or 0)
        self.check("writing")  # GDAL crashes on the overviews of a file that could not be written
        self._note(attempt(self._dataset.BuildOverviews, "NEAREST", levels, callback=report))
        if stopped:
            raise stopped[0]
        self.check("adding overviews to")

    def add_statistics(self):
        """Add the statistics of the pixels with data, in the numbers that the bands hold."""
        for position, histogram in enumerate(self._histograms):
            values, counts = np.arange(1, _N_VALUES), histogram[1:]
            n_pixels = counts.sum()
            if n_pixels:
                present = values[counts > 0]
                mean = (values * counts).sum() / n_pixels
                sd = np.sqrt((counts * np.square(values - mean)).sum() / n_pixels)
                band = self._dataset.GetRasterBand(position + 1)
                band.SetStatistics(float(present[0]), float(present[-1]), float(mean), float(sd))
                band.SetMetadataItem("STATISTICS_VALID_PERCENT", f"{100.0 * n_pixels / histogram.sum():.4g}")

    def close(self):
        """Complete the file and close it."""
        self._note(attempt(self._dataset.FlushCache) or 0)  # an exception while the file closes would be lost
        gdal.ErrorReset()
        self._dataset = None
        self._note(0)

    def check(self, doing):
        """Raise the sentence on what went wrong so far, if anything did."""
        if self._has_failed:
            raise QgsProcessingException(
                f"{doing.capitalize()} '{self._path}' failed: {gdal.GetLastErrorMsg() or 'no reason is given'}. Check "
                "the space on the disk."
            )

    def _note(self, result):
        self._has_failed |= result != 0 or gdal.GetLastErrorType() >= gdal.CE_Failure


def _colour_table(n_clusters):
    table = gdal.ColorTable()
    table.SetColorEntry(0, (0, 0, 0, 0))
    for number in range(1, n_clusters + 1):
        table.SetColorEntry(number, QColor(cluster_colour(number)).getRgb())
    return table
