"""Coordinate columns: found by name in two languages, judged by value."""

import numpy as np
import pytest

from fumarole.algorithms.clustering.coordinates import (
    axis_of,
    find_coordinates,
    is_id,
    looks_like_variable,
    require_fit,
)
from fumarole.algorithms.clustering.spreadsheet import RawTable
from fumarole.algorithms.errors import DataError

EAST, NORTH = [650000.0, 651000.0, 652000.0], [4330000.0, 4331000.0, 4332000.0]
LON, LAT = [28.9, 28.8, 29.0], [39.1, 39.2, 39.0]


def table(decimal_mark="", **columns):
    cells = tuple(list(values) for values in columns.values())
    records = tuple(f"row {number + 2}" for number in range(len(cells[0])))
    return RawTable(tuple(columns), cells, records, "", "row 1", decimal_mark, ())


@pytest.mark.parametrize(
    "name",
    ["Longitude (X)", "LONGITUDE", "Lon", "boylam", "BOYLAM (Derece)", "Doğu", "DOĞU (m)", "dogu", "Easting_35S", "SAĞA",
     "Saga", "Y (Sağa)", "Sağa Değer (Y)", "X", "x [m]", "UTM_E", "utmx", "XCOORD", "X Koordinatı", "POINT_X",
     "LONGITUDE_NAD83", "East"],
)  # fmt: skip
def test_names_of_x(name):
    assert axis_of(name)[0] == "x"


@pytest.mark.parametrize(
    "name",
    ["Latitude (Y)", "lat", "ENLEM", "Enlem (WGS84)", "Kuzey", "KUZEY", "Northing", "YUKARI", "Yukarı", "X (Yukarı)",
     "Y", "UTM N", "ycoord", "Koordinat Y (m)", "latitude_dd", "LATITUDE_NAD83"],
)  # fmt: skip
def test_names_of_y(name):
    assert axis_of(name)[0] == "y"


@pytest.mark.parametrize(
    "name", ["Y (ppm)", "Y_mgkg", "N (%)", "East wall", "Long name", "Plate", "As", "", "YX", "Depth"]
)
def test_names_of_neither(name):
    assert axis_of(name) == ("", 0)


def test_names_of_identifiers():
    assert all(map(is_id, ["NUMUNE", "Numune No", "Sample_ID", "Örnek No", "id", "Kuyu Adı", "Well name", "Event"]))
    assert not any(map(is_id, ["Sample depth (m)", "Fluid", "As (ppm)", "Well temperature"]))


def test_names_of_variables_are_told_from_values():
    assert all(map(looks_like_variable, ["As", "As (ppm)", "SiO2", "pH", "Sıcaklık (°C)", "Kuzey", "δ18O (‰)"]))
    assert not any(map(looks_like_variable, ["S-1", "12 ppm", "<0,5", 12.0, None, "SK1", "Eynal", "%5"]))


def test_metres_in_order():
    found = find_coordinates(table(NUMUNE=["a", "b", "c"], Dogu=EAST, Kuzey=NORTH))
    assert (found.id_field, found.x_field, found.y_field, found.in_degrees) == ("NUMUNE", "Dogu", "Kuzey", False)
    np.testing.assert_array_equal(found.xy, np.column_stack([EAST, NORTH]))
    assert found.unusable == ()


def test_turkish_survey_axes_follow_the_words():
    found = find_coordinates(table(**{"Y (Sağa)": EAST, "X (Yukarı)": NORTH}))
    assert (found.x_field, found.y_field) == ("Y (Sağa)", "X (Yukarı)")
    assert not any("swapped" in note for note in found.notes)


def test_turkish_survey_letters_are_swapped_by_value_and_said():
    found = find_coordinates(table(Y=EAST, X=NORTH))
    assert (found.x_field, found.y_field) == ("Y", "X")
    np.testing.assert_array_equal(found.xy, np.column_stack([EAST, NORTH]))
    assert any(
        note.startswith("The axes are swapped: 'X' holds northings (4330000 to 4332000)") for note in found.notes
    )


def test_swapped_axes_are_put_right_even_when_named_by_the_user():
    found = find_coordinates(table(a=NORTH, b=EAST), x_field="A", y_field="b")
    assert (found.x_field, found.y_field) == ("b", "a")
    assert any("swapped" in note for note in found.notes)


def test_latitude_and_longitude_may_hold_metres():
    found = find_coordinates(table(latitude=NORTH, longitude=EAST))
    assert (found.x_field, found.in_degrees) == ("longitude", False)
    assert any("named like degrees but hold metres" in note for note in found.notes)


