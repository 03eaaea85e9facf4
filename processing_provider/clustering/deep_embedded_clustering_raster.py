"""The tool ``deep_embedded_clustering_raster``: from rasters to a map of clusters, a model and a report."""

import time
from dataclasses import replace
from functools import partial

from ...ui.styles import style_cluster_raster
from ..destinations import destination_text
from ..layers import crs_name
from ..outputs import Outputs
from ..run_context import run_context
from ..tool import Tool, progress_to
from .clustering_messages import tell
from .raster_checks import check_destination, in_metres
from .raster_parameters import SUMMARY, define_parameters


class DeepEmbeddedClusteringRaster(Tool):
    """Clusters the pixels of rasters by a consensus of deep embedded clustering runs, distilled into one network."""

    tool_id = "deep_embedded_clustering_raster"
    title = "Deep embedded clustering (raster)"
    summary = SUMMARY
    keywords = ("dec", "idec", "autoencoder", "cluster", "pixels", "bands", "unsupervised", "geophysics", "geothermal")
    libraries = ("numpy", "scipy", "sklearn", "torch")

    def define(self):
        define_parameters(self)

    def work(self, parameters, context, feedback):
        from ...algorithms.clustering.raster_clustering import cluster_pixels
        from ...ui.reports.clustering import clustering_report
        from .raster_layers import bounded_cache, open_rasters
        from .raster_map import Census, write_map
        from .raster_sampling import sample_pixels

        started = time.monotonic()
        layers = self.parameterAsLayerList(parameters, "INPUT", context)
        check_destination(destination_text(parameters, "OUTPUT", context), layers)
        with bounded_cache():
            rasters = open_rasters(layers, context)
            feedback.pushInfo(f"Bands: {', '.join(rasters.names)}.")
            for note in rasters.notes:
                feedback.pushWarning(note)
            seed = self.parameterAsInt(parameters, "SEED", context)
            n_wanted = self.parameterAsInt(parameters, "SAMPLE_SIZE", context)
            sample = sample_pixels(rasters, n_wanted, seed, progress_to(feedback, 0.0, 0.1))
            result, model = cluster_pixels(
                rasters.names, sample.values, self._options(parameters, context), progress_to(feedback, 0.1, 0.7)
            )
            tell(result, feedback)
            model.card["training_crs"] = rasters.grid.crs.authid() or rasters.grid.crs.toWkt()
            xy = rasters.grid.centres(sample.rows, sample.columns)
            model.card["training_extent"] = [*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist()]
            with Outputs(self, parameters, context, feedback) as outputs:
                census = Census(model.n_clusters)
                progress = progress_to(feedback, 0.7, 0.95)
                write = partial(write_map, rasters=rasters, model=model, census=census, progress=progress)
                style = partial(style_cluster_raster, cluster_count=model.n_clusters)
                outputs.raster("OUTPUT", write, style, "Cluster map")
                feedback.pushInfo(census.sentence())
                result = replace(result, notes=(*rasters.notes, *result.notes, census.sentence()))
                outputs.file("MODEL", model.save)
                progress(1.0, "Writing the report")
                about = self._about(parameters, context, started, layers, rasters.grid, sample)
                outputs.file(
                    "REPORT", lambda path: path.write_text(clustering_report(result, about), encoding="utf-8")
                )
        own, kmeans = result.scores[0], result.scores[1]
        return {
            **outputs.results,
            "N_CLUSTERS_USED": result.n_clusters,
            "N_SAMPLES": len(sample.values),
            "N_PIXELS": census.n_assigned,
            "N_DROPPED": census.n_without_data,
            "SILHOUETTE": own.silhouette,
            "DAVIES_BOULDIN": own.davies_bouldin,
            "STABILITY": result.stability,
            "KMEANS_SILHOUETTE": kmeans.silhouette,
            "AGREEMENT": model.student.agreement,
        }

    def _options(self, parameters, context):
        from ...algorithms.clustering.analysis import Options
        from ...algorithms.networks import available_device

        return Options(
            n_clusters=self.parameterAsInt(parameters, "N_CLUSTERS", context),
            effort=self.parameterAsEnumString(parameters, "EFFORT", context),
            transform=self.parameterAsEnumString(parameters, "TRANSFORM", context),
            missing="skip",
            seed=self.parameterAsInt(parameters, "SEED", context),
            device=available_device(self.parameterAsEnumString(parameters, "DEVICE", context)),
            max_clusters=self.parameterAsInt(parameters, "MAX_CLUSTERS", context),
        )

    def _about(self, parameters, context, started, layers, grid, sample):
        names = ", ".join(layer.name() for layer in layers)
        xy, crs = in_metres(grid.centres(sample.rows, sample.columns), grid.crs, context)
        about = run_context(self, parameters, context, started, crs=crs_name(crs), xy=xy, sample_ids=sample.names)
        label = self.parameterDefinition("INPUT").description()
        return replace(about, input_name=names, parameters={**about.parameters, label: names})

