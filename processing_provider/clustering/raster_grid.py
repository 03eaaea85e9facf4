"""The grid all rasters are read on: the first raster's, the others warped onto it."""

from dataclasses import dataclass

from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsCsException, QgsRectangle

from ...algorithms.errors import DataError
from ..layers import crs_name
from ..raster_files import attempt, require_crs

_SAME_PIXEL = 1e-3  # pixels by which the corners of two grids may differ and still be one grid


@dataclass(frozen=True)
class Grid:
    """A north-up grid of pixels.

    Attributes
    ----------
    width, height : int
        Pixels.
    transform : tuple of float
        GDAL's geotransform: west edge, pixel width, 0, north edge, 0, negative pixel height, in units of ``crs``.
    crs : QgsCoordinateReferenceSystem
    """

    width: int
    height: int
    transform: tuple
    crs: object

    @property
    def extent(self):
        """Return the outer edges as a QgsRectangle."""
        west, pixel_width, _, north, _, pixel_height = self.transform
        return QgsRectangle(west, north + self.height * pixel_height, west + self.width * pixel_width, north)

    def centres(self, rows, columns):
        """Return the coordinates ``(n, 2)`` of the centres of pixels, in units of ``crs``."""
        import numpy as np

        west, pixel_width, _, north, _, pixel_height = self.transform
        return np.column_stack([west + (columns + 0.5) * pixel_width, north + (rows + 0.5) * pixel_height])


def needs_float64(band):
    """Return whether float32 would round what a band holds; its 24 bits hold bytes and 16-bit integers whole."""
    return band.DataType not in (gdal.GDT_Byte, gdal.GDT_UInt16, gdal.GDT_Int16, gdal.GDT_Float32)


def grid_of(layer, dataset):
    """Return the grid of a raster.

    Raises
    ------
    DataError
        If it has no coordinate system, or is rotated, upside down or without a place on the ground.
    """
    require_crs(layer)
    transform = dataset.GetGeoTransform()
    _, pixel_width, row_rotation, _, column_rotation, pixel_height = transform
    if row_rotation or column_rotation or pixel_width <= 0 or pixel_height >= 0:
        raise DataError(
            f"Raster '{layer.name()}' is rotated, stored upside down or has no place on the ground, and the others "
            "would be aligned on it. Straighten it with 'Warp (reproject)' first."
        )
    return Grid(dataset.RasterXSize, dataset.RasterYSize, transform, layer.crs())


def aligned(layer, dataset, grid, context, resampling="bilinear"):
    """Bring a raster onto the grid, without writing anything; ``resampling`` is one of GDAL's.

    Returns
    -------
    dataset : gdal.Dataset
        The raster itself if it lies on the grid already, else a virtual one.
    note : str
        What was done, empty for nothing.

    Raises
    ------
    DataError
        If the raster has no coordinate system or does not overlap the grid.
    """
    require_crs(layer)
    if layer.crs() == grid.crs and _is_same_grid(dataset, grid):
        return dataset, ""
    _require_overlap(layer, grid, context)
    extent = grid.extent
    exact = any(needs_float64(dataset.GetRasterBand(number + 1)) for number in range(dataset.RasterCount))
    warped = attempt(
        gdal.Warp,
        "",
        dataset,
        format="VRT",
        srcSRS=definition(layer.crs()),
        dstSRS=definition(grid.crs),
        outputBounds=(extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()),
        width=grid.width,
        height=grid.height,
        resampleAlg=resampling,
        dstNodata="nan",
        outputType=gdal.GDT_Float64 if exact else gdal.GDT_Float32,
    )
    if warped is None:
        raise DataError(
            f"Raster '{layer.name()}' cannot be brought onto the grid of the first raster: {gdal.GetLastErrorMsg()}. "
            "Align it with 'Warp (reproject)' first."
        )
    reprojected = f" from {crs_name(layer.crs())} to {crs_name(grid.crs)}" if layer.crs() != grid.crs else ""
    method = f"resampled ({resampling})"
    return warped, f"Raster '{layer.name()}' was {method}{reprojected} onto the pixels of the first raster."


def _require_overlap(layer, grid, context):
    transform = QgsCoordinateTransform(layer.crs(), grid.crs, context.transformContext())
    try:
        extent = transform.transformBoundingBox(layer.extent())
    except QgsCsException as error:
        raise DataError(
            f"Raster '{layer.name()}' cannot be transformed from {crs_name(layer.crs())} to {crs_name(grid.crs)}, the "
            "system of the first raster. Check that its coordinate system is the right one."
        ) from error
    if not extent.intersects(grid.extent):
        raise DataError(
            f"Raster '{layer.name()}' does not overlap the first raster. Leave it out, or check its coordinate system "
            f"({crs_name(layer.crs())})."
        )


def _is_same_grid(dataset, grid):
    if (dataset.RasterXSize, dataset.RasterYSize) != (grid.width, grid.height):
        return False
    own = dataset.GetGeoTransform()
    for column, row in ((0, 0), (grid.width, 0), (0, grid.height)):
        for axis in (0, 3):
            mine, theirs = (t[axis] + column * t[axis + 1] + row * t[axis + 2] for t in (own, grid.transform))
            if abs(mine - theirs) > _SAME_PIXEL * abs(grid.transform[1 if axis == 0 else 5]):
                return False
    return True


def definition(crs):
    """Return a coordinate system as GDAL reads it: in full, also one that only QGIS or only newer text can name."""
    return crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED_GDAL)
