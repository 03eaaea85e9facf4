"""The parameters and outputs of ``deep_embedded_clustering_raster``."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)

from ..parameters import add_enum, add_integer, add_layer, add_number_outputs, add_report, add_seed
from .clustering_parameters import add_effort, add_surroundings

SUMMARY = (
    "<p>Groups the pixels of one or more rasters by what their bands have in common, and writes a map of clusters with "
    "the confidence of every pixel, a model and a report.</p>"
    "<p>All bands of all rasters are used, on the pixels of the first raster; the others are reprojected and resampled "
    "(bilinear) where needed, so categories such as rock codes do not belong here. The clusters are learnt as in "
    "<i>Deep embedded clustering</i>, from a sample spread evenly over the area. One small network is then trained to "
    "do what the consensus of the sample does, and assigns all pixels, block by block, in bounded memory.</p>"
    "<p><b>Trust</b> a map whose stability is 0.8 or more and whose small network agrees with the consensus on more "
    "than 95 % of the pixels that it had not seen: what is mapped is the small network. Clusters are numbered by "
    "falling size in the sample. A pixel without data in any band has none in the map.</p>"
    "<p><b>Boreholes and earthquakes</b> take no part in the clustering. Each is told the cluster it stands in, and "
    "the report sets the counts beside what the area of each cluster would lead one to expect.</p>"
)
MAP_HELP = (
    "GeoTIFF of two bands of bytes. Band 1: cluster, from 1, with its colours; 0 is no data. Band 2: confidence, the "
    "probability of that cluster from 0 to 1, stored in per cent with a scale of 0.01 that QGIS applies; 0 is no data. "
    "The legend lies beside it in a file that ends in .qml: keep the two together. Without that file QGIS mixes both "
    "bands into one colour; choose Paletted/Unique values and band 1, and it takes the colours from the GeoTIFF."
)
_POLYGON = QgsProcessing.SourceType.TypeVectorPolygon


def define_parameters(tool):
    """Add everything the tool takes and gives."""
    tool.add(
        QgsProcessingParameterMultipleLayers("INPUT", "Rasters", QgsProcessing.SourceType.TypeRaster),
        "All their bands are used, in the numbers that the files hold. The first raster gives the pixels of the map; "
        "put the one with the pixel size you want first. No data is what the files declare, NaN and infinity.",
    )
    tool.add(
        QgsProcessingParameterFeatureSource("MASK", "Mask", [_POLYGON], optional=True),
        "Polygons of the area of interest: pixels whose centre lies outside them are neither learnt from nor mapped.",
    )
    add_integer(
        tool,
        "N_CLUSTERS",
        "Number of clusters",
        0,
        "2 or more; 0 chooses by stability, silhouette and Davies-Bouldin.",
        0,
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
    add_surroundings(tool)
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
    tool.add(
        QgsProcessingParameterRasterLayer("MASK_RASTER", "Raster mask", optional=True),
        "Pixels where its first band is 0 or blank are left out, as those outside the mask.",
        advanced=True,
    )
    add_integer(
        tool,
        "MIN_PIXELS",
        "Smallest patch of the polygons (pixels)",
        1,
        "In the polygons, smaller patches are given to their largest neighbour; the map keeps them.",
        1,
        advanced=True,
    )
    help_text = "gpu needs a graphics card that torch can use."
    add_enum(tool, "DEVICE", "Train on", ("cpu", "gpu"), "cpu", help_text, advanced=True)
    tool.add(QgsProcessingParameterRasterDestination("OUTPUT", "Cluster map"), MAP_HELP)
    add_layer(
        tool,
        "POLYGONS",
        "Cluster polygons",
        "One row per cluster: its patches, pixels, area on the ellipsoid in km2 and as a share (0 to 1), mean "
        "confidence and the bands that set it apart. They are the outlines; QGIS's own tool Convex hull makes hulls of "
        "them.",
        _POLYGON,
        optional=True,
    )
    standing = "with the cluster they stand in (empty outside the map) and its confidence there."
    add_layer(tool, "BOREHOLES_OUTPUT", "Boreholes on the map", f"The boreholes, {standing}", optional=True)
    text = f"The earthquakes of at least the smallest magnitude, {standing}"
    add_layer(tool, "EARTHQUAKES_OUTPUT", "Earthquakes on the map", text, optional=True)
    tool.add(
        QgsProcessingParameterFileDestination("MODEL", "Model", "Fumarole model (*.npz)", optional=True),
        "The transform of the bands, the small network that assigned the pixels, and what is known about its quality. "
        "For the tool Apply clustering model: maps other rasters with bands of these names.",
    )
    add_report(tool)
    add_number_outputs(
        tool,
        (
            ("N_CLUSTERS_USED", "Number of clusters"),
            ("N_SAMPLES", "Number of pixels learnt from"),
            ("N_PIXELS", "Number of pixels with a cluster"),
            ("N_DROPPED", "Number of pixels without data"),
            ("AREA_KM2", "Area of all clusters (km2)"),
            ("SILHOUETTE", "Silhouette"),
            ("DAVIES_BOULDIN", "Davies-Bouldin index"),
            ("STABILITY", "Stability"),
            ("KMEANS_SILHOUETTE", "Silhouette of k-means"),
            ("AGREEMENT", "Agreement of the small network with the consensus"),
        ),
    )
