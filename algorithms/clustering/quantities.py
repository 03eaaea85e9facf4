"""Reading measured quantities: numbers as laboratories write them."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from numbers import Real

import numpy as np

from .units import unit_behind
from .words import folded

#: A value below the detection limit DL is replaced by this share of DL, the usual choice for
#: left-censored compositions (Martin-Fernandez et al. 2003, Math. Geol. 35, 253-278).
DETECTION_FACTOR = 0.65

_BLANK = {"", "na", "nan", "null", "none", "<na>", "nat", "#na", "olculmedi", "analizedilmedi", "notanalysed"}
_BELOW_DETECTION = set(
    "bdl bd bld udl bql nd ld < <dl <ld <lod <loq <mdl <lld <rl tr trace traces iz eser notdetected belowdetection "
    "belowdetectionlimit tespitedilemedi tespitedilmedi bulunamadi yok".split()
)
_CHARACTERS = str.maketrans(
    {**dict.fromkeys("−–‒﹣－", "-"), **dict.fromkeys("\u00a0\u202f\u2009\u2007\t", " "), "’": "'", "≤": "<", "≥": ">"}
)
_CELL = re.compile(
    r"(?P<limit>[<>]=?|(?=bdl|bd\b))?\s*(?:(?:dl|ld|lod|loq|mdl|lld|rl|bdl|bd)\b\s*[:=(]?\s*)?"
    r"(?P<sign>[+-]?)\s*(?P<digits>[0-9][0-9., ']*|[.,][0-9]+)(?P<exponent>e[+-]?[0-9]+)?\)?\s*(?P<unit>[^0-9+<>=-].*)?",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[ '][0-9]{3})+(?:[.,][0-9]*)?")
_NOT_PLAIN = re.compile(r"[^0-9.eE+\- ]")


@dataclass(frozen=True)
class Quantities:
    """One column of ``n`` cells as numbers.

    Attributes
    ----------
    values : ndarray (n,) float64
        In the unit of the column; NaN where missing. Below detection: ``DETECTION_FACTOR`` times the limit,
        NaN when the limit is not given. Above range (">100"): the stated bound.
    below_detection, above_range : ndarray (n,) bool
    unreadable : tuple of (int, str)
        Position and text of the cells that are neither blank nor a finite number (their value is NaN).
    unit : str
        The unit most of the cells carry behind the number; empty when they carry none.
    ambiguous : tuple of (int, str)
        Cells such as "1,234" whose column does not tell a decimal mark from a thousands separator.
    """

    values: np.ndarray
    below_detection: np.ndarray
    above_range: np.ndarray
    unreadable: tuple = ()
    unit: str = ""
    ambiguous: tuple = ()

    @property
    def n_blank(self):
        """Number of cells that hold nothing: no value, no detection limit, no unreadable text."""
        return int((np.isnan(self.values) & ~self.below_detection).sum()) - len(self.unreadable)


@dataclass(frozen=True)
class _Number:
    """A number read from text; ``mark`` is "." or "," where one such mark may be decimal or thousands."""

    mantissa: str  # with "." as the decimal mark, under the reading that ``mark`` is decimal
    exponent: str
    limit: str  # "<", ">" or ""
    unit: str
    mark: str
    decimal_marks: str
    thousands_marks: str

    def value(self, mark_is_decimal=True):
        mantissa = self.mantissa if mark_is_decimal else self.mantissa.replace(".", "")
        return float(mantissa + self.exponent)


def parse_quantities(cells, decimal_mark=""):
    """Read a column of cells as numbers.

    Parameters
    ----------
    cells : sequence
        Numbers, text, None, NaN or ``Decimal``. Booleans, dates and other objects are unreadable.
    decimal_mark : {"", ".", ","}
        The mark used elsewhere in the table (see :func:`decimal_mark_of`). It only matters for cells such as
        "1,234" in a column where no other cell tells; without it such a mark is taken as decimal.

    Returns
    -------
    Quantities

    Notes
    -----
    Blank: empty, "-", "n.a.", "NaN". Below detection without a limit: "bdl", "n.d.", "tr", "iz", "eser".
    A number may be followed by a unit; cells whose unit differs from that of most others are unreadable,
    for their values would be on another scale.
    """
    if not isinstance(cells, (list, np.ndarray)):
        cells = list(cells)
    numeric = _numeric(cells)
    if numeric is not None:
        infinite = np.isinf(numeric)
        unreadable = tuple((int(row), str(numeric[row])) for row in np.flatnonzero(infinite))
        nothing = np.zeros(numeric.shape, dtype=bool)
        return Quantities(np.where(infinite, np.nan, numeric), nothing, nothing.copy(), unreadable)
    plain = None if decimal_mark == "," else _plain_texts(cells)
    if plain is not None:
        nothing = np.zeros(plain.shape, dtype=bool)
        return Quantities(plain, nothing, nothing.copy())
    return _parse_texts(cells, decimal_mark)


def decimal_mark_of(columns, depth=2000):
    """Return the decimal mark that the text cells of a table use, "" when they do not tell or disagree.

    ``columns`` is a sequence of sequences of cells, of which the first ``depth`` are looked at.
    """
    marks = Counter()
    for cells in columns:
        for cell in cells[:depth]:
            number = _read_text(cell) if isinstance(cell, str) else None
            if isinstance(number, _Number):
                marks.update(number.decimal_marks or {",": ".", ".": ","}.get(number.thousands_marks, ""))
    return max(marks, key=marks.get) if len(marks) == 1 else ""


def _numeric(cells):
    """Return float64 values if every cell is a plain number, None or NaN already; otherwise None."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "iuf":
        return cells.astype(np.float64)
    if not set(map(type, cells)) <= {float, int, np.float64, type(None)}:
        return None
    try:
        return np.array(cells, dtype=np.float64)  # None becomes NaN
    except OverflowError:  # an integer beyond 1e308
        return None


