"""Rasters to blocks of pixels: every band of every layer on one grid, in bounded memory."""

from contextlib import contextmanager
from dataclasses import dataclass

from osgeo import gdal

from ...algorithms.errors import DataError
from .raster_grid import Grid, aligned, attempt, grid_of, needs_float64

TILE = 256  # pixels: side of the output's tiles; windows end where tiles end, so that each tile is written once
_WINDOW_VALUES = 8_000_000  # values of all bands read at once: 32 MB as float32
_CACHE_BYTES = 128 * 1024**2  # of GDAL's block cache during a run; its default is 5 % of the memory of the machine


@dataclass(frozen=True)
class Band:
    """One band on the grid."""

    name: str
    dataset: object  # the band is taken from it at every read: GDAL's bands do not keep their dataset alive
    number: int


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels."""

    column: int
    row: int
    width: int
    height: int


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
        exact = any(needs_float64(band.dataset.GetRasterBand(band.number)) for band in bands)
        values = np.empty((len(bands), window.height, window.width), np.float64 if exact else np.float32)
        for band, plane in zip(bands, values):
            _read_band(band, window, plane)
        return values


def open_rasters(layers, context):
    """Open raster layers and align them on the first; returns :class:`AlignedRasters`.

    Raises
    ------
    DataError
        If a layer is no file of numbers, lies elsewhere or has no coordinate system.
    """
    grid, bands, notes, taken = None, [], [], set()
    for layer in layers:
        dataset = _opened(layer)
        grid = grid or grid_of(layer, dataset)
        on_grid, note = aligned(layer, dataset, grid, context)
        notes += [note] if note else []
        numbers = [n for n in range(1, dataset.RasterCount + 1) if not _is_alpha(dataset.GetRasterBand(n))]
        for number in numbers:
            _refuse_complex(layer, dataset.GetRasterBand(number))
            name = _unique(_band_name(layer, dataset.GetRasterBand(number), number, len(numbers)), taken)
            bands.append(Band(name, on_grid, number))
    return AlignedRasters(grid, tuple(bands), tuple(notes))


@contextmanager
def bounded_cache():
    """Keep GDAL's block cache small inside the block; a raster read once has no use for a large one."""
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(min(before, _CACHE_BYTES))
    try:
        yield
    finally:
        gdal.SetCacheMax(before)


def _opened(layer):
    if layer.providerType() != "gdal":
        raise DataError(
            f"Raster '{layer.name()}' comes from a service or database ({layer.providerType()}), and its numbers are "
            "needed. Save it as a GeoTIFF (layer menu: Save As, raw data), then run again."
        )
    dataset = attempt(gdal.Open, layer.dataProvider().dataSourceUri())
    if dataset is None:
        raise DataError(f"Raster '{layer.name()}' cannot be opened: {gdal.GetLastErrorMsg()}. Check the file.")
    return dataset


def _read_band(band, window, plane):
    import numpy as np

    source = band.dataset.GetRasterBand(band.number)
    place = window.column, window.row, window.width, window.height
    has_mask = source.GetMaskFlags() & gdal.GMF_PER_DATASET
    read = attempt(source.ReadAsArray, *place, buf_obj=plane)
    mask = attempt(source.GetMaskBand().ReadAsArray, *place) if has_mask else None
    if read is None or (has_mask and mask is None):
        raise DataError(
            f"Band '{band.name}' cannot be read from row {window.row + 1}, column {window.column + 1} on: "
            f"{gdal.GetLastErrorMsg()}. The file may be damaged or truncated."
        )
    no_data = source.GetNoDataValue()
    if no_data is not None:
        if source.DataType == gdal.GDT_Float32:
            no_data = np.float32(no_data)  # as the file holds it, whatever digits its header gives
        plane[plane == no_data] = np.nan
    if has_mask:
        plane[mask == 0] = np.nan


def _is_alpha(band):
    return band.GetColorInterpretation() == gdal.GCI_AlphaBand


def _refuse_complex(layer, band):
    if gdal.DataTypeIsComplex(band.DataType):
        raise DataError(
            f"Raster '{layer.name()}' holds complex numbers. Choose rasters of real ones, such as its amplitude."
        )


def _band_name(layer, band, number, n_bands):
    if n_bands == 1:
        return layer.name()
    return f"{layer.name()} {band.GetDescription() or f'band {number}'}"


def _unique(name, taken):
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name} ({number})", number + 1
    taken.add(candidate)
    return candidate
