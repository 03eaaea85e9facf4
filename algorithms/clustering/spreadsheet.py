"""Reading a table out of a spreadsheet as people keep them: merged titles, odd encodings, samples in columns."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError
from .coordinates import looks_like_variable
from .quantities import decimal_mark_of, parse_quantities
from .units import unit_of
from .workbook_cells import read_cells

_HEADER_DEPTH = 30  # rows in which the header is sought


@dataclass(frozen=True)
class RawTable:
    """Named columns of raw cells.

    Attributes
    ----------
    names : tuple of str
        Unique, whatever the case.
    columns : tuple of list
        One list of ``n_records`` raw cells per name: numbers, text, dates, or None where blank.
    records : tuple of str
        Where each record stands in the sheet: "row 7" or "column F".
    sheet : str
        Empty for a text file.
    header : str
        Where the names stand in the sheet: "row 3", "column A", "" when there were none.
    decimal_mark : str
        Decimal mark of the numbers written as text; "" when they do not tell.
    notes : tuple of str
        What was found and decided on the way.
    """

    names: tuple
    columns: tuple
    records: tuple
    sheet: str
    header: str
    decimal_mark: str
    notes: tuple

    def column(self, name):
        """Return the cells of one column."""
        return self.columns[self.names.index(name)]


@dataclass(frozen=True)
class _Grid:
    """A rectangle of cells with the sheet's own labels of its rows and columns."""

    rows: list
    row_labels: list
    column_labels: list

    def transposed(self):
        return _Grid([list(column) for column in zip(*self.rows)], self.column_labels, self.row_labels)


def read_table(path, sheet="", orientation="auto"):
    """Read the table in a spreadsheet or a text file.

    Parameters
    ----------
    path : str or Path
        ``.xlsx``, ``.xlsm``, ``.xls``, ``.csv``, ``.tsv`` or ``.txt``; the content decides, not the suffix.
    sheet : str
        Name of the sheet; empty for the first that holds a table.
    orientation : {"auto", "rows", "columns"}
        Whether each sample is a row or a column. ``"auto"`` looks for the names of variables in the header row
        and in the first column.

    Returns
    -------
    RawTable

    Raises
    ------
    DataError
        If the file is missing, empty, damaged, encrypted or no table, or the sheet is not there.
    """
    cells = read_cells(path, sheet)
    place = f"Sheet '{cells.sheet}' of '{Path(path).name}'" if cells.sheet else f"'{Path(path).name}'"
    grid = _without_blanks(cells.rows)
    if not grid.rows:
        raise DataError(f"{place} is empty. Choose the sheet or file that holds the samples.")
    notes = list(cells.notes)
    if orientation == "auto":
        orientation = _orientation(grid)
        if orientation == "columns":
            notes.append(f"{place}: each sample is a column, for the first column names the variables.")
    if orientation == "columns":
        grid = grid.transposed()
    header = _header_position(grid.rows)
    if header is None:
        names, first, header_label = [""] * len(grid.rows[0]), 0, ""
        notes.append(f"{place}: no header was found, so the columns are numbered.")
    else:
        names, first, header_label = grid.rows[header], header + 1, grid.row_labels[header]
        if header:
            skipped = "; ".join(_text(cell) for row in grid.rows[:header] for cell in row if cell is not None)
            notes.append(f"{place}: the names stand in {header_label}; left out above them: {skipped}.")
        if first < len(grid.rows) and _is_row_of_units(grid.rows[first]):
            notes.append(f"{place}: the units in {grid.row_labels[first]} were joined to the names.")
            names, first = [_with_unit(*pair) for pair in zip(names, grid.rows[first])], first + 1
    body = grid.rows[first:]
    if not body:
        raise DataError(f"{place} has a header but no samples beneath it. Choose another sheet or file.")
    columns = [list(column) for column in zip(*body)]
    empty = [all(cell is None for cell in column) for column in columns]
    dropped = [_text(name) for name, blank in zip(names, empty) if blank and name is not None]
    if dropped and header is not None:
        notes.append(f"{place}: without any value and left out: {', '.join(dropped)}.")
    kept = [position for position, blank in enumerate(empty) if not blank]
    columns = tuple(columns[position] for position in kept)
    return RawTable(
        tuple(_unique_names([names[position] for position in kept], kept)),
        columns,
        tuple(grid.row_labels[first:]),
        cells.sheet,
        header_label,
        decimal_mark_of(columns),
        tuple(notes),
    )


def _without_blanks(rows):
    """Return the grid of the cells, blanks as None, without blank rows and columns."""
    width = max((len(row) for row in rows), default=0)
    cleaned, labels = [], []
    for number, row in enumerate(rows, 1):
        row = [_cleaned(cell) for cell in row]
        if any(cell is not None for cell in row):
            cleaned.append(row + [None] * (width - len(row)))
            labels.append(f"row {number}")
    filled = [position for position in range(width) if any(row[position] is not None for row in cleaned)]
    return _Grid(
        [[row[position] for position in filled] for row in cleaned],
        labels,
        [f"column {_column_letters(position)}" for position in filled],
    )


def _cleaned(cell):
    if isinstance(cell, str):
        return cell.strip() or None
    return None if isinstance(cell, float) and cell != cell else cell


def _orientation(grid):
    """Return "columns" when the first column is richer in names of variables than the header row."""
    across = grid.rows[_header_position(grid.rows) or 0]
    return "columns" if _share_of_variables([row[0] for row in grid.rows]) > _share_of_variables(across) else "rows"


def _share_of_variables(cells):
    return sum(looks_like_variable(cell) for cell in cells) / len(cells)


def _header_position(rows):
    """Return the position of the first well-filled row, if most of it is text; None when it is data."""
    width = len(rows[0])
    for position, row in enumerate(rows[:_HEADER_DEPTH]):
        filled = [cell for cell in row if cell is not None]
        if len(filled) < max(2, width / 2) and not width == len(filled) == 1:
            continue
        return position if len(parse_quantities(filled).unreadable) > len(filled) / 2 else None
    return None


def _is_row_of_units(row):
    filled = [cell for cell in row if cell is not None]
    return bool(filled) and all(isinstance(cell, str) and _is_bare_unit(cell) for cell in filled)


def _is_bare_unit(text):
    return unit_of(f"x {text}") != "" and len(text) <= 8 and np.isnan(parse_quantities([text]).values[0])


def _with_unit(name, unit):
    if unit is None or name is None or unit_of(_text(name)):
        return name
    return f"{_text(name)} ({unit.strip('()[] ')})"


def _unique_names(cells, positions):
    """Return one name per column: blank ones by number, repeated ones with a number behind."""
    taken, names = Counter(), []
    for cell, position in zip(cells, positions):
        stem = name = _text(cell) if cell not in (None, "") else f"column_{position + 1}"
        number = 1
        while taken[name.casefold()]:
            number += 1
            name = f"{stem}_{number}"
        taken[name.casefold()] += 1
        names.append(name)
    return names


def _text(cell):
    """Return a cell as one line of text, whole numbers without a decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def _column_letters(position):
    letters = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        letters = chr(65 + digit) + letters
    return letters
