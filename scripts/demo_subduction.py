"""The worked subduction example: thirteen real trenches, from their lines to explained segments.

:func:`run` writes everything into a folder with the tools of the plugin, has it read again without QGIS and returns
what is wrong.
"""

import shutil
from pathlib import Path

from .demo_subduction_checks import subduction_problems
from .demo_subduction_map import draw
from .demo_tool import run_tool, say

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data" / "subduction"
TRENCHES = SAMPLES / "trenches.geojson"
RASTERS = ("topography_etopo20.tif", "geoid_egm96.tif", "gravity_egm96.tif")
SLAB_DEPTH = "slab_depth_of_earthquakes.tif"
SPACING_KM, WIDTH_UP_KM, WIDTH_DOWN_KM = 100.0, 200.0, 100.0  # where the plates lock, and the outer rise
BOUND = "6.5"  # two of three segments had such an earthquake
EXCLUSION_KM = 100.0
UNSEEN = "Cascadia"  # left out of the training
CONTENTS = (
    ("subduction.qgz", "every layer, styled, around the Pacific: open it in QGIS"),
    ("map.jpg", "the classes of all segments, to print"),
    ("rasters", "the grids that the features were sampled from"),
    ("segments.gpkg, features.gpkg", "segments of the trenches; the same with features and largest magnitude"),
    ("model.npz, training_report.html", "the trained networks, and what they are worth beside rules without features"),
    ("curve.csv, curve_report.html", "how the scores fall with the exclusion distance; predictions.gpkg: on the map"),
    ("classes.gpkg", "class and probability of every segment, also of the trench that was left out"),
    ("relevance.gpkg, relevance_report.html", "why: relevance of every feature; relevance.csv: by class"),
)


def run(folder, trenches=TRENCHES, distances="0,100,200,400,600", repeats=2, folds=5):
    """Run the example.

    Parameters
    ----------
    folder : Path
        For the results; exists.
    trenches : Path
        Lines with the downgoing plate on the right and a field ``region``; :data:`UNSEEN` is one of them.
    distances : str
        Exclusion distances of the curve, km.
    repeats, folds : int
        Of the curve, and of both validations.

    Returns
    -------
    list of str
        What is wrong with the results, as sentences; empty when nothing is.
    """
    say("\nSubduction zones: REAL trenches, earthquakes and grids (public domain; see sample_data/subduction).")
    features = sample(folder, trenches)
    training = extract(folder / "features.gpkg", f"\"region\" <> '{UNSEEN}'", folder / "training.gpkg")
    given = {"INPUT": training, "BOUNDS": BOUND, "EXCLUSION": EXCLUSION_KM, "FOLDS": folds}
    trained = run_tool(
        "train_segment_classifier", MODEL=folder / "model.npz", REPORT=folder / "training_report.html", **given
    )
    say(
        f"Macro F1 {trained['F1_MACRO']:.2f} on blocks of trench (nearest-segment rule "
        f"{trained['F1_NEAREST_SEGMENT']:.2f}), {trained['F1_LEAVE_REGION_OUT']:.2f} on left-out trenches."
    )
    say(trained["VERDICT"])
    run_tool(
        "exclusion_distance_curve",
        CLASSIFIER=["network", "extra_trees"],
        DISTANCES=distances,
        REPEATS=repeats,
        OUTPUT=folder / "curve.csv",
        PREDICTIONS=folder / "predictions.gpkg",
        REPORT=folder / "curve_report.html",
        **given,
    )
    everything = {"INPUT": features, "MODEL": folder / "model.npz"}
    classified = run_tool("classify_segments", OUTPUT=folder / "classes.gpkg", **everything)
    say(f"{classified['N_OUTSIDE']} of {classified['N_SEGMENTS']} segments are unlike any of the training.")
    explained = run_tool(
        "explain_segments",
        OUTPUT=folder / "relevance.gpkg",
        TABLE=folder / "relevance.csv",
        REPORT=folder / "relevance_report.html",
        **everything,
    )
    say(f"The networks agree on the reasons with a rank correlation of {explained['RANK_AGREEMENT']:.2f}.")
    draw(folder, trenches, SAMPLES / "plate_boundaries.geojson", BOUND, SPACING_KM, UNSEEN)
    return subduction_problems(folder, trenches, SPACING_KM, explained["CONSERVATION_ERROR"])


def sample(folder, trenches):
    """Cut the trenches into segments and sample their features; return the layer's path."""
    rasters = folder / "rasters"  # copies: QGIS writes the statistics of a raster beside it
    rasters.mkdir()
    for name in (*RASTERS, SLAB_DEPTH):
        shutil.copy(SAMPLES / name, rasters)
    earthquakes = run_tool(
        "import_samples",
        INPUT=SAMPLES / "earthquakes.csv",
        SOURCE_CRS="EPSG:4326",
        TARGET_CRS="EPSG:4326",
        OUTPUT=folder / "earthquakes.gpkg",
    )
    segments = run_tool(
        "trench_segments",
        INPUT=trenches,
        REGION_FIELD="region",
        SPACING=SPACING_KM,
        WIDTH_UP=WIDTH_UP_KM,
        WIDTH_DOWN=WIDTH_DOWN_KM,
        OUTPUT=folder / "segments.gpkg",
    )
    say(f"{segments['N_SEGMENTS']} segments of {SPACING_KM:.0f} km along {segments['N_REGIONS']} trenches.")
    features = run_tool(
        "sample_segment_features",
        SEGMENTS=segments["OUTPUT"],
        RASTERS=[str(rasters / name) for name in RASTERS],
        SLAB_DEPTH=rasters / SLAB_DEPTH,
        EARTHQUAKES=earthquakes["OUTPUT"],
        MAGNITUDE_FIELD="mag",
        DEPTH_FIELD="depth_km",
        OUTPUT=folder / "features.gpkg",
    )
    say(f"{features['N_FEATURES']} features from topography, geoid, gravity and the depth of the slab.")
    return features["OUTPUT"]


def extract(layer, expression, path):
    """Write the features of a layer for which an expression holds; return the path."""
    import processing

    parameters = {"INPUT": str(layer), "EXPRESSION": expression, "OUTPUT": str(path)}
    return processing.run("native:extractbyexpression", parameters)["OUTPUT"]
