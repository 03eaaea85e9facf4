"""Clusters of rasters against known geology: agreement with the truth beside k-means, and from seed to seed.

The synthetic survey of :mod:`fumarole.scripts.synthetic_geology` (three grids of different pixels and extents, five
bands, six units) is drawn for several geologies and levels of noise. Each is mapped by the whole tool with several
seeds, asked for as many clusters as there are units. k-means and a Gaussian mixture get all pixels of the same bands,
aligned and transformed alike, with the same seeds. Measured is the adjusted Rand index (ARI) of all pixels with data.
Goals: agreement with the truth at or above k-means; 0.9 between seeds.
Run from the repository: ``make bench`` or ``PYTHONPATH=build/plugins python benchmarks/raster_clustering.py``.
"""

import argparse
import itertools
import tempfile
import time
from pathlib import Path

import numpy as np

from fumarole.benchmarks.lib.goals import Goal, markdown
from fumarole.scripts import synthetic_geology

N_GEOLOGIES, N_SEEDS = 8, 2
NOISES = (1.0, 3.0)  # of the instruments and within units: a clear survey, and one that blurs the contacts
N_UNITS = len(synthetic_geology.UNITS)
GOAL_BETWEEN_SEEDS = 0.9
PEERS = ("k-means", "Gaussian mixture")


def maps_of(folder, geology, noise, seeds):
    """Return, per method, the labels of all pixels with data for every seed; and the true units of the pixels."""
    import processing
    from fumarole.algorithms.clustering.raster_model import RasterModel
    from osgeo import gdal

    surveys = synthetic_geology.surveys(geology, noise)
    paths = [str(synthetic_geology.write_survey(folder, survey)) for survey in surveys]
    labels = {"ours": []}
    for seed in seeds:
        files = {"OUTPUT": str(folder / f"map_{seed}.tif"), "MODEL": str(folder / "model.npz")}
        processing.run(
            "fumarole:deep_embedded_clustering_raster",
            {"INPUT": paths, "N_CLUSTERS": N_UNITS, "SEED": seed, **files},
        )
        labels["ours"].append(gdal.Open(files["OUTPUT"]).ReadAsArray()[0])
    has_data = labels["ours"][0] > 0
    labels["ours"] = [found[has_data] for found in labels["ours"]]
    features = pixel_features(paths, RasterModel.load(files["MODEL"]), has_data)
    for name in PEERS:
        labels[name] = [peer(name, features, seed) for seed in seeds]
    truth = synthetic_geology.truth_on(has_data.shape, gdal.Open(paths[0]).GetGeoTransform(), geology)
    return labels, truth[has_data]


def pixel_features(paths, model, has_data):
    """Return the transformed bands of all pixels with data, ``(n_pixels, n_bands)``."""
    from fumarole.algorithms.clustering.features import FeatureTable
    from fumarole.processing_provider.clustering.raster_layers import Window, open_rasters
    from qgis.core import QgsProcessingContext, QgsRasterLayer

    rasters = open_rasters([QgsRasterLayer(path, Path(path).stem) for path in paths], QgsProcessingContext())
    height, width = has_data.shape
    values = rasters.read(Window(0, 0, width, height), range(len(rasters.bands)))[:, has_data].T.astype(float)
    return model.transform.apply(FeatureTable(rasters.names, values, np.zeros(values.shape, bool))).matrix


def peer(name, features, seed):
    """Return the labels that another program gives."""
    from fumarole.benchmarks.lib.peers import gaussian_mixture, k_means

    return {"k-means": k_means, "Gaussian mixture": gaussian_mixture}[name](features, N_UNITS, seed)


def agreements(labels, truth):
    """Return the ARI with the truth of every map, and between every pair of maps."""
    from sklearn.metrics import adjusted_rand_score

    with_truth = [adjusted_rand_score(truth, found) for found in labels]
    return with_truth, [adjusted_rand_score(*pair) for pair in itertools.combinations(labels, 2)]


def shown(values):
    """Return mean and range."""
    return f"{np.mean(values):.3f} ({np.min(values):.2f} to {np.max(values):.2f})"


def main(arguments=None):
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--geologies", type=int, default=N_GEOLOGIES, help=f"how many (default {N_GEOLOGIES})")
    parser.add_argument("--seeds", type=int, default=N_SEEDS, help=f"how many (default {N_SEEDS})")
    options = parser.parse_args(arguments)
    from fumarole.scripts.headless import fumarole_provider
    from threadpoolctl import threadpool_limits

    goals = []
    with fumarole_provider(), threadpool_limits(1):
        for noise in NOISES:
            everything = {name: ([], []) for name in ("ours", *PEERS)}
            for geology in range(1, options.geologies + 1):
                started = time.monotonic()
                with tempfile.TemporaryDirectory() as folder:
                    labels, truth = maps_of(Path(folder), geology, noise, range(1, options.seeds + 1))
                for name, maps in labels.items():
                    for collected, part in zip(everything[name], agreements(maps, truth)):
                        collected.extend(part)
                took = f"{len(truth)} pixels, {time.monotonic() - started:.0f} s"
                print(f"noise {noise:g}, geology {geology}: {took}", flush=True)
            goals += lines(f"noise times {noise:g}", everything)
    print(markdown(goals))


def lines(title, found):
    """Return the two goals of one level of noise."""
    truth = {name: parts[0] for name, parts in found.items()}
    seeds = {name: parts[1] for name, parts in found.items()}
    return [
        Goal(
            f"ARI to the true units, {title}",
            ">= k-means",
            shown(truth["ours"]),
            bool(np.mean(truth["ours"]) >= np.mean(truth["k-means"])),
            ", ".join(f"{name} {shown(truth[name])}" for name in PEERS),
        ),
        Goal(
            f"ARI between seeds, {title}",
            f">= {GOAL_BETWEEN_SEEDS:g}",
            shown(seeds["ours"]),
            bool(np.mean(seeds["ours"]) >= GOAL_BETWEEN_SEEDS),
            ", ".join(f"{name} {shown(seeds[name])}" for name in PEERS),
        ),
    ]


if __name__ == "__main__":
    main()
