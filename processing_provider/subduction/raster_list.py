"""The raster bands whose features are sampled, with their codes."""

from dataclasses import dataclass, replace

from ..raster_files import bands_of, opened_raster, require_crs
from .feature_names import feature_codes


@dataclass(frozen=True)
class RasterList:
    """Bands to be sampled.

    Attributes
    ----------
    bands : tuple of Band
        Those of the rasters, then, where there is one, that of the slab's depth.
    systems : tuple of QgsCoordinateReferenceSystem
        Of the bands.
    codes : tuple of str
        Of the rasters' bands.
    """

    bands: tuple
    systems: tuple
    codes: tuple


def open_rasters(layers, slab, given_codes):
    """Open raster layers and the layer of the slab's depth (None: without); returns :class:`RasterList`.

    Raises
    ------
    DataError
        If a layer is no file of numbers or has no coordinate system, or the user's codes do not fit.
    """
    bands, systems, taken = [], [], set()
    for layer in layers:
        opened = _opened(layer, taken)
        bands += opened
        systems += [layer.crs()] * len(opened)
    codes = feature_codes([band.name for band in bands], given_codes) if bands else ()
    if slab is not None:
        bands.append(replace(_opened(slab, set())[0], name=slab.name()))  # the first band, whatever it is called
        systems.append(slab.crs())
    return RasterList(tuple(bands), tuple(systems), codes)


def _opened(layer, taken):
    require_crs(layer)
    bands = bands_of(layer, opened_raster(layer), taken)
    # The files of one format all call their only band alike, such as z: the layer's name says more.
    return [replace(bands[0], name=layer.name())] if len(bands) == 1 else bands
