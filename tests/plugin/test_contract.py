"""The public contract: the ids that were promised are there, and nothing changes unseen."""

import json

import pytest

from fumarole.scripts import interface

PROMISED = {  # tool id: (parameters, outputs), each never to be renamed
    "import_samples": (
        "INPUT SHEET ORIENTATION ID_FIELD X_FIELD Y_FIELD GRID_ZONE SOURCE_CRS TARGET_CRS OUTPUT",
        "OUTPUT COUNT DROPPED NOTES",
    ),
    "deep_embedded_clustering": (
        "INPUT FIELDS FIELD_FILTER TRANSFORM MISSING N_CLUSTERS EFFORT BOREHOLES EARTHQUAKES MAGNITUDE_FIELD "
        "MIN_MAGNITUDE TARGET_CRS SEED OUTPUT HULLS BOREHOLES_OUTPUT EARTHQUAKES_OUTPUT LATENT PROFILES MODEL REPORT",
        "OUTPUT HULLS BOREHOLES_OUTPUT EARTHQUAKES_OUTPUT LATENT PROFILES MODEL REPORT N_CLUSTERS_USED N_SAMPLES "
        "N_DROPPED SILHOUETTE DAVIES_BOULDIN STABILITY KMEANS_SILHOUETTE",
    ),
    "suggest_cluster_count": (
        "INPUT FIELDS MIN_CLUSTERS MAX_CLUSTERS SEED OUTPUT REPORT",
        "OUTPUT REPORT BEST_K",
    ),
    "apply_clustering_model": ("INPUT RASTERS MODEL OUTPUT OUTPUT_RASTER", "OUTPUT OUTPUT_RASTER N_OUTSIDE"),
    "cluster_hulls": ("INPUT CLUSTER_FIELD METHOD TARGET_CRS OUTPUT", "OUTPUT"),
    "deep_embedded_clustering_raster": (
        "INPUT N_CLUSTERS SAMPLE_SIZE MASK EFFORT BOREHOLES EARTHQUAKES MAGNITUDE_FIELD MIN_MAGNITUDE SEED OUTPUT "
        "POLYGONS BOREHOLES_OUTPUT EARTHQUAKES_OUTPUT MODEL REPORT",
        "OUTPUT POLYGONS BOREHOLES_OUTPUT EARTHQUAKES_OUTPUT MODEL REPORT N_CLUSTERS_USED N_SAMPLES N_DROPPED "
        "SILHOUETTE DAVIES_BOULDIN STABILITY KMEANS_SILHOUETTE",
    ),
    "prospect_from_rasters": (
        "RASTERS MASK BOREHOLES EARTHQUAKES MIN_MAGNITUDE N_CLUSTERS SAMPLE_SIZE EFFORT SEED MIN_PIXELS TITLE SUBTITLE",
        "clustering:raster clustering:polygons clustering:boreholes clustering:earthquakes clustering:model "
        "clustering:report map:map map:project",
    ),
    "prospect_from_samples": (
        "SAMPLES_FILE BOREHOLES EARTHQUAKES GRID_ZONE TARGET_CRS N_CLUSTERS EFFORT MIN_MAGNITUDE SEED TITLE SUBTITLE",
        "clustering:samples clustering:boreholes clustering:earthquakes clustering:model clustering:report hulls:hulls "
        "map:map map:project",
    ),
    "prospect_from_spreadsheets": (
        "SAMPLES_FILE BOREHOLES_FILE EARTHQUAKES_FILE GRID_ZONE TARGET_CRS N_CLUSTERS EFFORT MIN_MAGNITUDE SEED TITLE "
        "SUBTITLE",
        "clustering:samples clustering:boreholes clustering:earthquakes clustering:model clustering:report hulls:hulls "
        "map:map map:project",
    ),
    "sp_profiles": ("INPUT SP_FIELD RASTER LINES BUFFER SPACING OUTPUT", "OUTPUT"),
    "sp_forward": ("X0 DEPTH ANGLE K BODY LENGTH STATIONS NOISE_SD SEED OUTPUT", "OUTPUT"),
    "invert_sp": (
        "INPUT SP_FIELD LINE_FIELD DISTANCE_FIELD BODY BACKGROUND ROBUST BODIES UNCERTAINTY OUTPUT FIT REPORT",
        "OUTPUT FIT REPORT N_LINES X0 DEPTH ANGLE K HALF_LENGTH RMS",
    ),
    "train_sp_network": ("PRESET STATIONS NOISE_SD BUDGET SEED MODEL REPORT", "MODEL REPORT MSE"),
    "invert_sp_network": (
        "INPUT SP_FIELD LINE_FIELD DISTANCE_FIELD MODEL BACKGROUND POLISH OUTPUT FIT REPORT",
        "OUTPUT FIT REPORT N_LINES X0 DEPTH ANGLE K HALF_LENGTH RMS",
    ),
    "compare_sp_inversions": ("INPUT SP_FIELD LINE_FIELD MODEL OUTPUT REPORT", "OUTPUT REPORT"),
    "sp_sources_from_raster": (
        "RASTER LINES LINE_FIELD SPACING BODY BACKGROUND UNCERTAINTY SEED",
        "profiles:stations inversion:sources inversion:fit inversion:bars inversion:report",
    ),
    "segment_classes_from_trenches": (
        "INPUT REGION_FIELD RASTERS SLAB_DEPTH EARTHQUAKES MAGNITUDE_FIELD DEPTH_FIELD SPACING WIDTH_UP WIDTH_DOWN SIDE "
        "BOUNDS EXCLUSION SEED",
        "features:segments training:model training:predictions training:report classes:segments relevance:segments "
        "relevance:table relevance:report",
    ),
    "trench_segments": ("INPUT REGION_FIELD SPACING WIDTH_UP WIDTH_DOWN SIDE OUTPUT", "OUTPUT"),
    "train_segment_classifier": (
        "INPUT FIELDS MAGNITUDE_FIELD REGION_FIELD POSITION_FIELD BOUNDS EXCLUSION CLASSIFIER SEED MODEL REPORT",
        "MODEL REPORT F1_MACRO F1_NEAREST_SEGMENT F1_LEAVE_REGION_OUT N_SEGMENTS",
    ),
    "exclusion_distance_curve": (
        "INPUT FIELDS MAGNITUDE_FIELD REGION_FIELD POSITION_FIELD BOUNDS EXCLUSION CLASSIFIER SEED DISTANCES FOLDS "
        "REPEATS OUTPUT PREDICTIONS REPORT",
        "OUTPUT PREDICTIONS REPORT",
    ),
    "classify_segments": ("INPUT MODEL OUTPUT", "OUTPUT N_SEGMENTS N_DROPPED N_OUTSIDE"),
    "explain_segments": (
        "INPUT MODEL RULE OUTPUT TABLE REPORT",
        "OUTPUT TABLE REPORT CONSERVATION_ERROR RANK_AGREEMENT",
    ),
    "sample_segment_features": (
        "SEGMENTS RASTERS SLAB_DEPTH EARTHQUAKES MAGNITUDE_FIELD STATISTICS OUTPUT",
        "OUTPUT N_SEGMENTS N_FEATURES N_EMPTY",
    ),
    "prospect_map": ("CLUSTERS HULLS BOREHOLES EARTHQUAKES TITLE DPI MAP PROJECT", "MAP PROJECT"),
}
CHOICES = {
    ("import_samples", "ORIENTATION"): ["auto", "rows", "columns"],
    ("deep_embedded_clustering", "TRANSFORM"): ["auto", "clr", "yeo_johnson", "none"],
    ("deep_embedded_clustering", "MISSING"): ["impute", "skip", "fail"],
    ("deep_embedded_clustering", "EFFORT"): ["quick", "standard", "thorough"],
    ("cluster_hulls", "METHOD"): ["convex", "concave"],
    ("sp_forward", "BODY"): ["sphere", "horizontal_cylinder", "vertical_cylinder", "sheet"],
    ("invert_sp", "BODY"): ["sphere", "horizontal_cylinder", "vertical_cylinder", "sheet", "auto"],
    ("invert_sp", "BACKGROUND"): ["none", "constant", "linear", "quadratic"],
    ("invert_sp", "UNCERTAINTY"): ["covariance", "grid", "bootstrap"],
    ("trench_segments", "SIDE"): ["right", "left"],
    ("sample_segment_features", "STATISTICS"): ["mean", "std", "gradient"],
    ("train_segment_classifier", "CLASSIFIER"): ["network", "extra_trees", "context"],
    ("exclusion_distance_curve", "CLASSIFIER"): ["network", "extra_trees", "context"],
    ("explain_segments", "RULE"): ["epsilon", "z_plus", "alpha_beta", "gamma"],
    ("train_sp_network", "PRESET"): ["reference", "modern"],
}
DEFAULTS = {
    ("import_samples", "ORIENTATION"): "auto",
    ("deep_embedded_clustering", "MIN_MAGNITUDE"): 4.0,
    ("deep_embedded_clustering", "N_CLUSTERS"): 0,
    ("train_segment_classifier", "MAGNITUDE_FIELD"): "mag_max",
    ("train_segment_classifier", "REGION_FIELD"): "region",
    ("train_segment_classifier", "POSITION_FIELD"): "s_km",
    ("train_segment_classifier", "CLASSIFIER"): "network",
    ("exclusion_distance_curve", "DISTANCES"): "0,50,100,200,300,400,500,600",
    ("exclusion_distance_curve", "FOLDS"): 5,
    ("exclusion_distance_curve", "REPEATS"): 10,
    ("explain_segments", "RULE"): "epsilon",
    ("trench_segments", "SPACING"): 50.0,
    ("trench_segments", "WIDTH_UP"): 300.0,
    ("trench_segments", "WIDTH_DOWN"): 300.0,
    ("trench_segments", "SIDE"): "right",
    ("prospect_map", "DPI"): 300,
}
COMMON_DEFAULTS = {"TARGET_CRS": "EPSG:32635", "SEED": 42}


