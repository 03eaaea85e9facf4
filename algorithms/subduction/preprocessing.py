"""Features made alike in scale and shape, with everything learned from training rows only."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError

CLIP = 5.0  #: standard deviations beyond which a feature says no more
_FAR = 10.0  # ranges of all other values between them and a value that repeats there: it may stand for "no data"
_PARTS = ("centre", "scale", "exponent", "mean", "sd")


@dataclass(frozen=True, eq=False)
class Preprocessing:
    """Yeo-Johnson transform of every feature, standardised and clipped.

    Attributes
    ----------
    centre, scale : ndarray (n_features,)
        Mean and standard deviation of the training rows, so that units do not matter to the exponent.
    exponent : ndarray (n_features,)
        Of the Yeo-Johnson transform of the standardised feature.
    mean, sd : ndarray (n_features,)
        Of the transformed training rows; ``sd`` is infinite where a feature is constant in them, which makes it 0.

    References
    ----------
    Yeo & Johnson (2000). A new family of power transformations. Biometrika 87, 954-959.
    """

    centre: np.ndarray
    scale: np.ndarray
    exponent: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def fit(cls, values):
        """Learn from training rows ``(n_rows, n_features)`` without blanks."""
        from sklearn.preprocessing import PowerTransformer

        centre, spread = values.mean(axis=0), values.std(axis=0)
        varies = spread > 1e-12 * np.maximum(np.abs(centre), np.finfo(float).tiny)
        scale = np.where(varies, spread, 1.0)
        exponent = np.ones(values.shape[1])
        if varies.any():
            standardised = ((values - centre) / scale)[:, varies]
            exponent[varies] = PowerTransformer(standardize=False).fit(standardised).lambdas_
        raw = cls(centre, scale, exponent, np.zeros(len(centre)), np.ones(len(centre)))
        transformed = raw._transformed(values)
        sd = np.where(varies, transformed.std(axis=0), np.inf)
        return cls(centre, scale, exponent, transformed.mean(axis=0), sd)

    def apply(self, values):
        """Return preprocessed features ``(n_rows, n_features)``; blanks stay NaN."""
        with np.errstate(over="ignore"):  # what overflows is clipped
            return np.clip((self._transformed(values) - self.mean) / self.sd, -CLIP, CLIP)

    def _transformed(self, values):
        from scipy.stats import yeojohnson

        standardised = (values - self.centre) / self.scale
        columns = [yeojohnson(column, exponent) for column, exponent in zip(standardised.T, self.exponent)]
        return np.stack(columns, axis=1)

    def to_arrays(self):
        """Return the learned numbers by name, for a model file."""
        return {f"preprocessing.{part}": getattr(self, part) for part in _PARTS}

    @classmethod
    def from_arrays(cls, arrays):
        """Return what :meth:`to_arrays` wrote; raises KeyError when a part is missing."""
        return cls(*(arrays[f"preprocessing.{part}"] for part in _PARTS))


def check_features(segments):
    """Refuse features that are the same in every segment.

    Raises
    ------
    DataError
        Naming them.
    """
    if not segments.names:
        raise DataError("No features were chosen: choose numeric fields that describe the segments.")
    constant = [name for name, column in zip(segments.names, segments.values.T) if np.ptp(column) == 0]
    if constant:
        listed = ", ".join(f"'{name}'" for name in constant)
        raise DataError(f"Constant over all {len(segments)} segments: {listed}. Remove them from the features.")


def fill_value_notes(segments):
    """Return a sentence on every feature whose lowest or highest value repeats far from all others, such as -9999."""
    notes = []
    for name, column in zip(segments.names, segments.values.T):
        for extreme in (column.min(), column.max()):
            others = column[column != extreme]
            repeats = len(column) - len(others)
            if repeats > 1 and len(others) and np.abs(others - extreme).min() > _FAR * np.ptp(others) > 0:
                notes.append(
                    f"'{name}' is {extreme:g} in {repeats} segments, far from all its other values: if that means no "
                    "data, make it NULL."
                )
    return notes
