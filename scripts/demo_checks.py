"""Reads what the demonstration wrote, with geopandas instead of QGIS, and tells what is wrong with it."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd

_SIMAV_SAMPLES_BOX = (630_000, 4_325_000, 690_000, 4_345_000)  # easting, northing; metres in UTM 35S
_SIMAV_EARTHQUAKES_BOX = (28.4, 38.8, 29.4, 39.4)  # longitude, latitude; degrees
_LEAST_MAGNITUDE = 4.0
_TOLERANCE_M = 0.01
_DATUM_TOLERANCE_M = 5.0  # NAD83 and WGS 84 differ by about a metre
_FILES = ("map.jpg", "map.pdf", "project.qgz", "report.html", "model.npz", "latent.csv", "profiles.csv", "scores.csv")


def great_basin_problems(folder, source, crs):
    """Return what is wrong with the results of the Great Basin, as sentences.

    Parameters
    ----------
    folder : Path
    source : Path
        The table that was imported, with NAD83 longitude and latitude.
    crs : str
        The coordinate system asked for.
    """
    samples = geopandas.read_file(folder / "clusters.gpkg")
    table = pd.read_csv(source)
    positions = geopandas.points_from_xy(table["LONGITUDE_NAD83"], table["LATITUDE_NAD83"], crs="EPSG:4269").to_crs(crs)
    problems = common_problems(folder, crs)
    if len(samples) != len(table):
        problems.append(f"{len(table)} waters went in and {len(samples)} came out.")
    elif samples.geometry.distance(geopandas.GeoSeries(positions, crs=crs)).max() > _DATUM_TOLERANCE_M:
        problems.append("Waters are not where their longitude and latitude put them.")
    return problems


def simav_problems(folder, crs):
    """Return what is wrong with the results of Simav, as sentences."""
    problems = common_problems(folder, crs)
    layers = {name: geopandas.read_file(folder / f"{name}.gpkg") for name in ("clusters", "boreholes", "earthquakes")}
    for name, layer in layers.items():
        problems += layer_problems(name, layer, crs)
    for name in ("clusters", "boreholes"):
        if outside(layers[name], _SIMAV_SAMPLES_BOX):
            problems.append(f"{name}: {outside(layers[name], _SIMAV_SAMPLES_BOX)} positions are outside the survey.")
    far = outside(layers["earthquakes"].to_crs("EPSG:4326"), _SIMAV_EARTHQUAKES_BOX)
    if far:
        problems.append(f"earthquakes: {far} positions are outside the box of the catalogue.")
    if not (layers["earthquakes"]["ML"] >= _LEAST_MAGNITUDE).all():
        problems.append(f"earthquakes: some are weaker than {_LEAST_MAGNITUDE:g}.")
    return problems


def common_problems(folder, crs):
    """Return what is wrong with the clusters, the hulls, the model and the other files of an example."""
    folder = Path(folder)
    problems = [f"{name} is missing or empty." for name in _FILES if not _size(folder / name)]
    samples = geopandas.read_file(folder / "clusters.gpkg")
    hulls = geopandas.read_file(folder / "hulls.gpkg")
    problems += layer_problems("clusters", samples, crs) + layer_problems("hulls", hulls, crs)
    problems += numbering_problems(samples["cluster"])
    problems += hull_problems(samples, hulls)
    applied = geopandas.read_file(folder / "applied.gpkg")
    if not applied["cluster"].equals(samples["cluster"]):
        problems.append("The saved model puts its own samples into other clusters.")
    return problems


def layer_problems(name, layer, crs):
    """Return what is wrong with a layer as a whole: nothing in it, or another coordinate system."""
    if layer.empty:
        return [f"{name}: nothing in it."]
    if layer.crs is None or layer.crs != crs:
        return [f"{name}: its coordinate system is {layer.crs and layer.crs.name}, not {crs}."]
    return []


def numbering_problems(numbers):
    """Return a sentence unless the clusters are numbered 1, 2 ... by falling size."""
    sizes = numbers.dropna().astype(int).value_counts().sort_index()
    if sizes.index.tolist() != list(range(1, len(sizes) + 1)):
        return [f"clusters: they are numbered {sizes.index.tolist()}."]
    if len(sizes) < 2 or (np.diff(sizes) > 0).any():
        return [f"clusters: their sizes, in the order of their numbers, are {sizes.tolist()}."]
    return []


def hull_problems(samples, hulls):
    """Return a sentence for every hull that leaves one of its samples outside or counts them wrongly."""
    problems = []
    for hull in hulls.itertuples():
        members = samples[samples["cluster"] == hull.cluster].geometry
        if not members.within(hull.geometry.buffer(_TOLERANCE_M)).all():
            problems.append(f"hulls: some samples of cluster {hull.cluster} are outside.")
        if hull.n_samples != len(members):
            problems.append(f"hulls: cluster {hull.cluster} has {len(members)} samples, not {hull.n_samples}.")
    return problems


def outside(layer, box):
    """Return how many positions lie outside ``box`` (west, south, east, north; in the layer's own units)."""
    west, south, east, north = box
    x, y = layer.geometry.x, layer.geometry.y
    return int((~(x.between(west, east) & y.between(south, north))).sum())


def typical_values(path, fields):
    """Return one line per cluster with its size and the medians of ``fields``."""
    samples = geopandas.read_file(path)
    medians = samples.groupby("cluster")[list(fields)].median()
    sizes = samples["cluster"].value_counts()
    return [
        f"  cluster {number:.0f} ({sizes[number]}): "
        + ", ".join(f"{field} {value:.3g}" for field, value in values.items())
        for number, values in medians.iterrows()
    ]


def _size(path):
    return path.stat().st_size if path.is_file() else 0
