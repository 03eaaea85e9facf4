"""The palette stays readable for colour-blind readers."""

import pytest

from fumarole.ui.palette import BOREHOLE, CLUSTER_COLOURS, NOT_ASSIGNED, cluster_colour, cluster_colours


def test_first_eight_colours_stay_apart(smallest_difference, vision):
    assert smallest_difference(CLUSTER_COLOURS[:8], vision) > 15


def test_all_fixed_colours_stay_apart(smallest_difference, vision):
    assert smallest_difference(CLUSTER_COLOURS, vision) > 10


def test_red_and_green_of_equal_lightness_would_fail(smallest_difference):
    assert smallest_difference(["#C05A3C", "#7A7A28"], "deuteranopia") < 15


def test_no_colour_vanishes_on_white_paper_or_is_taken_for_a_borehole(cielab, smallest_difference):
    for colour in CLUSTER_COLOURS:
        assert cielab(colour, "normal")[0] < 85
        assert smallest_difference([colour, BOREHOLE], "normal") > 20


def test_a_number_keeps_its_colour_and_the_continuation_repeats_none():
    colours = cluster_colours(60)
    assert colours[:12] == list(CLUSTER_COLOURS)
    assert cluster_colours(5) == colours[:5]
    assert len(set(colours)) == 60


@pytest.mark.parametrize("number", [0, None, -1])
def test_not_assigned_is_grey(number):
    assert cluster_colour(number) == NOT_ASSIGNED
