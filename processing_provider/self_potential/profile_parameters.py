"""The parameters and outputs of ``sp_profiles``."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBand,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterRasterLayer,
)

from ..parameters import add_layer, add_number, add_number_outputs
from .sp_parameters import ANY_FIELD, add_unit

SUMMARY = (
    "<p>Turns a survey into profiles that can be inverted: stations along lines, with their distance in metres "
    "and their self-potential in millivolts.</p><p><b>From points</b>: each line takes the points within the "
    "buffer, puts them onto itself, and merges those at one place. <b>From a raster</b>: each line reads it at "
    "regular distances, bilinear between the cells.</p><p>The layers may have different coordinate systems. "
    "Distances are true metres: in a projected system they are those of its grid while that is true to 0.2 %, "
    "otherwise they are measured on the ellipsoid. They count from the line's first vertex.</p><p><b>Mind</b> "
    "that a raster was interpolated from stations: profiles from it are smoother than the ground, and their "
    "uncertainty is underestimated.</p>"
)
_LINES = [QgsProcessing.SourceType.TypeVectorLine]
_POINTS = [QgsProcessing.SourceType.TypeVectorPoint]


def define_parameters(tool):
    """Add everything ``sp_profiles`` takes and gives."""
    tool.add(
        QgsProcessingParameterFeatureSource("INPUT", "Points", _POINTS, optional=True),
        "Measured stations. Give these or a raster.",
    )
    tool.add(
        QgsProcessingParameterField("SP_FIELD", "Self-potential field", None, "INPUT", ANY_FIELD, optional=True),
        "Field of the points with the self-potential.",
    )
    tool.add(
        QgsProcessingParameterRasterLayer("RASTER", "Raster", optional=True),
        "Grid of self-potential. Give this or points.",
    )
    tool.add(
        QgsProcessingParameterFeatureSource("LINES", "Lines", _LINES),
        "Profile lines; the distance counts from the first vertex. Parts that do not touch become lines of "
        "their own.",
    )
    tool.add(
        QgsProcessingParameterField("LINE_FIELD", "Line name field", None, "LINES", ANY_FIELD, optional=True),
        "Names of the lines. Empty: numbers from 1.",
    )
    add_number(tool, "BUFFER", "Buffer (m)", 25.0, "Points farther from a line are not on it.", 0.0)
    add_number(
        tool,
        "SPACING",
        "Station spacing on a raster (m)",
        0.0,
        "Distance between two stations read from a raster. 0: the size of its cells.",
        0.0,
    )
    add_number(
        tool,
        "MERGE_DISTANCE",
        "Merge points within (m)",
        0.1,
        "Points of one line that are no farther apart along it become one station: mean distance, mean value. "
        "0: only points at exactly one distance.",
        0.0,
        advanced=True,
    )
    tool.add(
        QgsProcessingParameterBand("BAND", "Raster band", 1, "RASTER", optional=True),
        "Band of the raster with the self-potential.",
        advanced=True,
    )
    add_unit(tool)
    add_layer(
        tool,
        "OUTPUT",
        "Stations",
        "One point per station, on its line: line, distance_m (from the line's start), sp_mv, offset_m (mean "
        "distance of the merged points from the line) and n_points (how many were merged).",
    )
    add_number_outputs(
        tool,
        (
            ("N_LINES", "Number of lines with stations"),
            ("N_STATIONS", "Number of stations"),
            ("N_EMPTY", "Number of lines without a station"),
            ("N_UNUSED", "Number of points on no line"),
        ),
    )
