"""The tool ``cluster_hulls``: one polygon around the samples of each cluster."""

from functools import partial

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ...ui.styles import style_hulls
from ..layers import fields_of, read_points, require_projected
from ..outputs import Outputs
from ..tool import Tool
from .cluster_numbers import cluster_numbers
from .feature_fields import measured_fields
from .hulls import CONCAVE, CONVEX, HULL_FIELDS, cluster_hulls


class ClusterHulls(Tool):
    """Draws a convex or a concave hull around each cluster."""

    tool_id = "cluster_hulls"
    title = "Cluster hulls"
    summary = (
        "<p>Draws one polygon around the samples of each cluster, with its number of samples, its area on the "
        "ellipsoid and the variables that set it apart.</p>"
        "<p><b>Needs</b> a layer with a cluster field, such as the output of <i>Deep embedded clustering</i>. "
        "Lines and polygons count as a point on their surface. The polygons of <i>Deep embedded clustering "
        "(raster)</i> are outlines already; <i>Convex hull</i> of QGIS encloses them.</p>"
        "<p><b>Mind</b> that a hull encloses samples; it is not the outline of a body in the ground. A cluster of "
        "fewer than three positions, or with all its samples on one line, gets no hull, and the log says so.</p>"
    )
    keywords = ("convex hull", "concave hull", "outline", "polygon", "prospect", "anomaly", "geothermal")
    libraries = ("numpy", "scipy")

    def define(self):
        self.add(
            QgsProcessingParameterFeatureSource(
                "INPUT", "Clustered samples", [QgsProcessing.SourceType.TypeVectorAnyGeometry]
            ),
            "Points with a cluster field.",
        )
        self.add(
            QgsProcessingParameterField(
                "CLUSTER_FIELD", "Cluster field", "cluster", "INPUT", QgsProcessingParameterField.DataType.Any
            ),
            "Cluster number (NULL and 0 are not assigned) or name. Names are numbered in sorted order and kept in "
            "the field 'label'.",
        )
        self.add(
            QgsProcessingParameterEnum(
                "METHOD", "Kind of hull", [CONVEX, CONCAVE], defaultValue=CONVEX, usesStaticStrings=True
            ),
            "convex: the tightest polygon without dents. concave: follows the samples, in one piece.",
        )
        self.add(
            QgsProcessingParameterCrs("TARGET_CRS", "Target coordinate system", "EPSG:32635"),
            "A projected coordinate system in metres. EPSG:32635 is UTM zone 35, band S (32 to 40 degrees north).",
        )
        self.add(
            QgsProcessingParameterFeatureSink("OUTPUT", "Hulls", QgsProcessing.SourceType.TypeVectorPolygon),
            "One polygon per cluster: cluster, n_samples, area_km2, top_vars (the variables whose mean departs most "
            "from that of all samples, + above, - below).",
        )
        self.addOutput(QgsProcessingOutputNumber("N_HULLS", "Number of hulls"))
        self.addOutput(QgsProcessingOutputNumber("N_SKIPPED", "Number of clusters without a hull"))
        self.addOutput(QgsProcessingOutputNumber("N_UNASSIGNED", "Number of samples that belong to no cluster"))

    def work(self, parameters, context, feedback):
        source = self.parameterAsSource(parameters, "INPUT", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "INPUT"))
        crs = self.parameterAsCrs(parameters, "TARGET_CRS", context) or QgsCoordinateReferenceSystem()
        require_projected(crs, "measuring areas")
        cluster_field = self.parameterAsString(parameters, "CLUSTER_FIELD", context) or "cluster"
        if source.fields().indexOf(cluster_field) < 0:
            raise DataError(
                f"The input layer has no field '{cluster_field}'. Its fields are: {', '.join(source.fields().names())}."
            )
        table = read_points(source, crs, context, feedback)
        for note in table.notes:
            feedback.pushInfo(note)
        numbers, labels = cluster_numbers(table.column(cluster_field), cluster_field)
        rows, messages = cluster_hulls(
            table.xy,
            numbers,
            crs,
            context.transformContext(),
            self.parameterAsEnumString(parameters, "METHOD", context),
            _variables_that_stand_out(table, numbers, cluster_field),
        )
        for message in messages:
            feedback.pushWarning(message)
        fields = fields_of(*HULL_FIELDS, *([("label", "text")] if labels else []))
        if labels:
            rows = [(hull, [*values, labels[values[0]]]) for hull, values in rows]
        with Outputs(self, parameters, context, feedback) as outputs:
            style = partial(style_hulls, cluster_count=int(numbers.max()), names=labels)
            outputs.layer("OUTPUT", fields, QgsWkbTypes.Type.Polygon, crs, rows, style, "Cluster hulls")
        unassigned = int((numbers == 0).sum())
        feedback.pushInfo(f"{len(rows)} hulls; {len(messages)} clusters without; {unassigned} samples not assigned.")
        return {**outputs.results, "N_HULLS": len(rows), "N_SKIPPED": len(messages), "N_UNASSIGNED": unassigned}


def _variables_that_stand_out(table, numbers, cluster_field):
    """Return the text of ``top_vars`` per cluster, from the layer's measured fields."""
    import numpy as np

    from ...algorithms.clustering.contrast import contrast, top_variables

    names = [name for name in measured_fields(table.fields) if name != cluster_field]
    if not names:
        return {}
    values = np.array([table.column(name) for name in names], dtype=np.float64).T
    texts = top_variables(contrast(values, numbers), names)
    return dict(zip(np.unique(numbers[numbers > 0]).tolist(), texts))
