"""Finding the coordinate columns of a table by name, and judging them by value."""

import re
from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .quantities import parse_quantities
from .units import mass_factor, unit_of
from .words import folded, words

_EAST_WORDS = {"easting": 3, "longitude": 3, "boylam": 3, "dogu": 3, "saga": 3, "sag": 3, "lon": 3, "long": 3, "lng": 3}
_NORTH_WORDS = {"northing": 3, "latitude": 3, "enlem": 3, "kuzey": 3, "yukari": 3, "lat": 3}
_EAST_LETTERS = {"x": 1, "e": 1, "utme": 2, "utmx": 2, "xcoord": 2, "xcoor": 2, "coordx": 2, "pointx": 2, "east": 2}
_NORTH_LETTERS = {"y": 1, "n": 1, "utmn": 2, "utmy": 2, "ycoord": 2, "ycoor": 2, "coordy": 2, "pointy": 2, "north": 2}
_EAST, _NORTH = {**_EAST_WORDS, **_EAST_LETTERS}, {**_NORTH_WORDS, **_NORTH_LETTERS}
_DEGREE_WORDS = {"longitude", "latitude", "boylam", "enlem", "lon", "long", "lng", "lat"}
#: words that may stand beside the axis without making the column something else
_COMPANIONS = set(
    "utm coord coords coor coordinate koordinat koordinati koor deger degeri metre meter m deg degree degrees derece "
    "wgs nad ed turef dd decimal zone zon dilim point".split()
)
_ZONE_WORD = re.compile("(?:utm|zone|zon|tm|wgs|nad|ed|itrf)?[0-9]+[a-z]?")
_ID_WORDS = (
    "numune",
    "ornek",
    "sample",
    "kuyu",
    "well",
    "borehole",
    "sondaj",
    "station",
    "istasyon",
    "id",
    "code",
    "event",
)
_ID_COMPANIONS = set("no id adi ad name number numarasi kodu kod code num sample numune ornek kuyu well".split())
_VARIABLE_WORDS = {"ph", "eh", "ec", "tds", "temp", "temperature", "sicaklik", "depth", "derinlik", "elevation", "kot"}
_SUBSTANCES = set(
    "h he li be b c n o f ne na mg al si p s cl ar k ca sc ti v cr mn fe co ni cu zn ga ge as se br kr rb sr y zr nb "
    "mo ru rh pd ag cd in sn sb te i xe cs ba la ce pr nd sm eu gd tb dy ho er tm yb lu hf ta w re os ir pt au hg tl "
    "pb bi th u sio2 tio2 al2o3 fe2o3 feo mno mgo cao na2o k2o p2o5 cr2o3 so3 so4 hco3 co3 no3 nh4 h2s co2 h2o po4 "
    "loi".split()
)

# WGS 84 / UTM in and around Türkiye, in metres: no easting reaches the northings, so a swap shows by value.
_UTM_EASTINGS = (160_000.0, 840_000.0)
_UTM_NORTHINGS = (3_900_000.0, 4_700_000.0)
_MOSTLY = 0.8  # share of the filled cells of a coordinate column that must be numbers


@dataclass(frozen=True)
class CoordinateColumns:
    """The position of every record.

    Attributes
    ----------
    id_field : str
        Column that names the records; empty when there is none.
    x_field, y_field : str
        Columns of easting or longitude and of northing or latitude, after judging by value.
    xy : ndarray (n_records, 2)
        Metres or degrees; NaN where the record has no usable position.
    in_degrees : bool
    unusable : tuple of (int, str)
        Record and reason for every record without a usable position.
    notes : tuple of str
    """

    id_field: str
    x_field: str
    y_field: str
    xy: np.ndarray
    in_degrees: bool
    unusable: tuple
    notes: tuple


def axis_of(name):
    """Return "x" (easting, longitude), "y" (northing, latitude) or "" for a column's name, and how sure it is.

    English and Turkish, whatever the case and the dots on the i: Easting, Longitude (X), Boylam, Doğu, UTM_E, X;
    Northing, Latitude (Y), Enlem, Kuzey, LATITUDE_NAD83, Y. The words of Turkish surveying (Sağa = easting, called
    Y; Yukarı = northing, called X) win over the letters.

    Returns
    -------
    (str, int)
        Axis and certainty: 3 for a word, 2 for a compound, 1 for a single letter, 0 for none.
    """
    parts = [part for part in re.split(r"[^a-z0-9]+", " ".join(words(name))) if part]
    if not parts or mass_factor(unit_of(name)) is not None:
        return "", 0
    spelled = parts + ["".join(parts)]
    east = max((_EAST.get(part, 0) for part in spelled), default=0)
    north = max((_NORTH.get(part, 0) for part in spelled), default=0)
    known = all(part in _EAST or part in _NORTH or part in _COMPANIONS or _ZONE_WORD.fullmatch(part) for part in parts)
    if east == north or not (known or spelled[-1] in _EAST or spelled[-1] in _NORTH):
        return "", 0
    return ("x", east) if east > north else ("y", north)


