"""Grid-zone notation: "35S" is UTM zone 35 in latitude band S, which lies NORTH of the equator.

The zones are those of the Military Grid Reference System (NGA.STND.0037, 2014): sixty zones of 6 degrees of
longitude, twenty bands named C to X without I and O, each 8 degrees of latitude high (X: 12).
"""

import math
import re
from dataclasses import dataclass

from .errors import DataError

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_NOTATION = re.compile(r"\s*(?:UTM)?\s*(?:ZONE)?\s*_?([0-9]{1,2})\s*[°_ -]?\s*([A-Z]?)\s*", re.IGNORECASE)
_ED50_ZONES = range(28, 39)  # EPSG:23028 to 23038
_TUREF_MERIDIANS = range(27, 46, 3)  # TUREF / TM27 to TM45, EPSG:5253 to 5259
_BANDS_OF_TURKIYE = "ST"  # 32 to 48 degrees north


@dataclass(frozen=True)
class GridZone:
    """A UTM zone as read from grid-zone notation.

    Attributes
    ----------
    notation : str
        Zone and band ("35S"); the zone alone when no band was given.
    epsg : int
        Code of the WGS 84 / UTM zone.
    explanation : str
        How the notation was read and what to choose when something else was meant.
    """

    notation: str
    epsg: int
    explanation: str


def parse_grid_zone(text):
    """Read grid-zone notation such as "35S", "UTM 35S" or "35".

    Parameters
    ----------
    text : str
        Zone number and, optionally, latitude band.

    Returns
    -------
    GridZone

    Raises
    ------
    DataError
        If the text is no grid zone.
    """
    match = _NOTATION.fullmatch(text)
    zone, band = (int(match[1]), match[2].upper()) if match else (0, "")
    if not 1 <= zone <= 60 or band and band not in _BANDS:
        raise DataError(
            f"'{text}' is no grid zone. Write the zone number from 1 to 60 and the latitude band from C to X "
            "(without I and O), such as 35S, or choose a source coordinate system instead."
        )
    epsg = _epsg(zone, band)
    reading = f"Grid zone {zone}{band} was read as UTM zone {zone} ({_longitudes(zone)})"
    if band:
        reading += f", latitude band {band} ({_latitudes(band)})"
    reading += f": WGS 84 / UTM zone {zone}{'N' if epsg < 32700 else 'S'}, EPSG:{epsg}."
    return GridZone(f"{zone}{band}", epsg, " ".join([reading, *_alternatives(zone, band)]))


def zone_for(longitude, latitude):
    """Return the grid-zone notation and the EPSG code of WGS 84 / UTM for a position in degrees.

    Norway and Svalbard have their exceptions.

    Raises
    ------
    DataError
        If the position lies outside the bands of UTM (80 degrees south to 84 degrees north).

    Examples
    --------
    >>> zone_for(29.0, 39.0)
    ('35S', 32635)
    """
    if not (math.isfinite(longitude) and -80.0 <= latitude <= 84.0):
        raise DataError(
            f"Longitude {longitude:g}, latitude {latitude:g} lies in no UTM zone (80 degrees south to 84 degrees north)."
        )
    longitude = (longitude + 180.0) % 360.0 - 180.0
    zone = int((longitude + 180.0) // 6.0) + 1
    band = _BANDS[min(int((latitude + 80.0) // 8.0), len(_BANDS) - 1)]
    if band == "V" and 3.0 <= longitude < 12.0:
        zone = 32
    elif band == "X" and 0.0 <= longitude < 42.0:
        zone = 31 + 2 * int((longitude + 3.0) // 12.0)
    return f"{zone}{band}", _epsg(zone, band)


def _epsg(zone, band):
    return (32700 if band and band < "N" else 32600) + zone


def _alternatives(zone, band):
    """Return sentences for people who meant another system than the one read."""
    sentences = []
    if band == "S":
        sentences.append(f"Band S lies in the north; if you mean the southern hemisphere, choose EPSG:{32700 + zone}.")
    elif band == "N":
        sentences.append(
            f"Band N is 0 to 8 degrees north, though many write N for 'north': both give EPSG:{32600 + zone}."
        )
    elif not band:
        sentences.append(
            f"Without a band the northern hemisphere is taken; if you mean the southern, choose EPSG:{32700 + zone}."
        )
    if zone in _ED50_ZONES and band in ("", "N", *_BANDS_OF_TURKIYE):
        sentences.append(f"Older maps use the datum ED50: EPSG:{23000 + zone}.")
    west = 6 * zone - 186
    meridians = [degree for degree in _TUREF_MERIDIANS if west <= degree <= west + 6]
    if meridians and band in ("", "N", *_BANDS_OF_TURKIYE):
        codes = ", ".join(f"TM{degree} EPSG:{5253 + (degree - 27) // 3}" for degree in meridians)
        sentences.append(f"Turkish cadastral data are in 3-degree zones of TUREF/ITRF96: {codes}.")
    return sentences


def _longitudes(zone):
    west = 6 * zone - 186
    return f"{_degrees(west, 'E', 'W')} to {_degrees(west + 6, 'E', 'W')}"


def _latitudes(band):
    south = -80 + 8 * _BANDS.index(band)
    north = 84 if band == "X" else south + 8
    return f"{_degrees(south, 'N', 'S')} to {_degrees(north, 'N', 'S')}"


def _degrees(value, positive, negative):
    if value == 0:
        return "0°"
    return f"{abs(value)}° {positive if value > 0 else negative}"
