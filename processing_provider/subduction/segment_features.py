"""From what was summed up in the cells to the features of segments: names, columns and what is missing."""

from dataclasses import dataclass

import numpy as np

from ...algorithms.errors import DataError
from ...algorithms.subduction.cell_search import BANDS
from ...algorithms.subduction.sampling import WINDOWS_KM, gradient, slab_profile

MEAN, STD, GRADIENT = STATISTICS = ("mean", "std", "gradient")
_ENDINGS = {MEAN: "AVE", STD: "STD", GRADIENT: "GRD"}
_WORDS = {MEAN: "mean", STD: "standard deviation", GRADIENT: "change of the mean along the trench per km"}
_PLATES = {"UP": "upper plate", "DG": "downgoing plate"}
_DEEPEST_KM = 2891.0  # the core begins; larger numbers are metres
_SLAB_WORDS = (
    ("DXT", "slab depth extent, km"),
    ("FDM", "change of slab depth extent along the trench, km per km"),
    ("SDM", "second derivative of slab depth extent along the trench, per km"),
)


@dataclass(frozen=True, eq=False)
class Feature:
    """A column of the segments.

    Attributes
    ----------
    name : str
        At most 10 characters.
    alias : str
        What it is, in words.
    values : ndarray (n_segments,)
        In the order of the table; NaN where unknown, or whole numbers.
    """

    name: str
    alias: str
    values: np.ndarray

    @property
    def kind(self):
        """Kind of the field, ``"int"`` or ``"double"``."""
        return "int" if self.values.dtype.kind == "i" else "double"


def raster_features(name, code, sampled, regions, statistics):
    """Return the features of a raster band, and what to warn of.

    Parameters
    ----------
    name, code : str
        Of the band; the code of at most 3 characters begins the names of the features.
    sampled : Sampled
    regions : list of RegionCells
    statistics : sequence of str
        Of ``STATISTICS``.

    Returns
    -------
    list of Feature
    list of str

    Raises
    ------
    DataError
        If no segment has a value.
    """
    _require_values(name, sampled, regions)
    features, notes, blank = [], [], {}
    for plate in BANDS:
        found = [by_plate[plate] for by_plate in sampled.by_region]
        empty = sum(int((one.count == 0).sum()) for one in found)
        if empty == _n_segments(regions):
            notes.append(f"'{name}' has no data on the {_PLATES[plate]}: there are no features {code}_{plate}.")
            continue
        blank[plate] = empty
        for statistic in statistics:
            columns = [_statistic(one, region.cells.s_km, statistic) for one, region in zip(found, regions)]
            field = f"{code}_{plate}_{_ENDINGS[statistic]}"
            alias = f"{name}, {_PLATES[plate]}, {_WORDS[statistic]}"
            features.append(Feature(field, alias, _in_rows(columns, regions)))
    if any(blank.values()):
        counts = " and ".join(f"{empty} on the {_PLATES[plate]}" for plate, empty in blank.items() if empty)
        notes.append(f"'{name}' has no data in {counts} of {_n_segments(regions)} segments; they stay NULL.")
    return features, notes


def slab_features(name, sampled, regions):
    """Return the features of the slab's depth, over both plates; see :func:`raster_features`.

    Depths may be negative or positive, in km or, where they go beyond 2891, in metres.
    """
    _require_values(name, sampled, regions)
    both = [by_plate["UP"].joined(by_plate["DG"]) for by_plate in sampled.by_region]
    deepest = max(float(np.nanmax(np.abs([one.low, one.high]))) for one in both if one.count.any())
    is_metres = deepest > _DEEPEST_KM
    notes = []
    if is_metres:
        notes.append(f"The slab depths of '{name}' reach {deepest:.0f}, so they are taken as metres.")
    profiles = [
        slab_profile((one.high - one.low) / (1000.0 if is_metres else 1.0), region.cells.s_km)
        for one, region in zip(both, regions)
    ]
    empty = sum(int((one.count == 0).sum()) for one in both)
    if empty:
        notes.append(f"'{name}' has no slab in {empty} of {_n_segments(regions)} segments; they stay NULL.")
    features = []
    for window in WINDOWS_KM:
        for start, words in _SLAB_WORDS:
            field = f"{start}_{window:g}"
            columns = [profile[field] for profile in profiles]
            features.append(Feature(field, f"{words}, over {window:g} km", _in_rows(columns, regions)))
    return features, notes


def earthquake_features(sampled, regions):
    """Return the largest magnitude and the number of earthquakes of every segment, as two :class:`Feature`."""
    both = [by_plate["UP"].joined(by_plate["DG"]) for by_plate in sampled.by_region]
    return [
        Feature("mag_max", "Largest magnitude", _in_rows([one.high for one in both], regions)),
        Feature("n_events", "Number of earthquakes", _in_rows([one.count for one in both], regions).astype(int)),
    ]


def _statistic(found, s_km, statistic):
    return {MEAN: found.mean, STD: found.std, GRADIENT: gradient(found.mean, s_km)}[statistic]


def _in_rows(columns, regions):
    values = np.full(_n_segments(regions), np.nan)
    for column, region in zip(columns, regions):
        values[region.rows] = column
    return values


def _n_segments(regions):
    return sum(len(region.rows) for region in regions)


def _require_values(name, sampled, regions):
    if any(found.count.any() for by_plate in sampled.by_region for found in by_plate.values()):
        return
    if sampled.n_points:
        raise DataError(
            f"Raster '{name}' covers the trench, but has no data in any of the {_n_segments(regions)} segments: all "
            "its pixels there are no-data. Check its no-data value, or leave it out."
        )
    raise DataError(
        f"Raster '{name}' does not cover any of the {_n_segments(regions)} segments. Check its extent and coordinate "
        "system, or leave it out."
    )
