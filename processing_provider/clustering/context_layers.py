"""Boreholes and earthquakes that go onto the map beside the clusters."""

import math

from ...algorithms.errors import DataError

_MAGNITUDE_NAMES = ("magnitude", "mag", "mw", "ml", "ms", "mb", "md", "m", "buyukluk", "büyüklük")


def find_magnitude_field(fields):
    """Return the name of the field that looks like a magnitude; empty when there is none."""
    names = {name.lower(): name for name in reversed(fields.names())}
    return next((names[known] for known in _MAGNITUDE_NAMES if known in names), "")


def strong_earthquakes(table, magnitude_field, min_magnitude):
    """Choose the earthquakes of at least a magnitude.

    Parameters
    ----------
    table : PointTable
    magnitude_field : str
        Empty = found by its name.
    min_magnitude : float
        In the scale of the field.

    Returns
    -------
    rows : list of int
        Positions of the chosen earthquakes.
    magnitudes : list of float
        Theirs.
    magnitude_field : str
    note : str
        What was left out.

    Raises
    ------
    DataError
        If there is no magnitude field, or no magnitude in it.
    """
    from ...algorithms.clustering.quantities import parse_quantities

    names = table.fields.names()
    magnitude_field = magnitude_field or find_magnitude_field(table.fields)
    if magnitude_field not in names:
        wanted = f"no field '{magnitude_field}'" if magnitude_field else "no field that looks like a magnitude"
        raise DataError(
            f"The earthquake layer has {wanted}. Choose the magnitude field; its fields are: {', '.join(names)}."
        )
    magnitudes = parse_quantities(table.column(magnitude_field)).values.tolist()
    unknown = sum(math.isnan(magnitude) for magnitude in magnitudes)
    if unknown == len(magnitudes):
        raise DataError(
            f"Field '{magnitude_field}' of the earthquake layer holds no number. Choose the field of the magnitudes; "
            f"the fields are: {', '.join(names)}."
        )
    rows = [row for row, magnitude in enumerate(magnitudes) if magnitude >= min_magnitude]
    note = f"{len(rows)} of {len(magnitudes)} earthquakes have {magnitude_field} >= {min_magnitude:g}"
    note += f"; {unknown} without a magnitude are left out." if unknown else "."
    return rows, [magnitudes[row] for row in rows], magnitude_field, note
