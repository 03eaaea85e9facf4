"""The raw cells of a workbook or a text file, whatever its encoding and delimiter."""

import csv
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream's name in an OLE container (MS-OFFCRYPTO 1.3)
_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = (";", "\t", "|", ",")
_NUMBER_LIKE = re.compile(r"[<>]?\s*[-+−]?[0-9][0-9.,]*(?:[eE][-+]?[0-9]+)?")
_DAMAGED = (  # what openpyxl and xlrd raise on damaged files; SyntaxError is the base of XML errors
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, AssertionError),
)


@dataclass(frozen=True)
class Cells:
    """The rows of one sheet as read: numbers, text, dates, booleans, None. ``sheet`` is "" for a text file."""

    rows: list
    sheet: str
    notes: tuple


def library_for(path):
    """Return the import name of the library that reads this file ("openpyxl", "xlrd"), "" when none is needed."""
    return {"zip": "openpyxl", "ole": "xlrd", "text": ""}[_kind(Path(path), _start(Path(path)))]


def read_cells(path, sheet=""):
    """Read the cells of a sheet (the first one that holds any, if ``sheet`` is empty) or of a text file.

    Raises
    ------
    DataError
        If the file is missing, empty, damaged, encrypted or no table, or the sheet is not there.
    """
    path = Path(path)
    kind = _kind(path, _start(path))
    if kind == "text":
        if sheet:
            raise DataError(f"'{path.name}' is a text file and has no sheet '{sheet}'. Leave the sheet empty.")
        return _read_text(path)
    try:
        return (_read_xlsx if kind == "zip" else _read_xls)(path, sheet)
    except _DAMAGED as error:
        raise DataError(
            f"'{path.name}' is damaged or incomplete and cannot be read as a workbook ({type(error).__name__}). "
            "Open it in a spreadsheet program and save it again, or fetch it anew."
        ) from error


def _start(path):
    if not path.exists():
        raise DataError(f"The file '{path}' does not exist. Check the path.")
    if not path.is_file():
        raise DataError(f"'{path}' is a folder, not a spreadsheet. Choose a file.")
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError as error:
        raise DataError(f"'{path.name}' cannot be opened: {error.strerror}. Check its permissions.") from error


def _kind(path, start):
    """Return "zip", "ole" or "text", or raise when the file is none of them."""
    if not start:
        raise DataError(f"'{path.name}' is empty (0 bytes). The copy or download probably failed: fetch it again.")
    if start.startswith(_ZIP):
        if b"opendocument" in start[:128]:
            raise DataError(f"'{path.name}' is an OpenDocument file. Save it as .xlsx or .csv.")
        return "zip"
    if start.startswith(_OLE):
        if _ENCRYPTED in path.read_bytes():
            raise _protected(path)
        return "ole"
    if path.suffix.lower() in _WORKBOOK_SUFFIXES:
        raise DataError(
            f"'{path.name}' is not a workbook although its name says so. "
            "If it is text, rename it to .csv; otherwise save it again as .xlsx."
        )
    return "text"


def _protected(path):
    return DataError(f"'{path.name}' is protected by a password. Save it without the password and run again.")


def _read_xlsx(path, sheet):
    import openpyxl

    with path.open("rb") as stream:
        workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        names = [worksheet.title for worksheet in workbook.worksheets]
        rows, name = _chosen(sheet, names, lambda title: _sheet_rows(workbook[title]), path)
        workbook.close()
        notes = _sheet_notes(name, names)
        without_value = 0
        if _has_formulas(path):
            formulas = openpyxl.load_workbook(stream, read_only=True, data_only=False)
            for row, written in zip(rows, _sheet_rows(formulas[name])):
                for position, cell in enumerate(row):
                    if cell is None and written[position] is not None:
                        row[position], without_value = str(written[position]), without_value + 1
            formulas.close()
    if without_value:
        notes += (
            f"{without_value} formulas have no stored result and were kept as text. "
            "Open the workbook in a spreadsheet program and save it to store them.",
        )
    return Cells(rows, name, notes)


def _sheet_rows(worksheet):
    worksheet.reset_dimensions()  # some programs store a wrong extent
    return [list(row) for row in worksheet.iter_rows(values_only=True)]


