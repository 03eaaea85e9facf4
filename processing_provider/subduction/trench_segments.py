"""The tool ``trench_segments``: cells of equal length along trenches, over both plates."""

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingException,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ...algorithms.subduction.trench import trench_cells
from ...ui.segment_styles import style_segments
from ..layers import fields_of
from ..outputs import Outputs
from ..tool import Tool, progress_to
from .segment_fields import SEGMENT_FIELDS, segment_rows
from .segment_polygons import segment_polygon
from .trench_direction import direction_text
from .trench_lines import read_trenches, turned_round
from .trench_parameters import SUMMARY, define_parameters


class TrenchSegments(Tool):
    """Cuts trenches into segments."""

    tool_id = "trench_segments"
    title = "Trench segments"
    group_key = "subduction"
    summary = SUMMARY
    keywords = ("subduction", "trench", "segment", "along strike", "cells", "grid", "plate boundary", "megathrust")
    libraries = ("numpy", "pyproj")

    def define(self):
        define_parameters(self)

    def refusal(self, parameters, context):
        small = min(self._sizes_km(parameters, context)) <= 0
        return "The length of a segment and both of its widths must be above 0 km." if small else ""

    def work(self, parameters, context, feedback):
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        region_field = self.parameterAsString(parameters, "REGION_FIELD", context)
        largest_gap_km = self.parameterAsDouble(parameters, "MAX_GAP", context)
        trenches, without_line, warnings = read_trenches(source, region_field, largest_gap_km, context, feedback)
        for warning in warnings:
            feedback.pushWarning(warning)
        trenches = turned_round(trenches, self.parameterAsString(parameters, "REVERSE", context))
        sizes_km = self._sizes_km(parameters, context)
        side = self.parameterAsEnumString(parameters, "SIDE", context)
        used, short = _by_length(trenches, sizes_km[0])
        for trench in short:
            feedback.pushWarning(
                f"Region '{trench.region}' is {trench.length_km:.3g} km long, shorter than one segment: it is left out."
            )
        progress, rows = progress_to(feedback, 0.1, 0.9), []
        for number, trench in enumerate(used):
            cells = trench_cells(trench.line, *sizes_km, side)
            feedback.pushInfo(direction_text(trench, cells))
            for cell, attributes in enumerate(segment_rows(trench.region, cells)):
                progress((number + cell / len(cells)) / len(used), "Drawing the segments")
                rows.append((segment_polygon(trench.region, cells, cell), attributes))
        with Outputs(self, parameters, context, feedback) as outputs:
            fields, crs = fields_of(*SEGMENT_FIELDS), QgsCoordinateReferenceSystem("EPSG:4326")
            kind = QgsWkbTypes.Type.MultiPolygon
            outputs.layer("OUTPUT", fields, kind, crs, rows, style_segments, "Trench segments")
        return {
            **outputs.results,
            "N_SEGMENTS": len(rows),
            "N_REGIONS": len(used),
            "N_SKIPPED": len(short) + len(without_line),
            "LENGTH_KM": sum(trench.length_km for trench in used),
        }

    def _sizes_km(self, parameters, context):
        return [self.parameterAsDouble(parameters, name, context) for name in ("SPACING", "WIDTH_UP", "WIDTH_DOWN")]


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
