"""The tool ``import_samples``: a spreadsheet of samples as points."""

import math
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsPointXY,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ..layers import crs_name, extended, fields_of, transformed
from ..outputs import Outputs
from ..libraries import how_to_install, missing_libraries
from ..tool import Tool, progress_to
from .sample_crs import notes_on_target, source_crs

_RESERVED = ("fid", "geom")  # names that GeoPackage keeps for itself
_MOST_LISTED = 20


class ImportSamples(Tool):
    """Reads samples, boreholes or earthquakes from a spreadsheet."""

    tool_id = "import_samples"
    title = "Import samples"
    summary = (
        "<p>Turns a spreadsheet of samples, boreholes or earthquakes into points, ready for clustering.</p>"
        "<p><b>Reads</b> xlsx, xls, csv and tsv as laboratories send them: titles above the header, samples in rows or "
        "in columns, decimal commas, Turkish headers, blanks and &lt;0,01. A value below the detection limit becomes "
        "0.65 of the limit, and the field <i>below_dl</i> names the columns where that was so.</p>"
        "<p><b>Coordinates</b> are found by name and judged by value; axes that changed places are put right and the "
        "log says so. Rows without a usable position are left out and listed.</p>"
        "<p><b>Mind</b> that 35S in grid-zone notation is UTM zone 35 in latitude band S, 32 to 40 degrees "
        "<i>north</i>: EPSG:32635.</p>"
    )
    keywords = ("excel", "xlsx", "csv", "spreadsheet", "table", "utm", "detection limit", "geochemistry", "numune")
    libraries = ("numpy",)

    def define(self):
        self.add(
            QgsProcessingParameterFile(
                "INPUT",
                "Spreadsheet",
                fileFilter="Spreadsheets (*.xlsx *.xlsm *.xls *.csv *.tsv *.txt);;All files (*)",
            ),
            "Workbook or text file with one sample per row or per column. The delimiter and the encoding of a text "
            "file are found.",
        )
        self._add_text("SHEET", "Sheet", "Name of the sheet. Empty: the first one that holds cells.")
        self.add(
            QgsProcessingParameterEnum(
                "ORIENTATION",
                "Samples are in",
                ["auto", "rows", "columns"],
                defaultValue="auto",
                usesStaticStrings=True,
            ),
            "auto looks for the names of variables in the header row and in the first column.",
        )
        self._add_text("ID_FIELD", "Field of the sample name", "Kept as text. Empty: found (NUMUNE, Sample ID ...).")
        self._add_text("X_FIELD", "X field", "Easting or longitude. Empty: found (Easting, Boylam, Sağa, X ...).")
        self._add_text("Y_FIELD", "Y field", "Northing or latitude. Empty: found (Northing, Enlem, Yukarı, Y ...).")
        self._add_text(
            "GRID_ZONE",
            "Grid zone of the coordinates",
            "UTM zone and latitude band, such as 35S. Empty: the source coordinate system below, otherwise WGS 84 for "
            "degrees and 35S for metres.",
        )
        self.add(
            QgsProcessingParameterCrs("SOURCE_CRS", "Source coordinate system", optional=True),
            "Coordinate system of the spreadsheet when it is no UTM zone on WGS 84, such as ED50 or TUREF.",
        )
        self.add(
            QgsProcessingParameterCrs("TARGET_CRS", "Target coordinate system", "EPSG:32635"),
            "Coordinate system of the points. EPSG:32635 is UTM zone 35, band S (32 to 40 degrees north).",
        )
        self.add(
            QgsProcessingParameterFeatureSink("OUTPUT", "Samples", QgsProcessing.SourceType.TypeVectorPoint),
            "Points with every column of the table, and the text field below_dl.",
        )
        self.addOutput(QgsProcessingOutputNumber("COUNT", "Number of samples"))
        self.addOutput(QgsProcessingOutputNumber("DROPPED", "Number of rows left out"))
        self.addOutput(QgsProcessingOutputString("NOTES", "What was found, replaced and left out"))

    def _add_text(self, name, label, help_text):
        self.add(QgsProcessingParameterString(name, label, defaultValue="", optional=True), help_text)

    def _source_crs(self, parameters, context):
        """Return the source CRS, invalid when none is given (asking QGIS for an empty one makes PROJ complain)."""
        given = parameters.get("SOURCE_CRS") not in (None, "")
        return self.parameterAsCrs(parameters, "SOURCE_CRS", context) if given else QgsCoordinateReferenceSystem()

    def checkParameterValues(self, parameters, context):  # noqa: N802
        from ...algorithms.grid_zone import parse_grid_zone

        accepted, message = super().checkParameterValues(parameters, context)
        zone = self.parameterAsString(parameters, "GRID_ZONE", context).strip()
        if accepted and zone:
            try:
                parse_grid_zone(zone)
            except DataError as error:
                return False, str(error)
            if self._source_crs(parameters, context).isValid():
                return False, "Give the grid zone or the source coordinate system, not both."
        return accepted, message

    def work(self, parameters, context, feedback):
        from ...algorithms.clustering.coordinates import find_coordinates, require_fit
        from ...algorithms.clustering.sample_columns import below_detection_names, sample_columns
        from ...algorithms.clustering.spreadsheet import read_table
        from ...algorithms.clustering.workbook_cells import library_for

        path, sheet, id_field, x_field, y_field, zone = (
            self.parameterAsString(parameters, name, context).strip()
            for name in ("INPUT", "SHEET", "ID_FIELD", "X_FIELD", "Y_FIELD", "GRID_ZONE")
        )
        target = self.parameterAsCrs(parameters, "TARGET_CRS", context)
        if not target.isValid():
            raise DataError("The target coordinate system is not valid. Choose one, such as EPSG:32635.")
        library = library_for(path)
        if library and missing_libraries([library]):
            raise QgsProcessingException(how_to_install([library]))
        progress = progress_to(feedback)
        progress(0.0, "Reading the table")
        table = read_table(path, sheet, self.parameterAsEnumString(parameters, "ORIENTATION", context))
        progress(0.4, "Finding the coordinates")
        source = self._source_crs(parameters, context)
        kind = "metres" if zone else "" if not source.isValid() else "degrees" if source.isGeographic() else "metres"
        coordinates = find_coordinates(table, id_field, x_field, y_field, kind)
        source, note = source_crs(source, zone, coordinates.in_degrees)
        require_fit(coordinates, source.isGeographic(), crs_name(source))
        progress(0.5, "Reading the numbers")
        columns, column_notes = sample_columns(table, coordinates.id_field)
        xy, _ = transformed(coordinates.xy, source, target, context)
        reasons = dict(coordinates.unusable)
        for record, (x, y) in enumerate(xy.tolist()):
            if not (math.isfinite(x) and math.isfinite(y)):
                reasons.setdefault(record, f"beyond the reach of {crs_name(target)}")
        kept = [record for record in range(len(table.records)) if record not in reasons]
        notes = [*table.notes, *coordinates.notes, note, *column_notes]
        if reasons:
            notes.append(_left_out(reasons, table.records))
        if not kept:
            raise DataError(f"No record has a usable position. {notes[-1]} {note}")
        notes.extend(notes_on_target(coordinates.xy, source, target, context))
        fields, renamed = _fields(columns)
        notes.extend(renamed)
        below = below_detection_names(columns)
        cells = list(zip(*(column.values for column in columns)))
        rows = ((QgsGeometry.fromPointXY(QgsPointXY(*xy[record])), [*cells[record], below[record]]) for record in kept)
        progress(0.8, "Writing the samples")
        with Outputs(self, parameters, context, feedback) as outputs:
            outputs.layer("OUTPUT", fields, QgsWkbTypes.Type.Point, target, rows, title=Path(path).stem)
        for text in notes:
            feedback.pushInfo(text)
        feedback.pushInfo(f"{len(kept)} samples with {len(columns)} columns; {len(reasons)} records left out.")
        return {**outputs.results, "COUNT": len(kept), "DROPPED": len(reasons), "NOTES": "\n".join(notes)}


def _fields(columns):
    """Return the fields of the output, and a note for every name that had to change."""
    taken = {column.name.lower() for column in columns}
    pairs, notes = [], []
    for column in columns:
        name = column.name
        while name.lower() in _RESERVED or name != column.name and name.lower() in taken:
            name += "_in"
        if name != column.name:
            notes.append(f"'{column.name}' is called '{name}' in the output, for the file format keeps that name.")
        pairs.append((name, "double" if column.is_numeric else "text"))
    return extended(fields_of(*pairs), ("below_dl", "text")), notes


def _left_out(reasons, records):
    listed = "; ".join(f"{records[record]}: {reason}" for record, reason in sorted(reasons.items())[:_MOST_LISTED])
    more = f"; and {len(reasons) - _MOST_LISTED} more" if len(reasons) > _MOST_LISTED else ""
    return f"{len(reasons)} records without a usable position were left out ({listed}{more})."
