"""The palette stays readable for colour-blind readers."""

from itertools import combinations

import numpy as np
import pytest

from fumarole.ui.palette import BOREHOLE, CLUSTER_COLOURS, NOT_ASSIGNED, cluster_colour, cluster_colours

# Machado, Oliveira and Fernandes (2009), IEEE TVCG 15, 1291-1298: severity 1.0, linear RGB
VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE_D65 = np.array([0.95047, 1.0, 1.08883])


def cielab(colour, vision):
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(VISION[vision]) @ linear, 0.0, 1.0)
    ratio = RGB_TO_XYZ @ seen / WHITE_D65
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def smallest_difference(colours, vision):
    seen = [cielab(colour, vision) for colour in colours]
    return min(np.linalg.norm(a - b) for a, b in combinations(seen, 2))


@pytest.mark.parametrize("vision", VISION)
def test_first_eight_colours_stay_apart(vision):
    assert smallest_difference(CLUSTER_COLOURS[:8], vision) > 15


@pytest.mark.parametrize("vision", VISION)
def test_all_fixed_colours_stay_apart(vision):
    assert smallest_difference(CLUSTER_COLOURS, vision) > 10


def test_red_and_green_of_equal_lightness_would_fail():
    assert smallest_difference(["#C05A3C", "#7A7A28"], "deuteranopia") < 15


def test_no_colour_vanishes_on_white_paper_or_is_taken_for_a_borehole():
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
