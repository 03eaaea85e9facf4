"""The pixels that a clustering of rasters is learnt from."""

from dataclasses import dataclass

import numpy as np

from ...algorithms.clustering.raster_sample import candidate_pixels, thinned_evenly
from ...algorithms.errors import DataError


@dataclass(frozen=True, eq=False)
class PixelSample:
    """Pixels with data in every band.

    Attributes
    ----------
    rows, columns : ndarray of int (n_pixels,)
        From 0 at the upper left.
    values : ndarray (n_pixels, n_bands) float64
    """

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray

    @property
    def names(self):
        """Return a name per pixel, rows and columns counted from 1."""
        return tuple(f"row {row + 1}, column {column + 1}" for row, column in zip(self.rows, self.columns))


def sample_pixels(rasters, n_wanted, seed, progress):
    """Read a sample spread evenly over where all bands have data; returns :class:`PixelSample`.

    Raises
    ------
    DataError
        If no pixel has data in all bands.
    """
    rows, columns = candidate_pixels(rasters.grid.width, rasters.grid.height, n_wanted, seed)
    values = np.full((len(rows), len(rasters.bands)), np.nan)
    windows = rasters.windows(len(rasters.bands))
    for number, window in enumerate(windows):
        progress(number / len(windows), "Sampling the rasters")
        row, column = rows - window.row, columns - window.column
        inside = np.flatnonzero((row >= 0) & (row < window.height) & (column >= 0) & (column < window.width))
        block = rasters.read(window, range(len(rasters.bands)))
        values[inside] = block[:, row[inside], column[inside]].T
    has_data = np.isfinite(values)
    usable = np.flatnonzero(has_data.all(axis=1))
    if not len(usable):
        raise DataError(_no_data_sentence(rasters.names, has_data))
    kept = usable[thinned_evenly(len(usable), n_wanted, seed)]
    return PixelSample(rows[kept], columns[kept], values[kept])


def _no_data_sentence(names, has_data):
    empty = [f"'{name}'" for name, known in zip(names, has_data.any(axis=0)) if not known]
    if empty:
        noun = "Band" if len(empty) == 1 else "Bands"
        return (
            f"{noun} {', '.join(empty)} without any data on the grid of the first raster (inside the mask, if there is "
            "one). Leave out the raster, or check its no-data value."
        )
    return (
        "No pixel has data in all bands at once (inside the mask, if there is one). Leave out the raster that covers "
        "another part of the area, or fill its gaps."
    )
