"""A layer of stations as profiles, ready to be inverted."""

from array import array
from dataclasses import dataclass

import numpy as np
from qgis.core import QgsFeatureRequest

from ...algorithms.errors import Cancelled, DataError
from ...algorithms.self_potential.profile_geometry import azimuth_at, place_at, straight_line_distance
from ..layers import plain
from .metric_plane import MetricPlane, metric_plane
from .point_stations import as_number, position_of

_CHUNK = 5000  # features between two looks at the Cancel button
THE_LINE = "1"  #: name of the only line, where no field names it


@dataclass(frozen=True)
class Profile:
    """The stations of one line, by rising distance.

    Attributes
    ----------
    name : str
    distance_m : ndarray (n_stations,)
    sp_mv : ndarray (n_stations,)
        NaN where missing.
    xy : ndarray (n_stations, 2) or None
        In the plane of the run, m; None without geometry.
    """

    name: str
    distance_m: np.ndarray
    sp_mv: np.ndarray
    xy: np.ndarray

    def places(self, distance_m):
        """Return the places (n, 2) at distances along the line; beyond its ends it goes on straight.

        Without geometry the line lies along the x axis.
        """
        if self.xy is None:
            distance_m = np.asarray(distance_m, dtype=float)
            return np.stack([distance_m, np.zeros_like(distance_m)], axis=-1)
        return place_at(distance_m, *self._known())

    def azimuths(self, distance_m):
        """Return the direction of +x at distances, degrees from north; NaN without geometry."""
        if self.xy is None:
            return np.full(np.shape(distance_m), np.nan)
        return azimuth_at(distance_m, *self._known())

    def _known(self):
        known, first = np.unique(self.distance_m, return_index=True)
        return known, self.xy[first]


@dataclass(frozen=True)
class Survey:
    """The profiles of a layer.

    Attributes
    ----------
    profiles : list of Profile
        In the order in which the layer names them.
    plane : MetricPlane
        Of their places.
    crs : QgsCoordinateReferenceSystem
        Of the layer; not valid without one.
    n_unplaced : int
        Stations left out because they have no distance and no place.
    """

    profiles: list
    plane: MetricPlane
    crs: object
    n_unplaced: int


def read_survey(source, sp_field, line_field, distance_field, context, feedback):
    """Read a layer of stations.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
        Points, or a table if there is a distance field.
    sp_field : str
    line_field : str
        Empty: all stations are one line.
    distance_field : str
        Empty: distances from the geometry (see :func:`.profile_geometry.straight_line_distance`).

    Returns
    -------
    Survey
        With the self-potential as it is in the field.

    Raises
    ------
    DataError
        If the layer is empty, a field is missing or holds no numbers, or there is neither place nor distance.
    """
    names, code, sp_mv, distance, xy = _read(source, sp_field, line_field, distance_field, feedback)
    placed = np.isfinite(xy).all(axis=1)
    if not distance_field and not placed.any():
        raise DataError("The stations have no geometry: choose the field that holds their distance along the line.")
    usable = np.isfinite(distance) if distance_field else placed
    if not usable.any():
        raise DataError(f"Field '{distance_field}' holds no distance.")
    plane = MetricPlane(source.sourceCrs(), "")
    if placed.any():
        plane = metric_plane(source.sourceCrs(), source.sourceExtent(), context)
        xy[placed] = plane.project(xy[placed], source.sourceCrs(), context)
    has_places = bool(placed[usable].all())
    order = np.lexsort((distance, code)) if distance_field else np.argsort(code, kind="stable")
    order = order[usable[order]]
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    profiles = []
    for rows in np.split(order, starts[1:]):
        along = distance[rows] if distance_field else straight_line_distance(xy[rows])
        if not distance_field:
            rising = np.argsort(along, kind="stable")
            rows, along = rows[rising], along[rising]
        profiles.append(Profile(names[code[rows[0]]], along, sp_mv[rows], xy[rows] if has_places else None))
    return Survey(profiles, plane, source.sourceCrs(), len(code) - len(order))


def _read(source, sp_field, line_field, distance_field, feedback):
    """Return names of the lines, and per station its line, value, distance and place (NaN where there is none)."""
    fields = source.fields()
    columns = [_column(fields, name) for name in (sp_field, line_field, distance_field)]
    value_column, line_column, distance_column = columns
    numbers = {}
    code, sp_mv, distance, x, y = array("q"), array("d"), array("d"), array("d"), array("d")
    request = QgsFeatureRequest().setSubsetOfAttributes([column for column in columns if column >= 0])
    for number, feature in enumerate(source.getFeatures(request), start=1):
        if number % _CHUNK == 0 and feedback.isCanceled():
            raise Cancelled()
        name = THE_LINE if line_column < 0 else plain(feature.attribute(line_column))
        code.append(numbers.setdefault("line without name" if name is None else str(name), len(numbers)))
        sp_mv.append(as_number(feature.attribute(value_column), sp_field, number))
        distance.append(
            as_number(feature.attribute(distance_column), distance_field, number) if distance_column >= 0 else np.nan
        )
        place = position_of(feature.geometry())
        x.append(place[0])
        y.append(place[1])
    if not code:
        raise DataError("The layer of stations holds no features. Check its filter and selection.")
    values = np.array(sp_mv)
    values[~np.isfinite(values)] = np.nan
    return list(numbers), np.array(code), values, np.array(distance), np.stack([np.array(x), np.array(y)], axis=1)


def _column(fields, name):
    """Return the position of a field; -1 for an empty name."""
    if not name:
        return -1
    column = fields.indexOf(name)
    if column < 0:
        raise DataError(f"The layer of stations has no field '{name}'. Its fields are: {', '.join(fields.names())}.")
    return column
