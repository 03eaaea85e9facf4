"""The parameters and the reading that the tools share which use a trained classifier of segments."""

from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ..layers import AttributeTable
from ..libraries import how_to_install, missing_libraries
from .segment_parameters import refused_bounds
from .segment_table import MAGNITUDE, POSITION, REGION, read_segments

MODEL_ENDING, CHECKPOINT_ENDINGS = ".npz", (".pt", ".pth")
_CHECKPOINT_LIBRARIES = ("torch", "sklearn")
_DATA_TYPE = QgsProcessingParameterField.DataType


@dataclass(frozen=True, eq=False)
class Subject:
    """Segments and the classifier that is to be used on them.

    Attributes
    ----------
    source : QgsProcessingFeatureSource
    table : AttributeTable
    segments : SegmentTable
    model : SegmentClassifier
    """

    source: object
    table: AttributeTable
    segments: object
    model: object

    def layer_kind(self):
        """Return geometry type and coordinate system of what is written beside the input's geometries."""
        return self.source.wkbType(), self.source.sourceCrs()

    def styled(self, style):
        """Return ``style`` where there is something to draw, None for a table without geometry."""
        return None if self.source.wkbType() == QgsWkbTypes.Type.NoGeometry else style


def add_segments_and_model(tool):
    """Add the layer of segments, the model, and where the segments are."""
    tool.add(
        QgsProcessingParameterFeatureSource("INPUT", "Segments", [QgsProcessing.SourceType.TypeVector]),
        "Layer or table with one row per trench segment, with the features of the model under the same names. Rows "
        "with a blank feature stay without a class and are counted.",
    )
    tool.add(
        QgsProcessingParameterFile("MODEL", "Model", fileFilter="Models (*.npz *.pt *.pth)"),
        "A model written by Train segment classifier (.npz), or a published network: a PyTorch checkpoint that holds "
        "weights only (.pt, read without running code from it). A checkpoint also needs its features and class bounds.",
    )
    tool.add(
        QgsProcessingParameterField("REGION_FIELD", "Region field", REGION, "INPUT", _DATA_TYPE.Any),
        "Names the trench of a segment. Where there is no such field, all segments count as one trench.",
        advanced=True,
    )
    tool.add(
        QgsProcessingParameterField("POSITION_FIELD", "Position field", POSITION, "INPUT", _DATA_TYPE.Numeric),
        "Distance along the trench in km. Only a context model, and permutation importance, need it.",
        advanced=True,
    )
    tool.add(
        QgsProcessingParameterField(
            "FIELDS", "Features of a checkpoint", None, "INPUT", _DATA_TYPE.Numeric, allowMultiple=True, optional=True
        ),
        "Only for a checkpoint, which does not name its features: the fields in the order of its training.",
        advanced=True,
    )
    tool.add(
        QgsProcessingParameterString("BOUNDS", "Class bounds of a checkpoint (Mw)", "", optional=True),
        "Only for a checkpoint, which does not say what its classes mean: the magnitudes that part them, such as 8.0 "
        "or 6.4,8.3.",
        advanced=True,
    )


def refused_model(tool, parameters, context):
    """Return a sentence on a model file of the wrong kind or a checkpoint that lacks its description, or ""."""
    path = Path(tool.parameterAsFile(parameters, "MODEL", context))
    if not path.name:
        return ""  # left out, which QGIS refuses itself
    if path.suffix.lower() not in (MODEL_ENDING, *CHECKPOINT_ENDINGS):
        return (
            f"'{path.name}' is no model: choose a file written by Train segment classifier (.npz) or a PyTorch "
            "checkpoint (.pt)."
        )
    if path.suffix.lower() == MODEL_ENDING:
        return ""
    if not tool.parameterAsFields(parameters, "FIELDS", context):
        return (
            "A checkpoint does not name its features: choose them under 'Features of a checkpoint', in the order of "
            "its training."
        )
    if not tool.parameterAsString(parameters, "BOUNDS", context).strip():
        return (
            "A checkpoint does not say what its classes mean: give 'Class bounds of a checkpoint', such as 8.0 or "
            "6.4,8.3."
        )
    return refused_bounds(tool, parameters, context)


def read_subject(tool, parameters, context, feedback, magnitude_parameter=""):
    """Read model and segments, and their magnitudes where a parameter names their field; returns :class:`Subject`.

    Raises
    ------
    DataError, ModelFileError, QgsProcessingException
        If either cannot be read, or they do not fit each other.
    """
    from ...algorithms.model_file import match_features
    from ...algorithms.subduction.class_bounds import parse_bounds
    from ...algorithms.subduction.classifier import SegmentClassifier
    from ...algorithms.subduction.published_classifier import published_classifier

    source = tool.parameterAsSource(parameters, "INPUT", context)
    if source is None:
        raise QgsProcessingException(tool.invalidSourceError(parameters, "INPUT"))
    path = Path(tool.parameterAsFile(parameters, "MODEL", context))

    def field(parameter, default):
        name = tool.parameterAsString(parameters, parameter, context)
        return "" if name == default and source.fields().lookupField(default) < 0 else name

    region = tool.parameterAsString(parameters, "REGION_FIELD", context)
    position = field("POSITION_FIELD", POSITION)
    magnitude = field(magnitude_parameter, MAGNITUDE) if magnitude_parameter else ""
    chosen = tool.parameterAsFields(parameters, "FIELDS", context)
    bounds = tool.parameterAsString(parameters, "BOUNDS", context)
    is_checkpoint = path.suffix.lower() != MODEL_ENDING
    model = None if is_checkpoint else SegmentClassifier.load(path)
    if is_checkpoint:
        missing = missing_libraries(_CHECKPOINT_LIBRARIES)
        if missing:
            raise QgsProcessingException(how_to_install(missing))
    elif chosen or bounds:
        feedback.pushWarning("Features and class bounds are those of the model; the given ones were not used.")
    names = chosen if is_checkpoint else model.names
    if not is_checkpoint:
        match_features(names, source.fields().names())
    table, segments = read_segments(source, names, region, position, magnitude, context, feedback)
    if is_checkpoint:
        model = published_classifier(path, segments, parse_bounds(bounds))
        feedback.pushWarning(
            "A checkpoint holds no preprocessing: its features were transformed and standardised by the segments given "
            "here, so the class of a segment depends on the others. Give it the segments of its study, or as many."
        )
    return Subject(source, table, segments, model)


def require_classified(n_classified):
    """Refuse an output without a single class."""
    if not n_classified:
        raise DataError("No segment has all features of the model, so none can be classified: fill the blank ones.")
