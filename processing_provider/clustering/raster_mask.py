"""Rasters seen through a mask: pixels outside it have no data."""

from osgeo import gdal, ogr
from qgis.core import QgsCoordinateTransform, QgsCsException, QgsFeatureRequest, QgsProcessingFeatureSource

from ...algorithms.errors import DataError
from ..layers import crs_name
from .raster_grid import aligned
from .raster_layers import AlignedRasters, Band, open_rasters


class MaskedRasters:
    """:class:`~.raster_layers.AlignedRasters` whose pixels outside a mask read as no data.

    Parameters
    ----------
    rasters : AlignedRasters
    mask : PolygonMask or RasterMask
    """

    def __init__(self, rasters, mask):
        self._rasters, self._mask = rasters, mask
        self.grid, self.bands, self.names = rasters.grid, rasters.bands, rasters.names
        self.notes = (*rasters.notes, mask.note)

    def windows(self, n_bands):
        """Return windows that cover the grid."""
        return self._rasters.windows(n_bands)

    def read(self, window, positions):
        """Read some bands of a window, NaN where there is no data and outside the mask."""
        import numpy as np

        values = self._rasters.read(window, positions)
        values[:, ~self._mask.inside(window)] = np.nan
        return values


class PolygonMask:
    """The pixels whose centre lies in one of some polygons, drawn window by window."""

    def __init__(self, source, grid, context):
        self._grid = grid
        self._dataset = (gdal.GetDriverByName("Memory") or gdal.GetDriverByName("MEM")).Create("", 0, 0, 0)
        self._layer = self._dataset.CreateLayer("mask", None, ogr.wkbUnknown)
        for geometry in _polygons(source, grid.crs, context):
            feature = ogr.Feature(self._layer.GetLayerDefn())
            feature.SetGeometry(ogr.CreateGeometryFromWkb(bytes(geometry.asWkb())).GetLinearGeometry())
            self._layer.CreateFeature(feature)
        self.note = f"Pixels whose centre lies outside the polygons of '{source.sourceName()}' are left out."

    def inside(self, window):
        """Return which pixels of a window are inside, ``(height, width)`` of bool."""
        west, pixel_width, _, north, _, pixel_height = self._grid.transform
        left, top = west + window.column * pixel_width, north + window.row * pixel_height
        self._layer.SetSpatialFilterRect(
            left, top + window.height * pixel_height, left + window.width * pixel_width, top
        )
        picture = gdal.GetDriverByName("MEM").Create("", window.width, window.height, 1, gdal.GDT_Byte)
        picture.SetGeoTransform((left, pixel_width, 0.0, top, 0.0, pixel_height))
        gdal.PushErrorHandler("CPLQuietErrorHandler")  # it would warn that the polygons have no system of their own
        try:
            gdal.RasterizeLayer(picture, [1], self._layer, burn_values=[1])
        finally:
            gdal.PopErrorHandler()
        return picture.ReadAsArray() == 1


class RasterMask:
    """The pixels where the first band of a raster is neither zero nor blank."""

    def __init__(self, layer, grid, context):
        band = open_rasters([layer], context).bands[0]
        dataset, note = aligned(layer, band.dataset, grid, context, "near")
        self._rasters = AlignedRasters(grid, (Band(layer.name(), dataset, band.number),), ())
        self.note = f"Pixels where '{layer.name()}' is 0 or blank are left out. {note}".strip()

    def inside(self, window):
        """Return which pixels of a window are inside, ``(height, width)`` of bool."""
        import numpy as np

        values = self._rasters.read(window, [0])[0]
        return np.isfinite(values) & (values != 0)


def masked(rasters, mask):
    """Return the rasters seen through a mask.

    Raises
    ------
    DataError
        If no pixel lies inside.
    """
    if not any(mask.inside(window).any() for window in rasters.windows(1)):
        raise DataError(
            "The mask leaves no pixel of the first raster. Check that it lies in the same area, that its coordinate "
            "system is right, and that it is not smaller than a pixel."
        )
    return MaskedRasters(rasters, mask)


def _polygons(source, crs, context):
    """Return the geometries of the polygons in a coordinate system."""
    if not source.sourceCrs().isValid():
        raise DataError(
            "The mask has no coordinate system. Set it in QGIS (layer menu: Set Layer CRS), then run again."
        )
    transform = QgsCoordinateTransform(source.sourceCrs(), crs, context.transformContext())
    unchecked = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
    geometries = [feature.geometry() for feature in source.getFeatures(QgsFeatureRequest(), unchecked)]
    geometries = [geometry for geometry in geometries if not geometry.isNull() and not geometry.isEmpty()]
    try:
        for geometry in geometries:
            geometry.transform(transform)
    except QgsCsException as error:
        raise DataError(
            f"The mask cannot be transformed from {crs_name(source.sourceCrs())} to {crs_name(crs)}. Check that its "
            "coordinate system is the right one."
        ) from error
    return geometries
