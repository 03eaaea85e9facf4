"""The tool ``classify_segments``: the class of the largest earthquake of trench segments, by a trained classifier."""

from functools import partial

import numpy as np
from qgis.core import QgsProcessing

from ...ui.segment_styles import style_classes
from ..layers import extended
from ..outputs import Outputs
from ..parameters import add_layer, add_number_outputs
from ..tool import Tool, progress_to
from .segment_model import add_segments_and_model, read_subject, refused_model, require_classified


class ClassifySegments(Tool):
    """Classifies segments with a stored model."""

    tool_id = "classify_segments"
    title = "Classify segments"
    group_key = "subduction"
    summary = (
        "<p>Gives trench segments the class of their largest earthquake, with a model that <i>Train segment "
        "classifier</i> wrote or with a published network (a PyTorch checkpoint). Only checkpoints need torch.</p>"
        "<p>Features are matched by name, and a missing one is refused. On the map a class is the paler the less "
        "probable it is.</p>"
        "<p><b>Mind</b> the field <i>outside</i>: 1 marks segments unlike any the model was trained on, whose class "
        "means little. <b>Mind</b> also how the model did on unknown stretches of trench: the report of its training "
        "says whether it beats the class of the nearest known segment. The class of a segment that was in the training "
        "is no prediction, and no class is a forecast of an earthquake.</p>"
    )
    keywords = ("subduction", "megathrust", "earthquake", "predict", "classify", "magnitude", "model", "checkpoint")
    libraries = ("numpy", "scipy")

    def define(self):
        add_segments_and_model(self)
        add_layer(
            self,
            "OUTPUT",
            "Classified segments",
            "The input's attributes, then class (1 = lowest magnitudes; NULL = a feature is blank), class_name, "
            "prob_1, prob_2 ... (probability of every class), prob (that of the class given), outside (1 = unlike any "
            "training segment; NULL with a checkpoint, which does not tell).",
            QgsProcessing.SourceType.TypeVectorAnyGeometry,
        )
        add_number_outputs(
            self,
            (
                ("N_SEGMENTS", "Number of classified segments"),
                ("N_DROPPED", "Number of segments with blank features"),
                ("N_OUTSIDE", "Number of segments unlike the training"),
            ),
        )

    def refusal(self, parameters, context):
        return refused_model(self, parameters, context)

    def work(self, parameters, context, feedback):
        subject = read_subject(self, parameters, context, feedback)
        progress_to(feedback)(0.3, "Classifying the segments")
        found, bounds = subject.model.classify(subject.segments), subject.model.bounds
        n_segments, n_outside = int((found.number > 0).sum()), int(found.outside.sum())
        require_classified(n_segments)
        _tell(found, subject, feedback)
        pairs = [("class", "int"), ("class_name", "text")]
        pairs += [(f"prob_{number}", "double") for number in range(1, bounds.n_classes + 1)]
        pairs += [("prob", "double"), ("outside", "int")]
        with Outputs(self, parameters, context, feedback) as outputs:
            new = _values(found, bounds.names, len(subject.model.training.classes) > 0)
            rows = zip(subject.table.geometries, map(list.__add__, subject.table.attributes, new))
            fields = extended(subject.table.fields, *pairs)
            style = subject.styled(partial(style_classes, n_classes=bounds.n_classes, names=bounds.names))
            outputs.layer("OUTPUT", fields, *subject.layer_kind(), rows, style, "Classes")
        return {
            **outputs.results,
            "N_SEGMENTS": n_segments,
            "N_DROPPED": len(found.number) - n_segments,
            "N_OUTSIDE": n_outside,
        }


def _values(found, names, tells_outside):
    """Return the new attributes of every segment."""
    rows = []
    for number, probability, outside in zip(found.number.tolist(), found.probability.tolist(), found.outside.tolist()):
        if not number:
            rows.append([None] * (len(probability) + 4))
            continue
        flag = int(outside) if tells_outside else None
        rows.append([number, names[number - 1], *probability, probability[number - 1], flag])
    return rows


def _tell(found, subject, feedback):
    """Say how many segments have which class, and what to mind."""
    from ...algorithms.subduction.explanation import from_training

    model = subject.model
    counts = np.bincount(found.number, minlength=model.bounds.n_classes + 1)
    listed = ", ".join(f"{name}: {count}" for name, count in zip(model.bounds.names, counts[1:]))
    feedback.pushInfo(f"{counts[1:].sum()} of {len(found.number)} segments were classified ({listed}).")
    if counts[0]:
        feedback.pushWarning(f"{counts[0]} segments have blank features and stay without a class.")
    if found.outside.any():
        feedback.pushWarning(
            f"{found.outside.sum()} segments are unlike any the model was trained on: their class means little."
        )
    n_known = from_training(model, subject.segments.take(found.number > 0))
    if n_known:
        feedback.pushInfo(
            f"{n_known} of them were in the training of the model: their class shows how well it fits, and predicts "
            "nothing."
        )
    if model.classifier == "context":
        feedback.pushInfo(
            "This model also uses the known classes of neighbouring segments: it tells how classes go on along a "
            "trench, not what makes them."
        )