def is_id(name):
    """Whether a column's name says that it identifies the records ("NUMUNE", "Sample_ID", "Kuyu No")."""
    parts = words(name)
    return bool(parts) and any(part in _ID_WORDS for part in parts) and set(parts) <= {*_ID_WORDS, *_ID_COMPANIONS}


def looks_like_variable(cell):
    """Whether a cell reads as the name of a measured variable, an axis or an analyte, and not as a value."""
    if not isinstance(cell, str) or not cell[:1].isalpha() and cell[:1] not in "δΔ":
        return False
    if unit_of(cell) or axis_of(cell)[0] or _VARIABLE_WORDS.intersection(words(cell)):
        return True
    return folded(cell) in _SUBSTANCES


def find_coordinates(table, id_field="", x_field="", y_field="", kind=""):
    """Find and judge the coordinate columns of a table.

    Parameters
    ----------
    table : RawTable
    id_field, x_field, y_field : str
        Names given by the user (whatever the case); empty to find them.
    kind : {"", "metres", "degrees"}
        What the coordinates must be, when the table holds both kinds.

    Returns
    -------
    CoordinateColumns

    Raises
    ------
    DataError
        If a named column does not exist, or no pair of coordinate columns is found.
    """
    notes = []
    id_name = _named(table, id_field, "id") or next((name for name in table.names if is_id(name)), "")
    numbers = {}

    def values(name):
        if name not in numbers:
            numbers[name] = parse_quantities(table.column(name), table.decimal_mark).values
        return numbers[name]

    x_name, y_name = _named(table, x_field, "x"), _named(table, y_field, "y")
    if not (x_name and y_name):
        x_name, y_name, how = _best_pair(table, values, x_name, y_name, kind)
        notes.append(how)
    xy = np.column_stack([values(x_name), values(y_name)])
    in_degrees = _are_degrees(xy)
    xy, unusable = _usable(table, xy, (x_name, y_name), in_degrees)
    if _swapped(xy, in_degrees):
        notes.append(
            f"The axes are swapped: '{x_name}' holds {'latitudes' if in_degrees else 'northings'} "
            f"({_range(xy[:, 0])}) and '{y_name}' {'longitudes' if in_degrees else 'eastings'} ({_range(xy[:, 1])}). "
            f"'{y_name}' was taken as x and '{x_name}' as y."
        )
        x_name, y_name, xy = y_name, x_name, xy[:, ::-1].copy()
    else:
        notes.extend(_doubts(xy, x_name, y_name, in_degrees))
    if not in_degrees and _DEGREE_WORDS.intersection([*words(x_name), *words(y_name)]):
        notes.append(f"'{x_name}' and '{y_name}' are named like degrees but hold metres, and were read as metres.")
    return CoordinateColumns(id_name, x_name, y_name, xy, in_degrees, unusable, tuple(notes))


def require_fit(coordinates, crs_in_degrees, crs_name):
    """Raise a :class:`DataError` when the coordinates cannot be in the coordinate system they are said to be in."""
    known = coordinates.xy[np.isfinite(coordinates.xy).all(axis=1)]
    if not len(known) or coordinates.in_degrees == crs_in_degrees:
        return
    columns = f"'{coordinates.x_field}' and '{coordinates.y_field}'"
    first = f"(the first is {known[0, 0]:.10g}, {known[0, 1]:.10g})"
    if coordinates.in_degrees:
        raise DataError(
            f"{columns} hold degrees {first}, but {crs_name} is in metres. Leave the grid zone empty, "
            "or set the source coordinate system to EPSG:4326."
        )
    raise DataError(
        f"{columns} hold metres {first}, but {crs_name} is in degrees. "
        "Give the grid zone, such as 35S, or a projected source coordinate system."
    )


def _named(table, name, what):
    """Return the table's spelling of a name given by the user, "" for none."""
    if not name.strip():
        return ""
    if name in table.names:
        return name
    for candidate in table.names:
        if folded(candidate) == folded(name):
            return candidate
    raise DataError(f"There is no column '{name}' for the {what} field. The columns are: {_listed(table.names)}.")