def _has_formulas(path):
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if member.startswith("xl/worksheets/") and member.endswith(".xml"):
                with archive.open(member) as stream:
                    end = b""
                    for block in iter(lambda: stream.read(1 << 20), b""):  # noqa: B023
                        if re.search(rb"<f[ >/]", end + block):
                            return True
                        end = block[-3:]
    return False


def _read_xls(path, sheet):
    import xlrd

    try:
        with xlrd.open_workbook(str(path), logfile=io.StringIO(), on_demand=True) as workbook:
            names = workbook.sheet_names()
            rows, name = _chosen(
                sheet, names, lambda title: _xls_rows(workbook.sheet_by_name(title), workbook.datemode), path
            )
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError) as error:
        if "encrypted" in str(error).lower():
            raise _protected(path) from error
        raise ValueError(str(error)) from error
    return Cells(rows, name, _sheet_notes(name, names))


def _xls_rows(worksheet, datemode):
    import xlrd

    def value(cell):
        if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            return None
        if cell.ctype == xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(cell.value, "#ERROR")
        return cell.value

    return [[value(cell) for cell in worksheet.row(number)] for number in range(worksheet.nrows)]


def _chosen(sheet, names, read, path):
    """Return the rows and the name of the sheet asked for, or of the first that holds anything."""
    if sheet:
        matches = [name for name in names if name == sheet] or [
            name for name in names if name.strip().casefold() == sheet.strip().casefold()
        ]
        if not matches:
            raise DataError(f"'{path.name}' has no sheet '{sheet}'. Its sheets: {', '.join(names)}.")
        return read(matches[0]), matches[0]
    if not names:
        raise DataError(f"'{path.name}' holds no sheet with cells. Choose another workbook.")
    for name in names:
        rows = read(name)
        if any(cell not in (None, "") for row in rows for cell in row):
            return rows, name
    return rows, name


def _sheet_notes(name, names):
    others = [f"'{other}'" for other in names if other != name]
    return (f"Sheet '{name}' was read; the workbook also holds {', '.join(others)}.",) if others else ()


def _read_text(path):
    text, notes = _decoded(path)
    hint = re.match(r"sep=(.)\r?\n", text)  # a spreadsheet program's own hint
    if hint:
        text, delimiter = text[hint.end() :], hint[1]
    else:
        delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [list(row) for row in reader]
    except csv.Error as error:
        raise DataError(
            f"'{path.name}' breaks off at line {reader.line_num}: {error}. Look for a quotation mark without its partner."
        ) from error
    return Cells([[None]] * bool(hint) + rows, "", notes)


def _decoded(path):
    """Return the text and a note on its encoding when it is not UTF-8."""
    data = path.read_bytes()
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode(path, data, encoding), ()
    nulls = data[:4096].count(b"\0")
    if nulls:
        encoding = "utf-16-le" if data[1:4096:2].count(b"\0") == nulls else "utf-16-be"
        if nulls < len(data[:4096]) / 4:
            raise DataError(f"'{path.name}' is neither a workbook nor text. Save the table as .xlsx or .csv.")
        return _decode(path, data, encoding), (f"'{path.name}' was read as UTF-16 without a byte-order mark.",)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        # Windows Turkish and Windows Western differ in six letters only, which Western European names rarely hold.
        return _decode(path, data, "cp1254"), (f"'{path.name}' is not UTF-8 and was read as Windows Turkish (cp1254).",)


def _decode(path, data, encoding):
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"The letters of '{path.name}' are in no known encoding (byte {error.start} fits neither UTF-8 nor "
            f"{encoding}). Save it as 'CSV UTF-8' or as .xlsx."
        ) from error


def _delimiter(text):
    """Return the delimiter that cuts the first lines into most alike rows of most number-like cells."""
    lines = [line for line in text[:200_000].splitlines()[:200] if line.strip()]

    def merit(delimiter):
        widths, number_like, cells = [], 0, 0
        for row in csv.reader(lines, delimiter=delimiter):
            widths.append(len(row))
            cells += len(row)
            number_like += sum(not cell.strip() or bool(_NUMBER_LIKE.fullmatch(cell.strip())) for cell in row)
        usual = max(set(widths), key=widths.count, default=1)
        if usual == 1:
            return 0.0
        return widths.count(usual) / len(widths) * (0.2 + number_like / cells)

    return max(_DELIMITERS, key=merit)
