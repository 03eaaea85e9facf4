"""The parameters and outputs of ``deep_embedded_clustering``."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from ..parameters import add_enum, add_integer, add_layer, add_number, add_number_outputs, add_report, add_seed
from .hulls import CONCAVE, CONVEX

SUMMARY = (
    "<p>Groups geochemical or geophysical samples by what their measurements have in common, and draws the map: "
    "samples, hulls, boreholes and earthquakes, with tables, a model for new samples and a report.</p>"
    "<p>Detection limits, blanks and units are dealt with first; compositions (ppm, mg/kg, %) become centred "
    "log-ratios. Then autoencoders compress the features while pulling the samples towards cluster centres "
    "(Xie et al. 2016, Guo et al. 2017). One such run depends on its seed, so the result is the consensus of 20 or "
    "more.</p>"
    "<p><b>Trust</b> a map whose stability is 0.8 or more. The report shows k-means and a Gaussian mixture on the same "
    "features, and says so where they do as well. Clusters are numbered by falling size.</p>"
)
_POINTS = [QgsProcessing.SourceType.TypeVectorPoint]
_ANY_FIELD = QgsProcessingParameterField.DataType.Any


def add_fields(tool):
    """Add the input layer and the choice of its fields."""
    tool.add(
        QgsProcessingParameterFeatureSource("INPUT", "Samples", [QgsProcessing.SourceType.TypeVectorAnyGeometry]),
        "Layer of samples. Lines and polygons count as a point on their surface. A spreadsheet becomes a layer with "
        "the tool Import samples.",
    )
    tool.add(
        QgsProcessingParameterField("FIELDS", "Fields", None, "INPUT", _ANY_FIELD, allowMultiple=True, optional=True),
        "Measurements to cluster on. Empty: every field of numbers that is no id and no coordinate.",
    )


def add_effort(tool):
    """Add how much work a run is worth."""
    add_enum(
        tool,
        "EFFORT",
        "Effort",
        ("quick", "standard", "thorough"),
        "standard",
        "quick: one run, for a first look; another seed may give another map. standard: consensus of 20 runs. "
        "thorough: consensus of 40 longer runs.",
    )


def add_surroundings(tool):
    """Add boreholes and earthquakes, which lie on the map beside the clusters."""
    tool.add(
        QgsProcessingParameterFeatureSource("BOREHOLES", "Boreholes", _POINTS, optional=True),
        "Drawn beside the clusters; they take no part in the clustering.",
    )
    tool.add(
        QgsProcessingParameterFeatureSource("EARTHQUAKES", "Earthquakes", _POINTS, optional=True),
        "Drawn beside the clusters; they take no part in the clustering.",
    )
    tool.add(
        QgsProcessingParameterField(
            "MAGNITUDE_FIELD", "Magnitude field", None, "EARTHQUAKES", _ANY_FIELD, optional=True
        ),
        "Empty: found by its name (ML, Mw, mag, magnitude ...).",
    )
    add_number(
        tool,
        "MIN_MAGNITUDE",
        "Smallest magnitude",
        4.0,
        "Weaker earthquakes are left out; in the scale of the magnitude field.",
        -5.0,
        10.0,
    )


def define_parameters(tool):
    """Add everything ``deep_embedded_clustering`` takes and gives."""
    add_fields(tool)
    tool.add(
        QgsProcessingParameterString("FIELD_FILTER", "Only fields whose name contains", "", optional=True),
        "Such as ppm; whatever the case. Empty: no filter.",
    )
    add_enum(
        tool,
        "TRANSFORM",
        "Transform",
        ("auto", "clr", "yeo_johnson", "none"),
        "auto",
        "auto: centred log-ratios for the fields with a unit of composition in their name (ppm, mg/kg, %), Yeo-Johnson "
        "for the others. clr: all fields are one composition. yeo_johnson: each field by itself. none: only "
        "standardised.",
    )
    add_enum(
        tool,
        "MISSING",
        "Blank values",
        ("impute", "skip", "fail"),
        "impute",
        "impute: filled with what the sample's other values let expect; samples with fewer than 60 % of the values "
        "stay unassigned. skip: samples with a blank stay unassigned. fail: stop and say where they are.",
    )
    add_integer(
        tool,
        "N_CLUSTERS",
        "Number of clusters",
        0,
        "2 or more; 0 chooses by stability, silhouette and Davies-Bouldin.",
        0,
    )
    add_effort(tool)
    add_surroundings(tool)
    tool.add(
        QgsProcessingParameterCrs("TARGET_CRS", "Target coordinate system", "EPSG:32635"),
        "Projected, in metres, of every layer that is written. EPSG:32635 is UTM zone 35, band S (32 to 40 degrees "
        "north).",
    )
    add_seed(tool)
    add_integer(tool, "MAX_CLUSTERS", "Most clusters to try", 10, "When the number is chosen.", 2, 50, advanced=True)
    add_enum(
        tool,
        "HULL_METHOD",
        "Kind of hull",
        (CONVEX, CONCAVE),
        CONVEX,
        "convex: the tightest polygon without dents. concave: follows the samples, in one piece.",
        advanced=True,
    )
    add_enum(
        tool,
        "DEVICE",
        "Train on",
        ("cpu", "gpu"),
        "cpu",
        "gpu needs a graphics card that torch can use.",
        advanced=True,
    )
    _define_outputs(tool)


def _define_outputs(tool):
    points, polygons = QgsProcessing.SourceType.TypeVectorPoint, QgsProcessing.SourceType.TypeVectorPolygon
    tool.add(
        QgsProcessingParameterFeatureSink("OUTPUT", "Clustered samples", points),
        "The input's attributes, then cluster (1 is the largest, NULL not assigned), confidence (posterior "
        "probability, 0 to 1), entropy (0 certain, 1 undecided), agreement (share of the runs with the same opinion), "
        "silhouette, and the latent coordinates z1, z2 ...",
    )
    tool.add(
        QgsProcessingParameterFeatureSink("HULLS", "Cluster hulls", polygons, optional=True),
        "One polygon per cluster, with its area and the variables that set it apart.",
    )
    tool.add(
        QgsProcessingParameterFeatureSink("BOREHOLES_OUTPUT", "Boreholes on the map", points, optional=True),
        "The boreholes in the target coordinate system.",
    )
    tool.add(
        QgsProcessingParameterFeatureSink("EARTHQUAKES_OUTPUT", "Earthquakes on the map", points, optional=True),
        "The earthquakes of at least the smallest magnitude, in the target coordinate system.",
    )
    _add_table(tool, "LATENT", "Latent table", "Per assigned sample: latent coordinates and cluster probabilities.")
    _add_table(
        tool,
        "PROFILES",
        "Cluster profiles",
        "Per variable and cluster: mean, median and quartiles in the input's unit, and contrast to all samples in "
        "robust standard deviations of the transformed variable.",
    )
    text = "Silhouette, Davies-Bouldin and stability beside k-means and a Gaussian mixture."
    _add_table(tool, "SCORES", "Scores", text)
    tool.add(
        QgsProcessingParameterFileDestination("MODEL", "Model", "Fumarole model (*.npz)", optional=True),
        "For the tool Apply clustering model: assigns new samples to these clusters.",
    )
    add_report(tool)
    add_number_outputs(
        tool,
        (
            ("N_CLUSTERS_USED", "Number of clusters"),
            ("N_SAMPLES", "Number of clustered samples"),
            ("N_DROPPED", "Number of samples not assigned"),
            ("SILHOUETTE", "Silhouette"),
            ("DAVIES_BOULDIN", "Davies-Bouldin index"),
            ("STABILITY", "Stability"),
            ("KMEANS_SILHOUETTE", "Silhouette of k-means"),
        ),
    )


def _add_table(tool, name, label, help_text):
    add_layer(tool, name, label, help_text, QgsProcessing.SourceType.TypeVector, optional=True)
