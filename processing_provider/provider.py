"""The provider ``fumarole`` and its explicit list of tools."""

from qgis.core import QgsApplication, QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .clustering.apply_clustering_model import ApplyClusteringModel
from .clustering.cluster_hulls import ClusterHulls
from .clustering.deep_embedded_clustering import DeepEmbeddedClustering
from .clustering.deep_embedded_clustering_raster import DeepEmbeddedClusteringRaster
from .clustering.import_samples import ImportSamples
from .clustering.prospect_map import ProspectMap
from .clustering.suggest_cluster_count import SuggestClusterCount
from .provider_groups import ICONS
from .self_potential.compare_sp_inversions import CompareSpInversions
from .self_potential.invert_sp import InvertSp
from .self_potential.invert_sp_network import InvertSpNetwork
from .self_potential.sp_forward import SpForward
from .self_potential.sp_profiles import SpProfiles
from .self_potential.train_sp_network import TrainSpNetwork
from .shipped_model import ShippedModel, shipped_models
from .subduction.classify_segments import ClassifySegments
from .subduction.exclusion_distance_curve import ExclusionDistanceCurve
from .subduction.explain_segments import ExplainSegments
from .subduction.sample_segment_features import SampleSegmentFeatures
from .subduction.train_segment_classifier import TrainSegmentClassifier
from .subduction.trench_segments import TrenchSegments

TOOLS = (
    ImportSamples,
    DeepEmbeddedClustering,
    DeepEmbeddedClusteringRaster,
    SuggestClusterCount,
    ApplyClusteringModel,
    ClusterHulls,
    ProspectMap,
    TrenchSegments,
    SampleSegmentFeatures,
    TrainSegmentClassifier,
    ExclusionDistanceCurve,
    ClassifySegments,
    ExplainSegments,
    SpProfiles,
    SpForward,
    InvertSp,
    TrainSpNetwork,
    InvertSpNetwork,
    CompareSpInversions,
)


class FumaroleProvider(QgsProcessingProvider):
    """Offers every tool, whatever libraries are installed: a tool says itself what it misses."""

    def id(self):
        return "fumarole"

    def name(self):
        return "Fumarole"

    def longName(self):  # noqa: N802
        return "Fumarole: geothermal prospects, subduction zones, self-potential"

    def icon(self):
        return QIcon(str(ICONS / "fumarole.svg"))

    def loadAlgorithms(self):  # noqa: N802
        for tool in TOOLS:
            self.addAlgorithm(tool())
        if QgsApplication.processingRegistry().providerById(self.id()):  # where the steps of a model are looked up
            for path in shipped_models():
                self.addAlgorithm(ShippedModel(path))
