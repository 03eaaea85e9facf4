"""The tool ``suggest_cluster_count``: how many clusters the data support."""

import time

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSink,
    QgsWkbTypes,
)

from ..layers import fields_of, read_table
from ..outputs import Outputs
from ..parameters import add_enum, add_integer, add_report, add_seed
from ..run_context import run_context
from ..tool import Tool, progress_to
from .cluster_fields import COUNT_FIELDS, count_rows
from .clustering_parameters import add_fields
from .feature_fields import choose_fields, feature_table


class SuggestClusterCount(Tool):
    """Clusters with every k in a range and measures each partition."""

    tool_id = "suggest_cluster_count"
    title = "Suggest cluster count"
    summary = (
        "<p>Clusters the samples with every number of clusters in a range and measures stability (do independent runs "
        "agree?), silhouette and Davies-Bouldin index.</p>"
        "<p>The suggestion is the best by silhouette and Davies-Bouldin together among the numbers that independent "
        "runs reproduce (stability of 0.8 or more). <b>Mind</b> that no index knows geology: look at the curve in the "
        "report and at the maps of neighbouring numbers.</p>"
    )
    keywords = ("number of clusters", "k", "elbow", "silhouette", "davies-bouldin", "stability", "dec")
    libraries = ("numpy", "scipy", "sklearn", "torch")

    def define(self):
        add_fields(self)
        add_integer(self, "MIN_CLUSTERS", "Fewest clusters", 2, "Start of the range.", 2)
        add_integer(self, "MAX_CLUSTERS", "Most clusters", 10, "End of the range.", 2, 50)
        add_seed(self)
        transforms = ("auto", "clr", "yeo_johnson", "none")
        help_text = "As in Deep embedded clustering."
        add_enum(self, "TRANSFORM", "Transform", transforms, "auto", help_text, advanced=True)
        add_enum(self, "MISSING", "Blank values", ("impute", "skip", "fail"), "impute", help_text, advanced=True)
        self.add(
            QgsProcessingParameterFeatureSink("OUTPUT", "Cluster counts", QgsProcessing.SourceType.TypeVector),
            "Per number of clusters: stability, silhouette, davies_bouldin, and the share of the smallest cluster.",
        )
        add_report(self)
        self.addOutput(QgsProcessingOutputNumber("BEST_K", "Suggested number of clusters"))
        self.addOutput(QgsProcessingOutputString("REASON", "Why"))

    def refusal(self, parameters, context):
        fewest, most = (self.parameterAsInt(parameters, f"{name}_CLUSTERS", context) for name in ("MIN", "MAX"))
        if 2 <= fewest <= most:
            return ""
        return f"The range from {fewest} to {most} clusters is not usable: start at 2 or more, and end no lower."

    def work(self, parameters, context, feedback):
        from ...algorithms.clustering.cluster_count import cluster_count_curve
        from ...algorithms.clustering.features import fit_features
        from ...ui.reports.cluster_count import cluster_count_report

        started = time.monotonic()
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        samples = read_table(source, feedback)
        chosen = choose_fields(samples, self.parameterAsFields(parameters, "FIELDS", context), "")
        feedback.pushInfo(f"Fields: {', '.join(chosen)}.")
        table, notes = feature_table(samples, chosen)
        _, prepared, _, warnings = fit_features(
            table,
            self.parameterAsEnumString(parameters, "TRANSFORM", context),
            self.parameterAsEnumString(parameters, "MISSING", context),
        )
        for note in (*notes, *prepared.notes, *warnings):
            feedback.pushInfo(note)
        count = cluster_count_curve(
            prepared.matrix[prepared.assigned],
            self.parameterAsInt(parameters, "MIN_CLUSTERS", context),
            self.parameterAsInt(parameters, "MAX_CLUSTERS", context),
            self.parameterAsInt(parameters, "SEED", context),
            progress=progress_to(feedback, 0.05, 0.95),
        )
        feedback.pushInfo(count.reason)
        with Outputs(self, parameters, context, feedback) as outputs:
            no_geometry, no_crs = QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem()
            outputs.layer("OUTPUT", fields_of(*COUNT_FIELDS), no_geometry, no_crs, count_rows(count.scores))
            about = run_context(self, parameters, context, started, crs="")
            outputs.file("REPORT", lambda path: path.write_text(cluster_count_report(count, about), encoding="utf-8"))
        return {**outputs.results, "BEST_K": count.best_k, "REASON": count.reason}
