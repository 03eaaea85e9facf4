"""The small picture of a cluster map that its report shows."""

from osgeo import gdal

from ...ui.reports.map_picture import MapPicture
from ..raster_files import attempt
from .raster_areas import open_map, readable
from .raster_grid import definition

_LONGEST_SIDE = 500  # pixels


def map_picture(path, grid, crs):
    """Read a cluster map of ``grid`` in few pixels (the nearest each), in another coordinate system in metres.

    Parameters
    ----------
    path : str
    grid : Grid
    crs : QgsCoordinateReferenceSystem

    Returns
    -------
    MapPicture

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    options = {"srcSRS": definition(grid.crs), "dstSRS": definition(crs), "resampleAlg": "near", "dstNodata": 0}
    whole = readable(attempt(gdal.Warp, "", open_map(path), format="VRT", **options))
    step = max(1.0, max(whole.RasterXSize, whole.RasterYSize) / _LONGEST_SIDE)
    size = {"width": max(1, round(whole.RasterXSize / step)), "height": max(1, round(whole.RasterYSize / step))}
    small = readable(attempt(gdal.Warp, "", open_map(path), format="MEM", **options, **size))
    west, pixel_width, _, north, _, pixel_height = small.GetGeoTransform()
    south, east = north + size["height"] * pixel_height, west + size["width"] * pixel_width
    return MapPicture(readable(attempt(small.GetRasterBand(1).ReadAsArray)), west, south, east, north)
