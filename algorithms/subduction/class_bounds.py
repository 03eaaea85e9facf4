"""Classes of the largest magnitude, cut at fixed bounds that do not depend on the data."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .segments import NO_EVENT


@dataclass(frozen=True)
class ClassBounds:
    """Magnitudes that part the classes, rising; a class includes its lower bound."""

    magnitudes: tuple

    @property
    def n_classes(self):
        """Number of classes, one more than bounds."""
        return len(self.magnitudes) + 1

    @property
    def names(self):
        """Names of the classes, lowest magnitudes first, such as ``Mw < 8`` and ``Mw \u2265 8``."""
        bounds = self.magnitudes
        between = [f"Mw {low:g} to {high:g}" for low, high in zip(bounds[:-1], bounds[1:])]
        return (f"Mw < {bounds[0]:g}", *between, f"Mw \u2265 {bounds[-1]:g}")

    def classes(self, magnitude):
        """Return the class 0.. of each magnitude; 0 where no earthquake is known (NaN or up to 1)."""
        known = np.where(magnitude > NO_EVENT, magnitude, -np.inf)
        return np.searchsorted(self.magnitudes, known, side="right")


def parse_bounds(text):
    """Return the :class:`ClassBounds` written in ``text``, such as ``8.0`` or ``6.4, 8.3``.

    Raises
    ------
    DataError
        If the text is not one to three rising magnitudes between 1 and 11.
    """
    advice = "Write one to three magnitudes with a point as decimal sign, rising, such as 8.0 or 6.4,8.3."
    try:
        magnitudes = tuple(float(part) for part in text.replace(";", ",").split(","))
    except ValueError:
        raise DataError(f"The class bounds '{text}' are not numbers. {advice}") from None
    if not 1 <= len(magnitudes) <= 3 or any(not NO_EVENT < value < 11 for value in magnitudes):
        raise DataError(f"The class bounds '{text}' cannot be used. {advice}")
    if any(low >= high for low, high in zip(magnitudes[:-1], magnitudes[1:])):
        raise DataError(f"The class bounds '{text}' do not rise. {advice}")
    return ClassBounds(magnitudes)


def check_classes(classes, bounds):
    """Refuse data in which a class does not occur.

    Raises
    ------
    DataError
        Naming the empty classes and how many segments the others have.
    """
    counts = np.bincount(classes, minlength=bounds.n_classes)
    if (counts == 0).any():
        empty = ", ".join(name for name, count in zip(bounds.names, counts) if count == 0)
        found = ", ".join(f"{name}: {count}" for name, count in zip(bounds.names, counts) if count)
        raise DataError(f"No segment belongs to the class {empty} ({found}). Choose other class bounds.")
