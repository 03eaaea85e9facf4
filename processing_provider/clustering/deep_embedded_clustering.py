"""The tool ``deep_embedded_clustering``: from samples to clusters, hulls, tables, model and report."""

import time

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException

from ..layers import read_points, require_projected
from ..outputs import Outputs
from ..tool import Tool, progress_to
from .clustering_messages import tell
from .clustering_outputs import write_clusters, write_surroundings, write_tables
from .clustering_parameters import SUMMARY, define_parameters
from .clustering_report import report_context
from .context_layers import strong_earthquakes
from .feature_fields import choose_fields, feature_table
from .hulls import cluster_hulls
from .sample_crs import notes_on_target


class DeepEmbeddedClustering(Tool):
    """Clusters samples by a consensus of deep embedded clustering runs."""

    tool_id = "deep_embedded_clustering"
    title = "Deep embedded clustering"
    summary = SUMMARY
    keywords = ("dec", "idec", "autoencoder", "cluster", "geochemistry", "unsupervised", "prospect", "geothermal")
    libraries = ("numpy", "scipy", "sklearn", "torch")

    def define(self):
        define_parameters(self)

    def refusal(self, parameters, context):
        count = self.parameterAsInt(parameters, "N_CLUSTERS", context)
        return "" if count == 0 or count > 1 else f"{count} clusters cannot be made. Give 2 or more, or 0 to choose."

    def work(self, parameters, context, feedback):
        from ...algorithms.clustering.analysis import Options, cluster_table
        from ...algorithms.clustering.contrast import top_variables
        from ...algorithms.networks import available_device
        from ...ui.reports.clustering import clustering_report

        started = time.monotonic()
        crs = self.parameterAsCrs(parameters, "TARGET_CRS", context) or QgsCoordinateReferenceSystem()
        require_projected(crs, "a map with hulls and areas")
        samples = self._points(parameters, "INPUT", crs, context, feedback, "The input layer")
        boreholes = self._points(parameters, "BOREHOLES", crs, context, feedback, "The borehole layer")
        earthquakes = self._points(parameters, "EARTHQUAKES", crs, context, feedback, "The earthquake layer")
        strong, magnitudes, magnitude_field = [], [], ""
        if earthquakes:
            strong, magnitudes, magnitude_field, note = strong_earthquakes(
                earthquakes,
                self.parameterAsString(parameters, "MAGNITUDE_FIELD", context),
                self.parameterAsDouble(parameters, "MIN_MAGNITUDE", context),
            )
            feedback.pushInfo(note)
        chosen = choose_fields(
            samples,
            self.parameterAsFields(parameters, "FIELDS", context),
            self.parameterAsString(parameters, "FIELD_FILTER", context).strip(),
        )
        feedback.pushInfo(f"Fields: {', '.join(chosen)}.")
        table, notes = feature_table(samples, chosen)
        for note in notes:
            feedback.pushWarning(note)
        options = Options(
            n_clusters=self.parameterAsInt(parameters, "N_CLUSTERS", context),
            effort=self.parameterAsEnumString(parameters, "EFFORT", context),
            transform=self.parameterAsEnumString(parameters, "TRANSFORM", context),
            missing=self.parameterAsEnumString(parameters, "MISSING", context),
            seed=self.parameterAsInt(parameters, "SEED", context),
            device=available_device(self.parameterAsEnumString(parameters, "DEVICE", context)),
            max_clusters=self.parameterAsInt(parameters, "MAX_CLUSTERS", context),
        )
        result = cluster_table(table, options, progress_to(feedback, 0.05, 0.85))
        tell(result, feedback)
        membership = result.membership
        texts = top_variables(result.profiles.contrast, result.profiles.names)
        hulls, without_hull = cluster_hulls(
            samples.xy,
            membership.cluster,
            crs,
            context.transformContext(),
            self.parameterAsEnumString(parameters, "HULL_METHOD", context),
            dict(zip(result.profiles.clusters, texts)),
        )
        for message in without_hull:
            feedback.pushWarning(message)
        result.model.card["training_extent"] = _extent(samples.xy, membership.cluster > 0)
        result.model.card["training_crs"] = crs.authid() or crs.toWkt()
        progress = progress_to(feedback, 0.85, 1.0)
        progress(0.0, "Writing the results")
        with Outputs(self, parameters, context, feedback) as outputs:
            write_clusters(outputs, samples, result, hulls)
            progress(0.4)
            write_surroundings(outputs, boreholes, earthquakes, strong, magnitude_field)
            write_tables(outputs, result)
            outputs.file("MODEL", result.model.save)
            progress(0.7, "Writing the report")
            about = report_context(
                self, parameters, context, samples, hulls, boreholes, earthquakes, strong, magnitudes, started
            )
            outputs.file("REPORT", lambda path: path.write_text(clustering_report(result, about), encoding="utf-8"))
        own, kmeans = result.scores[0], result.scores[1]
        return {
            **outputs.results,
            "N_CLUSTERS_USED": result.n_clusters,
            "N_SAMPLES": int((membership.cluster > 0).sum()),
            "N_DROPPED": result.n_dropped,
            "SILHOUETTE": own.silhouette,
            "DAVIES_BOULDIN": own.davies_bouldin,
            "STABILITY": result.stability,
            "KMEANS_SILHOUETTE": kmeans.silhouette,
        }

    def _points(self, parameters, name, crs, context, feedback, label):
        source = self.parameterAsSource(parameters, name, context)
        if source is None:
            if name == "INPUT":
                raise QgsProcessingException(self.invalidSourceError(parameters, name))
            return None
        table = read_points(source, crs, context, feedback, label)
        for note in (*table.notes, *notes_on_target(table.xy, crs, crs, context)):
            feedback.pushInfo(note)
        return table


def _extent(xy, assigned):
    import numpy as np

    known = xy[assigned & np.isfinite(xy).all(axis=1)]
    return [*known.min(axis=0).tolist(), *known.max(axis=0).tolist()] if len(known) else None
