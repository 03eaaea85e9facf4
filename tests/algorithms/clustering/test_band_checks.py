"""Codes are told from amounts."""

import numpy as np

from fumarole.algorithms.clustering.band_checks import code_warnings


def test_bands_of_codes_are_named_and_others_are_not():
    generator = np.random.default_rng(0)
    n_pixels = 500
    bands = {
        "rocks": generator.integers(1, 6, n_pixels),
        "measured": generator.normal(size=n_pixels),
        "counts": generator.integers(0, 400, n_pixels),
        "tenths": generator.integers(0, 5, n_pixels) / 10,
        "constant": np.full(n_pixels, 7.0),
    }
    (warning,) = code_warnings(bands, np.column_stack(list(bands.values())))
    assert warning.startswith("Band 'rocks' holds only 5 different whole numbers.")


def test_a_few_pixels_tell_nothing():
    assert code_warnings(["a"], np.arange(12.0)[:, None] % 4) == []
