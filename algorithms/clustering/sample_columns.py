"""Deciding which columns of a raw table are measurements, and saying what happened to every cell."""

from dataclasses import dataclass

import numpy as np

from .quantities import DETECTION_FACTOR, parse_quantities
from .units import unit_of

NUMERIC_SHARE = 0.9  # of the filled cells, for a column to become numeric
_EXAMPLES = 8  # cells named in one note


@dataclass(frozen=True)
class SampleColumn:
    """One column as it goes into a layer.

    Attributes
    ----------
    name : str
    values : list
        ``n_records`` floats (NaN = missing) when numeric, otherwise text, None where blank.
    is_numeric : bool
    below_detection : ndarray (n_records,) bool
    """

    name: str
    values: list
    is_numeric: bool
    below_detection: np.ndarray


def sample_columns(table, id_field):
    """Turn each column of a table into numbers, if nearly all of its filled cells are numbers, or else into text.

    Parameters
    ----------
    table : RawTable
    id_field : str
        Column that names the records and therefore stays text; "" for none.

    Returns
    -------
    tuple of SampleColumn, tuple of str
        The columns in the table's order, and a note for all that was replaced, could not be read or is in doubt.
    """
    columns, notes = [], []
    for name, cells in zip(table.names, table.columns):
        if name == id_field:
            columns.append(_as_text(name, cells))
            continue
        parsed = parse_quantities(cells, table.decimal_mark)
        n_filled = len(cells) - parsed.n_blank
        n_numbers = n_filled - len(parsed.unreadable)
        is_numeric = np.isfinite(parsed.values).any() and n_numbers >= NUMERIC_SHARE * n_filled
        if is_numeric:
            columns.append(SampleColumn(name, parsed.values.tolist(), True, parsed.below_detection))
            notes.extend(_notes(name, parsed, table.records))
        else:
            columns.append(_as_text(name, cells))
            if n_numbers:
                notes.append(
                    f"'{name}' stays text: {n_numbers} of its {n_filled} filled cells are numbers "
                    f"(others: {_cells(parsed.unreadable, table.records)})."
                )
    return tuple(columns), tuple(notes)


def below_detection_names(columns):
    """Return, per record, the names of the columns that were below detection, joined by "; " (None for none)."""
    censored = [column for column in columns if column.below_detection.any()]
    if not columns:
        return []
    return [
        "; ".join(column.name for column in censored if column.below_detection[record]) or None
        for record in range(len(columns[0].values))
    ]


def _notes(name, parsed, records):
    below = parsed.below_detection
    if below.any():
        unlimited = int((below & np.isnan(parsed.values)).sum())
        text = f"'{name}': {int(below.sum())} of {len(below)} cells are below the detection limit"
        if unlimited < below.sum():
            text += f"; {DETECTION_FACTOR} of the limit was taken"
        if unlimited:
            text += f"; {unlimited} state no limit and are empty"
        yield text + "."
    if parsed.above_range.any():
        yield f"'{name}': {int(parsed.above_range.sum())} cells above the range (such as '>100') hold the bound itself."
    if parsed.unreadable:
        yield f"'{name}': {len(parsed.unreadable)} cells are no numbers and are empty: {_cells(parsed.unreadable, records)}."
    if parsed.ambiguous:
        row, text = parsed.ambiguous[0]
        limit = parsed.values[row] / (DETECTION_FACTOR if below[row] else 1.0)
        yield (
            f"'{name}': in {len(parsed.ambiguous)} cells the mark may be decimal or for thousands; "
            f"'{text}' ({records[row]}) was read as {limit:.10g}. Check one, and write the column without thousands marks."
        )
    unit = unit_of(name)
    if parsed.unit and parsed.unit != unit:
        said = f"its name says {unit}" if unit else "its name says no unit"
        yield f"'{name}': the cells carry the unit {parsed.unit}, but {said}. Check the name."


def _as_text(name, cells):
    return SampleColumn(name, [_text(cell) for cell in cells], False, np.zeros(len(cells), dtype=bool))


def _text(cell):
    if cell is None or isinstance(cell, str):
        return cell
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _cells(unreadable, records):
    shown = ", ".join(f"'{text}' ({records[row]})" for row, text in unreadable[:_EXAMPLES])
    return shown + (f" and {len(unreadable) - _EXAMPLES} more" if len(unreadable) > _EXAMPLES else "")
