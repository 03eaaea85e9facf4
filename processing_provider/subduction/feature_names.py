"""Short codes of rasters, from which the fields of sampled features are named."""

import re
import unicodedata
from itertools import chain, count

from ...algorithms.errors import DataError

_LENGTH = 3  # characters, so that <code>_UP_AVE keeps within 10
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,2}")


def feature_codes(names, given=""):
    """Return a code of at most 3 characters for each raster, all different.

    Parameters
    ----------
    names : sequence of str
        Of the rasters.
    given : str
        The user's codes, separated by commas, one for each raster; empty = made from the names.

    Returns
    -------
    tuple of str
        Upper case. The same names in the same order always give the same codes.

    Raises
    ------
    DataError
        If the given codes are not as many as the rasters, or :func:`wrong_codes` has something against them.
    """
    if given.strip():
        sentence = wrong_codes(given)
        codes = _split(given)
        if not sentence and len(codes) != len(names):
            sentence = (
                f"There are {len(codes)} codes for {len(names)} raster bands ({', '.join(names)}). Give one code for "
                "each, in this order, or none."
            )
        if sentence:
            raise DataError(sentence)
        return tuple(codes)
    codes = []
    for name in names:
        codes.append(next(code for code in _candidates(_words(name)) if code not in codes))
    return tuple(codes)


def wrong_codes(given):
    """Return a sentence on what is wrong with codes of the user, "" if nothing."""
    codes = _split(given) if given.strip() else []
    for code in codes:
        if not _CODE.fullmatch(code):
            return (
                f"'{code}' is no feature code: take a letter and up to two more letters or digits, such as AGE, and "
                "separate the codes by commas."
            )
        if codes.count(code) > 1:
            return f"The feature code '{code}' is given twice. Each raster needs its own."
    return ""


def _split(given):
    return [code.strip().upper() for code in given.split(",")]


def _words(name):
    """Return the words of a name in plain upper-case letters and digits; the first begins with a letter."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    return re.findall(r"[A-Z0-9]+", plain[re.search(r"[A-Z]|$", plain).start() :]) or ["RASTER"]


def _candidates(words):
    """Yield codes from the best on: sea_age gives SEA, SAG, SE2, SE3 ...; stack_band_4 gives ST4 first."""
    numbered = [words[0][: _LENGTH - len(words[-1])] + words[-1]] if words[-1].isdigit() else []
    fitting = [code for code in numbered if len(code) <= _LENGTH and code[0].isalpha()]
    start = "".join(words)[:_LENGTH]
    second = [words[0][0] + words[1][: _LENGTH - 1]] if len(words) > 1 and words[1][0].isalpha() else []
    first = words[0][:_LENGTH] if len(words[0]) >= _LENGTH else start
    others = (start[: _LENGTH - len(str(number))] + str(number) for number in count(2))
    return chain(fitting, [first], second, others)