def _best_pair(table, values, x_name, y_name, kind):
    """Return the names of the x and y columns and a note on how they were found."""
    sure = {name: axis_of(name) for name in table.names}
    eastings = [x_name] if x_name else [name for name in table.names if sure[name][0] == "x" and name != y_name]
    northings = [y_name] if y_name else [name for name in table.names if sure[name][0] == "y" and name != x_name]
    best, found = None, None
    for x in eastings:
        for y in northings:
            pair = np.column_stack([values(x), values(y)])
            filled = sum(cell is not None for cell in table.column(x))
            complete = int(np.isfinite(pair).all(axis=1).sum())
            if complete < _MOSTLY * filled or not complete:
                continue
            degrees = _are_degrees(pair)
            fits = kind == "" or (kind == "degrees") == degrees
            merit = (fits, complete, sure[x][1] + sure[y][1], degrees)
            if best is None or merit > best:
                best, found = merit, (x, y)
    if found:
        return (*found, f"Coordinates: x from '{found[0]}', y from '{found[1]}'.")
    if not (x_name or y_name):
        found = _pair_by_value(table, values)
        if found:
            return (
                *found,
                f"Coordinates: no column is named like one, but by their values '{found[0]}' holds eastings and "
                f"'{found[1]}' northings in metres.",
            )
    for name in [*eastings, *northings] if eastings and northings else []:
        if np.isfinite(values(name)).mean() < _MOSTLY:
            example = next((cell for cell in table.column(name) if isinstance(cell, str)), "nothing")
            raise DataError(
                f"The coordinates in '{name}' are mostly not numbers (such as '{example}'). "
                "Write them as metres or as decimal degrees."
            )
    raise DataError(
        f"No coordinate columns were found among: {_listed(table.names)}. Name them as X field and Y field "
        "(and check that samples are rows or columns, as the orientation says)."
    )


def _pair_by_value(table, values):
    """Return the only column that holds UTM eastings and the only one that holds northings, or None."""

    def inside(name, bounds):
        known = values(name)[np.isfinite(values(name))]
        return len(known) >= _MOSTLY * len(table.records) and ((known > bounds[0]) & (known < bounds[1])).all()

    eastings = [name for name in table.names if inside(name, _UTM_EASTINGS)]
    northings = [name for name in table.names if inside(name, _UTM_NORTHINGS)]
    return (eastings[0], northings[0]) if len(eastings) == len(northings) == 1 else None


def _are_degrees(xy):
    known = np.abs(xy[np.isfinite(xy).all(axis=1)])
    return len(known) > 0 and bool((np.median(known, axis=0) <= 180.0).all())


def _usable(table, xy, names, in_degrees):
    """Return the positions with NaN where unusable, and the record and reason of each of those."""
    xy, unusable = xy.copy(), []
    largest = np.abs(xy).max(axis=1)
    for record in range(len(xy)):
        if not np.isfinite(xy[record]).all():
            name = names[0] if not np.isfinite(xy[record, 0]) else names[1]
            cell = table.column(name)[record]
            reason = f"'{name}' is empty" if cell is None else f"'{name}' is '{cell}'"
        elif not xy[record].any():
            reason = "both coordinates are 0"
        elif in_degrees and largest[record] > 180.0:
            reason = "metres among degrees"
        elif in_degrees and np.abs(xy[record]).min() > 90.0:
            reason = "no latitude within 90 degrees"
        elif not in_degrees and largest[record] <= 180.0:
            reason = "degrees among metres"
        else:
            continue
        xy[record] = np.nan
        unusable.append((record, reason))
    return xy, tuple(unusable)


def _swapped(xy, in_degrees):
    """Whether the values leave no doubt that x and y changed places."""
    known = xy[np.isfinite(xy).all(axis=1)]
    if not len(known):
        return False
    if in_degrees:
        return bool((np.abs(known[:, 0]) <= 90.0).all() and np.median(np.abs(known[:, 1])) > 90.0)
    x, y = np.median(known, axis=0)
    return _UTM_NORTHINGS[0] <= x <= _UTM_NORTHINGS[1] and _UTM_EASTINGS[0] <= y <= _UTM_EASTINGS[1]


def _doubts(xy, x_name, y_name, in_degrees):
    """Return a note when the axes may have changed places but the values do not prove it."""
    known = xy[np.isfinite(xy).all(axis=1)]
    if not len(known):
        return []
    x, y = np.median(known, axis=0)
    advice = f"If the axes are swapped, give '{y_name}' as X field and '{x_name}' as Y field."
    if in_degrees and 35.5 <= x <= 42.5 and 25.5 <= y < 35.5:  # Türkiye is 25.5-45 E, 35.5-42.5 N
        return [
            f"As named, the samples lie near longitude {x:.4g}, latitude {y:.4g}; swapped they would lie in Türkiye. "
            + advice
        ]
    if not in_degrees and 1e6 <= x < 1e7 and 1e5 <= y <= 9e5:
        return [
            f"x ({_range(known[:, 0])}) looks like a northing and y ({_range(known[:, 1])}) like an easting. " + advice
        ]
    return []


def _range(values):
    known = values[np.isfinite(values)]
    return f"{known.min():.8g} to {known.max():.8g}"


def _listed(names, most=15):
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
