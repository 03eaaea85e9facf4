"""The subduction chain that ships: from trench lines, rasters and earthquakes to classified and explained segments."""

from .chain import Chain, Input, Step

_SAMPLED = ("RASTERS", "SLAB_DEPTH", "EARTHQUAKES", "MAGNITUDE_FIELD", "DEPTH_FIELD")
_TRAINED = ("BOUNDS", "EXCLUSION", "SEED")
_CUT = ("REGION_FIELD", "SPACING", "WIDTH_UP", "WIDTH_DOWN", "SIDE")
_INPUTS = (
    Input("INPUT", "trench_segments", "INPUT"),
    Input("REGION_FIELD", "trench_segments", "REGION_FIELD"),
    Input("RASTERS", "sample_segment_features", "RASTERS", required=True),
    Input("SLAB_DEPTH", "sample_segment_features", "SLAB_DEPTH"),
    Input("EARTHQUAKES", "sample_segment_features", "EARTHQUAKES", required=True),
    Input("MAGNITUDE_FIELD", "sample_segment_features", "MAGNITUDE_FIELD"),
    Input("DEPTH_FIELD", "sample_segment_features", "DEPTH_FIELD"),
    *(Input(name, "trench_segments", name) for name in _CUT[1:]),
    *(Input(name, "train_segment_classifier", name) for name in _TRAINED),
)
_SEGMENTS = Step(
    "segments",
    "trench_segments",
    "Cut the trenches",
    {"INPUT": "INPUT", **{name: name for name in _CUT}},
    {},
    (1, 1),
)
_FEATURES = Step(
    "features",
    "sample_segment_features",
    "Sample the features",
    {"SEGMENTS": ("segments", "OUTPUT"), **{name: name for name in _SAMPLED}},
    {"segments": ("OUTPUT", "Segments with features")},
    (1, 5),
)
_TRAINING = Step(
    "training",
    "train_segment_classifier",
    "Train the classifier",
    {"INPUT": ("features", "OUTPUT"), **{name: name for name in _TRAINED}},
    {
        "model": ("MODEL", "Model"),
        "predictions": ("PREDICTIONS", "Cross-validated predictions"),
        "report": ("REPORT", "Report on the training"),
    },
    (2, 1),
)
_GIVEN = {"INPUT": ("features", "OUTPUT"), "MODEL": ("training", "MODEL")}
_CLASSES = Step(
    "classes",
    "classify_segments",
    "Classify the segments",
    _GIVEN,
    {"segments": ("OUTPUT", "Classified segments")},
    (2, 7),
)
_RELEVANCE = Step(
    "relevance",
    "explain_segments",
    "Explain the classes",
    {**_GIVEN, "SEED": "SEED"},
    {
        "segments": ("OUTPUT", "Explained segments"),
        "table": ("TABLE", "Relevance by class and feature"),
        "report": ("REPORT", "Report on the relevance"),
    },
    (2, 9),
)
SUBDUCTION_CHAINS = (
    Chain(
        "segment_classes_from_trenches",
        "Segment classes from trenches",
        "<p>From trench lines, rasters and an earthquake catalogue to a trained, validated and explained classifier of "
        "segments: <i>Trench segments</i>, <i>Sample segment features</i>, <i>Train segment classifier</i>, "
        "<i>Classify segments</i> and <i>Explain segments</i> in one run, with the choices that matter most; the "
        "others stay at their defaults. The classifier is the network, the only one that can be explained.</p>"
        "<p><b>Read the report on the training first.</b> It sets the classifier beside rules that use no feature, and "
        "says so where it does not beat them. The map of classes shows the segments that the classifier was trained "
        "on; the cross-validated predictions show how it does on others.</p>"
        "<p><b>To change the chain</b>, open its file in the graphical modeler (folder "
        "<i>processing_provider/models</i> of the plugin) and save it under another name.</p>",
        _INPUTS,
        (_SEGMENTS, _FEATURES, _TRAINING, _CLASSES, _RELEVANCE),
        "subduction",
    ),
)
