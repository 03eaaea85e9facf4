"""Units as laboratories write them: in a column's name, behind a number, and what they make of a column."""

import re

from .words import folded, words

_SPELLINGS = {
    "ppm": "ppm ppmw ppmv",
    "ppb": "ppb ppbw",
    "ppt": "ppt",
    "%": "% pct percent yuzde",
    "wt%": "wt% %wt wtpct wtpercent mass% weight%",
    "mg/kg": "mgkg mgkg1",
    "mg/l": "mgl mglt mgl1 mgdm3",
    "mg/g": "mgg",
    "ug/g": "ugg mcgg",
    "ug/kg": "ugkg ugkg1 mcgkg",
    "ug/l": "ugl uglt ugl1 mcgl",
    "ng/g": "ngg",
    "ng/kg": "ngkg",
    "ng/l": "ngl",
    "g/t": "gt gpt",
    "g/kg": "gkg",
    "g/l": "gl glt",
    "meq/l": "meql meqlt",
    "mmol/l": "mmoll mmol",
    "mol/l": "moll",
    "°C": "°c degc celsius oc",
    "°F": "°f degf fahrenheit",
    "K": "kelvin",
    "‰": "‰ permil permille ooo",
    "µS/cm": "uscm microscm",
    "mS/cm": "mscm",
    "mV": "mv",
    "l/s": "ls lts",
}
_UNITS = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_LENGTHS = {"m": "m", "metre": "m", "meter": "m", "km": "km", "cm": "cm", "mm": "mm", "ft": "ft"}
_BARE_TEMPERATURES = {"c": "°C", "k": "K", "f": "°F"}  # letters that are also elements
_TEMPERATURE_WORDS = {"temp", "temperature", "t", "sicaklik", "isi", "geothermometer", "jeotermometre"}
_GLUED = ("ppm", "ppb", "%", "‰", "°c")

_TO_PPM = {
    **dict.fromkeys(("ppm", "mg/kg", "mg/l", "ug/g", "g/t"), 1.0),
    **dict.fromkeys(("ppb", "ug/kg", "ug/l", "ng/g"), 1e-3),
    **dict.fromkeys(("ppt", "ng/kg", "ng/l"), 1e-6),
    **dict.fromkeys(("%", "wt%"), 1e4),
    **dict.fromkeys(("g/kg", "g/l", "mg/g"), 1e3),
}
_NOT_PARTS = set(
    "tds tss loi ignition kizdirma kaybi zayiati solids salinity tuzluluk hardness sertlik alkalinity alkalinite "
    "conductivity iletkenlik moisture humidity nem porosity saturation recovery balance error hata rsd sd std "
    "uncertainty cations anions ions katyonlar anyonlar oxides oksitler turbidity bulaniklik slope egim".split()
)
_SUM_WORDS = {"total", "toplam", "sum", "tot", "genel"}
_UNIT_WORDS = {*_UNITS, "mg", "ug", "ng", "g", "kg", "l", "t", "wt"}


def unit_of(name):
    """Return the unit in a column's name ("As (ppm)", "S_mgkg", "SiO2 %"), "" when there is none.

    >>> unit_of("Au_ugkg"), unit_of("Sıcaklık (°C)"), unit_of("K")
    ('ug/kg', '°C', '')
    """
    parts = words(re.sub(r"-1\b", "", folded(name)))
    for last in range(len(parts), 0, -1):
        for first in (last - 2, last - 1):
            unit = _UNITS.get("".join(parts[max(first, 0) : last]))
            if unit and first >= 0:
                return unit
    if len(parts) > 1:
        if _TEMPERATURE_WORDS.intersection(parts[:-1]) and parts[-1] in _BARE_TEMPERATURES:
            return _BARE_TEMPERATURES[parts[-1]]
        if parts[-1] in _LENGTHS:
            return _LENGTHS[parts[-1]]
    for ending in _GLUED:
        if parts and parts[-1].endswith(ending):
            return _UNITS[ending]
    return ""


def unit_behind(text):
    """Return the unit written behind a number, "" for none, None for text that is no unit.

    >>> unit_behind(" mg/L"), unit_behind(" )"), unit_behind("abc")
    ('mg/l', '', None)
    """
    if not text or not text.strip(" )"):
        return ""
    word = "".join(words(re.sub(r"-1\b", "", folded(text))))
    return _UNITS.get(word) or _LENGTHS.get(word) or _BARE_TEMPERATURES.get(word)


def mass_factor(unit):
    """Return the factor from ``unit`` (as :func:`unit_of` returns it) to mg/kg, None if it is no mass share.

    Per litre is taken as per kilogram, which holds for dilute waters.
    """
    return _TO_PPM.get(unit)


def is_composition(name):
    """Whether a column is a part of a whole: it has a mass unit and is no sum such as TDS, LOI or a total."""
    if mass_factor(unit_of(name)) is None:
        return False
    parts = list(words(name))
    if set(parts) & _NOT_PARTS:
        return False
    while len(parts) > 1 and parts[-1] in _UNIT_WORDS:  # the first word stays: "Mg (ppm)" is magnesium
        parts.pop()
    return bool(set(parts) - _SUM_WORDS)  # "Total Fe (%)" names what is totalled, "Total (%)" does not
