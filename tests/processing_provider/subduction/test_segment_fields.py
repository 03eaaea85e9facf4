"""The fields of trench segments: written, read back, refused."""

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.subduction.trench import trench_cells, trench_line
from fumarole.processing_provider.layers import AttributeTable, fields_of
from fumarole.processing_provider.subduction.segment_fields import SEGMENT_FIELDS, cells_by_region, segment_rows

NAMES = [name for name, _ in SEGMENT_FIELDS]
NORTH = trench_cells(trench_line([179.0, -179.5], [0.0, 4.0]), 50.0, 300.0, 200.0, "right")  # across 180 degrees
SOUTH = trench_cells(trench_line([-70.0, -72.0], [-20.0, -25.0]), 40.0, 100.0, 150.0, "left")


@pytest.fixture
def make_table(qgis_app):
    """Make the table of two regions, with ``{field: callable(row number, value)}`` applied, without ``drop`` fields."""

    def make(changes=None, order=None, drop=()):
        rows = [*segment_rows("north", NORTH), *segment_rows("south", SOUTH)]
        rows = [rows[index] for index in (range(len(rows)) if order is None else order)]
        for name, change in (changes or {}).items():
            for number, row in enumerate(rows):
                row[NAMES.index(name)] = change(number, row[NAMES.index(name)])
        kept = [name for name in NAMES if name not in drop]
        fields = fields_of(*((name, kind) for name, kind in SEGMENT_FIELDS if name in kept))
        rows = [[row[NAMES.index(name)] for name in kept] for row in rows]
        return AttributeTable(fields, rows, [None] * len(rows))

    return make


def test_names_differ_within_ten_characters():
    assert len({name[:10] for name in NAMES}) == len(NAMES)
    assert max(map(len, NAMES)) <= 10


def assert_same(cells, expected, rows):
    for name in ("s_km", "longitude", "latitude", "azimuth"):
        assert np.array_equal(getattr(cells, name), getattr(expected, name)[rows])
    for name in ("spacing_km", "width_up_km", "width_down_km", "side"):
        assert getattr(cells, name) == getattr(expected, name)


def test_cells_come_back(make_table):
    north, south = cells_by_region(make_table())
    assert (north.region, south.region) == ("north", "south")
    assert north.rows.tolist() == list(range(len(NORTH)))
    assert south.rows.tolist() == list(range(len(NORTH), len(NORTH) + len(SOUTH)))
    assert_same(north.cells, NORTH, slice(None))
    assert_same(south.cells, SOUTH, slice(None))


def test_a_selection_in_any_order_keeps_its_places(make_table):
    """Rows 4, 0 and 2 of the first region around one of the second."""
    order = [4, len(NORTH) + 1, 0, 2]
    north, south = cells_by_region(make_table(order=order))
    assert north.rows.tolist() == [2, 3, 0]
    assert_same(north.cells, NORTH, [0, 2, 4])
    assert south.rows.tolist() == [1]
    assert_same(south.cells, SOUTH, [1])


def test_numbers_written_as_text_are_read(make_table):
    north, _ = cells_by_region(make_table({name: lambda _, value: str(value) for name in NAMES}))
    assert_same(north.cells, NORTH, slice(None))


def test_the_number_of_the_segment_is_not_needed(make_table):
    assert len(cells_by_region(make_table(drop=("segment",)))) == 2


def at_row_3(value):
    return lambda number, old: value if number == 3 else old


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spacing_km": at_row_3(60.0)}, "region 'north' differ in their field 'spacing_km' .50 to 60"),
        ({"up_km": at_row_3(10.0)}, "differ in their field 'up_km'"),
        ({"down_km": lambda *_: 0.0}, "'down_km' of region 'north' is not above 0"),
        ({"side": at_row_3("left")}, "side left, right: all of a region must have one"),
        ({"side": lambda *_: "up"}, "side up"),
        ({"side": at_row_3(None)}, "'side' of the segment layer is blank"),
        ({"region": at_row_3("  ")}, "'region' of the segment layer is blank"),
        ({"region": lambda *_: "all"}, "differ in their field 'spacing_km'"),
        ({"s_km": at_row_3(25.0)}, "two segments at 25 km"),
        ({"s_km": at_row_3(None)}, "'s_km' of the segment layer is blank or no number"),
        ({"azimuth": at_row_3("north")}, "'azimuth' of the segment layer is blank or no number"),
        ({"lat": lambda *_: 4e6}, "'lon' and 'lat' of region 'north' are no degrees"),
    ],
)
def test_rows_that_do_not_go_together_get_a_sentence(make_table, changes, message):
    with pytest.raises(DataError, match=message):
        cells_by_region(make_table(changes))


def test_a_layer_of_something_else_gets_a_sentence(make_table):
    with pytest.raises(DataError, match="no field 'azimuth', 'side'. Make the segments with the tool"):
        cells_by_region(make_table(drop=("azimuth", "side")))
