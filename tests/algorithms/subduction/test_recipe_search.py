"""The search looks at training rows only, and each fold trains by what was found for it."""

from dataclasses import replace

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.subduction.folds import block_folds, stretches
from fumarole.algorithms.subduction.network_training import Recipe
from fumarole.algorithms.subduction.recipe_search import joined, search_recipes
from fumarole.algorithms.subduction.validation import predict_folds

QUICK = Recipe(hidden=(8,), n_steps=40)


@pytest.fixture(scope="module")
def folds(synthetic):
    return block_folds(synthetic, stretches(synthetic, 4))


def test_tested_rows_take_no_part(synthetic, folds):
    classes = (synthetic.magnitude >= 8).astype(int)
    plain = search_recipes(synthetic, classes, 2, folds[:1], 50.0, 5, recipe=QUICK)
    values, other = synthetic.values.copy(), classes.copy()
    values[folds[0].test] = -7.0
    other[folds[0].test] = 1 - other[folds[0].test]
    blind = search_recipes(replace(synthetic, values=values), other, 2, folds[:1], 50.0, 5, recipe=QUICK)
    assert plain == blind


def test_a_useless_recipe_is_not_chosen(synthetic, folds):
    classes = (synthetic.magnitude >= 8).astype(int)
    useless = replace(QUICK, learning_rate=1e-9)
    found = search_recipes(synthetic, classes, 2, folds, 0.0, 6, recipe=useless)
    assert len(found) == len(folds)
    assert all(recipe.learning_rate > 1e-4 for recipe in found)


def test_every_fold_trains_by_its_own_recipe(synthetic, folds):
    classes = (synthetic.magnitude >= 8).astype(int)
    recipes = [replace(QUICK, learning_rate=rate) for rate in (1e-3, 2e-3, 5e-3, 1e-2)]
    together = predict_folds("network", synthetic, classes, 2, folds, 2, recipe=joined(recipes, 2))
    for index, fold in enumerate(folds):
        alone = predict_folds("network", synthetic, classes, 2, [fold], 2, recipe=recipes[index])
        assert together[index] == pytest.approx(alone[0], abs=1e-5)
    other = predict_folds("network", synthetic, classes, 2, folds[:1], 2, recipe=QUICK)
    assert np.abs(together[0] - other[0]).max() > 0


def test_nothing_to_try_gets_a_sentence(synthetic, folds):
    with pytest.raises(DataError, match="at least 1"):
        search_recipes(synthetic, np.zeros(105, dtype=int), 2, folds, 0.0, 0)
