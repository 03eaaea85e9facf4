"""The unit of a self-potential: millivolts, or volts that must be said to be such."""

import numpy as np

from ...algorithms.errors import DataError

AUTO, MILLIVOLTS, VOLTS = UNITS = ("auto", "millivolts", "volts")
_LARGEST_IN_VOLTS = 5.0  # no natural self-potential reaches it
_SMALLEST_RANGE_V = 0.005  # of a survey worth inverting


def millivolts_per_unit(values, unit, name):
    """Return the factor, 1 or 1000, that makes millivolts of self-potentials.

    Parameters
    ----------
    values : ndarray (n,)
        NaN where missing.
    unit : str
        One of ``UNITS``; ``"auto"`` takes millivolts but refuses what looks like volts, unless the name says mV.
    name : str
        Of the field or band, for the sentence.

    Raises
    ------
    DataError
        If the values look like volts and nobody said what they are.
    """
    if unit == VOLTS:
        return 1000.0
    known = values[np.isfinite(values)]
    if unit == AUTO and len(known) and "mv" not in name.lower():
        low, high = float(known.min()), float(known.max())
        if max(-low, high) < _LARGEST_IN_VOLTS and high - low >= _SMALLEST_RANGE_V:
            raise DataError(
                f"'{name}' runs from {low:g} to {high:g}, which looks like volts rather than millivolts. Set the unit "
                "of the self-potential to volts (they are converted) or to millivolts (they are taken as they are)."
            )
    return 1.0
