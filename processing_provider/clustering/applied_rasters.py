"""A clustering model applied to rasters."""

from functools import partial

from ...algorithms.clustering.raster_model import MAX_CLUSTERS, RasterModel
from ...algorithms.errors import DataError
from ...ui.styles import style_cluster_raster
from ..destinations import destination_text
from ..outputs import Outputs
from ..raster_files import bounded_cache
from ..tool import progress_to
from .applied_samples import outside_sentence
from .raster_checks import check_destination, check_places
from .raster_layers import open_rasters
from .raster_map import Census, write_map


def apply_to_rasters(tool, parameters, context, feedback, model, layers):
    """Assign the pixels of ``layers``, write the map to ``OUTPUT_RASTER``, and return the outputs of the tool.

    Raises
    ------
    DataError
        If the rasters cannot be read, lack a band of the model or have no pixel with data, or the map cannot hold the
        clusters.
    """
    if model.n_clusters > MAX_CLUSTERS:
        raise DataError(
            f"The model has {model.n_clusters} clusters, more than the {MAX_CLUSTERS} that a map can hold. Apply it to "
            "samples, or train one with fewer clusters."
        )
    check_destination(destination_text(parameters, "OUTPUT_RASTER", context), layers)
    check_places(tool, parameters, context)
    with bounded_cache():
        rasters = open_rasters(layers, context)
        feedback.pushInfo(f"Bands: {', '.join(rasters.names)}.")
        for note in rasters.notes:
            feedback.pushWarning(note)
        if not isinstance(model, RasterModel):
            feedback.pushInfo(
                "The model is one of samples: all its networks are asked about every pixel, which takes its time."
            )
            if model.transform.impute:
                feedback.pushWarning(
                    "The model fills blanks, as it did in its samples: pixels with data in only 60 % of the bands get "
                    "a cluster, too. Train it with 'Blank values' set to skip where that is not wanted."
                )
        with Outputs(tool, parameters, context, feedback) as outputs:
            census = Census(model.n_clusters)
            write = partial(
                write_map, rasters=rasters, model=model, census=census, progress=progress_to(feedback, 0.0, 1.0)
            )
            style = partial(style_cluster_raster, cluster_count=model.n_clusters)
            outputs.raster("OUTPUT_RASTER", write, style, "Cluster map")
    feedback.pushInfo(census.sentence())
    feedback.pushInfo(outside_sentence(census.n_outside, "pixels"))
    return {
        **outputs.results,
        "N_SAMPLES": 0,
        "N_PIXELS": census.n_assigned,
        "N_DROPPED": census.n_without_data,
        "N_OUTSIDE": census.n_outside,
    }