def _plain_texts(cells):
    """Return float64 values if every cell is blank or a number written with a decimal point; otherwise None."""
    if not set(map(type, cells)) <= {str, type(None)}:
        return None
    texts = [cell.strip() if cell else "" for cell in cells]
    if _NOT_PLAIN.search(" ".join(texts)):
        return None
    try:
        values = np.array([float(text) if text else math.nan for text in texts], dtype=np.float64)
    except ValueError:
        return None
    return None if np.isinf(values).any() else values


def _parse_texts(cells, decimal_mark):
    values = np.full(len(cells), np.nan)
    below, above = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    numbers, unreadable, ambiguous = [], [], []
    for cell, rows in _distinct(cells, values):
        number = _read(cell)
        if isinstance(number, _Number):
            numbers.append((number, cell, rows))
        elif number is None:
            unreadable.extend((row, str(cell)) for row in rows)
        elif number == "<":
            below[rows] = True
        else:
            values[rows] = number
    units = Counter()
    for number, _, rows in numbers:
        units[number.unit] += len(rows) if number.unit else 0
    unit = max(units, key=units.get, default="")
    is_decimal = {mark: _is_decimal(mark, [number for number, _, _ in numbers]) for mark in ".,"}
    for number, cell, rows in numbers:
        decided = is_decimal[number.mark] if number.mark else True
        if decided is None:
            ambiguous.extend((row, str(cell)) for row in rows)
            decided = decimal_mark in ("", number.mark)
        value = number.value(decided)
        if not math.isfinite(value) or number.unit not in ("", unit) or (number.limit == "<" and value < 0):
            unreadable.extend((row, str(cell)) for row in rows)
            continue
        below[rows], above[rows] = number.limit == "<", number.limit == ">"
        if number.limit == "<":
            value = DETECTION_FACTOR * value if value > 0 else math.nan  # "<0" states no limit
        values[rows] = value
    return Quantities(values, below, above, tuple(sorted(unreadable)), unit, tuple(sorted(ambiguous)))


def _distinct(cells, values):
    """Put finite floats into ``values`` and return each other cell, equal texts once, with its rows."""
    rows_of, others = {}, []
    for row, cell in enumerate(cells):
        if isinstance(cell, str):
            rows_of.setdefault(cell, []).append(row)
        elif isinstance(cell, float) and math.isfinite(cell):
            values[row] = cell
        elif cell is not None:
            others.append((cell, [row]))
    return [*rows_of.items(), *others]


def _is_decimal(mark, numbers):
    """Whether the column's other cells show ``mark`` to be decimal; None when they do not tell."""
    other = "," if mark == "." else "."
    votes = sum(
        (mark in number.decimal_marks)
        + (other in number.thousands_marks)
        - (other in number.decimal_marks)
        - (mark in number.thousands_marks)
        for number in numbers
    )
    return None if votes == 0 else votes > 0


def _read(cell):
    """Return a float (NaN = blank), "<" (below detection, no limit), a :class:`_Number`, or None (unreadable)."""
    if cell is None:
        return math.nan
    if isinstance(cell, (bool, np.bool_)):
        return None
    if isinstance(cell, Real) or type(cell).__name__ == "Decimal":
        try:
            value = float(cell)
        except (OverflowError, ValueError):  # beyond 1e308, or a signalling NaN
            return None
        return None if math.isinf(value) else value
    return _read_text(str(cell))


def _read_text(text):
    text = text.translate(_CHARACTERS).strip().strip("'\"")
    match = _CELL.fullmatch(text)
    if match:
        unit = unit_behind(match["unit"])
        number = None if unit is None else _number(match["digits"].strip(), match, unit)
        if number is not None:
            return number
    word = re.sub(r"[\s./()_-]", "", folded(text))
    if word in _BLANK:
        return math.nan
    return "<" if word in _BELOW_DETECTION else None


def _number(digits, match, unit):
    """Return the :class:`_Number` that ``digits`` with their marks and spaces spell, or None."""
    marks = [letter for letter in digits if letter in ".,"]
    decimal, thousands, open_mark = "", "", ""
    if " " in digits or "'" in digits:
        if not _GROUPED.fullmatch(digits):
            return None
        digits, decimal = re.sub("[ ']", "", digits), "".join(marks)
    elif len(set(marks)) == 2:
        decimal, thousands = marks[-1], marks[0]
    elif len(marks) > 1:
        thousands = marks[0]
    elif marks:
        before, after = digits.split(marks[0])
        if len(after) == 3 and len(before) <= 3 and before[:1] not in ("", "0"):
            open_mark = marks[0]
        else:
            decimal = marks[0]
    if thousands:
        grouped = rf"[0-9]{{1,3}}(?:\{thousands}[0-9]{{3}})+" + (rf"\{decimal}[0-9]*" if decimal else "")
        if not re.fullmatch(grouped, digits):
            return None
        digits = digits.replace(thousands, "")
    limit = "" if match["limit"] is None else (match["limit"][:1] or "<")
    mantissa = match["sign"] + digits.replace(",", ".")
    return _Number(mantissa, match["exponent"] or "", limit, unit, open_mark, decimal, thousands)
