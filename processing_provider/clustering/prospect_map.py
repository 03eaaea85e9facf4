"""The tool ``prospect_map``: a map to print, and a project to go on with."""

from functools import partial

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from ...algorithms.errors import Cancelled, DataError
from ...ui.map_layout import PAGES, MapText, build_layout
from ...ui.map_legend import legend_of
from ..outputs import Outputs
from ..tool import Tool
from .map_files import MAP_FILTER, check_endings, data_beside, export_map, save_project
from .map_looks import give_looks
from .map_project import DRAWING_ORDER, common_extent, map_crs, map_input, new_project, open_layers

_NAMES = {"CLUSTERS": "Samples", "HULLS": "Cluster hulls", "BOREHOLES": "Boreholes", "EARTHQUAKES": "Earthquakes"}
_TEXTS = ("TITLE", "SUBTITLE", "CREDIT", "DATE")
_LEAST_DPI, _MOST_DPI = 50, 1200


class ProspectMap(Tool):
    """Lays out the results on a page and keeps them in a project."""

    tool_id = "prospect_map"
    title = "Prospect map"
    summary = (
        "<p>Lays out clusters, hulls, boreholes and earthquakes on a page: UTM grid, title, legend, scale bar and "
        "north arrow. Also writes a QGIS project with the same layers, grouped and styled, and the layout.</p>"
        "<p><b>The map shows</b> the extent of the samples and hulls; boreholes and earthquakes farther away do not "
        "shrink it. Layers keep the look you gave them; plain ones get the looks of this plugin.</p>"
        "<p><b>The project</b> refers to your files by relative path. Layers that live in no file of their own "
        "(memory layers, filters, selections, joins, databases) are copied into a GeoPackage beside it, named after "
        "it with the ending <i>_data.gpkg</i>; that file is replaced when you run the tool again.</p>"
    )
    keywords = ("print layout", "cartography", "legend", "project", "pdf", "geothermal", "report")

    def define(self):
        layers = (
            (
                "CLUSTERS",
                "Clustered samples",
                False,
                "Samples or polygons with a cluster field. They set the extent of the map.",
            ),
            ("HULLS", "Cluster hulls", True, "Polygons from 'Cluster hulls'. They belong to the extent too."),
            ("BOREHOLES", "Boreholes", True, "Drawn as black crosses, with their name where a field holds it."),
            ("EARTHQUAKES", "Earthquakes", True, "Drawn as red circles, the larger the magnitude."),
        )
        for key, description, optional, text in layers:
            geometry = QgsProcessing.SourceType.TypeVectorAnyGeometry
            self.add(QgsProcessingParameterFeatureSource(key, description, [geometry], optional=optional), text)
        self.add(
            QgsProcessingParameterString("TITLE", "Title", "Geothermal prospects", optional=True),
            "Stands above the map.",
        )
        self.add(
            QgsProcessingParameterNumber("DPI", "Resolution (dots per inch)", defaultValue=300),
            f"From {_LEAST_DPI} to {_MOST_DPI}; 300 for print.",
        )
        self.add(
            QgsProcessingParameterString("SUBTITLE", "Subtitle", "", optional=True),
            "A smaller line below the title.",
            advanced=True,
        )
        self.add(
            QgsProcessingParameterString("CREDIT", "Credits", "", optional=True),
            "Sources and copyright, in small print.",
            advanced=True,
        )
        self.add(
            QgsProcessingParameterString("DATE", "Date", "", optional=True),
            "Any text; without it the map bears no date.",
            advanced=True,
        )
        self.add(
            QgsProcessingParameterEnum("PAPER", "Paper", list(PAGES), defaultValue="A4", usesStaticStrings=True),
            "Landscape.",
            advanced=True,
        )
        self.add(
            QgsProcessingParameterCrs("CRS", "Coordinate system of the map", optional=True),
            "Empty: that of the samples; for samples in degrees, their UTM zone.",
            advanced=True,
        )
        self.add(
            QgsProcessingParameterField(
                "CLUSTER_FIELD", "Cluster field", "cluster", "CLUSTERS", QgsProcessingParameterField.DataType.Any
            ),
            "Used for samples and hulls that have no look yet.",
            advanced=True,
        )
        self.add(
            QgsProcessingParameterField(
                "MAGNITUDE_FIELD",
                "Magnitude field",
                None,
                "EARTHQUAKES",
                QgsProcessingParameterField.DataType.Any,
                optional=True,
            ),
            "Empty: a field called magnitude, mag, Mw, ML or M; without one all circles have the same size.",
            advanced=True,
        )
        self.add(
            QgsProcessingParameterFileDestination("MAP", "Map", MAP_FILTER),
            "A picture (jpg, png) or a PDF.",
        )
        self.add(
            QgsProcessingParameterFileDestination(
                "PROJECT", "Project", "QGIS project (*.qgz)", optional=True, createByDefault=False
            ),
            "A project with the styled layers and the layout.",
        )
        self.addOutput(QgsProcessingOutputNumber("SCALE", "Scale denominator"))
        self.addOutput(QgsProcessingOutputNumber("GRID_INTERVAL_M", "Grid interval (m)"))
        self.addOutput(QgsProcessingOutputNumber("N_LAYERS", "Number of layers on the map"))
        self.addOutput(QgsProcessingOutputString("MAP_CRS", "Coordinate system of the map"))

    def flags(self):
        """Run in the main thread: QGIS lays out pages nowhere else."""
        return super().flags() | QgsProcessingAlgorithm.Flag.FlagNoThreading

    def work(self, parameters, context, feedback):
        dpi = self.parameterAsInt(parameters, "DPI", context)
        if not _LEAST_DPI <= dpi <= _MOST_DPI:
            raise DataError(f"A resolution of {dpi} dpi is not possible. Choose one from {_LEAST_DPI} to {_MOST_DPI}.")
        project_path = self.parameterAsFileOutput(parameters, "PROJECT", context)
        check_endings(self.parameterAsFileOutput(parameters, "MAP", context), project_path)
        inputs = self._inputs(parameters, context, feedback)
        transforms = context.transformContext()
        with Outputs(self, parameters, context, feedback) as outputs, data_beside(project_path, inputs) as data_file:
            copied = [item.layer.name() for item in inputs if item.needs_copy]
            if project_path and copied:
                feedback.pushInfo(f"Copied into {data_file.name}, for they live in no file: {', '.join(copied)}.")
            layers = open_layers(inputs, data_file, transforms)
            cluster_field, magnitude_field = (
                self.parameterAsString(parameters, key, context) for key in ("CLUSTER_FIELD", "MAGNITUDE_FIELD")
            )
            give_looks(inputs, layers, cluster_field or "cluster", magnitude_field)
            crs, note = map_crs(self.parameterAsCrs(parameters, "CRS", context), layers["CLUSTERS"], transforms)
            feedback.pushInfo(note)
            extent = common_extent([layers[key] for key in ("CLUSTERS", "HULLS") if key in layers], crs, transforms)
            text = MapText(*(self.parameterAsString(parameters, key, context) for key in _TEXTS))
            project = new_project(layers, crs, extent, text.title, transforms)
            paper = self.parameterAsEnumString(parameters, "PAPER", context)
            drawn = [layers[key] for key in DRAWING_ORDER if key in layers]
            layout, figures = build_layout(project, drawn, legend_of(layers), extent, crs, text, paper)
            _go_on(feedback, 30, "Drawing the map")
            outputs.file("MAP", partial(export_map, layout, dpi=dpi))
            _go_on(feedback, 90, "")
            outputs.file("PROJECT", partial(save_project, project))
            _go_on(feedback, 100, "")
        return {
            **outputs.results,
            "SCALE": figures.scale,
            "GRID_INTERVAL_M": figures.grid_interval_m,
            "N_LAYERS": len(layers),
            "MAP_CRS": crs.authid(),
        }

    def _inputs(self, parameters, context, feedback):
        """Return the :class:`MapInput` of every layer given that holds features."""
        inputs = []
        for key, name in _NAMES.items():
            value = parameters.get(key)
            if value in (None, "") and key != "CLUSTERS":
                continue
            source = self.parameterAsSource(parameters, key, context)
            layer = self.parameterAsVectorLayer({key: _whole(value, context)}, key, context)
            if source is None or layer is None:
                raise QgsProcessingException(self.invalidSourceError(parameters, key))
            if key == "CLUSTERS" and layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry:
                name = "Clusters"
            item = map_input(key, name, value, layer, source)
            if source.featureCount() == 0:
                if key == "CLUSTERS":
                    raise DataError(f"'{layer.name()}' holds no samples. Check its filter and selection.")
                feedback.pushWarning(f"'{layer.name()}' holds no features and stays off the map.")
                continue
            inputs.append(item)
        return inputs


def _whole(value, context):
    """Return the layer that a parameter value refers to, without a restriction to its selection."""
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        return value.source.valueAsString(context.expressionContext())[0]
    return value


def _go_on(feedback, percent, message):
    if feedback.isCanceled():
        raise Cancelled()
    feedback.setProgress(percent)
    if message:
        feedback.setProgressText(message)
