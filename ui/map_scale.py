"""Round numbers for maps: scales, grid intervals and scale bars."""

import math

_ROUND_SCALES = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0)


def round_scale(denominator):
    """Return the next customary scale denominator that is not smaller, such as 150 000 for 132 417."""
    power = 10.0 ** math.floor(math.log10(denominator))
    return next(step * power for step in _ROUND_SCALES if step * power >= denominator * (1.0 - 1e-9))


def round_interval(length):
    """Return the largest of 1, 2 or 5 times a power of ten that is not longer than ``length``."""
    power = 10.0 ** math.floor(math.log10(length) + 1e-9)
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= length * (1.0 + 1e-9))
