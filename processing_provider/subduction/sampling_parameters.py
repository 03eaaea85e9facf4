"""The parameters and outputs of ``sample_segment_features``."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from ..parameters import add_layer, add_number, add_number_outputs
from .segment_features import STATISTICS

SUMMARY = (
    "<p>Gives every trench segment the statistics of rasters over its upper plate (UP) and its downgoing plate (DG), "
    "the shape of the slab along the trench, and its largest earthquake.</p>"
    "<p>A feature is called by the code of its raster, the plate and the statistic: <code>GRA_UP_AVE</code> is the "
    "mean of the gravity over the upper plate. The log says which code stands for which raster; the field's alias has "
    "the full name. AVE is the mean and STD the standard deviation of the pixels whose centre lies in the segment, GRD "
    "the change of the mean along the trench per km, in the direction of the line.</p>"
    "<p>Rasters may have any coordinate system, extent (also 0 to 360 degrees) and size: only what lies near the "
    "trenches is read, block by block, and places are compared on the ellipsoid. Where a segment is less than two "
    "pixels across, the raster is read bilinearly between its pixel centres, five points across the segment; its "
    "statistics are then those of a smooth surface. Without data in a segment a feature is NULL.</p>"
    "<p><b>Slab depth</b>: DXT_200, DXT_400 and DXT_600 are the depth extent of the slab (deepest less shallowest "
    "point in the segment, km), smoothed along the trench over so many km; FDM and SDM the magnitudes of its first and "
    "second derivative (km per km, per km).</p>"
    "<p><b>Mind</b> that <i>mag_max</i> is the largest magnitude of the epicentres in the segment, and NULL where the "
    "catalogue has none: how long and how completely it was recorded is for you to judge.</p>"
)
_POINTS = [QgsProcessing.SourceType.TypeVectorPoint]
_ANY_FIELD = QgsProcessingParameterField.DataType.Any


def define_parameters(tool):
    """Add everything the tool takes and gives."""
    tool.add(
        QgsProcessingParameterFeatureSource(
            "SEGMENTS", "Trench segments", [QgsProcessing.SourceType.TypeVectorAnyGeometry]
        ),
        "As Trench segments writes them, with all their fields; the fields say where the segments are.",
    )
    tool.add(
        QgsProcessingParameterMultipleLayers("RASTERS", "Rasters", QgsProcessing.SourceType.TypeRaster, optional=True),
        "All their bands are sampled. Numbers that mean something on average: no categories, no angles.",
    )
    tool.add(
        QgsProcessingParameterRasterLayer("SLAB_DEPTH", "Slab depth", optional=True),
        "Depth of the top of the slab, such as of Slab2; its first band. Depths may be negative or positive, in km; "
        "if they go beyond 2891 (the core) they are taken as metres.",
    )
    tool.add(
        QgsProcessingParameterFeatureSource("EARTHQUAKES", "Earthquakes", _POINTS, optional=True),
        "Epicentres, for the fields mag_max and n_events.",
    )
    tool.add(
        QgsProcessingParameterField(
            "MAGNITUDE_FIELD", "Magnitude field", None, "EARTHQUAKES", _ANY_FIELD, optional=True
        ),
        "Of the earthquakes, best Mw. Those with NULL, 0 or text are left out and counted.",
    )
    tool.add(
        QgsProcessingParameterEnum(
            "STATISTICS",
            "Statistics",
            list(STATISTICS),
            allowMultiple=True,
            defaultValue=list(STATISTICS),
            usesStaticStrings=True,
        ),
        "mean and standard deviation (std) of the pixels in a segment, and gradient, the change of the mean along the "
        "trench.",
    )
    _define_advanced(tool)
    polygons = QgsProcessing.SourceType.TypeVectorAnyGeometry
    text = "The segments with all their fields, then the features; one row per segment."
    add_layer(tool, "OUTPUT", "Segments with features", text, polygons)
    add_number_outputs(
        tool,
        (
            ("N_SEGMENTS", "Number of segments"),
            ("N_FEATURES", "Number of features"),
            ("N_EMPTY", "Number of segments with a blank feature"),
        ),
    )


def _define_advanced(tool):
    tool.add(
        QgsProcessingParameterString("CODES", "Feature codes", "", optional=True),
        "One for each raster band, in order, separated by commas, such as GRA,AGE,SED: a letter and up to two more "
        "letters or digits. Empty: made from the names of the rasters.",
        advanced=True,
    )
    text = "Weaker earthquakes are left out."
    add_number(tool, "MIN_MAGNITUDE", "Smallest magnitude", 0.0, text, 0.0, 10.0, advanced=True)
    tool.add(
        QgsProcessingParameterField("DEPTH_FIELD", "Depth field", None, "EARTHQUAKES", _ANY_FIELD, optional=True),
        "Depth of the earthquakes in km; empty: earthquakes of any depth.",
        advanced=True,
    )
    text = "In km, with a depth field: deeper earthquakes are left out, those of unknown depth stay."
    add_number(tool, "MAX_DEPTH", "Largest depth of earthquakes (km)", 70.0, text, 0.0, 1000.0, advanced=True)
