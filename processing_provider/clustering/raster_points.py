"""Boreholes and earthquakes on a cluster map: which cluster each stands in."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from qgis.core import QgsWkbTypes

from ...ui.styles import style_boreholes, style_earthquakes
from ..layers import PointTable, extended, read_points, transformed
from .context_layers import strong_earthquakes
from .raster_areas import open_map, window_of
from .raster_layers import TILE

BOREHOLES, EARTHQUAKES = "Boreholes", "Earthquakes"
_FIELDS = (("cluster", "int"), ("confidence", "double"))


@dataclass(frozen=True, eq=False)
class Overlay:
    """Points of one kind that lie over the map.

    Attributes
    ----------
    kind : str
        ``BOREHOLES`` or ``EARTHQUAKES``.
    table : PointTable
        In the coordinate system of the map.
    rows : ndarray of int (n_points,)
        The features of the table that are shown.
    magnitudes : ndarray (n_points,) or None
    magnitude_field : str
        Empty for boreholes.
    """

    kind: str
    table: PointTable
    rows: np.ndarray
    magnitudes: object = None
    magnitude_field: str = ""

    @property
    def xy(self):
        """Positions of the points shown, ``(n_points, 2)``."""
        return self.table.xy[self.rows]


@dataclass(frozen=True, eq=False)
class Standing:
    """Where the points of an overlay stand.

    Attributes
    ----------
    overlay : Overlay
    cluster : ndarray of int (n_points,)
        0 = outside the map, or where it has no data.
    confidence : ndarray (n_points,)
        NaN there.
    """

    overlay: Overlay
    cluster: np.ndarray
    confidence: np.ndarray

    def sentence(self):
        """Return how many points stand in no cluster; empty for none."""
        n_elsewhere = int((self.cluster == 0).sum())
        if not n_elsewhere:
            return ""
        stand = "stands" if n_elsewhere == 1 else "stand"
        return (
            f"{self.overlay.kind}: {n_elsewhere} of {len(self.cluster)} {stand} outside the map or on pixels without "
            "data; the cluster stays empty there."
        )


def read_boreholes(source, crs, context, feedback):
    """Read boreholes; None without a source. Raises :class:`DataError` as :func:`~..layers.read_points`."""
    if source is None:
        return None
    table = _read(source, crs, context, feedback, "The borehole layer")
    return Overlay(BOREHOLES, table, np.arange(len(table.attributes)))


def read_earthquakes(source, crs, context, feedback, magnitude_field, min_magnitude):
    """Read the earthquakes of at least a magnitude; None without a source.

    Raises :class:`DataError` as :func:`~..layers.read_points` and :func:`~.context_layers.strong_earthquakes`.
    """
    if source is None:
        return None
    table = _read(source, crs, context, feedback, "The earthquake layer")
    rows, magnitudes, field, note = strong_earthquakes(table, magnitude_field, min_magnitude)
    feedback.pushInfo(note)
    return Overlay(EARTHQUAKES, table, np.array(rows, dtype=int), np.array(magnitudes), field)


def standing_of(overlay, path, grid):
    """Return the :class:`Standing` of an overlay on the cluster map ``path``, which has the pixels of ``grid``."""
    west, pixel_width, _, north, _, pixel_height = grid.transform
    x, y = overlay.xy.T
    with np.errstate(invalid="ignore"):
        column, row = np.floor((x - west) / pixel_width), np.floor((y - north) / pixel_height)
        on_map = (column >= 0) & (column < grid.width) & (row >= 0) & (row < grid.height)  # False for NaN
    cluster, confidence = np.zeros(len(x), dtype=int), np.full(len(x), np.nan)
    places = np.flatnonzero(on_map)
    row, column = row[places].astype(int), column[places].astype(int)
    dataset = open_map(path)
    for point in np.lexsort((column // TILE, row // TILE)):  # tile by tile, so that each is read once
        place = int(column[point]), int(row[point]), 1, 1
        number = int(window_of(dataset, 1, *place)[0, 0])
        if number:
            cluster[places[point]] = number
            confidence[places[point]] = window_of(dataset, 2, *place)[0, 0]
    return Standing(overlay, cluster, confidence)


def write_standing(outputs, standing):
    """Write the points with the cluster each stands in and its confidence, styled."""
    overlay = standing.overlay
    is_boreholes = overlay.kind == BOREHOLES
    style = style_boreholes if is_boreholes else partial(style_earthquakes, magnitude_field=overlay.magnitude_field)
    points = overlay.table.points()
    rows = (
        (points[row], [*overlay.table.attributes[row], int(cluster) or None, float(confidence)])
        for row, cluster, confidence in zip(overlay.rows, standing.cluster, standing.confidence)
    )
    fields = extended(overlay.table.fields, *_FIELDS)
    name = f"{overlay.kind.upper()}_OUTPUT"
    outputs.layer(name, fields, QgsWkbTypes.Type.Point, overlay.table.crs, rows, style, overlay.kind)


def positions_in(overlay, crs, context):
    """Return the positions of the points shown in another coordinate system; None without an overlay."""
    return transformed(overlay.xy, overlay.table.crs, crs, context)[0] if overlay else None


def _read(source, crs, context, feedback, label):
    table = read_points(source, crs, context, feedback, label)
    for note in table.notes:
        feedback.pushInfo(note)
    return table
