"""The colours of segments stay apart for colour-blind readers, and run from cool to warm."""

import pytest

from fumarole.algorithms.subduction.feature_groups import GROUPS
from fumarole.ui.segment_palette import GROUP_COLORS, NOT_CLASSIFIED, RELEVANCE, class_color


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_classes_stay_apart(smallest_difference, cielab, vision, n_classes):
    colours = [class_color(number, n_classes) for number in range(1, n_classes + 1)]
    assert smallest_difference([*colours, NOT_CLASSIFIED], vision) > 15
    warmth = [cielab(colour, "normal")[1:].sum() for colour in (colours[0], colours[-1])]
    assert warmth[0] < -20 and warmth[1] > 50  # bluish and greenish is low, reddish and yellowish high
    assert all(cielab(colour, "normal")[0] < 75 for colour in colours)  # seen on white paper


@pytest.mark.parametrize("number", [0, None])
def test_not_classified_is_grey(number):
    assert class_color(number, 3) == NOT_CLASSIFIED


def test_relevance_diverges_evenly_from_a_pale_middle(cielab, smallest_difference, vision):
    lightness = [cielab(colour, "normal")[0] for colour in RELEVANCE]
    assert lightness[0] < lightness[1] < lightness[2] > lightness[3] > lightness[4]
    assert lightness[2] > 90 and abs(lightness[0] - lightness[-1]) < 10
    assert smallest_difference([RELEVANCE[0], RELEVANCE[-1]], vision) > 40


def test_every_group_of_features_has_a_colour_of_its_own(smallest_difference, vision):
    assert tuple(GROUP_COLORS) == GROUPS
    assert smallest_difference(list(GROUP_COLORS.values()), vision) > 15
