"""Which fields are measurements, and how they become numbers."""

import math

import numpy as np
import pytest
from qgis.core import QgsGeometry

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.clustering.feature_fields import choose_fields, feature_table, measured_fields
from fumarole.processing_provider.layers import AttributeTable, fields_of


def table(**columns):
    """A table of columns: text when a cell is text, else numbers."""
    kinds = {
        name: "text" if any(isinstance(cell, str) for cell in cells) else "double" for name, cells in columns.items()
    }
    rows = [list(row) for row in zip(*columns.values())]
    return AttributeTable(fields_of(*kinds.items()), rows, [QgsGeometry()] * len(rows))


NOT_MEASURED = (
    "fid FID fid_in ogc_fid gid OBJECTID id sample_id easting northing X Y latitude boylam cluster cluster_in "
    "confidence entropy_in2 agreement silhouette outside out_ratio z1 z10 prob_3"
).split()


@pytest.mark.parametrize("name", NOT_MEASURED)
def test_keys_coordinates_and_own_fields_are_no_measurements(name):
    assert measured_fields(fields_of((name, "double"), ("As_ppm", "double"))) == ["As_ppm"]


@pytest.mark.parametrize("name", ["Zn", "z", "pH", "Temp (°C)", "clusters", "SiO2 (%)", "B", "index of alteration"])
def test_measurements_stay(name):
    assert measured_fields(fields_of((name, "double"))) == [name]


def test_without_a_choice_numbers_and_numeric_text_are_taken():
    layer = table(
        As=[1.0, 2.0],
        id=[1.0, 2.0],
        Sb=["<0,01", "2,5"],
        rock=["tuff", "2"],
        below_dl=["Sb", "1"],
        blank=[None, ""],
    )
    assert choose_fields(layer, [], "") == ["As", "Sb"]


def test_nine_cells_of_ten_must_be_numbers():
    layer = table(mostly=["1"] * 9 + ["broken"], less=["1"] * 8 + ["broken"] * 2)
    assert choose_fields(layer, [], "") == ["mostly"]


def test_named_fields_are_taken_as_they_are():
    assert choose_fields(table(id=[1.0], As=[2.0]), ["id"], "") == ["id"]


@pytest.mark.parametrize("text, names", [("ppm", ["As (ppm)", "B_PPM"]), ("PPM", ["As (ppm)", "B_PPM"]), ("", None)])
def test_the_filter_ignores_case(text, names):
    layer = table(**{"As (ppm)": [1.0], "B_PPM": [1.0], "pH": [7.0]})
    assert choose_fields(layer, [], text) == (names or ["As (ppm)", "B_PPM", "pH"])


@pytest.mark.parametrize(
    "columns, chosen, text, sentence",
    [
        ({"As": [1.0]}, ["Zn", "Pb"], "", "has no field 'Zn', 'Pb'. Its fields are: As."),
        ({"As": [1.0]}, [], "ppm", "No field contains 'ppm'. The fields to choose from are: As."),
        ({"id": [1.0], "rock": ["tuff"]}, [], "", "no numeric field that is not an id or a coordinate"),
    ],
)
def test_nothing_to_cluster_on_gets_a_sentence(columns, chosen, text, sentence):
    with pytest.raises(DataError, match=sentence):
        choose_fields(table(**columns), chosen, text)


def test_cells_become_numbers():
    layer = table(Sb=["1,5", "<0,02", "lost", None, ""], As=[1.0, None, math.inf, 1e300, -3.0])
    features, notes = feature_table(layer, ["As", "Sb"])
    assert features.names == ("As", "Sb")
    assert features.values[:, 1] == pytest.approx([1.5, 0.013, np.nan, np.nan, np.nan], nan_ok=True)
    assert features.below_detection[:, 1].tolist() == [False, True, False, False, False]
    assert math.isnan(features.values[1, 0]) and features.values[3, 0] == 1e300
    assert notes[-1] == "'Sb': 1 cells are no numbers and count as blank (the first is 'lost' in feature 3)."


def test_below_dl_says_which_numbers_are_limits():
    layer = table(As=[0.65, 2.0, 0.65], B=[1.0, 1.0, 1.0], below_dl=["As; B", None, "As"])
    below = feature_table(layer, ["As", "B"])[0].below_detection
    assert below.tolist() == [[True, True], [False, False], [True, False]]
