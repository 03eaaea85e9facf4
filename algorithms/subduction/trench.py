"""Distances along a trench line, and the cells on either side of it, on the ellipsoid.

Everything is geodesic on WGS84: no projection, no trouble at 180 degrees. A cell is a rectangle in the plane
that keeps distances and directions from its centre on the trench.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError

SIDES = {"right": 1.0, "left": -1.0}  #: where the downgoing plate lies, seen along the line
_EDGE_STEP_M = 50_000.0  # between the vertices of an outline


@dataclass(frozen=True, eq=False)
class TrenchLine:
    """A trench as a line of geodesics.

    Attributes
    ----------
    longitude, latitude : ndarray (n_vertices,)
        Degrees; no two neighbours coincide.
    distance_m : ndarray (n_vertices,)
        Along the line from its first vertex.
    azimuth : ndarray (n_vertices - 1,)
        Of every leg at its start, degrees clockwise from north.
    """

    longitude: np.ndarray
    latitude: np.ndarray
    distance_m: np.ndarray
    azimuth: np.ndarray

    @property
    def length_m(self):
        """Length of the line in metres."""
        return float(self.distance_m[-1])

    def at(self, distance_m):
        """Return longitude and latitude of the places ``distance_m`` along the line; ends are not passed."""
        along = np.clip(distance_m, 0.0, self.length_m)
        leg = np.clip(np.searchsorted(self.distance_m, along, side="right") - 1, 0, len(self.azimuth) - 1)
        ahead = along - self.distance_m[leg]
        longitude, latitude, _ = geod().fwd(self.longitude[leg], self.latitude[leg], self.azimuth[leg], ahead)
        return longitude, latitude


@dataclass(frozen=True, eq=False)
class TrenchCells:
    """Cells along a trench.

    Attributes
    ----------
    s_km : ndarray (n_cells,)
        Distance of the centres along the trench.
    longitude, latitude : ndarray (n_cells,)
        Of the centres, degrees.
    azimuth : ndarray (n_cells,)
        Strike of the trench in the direction of the line, degrees clockwise from north, 0 to 360.
    spacing_km : float
        Length of a cell along the trench.
    width_up_km, width_down_km : float
        Reach of a cell over the upper and the downgoing plate.
    side : str
        Where the downgoing plate lies, ``right`` or ``left``.
    """

    s_km: np.ndarray
    longitude: np.ndarray
    latitude: np.ndarray
    azimuth: np.ndarray
    spacing_km: float
    width_up_km: float
    width_down_km: float
    side: str

    def __len__(self):
        return len(self.s_km)

    def local(self, cell, longitude, latitude):
        """Return along-strike and trench-normal coordinates in km of places seen from cells.

        ``cell``, ``longitude`` and ``latitude`` go together, ``(n,)``. The normal points over the downgoing plate.
        """
        azimuth, _, distance = geod().inv(self.longitude[cell], self.latitude[cell], longitude, latitude)
        angle = np.radians(azimuth - self.azimuth[cell])
        return distance * np.cos(angle) / 1000.0, SIDES[self.side] * distance * np.sin(angle) / 1000.0

    def outline(self, cell):
        """Return the closed outline of a cell as longitude and latitude ``(n_vertices,)``.

        Longitudes are continuous, within 180 degrees of the centre; across the 180-degree meridian they pass +-180.
        """
        half, up, down = self.spacing_km / 2, -self.width_up_km, self.width_down_km
        corners = np.array([[-half, up], [half, up], [half, down], [-half, down], [-half, up]])
        pieces = []
        for start, stop in zip(corners[:-1], corners[1:]):
            n_steps = int(np.ceil(1000.0 * np.abs(stop - start).max() / _EDGE_STEP_M))
            pieces.append(start + (stop - start) * np.arange(n_steps)[:, np.newaxis] / n_steps)
        along, across = np.vstack([*pieces, corners[-1:]]).T
        angle = np.degrees(np.arctan2(SIDES[self.side] * across, along))
        centre = np.full((2, len(along)), [[self.longitude[cell]], [self.latitude[cell]]])
        longitude, latitude, _ = geod().fwd(*centre, self.azimuth[cell] + angle, 1000.0 * np.hypot(along, across))
        return continuous(longitude, self.longitude[cell]), latitude


def geod():
    """Return the ellipsoid of all distances, WGS84."""
    from pyproj import Geod

    return Geod(ellps="WGS84")


def continuous(longitude, around):
    """Return longitudes within 180 degrees of the longitude ``around``."""
    return around + (np.asarray(longitude) - around + 180.0) % 360.0 - 180.0


def trench_line(longitude, latitude):
    """Return the :class:`TrenchLine` through vertices in degrees.

    Raises
    ------
    DataError
        If the coordinates are not degrees, or fewer than two vertices differ.
    """
    longitude, latitude = np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)
    usable = np.isfinite(longitude) & np.isfinite(latitude)
    if not usable.all() or np.any(np.abs(latitude) > 90) or np.any(np.abs(longitude) > 540):
        raise DataError(
            "The trench line has coordinates that are no longitudes and latitudes. "
            "Check the coordinate reference system of the layer."
        )
    if len(longitude) > 1:
        _, _, step = geod().inv(longitude[:-1], latitude[:-1], longitude[1:], latitude[1:])
        keep = np.concatenate([[True], step > 0.01])
        longitude, latitude = longitude[keep], latitude[keep]
    if len(longitude) < 2:
        raise DataError("The trench line has no length: it needs at least two different vertices.")
    azimuth, _, step = geod().inv(longitude[:-1], latitude[:-1], longitude[1:], latitude[1:])
    return TrenchLine(longitude, latitude, np.concatenate([[0.0], np.cumsum(step)]), azimuth)


def trench_cells(line, spacing_km=50.0, width_up_km=300.0, width_down_km=300.0, side="right"):
    """Cut a trench into cells of equal length, from the start of the line; what is left over at its end is not used.

    Parameters
    ----------
    line : TrenchLine
    spacing_km, width_up_km, width_down_km : float
    side : {"right", "left"}
        Where the downgoing plate lies, seen along the line.

    Returns
    -------
    TrenchCells
        The strike of a cell is the direction from its first to its last point on the trench.

    Raises
    ------
    DataError
        If a size is not positive, a side is unknown, or the line is shorter than one cell.
    """
    if side not in SIDES:
        raise DataError(f"Side '{side}' is not known: choose one of {', '.join(SIDES)}.")
    if min(spacing_km, width_up_km, width_down_km) <= 0:
        raise DataError("The spacing and both widths of the trench segments must be above 0 km.")
    n_cells = int(line.length_m / 1000.0 / spacing_km + 1e-9)
    if n_cells < 1:
        raise DataError(
            f"The trench line is {line.length_m / 1000:.3g} km long, shorter than one segment of {spacing_km:g} km. "
            "Choose a smaller spacing, or join the pieces of the trench into one line."
        )
    edges = 1000.0 * spacing_km * np.arange(n_cells + 1)
    longitude, latitude = line.at(edges)
    # The direction at the centre of the geodesic between the ends, not at its start: meridians converge.
    azimuth, _, chord = geod().inv(longitude[:-1], latitude[:-1], longitude[1:], latitude[1:])
    _, _, back = geod().fwd(longitude[:-1], latitude[:-1], azimuth, chord / 2)
    s_m = edges[:-1] + 500.0 * spacing_km
    centre = line.at(s_m)
    strike = (np.asarray(back) + 180.0) % 360.0
    return TrenchCells(s_m / 1000.0, *centre, strike, spacing_km, width_up_km, width_down_km, side)
