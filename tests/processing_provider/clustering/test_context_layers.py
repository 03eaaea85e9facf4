"""Which earthquakes go onto the map."""

import numpy as np
import pytest
from qgis.core import QgsGeometry

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.clustering.context_layers import find_magnitude_field, strong_earthquakes
from fumarole.processing_provider.layers import AttributeTable, fields_of


def events(*magnitudes, name="ML", kind="double"):
    rows = [["2020-01-01", magnitude] for magnitude in magnitudes]
    return AttributeTable(fields_of(("time", "text"), (name, kind)), rows, [QgsGeometry()] * len(rows))


@pytest.mark.parametrize("name", ["ML", "mag", "Mw", "Magnitude", "Büyüklük", "M"])
def test_the_magnitude_is_found_by_its_name(name):
    assert find_magnitude_field(fields_of(("depth", "double"), (name, "double"))) == name


def test_the_clearest_name_wins_and_others_are_no_magnitude():
    assert find_magnitude_field(fields_of(("M", "double"), ("mag", "double"))) == "mag"
    assert find_magnitude_field(fields_of(("magType", "text"), ("depth", "double"))) == ""


def test_the_limit_itself_is_strong():
    rows, magnitudes, name, note = strong_earthquakes(events(3.9, 4.0, 5.1), "", 4.0)
    assert (rows, magnitudes, name) == ([1, 2], [4.0, 5.1], "ML")
    assert note == "2 of 3 earthquakes have ML >= 4."


def test_text_magnitudes_are_read_and_blanks_counted():
    rows, magnitudes, _, note = strong_earthquakes(events("4,5", "-", None, "3.2", kind="text"), "ML", 4.0)
    assert rows == [0] and magnitudes == [4.5] and "2 without a magnitude are left out" in note


def test_none_may_be_left():
    rows, magnitudes, _, note = strong_earthquakes(events(1.0, 2.0), "", 9.0)
    assert rows == magnitudes == [] and note.startswith("0 of 2")


@pytest.mark.parametrize(
    "table, name, sentence",
    [
        (events(1.0, name="depth"), "", "no field that looks like a magnitude. .* its fields are: time, depth."),
        (events(1.0), "Mw", "no field 'Mw'. Choose the magnitude field"),
        (events(None, np.nan), "", "Field 'ML' of the earthquake layer holds no number"),
        (events(4.0), "time", "Field 'time' of the earthquake layer holds no number"),
    ],
)
def test_no_magnitude_gets_a_sentence(table, name, sentence):
    with pytest.raises(DataError, match=sentence):
        strong_earthquakes(table, name, 4.0)
