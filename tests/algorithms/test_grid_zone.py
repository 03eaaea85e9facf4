"""Grid-zone notation, checked against PROJ's own database."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.grid_zone import parse_grid_zone, zone_for


def test_35s_is_north_of_the_equator():
    zone = parse_grid_zone("35S")
    assert (zone.notation, zone.epsg) == ("35S", 32635)
    for fact in ("latitude band S (32° N to 40° N)", "24° E to 30° E", "EPSG:32735", "EPSG:23035", "TM27 EPSG:5253"):
        assert fact in zone.explanation


@pytest.mark.parametrize(
    ("text", "epsg"),
    [("35s", 32635), ("UTM 35S", 32635), ("utm zone 35 s", 32635), ("35", 32635), ("35N", 32635), ("36T", 32636),
     ("11S", 32611), ("35H", 32735), ("1C", 32701), ("60X", 32660)],
)  # fmt: skip
def test_spellings(text, epsg):
    assert parse_grid_zone(text).epsg == epsg


@pytest.mark.parametrize("text", ["", "S35", "0S", "61S", "35I", "35O", "35A", "35Z", "EPSG:32635", "35SS", "degrees"])
def test_what_is_no_grid_zone_gets_a_sentence(text):
    with pytest.raises(DataError, match="is no grid zone. Write the zone number"):
        parse_grid_zone(text)


def test_ambiguous_notations_say_so():
    assert "many write N for 'north'" in parse_grid_zone("35N").explanation
    assert "Without a band the northern hemisphere is taken" in parse_grid_zone("35").explanation


def test_every_code_offered_exists_and_covers_the_zone():
    for zone in range(1, 61):
        explanation = parse_grid_zone(f"{zone}S").explanation
        codes = [int(code) for code in re.findall(r"EPSG:([0-9]+)", explanation)]
        assert codes[:2] == [32600 + zone, 32700 + zone]
        for code in codes:
            area = CRS.from_epsg(code).area_of_use
            assert area.west <= 6 * zone - 180 and area.east >= 6 * zone - 186, (zone, code)
    for code, name in ((23035, "ED50 / UTM zone 35N"), (5253, "TUREF / TM27"), (5259, "TUREF / TM45")):
        assert CRS.from_epsg(code).name == name


@given(st.floats(-180.0, 179.999), st.floats(-80.0, 84.0))
def test_the_zone_for_a_position_contains_it(longitude, latitude):
    notation, epsg = zone_for(longitude, latitude)
    assert parse_grid_zone(notation).epsg == epsg
    area = CRS.from_epsg(epsg).area_of_use
    assert area.west - 6.0 <= longitude <= area.east + 6.0  # 6: the exceptions of Norway and Svalbard
    assert area.south - 1e-9 <= latitude <= area.north + 1e-9


def test_known_positions():
    assert zone_for(29.0, 39.1) == ("35S", 32635)
    assert zone_for(-117.0, 40.0) == ("11T", 32611)
    assert zone_for(5.3, 60.4) == ("32V", 32632)  # Bergen
    assert zone_for(15.6, 78.2) == ("33X", 32633)  # Longyearbyen
    assert zone_for(180.0, -17.0) == ("1K", 32701)
    with pytest.raises(DataError, match="no UTM zone"):
        zone_for(0.0, 85.0)
