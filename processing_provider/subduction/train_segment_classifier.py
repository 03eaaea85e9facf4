"""The tool ``train_segment_classifier``: from a table of segments to a validated model."""

import time

from qgis.core import QgsCoordinateReferenceSystem, QgsWkbTypes

from ...algorithms.errors import DataError
from ..destinations import destination_text
from ..layers import fields_of
from ..outputs import Outputs
from ..run_context import run_context
from ..tool import Tool, progress_to
from .classifier_parameters import SUMMARY, define_parameters
from .segment_parameters import refused_bounds
from .segment_predictions import write_predictions
from .training_input import read_training_input, tell

_IMPORTANCE_FIELDS = (("feature", "text"), ("f1_loss", "double"), ("f1_loss_sd", "double"))


class TrainSegmentClassifier(Tool):
    """Trains a classifier of trench segments and says what it is worth."""

    tool_id = "train_segment_classifier"
    title = "Train segment classifier"
    group_key = "subduction"
    summary = SUMMARY
    keywords = (
        "subduction",
        "megathrust",
        "earthquake",
        "magnitude",
        "classification",
        "neural network",
        "extra trees",
        "cross-validation",
        "permutation importance",
        "regression",
    )
    libraries = ("numpy", "scipy", "sklearn", "torch")

    def define(self):
        define_parameters(self)

    def refusal(self, parameters, context):
        return refused_bounds(self, parameters, context)

    def work(self, parameters, context, feedback):
        from ...algorithms.subduction.exclusion_curve import behind_nearest
        from ...algorithms.subduction.training import train_classifier
        from ...ui.reports.segment_training import training_report

        started = time.monotonic()
        data = read_training_input(self, parameters, context, feedback)
        classifier = self.parameterAsEnumString(parameters, "CLASSIFIER", context)
        result = train_classifier(
            data.segments,
            data.bounds,
            classifier,
            self.parameterAsDouble(parameters, "EXCLUSION", context),
            self.parameterAsInt(parameters, "FOLDS", context),
            self.parameterAsInt(parameters, "SEED", context),
            n_candidates=self.parameterAsInt(parameters, "N_CANDIDATES", context),
            with_importance=any(destination_text(parameters, name, context) for name in ("IMPORTANCE", "REPORT")),
            with_regression=self.parameterAsBoolean(parameters, "REGRESSION", context),
            progress=progress_to(feedback, 0.05, 0.95),
        )
        regression, quality = result.regression, result.model.card["quality"]
        tell(feedback, result.notes, [(result.verdict, bool(behind_nearest(result.blocks, classifier)))])
        with Outputs(self, parameters, context, feedback) as outputs:
            if not outputs.file("MODEL", result.model.save):
                raise DataError("Choose a file for the model.")
            write_predictions(outputs, data, result.rows, result.block, result.probability)
            _write_importance(outputs, result.importance)
            about = run_context(self, parameters, context, started)
            outputs.file(
                "REPORT", lambda path: path.write_text(training_report(result, data.segments, about), encoding="utf-8")
            )
        errors = ("rmse", "nearest_rmse", "mean_rmse")
        return {
            **outputs.results,
            **{name.upper(): value for name, value in quality.items()},  # None, not NaN: results may be wanted as JSON
            "N_SEGMENTS": len(result.rows),
            "N_DROPPED": len(data.segments) - len(result.rows),
            **{name.upper(): getattr(regression, name) if regression else None for name in errors},
            "VERDICT": result.verdict,
        }


def _write_importance(outputs, importance):
    """Write one row per feature, the most important first; none where it could not be measured."""
    found = zip(importance.names, importance.mean.tolist(), importance.sd.tolist()) if importance else ()
    rows = ((None, list(row)) for row in sorted(found, key=lambda row: -row[1]))
    no_geometry, no_crs = QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem()
    outputs.layer("IMPORTANCE", fields_of(*_IMPORTANCE_FIELDS), no_geometry, no_crs, rows)
