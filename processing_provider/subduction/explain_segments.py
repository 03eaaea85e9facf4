"""The tool ``explain_segments``: which features speak for and against the class of trench segments."""

import time
from functools import partial

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingParameterField,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from ...algorithms.subduction.feature_groups import parse_groups
from ...ui.segment_styles import style_relevance
from ..layers import extended, fields_of
from ..outputs import Outputs
from ..parameters import add_enum, add_layer, add_number_outputs, add_report, add_seed
from ..run_context import run_context
from ..tool import Tool, progress_to
from .explanation_messages import tell_explanation
from .relevance_fields import TABLE_FIELDS, relevance_fields, segment_pairs, segment_values, table_rows
from .segment_model import add_segments_and_model, read_subject, refused_model
from .segment_table import MAGNITUDE

MAGNITUDE_FIELD = "MAGNITUDE_FIELD"
RULES = ("epsilon", "z_plus", "alpha_beta", "gamma")
_KIND = QgsProcessing.SourceType


class ExplainSegments(Tool):
    """Hands the class of segments back to their features."""

    tool_id = "explain_segments"
    title = "Explain segments"
    group_key = "subduction"
    summary = (
        "<p>Says which features speak for and against the class of every trench segment, by layer-wise relevance "
        "propagation through the networks of a model: as one field per feature, as a sentence, and summed up by class "
        "and by group of features (physical state, dynamics, kinematics).</p>"
        "<p>Relevance is in units of the network's output for the class it chose: positive speaks for that class, "
        "negative against it. Together with the share of the biases it gives the output back "
        "(<i>CONSERVATION_ERROR</i>).</p>"
        "<p><b>Mind</b> <i>RANK_AGREEMENT</i>: how far networks that only differ in their random start agree on the "
        "order of the features; 1 is full agreement. Where it is low, single segments cannot be explained. Relevance "
        "tells what a network uses, not what causes earthquakes. Where magnitudes are known, permutation importance "
        "stands beside it as a second opinion.</p>"
    )
    keywords = ("subduction", "megathrust", "explain", "relevance", "lrp", "xai", "heatmap", "importance", "features")
    libraries = ("numpy", "scipy")

    def define(self):
        add_segments_and_model(self)
        add_enum(
            self,
            "RULE",
            "Rule",
            RULES,
            "epsilon",
            "How relevance is handed down through the hidden layers. epsilon: in proportion to all contributions, "
            "which is gradient times input. gamma: favours positive contributions. alpha_beta: weighs positive ones "
            "twice, less negative ones. z_plus: positive contributions only.",
        )
        self.add(
            QgsProcessingParameterField(
                MAGNITUDE_FIELD, "Magnitude field", MAGNITUDE, "INPUT", QgsProcessingParameterField.DataType.Numeric
            ),
            "Largest known magnitude (Mw), for the second opinion: by how much the F1 of these segments falls when "
            "stretches of a feature are exchanged along the trench. Left out where there is no such field.",
            advanced=True,
        )
        self.add(
            QgsProcessingParameterString("GROUPS", "Groups of features", "", optional=True),
            "Assigns features to groups by how their names begin, such as: dynamics=FRE,EGO; kinematics=V_. The groups "
            "are physical state, dynamics, kinematics and other. Empty: those of Graciosa et al. (2025), as far as the "
            "names tell.",
            advanced=True,
        )
        add_seed(self)
        add_layer(
            self,
            "OUTPUT",
            "Explained segments",
            "The input's attributes, then class, one relevance field per feature (r_...; the full name is in its "
            "alias), bias (share of the biases), agreement (rank correlation between the networks for this segment), "
            "reasons. NULL where a feature is blank. Coloured by the feature of the largest relevance.",
            _KIND.TypeVectorAnyGeometry,
        )
        add_layer(
            self,
            "TABLE",
            "Relevance by class and feature",
            "One row per class and feature: group, mean, mean_abs (mean of the absolute relevance), sd over the "
            "segments, member_sd (of the mean, between the networks), share (of mean_abs), loss and loss_sd "
            "(permutation importance over all classes), and one row for the biases.",
            _KIND.TypeVector,
            optional=True,
        )
        add_report(self)
        add_number_outputs(
            self,
            (
                ("N_SEGMENTS", "Number of explained segments"),
                ("N_DROPPED", "Number of segments with blank features"),
                ("CONSERVATION_ERROR", "Largest part of the output that relevance and biases do not give back"),
                ("RANK_AGREEMENT", "Rank agreement between the networks (empty for a single one)"),
            ),
        )

    def refusal(self, parameters, context):
        from ...algorithms.errors import DataError

        try:
            parse_groups(self.parameterAsString(parameters, "GROUPS", context))
        except DataError as error:
            return str(error)
        return refused_model(self, parameters, context)

    def work(self, parameters, context, feedback):
        from ...algorithms.subduction.explanation import explain
        from ...ui.reports.relevance import relevance_report

        started = time.monotonic()
        subject = read_subject(self, parameters, context, feedback, MAGNITUDE_FIELD)
        rule = self.parameterAsEnumString(parameters, "RULE", context)
        groups = parse_groups(self.parameterAsString(parameters, "GROUPS", context))
        seed = self.parameterAsInt(parameters, "SEED", context)
        progress = progress_to(feedback, 0.1, 0.8)
        titles = {one.name(): one.alias() for one in subject.table.fields if one.alias()}
        explanation = explain(subject.model, subject.segments, rule, groups, seed, progress, titles)
        n_segments = len(subject.segments)
        tell_explanation(explanation, n_segments, feedback)
        names = relevance_fields(explanation.names)
        leading = int(np.abs(explanation.relevance.values).mean(axis=0).argmax())
        told = zip(names, explanation.names)
        aliases = {**titles, **{field: f"Relevance of {name} for the class" for field, name in told}}
        style = subject.styled(partial(style_relevance, field=names[leading], aliases=aliases))
        progress_to(feedback)(0.85, "Writing the results")
        with Outputs(self, parameters, context, feedback) as outputs:
            new = segment_values(explanation, n_segments)
            rows = zip(subject.table.geometries, map(list.__add__, subject.table.attributes, new))
            fields = extended(subject.table.fields, *segment_pairs(names))
            title = f"Relevance of {explanation.names[leading]}"
            outputs.layer("OUTPUT", fields, *subject.layer_kind(), rows, style, "Relevance", title)
            table = ((None, row) for row in table_rows(explanation))
            no_geometry, no_crs = QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem()
            outputs.layer("TABLE", fields_of(*TABLE_FIELDS), no_geometry, no_crs, table)
            about = run_context(self, parameters, context, started, crs=subject.source.sourceCrs().authid())
            page = partial(relevance_report, explanation, subject.segments, about)
            outputs.file("REPORT", lambda path: path.write_text(page(), encoding="utf-8"))
        agreement = explanation.rank_agreement
        return {
            **outputs.results,
            "N_SEGMENTS": len(explanation.rows),
            "N_DROPPED": n_segments - len(explanation.rows),
            "CONSERVATION_ERROR": explanation.relevance.conservation_error,
            "RANK_AGREEMENT": agreement if np.isfinite(agreement) else None,
        }
