"""Comparing words as people write them in spreadsheets: case, accents and the two Turkish i do not count."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[^a-z0-9%°‰δ]+")
_SAME_LETTERS = str.maketrans({"ı": "i", "μ": "u", "−": "-", "–": "-", "‒": "-"})


def folded(text):
    """Return ``text`` in lower case without accents, ``ı`` and ``İ`` as ``i``, ``µ`` as ``u``.

    >>> folded("SICAKLIK") == folded("sıcaklık") == folded("Sicaklik")
    True
    """
    decomposed = unicodedata.normalize("NFKD", str(text).strip())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return plain.casefold().translate(_SAME_LETTERS)


def words(text):
    """Return the words of ``text``, folded; anything but letters, digits, ``%``, ``°`` and ``‰`` separates.

    >>> words("Sıcaklık (°C)")
    ['sicaklik', '°c']
    """
    return [word for word in _SEPARATORS.split(folded(text)) if word]
