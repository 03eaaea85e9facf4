"""Magnitudes predicted from features."""

from dataclasses import replace

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.subduction.folds import Exclusion, block_folds, stretches
from fumarole.algorithms.subduction.magnitude_regression import REGRESSORS, regress_magnitude
from fumarole.algorithms.subduction.network_training import Recipe

QUICK = {"recipe": Recipe(hidden=(16,), input_dropout=0.1, n_steps=150), "n_trees": 20, "n_repeats": 2}


@pytest.mark.parametrize("regressor", REGRESSORS)
def test_a_telling_feature_predicts_the_magnitude(synthetic, regressor):
    found = regress_magnitude(synthetic, regressor, **QUICK)
    assert found.rmse < 0.8 * found.mean_rmse
    assert found.rank_correlation > 0.6
    assert found.rmse == pytest.approx(np.sqrt(np.mean((found.predicted - synthetic.magnitude) ** 2)))
    assert found.spread.mean() > 0 and found.notes == ()


def test_the_nearest_segment_stands_beside_it(synthetic):
    found = regress_magnitude(synthetic, "extra_trees", Exclusion(0.0), **QUICK)
    for fold in block_folds(synthetic, stretches(synthetic, 5)):
        for row in fold.test:
            same = [other for other in fold.train if synthetic.region[other] == synthetic.region[row]]
            apart = [abs(synthetic.position_km[other] - synthetic.position_km[row]) for other in same]
            assert found.nearest[row] == synthetic.magnitude[same[int(np.argmin(apart))]]


def test_segments_without_earthquake_are_counted(synthetic):
    magnitude = synthetic.magnitude.copy()
    magnitude[[2, 50]] = 0.0, np.nan
    found = regress_magnitude(replace(synthetic, magnitude=magnitude), "extra_trees", **QUICK)
    assert found.notes == ("2 segments without a known earthquake count as magnitude 4.",)


def test_bad_input_gets_a_sentence(synthetic):
    with pytest.raises(DataError, match="All 105 segments have magnitude 8"):
        regress_magnitude(replace(synthetic, magnitude=np.full(105, 8.0)))
    with pytest.raises(DataError, match="Regressor 'context' is not known"):
        regress_magnitude(synthetic, "context")
