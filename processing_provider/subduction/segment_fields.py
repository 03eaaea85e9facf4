"""The fields of trench segments, and the cells that such a layer describes."""

from dataclasses import dataclass

import numpy as np

from ...algorithms.errors import DataError
from ...algorithms.subduction.trench import SIDES, TrenchCells

SEGMENT_FIELDS = (
    ("region", "text"),
    ("segment", "int"),  # from 0 along each region
    ("s_km", "double"),  # centre, km along the trench from its start
    ("azimuth", "double"),  # of the trench in the direction of the line, degrees, 0 to 360
    ("side", "text"),  # of the downgoing plate
    ("lon", "double"),  # centre on the trench, degrees on WGS84
    ("lat", "double"),
    ("spacing_km", "double"),
    ("up_km", "double"),
    ("down_km", "double"),
)
_NUMBERS = ("s_km", "azimuth", "lon", "lat", "spacing_km", "up_km", "down_km")
_SIZES = ("spacing_km", "up_km", "down_km")
_MAKE_THEM = "Make the segments with the tool 'Trench segments'"


@dataclass(frozen=True, eq=False)
class RegionCells:
    """The cells of one region.

    Attributes
    ----------
    region : str
    rows : ndarray of int (n_cells,)
        Where the cells are in the table, in their order along the trench.
    cells : TrenchCells
    """

    region: str
    rows: np.ndarray
    cells: TrenchCells


def segment_rows(region, cells):
    """Yield the attributes of each of a region's cells, in the order of :data:`SEGMENT_FIELDS`."""
    sizes = [float(size) for size in (cells.spacing_km, cells.width_up_km, cells.width_down_km)]
    columns = (cells.s_km, cells.azimuth, cells.longitude, cells.latitude)
    for number, (s_km, azimuth, longitude, latitude) in enumerate(np.stack(columns, axis=1).tolist()):
        yield [region, number, s_km, azimuth, cells.side, longitude, latitude, *sizes]


def cells_by_region(table):
    """Return the cells of a layer of trench segments, one :class:`RegionCells` per region, in order of appearance.

    Segments may be missing, as in a selection, and in any order.

    Parameters
    ----------
    table : AttributeTable

    Raises
    ------
    DataError
        If a field is missing or has unusable values, or the segments of a region do not go together.
    """
    needed = [name for name, _ in SEGMENT_FIELDS if name != "segment"]
    missing = [name for name in needed if table.fields.indexOf(name) < 0]
    if missing:
        raise DataError(
            f"The segment layer has no field {', '.join(repr(name) for name in missing)}. {_MAKE_THEM} and keep its "
            "fields."
        )
    numbers = {name: _numbers(table.column(name), name) for name in _NUMBERS}
    regions = np.array([_text(value, "region") for value in table.column("region")])
    sides = np.array([_text(value, "side") for value in table.column("side")])
    return [
        _region_cells(region, np.flatnonzero(regions == region), numbers, sides)
        for region in dict.fromkeys(regions.tolist())
    ]


def _region_cells(region, rows, numbers, sides):
    rows = rows[np.argsort(numbers["s_km"][rows], kind="stable")]
    column = {name: values[rows] for name, values in numbers.items()}
    for name in _SIZES:
        if not np.allclose(column[name], column[name][0], rtol=1e-6, atol=0.0):
            raise DataError(
                f"The segments of region '{region}' differ in their field '{name}' ({column[name].min():g} to "
                f"{column[name].max():g}). Give each run of 'Trench segments' its own region names."
            )
        if column[name][0] <= 0:
            raise DataError(f"The field '{name}' of region '{region}' is not above 0. {_MAKE_THEM}.")
    side = set(sides[rows].tolist())
    if len(side) > 1 or not side <= set(SIDES):
        raise DataError(
            f"The segments of region '{region}' have side {', '.join(sorted(side))}: all of a region must have one, "
            f"{' or '.join(SIDES)}. {_MAKE_THEM}."
        )
    if np.any(np.abs(column["lat"]) > 90) or np.any(np.abs(column["lon"]) > 540):
        raise DataError(f"The fields 'lon' and 'lat' of region '{region}' are no degrees. {_MAKE_THEM}.")
    repeated = column["s_km"][1:][np.diff(column["s_km"]) <= 0]
    if len(repeated):
        raise DataError(
            f"Region '{region}' has two segments at {repeated[0]:g} km along the trench. Give each trench its own "
            "region name."
        )
    places = (column[name] for name in ("s_km", "lon", "lat", "azimuth"))
    sizes = (float(column[name][0]) for name in _SIZES)
    return RegionCells(region, rows, TrenchCells(*places, *sizes, side.pop()))


def _numbers(values, name):
    try:
        numbers = np.array([np.nan if value is None else float(value) for value in values])
    except (TypeError, ValueError):
        numbers = np.array([np.nan])
    if not np.isfinite(numbers).all():
        raise DataError(f"The field '{name}' of the segment layer is blank or no number somewhere. {_MAKE_THEM}.")
    return numbers


def _text(value, name):
    text = "" if value is None else str(value).strip()
    if not text:
        raise DataError(f"The field '{name}' of the segment layer is blank somewhere. {_MAKE_THEM}.")
    return text
