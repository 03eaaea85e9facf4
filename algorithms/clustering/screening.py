"""Which features and samples can be clustered, and why the others cannot."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .transforms import is_censored, trimmed_range

_LEAST_FEATURES = 2
_LEAST_PARTS = 3  # fewer parts of a composition are treated as single features
_LEAST_SAMPLES = 5
_LEAST_FILLED_FEATURE = 0.5  # share of the samples; imputing most of a feature would be inventing it
_LEAST_FILLED_SAMPLE = 0.6  # share of the used features
_MOST_CENSORED = 0.4  # share of the values of a feature
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Screening:
    """What of a table is clustered.

    Attributes
    ----------
    reasons : tuple of str
        Per feature why it is dropped, such as "all its values are equal"; empty where it is used.
    composition : ndarray of bool (n_features,)
        Which features form the composition.
    samples : ndarray of bool (n_samples,)
        Which samples have enough values of the used features.
    censored, missing : ndarray of bool (n_samples, n_features)
    """

    reasons: tuple
    composition: np.ndarray
    samples: np.ndarray
    censored: np.ndarray
    missing: np.ndarray

    @property
    def used(self):
        """Which features are used, ``(n_features,)`` of bool."""
        return np.array([not reason for reason in self.reasons], dtype=bool)


def screen(names, values, below_detection, composition, impute):
    """Choose features and samples.

    Parameters
    ----------
    names : sequence of str
    values, below_detection : ndarray (n_samples, n_features)
        Cleaned; NaN = blank.
    composition : ndarray of bool (n_features,)
        Candidates for the composition; with fewer than 3 usable ones it is given up.
    impute : bool
        Whether a sample may have blanks.

    Raises
    ------
    DataError
        With fewer than 2 usable features or 5 usable samples, saying why.
    """
    if len(values) < _LEAST_SAMPLES:
        raise DataError(
            f"There are too few samples: {len(values)}, and clustering needs at least {_LEAST_SAMPLES} samples. Add "
            "samples, or check the filter and the selection."
        )
    screening = _screen(values, below_detection, composition, impute)
    if 0 < (screening.used & composition).sum() < _LEAST_PARTS:
        screening = _screen(values, below_detection, np.zeros_like(composition), impute)
    n_used = int(screening.used.sum())
    if n_used < _LEAST_FEATURES:
        reasons = "".join(f" '{name}': {reason}." for name, reason in zip(names, screening.reasons) if reason)
        raise DataError(
            f"Clustering needs at least {_LEAST_FEATURES} usable fields, but only {n_used} of the {len(names)} chosen "
            f"can be used.{reasons} Choose more fields, or others."
        )
    n_samples = int(screening.samples.sum())
    if n_samples < _LEAST_SAMPLES:
        needed = _percent(_LEAST_FILLED_SAMPLE) if impute else "all"
        raise DataError(
            f"Only {n_samples} of {len(values)} samples have values in {needed} of the {n_used} usable fields, and "
            f"clustering needs at least {_LEAST_SAMPLES} samples. Choose fields with fewer blanks."
        )
    return screening


def enough_values(missing, impute):
    """Return which samples ``(n_samples,)`` have enough values of the used features."""
    if not impute:
        return ~missing.any(axis=1)
    return (~missing).mean(axis=1) >= _LEAST_FILLED_SAMPLE - _ROUNDING


def missing_cells(values, censored, composition):
    """Return which cells hold nothing; a part of a composition below an unknown detection limit holds something."""
    return np.isnan(values) & ~(composition & censored)


def _screen(values, below_detection, composition, impute):
    censored = is_censored(values, below_detection, composition)
    missing = missing_cells(values, censored, composition)
    reasons = np.full(values.shape[1], "", dtype=object)
    screened = ~missing.all(axis=1)
    while True:
        for feature in np.flatnonzero(reasons == ""):
            reasons[feature] = _reason(*(cells[screened, feature] for cells in (values, censored, missing)))
        used = reasons == ""
        samples = enough_values(missing[:, used], impute) if used.any() else np.zeros_like(screened)
        if samples.sum() < _LEAST_SAMPLES or np.array_equal(samples, screened):
            return Screening(tuple(reasons), composition, samples, censored, missing)
        screened = samples


def _reason(values, censored, missing):
    """Return why a column cannot be used, empty if it can."""
    if missing.all():
        return "it holds no value"
    if (filled := 1 - missing.mean()) < _LEAST_FILLED_FEATURE - _ROUNDING:
        return f"only {_percent(filled)} of the samples have a value (at least {_percent(_LEAST_FILLED_FEATURE)} must)"
    below = censored[censored | ~missing].mean()
    if below > _MOST_CENSORED + _ROUNDING:
        kind = "below detection or not positive" if (values[censored] <= 0).any() else "below detection"
        return f"{_percent(below)} of its values are {kind} (at most {_percent(_MOST_CENSORED)} may be)"
    known = values[~missing & ~np.isnan(values)]
    if known.min() == known.max():
        return f"all its values are equal ({known[0]:g})"
    low, high = trimmed_range(known)
    if low == high:
        return f"nearly all its values are equal ({low:g})"
    return ""


def _percent(share):
    return f"{100 * share:.3g} %"
