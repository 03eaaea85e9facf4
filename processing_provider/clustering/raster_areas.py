"""What a cluster map holds: pixels, area on the ellipsoid and mean confidence of every cluster."""

from dataclasses import dataclass

import numpy as np
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsUnitTypes

from ...algorithms.clustering.results import ClusterAreas
from ...algorithms.errors import DataError
from ..layers import transformed
from ..raster_files import attempt
from .cluster_map import unpacked

_EQUAL_AREA = "EPSG:6933"  # cylinder on the WGS 84 ellipsoid: areas in it are areas on the ellipsoid, exactly
_CIRCUMFERENCE_M = 2 * 17_367_530.4451614  # of that cylinder; positions jump by it at the 180 degree meridian
_CELLS = 256, 64  # rows and columns of the lattice that pixel areas are computed on
_STRIPE_VALUES = 4_000_000  # pixels read at once


@dataclass(frozen=True, eq=False)
class PixelAreas:
    """The area of a pixel anywhere on a grid, constant within each cell of a lattice.

    Attributes
    ----------
    row_edges, column_edges : ndarray of int
        Pixels where the cells begin and end.
    area_m2 : ndarray (n_row_cells, n_column_cells)
        Mean area of a pixel of the cell.
    """

    row_edges: np.ndarray
    column_edges: np.ndarray
    area_m2: np.ndarray

    @classmethod
    def of(cls, grid, context):
        """Measure a grid on the ellipsoid of WGS 84; where no position on Earth is known, in the plane of the grid.

        The corners of the lattice are transformed to a cylinder of equal area, where a pixel in degrees is a rectangle
        and a pixel in metres very nearly a quadrilateral.
        """
        edges = [
            np.unique(np.linspace(0, size, min(size, n_cells) + 1).round().astype(int))
            for size, n_cells in zip((grid.height, grid.width), _CELLS)
        ]
        rows, columns = np.meshgrid(*edges, indexing="ij")
        corners = grid.centres(rows.ravel() - 0.5, columns.ravel() - 0.5)
        if grid.crs.isGeographic():  # pixels centred on a pole reach half beyond it
            corners[:, 1] = np.clip(corners[:, 1], -90.0, 90.0)
        cylinder = QgsCoordinateReferenceSystem(_EQUAL_AREA)
        xy = transformed(corners, grid.crs, cylinder, context)[0].reshape(*rows.shape, 2)
        _, pixel_width, _, _, _, pixel_height = grid.transform
        metres = QgsUnitTypes.fromUnitToUnitFactor(grid.crs.mapUnits(), cylinder.mapUnits())
        in_plane = abs(pixel_width * pixel_height) * metres**2
        mean = _cell_areas(xy) / (np.diff(edges[0])[:, None] * np.diff(edges[1]))
        return cls(*edges, np.where(np.isfinite(mean), mean, in_plane))

    def rows(self, start, n_rows):
        """Return the area ``(n_rows, width)``, m2, of every pixel in some rows."""
        cells = np.searchsorted(self.row_edges, np.arange(start, start + n_rows), side="right") - 1
        return np.repeat(self.area_m2[cells], np.diff(self.column_edges), axis=1)


def cluster_areas(path, areas, n_clusters, progress):
    """Measure a cluster map.

    Parameters
    ----------
    path : str
        Band 1 holds the clusters 1..k and 0 = no data, band 2, if there is one, the confidence.
    areas : PixelAreas
        Of its grid.
    n_clusters : int
        k.
    progress : Progress

    Returns
    -------
    ClusterAreas

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    dataset = open_map(path)
    n_pixels, area, confidence = (np.zeros(n_clusters + 1) for _ in range(3))
    height, width = dataset.RasterYSize, dataset.RasterXSize
    stripe = max(1, _STRIPE_VALUES // (width * 256)) * 256  # whole rows of tiles
    for row in range(0, height, stripe):
        progress(row / height, "Measuring the clusters")
        n_rows = min(stripe, height - row)
        cluster = window_of(dataset, 1, 0, row, width, n_rows).astype(np.uint8).ravel()
        n_pixels += np.bincount(cluster, minlength=n_clusters + 1)
        area += np.bincount(cluster, areas.rows(row, n_rows).ravel(), n_clusters + 1)
        if dataset.RasterCount > 1:
            confidence += np.bincount(cluster, window_of(dataset, 2, 0, row, width, n_rows).ravel(), n_clusters + 1)
    with np.errstate(invalid="ignore"):
        mean = np.where(n_pixels > 0, confidence / n_pixels, np.nan)
    return ClusterAreas(n_pixels[1:].astype(np.int64), area[1:] / 1e6, mean[1:])


def open_map(path):
    """Open a cluster map; raises :class:`DataError` where that fails."""
    return readable(attempt(gdal.Open, str(path)))


def window_of(dataset, band, column, row, width, height):
    """Return what a window of a band stands for; raises :class:`DataError` where it cannot be read."""
    source = dataset.GetRasterBand(band)
    return unpacked(source, readable(attempt(source.ReadAsArray, column, row, width, height)))


def readable(result):
    """Return what GDAL gave; raises :class:`DataError` where it gave nothing."""
    if result is None:
        raise DataError(f"The cluster map cannot be read again: {gdal.GetLastErrorMsg()}. Check the disk.")
    return result


def _cell_areas(xy):
    """Return the area of every cell of a lattice of corners ``(n, m, 2)``, by Gauss's formula."""
    first = xy[:-1, :-1]
    corners = [corner - first for corner in (xy[:-1, 1:], xy[1:, 1:], xy[1:, :-1])]
    for corner in corners:
        corner[..., 0] -= _CIRCUMFERENCE_M * np.round(corner[..., 0] / _CIRCUMFERENCE_M)
    (ax, ay), (bx, by), (cx, cy) = (np.moveaxis(corner, -1, 0) for corner in corners)
    return np.abs(ax * by - ay * bx + bx * cy - by * cx) / 2
