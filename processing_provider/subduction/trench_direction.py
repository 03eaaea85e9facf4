"""The direction of a trench in words, so that people see where the downgoing plate was taken to be."""

import numpy as np

from ...algorithms.subduction.trench import SIDES, continuous

_POINTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def direction_text(trench, cells):
    """Return one sentence on the length, the ends, the direction and the downgoing plate of a :class:`Trench`."""
    unused_km = trench.length_km - len(cells) * cells.spacing_km
    middle = len(cells) // 2
    towards = cells.azimuth[middle] + 90.0 * SIDES[cells.side]
    return (
        f"Region '{trench.region}'{f' ({trench.note})' if trench.note else ''}: {trench.length_km:.0f} km from "
        f"{_place(trench.line, 0)} (s_km = 0) to {_place(trench.line, -1)}, {len(cells)} "
        f"segment{'s' if len(cells) > 1 else ''}, {unused_km:.0f} km unused at the end; it runs "
        f"{_compass(cells.azimuth[middle])} at its middle, so the downgoing plate on the {cells.side} is in the "
        f"{_compass(towards)}."
    )


def _place(line, vertex):
    longitude, latitude = float(continuous(line.longitude[vertex], 0.0)), float(line.latitude[vertex])
    return f"{abs(longitude):.2f} {'W' if longitude < 0 else 'E'} {abs(latitude):.2f} {'S' if latitude < 0 else 'N'}"


def _compass(azimuth):
    return _POINTS[int(np.round(azimuth / 45.0)) % 8]
