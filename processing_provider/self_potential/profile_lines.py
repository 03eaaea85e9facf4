"""The lines along which self-potentials are read: names, and vertices in metres."""

from dataclasses import dataclass

import numpy as np
from qgis.core import QgsFeatureRequest, QgsGeometry, QgsRectangle

from ...algorithms.errors import Cancelled, DataError
from ...algorithms.self_potential.profile_geometry import cumulative_distance, place_at
from ..layers import plain


@dataclass(frozen=True)
class ProfileLine:
    """One line: its ``name`` and its ``vertices`` (n, 2), m, no two neighbours at one place."""

    name: str
    vertices: np.ndarray

    @property
    def length_m(self):
        """Length of the line, m."""
        return cumulative_distance(self.vertices)[-1]

    def places(self, distance_m):
        """Return the places (n, 2) at distances from the first vertex."""
        return place_at(distance_m, cumulative_distance(self.vertices), self.vertices)

    def bounds(self, margin_m):
        """Return the rectangle around the line, wider by a margin."""
        low, high = self.vertices.min(axis=0) - margin_m, self.vertices.max(axis=0) + margin_m
        return QgsRectangle(*low.tolist(), *high.tolist())


def read_lines(source, line_field, plane, context, feedback):
    """Read the lines of a source.

    A feature of several parts that do not touch gives one line per part.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
    line_field : str
        Holds the names; empty: numbers from 1.
    plane : MetricPlane

    Returns
    -------
    lines : list of ProfileLine
        With names that are unique.
    notes : list of str
        What was left out or renamed.

    Raises
    ------
    DataError
        If there is no line of some length.
    """
    lines, notes, taken = [], [], set()
    for number, feature in enumerate(source.getFeatures(QgsFeatureRequest()), start=1):
        if feedback.isCanceled():
            raise Cancelled()
        given = plain(feature[line_field]) if line_field else number
        name = f"line without name ({number})" if given is None else str(given)
        parts = [part for part in map(_without_repeats, _parts(feature.geometry())) if len(part) > 1]
        if not parts:
            notes.append(f"Line '{name}' has zero length and is left out.")
        for position, part in enumerate(parts, start=1):
            wanted = name if len(parts) == 1 else f"{name}-{position}"
            unique = _unique(wanted, taken)
            if unique != wanted:
                notes.append(f"A second line '{wanted}' is called '{unique}'.")
            taken.add(unique)
            lines.append(ProfileLine(unique, plane.project(part, source.sourceCrs(), context)))
    if not lines:
        raise DataError(
            "The line layer holds no line of some length. Check its filter, its selection and its geometries."
        )
    return lines, notes


def _parts(geometry):
    """Return the vertices (n, 2) of each part of a line, parts that touch joined."""
    if geometry.isNull() or geometry.isEmpty():
        return []
    straight = QgsGeometry(geometry.constGet().segmentize())
    joined = straight.mergeLines() if straight.isMultipart() else straight
    polylines = joined.asMultiPolyline() if joined.isMultipart() else [joined.asPolyline()]
    return [np.array([(point.x(), point.y()) for point in polyline]) for polyline in polylines]


def _without_repeats(vertices):
    """Return the vertices without those that lie where the one before lies."""
    moved = np.any(np.diff(vertices, axis=0) != 0, axis=1)
    return vertices[np.concatenate([[True], moved])]


def _unique(name, taken):
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate
