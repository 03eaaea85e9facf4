"""A layer of trench segments as the table that the maths works on, and which of its fields are features."""

import re

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsFields

from ...algorithms.errors import DataError
from ..layers import field, read_table, transformed

ONE_TRENCH = "trench"  #: name of the region where no field tells regions apart
MAGNITUDE, REGION, POSITION = "mag_max", "region", "s_km"  #: fields as the segment tools write them
_LARGEST_MAGNITUDE = 11.0  # no fault is long enough for more
_LARGEST = 1e30  # beyond are fill values, such as the -1.8e308 that some programs write for NULL
_NO_FEATURE = re.compile(  # keys, places, and what the segment tools write beside the features
    r"fid|ogc_fid|objectid|gid|index|id|x|y|lon|lat|longitude|latitude|easting|northing"
    r"|region|segment|s_km|azimuth|side|spacing_km|up_km|down_km|mag_max|n_events"
    r"|class|class_name|prob|prob_\d+|outside|fold|bias|agreement"
    r"|right|(?:true|pred|net|tree|ctx|near|maj)_(?:class|prob)"  # what classifiers said knows the answer
    r"|(?-i:r_\w+)",  # relevance
    re.IGNORECASE,
)


def typed_fields(source, feedback):
    """Return the fields of a source, those of text that hold nothing but numbers as numbers.

    A CSV file is often read as text alone.
    """
    table = read_table(source, feedback)
    result = QgsFields()
    for old in table.fields:
        is_number = not old.isNumeric() and _holds_numbers(table.column(old.name()))
        result.append(field(old.name(), "double") if is_number else old)
    return result


def feature_names(fields, chosen, region_field, position_field, magnitude_field):
    """Return the names of the fields that are features.

    Parameters
    ----------
    fields : QgsFields
    chosen : sequence of str
        Named by the user; empty = every numeric field that is no id, no coordinate, none of the fields below and
        none that the segment tools write beside the features.
    region_field, position_field, magnitude_field : str

    Returns
    -------
    tuple of str

    Raises
    ------
    DataError
        If a chosen field is missing or is the magnitude, or nothing is left.
    """
    if magnitude_field and magnitude_field in chosen:
        raise DataError(
            f"'{magnitude_field}' holds the magnitudes to be predicted, so it cannot be a feature: remove it from the "
            "features."
        )
    if chosen:
        for name in chosen:
            _require(fields, name, "feature")
        return tuple(dict.fromkeys(chosen))
    others = {region_field, position_field, magnitude_field}
    names = [one.name() for one in fields if one.isNumeric() and one.name() not in others]
    names = tuple(name for name in names if not _NO_FEATURE.fullmatch(re.sub(r"_in\d*$", "", name)))
    if not names:
        raise DataError(
            "The input layer has no numeric field that is a feature (ids, coordinates and the fields of region, "
            "position and magnitude are none). Sample features along the trench first, or choose the fields."
        )
    return names


def read_segments(source, names, region_field, position_field, magnitude_field, context, feedback):
    """Read a layer or table of segments.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
    names : sequence of str
        Fields that are features.
    region_field : str
        Field that names the trench; ``""``, or ``region`` where there is no such field, makes all segments one trench.
    position_field : str
        Distance along the trench, km; ``""`` leaves it unknown.
    magnitude_field : str
        Largest magnitude; ``""`` leaves it unknown.
    context : QgsProcessingContext
    feedback : QgsProcessingFeedback
        Told what was assumed.

    Returns
    -------
    AttributeTable
        The input as it is, in the same order.
    SegmentTable
        The place of a segment is that of the fields ``lon`` and ``lat``, else the centre of its geometry.

    Raises
    ------
    DataError
        If there are no segments, a field is missing or holds text that is no number, or the magnitudes are none.
    """
    from ...algorithms.subduction.segments import SegmentTable

    table = read_table(source, feedback)
    n_segments = len(table.attributes)
    if region_field == REGION and table.fields.lookupField(REGION) < 0:
        feedback.pushInfo("There is no field 'region': all segments count as one trench.")
        region_field = ""
    values = np.empty((n_segments, len(names)))
    for position, name in enumerate(names):
        values[:, position] = _numbers(table, name, "feature")
    unknown = np.full(n_segments, np.nan)
    magnitude = _numbers(table, magnitude_field, "magnitude") if magnitude_field else unknown
    beyond = magnitude > _LARGEST_MAGNITUDE
    if beyond.any():
        raise DataError(
            f"'{magnitude_field}' holds {magnitude[beyond][0]:g} in feature {np.flatnonzero(beyond)[0] + 1}, which is "
            "no magnitude. Choose the field of the largest magnitudes (Mw)."
        )
    longitude, latitude = _places(table, source, context)
    segments = SegmentTable(
        tuple(names),
        values,
        magnitude,
        _regions(table, region_field),
        _numbers(table, position_field, "position") if position_field else unknown,
        longitude,
        latitude,
    )
    return table, segments


def _holds_numbers(cells):
    texts = [cell for cell in cells if cell is not None and str(cell).strip()]
    try:
        return bool([float(text) for text in texts])
    except (TypeError, ValueError):
        return False


def _regions(table, name):
    if not name:
        return np.full(len(table.attributes), ONE_TRENCH)
    _require(table.fields, name, "region")
    return np.array(["" if cell is None else str(cell).strip() for cell in table.column(name)])


def _numbers(table, name, role):
    """Return a field ``(n_features,)`` as numbers, NaN where blank, infinite or a fill value beyond 1e30."""
    _require(table.fields, name, role)
    result = np.empty(len(table.attributes))
    for row, cell in enumerate(table.column(name)):
        blank = cell is None or (isinstance(cell, str) and not cell.strip())
        try:
            result[row] = np.nan if blank else float(cell)
        except (TypeError, ValueError):
            raise DataError(
                f"The {role} field '{name}' holds '{cell}' in feature {row + 1}, which is no number. Choose a numeric "
                "field, or turn it into one with the field calculator."
            ) from None
    return np.where(np.abs(result) < _LARGEST, result, np.nan)


def _require(fields, name, role):
    if fields.indexOf(name) < 0:
        raise DataError(
            f"The input layer has no field '{name}' for the {role}. Its fields are: {', '.join(fields.names())}."
        )


def _places(table, source, context):
    """Return longitude and latitude ``(n_features,)`` in degrees, NaN where unknown, or None where all are."""
    columns = [table.fields.at(found).name() for found in map(table.fields.lookupField, ("lon", "lat")) if found >= 0]
    if len(columns) == 2:
        return tuple(_numbers(table, name, "place") for name in columns)
    crs = source.sourceCrs()
    centres = np.array([_centre(geometry) for geometry in table.geometries])
    if not crs.isValid() or not np.isfinite(centres).any():
        return None, None
    places, _ = transformed(centres, crs, QgsCoordinateReferenceSystem("EPSG:4326"), context)
    return places[:, 0], places[:, 1]


def _centre(geometry):
    """Return the centre of the largest part: a segment across 180 degrees has one part at either end of the map."""
    parts = [] if geometry.isNull() or geometry.isEmpty() else geometry.asGeometryCollection()
    if not parts:
        return np.nan, np.nan
    centre = max(parts, key=lambda part: (part.area(), part.length())).centroid()
    return (np.nan, np.nan) if centre.isNull() else (centre.asPoint().x(), centre.asPoint().y())
