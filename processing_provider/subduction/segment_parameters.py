"""The parameters that the tools for training on segments share."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterString,
)

from ..parameters import add_integer, add_number, add_seed
from .segment_table import MAGNITUDE, POSITION, REGION

CLASSIFIERS = ("network", "extra_trees", "context")
CLASSIFIER_HELP = (
    "network: small neural networks on the features. extra_trees: a forest of extremely randomised trees on the "
    "features. context: a forest that also sees the classes of neighbouring segments with a known class; it tells how "
    "classes go on along a trench, not what makes them."
)
_NUMERIC = QgsProcessingParameterField.DataType.Numeric
_ANY = QgsProcessingParameterField.DataType.Any


def add_segments(tool):
    """Add the layer of segments, and its fields of features, magnitude, region and position."""
    tool.add(
        QgsProcessingParameterFeatureSource("INPUT", "Segments", [QgsProcessing.SourceType.TypeVector]),
        "Layer or table with one row per trench segment, as the tool Sample segment features writes it. Rows with a "
        "blank feature are left out and counted.",
    )
    tool.add(
        QgsProcessingParameterField("FIELDS", "Features", None, "INPUT", _NUMERIC, allowMultiple=True, optional=True),
        "What the classifier may see. Empty: every numeric field that is no id or coordinate, not one of the fields "
        "below, and not written by the segment tools beside the features.",
    )
    tool.add(
        QgsProcessingParameterField("MAGNITUDE_FIELD", "Magnitude field", MAGNITUDE, "INPUT", _NUMERIC),
        "Largest known magnitude (Mw) of the segment. Blank or up to 1: no earthquake is known, and the segment counts "
        "as the lowest class.",
    )
    tool.add(
        QgsProcessingParameterField("REGION_FIELD", "Region field", REGION, "INPUT", _ANY),
        "Names the trench of a segment. Where there is no such field, all segments count as one trench.",
    )
    tool.add(
        QgsProcessingParameterField("POSITION_FIELD", "Position field", POSITION, "INPUT", _NUMERIC),
        "Distance along the trench in km, different for every segment of a region.",
    )


def add_bounds(tool):
    """Add the bounds of the classes."""
    tool.add(
        QgsProcessingParameterString("BOUNDS", "Class bounds (Mw)", "8.0"),
        "Magnitudes that part the classes, one to three of them with commas between: 8.0 makes two classes, 6.4,8.3 "
        "three. A class includes its lower bound. They are fixed, so that results can be compared.",
    )


def add_validation(tool, exclusion_label, exclusion_help):
    """Add the exclusion distance and the number of folds."""
    add_number(tool, "EXCLUSION", exclusion_label, 100.0, exclusion_help, 0.0)
    add_integer(
        tool,
        "FOLDS",
        "Folds",
        5,
        "Every trench is cut into so many stretches of equal length; fold by fold one stretch of every trench is "
        "tested. Every segment is tested once.",
        2,
        advanced=True,
    )


def refused_bounds(tool, parameters, context):
    """Return a sentence on class bounds that cannot be used; "" where they can."""
    from ...algorithms.errors import DataError
    from ...algorithms.subduction.class_bounds import parse_bounds

    try:
        parse_bounds(tool.parameterAsString(parameters, "BOUNDS", context))
    except DataError as error:
        return str(error)
    return ""
