"""Features of trench cells: statistics of raster pixels and points in them, and what varies along the trench.

Pixels and points come in portions: the moments of each are joined, so that memory does not grow with a raster.
"""

from dataclasses import dataclass

import numpy as np

WINDOWS_KM = (200.0, 400.0, 600.0)  #: over which the slab profile is smoothed


@dataclass(frozen=True, eq=False)
class CellMoments:
    """What is known of one quantity in every cell ``(n_cells,)``, in its unit; NaN where there is nothing.

    Attributes
    ----------
    count : ndarray of int
        Number of values.
    mean, low, high : ndarray
        Mean, smallest and largest value.
    squares : ndarray
        Sum of the squared differences from the mean; 0 where there is nothing.
    """

    count: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    squares: np.ndarray

    @property
    def std(self):
        """Standard deviation of the values themselves (divided by n)."""
        return np.sqrt(self.squares / np.where(self.count, self.count, np.nan))

    def joined(self, other):
        """Return the moments of these and other values together.

        Notes
        -----
        Pairwise update of Chan, Golub and LeVeque (1983), Am. Stat. 37, 242-247: exact also where the mean is large
        beside the spread.
        """
        count = self.count + other.count
        share = other.count / np.maximum(count, 1)
        apart = np.where(self.count * other.count, other.mean - self.mean, 0.0)
        mean = np.where(self.count, self.mean + share * apart, other.mean)
        squares = self.squares + other.squares + self.count * share * apart**2
        return CellMoments(count, mean, np.fmin(self.low, other.low), np.fmax(self.high, other.high), squares)


def no_moments(n_cells):
    """Return the :class:`CellMoments` of no values at all."""
    unknown = np.full(n_cells, np.nan)
    return CellMoments(np.zeros(n_cells, dtype=int), unknown, unknown, unknown, np.zeros(n_cells))


def moments(found, values):
    """Return the :class:`CellMoments` of ``values`` ``(n_points,)`` (NaN: no data) over members of cells."""
    value = values[found.point]
    known = np.isfinite(value)
    cell, value = found.cell[known], value[known]
    count = np.bincount(cell, minlength=found.n_cells)
    mean = np.bincount(cell, value, found.n_cells) / np.where(count, count, np.nan)
    squares = np.bincount(cell, (value - mean[cell]) ** 2, found.n_cells)
    low, high = np.full(found.n_cells, np.nan), np.full(found.n_cells, np.nan)
    np.fmin.at(low, cell, value)
    np.fmax.at(high, cell, value)
    return CellMoments(count, mean, low, high, squares)


def gradient(profile, s_km):
    """Return the change along the trench per km ``(n_cells,)``: central differences, one-sided beside gaps and ends."""
    slope = np.full(len(profile), np.nan)
    known = np.isfinite(profile)
    for run in np.split(np.arange(len(profile)), np.flatnonzero(np.diff(known.astype(int))) + 1):
        if known[run[0]] and len(run) > 1:
            slope[run] = np.gradient(profile[run], s_km[run])
    return slope


def slab_profile(extent_km, s_km, windows_km=WINDOWS_KM):
    """Return the slab's depth extent smoothed along the trench, and how fast it changes.

    Parameters
    ----------
    extent_km : ndarray (n_cells,)
        From the shallowest to the deepest point of the slab in every cell; NaN where there is no slab.
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
