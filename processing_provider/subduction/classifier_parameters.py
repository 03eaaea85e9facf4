"""The parameters and outputs of ``train_segment_classifier``."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
)

from ..parameters import add_boolean, add_enum, add_integer, add_number_outputs, add_report, add_seed
from .segment_parameters import CLASSIFIER_HELP, CLASSIFIERS, add_bounds, add_segments, add_validation
from .segment_predictions import add_predictions

SUMMARY = (
    "<p>Trains a classifier that tells from features of a trench segment how large its largest earthquake is, and "
    "measures it on stretches of trench that it did not see.</p><p><b>Mind the rules that use no feature.</b> "
    "Magnitudes go on along a trench, so that <i>the class of the nearest training segment</i> is often right. A "
    "classifier that does not beat this rule has not shown that its features matter; the tool says so in words. It "
    "also says what is left when whole ruptures are kept apart, and on a region that was left out.</p><p>"
    "Preprocessing (Yeo-Johnson) is fitted on training rows only. The model keeps everything that <i>Classify "
    "segments</i> and <i>Explain segments</i> need.</p>"
)


def define_parameters(tool):
    """Add everything ``train_segment_classifier`` takes and gives."""
    add_segments(tool)
    add_bounds(tool)
    add_enum(tool, "CLASSIFIER", "Classifier", CLASSIFIERS, "network", CLASSIFIER_HELP)
    add_validation(
        tool,
        "Exclusion distance (km)",
        "In the validation, training segments keep this distance along the trench from the tested ones. The "
        "shorter it is, the more the score measures memory.",
    )
    add_integer(
        tool,
        "N_CANDIDATES",
        "Training recipes to try",
        1,
        "Learning rates and weight decays of the network drawn at random; the best is chosen for every fold within "
        "its training rows only. 1 takes the built-in ones.",
        1,
        200,
        advanced=True,
    )
    add_boolean(
        tool,
        "REGRESSION",
        "Predict the magnitude itself too",
        False,
        "Adds to report and numbers how far off a regression of the magnitude is, on the same folds.",
        advanced=True,
    )
    add_seed(tool)
    tool.add(
        QgsProcessingParameterFileDestination("MODEL", "Model", "Fumarole model (*.npz)"),
        "For Classify segments and Explain segments. Holds no code and needs no torch.",
    )
    add_predictions(tool, "the classifier", "the rules without features")
    tool.add(
        QgsProcessingParameterFeatureSink(
            "IMPORTANCE", "Feature importance", QgsProcessing.SourceType.TypeVector, optional=True
        ),
        "Per feature f1_loss, what macro F1 on the tested segments loses when whole stretches of the feature are "
        "exchanged (permutation importance), and f1_loss_sd, its standard deviation over the folds.",
    )
    add_report(tool)
    add_number_outputs(
        tool,
        (
            ("F1_MACRO", "Macro F1 of the classifier on blocks of trench, mean of the folds"),
            ("F1_NEAREST_SEGMENT", "Macro F1 of the nearest-segment rule, which uses no feature"),
            ("F1_SAME_RUPTURE", "Macro F1 of the classifier with whole ruptures kept apart (NaN: not possible)"),
            ("F1_LEAVE_REGION_OUT", "Macro F1 of the classifier on left-out regions, all together (NaN: one region)"),
            ("N_SEGMENTS", "Number of segments trained on"),
            ("N_DROPPED", "Number of segments left out for blank features"),
            ("RMSE", "Error of the magnitude's regression (NaN: not asked for)"),
            ("NEAREST_RMSE", "Error when the magnitude of the nearest segment is taken (NaN: not asked for)"),
            ("MEAN_RMSE", "Error when the mean magnitude is taken (NaN: not asked for)"),
        ),
    )
    tool.addOutput(QgsProcessingOutputString("VERDICT", "Whether the features beat the nearest-segment rule"))
