"""The largest magnitude itself, predicted from the features instead of its class."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..progress import part, silent
from .folds import Exclusion, block_folds, stretches
from .forest import N_TREES, Forest
from .network_training import Recipe, outputs, train_networks
from .preprocessing import Preprocessing, check_features
from .segments import NO_EVENT

REGRESSORS = ("network", "extra_trees")
_CENTRE, _SCALE = 7.0, 1.5  # brings magnitudes near 0 and 1 without looking at the data


@dataclass(frozen=True, eq=False)
class MagnitudeRegression:
    """Magnitudes predicted for rows that were not trained on.

    Attributes
    ----------
    predicted : ndarray (n_segments,)
        Mean over the repeats.
    spread : ndarray (n_segments,)
        Standard deviation over the repeats: how much they differ, not how far they are off.
    nearest : ndarray (n_segments,)
        Magnitude of the nearest training segment of the trench, or the mean of all where the trench has none.
    rmse, nearest_rmse, mean_rmse : float
        Root mean square error of the prediction, of ``nearest``, and of the mean of the training rows.
    rank_correlation : float
        Spearman correlation of predicted and known magnitudes; NaN if one of them does not vary.
    notes : tuple of str
    """

    predicted: np.ndarray
    spread: np.ndarray
    nearest: np.ndarray
    rmse: float
    nearest_rmse: float
    mean_rmse: float
    rank_correlation: float
    notes: tuple


def regress_magnitude(
    segments,
    regressor="network",
    exclusion=Exclusion(100.0),
    n_folds=5,
    n_repeats=5,
    seed=42,
    recipe=Recipe(),
    n_trees=N_TREES,
    progress=silent,
):
    """Predict the magnitude of every segment from training rows that keep their distance.

    Segments without a known earthquake count as magnitude 4. See :func:`.validation.predict_folds` for the
    parameters.

    Raises
    ------
    DataError
        If the regressor is unknown, a feature is constant, all magnitudes are the same, or a fold cannot be made.
    """
    from scipy.stats import spearmanr

    if regressor not in REGRESSORS:
        raise DataError(f"Regressor '{regressor}' is not known: choose one of {', '.join(REGRESSORS)}.")
    check_features(segments)
    magnitude = segments.filled_magnitude
    if np.ptp(magnitude) == 0:
        raise DataError(f"All {len(segments)} segments have magnitude {magnitude[0]:g}: there is nothing to predict.")
    folds = block_folds(segments, stretches(segments, n_folds), exclusion)
    features = [Preprocessing.fit(segments.values[fold.train]).apply(segments.values) for fold in folds]
    target = (magnitude - _CENTRE) / _SCALE
    share = part(progress, 0.1, 1.0)
    if regressor == "network":
        arrays = train_networks(features, target, [fold.train for fold in folds], 1, n_repeats, recipe, seed, share)
    guesses = np.empty((n_repeats, len(segments)))
    nearest, mean = np.empty(len(segments)), np.empty(len(segments))
    for index, (fold, table) in enumerate(zip(folds, features)):
        if regressor == "network":
            members = slice(index * n_repeats, (index + 1) * n_repeats)
            own = {name: array[members] for name, array in arrays.items()}
            found = outputs(table[fold.test], own, recipe.n_layers)
        else:
            share(index / len(folds), f"Growing the trees of fold {index + 1} of {len(folds)}")
            forest = Forest.fit(table[fold.train], target[fold.train], 1, seed, max(n_trees, n_repeats))
            found = forest.predict_parts(table[fold.test], n_repeats)
        guesses[:, fold.test] = _CENTRE + _SCALE * found[..., 0]
        nearest[fold.test] = _nearest_magnitude(segments, magnitude, fold)
        mean[fold.test] = magnitude[fold.train].mean()
    predicted = guesses.mean(axis=0)
    rank = spearmanr(predicted, magnitude)[0] if np.ptp(predicted) else float("nan")
    n_blank = int(np.sum(~(segments.magnitude > NO_EVENT)))
    notes = (f"{n_blank} segments without a known earthquake count as magnitude 4.",) if n_blank else ()
    errors = [float(np.sqrt(np.mean((guess - magnitude) ** 2))) for guess in (predicted, nearest, mean)]
    return MagnitudeRegression(predicted, guesses.std(axis=0), nearest, *errors, float(rank), notes)


def _nearest_magnitude(segments, magnitude, fold):
    same = segments.region[fold.test][:, np.newaxis] == segments.region[fold.train]
    apart = np.abs(segments.position_km[fold.test][:, np.newaxis] - segments.position_km[fold.train])
    apart = np.where(same, apart, np.inf)
    return np.where(same.any(axis=1), magnitude[fold.train][apart.argmin(axis=1)], magnitude[fold.train].mean())
