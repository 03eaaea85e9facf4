"""The map of ``deep_embedded_clustering_raster`` beside ``deep_embedded_clustering`` on the same pixels as points.

The synthetic survey of :mod:`fumarole.scripts.synthetic_geology` is mapped by the tool of rasters; a random part of its
pixels becomes a layer of points with one field per band, for the tool of samples. Both train by themselves, with their
defaults and as many clusters as there are units. Measured is the adjusted Rand index (ARI) of the points, between the
two tools and to the true units. The last line applies the model of rasters to the points: they must get exactly what
the map says.
Run from the repository: ``make bench`` or ``PYTHONPATH=build/plugins python benchmarks/raster_points.py``.
"""

import tempfile
from pathlib import Path

import numpy as np

from fumarole.benchmarks.lib.goals import Goal, markdown
from fumarole.scripts import synthetic_geology

N_POINTS, SEED = 5_000, 1
GOAL_BETWEEN = 0.9


def map_of(folder, paths):
    """Map the survey; return the clusters of all pixels and the model file."""
    import processing
    from osgeo import gdal

    files = {"OUTPUT": str(folder / "map.tif"), "MODEL": str(folder / "model.npz")}
    asked = {"INPUT": paths, "N_CLUSTERS": len(synthetic_geology.UNITS)}
    processing.run("fumarole:deep_embedded_clustering_raster", {**asked, **files})
    return gdal.Open(files["OUTPUT"]).ReadAsArray()[0], files["MODEL"]


def points_of(paths, cluster):
    """Return a layer of random pixels with a cluster, one field per band, and the positions of these pixels."""
    from fumarole.processing_provider.clustering.raster_layers import Window, open_rasters
    from qgis.core import QgsFeature, QgsGeometry, QgsPointXY, QgsProcessingContext, QgsRasterLayer, QgsVectorLayer

    rasters = open_rasters([QgsRasterLayer(path, Path(path).stem) for path in paths], QgsProcessingContext())
    values = rasters.read(Window(0, 0, rasters.grid.width, rasters.grid.height), range(len(rasters.bands)))
    chosen = np.random.default_rng(SEED).permutation(np.flatnonzero(cluster))[:N_POINTS]
    rows, columns = np.unravel_index(chosen, cluster.shape)
    fields = "".join(f"&field={name}:double" for name in rasters.names)
    layer = QgsVectorLayer(f"Point?crs={synthetic_geology.CRS}{fields}", "pixels", "memory")
    features = []
    for place, numbers in zip(rasters.grid.centres(rows, columns).tolist(), values[:, rows, columns].T.tolist()):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(numbers)
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(*place)))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer, (rows, columns)


def clusters_of(tool, **parameters):
    """Run a tool of samples; return the cluster of every point."""
    import processing

    output = processing.run(f"fumarole:{tool}", {**parameters, "OUTPUT": "memory:"})["OUTPUT"]
    return np.array([feature["cluster"] for feature in output.getFeatures()], dtype=int)


def main():
    """Measure and print."""
    from osgeo import gdal
    from sklearn.metrics import adjusted_rand_score

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [str(synthetic_geology.write_survey(folder, survey)) for survey in synthetic_geology.surveys()]
        cluster, model = map_of(folder, paths)
        layer, places = points_of(paths, cluster)
        n_clusters, first = len(synthetic_geology.UNITS), gdal.Open(paths[0])
        truth = synthetic_geology.truth_on(cluster.shape, first.GetGeoTransform())[places]
        trained = clusters_of("deep_embedded_clustering", INPUT=layer, N_CLUSTERS=n_clusters, TRANSFORM="yeo_johnson")
        applied = clusters_of("apply_clustering_model", INPUT=layer, MODEL=model)
    on_map = cluster[places]
    between = adjusted_rand_score(on_map, trained)
    to_truth = [f"{adjusted_rand_score(truth, labels):.3f}" for labels in (on_map, trained)]
    n_equal = int((applied == on_map).sum())
    goals = [
        Goal(
            f"{N_POINTS} pixels: map and tool of samples, each trained by itself: ARI",
            f">= {GOAL_BETWEEN}",
            f"{between:.3f}",
            between >= GOAL_BETWEEN,
        ),
        Goal("their ARI to the true units: map", "", to_truth[0], None, f"tool of samples {to_truth[1]}"),
        Goal("points that the model of rasters puts where the map does", "all", f"{n_equal}", n_equal == N_POINTS),
    ]
    print(markdown(goals))


if __name__ == "__main__":
    from fumarole.scripts.headless import fumarole_provider

    with fumarole_provider():
        main()
