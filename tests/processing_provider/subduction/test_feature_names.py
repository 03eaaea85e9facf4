"""Codes of rasters: short, different, the same every time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.subduction.feature_names import feature_codes


@pytest.mark.parametrize(
    "names, codes",
    [
        (["gravity"], ["GRA"]),
        (["sediment_thickness", "sediment age"], ["SED", "SAG"]),
        (["age", "Age", "AGE 2", "age"], ["AGE", "AG2", "AG3", "AG4"]),
        (["stack band 1", "stack band 2", "stack band 12"], ["ST1", "ST2", "S12"]),
        (["v", "V"], ["V", "V2"]),
        (["2020_slab2_dep", "çukur", "42", ""], ["SLA", "CUK", "RAS", "RA2"]),
    ],
)
def test_codes_come_from_the_names(names, codes):
    assert list(feature_codes(names)) == codes


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_codes_are_short_and_different_whatever_the_names(names):
    codes = feature_codes(names)
    assert len(set(codes)) == len(names)
    assert all(0 < len(code) <= 3 and code.isascii() and code.isalnum() and code == code.upper() for code in codes)
    assert all(code[0].isalpha() for code in codes)
    assert feature_codes(names) == codes


def test_codes_of_the_user_are_taken():
    assert feature_codes(["a", "b"], " grv, V2") == ("GRV", "V2")


@pytest.mark.parametrize(
    "given_codes, sentence",
    [
        ("AGE", "1 codes for 2 raster bands"),
        ("AGE,,", "'' is no feature code"),
        ("1AB,AGE", "'1AB' is no feature code"),
    ],
)
def test_wrong_codes_are_refused(given_codes, sentence):
    with pytest.raises(DataError, match=sentence):
        feature_codes(["a", "b"], given_codes)
