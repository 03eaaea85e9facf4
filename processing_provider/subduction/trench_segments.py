"""The tool ``trench_segments``: cells of equal length along trenches, over both plates."""

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ...algorithms.subduction.trench import SIDES, trench_cells
from ..layers import fields_of
from ..outputs import Outputs
from ..parameters import add_enum, add_layer, add_number, add_number_outputs
from ..tool import Tool, progress_to
from .segment_fields import SEGMENT_FIELDS, segment_rows
from .segment_polygons import segment_polygon
from .trench_direction import direction_text
from .trench_lines import read_trenches, turned_round


class TrenchSegments(Tool):
    """Cuts trenches into segments."""

    tool_id = "trench_segments"
    title = "Trench segments"
    group_key = "subduction"
    summary = (
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
    keywords = ("subduction", "trench", "segment", "along strike", "cells", "grid", "plate boundary", "megathrust")
    libraries = ("numpy", "pyproj")

    def define(self):
        kinds = [QgsProcessing.SourceType.TypeVectorLine, QgsProcessing.SourceType.TypeVectorPoint]
        self.add(
            QgsProcessingParameterFeatureSource("INPUT", "Trench lines", kinds),
            "Lines along the trenches; the distance counts from the first vertex. Points count as vertices, in the "
            "order of the layer.",
        )
        any_field = QgsProcessingParameterField.DataType.Any
        self.add(
            QgsProcessingParameterField("REGION_FIELD", "Region field", None, "INPUT", any_field, optional=True),
            "Name of the trench. Lines with the same name are joined end to end. Empty: every line is a region of its "
            "own, named by its number; all points are one.",
        )
        add_number(self, "SPACING", "Length of a segment (km)", 50.0, "Along the trench.", 0.0)
        add_number(self, "WIDTH_UP", "Width over the upper plate (km)", 300.0, "At right angles to the trench.", 0.0)
        add_number(
            self, "WIDTH_DOWN", "Width over the downgoing plate (km)", 300.0, "At right angles to the trench.", 0.0
        )
        add_enum(
            self,
            "SIDE",
            "Side of the downgoing plate",
            SIDES,
            "right",
            "Seen when going along the line. It holds for all regions; turn the others round.",
        )
        self.add(
            QgsProcessingParameterString("REVERSE", "Regions to turn round", "", optional=True),
            "Names of regions, separated by commas, whose line is taken in the other direction, which also brings the "
            "downgoing plate to its other side.",
            advanced=True,
        )
        add_number(
            self,
            "MAX_GAP",
            "Largest gap within a region (km)",
            50.0,
            "Lines of a region whose ends are at most this far apart are joined by a straight line; others become "
            "regions of their own, with a number after the name.",
            0.0,
            advanced=True,
        )
        add_layer(
            self,
            "OUTPUT",
            "Segments",
            "One polygon per segment, in degrees (EPSG:4326) and cut in two parts where it crosses 180 degrees: region, "
            "segment (from 0), s_km (of the centre, along the trench), azimuth (of the trench, degrees clockwise from "
            "north), side, lon and lat (of the centre on the trench), spacing_km, up_km, down_km.",
            QgsProcessing.SourceType.TypeVectorPolygon,
        )
        add_number_outputs(
            self,
            (
                ("N_SEGMENTS", "Number of segments"),
                ("N_REGIONS", "Number of regions with segments"),
                ("N_SKIPPED", "Number of regions without segments"),
                ("LENGTH", "Length of all trenches with segments (km)"),
            ),
        )

    def work(self, parameters, context, feedback):
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        region_field = self.parameterAsString(parameters, "REGION_FIELD", context)
        largest_gap_km = self.parameterAsDouble(parameters, "MAX_GAP", context)
        trenches, warnings = read_trenches(source, region_field, largest_gap_km, context, feedback)
        for warning in warnings:
            feedback.pushWarning(warning)
        trenches = turned_round(trenches, self.parameterAsString(parameters, "REVERSE", context))
        sizes_km = [self.parameterAsDouble(parameters, name, context) for name in ("SPACING", "WIDTH_UP", "WIDTH_DOWN")]
        side = self.parameterAsEnumString(parameters, "SIDE", context)
        used, short = _by_length(trenches, sizes_km[0])
        for trench in short:
            feedback.pushWarning(
                f"Region '{trench.region}' is {trench.length_km:.3g} km long, shorter than one segment, and is left out."
            )
        progress, rows = progress_to(feedback, 0.1, 0.9), []
        for number, trench in enumerate(used):
            cells = trench_cells(trench.line, *sizes_km, side)
            feedback.pushInfo(direction_text(trench, cells))
            for cell, attributes in enumerate(segment_rows(trench.region, cells)):
                progress((number + cell / len(cells)) / len(used), "Drawing the segments")
                rows.append((segment_polygon(trench.region, cells, cell), attributes))
        with Outputs(self, parameters, context, feedback) as outputs:
            crs = QgsCoordinateReferenceSystem("EPSG:4326")
            outputs.layer("OUTPUT", fields_of(*SEGMENT_FIELDS), QgsWkbTypes.Type.MultiPolygon, crs, rows)
        return {
            **outputs.results,
            "N_SEGMENTS": len(rows),
            "N_REGIONS": len(used),
            "N_SKIPPED": len(short),
            "LENGTH": sum(trench.length_km for trench in used),
        }


def _by_length(trenches, spacing_km):
    """Return the trenches that hold a segment, and the others; refuse when there is none of the first."""
    used = [trench for trench in trenches if trench.length_km >= spacing_km]
    if not used:
        longest = max((trench.length_km for trench in trenches), default=0.0)
        raise DataError(
            f"No trench is as long as one segment of {spacing_km:g} km: the longest has {longest:.3g} km. Choose a "
            "smaller length, name the pieces of a trench alike in the region field, or check the layer's coordinate "
            "system."
        )
    return used, [trench for trench in trenches if trench.length_km < spacing_km]
