"""Random search of the network's learning rate and weight decay, inside the training rows of every fold only.

The tested rows of a fold take no part in the choice made for it: its training rows are split into blocks again.
"""

from dataclasses import replace

import numpy as np

from ..errors import DataError
from ..progress import silent
from .folds import Exclusion, Fold, block_folds, stretches
from .network_training import Recipe
from .validation import fold_f1, predict_folds

_INNER_FOLDS = 3
LEARNING_RATES = (2e-3, 2e-2)  #: ends of the range searched, evenly in the logarithm
WEIGHT_DECAYS = (1e-4, 1e-1)


def search_recipes(
    segments, classes, n_classes, folds, exclusion_km, n_candidates, seed=42, recipe=Recipe(), progress=silent
):
    """Choose a recipe for every fold by blocks within its training rows.

    Parameters
    ----------
    segments : SegmentTable
        Without blanks.
    classes : ndarray of int (n_segments,)
    n_classes : int
    folds : sequence of Fold
    exclusion_km : float
        Kept between the blocks within the training rows.
    n_candidates : int
        Recipes tried; the given one is the first.
    seed : int
    recipe : Recipe
        What is not searched is taken from it.

    Returns
    -------
    tuple of Recipe
        One per fold.
    """
    if n_candidates < 1:
        raise DataError("The number of recipes to try must be at least 1.")
    candidates = _candidates(recipe, n_candidates, seed)
    inner = [_inner_folds(segments.take(fold.train), fold, exclusion_km) for fold in folds]
    flat = [split for splits in inner for split in splits]
    together = replace(
        recipe,
        learning_rate=np.tile([candidate.learning_rate for candidate in candidates], len(flat)),
        weight_decay=np.tile([candidate.weight_decay for candidate in candidates], len(flat)),
    )
    found = predict_folds(
        "network", segments, classes, n_classes, flat, n_candidates, seed, together, progress=progress
    )
    scored = iter(
        [[fold_f1(classes[split.test], one.argmax(axis=1)) for one in guess] for split, guess in zip(flat, found)]
    )
    return tuple(candidates[int(np.mean([next(scored) for _ in splits], axis=0).argmax())] for splits in inner)


def joined(recipes, n_repeats):
    """Return one recipe for :func:`.validation.predict_folds` that trains every fold by its own."""
    return replace(
        recipes[0],
        learning_rate=np.repeat([recipe.learning_rate for recipe in recipes], n_repeats),
        weight_decay=np.repeat([recipe.weight_decay for recipe in recipes], n_repeats),
    )


def _candidates(recipe, n_candidates, seed):
    generator = np.random.default_rng(seed)
    others = [
        replace(
            recipe,
            learning_rate=float(np.exp(generator.uniform(*np.log(LEARNING_RATES)))),
            weight_decay=float(np.exp(generator.uniform(*np.log(WEIGHT_DECAYS)))),
        )
        for _ in range(n_candidates - 1)
    ]
    return [recipe, *others]


def _inner_folds(training, fold, exclusion_km):
    """Blocks within the training rows, as rows of the whole table."""
    inner = block_folds(training, stretches(training, _INNER_FOLDS), Exclusion(exclusion_km))
    return [Fold(split.name, fold.train[split.train], fold.train[split.test]) for split in inner]
