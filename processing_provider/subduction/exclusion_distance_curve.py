"""The tool ``exclusion_distance_curve``: what a classifier is worth when near segments may not be learned from."""

import time

from qgis.core import QgsCoordinateReferenceSystem, QgsWkbTypes

from ...algorithms.errors import DataError
from ..layers import fields_of
from ..outputs import Outputs
from ..run_context import run_context
from ..tool import Tool, progress_to
from .curve_parameters import SUMMARY, define_parameters
from .segment_parameters import refused_bounds
from .segment_predictions import write_predictions
from .training_input import read_training_input, tell

_SCORE_FIELDS = (
    ("distance_km", "double"),
    ("classifier", "text"),
    ("f1_macro", "double"),
    ("f1_sd", "double"),
    ("n_train", "double"),
    ("n_test", "int"),
)


class ExclusionDistanceCurve(Tool):
    """Scores classifiers and rules without features over the exclusion distance."""

    tool_id = "exclusion_distance_curve"
    title = "Exclusion-distance curve"
    group_key = "subduction"
    summary = SUMMARY
    keywords = (
        "subduction",
        "spatial cross-validation",
        "buffer",
        "autocorrelation",
        "exclusion",
        "f1",
        "validation",
        "classification",
        "earthquake",
    )
    libraries = ("numpy", "scipy", "sklearn", "torch")

    def define(self):
        define_parameters(self)

    def refusal(self, parameters, context):
        from ...algorithms.subduction.exclusion_curve import parse_distances

        try:
            parse_distances(self.parameterAsString(parameters, "DISTANCES", context))
        except DataError as error:
            return str(error)
        return refused_bounds(self, parameters, context)

    def work(self, parameters, context, feedback):
        from ...algorithms.subduction.exclusion_curve import behind_nearest, exclusion_distance_curve, parse_distances
        from ...ui.reports.exclusion_curve import curve_report

        started = time.monotonic()
        data = read_training_input(self, parameters, context, feedback)
        classifiers = tuple(self.parameterAsEnumStrings(parameters, "CLASSIFIER", context))
        distances = parse_distances(self.parameterAsString(parameters, "DISTANCES", context))
        curve = exclusion_distance_curve(
            data.segments,
            data.bounds,
            distances,
            classifiers,
            self.parameterAsInt(parameters, "FOLDS", context),
            self.parameterAsInt(parameters, "REPEATS", context),
            self.parameterAsInt(parameters, "SEED", context),
            self.parameterAsBoolean(parameters, "SAME_RUPTURE", context),
            self.parameterAsBoolean(parameters, "STRAIGHT_LINE", context),
            self.parameterAsBoolean(parameters, "REFERENCE_FOLDS", context),
            progress=progress_to(feedback, 0.05, 0.95),
        )
        behind = [bool(behind_nearest(curve.scores, name)) for name in classifiers]
        tell(feedback, curve.notes, zip(curve.verdicts, behind))
        wanted = self.parameterAsDouble(parameters, "EXCLUSION", context)
        shown = min(distances, key=lambda distance: (abs(distance - wanted), -distance))
        feedback.pushInfo(f"The predictions are those at an exclusion distance of {shown:g} km.")
        with Outputs(self, parameters, context, feedback) as outputs:
            _write_scores(outputs, curve)
            probability = {name: found for (name, distance), found in curve.probability.items() if distance == shown}
            write_predictions(outputs, data, curve.rows, curve.block, probability)
            about = run_context(self, parameters, context, started)
            outputs.file(
                "REPORT", lambda path: path.write_text(curve_report(curve, data.segments, about), encoding="utf-8")
            )
        return {
            **outputs.results,
            "N_SEGMENTS": len(curve.rows),
            "N_DROPPED": len(data.segments) - len(curve.rows),
            "VERDICT": " ".join(curve.verdicts),
        }


def _write_scores(outputs, curve):
    fields = fields_of(*_SCORE_FIELDS, *((f"f1_{number + 1}", "double") for number in range(len(curve.class_names))))
    rows = (
        (None, [*(getattr(score, name) for name, _ in _SCORE_FIELDS), *score.f1_class.tolist()])
        for score in curve.scores
    )
    outputs.layer("OUTPUT", fields, QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem(), rows)
