"""Features of trench cells: statistics of raster pixels and points in them, and what varies along the trench.

Pixels and points come in portions: the moments of each are joined, so that memory does not grow with a raster.
"""

from dataclasses import dataclass

import numpy as np

from .segments import EARTH_RADIUS_M, directions
from .trench import SIDES

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


def may_touch(cells, longitude, latitude):
    """Return whether anything in a patch of the Earth may lie in a cell; True where that is not certain.

    Parameters
    ----------
    cells : TrenchCells
    longitude, latitude : ndarray (n_rows, n_columns)
        Degrees, of a lattice over the patch with its edges; NaN where the lattice has left the Earth.
    """
    lattice = directions(longitude, latitude)
    if not np.isfinite(lattice).all():
        return bool(np.isfinite(lattice).any())
    middle = lattice.reshape(-1, 3).mean(axis=0)
    mesh = np.linalg.norm(lattice[1:, 1:] - lattice[:-1, :-1], axis=-1).max()
    radius = np.linalg.norm(lattice - middle, axis=-1).max() + mesh
    distance = np.linalg.norm(directions(cells.longitude, cells.latitude) - middle, axis=-1)
    return bool(distance.min() <= radius + _chord(_reach_km(cells)))


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

    reach_km = _reach_km(cells)
    usable = np.flatnonzero(np.isfinite(longitude) & np.isfinite(latitude))
    place = directions(longitude[usable], latitude[usable])
    trees = cKDTree(directions(cells.longitude, cells.latitude)), cKDTree(place)
    near = trees[0].sparse_distance_matrix(trees[1], _chord(reach_km), output_type="ndarray")
    cell, point = near["i"], near["j"]
    along, normal = _roughly_local(cells, cell, place[point])
    # Seen on a sphere, places are off by less than 1 % of their distance: what is farther out needs no geodesic.
    maybe = _inside(cells, along, normal, (_MARGIN - 1.0) * reach_km)
    cell, point = cell[maybe], usable[point[maybe]]
    along, normal = cells.local(cell, longitude[point], latitude[point])
    inside = np.flatnonzero(_inside(cells, along, normal, 0.0))
    order = inside[np.lexsort((point[inside], cell[inside]))]
    return Members(cell[order], point[order], normal[order], len(cells))


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


def _reach_km(cells):
    """Return how far from its centre a cell reaches."""
    return float(np.hypot(cells.spacing_km / 2, max(cells.width_up_km, cells.width_down_km)))


def _chord(distance_km):
    """Return a distance on the ground as a chord of the unit sphere, with a margin."""
    return 2.0 * np.sin(min(_MARGIN * 1000.0 * distance_km / EARTH_RADIUS_M, np.pi) / 2)


def _roughly_local(cells, cell, place):
    """Return local coordinates in km as :meth:`TrenchCells.local` does, on a sphere and never too large."""
    longitude, latitude = np.radians(cells.longitude), np.radians(cells.latitude)
    east = np.stack([-np.sin(longitude), np.cos(longitude), np.zeros(len(cells))], axis=-1)
    north = np.cross(directions(cells.longitude, cells.latitude), east)
    strike = np.radians(cells.azimuth)[:, np.newaxis]
    ahead = np.cos(strike) * north + np.sin(strike) * east
    right = SIDES[cells.side] * (np.cos(strike) * east - np.sin(strike) * north)
    return tuple(EARTH_RADIUS_M / 1000.0 * np.einsum("ij,ij->i", axis[cell], place) for axis in (ahead, right))


def _inside(cells, along, normal, margin):
    return (
        (np.abs(along) <= cells.spacing_km / 2 + margin)
        & (normal >= -cells.width_up_km - margin)
        & (normal <= cells.width_down_km + margin)
    )
