"""The trenches of a layer: one line per region, made of pieces or of points in their order."""

from dataclasses import dataclass, replace

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsLineString,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ...algorithms.subduction.trench import TrenchLine, continuous, trench_line
from ...algorithms.subduction.trench_pieces import join_pieces
from ..layers import crs_name, read_table, refuse_wrong_unit, transformed

_LABEL = "The trench layer"


@dataclass(frozen=True, eq=False)
class Trench:
    """A trench: the name of its ``region``, its ``line``, and in a ``note`` what it was made of ("": one line)."""

    region: str
    line: TrenchLine
    note: str

    @property
    def length_km(self):
        """Length of the line in km, exact to a millimetre."""
        return round(self.line.length_m / 1000.0, 6)


def read_trenches(source, region_field, largest_gap_km, context, feedback):
    """Read one trench per region.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
        Lines, or points that stand in their order along each trench; any coordinate system.
    region_field : str
        Holds the names of the regions. Empty: every line feature is a region, and all points are one.
    largest_gap_km : float
        Lines of a region whose ends are farther apart become regions of their own.

    Returns
    -------
    trenches : list of Trench
        In the order of the layer; names differ.
    without_line : list of str
        Regions that have no line of some length.
    warnings : list of str
        What was left out or renamed.

    Raises
    ------
    DataError
        If the layer holds no lines or points, its coordinates do not fit its coordinate system, a region is blank,
        or a trench crosses itself.
    """
    kind, crs = QgsWkbTypes.geometryType(source.wkbType()), source.sourceCrs()
    if kind not in (QgsWkbTypes.GeometryType.LineGeometry, QgsWkbTypes.GeometryType.PointGeometry):
        raise DataError(f"{_LABEL} holds neither lines nor points. Choose a layer with the lines of the trenches.")
    if not crs.isValid():
        raise DataError(
            f"{_LABEL} has no coordinate system. Set it in QGIS (layer menu: Set Layer CRS), then run again."
        )
    table = read_table(source, feedback, _LABEL)
    are_points = kind == QgsWkbTypes.GeometryType.PointGeometry
    parts_of = {}
    regions = _regions(table, region_field, source.sourceName() or "trench", are_points)
    for region, parts in zip(regions, _in_degrees(table.geometries, crs, context)):
        parts_of.setdefault(region, []).extend(parts)
    trenches, without_line, warnings, taken = [], [], [], set(parts_of)
    for region, parts in parts_of.items():
        pieces = [np.concatenate(parts)] if are_points and parts else parts
        pieces = [piece for piece in pieces if np.ptp(piece, axis=0).any()]
        if not pieces:
            without_line.append(region)
            warnings.append(f"Region '{region}' has no line of some length and is left out.")
            continue
        n_drawn, pieces = len(pieces), _once(pieces)
        if len(pieces) < n_drawn:
            n_repeated = n_drawn - len(pieces)
            warnings.append(f"Region '{region}': {n_repeated} of {n_drawn} lines repeat another and are left out.")
        joined = join_pieces(pieces, largest_gap_km)
        names = [region] if len(joined) == 1 else [_unique(region, taken) for _ in joined]
        if len(joined) > 1:
            warnings.append(
                f"The {len(pieces)} lines of region '{region}' cannot be put end to end with gaps of at most "
                f"{largest_gap_km:g} km: they become the regions {_quoted(names)}. To make them one, "
                "choose a larger gap."
            )
        for name, found in zip(names, joined):
            line = trench_line(found.longitude, found.latitude)
            _refuse_crossing(name, line)
            trenches.append(Trench(name, line, _points_note(line) if are_points else _pieces_note(found)))
    return trenches, without_line, warnings


def turned_round(trenches, names):
    """Return the trenches, those with one of the ``names`` (text, separated by commas) in the other direction.

    Raises
    ------
    DataError
        If there is no such region.
    """
    wanted = {name.strip() for name in names.split(",")} - {""}
    unknown = wanted - {trench.region for trench in trenches}
    if unknown:
        raise DataError(
            f"There is no region {_quoted(sorted(unknown))} to turn round. The regions are: "
            f"{', '.join(trench.region for trench in trenches)}."
        )
    return [_turned(trench) if trench.region in wanted else trench for trench in trenches]


