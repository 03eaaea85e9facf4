"""Numbers as a reader expects them: few digits, thin spaces between thousands, a dash for no value."""

import math
import re

THIN_SPACE = "\u202f"
NO_VALUE = "\u2013"


def count(number):
    """Return a whole number with thin spaces between thousands."""
    return f"{int(number):,}".replace(",", THIN_SPACE)


def fixed(value, decimals=2):
    """Return a number with a fixed number of decimals; a dash when it is not finite."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    return f"{value:,.{decimals}f}".replace(",", THIN_SPACE).replace("-", "\u2212")


def significant(value, digits=3):
    """Return a number with at least ``digits`` significant digits; powers of ten outside 1e-4 to 1e6."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if magnitude < -4 or magnitude >= 6:
        return f"{value / 10.0**magnitude:.{digits - 1}f}e{magnitude}".replace("-", "\u2212")
    return fixed(value, max(0, digits - 1 - magnitude))


def percent(share):
    """Return a share (0 to 1) as a percentage: whole, with one decimal below 10 %."""
    if share is None or not math.isfinite(share):
        return NO_VALUE
    return f"{fixed(100 * share, 1 if 0 < share < 0.0995 else 0)}\u00a0%"


def quantity(name, unit):
    """Return a variable's name with its unit, unless the name already carries it in this or another spelling."""
    bare_name, bare_unit = (re.sub(r"[^\w%\u2030]|_", "", text.lower()) for text in (name, unit))
    return name if bare_unit in bare_name else f"{name} ({unit})"


def listed(words):
    """Return ``a, b and c``."""
    words = list(words)
    return " and ".join([", ".join(words[:-1])] * (len(words) > 1) + words[-1:])