def test_degrees_swapped_beyond_doubt():
    found = find_coordinates(table(LON=[39.8, 39.9, 40.0], LAT=[-110.5, -110.9, -111.0]))
    assert (found.x_field, found.y_field) == ("LAT", "LON")
    assert "'LON' holds latitudes" in found.notes[1]


def test_degrees_that_may_be_swapped_stay_with_advice():
    found = find_coordinates(table(lon=LAT, lat=LON))
    assert (found.x_field, found.y_field) == ("lon", "lat")
    assert any("give 'lat' as X field and 'lon' as Y field" in note for note in found.notes)


def test_metres_that_may_be_swapped_stay_with_advice():
    found = find_coordinates(table(X=[2_100_000.0] * 3, Y=EAST))
    assert found.x_field == "X"
    assert any("looks like a northing" in note for note in found.notes)


@pytest.mark.parametrize("kind", ["", "metres", "degrees"])
def test_a_table_with_both_kinds_gives_the_kind_asked_for(kind):
    found = find_coordinates(table(Easting=EAST, Northing=NORTH, Lat=LAT, Lon=LON), kind=kind)
    assert found.in_degrees == (kind != "metres")


def test_text_with_decimal_commas_and_thousands_points():
    found = find_coordinates(table(X=["650.000", "651.000,5", "652.000"], Y=["4.330.000", "4.331.000", "4.332.000"]))
    np.testing.assert_array_equal(found.xy[:, 0], [650000.0, 651000.5, 652000.0])
    found = find_coordinates(table(",", X=["650.000", "651.000", "652.000"], Y=["4.330.000"] * 3))
    np.testing.assert_array_equal(found.xy[:, 0], EAST)


def test_records_without_position_carry_the_reason():
    found = find_coordinates(table(X=[*EAST, None, 0.0, 28.9, *EAST * 2], Y=[*NORTH, 4e6, 0.0, 39.1, *NORTH * 2]))
    assert found.unusable == ((3, "'X' is empty"), (4, "both coordinates are 0"), (5, "degrees among metres"))
    assert np.isnan(found.xy[3:6]).all()
    found = find_coordinates(table(lon=[*LON * 3, 650000.0, 100.0], lat=[*LAT * 3, 4.33e6, 95.0]))
    assert found.unusable == ((9, "metres among degrees"), (10, "no latitude within 90 degrees"))


def test_unnamed_coordinates_are_found_by_value_when_there_is_no_doubt():
    found = find_coordinates(table(NUMUNE=["a", "b", "c"], first=EAST, second=NORTH, TDS=[100.0, 200.0, 300.0]))
    assert (found.x_field, found.y_field) == ("first", "second")
    assert any("by their values" in note for note in found.notes)
    with pytest.raises(DataError, match="No coordinate columns were found among: 'p', 'q', 'r'"):
        find_coordinates(table(p=EAST, q=NORTH, r=EAST))


def test_coordinates_in_degrees_and_minutes_get_a_sentence():
    cells = ["28° 58' 12\"", "28° 59' 10\"", "29° 01' 00\""]
    with pytest.raises(DataError, match="in 'Boylam' are mostly not numbers .such as '28° 58' 12"):
        find_coordinates(table(Boylam=cells, Enlem=cells))


def test_one_named_axis_finds_the_other():
    found = find_coordinates(table(konum=EAST, Kuzey=NORTH), x_field="KONUM")
    assert (found.x_field, found.y_field) == ("konum", "Kuzey")


def test_unknown_names_are_refused_with_the_list():
    with pytest.raises(DataError, match="There is no column 'Z' for the y field. The columns are: 'X', 'Y'."):
        find_coordinates(table(X=EAST, Y=NORTH), y_field="Z")


def test_coordinates_that_contradict_the_system_are_refused():
    metres, degrees = find_coordinates(table(X=EAST, Y=NORTH)), find_coordinates(table(lon=LON, lat=LAT))
    require_fit(metres, False, "EPSG:32635")
    require_fit(degrees, True, "EPSG:4326")
    with pytest.raises(DataError, match=r"'X' and 'Y' hold metres \(the first is 650000, 4330000\), but EPSG:4326"):
        require_fit(metres, True, "EPSG:4326")
    with pytest.raises(DataError, match="'lon' and 'lat' hold degrees .* Leave the grid zone empty"):
        require_fit(degrees, False, "EPSG:32635")
