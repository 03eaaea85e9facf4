"""Reads what the subduction example wrote, with geopandas instead of QGIS, and tells what is wrong with it."""

import geopandas
import numpy as np
import pandas as pd
from pyproj import Geod

_GEOD = Geod(ellps="WGS84")
_AREA_TOLERANCE = 0.01  # a rectangle bent over the Earth
_WIDEST_DEG = 90.0  # of one part of a segment; a torn one spans nearly 360
_LARGEST_DEPTH_KM = 70.0  # of earthquakes, by default
_CONSERVATION_TOLERANCE = 1e-6
_REPORTS = ("training_report.html", "curve_report.html", "relevance_report.html")
_FILES = ("map.jpg", "subduction.qgz", "model.npz", *_REPORTS)


def subduction_problems(folder, trenches, spacing_km, conservation_error):
    """Return what is wrong with the results, as sentences.

    Parameters
    ----------
    folder, trenches : Path
    spacing_km : float
        Length asked for of a segment.
    conservation_error : float
        As the explanation states it.
    """
    problems = [f"{name} is missing or empty." for name in _FILES if not _size(folder / name)]
    segments = geopandas.read_file(folder / "features.gpkg")
    problems += count_problems(segments, geopandas.read_file(trenches), spacing_km)
    problems += shape_problems(segments)
    problems += magnitude_problems(segments, geopandas.read_file(folder / "earthquakes.gpkg"))
    classes = geopandas.read_file(folder / "classes.gpkg")
    problems += class_problems(segments, classes)
    if not geopandas.read_file(folder / "relevance.gpkg")["class"].equals(classes["class"]):
        problems.append("relevance: the classes explained are not those given.")
    if not conservation_error <= _CONSERVATION_TOLERANCE:
        problems.append(f"relevance: it misses the output of the networks by {conservation_error:.1e}.")
    curve = pd.read_csv(folder / "curve.csv")
    if not curve["f1_macro"].between(0.0, 1.0).all() or "nearest_segment" not in set(curve["classifier"]):
        problems.append("curve: a score is missing or not between 0 and 1.")
    return problems


def count_problems(segments, trenches, spacing_km):
    """Return a sentence for every trench that was not cut into as many segments as fit."""
    problems = []
    for trench in trenches.itertuples():
        expected = int(_GEOD.geometry_length(trench.geometry) / 1000.0 / spacing_km)
        found = int((segments["region"] == trench.region).sum())
        if found != expected:
            problems.append(f"{trench.region}: {found} segments instead of {expected}.")
    return problems


def shape_problems(segments):
    """Return a sentence for every region with segments of another size than stated, or torn at 180 degrees."""
    problems = []
    for region, inside in segments.groupby("region"):
        parts = inside.geometry.explode(index_parts=False).bounds
        if (parts["maxx"] - parts["minx"]).max() > _WIDEST_DEG or parts["maxx"].max() > 180.0 + 1e-9:
            problems.append(f"{region}: segments are torn at 180 degrees.")
        area = np.array([abs(_GEOD.geometry_area_perimeter(shape)[0]) for shape in inside.geometry])
        stated = 1e6 * inside["spacing_km"] * (inside["up_km"] + inside["down_km"])
        if np.abs(area / stated - 1.0).max() > _AREA_TOLERANCE:
            problems.append(f"{region}: segments are not as large as stated.")
    return problems


def magnitude_problems(segments, earthquakes):
    """Return a sentence for every region whose largest magnitudes are not those within its segments."""
    shallow = earthquakes[earthquakes["depth_km"] <= _LARGEST_DEPTH_KM]
    problems = []
    for region, inside in segments.groupby("region"):
        expected = [_largest(segment, shallow) for segment in inside.itertuples()]
        if not np.array_equal(inside["mag_max"].to_numpy(dtype=float), expected, equal_nan=True):
            problems.append(f"{region}: the largest magnitudes are not those of the earthquakes in the segments.")
    return problems


def _largest(segment, earthquakes):
    near = earthquakes[(earthquakes["latitude"] - segment.lat).abs() < 8.0]  # a segment reaches less far
    places = np.full((2, len(near)), [[segment.lon], [segment.lat]])
    azimuth, _, distance_m = _GEOD.inv(*places, near["longitude"], near["latitude"])
    angle = np.radians(np.asarray(azimuth) - segment.azimuth)
    along_km, normal_km = np.array(distance_m) / 1000.0 * [np.cos(angle), np.sin(angle)]  # downgoing on the right
    inside = (np.abs(along_km) <= segment.spacing_km / 2) & (normal_km >= -segment.up_km)
    return near["mag"][inside & (normal_km <= segment.down_km)].max()


def class_problems(segments, classes):
    """Return what is wrong with classes and probabilities."""
    if len(classes) != len(segments):
        return [f"classes: {len(segments)} segments went in and {len(classes)} came out."]
    probabilities = classes[["prob_1", "prob_2"]].to_numpy(dtype=float)
    known = np.isfinite(probabilities).all(axis=1)
    problems = []
    if not known.all():
        problems.append(f"classes: {np.count_nonzero(~known)} segments have none.")
    if np.abs(probabilities[known].sum(axis=1) - 1.0).max() > 1e-6:
        problems.append("classes: the probabilities do not add up to 1.")
    if (classes["class"][known].to_numpy(dtype=int) != probabilities[known].argmax(axis=1) + 1).any():
        problems.append("classes: some segments are not in their most probable class.")
    return problems


def _size(path):
    return path.stat().st_size if path.is_file() else 0
