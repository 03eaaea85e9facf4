"""Which fields of a layer are measurements, and how they become a table of features."""

import re

from ...algorithms.errors import DataError

BELOW_DETECTION_FIELD = "below_dl"  # written by import_samples
_NOT_MEASURED = re.compile(  # database keys, and the fields that the clustering tools write
    r"ogc_fid|objectid|gid|index|prob_\d+"
    r"|(fid|cluster|confidence|entropy|agreement|silhouette|outside|out_ratio|z\d+)(_in\d*)?",
    re.IGNORECASE,
)
_NUMERIC_SHARE = 0.9  # of the filled cells, for a text field to count as measured


def measured_fields(fields):
    """Return the names of the numeric fields that are no id, no coordinate and not written by our tools."""
    return [field.name() for field in fields if field.isNumeric() and _is_measurement(field.name())]


def choose_fields(table, chosen, name_filter):
    """Return the names of the fields to cluster on.

    Parameters
    ----------
    table : PointTable
    chosen : sequence of str
        Fields the user named; empty = every measured field, numeric or text that holds numbers.
    name_filter : str
        Only fields whose name contains this text, whatever the case; empty = all.

    Raises
    ------
    DataError
        If a field is missing, holds no numbers, or nothing is left.
    """
    present = table.fields.names()
    missing = [name for name in chosen if name not in present]
    if missing:
        raise DataError(
            f"The input layer has no field {', '.join(map(repr, missing))}. Its fields are: {', '.join(present)}."
        )
    names = list(chosen)
    if not names:
        measured = set(measured_fields(table.fields))
        names = [name for name in present if name in measured or _is_numeric_text(table, name)]
    filtered = [name for name in names if name_filter.casefold() in name.casefold()]
    if not filtered and names and name_filter:
        raise DataError(f"No field contains '{name_filter}'. The fields to choose from are: {', '.join(names)}.")
    if not filtered:
        raise DataError("The input layer has no numeric field that is not an id or a coordinate.")
    return filtered


def feature_table(table, names):
    """Read fields of a layer as numbers.

    Text is parsed as laboratories write it (decimal commas, "<0,01"); the field ``below_dl`` of imported
    samples tells which numbers stand for a value below the detection limit.

    Returns
    -------
    FeatureTable
    notes : list of str
        Cells that could not be read, by field.
    """
    import numpy as np

    from ...algorithms.clustering.features import FeatureTable
    from ...algorithms.clustering.quantities import parse_quantities

    below_names = _below_detection_names(table)
    values = np.empty((len(table.attributes), len(names)))
    below = np.zeros(values.shape, dtype=bool)
    notes = []
    for position, name in enumerate(names):
        parsed = parse_quantities(table.column(name))
        values[:, position] = parsed.values
        below[:, position] = parsed.below_detection | [name in sample for sample in below_names]
        if parsed.unreadable:
            row, text = parsed.unreadable[0]
            notes.append(
                f"'{name}': {len(parsed.unreadable)} cells are no numbers and count as blank "
                f"(the first is '{text}' in feature {row + 1})."
            )
    return FeatureTable(tuple(names), values, below), notes


def _is_measurement(name):
    from ...algorithms.clustering.coordinates import axis_of, is_id

    return not (_NOT_MEASURED.fullmatch(name) or is_id(name) or axis_of(name)[0])


def _is_numeric_text(table, name):
    from ...algorithms.clustering.quantities import parse_quantities

    field = table.fields.field(name)
    if field.isNumeric() or not _is_measurement(name) or name == BELOW_DETECTION_FIELD:
        return False
    column = table.column(name)
    if not any(isinstance(cell, str) and cell.strip() for cell in column):
        return False
    parsed = parse_quantities([cell if isinstance(cell, str) else None for cell in column])
    n_filled = len(column) - parsed.n_blank
    return n_filled > 0 and n_filled - len(parsed.unreadable) >= _NUMERIC_SHARE * n_filled


def _below_detection_names(table):
    if BELOW_DETECTION_FIELD not in table.fields.names():
        return [()] * len(table.attributes)
    return [set((text or "").split("; ")) for text in table.column(BELOW_DETECTION_FIELD)]