@pytest.fixture(scope="module")
def contract(fumarole):
    return interface.describe(fumarole.provider)


@pytest.mark.parametrize("tool_id", PROMISED)
def test_promised_ids_are_there(contract, tool_id):
    parameters, outputs = PROMISED[tool_id]
    assert set(parameters.split()) - set(contract[tool_id]["parameters"]) == set()
    assert set(outputs.split()) - set(contract[tool_id]["outputs"]) == set()


@pytest.mark.parametrize(("tool_id", "parameter"), CHOICES)
def test_promised_choices_are_offered(contract, tool_id, parameter):
    assert contract[tool_id]["parameters"][parameter]["options"] == CHOICES[tool_id, parameter]


def test_promised_defaults_stand(contract):
    for (tool_id, parameter), default in DEFAULTS.items():
        assert contract[tool_id]["parameters"][parameter]["default"] == default, f"{tool_id}.{parameter}"
    for tool_id, tool in contract.items():
        for parameter, default in COMMON_DEFAULTS.items():
            if parameter in tool["parameters"]:
                assert tool["parameters"][parameter]["default"] == default, f"{tool_id}.{parameter}"


def test_qgis_process_takes_every_default(tools):
    """QGIS 3.22 refuses a coordinate system or a field that is left at its default, unless it is optional."""
    refused = [
        f"{tool.name()}.{parameter.name()}"
        for tool in tools
        for parameter in tool.parameterDefinitions()
        if parameter.defaultValue() not in (None, "") and not parameter.checkValueIsAcceptable(None)
    ]
    assert refused == []


def test_contract_is_the_golden_one(contract):
    golden = json.loads(interface.GOLDEN_FILE.read_text(encoding="utf-8"))
    found = json.loads(interface.as_text(contract))
    assert found == golden, "the public contract changed: run 'make docs' and look at the difference of interface.json"
