"""The parameters and outputs of ``exclusion_distance_curve``."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterString,
)

from ..parameters import add_boolean, add_integer, add_number_outputs, add_report, add_seed
from .segment_parameters import CLASSIFIER_HELP, CLASSIFIERS, add_bounds, add_segments, add_validation
from .segment_predictions import add_predictions

SUMMARY = (
    "<p>Measures classifiers of trench segments on stretches of trench, while the training segments keep a growing "
    "distance from the tested ones.</p><p>Neighbouring segments share features and earthquakes: a test beside the "
    "training segments measures memory. <b>Two rules that use no feature run beside every classifier</b>: the "
    "class of the nearest training segment, and the majority of the region. Where a classifier does not beat the "
    "first one, the tool says so in words.</p><p>All networks of all folds, distances and repeats train together "
    "as one program.</p>"
)


def define_parameters(tool):
    """Add everything ``exclusion_distance_curve`` takes and gives."""
    add_segments(tool)
    add_bounds(tool)
    tool.add(
        QgsProcessingParameterEnum(
            "CLASSIFIER",
            "Classifiers",
            list(CLASSIFIERS),
            allowMultiple=True,
            defaultValue=["network"],
            usesStaticStrings=True,
        ),
        f"To be compared; the rules without features are always there. {CLASSIFIER_HELP}",
    )
    tool.add(
        QgsProcessingParameterString("DISTANCES", "Exclusion distances (km)", "0,50,100,200,300,400,500,600"),
        "Along the trench, with commas between.",
    )
    add_validation(
        tool,
        "Distance of the predictions (km)",
        "The layer of predictions shows the nearest of the exclusion distances above.",
    )
    add_integer(
        tool,
        "REPEATS",
        "Repeats",
        10,
        "Networks per fold, or equal parts of a forest: f1_macro is that of their mean, f1_sd their spread.",
        1,
        100,
    )
    add_boolean(
        tool,
        "SAME_RUPTURE",
        "Keep whole ruptures apart",
        False,
        "Takes segments out of training that share an earthquake with a tested one, whatever their distance: "
        "neighbours with exactly the same magnitude.",
        advanced=True,
    )
    add_boolean(
        tool,
        "STRAIGHT_LINE",
        "Exclude in a straight line too",
        False,
        "Keeps the distance also from segments of other trenches. Needs the place of every segment.",
        advanced=True,
    )
    add_boolean(
        tool,
        "REFERENCE_FOLDS",
        "Folds of the published study",
        False,
        "As Graciosa et al. (2025) cut the trenches: the last segment of every region but the last in the table is "
        "never tested.",
        advanced=True,
    )
    add_seed(tool)
    tool.add(
        QgsProcessingParameterFeatureSink("OUTPUT", "Curve", QgsProcessing.SourceType.TypeVector),
        "Per distance and classifier: distance_km, classifier, f1_macro (mean of the folds), f1_sd (spread of the "
        "repeats), n_train (mean of the folds), n_test, and f1_1 ... (of each class, all folds together).",
    )
    add_predictions(tool, "the first classifier chosen", "the other classifiers and the rules")
    add_report(tool)
    add_number_outputs(
        tool,
        (("N_SEGMENTS", "Number of segments used"), ("N_DROPPED", "Number of segments left out for blank features")),
    )
    tool.addOutput(QgsProcessingOutputString("VERDICT", "Where classifiers do not beat the nearest-segment rule"))
