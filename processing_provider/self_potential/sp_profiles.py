"""The tool ``sp_profiles``: stations along lines, from scattered points or from a raster."""

import numpy as np
from qgis.core import (
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ...ui.sp_styles import style_profiles
from ..layers import fields_of
from ..outputs import Outputs
from ..tool import Tool, progress_to
from .metric_plane import metric_plane
from .millivolts import millivolts_per_unit
from .point_stations import PointStations, read_values
from .profile_lines import read_lines
from .profile_parameters import SUMMARY, define_parameters
from .raster_stations import RasterStations

_FIELDS = (
    ("line", "text"),
    ("distance_m", "double"),
    ("sp_mv", "double"),
    ("offset_m", "double"),
    ("n_points", "int"),
)


class SpProfiles(Tool):
    """Makes profiles of self-potential along lines."""

    tool_id = "sp_profiles"
    title = "Self-potential profiles"
    group_key = "self_potential"
    summary = SUMMARY
    keywords = (
        "self-potential",
        "sp",
        "spontaneous potential",
        "profile",
        "line",
        "station",
        "sample raster",
        "section",
    )
    libraries = ("numpy",)

    def define(self):
        define_parameters(self)

    def checkParameterValues(self, parameters, context):  # noqa: N802
        has_points, has_raster = parameters.get("INPUT") is not None, parameters.get("RASTER") is not None
        if has_points == has_raster:
            return False, "Give points with their self-potential field, or a raster: one of the two."
        if has_points and not parameters.get("SP_FIELD"):
            return False, "Choose the field of the points that holds the self-potential."
        return super().checkParameterValues(parameters, context)

    def work(self, parameters, context, feedback):
        lines_source = self.parameterAsSource(parameters, "LINES", context)
        if lines_source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "LINES"))
        plane = metric_plane(lines_source.sourceCrs(), lines_source.sourceExtent(), context)
        if plane.note:
            feedback.pushInfo(plane.note)
        line_field = self.parameterAsString(parameters, "LINE_FIELD", context)
        lines, notes = read_lines(lines_source, line_field, plane, context, feedback)
        for note in notes:
            feedback.pushWarning(note)
        reader = self._points(parameters, plane, context, feedback) or self._raster(parameters, plane, context)
        progress = progress_to(feedback, 0.2, 0.8)
        profiles, empty = [], []
        for number, line in enumerate(lines):
            progress(number / len(lines), "Reading the stations of the lines")
            distance, columns, count = reader.along(line)
            profiles += [(line, distance, columns, count)] if len(distance) else []
            empty += [] if len(distance) else [line.name]
        if not profiles:
            raise DataError(reader.why_nothing(lines))
        unit = self.parameterAsEnumString(parameters, "UNIT", context)
        measured = np.concatenate([columns[:, 0] for _, _, columns, _ in profiles])
        factor = millivolts_per_unit(measured, unit, reader.name)
        for name in empty[:10]:
            feedback.pushWarning(f"Line '{name}' meets no station.")
        if len(empty) > 10:
            feedback.pushWarning(f"{len(empty) - 10} more lines meet no station.")
        n_stations = sum(len(distance) for _, distance, _, _ in profiles)
        feedback.pushInfo(f"{n_stations} stations on {len(profiles)} lines; {reader.summary()}.")
        with Outputs(self, parameters, context, feedback) as outputs:
            rows = _rows(profiles, factor, plane, lines_source.sourceCrs(), context)
            fields = fields_of(*_FIELDS)
            crs = lines_source.sourceCrs()
            outputs.layer(
                "OUTPUT", fields, QgsWkbTypes.Type.Point, crs, rows, style_profiles, "Self-potential stations"
            )
        return {
            **outputs.results,
            "N_LINES": len(profiles),
            "N_STATIONS": n_stations,
            "N_EMPTY": len(empty),
            "N_UNUSED": reader.n_unused,
        }

    def _points(self, parameters, plane, context, feedback):
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            return None
        field = self.parameterAsString(parameters, "SP_FIELD", context)
        xy, values = read_values(source, field, feedback)
        return PointStations(
            field,
            plane.project(xy, source.sourceCrs(), context),
            values,
            self.parameterAsDouble(parameters, "BUFFER", context),
            self.parameterAsDouble(parameters, "MERGE_DISTANCE", context),
        )

    def _raster(self, parameters, plane, context):
        layer = self.parameterAsRasterLayer(parameters, "RASTER", context)
        if layer is None:
            raise QgsProcessingException(self.invalidRasterError(parameters, "RASTER"))
        return RasterStations(
            layer,
            max(1, self.parameterAsInt(parameters, "BAND", context)),
            self.parameterAsDouble(parameters, "SPACING", context),
            plane,
            context,
        )


def _rows(profiles, factor, plane, crs, context):
    """Yield the features of the stations."""
    for line, distance, columns, count in profiles:
        places = plane.unproject(line.places(distance), crs, context)
        for place, along, (value, offset), merged in zip(
            places.tolist(), distance.tolist(), columns.tolist(), count.tolist()
        ):
            yield QgsGeometry.fromPointXY(QgsPointXY(*place)), [line.name, along, factor * value, offset, merged]
