"""Values of a raster band at positions, bilinear between the cell centres."""

import numpy as np
from qgis.core import Qgis, QgsRectangle

_PIECE = 256  # stations per read, so that a long line over a large raster reads small windows


def cell_size(provider):
    """Return width and height of a cell, in units of the raster's coordinate system."""
    extent = provider.extent()
    return extent.width() / provider.xSize(), extent.height() / provider.ySize()


def values_at(provider, band, xy):
    """Return the values (n,) of a band at positions (n, 2) in the raster's coordinate system.

    NaN outside the raster and where one of the four cells around a position holds no data. In the outer half of a
    border cell its own value counts.
    """
    values = np.full(len(xy), np.nan)
    for start in range(0, len(xy), _PIECE):
        piece = slice(start, start + _PIECE)
        values[piece] = _window_values(provider, band, xy[piece])
    return values


def _window_values(provider, band, xy):
    extent, (width, height) = provider.extent(), cell_size(provider)
    column = (xy[:, 0] - extent.xMinimum()) / width
    row = (extent.yMaximum() - xy[:, 1]) / height
    result = np.full(len(xy), np.nan)
    inside = (column >= 0) & (column <= provider.xSize()) & (row >= 0) & (row <= provider.ySize())
    if not inside.any():
        return result
    column = np.clip(column[inside] - 0.5, 0, provider.xSize() - 1)  # in cell centres
    row = np.clip(row[inside] - 0.5, 0, provider.ySize() - 1)
    left, top = int(column.min()), int(row.min())
    n_columns = min(int(column.max()) + 2, provider.xSize()) - left
    n_rows = min(int(row.max()) + 2, provider.ySize()) - top
    window = QgsRectangle(
        extent.xMinimum() + left * width,
        extent.yMaximum() - (top + n_rows) * height,
        extent.xMinimum() + (left + n_columns) * width,
        extent.yMaximum() - top * height,
    )
    cells = _cells(provider.block(band, window, n_columns, n_rows))
    result[inside] = bilinear(cells, row - top, column - left)
    return result


def bilinear(cells, row, column):
    """Return values (n,) between the cells (n_rows, n_columns) at fractional ``row`` and ``column`` (n,)."""
    upper = np.minimum(row.astype(int), cells.shape[0] - 1)
    left = np.minimum(column.astype(int), cells.shape[1] - 1)
    lower, right = np.minimum(upper + 1, cells.shape[0] - 1), np.minimum(left + 1, cells.shape[1] - 1)
    down, across = row - upper, column - left
    above = _between(cells[upper, left], cells[upper, right], across)
    below = _between(cells[lower, left], cells[lower, right], across)
    return _between(above, below, down)


def _between(first, second, share):
    """Return the weighted mean; a value of weight zero does not count, so that its missing data does not either."""
    return np.where(share == 0.0, first, np.where(share == 1.0, second, first + share * (second - first)))


def _cells(block):
    """Return a raster block as floats, NaN where there is no data."""
    block.convert(Qgis.DataType.Float64)
    cells = np.frombuffer(bytes(block.data()), dtype=np.float64).reshape(block.height(), block.width()).copy()
    if block.hasNoDataValue():
        cells[cells == block.noDataValue()] = np.nan
    return cells
