"""The sections on a raster map: areas, and points beside what the areas lead one to expect."""

import numpy as np

from fumarole.algorithms.clustering.occurrence import occurrence
from fumarole.algorithms.clustering.results import ClusterAreas
from fumarole.ui.reports.map_sections import area_section, occurrence_section


def text_of(section):
    return "".join(section.blocks)


def test_areas_are_listed_with_their_shares():
    section = area_section(ClusterAreas(np.array([3000, 1000]), np.array([30.0, 10.0]), np.array([0.9, np.nan])))
    text = text_of(section)
    assert "40.00 km\u00b2" in text and "75\u00a0%" in text and "25\u00a0%" in text and "0.90" in text


def test_a_preference_is_told_with_the_cluster_and_the_caveat():
    found = occurrence(np.array([2] * 60 + [1] * 20), np.array([75.0, 25.0]))
    section = occurrence_section([("Boreholes", found)])
    text = text_of(section)
    assert section.title == "Boreholes by cluster"
    assert "80 of 80 boreholes stand in a cluster." in text
    assert "seldom give counts so far" in text and "&lt; 0.001" in text
    assert "cluster 2 holds more" in text and "cluster 1 holds fewer" in text
    assert "Boreholes do not: they are drilled in groups" in text and "numbers are small" not in text


def test_no_preference_and_small_numbers_are_told():
    found = occurrence(np.array([1, 1, 2, 0]), np.array([70.0, 30.0]))
    text = text_of(occurrence_section([("Earthquakes", found)]))
    assert "3 of 4 earthquakes" in text and "1 lies outside" in text
    assert "no preference is shown" in text and "The numbers are small" in text


def test_without_a_point_on_the_map_there_is_no_table():
    text = text_of(occurrence_section([("Boreholes", occurrence(np.array([0]), np.array([1.0, 2.0])))]))
    assert "There is nothing to compare." in text and "<table" not in text
