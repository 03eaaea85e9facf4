"""Which columns become numbers, and that every replaced or unreadable cell is told."""

import math
from datetime import datetime

import numpy as np

from fumarole.algorithms.clustering.sample_columns import below_detection_names, sample_columns
from fumarole.algorithms.clustering.spreadsheet import RawTable


def table(**columns):
    cells = tuple(columns.values())
    return RawTable(tuple(columns), cells, tuple(f"row {n + 2}" for n in range(len(cells[0]))), "", "row 1", "", ())


def test_numbers_text_dates_and_identifiers():
    columns, notes = sample_columns(
        table(id=[1.0, 2, "3a"], As=["1,5", None, 3], rock=["tuff", None, 5.0], day=[datetime(2020, 5, 1), None, "x"]),
        "id",
    )
    assert [column.is_numeric for column in columns] == [False, True, False, False]
    assert columns[0].values == ["1", "2", "3a"]
    assert columns[1].values[0] == 1.5 and math.isnan(columns[1].values[1])
    assert columns[2].values == ["tuff", None, "5"]
    assert columns[3].values == ["2020-05-01T00:00:00", None, "x"]
    assert notes == ("'rock' stays text: 1 of its 2 filled cells are numbers (others: 'tuff' (row 2)).",)


def test_a_few_unreadable_cells_do_not_make_a_column_text():
    columns, notes = sample_columns(table(As=[*range(19), "lost"]), "")
    assert columns[0].is_numeric and math.isnan(columns[0].values[-1])
    assert notes == ("'As': 1 cells are no numbers and are empty: 'lost' (row 21).",)


def test_a_column_always_below_an_unstated_limit_is_no_measurement():
    columns, _ = sample_columns(table(Hg=["bdl", "bdl"]), "")
    assert not columns[0].is_numeric and columns[0].values == ["bdl", "bdl"]


def test_detection_limits_are_counted_and_listed_per_record():
    columns, notes = sample_columns(
        table(As=["<1", "2", "bdl", "5"], Hg=["<0,1", "<0,1", "3", "5"], B=[1, 2, 3, 4]), ""
    )
    assert below_detection_names(columns) == ["As; Hg", "Hg", "As", None]
    np.testing.assert_allclose(columns[0].values, [0.65, 2.0, math.nan, 5.0])
    assert notes == (
        "'As': 2 of 4 cells are below the detection limit; 0.65 of the limit was taken; 1 state no limit and are empty.",
        "'Hg': 2 of 4 cells are below the detection limit; 0.65 of the limit was taken.",
    )


def test_doubts_are_told():
    columns, notes = sample_columns(table(TDS=["1,234", "<2,345"], Cl=["1 mg/l", "2 mg/l"], Li=[">100", "5"]), "")
    assert columns[0].values[0] == 1.234
    assert "'TDS': in 2 cells the mark may be decimal or for thousands; '1,234' (row 2) was read as 1.234." in notes[1]
    assert "'Cl': the cells carry the unit mg/l, but its name says no unit." in notes[2]
    assert "'Li': 1 cells above the range" in notes[3]


def test_long_lists_of_cells_are_cut():
    _, notes = sample_columns(table(As=[*range(400), *(f"lost{n}" for n in range(20))]), "")
    assert notes[0].endswith("'lost7' (row 409) and 12 more.")
