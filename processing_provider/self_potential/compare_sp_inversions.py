"""The tool ``compare_sp_inversions``: network, least squares, and network with polish, side by side."""

import time

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessing, QgsWkbTypes

from ..layers import fields_of
from ..outputs import Outputs
from ..parameters import add_layer, add_number_outputs, add_report
from ..run_context import run_context
from ..tool import Tool, progress_to
from .inversion_run import require_answers
from .network_input import add_network_input, read_network_input
from .sp_parameters import add_unit

_PARAMETERS = ("x0_m", "depth_m", "angle_deg", "k")
_FIELDS = (
    ("line", "text"),
    ("method", "text"),
    *((name, "double") for name in _PARAMETERS),
    *((name, "double") for name in ("sd_x0", "sd_depth", "sd_angle", "sd_k")),
    ("rms_mv", "double"),
    ("time_ms", "double"),
    ("sigmas", "double"),
    ("farthest", "text"),
    ("status", "text"),
)


class CompareSpInversions(Tool):
    """Shows what a trained network is worth on the survey at hand."""

    tool_id = "compare_sp_inversions"
    title = "Compare self-potential inversions"
    group_key = "self_potential"
    summary = (
        "<p>Inverts every line three times - by a trained network, by least squares without a start, and by least "
        "squares that starts from the network - and puts parameters, standard deviations, misfit and computing time "
        "side by side, with their differences in standard deviations.</p><p><b>Read it so</b>: where the network is "
        "within one or two standard deviations of least squares it may be used for this survey; where the polish "
        "differs from least squares the network led it into another minimum.</p>"
    )
    keywords = ("self-potential", "sp", "compare", "benchmark", "neural network", "least squares", "inversion")
    libraries = ("numpy", "scipy")

    def define(self):
        add_network_input(self)
        add_unit(self)
        add_layer(
            self,
            "OUTPUT",
            "Comparison",
            "One row per line and method: x0_m, depth_m, angle_deg, k, their standard deviations sd_..., rms_mv "
            "(misfit), time_ms (computing time per line), sigmas (largest difference from least squares in its "
            "standard deviations), farthest (the parameter that differs so) and status.",
            QgsProcessing.SourceType.TypeVector,
        )
        add_report(self)
        add_number_outputs(
            self,
            (
                ("N_LINES", "Number of lines"),
                ("N_FAILED", "Number of lines that could not be inverted"),
                ("N_AGREE", "Number of lines on which the network is within 3 standard deviations of least squares"),
            ),
        )

    def work(self, parameters, context, feedback):
        from ...ui.reports.sp_comparison import AGREEMENT, comparison_report
        from .network_inversion import NETWORK, compare

        started = time.monotonic()
        model, background, survey = read_network_input(self, parameters, context, feedback)
        compared, failures = compare(survey.profiles, model, background, progress_to(feedback, 0.2, 0.9))
        require_answers([*(entry.answer for entry in compared), *failures])
        names = [profile.name for profile in survey.profiles]
        for answer in failures:
            feedback.pushWarning(f"Line '{names[answer.index]}': {answer.status}")
        agree = sum(entry.method == NETWORK and entry.sigmas <= AGREEMENT for entry in compared)
        feedback.pushInfo(
            f"On {agree} of {len(compared) // 3} lines the network is within {AGREEMENT:g} standard deviations of "
            "least squares."
        )
        with Outputs(self, parameters, context, feedback) as outputs:
            rows = ((None, _row(names, entry)) for entry in compared)
            no_crs = QgsCoordinateReferenceSystem()
            outputs.layer("OUTPUT", fields_of(*_FIELDS), QgsWkbTypes.Type.NoGeometry, no_crs, rows)
            about = run_context(self, parameters, context, started)
            outputs.file(
                "REPORT",
                lambda path: path.write_text(comparison_report(names, compared, model, about), encoding="utf-8"),
            )
        return {
            **outputs.results,
            "N_LINES": len(names),
            "N_FAILED": len(failures),
            "N_AGREE": agree,
        }


def _row(names, entry):
    found, sd = entry.answer.inversion, entry.answer.sd
    return [
        names[entry.answer.index],
        entry.method,
        *(float(getattr(found, name)[0, 0]) for name in _PARAMETERS),
        *(float(sd[name][0]) for name in _PARAMETERS),
        float(found.rms_mv[0]),
        entry.time_ms,
        entry.sigmas,
        entry.farthest,
        entry.answer.status,
    ]
