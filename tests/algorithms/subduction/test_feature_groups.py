"""Which group a feature belongs to, by its name alone."""

import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.subduction.feature_groups import group_of, meaning, parse_groups


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("SED_GRD", "physical state"),
        ("CRM_UP_STD", "physical state"),
        ("LRO_DG_AVE", "physical state"),
        ("DXT_600", "dynamics"),
        ("EGO_SL_UP_AVE", "dynamics"),
        ("EGR_BG_UP_AVE", "dynamics"),
        ("fre_dg_ave", "dynamics"),
        ("V_TN", "kinematics"),
        ("V_UP", "kinematics"),
        ("AGE", "kinematics"),
        ("AGENT", "other"),  # a word that only begins like a code
        ("V", "other"),
        ("Türkiye", "other"),
    ],
)
def test_the_name_tells_the_group(name, group):
    assert group_of(name) == group


def test_the_user_comes_first_and_the_longest_beginning_counts():
    assignment = parse_groups(" Kinematics = fre, ego ;other=EGO_S; physical  state=xyz ")
    assert assignment == {"FRE": "kinematics", "EGO": "kinematics", "EGO_S": "other", "XYZ": "physical state"}
    found = [group_of(name, assignment) for name in ("FRE_UP_AVE", "EGO_UP_AVE", "EGO_SL_UP_AVE", "xyz1", "SED_AVE")]
    assert found == ["kinematics", "kinematics", "other", "physical state", "physical state"]
    assert parse_groups(" ") == {}


@pytest.mark.parametrize("text", ["dynamics", "dynamics=", "dynamics= ,", "dinamics=FRE", "=FRE"])
def test_what_assigns_nothing_gets_a_sentence(text):
    with pytest.raises(DataError, match="assigns no features to a group. Write group=names with one of the groups"):
        parse_groups(text)


def test_two_groups_cannot_claim_the_same_names():
    with pytest.raises(DataError, match="'FRE' is assigned to both dynamics and kinematics"):
        parse_groups("dynamics=FRE; kinematics=fre")


def test_the_name_tells_the_meaning():
    assert meaning("EGO_SL_UP_AVE") == "geoid (EGM2008), part SL, upper plate, mean"
    assert meaning("DXT_200") == "slab depth extent, over 200 km"
    assert meaning("V_UP") == "velocity of the upper plate"
    assert meaning("CRD_UP_OLD_STD") == "interface curvature along dip, upper plate, spread"
    assert meaning("anything") == ""
