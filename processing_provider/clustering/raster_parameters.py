"""The parameters and outputs of ``deep_embedded_clustering_raster``."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterDestination,
)

from ..parameters import add_enum, add_integer, add_number_outputs, add_report, add_seed
from .clustering_parameters import add_effort

SUMMARY = (
    "<p>Groups the pixels of one or more rasters by what their bands have in common, and writes a map of clusters with "
    "the confidence of every pixel, a model and a report.</p>"
    "<p>All bands of all rasters are used, on the pixels of the first raster; the others are reprojected and resampled "
    "(bilinear) where needed, so categories such as rock codes do not belong here. The clusters are learnt as in Deep "
    "embedded clustering, from a sample spread evenly over the area. One small network is then trained to do what the "
    "consensus of the sample does, and assigns all pixels, block by block, in bounded memory.</p>"
    "<p><b>Trust</b> a map whose stability is 0.8 or more and whose small network agrees with the consensus on more "
    "than 95 % of the pixels that it had not seen: what is mapped is the small network. Clusters are numbered by "
    "falling size in the sample. A pixel without data in any band has none in the map.</p>"
)


def define_parameters(tool):
    """Add everything the tool takes and gives."""
    tool.add(
        QgsProcessingParameterMultipleLayers("INPUT", "Rasters", QgsProcessing.SourceType.TypeRaster),
        "All their bands are used, in the numbers that the files hold. The first raster gives the pixels of the map; "
        "put the one with the pixel size you want first. No data is what the files declare, NaN and infinity.",
    )
    add_integer(
        tool,
        "N_CLUSTERS",
        "Number of clusters",
        0,
        "2 or more; 0 chooses by stability, silhouette and Davies-Bouldin.",
        0,
        255,
    )
    add_integer(
        tool,
        "SAMPLE_SIZE",
        "Pixels to learn from",
        20_000,
        "Spread evenly over where all bands have data. More take longer and rarely change the map.",
        100,
        1_000_000,
    )
    add_effort(tool)
    add_seed(tool)
    add_enum(
        tool,
        "TRANSFORM",
        "Transform",
        ("yeo_johnson", "none"),
        "yeo_johnson",
        "yeo_johnson: each band is brought to a bell shape by a power. none: bands are only standardised.",
        advanced=True,
    )
    add_integer(tool, "MAX_CLUSTERS", "Most clusters to try", 10, "When the number is chosen.", 2, 50, advanced=True)
    help_text = "gpu needs a graphics card that torch can use."
    add_enum(tool, "DEVICE", "Train on", ("cpu", "gpu"), "cpu", help_text, advanced=True)
    tool.add(
        QgsProcessingParameterRasterDestination("OUTPUT", "Cluster map"),
        "GeoTIFF of two Float32 bands. Band 1: cluster, from 1; 0 is no data. Band 2: confidence, the probability of "
        "that cluster, above 0 to 1 in steps of 1/1024; 0 is no data.",
    )
    tool.add(
        QgsProcessingParameterFileDestination("MODEL", "Model", "Fumarole model (*.npz)", optional=True),
        "The transform of the bands, the small network that assigned the pixels, and what is known about its quality. "
        "Its kind is clustering_raster; Apply clustering model takes the models of samples only.",
    )
    add_report(tool)
    add_number_outputs(
        tool,
        (
            ("N_CLUSTERS_USED", "Number of clusters"),
            ("N_SAMPLES", "Number of pixels learnt from"),
            ("N_PIXELS", "Number of pixels with a cluster"),
            ("N_DROPPED", "Number of pixels without data"),
            ("SILHOUETTE", "Silhouette"),
            ("DAVIES_BOULDIN", "Davies-Bouldin index"),
            ("STABILITY", "Stability"),
            ("KMEANS_SILHOUETTE", "Silhouette of k-means"),
            ("AGREEMENT", "Agreement of the small network with the consensus"),
        ),
    )
