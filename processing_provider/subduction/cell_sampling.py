"""Rasters and earthquakes summed up in the cells of trenches, portion by portion."""

from dataclasses import dataclass

import numpy as np

from ...algorithms.subduction.cell_search import BANDS, CellSearch, patch_around
from ...algorithms.subduction.sampling import moments, no_moments
from .raster_pixels import pixel_grids

_PORTION = 65_536  # earthquakes placed at once


@dataclass(frozen=True, eq=False)
class Sampled:
    """One raster band, or the earthquakes, in the cells.

    Attributes
    ----------
    by_region : list of dict
        Per region the :class:`CellMoments` by plate, ``UP`` and ``DG``.
    n_points : int
        Points in cells, with data or without; one in several cells counts several times.
    """

    by_region: list
    n_points: int


def sample_rasters(bands, systems, regions, context, progress):
    """Sum up raster bands in the cells.

    Parameters
    ----------
    bands : sequence of Band
    systems : sequence of QgsCoordinateReferenceSystem
        Of the bands.
    regions : list of RegionCells
    context : QgsProcessingContext
    progress : Progress

    Returns
    -------
    sampled : list of Sampled
        Of every band.
    grids : list of PixelGrid

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    sides = [(one.cells.spacing_km, one.cells.width_up_km, one.cells.width_down_km) for one in regions]
    grids = pixel_grids(bands, systems, float(np.min(sides)))
    sampled = [_Sums(regions) for _ in bands]
    searches = [CellSearch(one.cells) for one in regions]
    windows = [(grid, window) for grid in grids for window in grid.windows()]
    for number, (grid, window) in enumerate(windows):
        progress(number / len(windows), "Reading the rasters along the trenches")
        patch = patch_around(*grid.lattice(window, context))
        near = [index for index, search in enumerate(searches) if search.may_reach(patch)]
        if not near:
            continue
        pixels = grid.read(window, context)
        for index in near:
            progress(number / len(windows), "")
            found = searches[index].members(pixels.longitude, pixels.latitude)
            for position, values in zip(grid.positions, pixels.values):
                sampled[position].add(index, found, values)
    return [sums.result() for sums in sampled], grids


def sample_points(longitude, latitude, values, regions, progress):
    """Sum up values ``(n,)`` at places in degrees in the cells of ``regions``; returns :class:`Sampled`."""
    sums = _Sums(regions)
    searches = [CellSearch(one.cells) for one in regions]
    for start in range(0, len(values), _PORTION):
        part = slice(start, start + _PORTION)
        for index, search in enumerate(searches):
            progress((start + index * _PORTION / len(regions)) / len(values), "Finding the earthquakes of the segments")
            sums.add(index, search.members(longitude[part], latitude[part]), values[part])
    return sums.result()


class _Sums:
    def __init__(self, regions):
        self._by_region = [{plate: no_moments(len(one.cells)) for plate in BANDS} for one in regions]
        self._n_points = 0

    def add(self, index, found, values):
        self._n_points += len(found.cell)
        for plate, known in self._by_region[index].items():
            self._by_region[index][plate] = known.joined(moments(found.band(plate), values))

    def result(self):
        return Sampled(self._by_region, self._n_points)
