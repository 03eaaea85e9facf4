"""The tool ``apply_clustering_model``: assign new samples or pixels to the clusters of a trained model."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterDestination,
)

from ..destinations import destination_text
from ..parameters import add_number_outputs
from ..tool import Tool
from .raster_checks import unreadable_raster
from .raster_parameters import MAP_HELP

_SOURCE = QgsProcessing.SourceType


class ApplyClusteringModel(Tool):
    """Assigns samples or pixels with a stored model; needs neither torch nor scikit-learn."""

    tool_id = "apply_clustering_model"
    title = "Apply clustering model"
    summary = (
        "<p>Assigns samples, or the pixels of rasters, to the clusters of a model that <i>Deep embedded clustering</i> "
        "or <i>Deep embedded clustering (raster)</i> wrote: the same preprocessing, the same networks.</p>"
        "<p>Fields and bands are matched by name, and a missing one is refused; a band is called as the file describes "
        "it, otherwise as its layer. Either model takes either input: samples get from a model of rasters exactly what "
        "the pixels of the same values get. On rasters a model of samples asks all its networks about every pixel, "
        "which takes some two hundred times as long.</p>"
        "<p><b>Mind</b> what lies <i>outside</i>: samples and pixels unlike anything the model was trained on, whose "
        "cluster means little.</p>"
    )
    keywords = ("predict", "classify", "new samples", "raster", "cluster", "model", "dec", "outlier", "novelty")
    libraries = ("numpy",)

    def define(self):
        self.add(
            QgsProcessingParameterFeatureSource("INPUT", "Samples", [_SOURCE.TypeVector], optional=True),
            "Layer or table with the fields of the training samples, in the same units. Give samples or rasters.",
        )
        self.add(
            QgsProcessingParameterMultipleLayers("RASTERS", "Rasters", _SOURCE.TypeRaster, optional=True),
            "Rasters with the bands the model was trained on, in the same units, and any others. The first gives the "
            "pixels of the map; the others are reprojected and resampled (bilinear) where needed.",
        )
        self.add(
            QgsProcessingParameterFile("MODEL", "Model", extension="npz"),
            "A model written by Deep embedded clustering, of samples or of rasters.",
        )
        self.add(
            QgsProcessingParameterFeatureSink("OUTPUT", "Assigned samples", optional=True, createByDefault=True),
            "Of samples: their attributes, then cluster (NULL = too many blanks), confidence, entropy, agreement, "
            "outside (1 = outside the cloud of the training samples), out_ratio (distance to that cloud; above 1 is "
            "outside) and the latent coordinates z1, z2 ...; from a model of rasters cluster, confidence, outside and "
            "out_ratio.",
        )
        self.add(
            QgsProcessingParameterRasterDestination(
                "OUTPUT_RASTER", "Cluster map", optional=True, createByDefault=True
            ),
            f"Of rasters: {MAP_HELP}",
        )
        add_number_outputs(
            self,
            (
                ("N_SAMPLES", "Number of assigned samples"),
                ("N_PIXELS", "Number of assigned pixels"),
                ("N_DROPPED", "Number of samples or pixels not assigned"),
                ("N_OUTSIDE", "Number of samples or pixels outside the training cloud"),
            ),
        )

    def refusal(self, parameters, context):
        has_samples, has_rasters = bool(parameters.get("INPUT")), bool(parameters.get("RASTERS"))
        if has_samples == has_rasters:
            found = "Both samples and rasters are given" if has_samples else "Neither samples nor rasters are given"
            return f"{found}, and one run assigns one of them. Give 'Samples' or 'Rasters', and leave the other empty."
        output = "OUTPUT" if has_samples else "OUTPUT_RASTER"
        if not destination_text(parameters, output, context):
            label = self.parameterDefinition(output).description()
            return f"Nothing says where the result goes. Give '{label}' ({output}) a file or a temporary layer."
        return unreadable_raster(parameters.get("RASTERS"), context)

    def work(self, parameters, context, feedback):
        from ...algorithms.clustering.assignment import load_clustering
        from .applied_rasters import apply_to_rasters
        from .applied_samples import apply_to_samples

        model = load_clustering(self.parameterAsFile(parameters, "MODEL", context))
        layers = self.parameterAsLayerList(parameters, "RASTERS", context)
        if layers:
            return apply_to_rasters(self, parameters, context, feedback, model, layers)
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            name = "INPUT" if parameters.get("INPUT") else "RASTERS"
            raise QgsProcessingException(self.invalidSourceError(parameters, name))
        return apply_to_samples(self, parameters, context, feedback, model, source)