def _turned(trench):
    line = trench_line(trench.line.longitude[::-1], trench.line.latitude[::-1])
    return replace(trench, line=line, note=f"{trench.note}{', ' if trench.note else ''}turned round as asked")


def _regions(table, region_field, layer_name, are_points):
    """Return the name of the region of every feature."""
    if not region_field:
        alone = are_points or len(table.geometries) == 1
        return [layer_name if alone else str(number) for number in range(1, len(table.geometries) + 1)]
    if table.fields.indexOf(region_field) < 0:
        raise DataError(f"{_LABEL} has no field '{region_field}'. Its fields are: {', '.join(table.fields.names())}.")
    names = [_name(value) for value in table.column(region_field)]
    if "" in names:
        raise DataError(
            f"{names.count('')} of {len(names)} features of the trench layer have no region in '{region_field}' (the "
            f"first is feature {names.index('') + 1}). Fill it in, or filter these features out."
        )
    return names


def _name(value):
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _in_degrees(geometries, crs, context):
    """Return the parts of every geometry, each the longitude and latitude of its vertices (n, 2)."""
    drawn = [_parts(geometry) for geometry in geometries]
    lengths = [len(part) for parts in drawn for part in parts]
    if not lengths:
        raise DataError(f"No feature of {_LABEL.lower()} has a geometry. Check its filter and selection.")
    xy = np.concatenate([part for parts in drawn for part in parts])
    refuse_wrong_unit(xy, crs, _LABEL)
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    if crs != degrees:
        xy, failed = transformed(xy, crs, degrees, context)
        if failed:
            raise DataError(
                f"{failed} of {len(xy)} vertices of the trench layer lie where {crs_name(crs)} is not defined. Check "
                "the layer's coordinate system."
            )
    moved = iter(np.split(xy, np.cumsum(lengths)[:-1]))
    return [[next(moved) for _ in parts] for parts in drawn]


def _parts(geometry):
    if geometry.isNull() or geometry.isEmpty():
        return []
    straight = QgsGeometry(geometry.constGet().segmentize())
    return [np.array([(vertex.x(), vertex.y()) for vertex in part.vertices()]) for part in straight.constParts()]


def _once(pieces):
    """Return the pieces without those that have the vertices of an earlier one, in either direction."""
    known, different = set(), []
    for piece in pieces:
        places = np.round(np.stack([piece[:, 0] % 360.0, piece[:, 1]], axis=1), 9)
        if places.tobytes() not in known:
            known.update((places.tobytes(), places[::-1].tobytes()))
            different.append(piece)
    return different


def _unique(region, taken):
    number = 1
    while f"{region}-{number}" in taken:
        number += 1
    taken.add(f"{region}-{number}")
    return f"{region}-{number}"


def _refuse_crossing(region, line):
    drawn = QgsGeometry(QgsLineString(np.unwrap(line.longitude, period=360.0).tolist(), line.latitude.tolist()))
    if drawn.isSimple():
        return
    ends = {(point.x(), point.y()) for point in (drawn.vertexAt(0), drawn.vertexAt(len(line.longitude) - 1))}
    noded = QgsGeometry.unaryUnion([drawn])  # cut wherever the line meets itself
    nodes = {(end.x(), end.y()) for part in noded.constParts() for end in (part.startPoint(), part.endPoint())}
    longitude, latitude = min(nodes - ends or ends)
    longitude = continuous(longitude, 0.0)
    raise DataError(
        f"The trench of region '{region}' crosses or retraces itself at longitude {longitude:.2f}, latitude "
        f"{latitude:.2f}. Remove the loop or the line drawn twice; points must stand in their order along the trench."
    )


def _points_note(line):
    widest = np.diff(line.distance_m).max() / 1000.0
    return f"a line through {len(line.longitude)} points in their order, at most {widest:.0f} km apart"


def _pieces_note(found):
    if len(found.order) == 1:
        return ""
    note = f"lines {_numbers(found.order)} joined in this order"
    if max(found.gaps_km) > 1.0:
        note += f", gaps of up to {max(found.gaps_km):.0f} km closed by straight lines"
    if found.reversed:
        note += f", line {_numbers(found.reversed)} turned because it was drawn the other way round"
    return note


def _quoted(names):
    return ", ".join(f"'{name}'" for name in names)


def _numbers(indices):
    return ", ".join(str(index + 1) for index in indices)
