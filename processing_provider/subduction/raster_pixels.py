"""The pixels of rasters near trench cells, in windows of bounded size, with their places on the Earth."""

from dataclasses import dataclass

import numpy as np
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsUnitTypes

from ..layers import transformed
from ..raster_files import CACHE_BYTES, Window, read_band

WGS84 = QgsCoordinateReferenceSystem("EPSG:4326")
_SIDE = 256  # points: side of a window
_KM_PER_DEGREE = 111.195
_COARSE = 2.0  # pixels across a cell: rasters with fewer are read in between their pixels
_FINE = 5.0  # points across a cell where they are
_FINEST = 64  # points across a pixel at most
_FARTHEST = (540.0, 95.0)  # degrees: beyond are no degrees; the outer edges of a raster may lie beyond the poles
_LATTICE = 5  # places along each side of a window that tell where it is
_LARGEST = 1e30  # beyond are the fill values of files that forgot to declare them


@dataclass(frozen=True, eq=False)
class Pixels:
    """Values at places.

    Attributes
    ----------
    longitude, latitude : ndarray (n_points,)
        Degrees on WGS84, NaN beyond the reach of the raster's coordinate system.
    values : ndarray (n_bands, n_points)
        NaN where there is no data.
    """

    longitude: np.ndarray
    latitude: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class PixelGrid:
    """Bands that have the same pixels.

    Attributes
    ----------
    bands : tuple of Band
    positions : tuple of int
        Of the bands in the list of all bands.
    crs : QgsCoordinateReferenceSystem
    pixel_km : float
        Longer side of a pixel; of a geographic system along a meridian or the equator.
    refinement : int
        Points along the side of a pixel: 1 = the pixel's centre, else bilinear between the centres.
    """

    bands: tuple
    positions: tuple
    crs: object
    pixel_km: float
    refinement: int

    @property
    def note(self):
        """What the log says of rasters that are read between their pixels; "" if they are not."""
        if self.refinement == 1:
            return ""
        names = ", ".join(f"'{band.name}'" for band in self.bands)
        return (
            f"Pixels of about {self.pixel_km:.3g} km are coarse for the segments: {names} read bilinearly at every "
            f"{self.pixel_km / self.refinement:.3g} km."
        )

    def windows(self):
        """Return windows that cover the grid."""
        width, height = self._shape
        columns, rows = self._window_shape()
        return [
            Window(column, row, min(columns, width - column), min(rows, height - row))
            for row in range(0, height, rows)
            for column in range(0, width, columns)
        ]

    def lattice(self, window, context):
        """Return longitude and latitude ``(5, 5)`` of places spread over a window, corners included; NaN off Earth."""
        columns = window.column + window.width * np.linspace(0.0, 1.0, _LATTICE)
        rows = window.row + window.height * np.linspace(0.0, 1.0, _LATTICE)
        return self._degrees(*np.meshgrid(columns, rows), context)

    def read(self, window, context):
        """Return the :class:`Pixels` of a window.

        Raises
        ------
        DataError
            If a file cannot be read.
        """
        n, halo = self.refinement, self._with_neighbours(window)
        values = np.empty((len(self.bands), halo.height, halo.width))
        for band, plane in zip(self.bands, values):
            read_band(band, halo, plane)
        values[~(np.abs(values) < _LARGEST)] = np.nan
        if n > 1:
            row, column = window.row - halo.row, window.column - halo.column
            values = np.stack([between(plane, row, window.height, column, window.width, n) for plane in values])
        columns = window.column + (np.arange(window.width * n) + 0.5) / n
        rows = window.row + (np.arange(window.height * n) + 0.5) / n
        longitude, latitude = self._degrees(*np.meshgrid(columns, rows), context)
        return Pixels(longitude.ravel(), latitude.ravel(), values.reshape(len(self.bands), -1))

    @property
    def _shape(self):
        dataset = self.bands[0].dataset
        return dataset.RasterXSize, dataset.RasterYSize

    def _window_shape(self):
        """Return columns and rows of a window: few rows where the file holds rows as wholes that fill the cache."""
        side = max(1, _SIDE // self.refinement)
        blocks = [(band.raster_band.GetBlockSize()[0], band.raster_band.DataType) for band in self.bands]
        width, _ = self._shape
        row_bytes = sum(width * gdal.GetDataTypeSize(kind) // 8 for across, kind in blocks if across >= width)
        rows = max(1, min(side, CACHE_BYTES // 2 // row_bytes if row_bytes else side))
        return side * side // rows, rows

    def _with_neighbours(self, window):
        if self.refinement == 1:
            return window
        width, height = self._shape
        column, row = max(0, window.column - 1), max(0, window.row - 1)
        right, bottom = min(width, window.column + window.width + 1), min(height, window.row + window.height + 1)
        return Window(column, row, right - column, bottom - row)

    def _degrees(self, columns, rows, context):
        """Return longitude and latitude of places in pixels from the upper left corner; NaN where there are none."""
        x0, x_column, x_row, y0, y_column, y_row = self.bands[0].dataset.GetGeoTransform()
        x, y = x0 + columns * x_column + rows * x_row, y0 + columns * y_column + rows * y_row
        if self.crs == WGS84:
            on_earth = (np.abs(x) <= _FARTHEST[0]) & (np.abs(y) <= _FARTHEST[1])
            return np.where(on_earth, x, np.nan), np.where(on_earth, y, np.nan)
        xy, _ = transformed(np.stack([x.ravel(), y.ravel()], axis=1), self.crs, WGS84, context)
        return xy[:, 0].reshape(x.shape), xy[:, 1].reshape(x.shape)


def pixel_grids(bands, systems, cell_km):
    """Put bands with the same pixels together, so that each pixel is placed once.

    Parameters
    ----------
    bands : sequence of Band
    systems : sequence of QgsCoordinateReferenceSystem
        Of the bands.
    cell_km : float
        Shortest side of a cell. Where it is shorter than two pixels, five points across it are read.

    Returns
    -------
    list of PixelGrid
    """
    groups = {}
    for position, (band, crs) in enumerate(zip(bands, systems)):
        data = band.dataset
        key = data.RasterXSize, data.RasterYSize, data.GetGeoTransform(), crs.authid() or crs.toWkt()
        groups.setdefault(key, []).append(position)
    grids = []
    for (_, _, transform, _), positions in groups.items():
        crs = systems[positions[0]]
        size = _km_per_unit(crs) * max(np.hypot(transform[1], transform[4]), np.hypot(transform[2], transform[5]))
        refinement = int(np.ceil(size * _FINE / cell_km)) if size > cell_km / _COARSE else 1
        chosen = tuple(bands[position] for position in positions)
        grids.append(PixelGrid(chosen, tuple(positions), crs, float(size), min(refinement, _FINEST)))
    return grids


def between(plane, row, height, column, width, n):
    """Return ``n`` x ``n`` bilinear values for each of the pixels of a part of a plane.

    Parameters
    ----------
    plane : ndarray (n_rows, n_columns)
        NaN = no data.
    row, height, column, width : int
        The part.
    n : int

    Returns
    -------
    ndarray (height * n, width * n)
        NaN within pixels without data; neighbours without data do not count, nor what lies beyond the plane.
    """
    down, across = _weights(row, height, n, plane.shape[0]), _weights(column, width, n, plane.shape[1])
    known = np.isfinite(plane)
    weight = down @ known @ across.T
    part = known[row : row + height, column : column + width].repeat(n, axis=0).repeat(n, axis=1)
    return np.where(part, down @ np.where(known, plane, 0.0) @ across.T / np.where(part, weight, np.nan), np.nan)


def _weights(first, count, n, size):
    """Return the weights ``(count * n, size)`` of linear interpolation between pixel centres along one axis."""
    place = np.clip(first + (np.arange(count * n) + 0.5) / n - 0.5, 0, size - 1)
    lower = np.minimum(place.astype(int), max(size - 2, 0))
    weights = np.zeros((len(place), size))
    points = np.arange(len(place))
    np.add.at(weights, (points, lower), 1.0 - (place - lower))
    np.add.at(weights, (points, np.minimum(lower + 1, size - 1)), place - lower)
    return weights


def _km_per_unit(crs):
    if crs.isGeographic():
        return _KM_PER_DEGREE
    metres = QgsUnitTypes.fromUnitToUnitFactor(crs.mapUnits(), QgsUnitTypes.DistanceUnit.DistanceMeters)
    return metres / 1000.0
