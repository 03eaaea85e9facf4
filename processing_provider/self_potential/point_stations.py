"""Points near a line as the stations of a profile."""

from array import array

import numpy as np
from qgis.core import QgsFeature, QgsFeatureRequest, QgsGeometry, QgsPointXY, QgsSpatialIndex, QgsWkbTypes

from ...algorithms.errors import Cancelled, DataError
from ...algorithms.self_potential.profile_geometry import merged, project_onto_line
from ..layers import plain

_CHUNK = 5000  # features between two looks at the Cancel button
_LINES_TRIED = 100  # when the shortest way from a line to a point is looked for


def read_values(source, field_name, feedback, label="The point layer"):
    """Read positions and values of points, in bounded memory.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
        Points, or a table without geometry.
    field_name : str

    Returns
    -------
    xy : ndarray (n, 2)
        In the source's coordinate system; NaN without geometry.
    values : ndarray (n,)
        NaN where NULL.

    Raises
    ------
    DataError
        If the layer is empty, or a value is no number.
    """
    column = source.fields().indexOf(field_name)
    if column < 0:
        raise DataError(
            f"{label} has no field '{field_name}'. Its fields are: {', '.join(source.fields().names()) or 'none'}."
        )
    x, y, values = array("d"), array("d"), array("d")
    request = QgsFeatureRequest().setSubsetOfAttributes([column])
    for number, feature in enumerate(source.getFeatures(request), start=1):
        if number % _CHUNK == 0 and feedback.isCanceled():
            raise Cancelled()
        values.append(as_number(feature.attribute(column), field_name, number))
        point = position_of(feature.geometry())
        x.append(point[0])
        y.append(point[1])
    if not values:
        raise DataError(f"{label} holds no features. Check its filter and selection.")
    return np.stack([np.array(x), np.array(y)], axis=1), np.array(values)


def as_number(value, field_name, number):
    """Return an attribute as a float, NaN for NULL and blank text; ``number`` is the feature's, from 1."""
    if isinstance(value, float):
        return value
    value = plain(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return np.nan
    try:
        return float(value.replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"Field '{field_name}' holds '{value}' in feature {number}, which is no number. Correct it or choose "
            "another field."
        ) from error


def position_of(geometry):
    """Return x and y of a point, of the first of several; NaN without geometry."""
    if geometry.isNull() or geometry.isEmpty():
        return np.nan, np.nan
    point = geometry.constGet()
    if QgsWkbTypes.isMultiType(point.wkbType()):
        point = point.geometryN(0)
    return point.x(), point.y()


class PointStations:
    """Finds the stations of each line among many points.

    Parameters
    ----------
    name : str
        Of the field with the values.
    xy : ndarray (n, 2)
        Positions in the plane of the lines, m; NaN where a point has none.
    values : ndarray (n,)
        NaN where there is none; such points are no stations.
    buffer_m, merge_m : float
        Farthest from the line, and closest along it.
    """

    def __init__(self, name, xy, values, buffer_m, merge_m):
        self.name = name
        self._xy, self._values = xy, values
        self._buffer_m, self._merge_m = buffer_m, merge_m
        self._index = QgsSpatialIndex()
        usable = np.flatnonzero(np.isfinite(xy).all(axis=1) & np.isfinite(values))
        for row in usable.tolist():
            feature = QgsFeature(row)
            feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(*xy[row].tolist())))
            self._index.addFeature(feature)
        self._usable = usable
        self._used = np.zeros(len(xy), dtype=bool)

    def along(self, line):
        """Return the stations of a :class:`ProfileLine`.

        Returns
        -------
        distance_m : ndarray (n_stations,)
            Rising.
        columns : ndarray (n_stations, 2)
            Value, and distance of the points from the line, m.
        count : ndarray of int (n_stations,)
            Points merged into the station.
        """
        rows = np.array(sorted(self._index.intersects(line.bounds(self._buffer_m))), dtype=int)
        distance, offset = project_onto_line(self._xy[rows], line.vertices)
        near = offset <= self._buffer_m
        rows = rows[near]
        self._used[rows] = True
        return merged(distance[near], np.stack([self._values[rows], offset[near]], axis=1), self._merge_m)

    @property
    def n_unused(self):
        """Number of points with a place and a value that are on no line."""
        return len(self._usable) - int(self._used.sum())

    def summary(self):
        """Return what the log says after all lines."""
        missing = len(self._xy) - len(self._usable)
        return f"{self.n_unused} points lie on no line, {missing} have no place or no value"

    def why_nothing(self, lines):
        """Return the sentence for a run in which no line met a station."""
        if not self._usable.size:
            return "No point has both a place and a self-potential: the field is empty. Choose another field."
        xy = self._xy[self._usable]
        nearest = min(project_onto_line(xy, line.vertices)[1].min() for line in lines[:_LINES_TRIED])
        return (
            f"No line meets a station within the buffer of {self._buffer_m:g} m: the nearest lies {nearest:,.0f} m "
            "from a line. Widen the buffer, or check the coordinate system of both layers."
        )
