"""Features of trench cells: statistics of raster pixels and points in them, and what varies along the trench."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .segments import EARTH_RADIUS_M, directions

BANDS = ("UP", "DG")  #: upper plate and downgoing plate
WINDOWS_KM = (200.0, 400.0, 600.0)  #: over which the slab profile is smoothed
_MARGIN = 1.01  # on the search radius: a chord is shorter than its geodesic, and the Earth is no sphere


@dataclass(frozen=True, eq=False)
class Members:
    """Which points lie in which cells; a point may lie in several.

    Attributes
    ----------
    cell, point : ndarray of int (n_members,)
    normal_km : ndarray (n_members,)
        Distance from the trench, positive over the downgoing plate.
    n_cells : int
    """

    cell: np.ndarray
    point: np.ndarray
    normal_km: np.ndarray
    n_cells: int

    def band(self, name):
        """Return the members over the upper (``UP``) or the downgoing (``DG``) plate."""
        keep = self.normal_km < 0 if name == "UP" else self.normal_km >= 0
        return Members(self.cell[keep], self.point[keep], self.normal_km[keep], self.n_cells)


@dataclass(frozen=True, eq=False)
class CellStatistics:
    """Statistics of one quantity in every cell ``(n_cells,)``, NaN where there is none.

    Attributes
    ----------
    mean, std : ndarray
        In the unit of the values; ``std`` is that of the values themselves (divided by n).
    gradient : ndarray
        Change of ``mean`` along the trench, per km.
    count : ndarray of int
    """

    mean: np.ndarray
    std: np.ndarray
    gradient: np.ndarray
    count: np.ndarray


def members(cells, longitude, latitude):
    """Find the cells that every point lies in.

    Parameters
    ----------
    cells : TrenchCells
    longitude, latitude : ndarray (n_points,)
        Degrees; any longitude convention. Raster pixels are points at their centres.

    Returns
    -------
    Members
        By cell, then point. Edges belong to the cell.
    """
    from scipy.spatial import cKDTree

    reach_m = 1000.0 * np.hypot(cells.spacing_km / 2, max(cells.width_up_km, cells.width_down_km))
    radius = 2.0 * np.sin(min(_MARGIN * reach_m / EARTH_RADIUS_M, np.pi) / 2)  # chord on the unit sphere
    usable = np.flatnonzero(np.isfinite(longitude) & np.isfinite(latitude))
    tree = cKDTree(directions(longitude[usable], latitude[usable]))
    near = tree.query_ball_point(directions(cells.longitude, cells.latitude), radius, return_sorted=True)
    cell = np.repeat(np.arange(len(cells)), [len(found) for found in near])
    point = usable[np.concatenate([*near, []]).astype(int)]
    along, normal = cells.local(cell, longitude[point], latitude[point])
    inside = (np.abs(along) <= cells.spacing_km / 2) & (normal >= -cells.width_up_km) & (normal <= cells.width_down_km)
    return Members(cell[inside], point[inside], normal[inside], len(cells))


def statistics(found, values, s_km, name):
    """Return the :class:`CellStatistics` of ``values`` ``(n_points,)`` (NaN: no data) over members of cells.

    Parameters
    ----------
    found : Members
        Of both plates, or of one by :meth:`Members.band`.
    values : ndarray (n_points,)
    s_km : ndarray (n_cells,)
        Position of the cells along the trench.
    name : str
        Of the quantity, for the message.

    Raises
    ------
    DataError
        If no cell holds a value.
    """
    value = values[found.point]
    known = np.isfinite(value)
    cell, value = found.cell[known], value[known]
    count = np.bincount(cell, minlength=found.n_cells)
    if not count.any():
        raise DataError(
            f"'{name}' has no value in any trench segment: it does not cover the trench, or is all no-data there. "
            "Check its extent and coordinate reference system, or leave it out."
        )
    divisor = np.where(count, count, np.nan)
    mean = np.bincount(cell, value, found.n_cells) / divisor
    std = np.sqrt(np.bincount(cell, (value - mean[cell]) ** 2, found.n_cells) / divisor)
    return CellStatistics(mean, std, gradient(mean, s_km), count)


def gradient(profile, s_km):
    """Return the change along the trench per km ``(n_cells,)``: central differences, one-sided beside gaps and ends."""
    slope = np.full(len(profile), np.nan)
    known = np.isfinite(profile)
    for run in np.split(np.arange(len(profile)), np.flatnonzero(np.diff(known.astype(int))) + 1):
        if known[run[0]] and len(run) > 1:
            slope[run] = np.gradient(profile[run], s_km[run])
    return slope


def largest_earthquake(found, magnitude):
    """Return the largest magnitude in every cell ``(n_cells,)``, NaN where there is no earthquake."""
    largest = np.full(found.n_cells, -np.inf)
    value = magnitude[found.point]
    known = np.isfinite(value)
    np.maximum.at(largest, found.cell[known], value[known])
    return np.where(np.isfinite(largest), largest, np.nan)


def depth_extent(found, depth_km):
    """Return how far the slab reaches from its shallowest to its deepest point in every cell, km, NaN without slab."""
    return largest_earthquake(found, depth_km) + largest_earthquake(found, -depth_km)


def slab_profile(extent_km, s_km, windows_km=WINDOWS_KM):
    """Return the slab's depth extent smoothed along the trench, and how fast it changes.

    Parameters
    ----------
    extent_km : ndarray (n_cells,)
        By :func:`depth_extent`; NaN where there is no slab.
    s_km : ndarray (n_cells,)
        Position along the trench, rising.
    windows_km : sequence of float
        Lengths of the moving mean.

    Returns
    -------
    dict of str to ndarray (n_cells,)
        For window w: ``DXT_w`` (km), the mean of the cells within w / 2; ``FDM_w`` and ``SDM_w``, magnitudes of
        its first and second derivative along the trench (km per km, km per square km).
    """
    known = np.isfinite(extent_km)
    apart = np.abs(s_km[:, np.newaxis] - s_km)
    profile = {}
    for window in windows_km:
        weight = (apart <= window / 2) & known
        total, n = weight @ np.where(known, extent_km, 0.0), weight.sum(axis=1)
        smooth = np.where(known, total / np.maximum(n, 1), np.nan)
        first = gradient(smooth, s_km)
        profile[f"DXT_{window:g}"] = smooth
        profile[f"FDM_{window:g}"] = np.abs(first)
        profile[f"SDM_{window:g}"] = np.abs(gradient(first, s_km))
    return profile
