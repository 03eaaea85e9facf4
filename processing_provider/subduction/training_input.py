"""What the training tools read: segments with magnitudes, and the classes these make."""

from dataclasses import dataclass

import numpy as np
from qgis.core import QgsProcessingException

from ...algorithms.errors import DataError
from ..layers import AttributeTable
from .segment_table import feature_names, read_segments, typed_fields


@dataclass(frozen=True, eq=False)
class TrainingInput:
    """Segments to train on.

    Attributes
    ----------
    source : QgsProcessingFeatureSource
    table : AttributeTable
        The input as it is.
    segments : SegmentTable
        The same rows, in the same order.
    bounds : ClassBounds
    """

    source: object
    table: AttributeTable
    segments: object
    bounds: object

    @property
    def classes(self):
        """Class 1.. of every row ``(n_rows,)``."""
        return self.bounds.classes(self.segments.magnitude) + 1


def read_training_input(tool, parameters, context, feedback):
    """Read the :class:`TrainingInput` of a tool with the parameters of :mod:`.segment_parameters`.

    Raises
    ------
    DataError
        If a field is missing or cannot be read, the bounds are unusable, or no magnitude is known.
    """
    from ...algorithms.subduction.class_bounds import parse_bounds
    from ...algorithms.subduction.segments import NO_EVENT

    source = tool.parameterAsSource(parameters, "INPUT", context)
    if source is None:
        raise QgsProcessingException(tool.invalidSourceError(parameters, "INPUT"))
    bounds = parse_bounds(tool.parameterAsString(parameters, "BOUNDS", context))
    region, position, magnitude = (
        tool.parameterAsString(parameters, f"{name}_FIELD", context) for name in ("REGION", "POSITION", "MAGNITUDE")
    )
    chosen = tool.parameterAsFields(parameters, "FIELDS", context)
    names = feature_names(typed_fields(source, feedback), chosen, region, position, magnitude)
    feedback.pushInfo(f"Features: {', '.join(names)}.")
    table, segments = read_segments(source, names, region, position, magnitude, context, feedback)
    n_without = int(np.sum(~(segments.magnitude > NO_EVENT)))
    if n_without == len(segments):
        raise DataError(
            f"'{magnitude}' holds no magnitude above {NO_EVENT:g}. Choose the field of the largest magnitudes (Mw), or "
            "sample it along the trench first."
        )
    if n_without:
        feedback.pushInfo(
            f"{n_without} of {len(segments)} segments have no known earthquake (magnitude blank or up to "
            f"{NO_EVENT:g}) and count as {bounds.names[0]}."
        )
    return TrainingInput(source, table, segments, bounds)


def tell(feedback, notes, verdicts):
    """Show notes, and the verdicts as pairs of a sentence and whether a rule without features was as good."""
    for note in notes:
        feedback.pushWarning(note)
    for sentence, is_behind in verdicts:
        (feedback.pushWarning if is_behind else feedback.pushInfo)(sentence)
