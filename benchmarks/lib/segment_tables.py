"""The published trench segments, read from a folder outside the project (their licence does not allow shipping)."""

import csv
from pathlib import Path

import numpy as np

from fumarole.algorithms.subduction.segments import SegmentTable, complete_rows

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "subduction"
REGIONS = ("alu", "cam", "izu", "ker", "kur", "sam", "sum", "ryu")  # in the order of the published code
SPACING_KM = 50.0


def published_segments(folder=FOLDER):
    """Return the complete segments of Graciosa et al. (2025), JGR Solid Earth 130, e2024JB028774."""
    tables = []
    for region in REGIONS:
        with open(Path(folder) / f"{region}.csv", newline="", encoding="utf-8") as stream:
            header, *rows = csv.reader(stream)
        tables.append(np.array([[float(cell or "nan") for cell in row] for row in rows]))
    table = np.concatenate(tables)
    region = np.repeat(REGIONS, [len(rows) for rows in tables])
    segments = SegmentTable(tuple(header[1:-1]), table[:, 1:-1], table[:, -1], region, SPACING_KM * table[:, 0])
    return segments.take(complete_rows(segments) & np.isfinite(segments.magnitude))
