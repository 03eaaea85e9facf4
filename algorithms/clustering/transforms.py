"""Single features brought to a scale on which distances mean something: logarithms, Yeo-Johnson, log-ratios."""

from dataclasses import dataclass

import numpy as np

from .quantities import DETECTION_FACTOR

_SD_PER_MAD = 1.482602218505602  # standard deviation of a normal distribution over its median absolute deviation
_HUGE = 1e100  # values are cut here, so that no square overflows
_FAR = 1e6  # robust standard deviations; the powers of larger numbers would overflow
_EXPONENTS = (-4.0, 4.0)
_EXPONENT_ROWS = 10_000  # quantiles the exponent is fitted to, at most
_TAIL = 0.01  # share at either end that sets no scale
_MARGIN = 0.75  # how far beyond the trimmed range a value may lie, in trimmed ranges
_NO_EXPONENT = 1e-12  # below, the power is its limit, the logarithm, within rounding


def cleaned(values):
    """Return ``values`` with infinities as NaN and cut to +-1e100."""
    return np.clip(np.where(np.isfinite(values), values, np.nan), -_HUGE, _HUGE)


def is_censored(values, below_detection, composition):
    """Return which cells are below detection: flagged, or not positive in a part of a composition."""
    return below_detection | (composition & (values <= 0))


def trimmed_range(column):
    """Return the 1st and 99th percentile of the finite values, leaving out one value at either end at least."""
    known = column[np.isfinite(column)]
    low = np.quantile(known, _TAIL, method="higher")
    return low, np.quantile(known, 1 - _TAIL, method="lower")


def yeo_johnson(values, exponent):
    """Return the Yeo-Johnson transform.

    Parameters
    ----------
    values : ndarray (n_samples, n_features)
        NaN stays NaN.
    exponent : ndarray (n_features,)
        1 leaves the values as they are, 0 takes logarithms of the positive ones.

    References
    ----------
    Yeo, I. and Johnson, R. (2000). A new family of power transformations to improve normality or symmetry.
    Biometrika 87, 954-959.
    """
    positive = _power(np.maximum(values, 0.0), exponent)
    negative = _power(np.maximum(-values, 0.0), 2.0 - exponent)
    return np.where(values == 0, 0.0, positive - negative)


def fit_exponent(column):
    """Return the Yeo-Johnson exponent, -4 to 4, that makes the central 98 % of ``column`` most like a normal sample."""
    from scipy.optimize import minimize_scalar
    from scipy.stats import yeojohnson_llf

    known = np.sort(np.clip(column[np.isfinite(column)], *trimmed_range(column)))
    if len(known) > _EXPONENT_ROWS:
        known = known[np.linspace(0, len(known) - 1, _EXPONENT_ROWS).astype(int)]
    return float(minimize_scalar(lambda e: -yeojohnson_llf(e, known), bounds=_EXPONENTS, method="bounded").x)


