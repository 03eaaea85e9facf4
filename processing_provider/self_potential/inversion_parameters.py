"""The parameters and outputs that the inversion tools share."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
)

from ..parameters import add_enum, add_layer, add_number_outputs, add_report
from .sp_parameters import ANY_FIELD, add_unit

BACKGROUNDS = ("none", "constant", "linear", "quadratic")
_BACKGROUND_HELP = (
    "Regional trend fitted together with the body. A trend that is there and is not fitted shifts depth and angle; one "
    "that is fitted in vain widens the uncertainty."
)
FIRST_LINE = ("X0", "DEPTH", "ANGLE", "K", "HALF_LENGTH", "RMS")


def add_stations(tool):
    """Add the layer of stations and its fields."""
    tool.add(
        QgsProcessingParameterFeatureSource("INPUT", "Stations", [QgsProcessing.SourceType.TypeVector]),
        "Points of one or many profiles, or a table with distances. Lines and rasters become stations with the tool "
        "Self-potential profiles.",
    )
    tool.add(
        QgsProcessingParameterField("SP_FIELD", "Self-potential field", None, "INPUT", ANY_FIELD),
        "In millivolts. Empty values are missing stations.",
    )
    tool.add(
        QgsProcessingParameterField("LINE_FIELD", "Line field", None, "INPUT", ANY_FIELD, optional=True),
        "Tells the lines apart; each is inverted by itself. Empty: all stations are one line.",
    )
    tool.add(
        QgsProcessingParameterField("DISTANCE_FIELD", "Distance field", None, "INPUT", ANY_FIELD, optional=True),
        "Distance along the line in metres; +x is where it grows. Empty: from the geometry; each station is put "
        "onto the straight line of best fit, +x points east (north where the line runs within a degree of north), "
        "and 0 is the first station.",
    )


def add_background(tool, choices=BACKGROUNDS, default="linear", help_text=_BACKGROUND_HELP):
    """Add the choice of the background."""
    add_enum(tool, "BACKGROUND", "Background", choices, default, help_text)


def add_outputs(tool):
    """Add the unit, the layers, the report and the numbers."""
    add_unit(tool)
    add_layer(
        tool,
        "OUTPUT",
        "Sources",
        "One PointZ per body at its place on the map, z = -depth: line, body, shape, x0_m, depth_m, angle_deg, k, "
        "half_m (sheet: half-length), their standard deviations sd_..., the 95 % intervals x0_lo to x0_hi and "
        "depth_lo to depth_hi, rms_mv and rms_pct (misfit, in mV and in percent of the line's range), weight "
        "(probability of the shape, when it was chosen), azimuth (of +x, from north), n_stations and status in "
        "words. A line that cannot be inverted has no place, and its status says why.",
    )
    add_layer(
        tool,
        "FIT",
        "Fit",
        "One point per station: line, distance_m, observed, fitted, residual and regional (the background), in mV. "
        "Missing stations have a fitted value too.",
        optional=True,
    )
    add_layer(
        tool,
        "ERROR_BARS",
        "Error bars",
        "Along each line, from one standard deviation before the place of a body to one behind.",
        QgsProcessing.SourceType.TypeVectorLine,
        optional=True,
    )
    add_report(tool)
    add_number_outputs(
        tool,
        (
            ("N_LINES", "Number of lines"),
            ("N_FAILED", "Number of lines that could not be inverted"),
            ("X0", "Place of the first line's body (m)"),
            ("DEPTH", "Depth of the first line's body (m)"),
            ("ANGLE", "Angle of the first line's body (degrees)"),
            ("K", "Strength of the first line's body"),
            ("HALF_LENGTH", "Half-length of the first line's sheet (m)"),
            ("RMS", "Misfit of the first line (mV)"),
        ),
    )
    tool.addOutput(QgsProcessingOutputString("STATUS", "Status of the first line"))
