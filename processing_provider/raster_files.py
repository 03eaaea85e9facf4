"""Raster layers as files of numbers: their bands, read window by window, NaN where there is no data."""

import re
from contextlib import contextmanager
from dataclasses import dataclass

from osgeo import gdal

from ..algorithms.errors import DataError

_SAYS_NOTHING = re.compile(  # of descriptions of bands; B alone is boron
    r"(band|layer|channel|gr[ae]y)?[\s_:#-]*\d*|b[\s_:#-]*\d+", re.IGNORECASE
)
CACHE_BYTES = 128 * 1024**2  # of GDAL's block cache during a run; its default is 5 % of the memory of the machine


@dataclass(frozen=True)
class Band:
    """One band of an open raster."""

    name: str
    dataset: object  # the band is taken from it at every read: GDAL's bands do not keep their dataset alive
    number: int

    @property
    def raster_band(self):
        """Return GDAL's band."""
        return self.dataset.GetRasterBand(self.number)


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels."""

    column: int
    row: int
    width: int
    height: int


def attempt(function, *arguments, **options):
    """Call a function of GDAL; return None where it fails, also where somebody switched GDAL's exceptions on."""
    gdal.ErrorReset()
    try:
        return function(*arguments, **options)
    except RuntimeError:
        return None


def require_crs(layer):
    """Raise a :class:`DataError` if a raster layer has no coordinate system."""
    if not layer.crs().isValid():
        raise DataError(
            f"Raster '{layer.name()}' has no coordinate system. Set it in QGIS (layer menu: Set Layer CRS), then run "
            "again."
        )


def opened_raster(layer):
    """Return the GDAL dataset of a raster layer.

    Raises
    ------
    DataError
        If the layer is no file that GDAL opens.
    """
    if layer.providerType() != "gdal":
        raise DataError(
            f"Raster '{layer.name()}' comes from a service or database ({layer.providerType()}), and its numbers are "
            "needed. Save it as a GeoTIFF (layer menu: Save As, raw data), then run again."
        )
    dataset = attempt(gdal.Open, layer.dataProvider().dataSourceUri())
    if dataset is None:
        raise DataError(f"Raster '{layer.name()}' cannot be opened: {gdal.GetLastErrorMsg()}. Check the file.")
    return dataset


def bands_of(layer, dataset, taken):
    """Return the bands of real numbers of a raster layer, as :class:`Band` with names of their own; no alpha band.

    ``taken`` (set of str) holds the names that are in use already and is added to.

    Raises
    ------
    DataError
        If a band holds complex numbers.
    """
    numbers = [n for n in range(1, dataset.RasterCount + 1) if not _is_alpha(dataset.GetRasterBand(n))]
    bands = []
    for number in numbers:
        band = dataset.GetRasterBand(number)
        if gdal.DataTypeIsComplex(band.DataType):
            raise DataError(
                f"Raster '{layer.name()}' holds complex numbers. Choose rasters of real ones, such as its amplitude."
            )
        bands.append(Band(_unique(_band_name(layer, band, number, len(numbers)), layer.name(), taken), dataset, number))
    return bands


def read_band(band, window, plane):
    """Read a window of a :class:`Band` into ``plane`` ``(height, width)`` of floats, NaN where there is no data.

    Packed numbers are unpacked by the scale and offset that the file declares.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    import numpy as np

    source = band.raster_band
    place = window.column, window.row, window.width, window.height
    has_mask = source.GetMaskFlags() & gdal.GMF_PER_DATASET
    read = attempt(source.ReadAsArray, *place, buf_obj=plane)
    mask = attempt(source.GetMaskBand().ReadAsArray, *place) if has_mask else None
    if read is None or (has_mask and mask is None):
        raise DataError(
            f"Band '{band.name}' cannot be read from row {window.row + 1}, column {window.column + 1} on: "
            f"{gdal.GetLastErrorMsg().rstrip('.')}. The file may be damaged or truncated."
        )
    no_data = source.GetNoDataValue()
    if no_data is not None:
        if source.DataType == gdal.GDT_Float32:
            no_data = np.float32(no_data)  # as the file holds it, whatever digits its header gives
        plane[plane == no_data] = np.nan
    if has_mask:
        plane[mask == 0] = np.nan
    scale, offset = source.GetScale(), source.GetOffset()
    if scale not in (None, 1.0):
        plane *= scale
    if offset:
        plane += offset


@contextmanager
def bounded_cache():
    """Keep GDAL's block cache small inside the block; a raster read once has no use for a large one."""
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(min(before, CACHE_BYTES))
    try:
        yield
    finally:
        gdal.SetCacheMax(before)


def _is_alpha(band):
    return band.GetColorInterpretation() == gdal.GCI_AlphaBand


def _band_name(layer, band, number, n_bands):
    """Return what the file says the band is: unlike the layer's name, the same in other files of a survey."""
    description = band.GetDescription().strip()
    is_default = band.GetDataset().GetDriver().ShortName == "GPKG" and description == "Height"
    if description and not is_default and not _SAYS_NOTHING.fullmatch(description):
        return description
    return layer.name() if n_bands == 1 else f"{layer.name()} band {number}"


def _unique(name, layer_name, taken):
    candidate, number = name, 2
    if candidate in taken:
        candidate = name = f"{layer_name} {name}" if not name.startswith(layer_name) else name
    while candidate in taken:
        candidate, number = f"{name} ({number})", number + 1
    taken.add(candidate)
    return candidate