@dataclass(frozen=True, eq=False)
class Margins:
    """Each feature by itself: units, detection limits, logarithm or power, robust clipping.

    Attributes
    ----------
    composition : ndarray of bool (n_features,)
        Parts of the composition: their logarithm is taken. The others get a power transform.
    factor : ndarray (n_features,)
        From the input's unit to mg/kg; 1 for others.
    substitute : ndarray (n_features,)
        What stands for a value below an unknown detection limit, input's units; NaN = it stays blank.
    centre, spread, exponent : ndarray (n_features,)
        Median and robust standard deviation before the Yeo-Johnson transform, and its exponent.
    lower, upper : ndarray (n_features,)
        Where transformed values are cut.
    """

    composition: np.ndarray
    factor: np.ndarray
    substitute: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    exponent: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @classmethod
    def fit(cls, values, below_detection, composition, factor, gaussianise):
        """Fit to the samples that are clustered.

        Parameters
        ----------
        values, below_detection : ndarray (n_samples, n_features)
            Cleaned values in the input's units; no feature is blank or (nearly) constant.
        composition, factor : ndarray (n_features,)
        gaussianise : bool
            Whether features outside the composition get a Yeo-Johnson transform.
        """
        n_features = values.shape[1]
        substitute = np.full(n_features, np.nan)
        centre, spread, exponent = np.zeros(n_features), np.ones(n_features), np.ones(n_features)
        for feature, column in enumerate(values.T):
            if composition[feature]:
                detected = column[(column > 0) & ~below_detection[:, feature]]
                substitute[feature] = DETECTION_FACTOR * detected.min()
                continue
            centre[feature] = np.nanmedian(column)
            low, high = trimmed_range(column)
            robust_sd = _SD_PER_MAD * np.nanmedian(np.abs(column - centre[feature]))
            spread[feature] = min(robust_sd, high - low) or high - low
            if gaussianise:
                exponent[feature] = fit_exponent(_scaled(column, centre[feature], spread[feature]))
        unbounded = np.full(n_features, np.inf)
        margins = cls(composition, factor, substitute, centre, spread, exponent, -unbounded, unbounded)
        transformed, _ = margins.apply(values, below_detection)
        lower, upper = robust_bounds(transformed)
        return cls(composition, factor, substitute, centre, spread, exponent, lower, upper)

    def substituted(self, values, below_detection):
        """Return ``values`` with the substitute where a value is below an unknown detection limit."""
        unknown = is_censored(values, below_detection, self.composition) & ~(values > 0)
        return np.where(unknown & self.composition, self.substitute, values)

    def apply(self, values, below_detection):
        """Return the transformed features, NaN where blank, and which of them were cut."""
        values = self.substituted(values, below_detection)
        logarithm = np.log(np.where(self.composition, values, 1.0)) + np.log(self.factor)
        power = yeo_johnson(np.where(self.composition, 0.0, _scaled(values, self.centre, self.spread)), self.exponent)
        transformed = np.where(self.composition, logarithm, power)
        bounded = np.clip(transformed, self.lower, self.upper)
        return bounded, (bounded != transformed) & ~np.isnan(transformed)


@dataclass(frozen=True, eq=False)
class Standardisation:
    """Log-ratios of the composition, then every feature clipped, with mean 0 and standard deviation 1.

    Attributes
    ----------
    lower, upper, mean, sd : ndarray (n_features,)
        Bounds, mean and standard deviation of the clipped features before standardising.
    """

    lower: np.ndarray
    upper: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def fit(cls, filled, composition):
        """Fit to transformed features without blanks; ``sd`` is 0 where a log-ratio does not vary."""
        ratios = centred_log_ratio(filled, composition)
        lower, upper = robust_bounds(ratios)
        clipped = np.clip(ratios, lower, upper)
        sd = clipped.std(axis=0)
        return cls(lower, upper, clipped.mean(axis=0), np.where(sd > 1e-9, sd, 0.0))

    def apply(self, filled, composition):
        """Return the standardised features and which of them were cut."""
        ratios = centred_log_ratio(filled, composition)
        clipped = np.clip(ratios, self.lower, self.upper)
        return (clipped - self.mean) / self.sd, clipped != ratios


def centred_log_ratio(logarithms, composition):
    """Return ``logarithms`` with the mean over the parts of the composition taken off those parts.

    References
    ----------
    Aitchison, J. (1986). The Statistical Analysis of Compositional Data. Chapman and Hall.
    """
    if not composition.any():
        return logarithms
    mean = logarithms[:, composition].mean(axis=1, keepdims=True)
    return np.where(composition, logarithms - mean, logarithms)


def robust_bounds(values):
    """Return lower and upper bounds ``(n_features,)``: the trimmed range, widened by 3/4 of itself on either side.

    For a large normal sample that is 5.8 standard deviations off the mean.
    """
    low, high = np.transpose([trimmed_range(column) for column in values.T])
    return low - _MARGIN * (high - low), high + _MARGIN * (high - low)


def _scaled(values, centre, spread):
    with np.errstate(over="ignore"):  # a tiny spread makes a large value infinite, and that is cut
        return np.clip((values - centre) / spread, -_FAR, _FAR)


def _power(values, exponent):
    """Return ``((1 + values) ** exponent - 1) / exponent``, its limit where ``exponent`` is 0; ``values`` >= 0."""
    logarithm = np.log1p(values)
    is_zero = np.abs(exponent) < _NO_EXPONENT
    divisor = np.where(is_zero, 1.0, exponent)
    return np.where(is_zero, logarithm, np.expm1(divisor * logarithm) / divisor)
