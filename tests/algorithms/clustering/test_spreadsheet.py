"""Tables out of workbooks and text files in every layout and encoding, and a sentence for what is none."""

import csv
import io
import re
import zipfile
from datetime import datetime

import pytest

from fumarole.algorithms.clustering.spreadsheet import read_table
from fumarole.algorithms.clustering.workbook_cells import library_for
from fumarole.algorithms.errors import DataError

HEADER = ["Örnek No", "Doğu", "Kuzey", "As (ppm)", "SiO2 (%)"]
ROWS = [["S-1", 650000, 4330000, 12.5, 61], ["S-2", 651000, 4331000, "<0,5", 62], ["S-3", 652000, 4332000, None, 63]]


def workbook(path, *sheets):
    """Write ``(name, rows)`` sheets."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def text_file(path, rows, delimiter=",", encoding="utf-8", head=""):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path.write_bytes((head + stream.getvalue()).encode(encoding))
    return path


def test_a_plain_sheet(tmp_path):
    table = read_table(workbook(tmp_path / "a.xlsx", ("Sayfa1", [HEADER, *ROWS])))
    assert table.names == tuple(HEADER)
    assert table.column("As (ppm)") == [12.5, "<0,5", None]
    assert table.records == ("row 2", "row 3", "row 4")
    assert (table.sheet, table.header, table.decimal_mark) == ("Sayfa1", "row 1", ",")


def test_titles_blank_rows_and_blank_columns_around_the_table(tmp_path):
    rows = [["Simav analizleri"], [], [None, None, "2023"], [None, *HEADER[:2], None, *HEADER[2:], "Hg (ppm)"]]
    rows += [[None, *row[:2], None, *row[2:]] if row else [] for row in ([], *ROWS[:1], [], *ROWS[1:])]
    table = read_table(workbook(tmp_path / "a.xlsx", ("Sayfa1", rows)))
    assert table.names == tuple(HEADER)
    assert table.records == ("row 6", "row 8", "row 9")
    assert table.header == "row 4"
    assert "left out above them: Simav analizleri; 2023" in table.notes[0]
    assert "without any value and left out: Hg (ppm)" in table.notes[1]


def test_samples_in_columns(tmp_path):
    rows = [["Başlık"], *map(list, zip(HEADER, *ROWS))]
    path = workbook(tmp_path / "a.xlsx", ("Sayfa1", rows))
    for orientation in ("auto", "columns"):
        table = read_table(path, orientation=orientation)
        assert table.names == tuple(HEADER)
        assert table.records == ("column B", "column C", "column D")
        assert table.column("SiO2 (%)") == [61, 62, 63]
    assert read_table(path, orientation="rows").names[0] == "Örnek No"


def test_samples_in_columns_named_by_numbers(tmp_path):
    rows = [["NUMUNE", 1, 2, 3], ["X", 650000, 651000, 652000], ["Y", 4330000, 4331000, 4332000], ["As", 1, 2, 3]]
    table = read_table(workbook(tmp_path / "a.xlsx", ("Sayfa1", rows)))
    assert table.names == ("NUMUNE", "X", "Y", "As")
    assert table.column("NUMUNE") == [1, 2, 3]


@pytest.mark.parametrize("names", [list("abcdef"), ["As", "B", "Pb"], ["S1", "S2", "S3"]])
def test_sample_names_that_look_like_elements_do_not_turn_the_table(tmp_path, names):
    rows = [["id", "X", "Y", "As", "B"], *([name, 650000, 4330000, 1, 2] for name in names)]
    assert read_table(text_file(tmp_path / "a.csv", rows)).names == ("id", "X", "Y", "As", "B")


def test_units_in_a_row_of_their_own_join_the_names(tmp_path):
    rows = [["No", "X", "Y", "As", "SiO2"], [None, None, None, "ppm", "%"], ["a", 1, 2, 3, 4], ["b", 1, 2, 3, 4]]
    table = read_table(workbook(tmp_path / "a.xlsx", ("Sayfa1", rows)))
    assert table.names == ("No", "X", "Y", "As (ppm)", "SiO2 (%)")
    assert len(table.records) == 2


def test_repeated_and_missing_names_become_unique_whatever_the_case(tmp_path):
    rows = [["id", "As", "AS", None, "As_2", "line\nbreak", 2021], ["a", 1, 2, 3, 4, 5, 6]]
    table = read_table(workbook(tmp_path / "a.xlsx", ("Sayfa1", rows)))
    assert table.names == ("id", "As", "AS_2", "column_4", "As_2_2", "line break", "2021")
    assert len({name.lower() for name in table.names}) == 7


def test_a_table_without_header_is_numbered_and_says_so(tmp_path):
    table = read_table(text_file(tmp_path / "a.csv", [[1, 2.5, 3], [4, 5.5, 6]]))
    assert table.names == ("column_1", "column_2", "column_3") and len(table.records) == 2
    assert "no header was found" in table.notes[0]


def test_the_first_sheet_with_cells_is_read_and_the_others_are_named(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ("Sayfa1", []), ("Sayfa2", [HEADER, *ROWS]), ("Sayfa3", [["x"]]))
    table = read_table(path)
    assert table.sheet == "Sayfa2" and "also holds 'Sayfa1', 'Sayfa3'" in table.notes[0]
    assert read_table(path, "sayfa2").sheet == "Sayfa2"


def test_formulas_without_a_stored_result_stay_visible(tmp_path):
    table = read_table(workbook(tmp_path / "a.xlsx", ("Sayfa1", [["id", "As", "B"], ["a", 1, "=B2*2"]])))
    assert table.column("B") == ["=B2*2"]
    assert any("1 formulas have no stored result" in note for note in table.notes)


def test_dates_and_booleans_stay_what_they_are(tmp_path):
    rows = [["id", "date", "flag"], ["a", datetime(2020, 5, 1), True]]
    table = read_table(workbook(tmp_path / "a.xlsx", ("Sayfa1", rows)))
    assert table.column("date") == [datetime(2020, 5, 1)] and table.column("flag") == [True]


def test_a_wrong_stored_extent_does_not_hide_cells(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ("Sayfa1", [HEADER, *ROWS]))
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            target.writestr(name, re.sub(rb'<dimension ref="[^"]+"', b'<dimension ref="A1"', source.read(name)))
    assert len(read_table(broken).records) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1254"])
@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_encodings_and_delimiters(tmp_path, encoding, delimiter):
    rows = [
        ["Örnek No", "Doğu", "Kuzey", "Sıcaklık (°C)", "İlçe"],
        ["Ş-1", "650000,5", "4330000,5", "61,5", "Eynal; Simav"],
    ]
    rows += [["Ş-2", "651000,5", "4330000,5", "<0,5", "Çitgöl, Simav"]]
    table = read_table(text_file(tmp_path / "a.csv", rows, delimiter, encoding))
    assert table.names == tuple(rows[0])
    assert [list(row) for row in zip(*table.columns)] == rows[1:]
    assert table.decimal_mark == ","


def test_text_that_is_not_utf8_says_how_it_was_read(tmp_path):
    assert (
        "Windows Turkish (cp1254)" in read_table(text_file(tmp_path / "a.csv", [HEADER, *ROWS], ";", "cp1254")).notes[0]
    )


def test_the_hint_of_the_spreadsheet_program_is_obeyed(tmp_path):
    table = read_table(text_file(tmp_path / "a.csv", [HEADER, *ROWS], "|", head="sep=|\r\n"))
    assert table.names == tuple(HEADER) and table.records[0] == "row 3"


def test_a_title_line_above_a_text_table(tmp_path):
    table = read_table(text_file(tmp_path / "a.txt", [HEADER, *ROWS], "\t", head="Analiz, 2023\n\n"))
    assert table.names == tuple(HEADER) and table.header == "row 3"


def ole(stream_name):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + stream_name.encode("utf-16-le") + bytes(512)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", r"'a.csv' is empty \(0 bytes\)"),
        ("a.xlsx", b"", r"'a.xlsx' is empty \(0 bytes\)"),
        ("a.xlsx", b"id;X;Y\n1;2;3\n", "is not a workbook although its name says so"),
        ("a.xls", b"<html><table></table></html>", "is not a workbook although its name says so"),
        ("a.xlsx", ole("EncryptedPackage"), "is protected by a password"),
        ("a.xlsx", b"PK\x03\x04" + bytes(200), "is damaged or incomplete"),
        ("a.csv", b"\x00\x01\x02\x03binary\xff\xfe" * 50, "neither a workbook nor text|in no known encoding"),
        ("a.csv", b"id;ad\n1;\x81\x8d\n", "in no known encoding"),
        ("a.csv", b'id,X\n1,"open\n2,3\n', "breaks off at line 3: .* quotation mark without its partner"),
        ("a.csv", b"\n\n  \n", "is empty. Choose the sheet or file"),
        ("a.csv", b"id,X,Y\n", "has a header but no samples beneath it"),
        (
            "a.ods",
            b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "OpenDocument",
        ),
    ],
)
def test_files_that_are_no_table(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=sentence):
        read_table(path)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(DataError, match="does not exist. Check the path"):
        read_table(tmp_path / "nowhere.xlsx")
    with pytest.raises(DataError, match="is a folder, not a spreadsheet"):
        read_table(tmp_path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_truncated_workbooks(tmp_path, share):
    whole = workbook(tmp_path / "a.xlsx", ("Sayfa1", [HEADER, *ROWS])).read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(DataError, match="'cut.xlsx' is damaged or incomplete"):
        read_table(path)


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_workbooks_with_a_damaged_part(tmp_path, member):
    path = workbook(tmp_path / "a.xlsx", ("Sayfa1", [HEADER, *ROWS]))
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[: len(data) // 2] if name == member else data)
    with pytest.raises(DataError, match="'b.xlsx' is damaged or incomplete"):
        read_table(broken)


def test_sheets_that_are_not_there_empty_or_only_a_header(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ("Sayfa1", [HEADER]), ("Boş", []))
    with pytest.raises(DataError, match="has no sheet 'Sayfa9'. Its sheets: Sayfa1, Boş."):
        read_table(path, "Sayfa9")
    with pytest.raises(DataError, match="Sheet 'Boş' of 'a.xlsx' is empty"):
        read_table(path, "Boş")
    with pytest.raises(DataError, match="has a header but no samples"):
        read_table(path, "Sayfa1")


def test_old_workbooks(tmp_path):
    xlwt = pytest.importorskip("xlwt")
    pytest.importorskip("xlrd")
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sayfa1")
    for r, row in enumerate([HEADER, *ROWS]):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    book.save(str(tmp_path / "a.xls"))
    table = read_table(tmp_path / "a.xls")
    assert table.names == tuple(HEADER) and table.column("As (ppm)") == [12.5, "<0,5", None]
    damaged = tmp_path / "b.xls"
    damaged.write_bytes((tmp_path / "a.xls").read_bytes()[:1500])
    with pytest.raises(DataError, match="'b.xls' is damaged or incomplete"):
        read_table(damaged)


def test_the_library_follows_the_content(tmp_path):
    assert library_for(workbook(tmp_path / "named.csv", ("a", [HEADER]))) == "openpyxl"
    assert library_for(text_file(tmp_path / "a.csv", [HEADER])) == ""
    (tmp_path / "b.xls").write_bytes(ole("Workbook"))
    assert library_for(tmp_path / "b.xls") == "xlrd"
