"""Names of relevance fields: readable, and different within the ten characters of a Shapefile."""

import pytest

from fumarole.processing_provider.subduction.relevance_fields import relevance_fields


@pytest.mark.parametrize(
    ("name", "field"),
    [("SED_AVE", "r_SED_AVE"), ("DXT_200", "r_DXT_200"), ("EGO_SL_UP_AVE", "r_EGOSLUPA"), ("FRE_DG_GRD", "r_FREDGG")],
)
def test_a_name_is_kept_or_shortened(name, field):
    assert relevance_fields([name]) == (field,)


def test_names_that_look_alike_are_numbered():
    names = ["a_very_long_name", "a_very_long_name_2", "A_VERY_LONG_NAMES", "sed", "SED", "<b>", "Größe"]
    found = relevance_fields(names)
    assert len({name.lower() for name in found}) == len(names)
    assert all(3 <= len(name) <= 10 and name.startswith("r_") for name in found)
    assert found[3:5] == ("r_sed", "r_SED2") and found[5:] == ("r_b", "r_Größe")


def test_more_than_ten_alike_stay_different():
    found = relevance_fields([f"long_name_{letter}" for letter in "abcdefghijklmno"])
    assert len(set(found)) == 15 and max(map(len, found)) == 10
