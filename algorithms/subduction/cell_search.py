"""Which places lie in which cells of a trench, for millions of places."""

from dataclasses import dataclass

import numpy as np

from .segments import EARTH_RADIUS_M, directions
from .trench import SIDES

BANDS = ("UP", "DG")  #: upper plate and downgoing plate
_SPHERE = 0.01  # share by which distances on the sphere differ from those on the ellipsoid, at most


@dataclass(frozen=True, eq=False)
class Members:
    """Which points lie in which cells; a point may lie in several.

    Attributes
    ----------
    cell, point : ndarray of int (n_members,)
    is_down : ndarray of bool (n_members,)
        Whether the point lies over the downgoing plate, or on the trench.
    n_cells : int
    """

    cell: np.ndarray
    point: np.ndarray
    is_down: np.ndarray
    n_cells: int

    def band(self, name):
        """Return the members over the upper (``UP``) or the downgoing (``DG``) plate."""
        keep = self.is_down if name == "DG" else ~self.is_down
        return Members(self.cell[keep], self.point[keep], self.is_down[keep], self.n_cells)


@dataclass(frozen=True, eq=False)
class Patch:
    """A ball that holds a part of the Earth's surface, on the unit sphere."""

    middle: np.ndarray
    radius: float


def patch_around(longitude, latitude):
    """Return the :class:`Patch` around a lattice ``(n_rows, n_columns)`` of places in degrees, edges included.

    NaN stands for places that are not on the Earth: the patch is endless where some are, empty where all are.
    """
    lattice = directions(longitude, latitude)
    known = np.isfinite(lattice)
    if not known.all():
        return Patch(np.zeros(3), np.inf if known.any() else -np.inf)
    middle = lattice.reshape(-1, 3).mean(axis=0)
    mesh = np.linalg.norm(lattice[1:, 1:] - lattice[:-1, :-1], axis=-1).max()
    return Patch(middle, float(np.linalg.norm(lattice - middle, axis=-1).max() + mesh))


class CellSearch:
    """Finds the cells that places lie in.

    Parameters
    ----------
    cells : TrenchCells
    """

    def __init__(self, cells):
        from scipy.spatial import cKDTree

        self._cells = cells
        self._reach_km = float(np.hypot(cells.spacing_km / 2, max(cells.width_up_km, cells.width_down_km)))
        angle = (1.0 + _SPHERE) * 1000.0 * self._reach_km / EARTH_RADIUS_M
        self._chord = 2.0 * np.sin(min(angle, np.pi) / 2)  # on the unit sphere
        self._centres = directions(cells.longitude, cells.latitude)
        self._tree = cKDTree(self._centres)
        self._ahead, self._down = _axes(cells, self._centres)

    def may_reach(self, patch):
        """Return whether a place in a :class:`Patch` may lie in a cell."""
        distance = np.linalg.norm(self._centres - patch.middle, axis=1).min()
        return bool(distance <= patch.radius + self._chord)

    def members(self, longitude, latitude):
        """Find the cells that every place lies in.

        Parameters
        ----------
        longitude, latitude : ndarray (n_points,)
            Degrees; any longitude convention. NaN lies nowhere.

        Returns
        -------
        Members
            By cell, then point. Edges belong to the cell.

        Notes
        -----
        Geodesics on the ellipsoid decide. They are drawn only where the sphere, which is quicker and wrong by less
        than 1 % of a distance, leaves it open on which side of an edge or of the trench a place lies.
        """
        from scipy.spatial import cKDTree

        usable = np.flatnonzero(np.isfinite(longitude) & np.isfinite(latitude))
        place = directions(longitude[usable], latitude[usable])
        near = self._tree.sparse_distance_matrix(cKDTree(place), self._chord, output_type="ndarray")
        along, down = self._on_sphere(near["i"], place[near["j"]], near["v"])
        margin = _SPHERE * self._reach_km
        maybe = self._inside(along, down, margin)
        cell, point, along, down = near["i"][maybe], usable[near["j"][maybe]], along[maybe], down[maybe]
        open_ = np.flatnonzero(~self._inside(along, down, -margin) | (np.abs(down) <= margin))
        exact = self._cells.local(cell[open_], longitude[point[open_]], latitude[point[open_]])
        along[open_], down[open_] = exact
        inside = np.flatnonzero(self._inside(along, down, 0.0))
        order = inside[np.lexsort((point[inside], cell[inside]))]
        return Members(cell[order], point[order], down[order] >= 0, len(self._cells))

    def _on_sphere(self, cell, place, chord):
        """Return local coordinates in km as :meth:`TrenchCells.local` does, on a sphere."""
        angle = 2.0 * np.arcsin(np.minimum(chord / 2, 1.0))
        scale = EARTH_RADIUS_M / 1000.0 / np.maximum(np.sinc(angle / np.pi), 1e-9)  # sinc is sin(angle) / angle
        return tuple(scale * np.einsum("ij,ij->i", axis[cell], place) for axis in (self._ahead, self._down))

    def _inside(self, along, down, margin):
        cells = self._cells
        return (
            (np.abs(along) <= cells.spacing_km / 2 + margin)
            & (down >= -cells.width_up_km - margin)
            & (down <= cells.width_down_km + margin)
        )


def _axes(cells, centres):
    """Return unit vectors ``(n_cells, 3)`` along the trench and towards the downgoing plate."""
    longitude = np.radians(cells.longitude)
    east = np.stack([-np.sin(longitude), np.cos(longitude), np.zeros(len(cells))], axis=-1)
    north = np.cross(centres, east)
    strike = np.radians(cells.azimuth)[:, np.newaxis]
    ahead = np.cos(strike) * north + np.sin(strike) * east
    return ahead, SIDES[cells.side] * (np.cos(strike) * east - np.sin(strike) * north)
