"""The parameters and outputs of ``trench_segments``."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterString,
)

from ...algorithms.subduction.trench import SIDES
from ..parameters import add_enum, add_layer, add_number, add_number_outputs

SUMMARY = (
    "<p>Cuts subduction trenches into segments of equal length. Each is a rectangle that reaches over the upper "
    "and the downgoing plate, with its region, its number, its distance along the trench and its azimuth.</p>"
    "<p><b>Needs</b> lines along the trenches, or points in their order, in any coordinate system. Longitudes may "
    "run from -180 to 180 or from 0 to 360, and lines may cross 180 degrees; neighbouring vertices are joined the "
    "short way. All distances are measured on the ellipsoid. Lines of one region are joined where their ends "
    "meet.</p>"
    "<p><b>Mind</b> the side of the downgoing plate, as seen when going along the line: the log says for every "
    "region in which direction it runs and where that puts the downgoing plate. What is left over at the end of a "
    "trench is not used. Where a trench bends, segments overlap on the inner side and leave gaps on the outer.</p>"
)


def define_parameters(tool):
    """Add everything ``trench_segments`` takes and gives."""
    kinds = [QgsProcessing.SourceType.TypeVectorLine, QgsProcessing.SourceType.TypeVectorPoint]
    tool.add(
        QgsProcessingParameterFeatureSource("INPUT", "Trench lines", kinds),
        "Lines along the trenches; the distance counts from the first vertex. Points count as vertices, in the "
        "order of the layer.",
    )
    any_field = QgsProcessingParameterField.DataType.Any
    tool.add(
        QgsProcessingParameterField("REGION_FIELD", "Region field", None, "INPUT", any_field, optional=True),
        "Name of the trench. Lines with the same name are joined end to end. Empty: every line is a region of its "
        "own, named by its number; all points are one.",
    )
    add_number(tool, "SPACING", "Length of a segment (km)", 50.0, "Along the trench.", 0.0)
    across = "At right angles to the trench."
    add_number(tool, "WIDTH_UP", "Width over the upper plate (km)", 300.0, across, 0.0)
    add_number(tool, "WIDTH_DOWN", "Width over the downgoing plate (km)", 300.0, across, 0.0)
    add_enum(
        tool,
        "SIDE",
        "Side of the downgoing plate",
        SIDES,
        "right",
        "Seen when going along the line. It holds for all regions; turn the others round.",
    )
    tool.add(
        QgsProcessingParameterString("REVERSE", "Regions to turn round", "", optional=True),
        "Names of regions, separated by commas, whose line is taken in the other direction, which also brings the "
        "downgoing plate to its other side.",
        advanced=True,
    )
    add_number(
        tool,
        "MAX_GAP",
        "Largest gap within a region (km)",
        50.0,
        "Lines of a region whose ends are at most this far apart are joined by a straight line; others become "
        "regions of their own, with a number after the name.",
        0.0,
        advanced=True,
    )
    add_layer(
        tool,
        "OUTPUT",
        "Segments",
        "One polygon per segment, in degrees (EPSG:4326) and cut in two parts where it crosses 180 degrees: "
        "region, segment (from 0), s_km (of the centre, along the trench), azimuth (of the trench, degrees clockwise "
        "from north), side, lon and lat (of the centre on the trench), spacing_km, up_km, down_km.",
        QgsProcessing.SourceType.TypeVectorPolygon,
    )
    add_number_outputs(
        tool,
        (
            ("N_SEGMENTS", "Number of segments"),
            ("N_REGIONS", "Number of regions with segments"),
            ("N_SKIPPED", "Number of regions without segments"),
            ("LENGTH_KM", "Length of all trenches with segments (km)"),
        ),
    )
