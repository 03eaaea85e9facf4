"""Numbers as laboratories write them."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumarole.algorithms.clustering.quantities import DETECTION_FACTOR, decimal_mark_of, parse_quantities

finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


def grouped(value, decimals, thousands, decimal):
    return f"{value:,.{decimals}f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)


@given(st.lists(st.one_of(finite, st.none(), st.integers(-(10**9), 10**9)), min_size=1))
def test_numbers_pass_through_unchanged(cells):
    parsed = parse_quantities(cells)
    expected = np.array([math.nan if cell is None else float(cell) for cell in cells])
    np.testing.assert_array_equal(parsed.values, expected)
    assert not parsed.below_detection.any() and parsed.unreadable == ()


@given(st.lists(finite, min_size=1), st.sampled_from([".", ","]))
def test_text_with_either_decimal_mark_reads_back(values, mark):
    parsed = parse_quantities([repr(value).replace(".", mark) for value in values], decimal_mark=mark)
    np.testing.assert_array_equal(parsed.values, values)


@given(
    st.lists(st.floats(0.0, 1e9), min_size=1),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), (" ", "."), ("'", "."), ("\u202f", ",")]),
)
def test_thousands_separators_read_back(values, marks):
    texts = [grouped(value, 2, *marks) for value in values]
    np.testing.assert_allclose(parse_quantities(texts).values, np.round(values, 2), rtol=1e-12, atol=0.0051)


@given(st.lists(st.one_of(st.text(max_size=12), finite, st.booleans(), st.none()), max_size=40))
def test_every_cell_is_a_number_blank_below_detection_or_named(cells):
    parsed = parse_quantities(cells)
    named = {row for row, _ in parsed.unreadable}
    assert not np.isinf(parsed.values).any()
    assert parsed.n_blank >= 0
    for row, cell in enumerate(cells):
        if row in named:
            assert math.isnan(parsed.values[row]) and not parsed.below_detection[row]
        if isinstance(cell, bool):
            assert row in named


@pytest.mark.parametrize("text", ["<0,01", "< 0.01", "<DL 0.01", "≤0,01", "<LOD (0.01)", "<0.01 ppm", "bdl 0,01"])
def test_below_a_stated_limit_is_a_share_of_the_limit(text):
    parsed = parse_quantities([text])
    assert parsed.below_detection.tolist() == [True]
    assert parsed.values[0] == pytest.approx(DETECTION_FACTOR * 0.01)


@pytest.mark.parametrize(
    "text", ["bdl", "B.D.L.", "n.d.", "ND", "tr", "İZ", "eser", "<DL", "<", "Tespit Edilemedi", "<0"]
)
def test_below_detection_without_a_limit_is_counted_and_missing(text):
    parsed = parse_quantities([text, 1.0])
    assert parsed.below_detection.tolist() == [True, False]
    assert math.isnan(parsed.values[0]) and parsed.unreadable == () and parsed.n_blank == 0


@pytest.mark.parametrize("text", ["", "  ", "-", "--", "n.a.", "NaN", None, float("nan"), "\u00a0", "NULL", "#N/A"])
def test_blank_is_neither_unreadable_nor_below_detection(text):
    parsed = parse_quantities([text, "2,5"])
    assert parsed.n_blank == 1 and not parsed.below_detection.any() and parsed.unreadable == ()


def test_above_range_keeps_the_bound_and_is_flagged():
    parsed = parse_quantities([">100", "≥ 2,5", 3.0])
    np.testing.assert_array_equal(parsed.values, [100.0, 2.5, 3.0])
    assert parsed.above_range.tolist() == [True, True, False]


@pytest.mark.parametrize(
    "cell", ["abc", "12abc", "1 23", "12.05.2020", "1.2.3,4", "1e400", 10**400, True, "#DIV/0!", math.inf, "<-1", "٣"]
)
def test_what_is_no_number_is_named_with_its_position(cell):
    parsed = parse_quantities(["1", cell])
    assert parsed.unreadable == ((1, str(cell)),)
    assert math.isnan(parsed.values[1])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1,234", "0,5"], [1.234, 0.5]),
        (["1,234", "0.5"], [1234.0, 0.5]),
        (["1.234", "1.234,5"], [1234.0, 1234.5]),
        (["1,234", "1,234,567"], [1234.0, 1234567.0]),
        (["0,123"], [0.123]),
        (["1234,567"], [1234.567]),
    ],
)
def test_an_open_mark_is_decided_by_the_column(cells, expected):
    parsed = parse_quantities(cells)
    np.testing.assert_allclose(parsed.values, expected)
    assert parsed.ambiguous == ()


def test_a_column_that_does_not_tell_follows_the_table_and_says_so():
    assert parse_quantities(["1,234"]).values[0] == 1.234
    assert parse_quantities(["1.234"], decimal_mark=",").values[0] == 1234.0
    parsed = parse_quantities(["1,234", "5"], decimal_mark=".")
    assert parsed.values[0] == 1234.0 and parsed.ambiguous == ((0, "1,234"),)


def test_the_table_tells_its_decimal_mark_or_nothing():
    assert decimal_mark_of([["1,5", "a"], ["1,234"]]) == ","
    assert decimal_mark_of([["1,5"], ["1.5"]]) == ""
    assert decimal_mark_of([["1,234"], [3.5, None]]) == ""


def test_units_behind_numbers():
    parsed = parse_quantities(["12 mg/l", "13,5 mg/L", "3 µg/l", "7", "45%"])
    np.testing.assert_array_equal(parsed.values, [12.0, 13.5, math.nan, 7.0, math.nan])
    assert parsed.unit == "mg/l"
    assert parsed.unreadable == ((2, "3 µg/l"), (4, "45%"))


def test_other_number_types():
    parsed = parse_quantities([Decimal("1.5"), np.float32(2.5), np.int64(3), Decimal("NaN"), "−3,5"])
    np.testing.assert_array_equal(parsed.values, [1.5, 2.5, 3.0, math.nan, -3.5])


def test_arrays_and_lists_give_the_same():
    array = np.array([1.0, math.nan, math.inf])
    assert parse_quantities(array).unreadable == parse_quantities(array.tolist()).unreadable == ((2, "inf"),)
    assert math.isinf(array[2])  # the caller's array stays as it was
