"""Segments for the tests: a synthetic table with a known pattern, and the published one where it is present."""

import csv

import numpy as np
import pytest

from fumarole.algorithms.subduction.segments import SegmentTable, complete_rows

REFERENCE_ORDER = ("alu", "cam", "izu", "ker", "kur", "sam", "sum", "ryu")


@pytest.fixture(scope="session")
def synthetic():
    """Two trenches (synthetic): great earthquakes where feature ``a`` is high; ``b`` and ``c`` are noise."""
    rng = np.random.default_rng(5)
    sizes = {"north": 60, "south": 45}
    region = np.repeat(list(sizes), list(sizes.values()))
    position = np.concatenate([50.0 * np.arange(n) for n in sizes.values()])
    strong = np.sin(position / 180.0 + (region == "south")) > 0.1
    values = rng.normal(size=(len(region), 3))
    values[:, 0] += 3.0 * strong
    magnitude = np.round(np.where(strong, 8.5, 6.5) + rng.uniform(-0.4, 0.4, len(region)), 2)
    longitude = position / 111.2 - 179.0 * (region == "south")
    return SegmentTable(("a", "b", "c"), values, magnitude, region, position, longitude, np.zeros(len(region)))


@pytest.fixture(scope="session")
def published(shared_data):
    """The 556 complete segments of Graciosa et al. (2025), regions in the order of the study."""
    tables, magnitudes, regions, positions = [], [], [], []
    for region in REFERENCE_ORDER:
        path = shared_data / "subduction" / f"{region}.csv"
        if not path.is_file():
            pytest.skip(f"{path.name} may not be shipped and is not present")
        with open(path, newline="", encoding="utf-8") as stream:
            header, *rows = csv.reader(stream)
        table = np.array([[float(cell or "nan") for cell in row] for row in rows])
        tables.append(table[:, 1:-1])
        magnitudes.append(table[:, -1])
        positions.append(50.0 * table[:, 0])
        regions += [region] * len(rows)
    segments = SegmentTable(
        tuple(header[1:-1]),
        np.concatenate(tables),
        np.concatenate(magnitudes),
        np.array(regions),
        np.concatenate(positions),
    )
    return segments.take(complete_rows(segments) & np.isfinite(segments.magnitude))
