"""The tool ``deep_embedded_clustering_raster``: from rasters to a map of clusters, a model and a report."""

import time
from dataclasses import replace
from functools import partial

from ...ui.styles import style_cluster_raster
from ..destinations import destination_text
from ..outputs import Outputs
from ..tool import Tool, progress_to
from .clustering_messages import tell
from .raster_checks import check_destination, check_places, unreadable_raster
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

    def refusal(self, parameters, context):
        from ...algorithms.clustering.raster_model import MAX_CLUSTERS

        count = self.parameterAsInt(parameters, "N_CLUSTERS", context)
        if count < 0 or count == 1:
            return f"{count} cluster{'s' if count < 0 else ''} cannot be made. Give 2 or more, or 0 to choose."
        if count > MAX_CLUSTERS:
            return f"{count} clusters are more than the {MAX_CLUSTERS} that a map can hold. Ask for fewer."
        return unreadable_raster(parameters.get("INPUT"), context)

    def work(self, parameters, context, feedback):
        from ...algorithms.clustering.contrast import top_variables
        from ...algorithms.clustering.raster_clustering import cluster_pixels
        from ...ui.reports.clustering import clustering_report
        from ..raster_files import bounded_cache
        from .raster_areas import PixelAreas, cluster_areas
        from .raster_inputs import open_inputs
        from .raster_map import Census, write_map
        from .raster_points import standing_of, write_standing
        from .raster_polygons import write_polygons
        from .raster_report import report_context
        from .raster_sampling import sample_pixels

        started = time.monotonic()
        layers = self.parameterAsLayerList(parameters, "INPUT", context)
        mask = self.parameterAsRasterLayer(parameters, "MASK_RASTER", context)
        check_destination(destination_text(parameters, "OUTPUT", context), [*layers, mask] if mask else layers)
        check_places(self, parameters, context)
        with bounded_cache():
            rasters, overlays = open_inputs(self, parameters, context, feedback)
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
                progress = progress_to(feedback, 0.7, 0.9)
                drawing = replace(model, cloud=None)  # nobody asks how far pixels lie from their own training pixels
                write = partial(write_map, rasters=rasters, model=drawing, census=census, progress=progress)
                style = partial(style_cluster_raster, cluster_count=model.n_clusters)
                outputs.raster("OUTPUT", write, style, "Cluster map")
                feedback.pushInfo(census.sentence())
                path, pixel_areas = outputs.results["OUTPUT"], PixelAreas.of(rasters.grid, context)
                areas = cluster_areas(path, pixel_areas, model.n_clusters, progress_to(feedback, 0.9, 0.95))
                standings = [standing_of(overlay, path, rasters.grid) for overlay in overlays]
                for standing in standings:
                    if standing.sentence():
                        feedback.pushWarning(standing.sentence())
                    write_standing(outputs, standing)
                if destination_text(parameters, "POLYGONS", context):
                    profiles = result.profiles
                    texts = dict(zip(profiles.clusters, top_variables(profiles.contrast, profiles.names)))
                    least = self.parameterAsInt(parameters, "MIN_PIXELS", context)
                    warning = write_polygons(
                        outputs, path, pixel_areas, rasters.grid.crs, model.n_clusters, texts, least, feedback
                    )
                    if warning:
                        feedback.pushWarning(warning)
                result = replace(result, notes=(*rasters.notes, *result.notes, census.sentence()))
                outputs.file("MODEL", model.save)
                progress_to(feedback)(0.95, "Writing the report")
                about = partial(
                    report_context,
                    *(self, parameters, context, started, layers, rasters.grid, sample, path, areas, standings),
                )
                outputs.file(
                    "REPORT", lambda target: target.write_text(clustering_report(result, about()), encoding="utf-8")
                )
        own, kmeans = result.scores[0], result.scores[1]
        return {
            **outputs.results,
            "N_CLUSTERS_USED": result.n_clusters,
            "N_SAMPLES": len(sample.values),
            "N_PIXELS": census.n_assigned,
            "N_DROPPED": census.n_without_data,
            "AREA_KM2": float(areas.area_km2.sum()),
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
