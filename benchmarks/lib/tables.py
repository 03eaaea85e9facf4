"""The real tables of the benchmark, as the matrices that every method gets."""

import csv
from pathlib import Path

import numpy as np
from fumarole.algorithms.clustering.features import FeatureTable, fit_features
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parents[2]
GREAT_BASIN = ROOT / "sample_data" / "great_basin_geothermal.csv"
TELLUS = ROOT.parent / "shared" / "data" / "clustering" / "tellus_2016_stream_sediment.csv"
GREAT_BASIN_FIELDS = (
    "TEMP_C",
    "pH_FIELD",
    "GEOTHERMOMETER_QUARTZ_C",
    "CA_PPM",
    "CL_PPM",
    "K_PPM",
    "MG_PPM",
    "NA_PPM",
    "B_PPM",
)
_TELLUS_NOT_FEATURES = ("Sample_ID", "Easting", "Northing")
LABELLED = {"wine": load_wine, "iris": load_iris, "breast cancer": load_breast_cancer}


def great_basin():
    """Prepared complete cases ``(4376, 9)`` of the Great Basin waters."""
    values = _read(GREAT_BASIN, GREAT_BASIN_FIELDS)
    return _matrix(GREAT_BASIN_FIELDS, values[~np.isnan(values).any(axis=1)], "auto")


def tellus(path):
    """Prepared stream sediments ``(1882, n_used)`` of the Tellus survey."""
    with open(path, encoding="utf-8-sig", newline="") as stream:
        names = next(csv.reader(stream))
    names = tuple(name for name in names if name not in _TELLUS_NOT_FEATURES)
    return _matrix(names, _read(path, names), "auto")


def labelled(name):
    """Return the raw and the standardised matrix and the classes of a table that scikit-learn ships."""
    data = LABELLED[name]()
    return data.data, StandardScaler().fit_transform(data.data), data.target


def composition(contents):
    """Centred log-ratios of contents in ppm, prepared as a user's table is."""
    names = tuple(f"E{part + 1}_ppm" for part in range(contents.shape[1]))
    return _matrix(names, contents, "clr")


def _read(path, names):
    with open(path, encoding="utf-8-sig", newline="") as stream:
        return np.array([[float(row[name] or "nan") for name in names] for row in csv.DictReader(stream)])


def _matrix(names, values, transform):
    table = FeatureTable(names, values, np.zeros(values.shape, dtype=bool))
    _, prepared, _, _ = fit_features(table, transform)
    return prepared.matrix[prepared.assigned]
