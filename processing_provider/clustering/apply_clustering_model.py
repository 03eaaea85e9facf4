"""The tool ``apply_clustering_model``: assign new samples to the clusters of a trained model."""

from functools import partial

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsWkbTypes,
)

from ...ui.styles import style_samples
from ..layers import extended, read_table
from ..outputs import Outputs
from ..tool import Tool, progress_to
from .cluster_fields import membership_pairs, membership_values
from .feature_fields import feature_table


class ApplyClusteringModel(Tool):
    """Assigns samples with a stored model; needs neither torch nor scikit-learn."""

    tool_id = "apply_clustering_model"
    title = "Apply clustering model"
    summary = (
        "<p>Assigns samples to the clusters of a model that <i>Deep embedded clustering</i> wrote: the same "
        "preprocessing, the same networks, the same consensus.</p>"
        "<p>Fields are matched by name, and a missing one is refused. Detection limits and blanks are treated as in "
        "training. <b>Mind</b> the field <i>outside</i>: 1 marks samples unlike anything the model was trained on, "
        "whose cluster means little.</p>"
    )
    keywords = ("predict", "classify", "new samples", "cluster", "model", "dec", "outlier", "novelty")
    libraries = ("numpy",)

    def define(self):
        self.add(
            QgsProcessingParameterFeatureSource("INPUT", "Samples", [QgsProcessing.SourceType.TypeVector]),
            "Layer or table with the fields of the training samples, in the same units.",
        )
        self.add(
            QgsProcessingParameterFile("MODEL", "Model", extension="npz"),
            "A model written by Deep embedded clustering.",
        )
        self.add(
            QgsProcessingParameterFeatureSink("OUTPUT", "Assigned samples"),
            "The input's attributes, then cluster (NULL = too many blanks), confidence, entropy, agreement, outside (1 "
            "= outside the cloud of the training samples), out_ratio (distance to that cloud; above 1 is outside) and "
            "the latent coordinates z1, z2 ...",
        )
        self.addOutput(QgsProcessingOutputNumber("N_SAMPLES", "Number of assigned samples"))
        self.addOutput(QgsProcessingOutputNumber("N_DROPPED", "Number of samples not assigned"))
        self.addOutput(QgsProcessingOutputNumber("N_OUTSIDE", "Number of samples outside the training cloud"))

    def work(self, parameters, context, feedback):
        from ...algorithms.clustering.model import ClusteringModel
        from ...algorithms.model_file import match_features

        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        model = ClusteringModel.load(self.parameterAsFile(parameters, "MODEL", context))
        samples = read_table(source, feedback)
        match_features(model.transform.names, samples.fields.names())
        table, notes = feature_table(samples, model.transform.names)
        membership = model.assign(table, progress_to(feedback, 0.3, 0.7))
        for note in notes:
            feedback.pushWarning(note)
        assigned, outside = int((membership.cluster > 0).sum()), int(membership.outside.sum())
        feedback.pushInfo(
            f"{assigned} of {len(samples.attributes)} samples assigned to {model.n_clusters} clusters; {outside} lie "
            "outside the cloud of the training samples."
        )
        progress_to(feedback)(0.7, "Writing the samples")
        with Outputs(self, parameters, context, feedback) as outputs:
            pairs = membership_pairs(membership.latent.shape[1], with_silhouette=False)
            rows = zip(
                samples.geometries, (old + new for old, new in zip(samples.attributes, membership_values(membership)))
            )
            is_points = QgsWkbTypes.geometryType(source.wkbType()) == QgsWkbTypes.GeometryType.PointGeometry
            style = partial(style_samples, cluster_count=model.n_clusters) if is_points else None
            fields = extended(samples.fields, *pairs)
            outputs.layer("OUTPUT", fields, source.wkbType(), source.sourceCrs(), rows, style, "Clusters")
        return {
            **outputs.results,
            "N_SAMPLES": assigned,
            "N_DROPPED": len(samples.attributes) - assigned,
            "N_OUTSIDE": outside,
        }
