"""Rasters to blocks of pixels: every band of every layer on one grid, in bounded memory."""

from dataclasses import dataclass

from ...algorithms.errors import DataError
from ..raster_files import Band, Window, bands_of, opened_raster, read_band
from .raster_grid import Grid, aligned, grid_of, needs_float64

TILE = 256  # pixels: side of the tiles of a map; windows end where tiles end, so that each tile is written once
_WINDOW_VALUES = 8_000_000  # values of all bands read at once: 32 MB as float32


@dataclass(frozen=True)
class AlignedRasters:
    """All bands of all rasters on the grid of the first.

    Attributes
    ----------
    grid : Grid
    bands : tuple of Band
    notes : tuple of str
        What was resampled or left out.
    """

    grid: Grid
    bands: tuple
    notes: tuple

    @property
    def names(self):
        """Return the names of the bands."""
        return tuple(band.name for band in self.bands)

    def windows(self, n_bands):
        """Return windows that cover the grid, small enough for ``n_bands`` bands to be read at once."""
        width = max(1, _WINDOW_VALUES // (n_bands * TILE * TILE)) * TILE
        return [
            Window(column, row, min(width, self.grid.width - column), min(TILE, self.grid.height - row))
            for row in range(0, self.grid.height, TILE)
            for column in range(0, self.grid.width, width)
        ]

    def read(self, window, positions):
        """Read some bands of a window.

        Returns
        -------
        ndarray (n_positions, height, width)
            float32, or float64 where a band needs it; NaN = no data.

        Raises
        ------
        DataError
            If a file cannot be read.
        """
        import numpy as np

        bands = [self.bands[position] for position in positions]
        exact = any(needs_float64(band.raster_band) or _is_packed(band.raster_band) for band in bands)
        values = np.empty((len(bands), window.height, window.width), np.float64 if exact else np.float32)
        for band, plane in zip(bands, values):
            read_band(band, window, plane)
        return values


def open_rasters(layers, context):
    """Open raster layers and align them on the first; returns :class:`AlignedRasters`.

    Raises
    ------
    DataError
        If there is no layer, or one is no file of numbers, lies elsewhere or has no coordinate system.
    """
    if not layers:
        raise DataError("No raster is given. Choose at least one.")
    grid, bands, notes, taken = None, [], [], set()
    for layer in layers:
        dataset = opened_raster(layer)
        grid = grid or grid_of(layer, dataset)
        on_grid, note = aligned(layer, dataset, grid, context)
        notes += [note] if note else []
        bands += [Band(band.name, on_grid, band.number) for band in bands_of(layer, dataset, taken)]
    return AlignedRasters(grid, tuple(bands), tuple(notes))


def _is_packed(band):
    """Return whether the numbers of a band are unpacked by a scale or an offset, which float32 would round."""
    return band.GetScale() not in (None, 1.0) or bool(band.GetOffset())
