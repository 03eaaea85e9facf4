"""The tool ``invert_sp``: the buried bodies under self-potential profiles."""

import time

from ..parameters import INTEGER, add_boolean, add_enum, add_number, add_seed
from ..tool import Tool, progress_to
from .inversion_parameters import add_background, add_outputs, add_stations
from .inversion_run import lines_in_detail, read_stations, require_answers, write

_BOUNDS = (
    ("MIN_X0", "Smallest place (m)"),
    ("MAX_X0", "Largest place (m)"),
    ("MIN_DEPTH", "Smallest depth (m)"),
    ("MAX_DEPTH", "Largest depth (m)"),
)
_BOUND_HELP = (
    "Bodies are looked for only between these bounds. Empty: a quarter of the line's length beyond its ends, and "
    "from one station spacing to the line's length in depth."
)
_BODIES = ("sphere", "horizontal_cylinder", "vertical_cylinder", "sheet", "auto")


class InvertSp(Tool):
    """Inverts self-potential profiles by variable projection."""

    tool_id = "invert_sp"
    title = "Invert self-potential"
    group_key = "self_potential"
    summary = (
        "<p>Finds place, depth, polarisation and strength of the buried body under each self-potential profile, with "
        "its uncertainty, and puts it onto the map.</p><p>No start value is needed: polarisation and background are "
        "linear in the curve, so that only place and depth are searched, over the whole profile (variable "
        "projection, Golub and Pereyra 1973). Thousands of lines take seconds.</p><p><b>Angles</b> count from +x, "
        "where the distance grows; 270 degrees gives a positive peak. The field <i>azimuth</i> says where +x points "
        "on the map.</p><p><b>Mind</b> that the depth depends on the shape assumed: <i>auto</i> tries all four and "
        "reports how probable each is. The field <i>status</i> and the report say when the profile does not "
        "determine the answer.</p>"
    )
    keywords = ("self-potential", "sp", "inversion", "least squares", "depth", "sphere", "cylinder", "sheet", "dipole")
    libraries = ("numpy", "scipy")

    def define(self):
        add_stations(self)
        add_enum(
            self,
            "BODY",
            "Body",
            _BODIES,
            "sphere",
            "Shape of the source. auto: for each line the most probable of all four, by the Bayesian information "
            "criterion.",
        )
        add_background(self)
        add_boolean(
            self,
            "ROBUST",
            "Robust against wrong stations",
            True,
            "Single wrong stations hardly count (Cauchy loss). Without it every residual counts with its square.",
        )
        add_number(self, "BODIES", "Number of bodies", 1, "1 to 3 per line, of the same shape.", 1, 3, INTEGER)
        add_enum(
            self,
            "UNCERTAINTY",
            "Uncertainty",
            ("covariance", "grid", "bootstrap"),
            "covariance",
            "covariance: linearised at the answer, at once. grid: probability over place and depth, right also "
            "where the problem bends (one sphere or cylinder). bootstrap: from repeated fits with blocks of the "
            "residuals, for noise that goes on over several stations; slow for many lines.",
        )
        add_seed(self)
        for name, label in _BOUNDS:
            add_number(self, name, label, None, _BOUND_HELP, advanced=True)
        add_outputs(self)

    def checkParameterValues(self, parameters, context):  # noqa: N802
        for low, high in (("MIN_X0", "MAX_X0"), ("MIN_DEPTH", "MAX_DEPTH")):
            given = [parameters.get(name) is not None for name in (low, high)]
            ends = [self.parameterAsDouble(parameters, name, context) for name in (low, high)]
            if all(given) and ends[0] >= ends[1] or (given[1] and high == "MAX_DEPTH" and ends[1] <= 0):
                names = " and ".join(self.parameterDefinition(name).description() for name in (low, high))
                return False, f"{names} leave no room between them: the smaller must lie below the larger."
        return super().checkParameterValues(parameters, context)

    def work(self, parameters, context, feedback):
        from ...ui.reports.self_potential import self_potential_report
        from .line_inversion import Settings, check, in_detail, invert

        started = time.monotonic()
        low_x0, high_x0, low_depth, high_depth = (
            self.parameterAsDouble(parameters, name, context) if parameters.get(name) is not None else None
            for name, _ in _BOUNDS
        )
        settings = Settings(
            shape=self.parameterAsEnumString(parameters, "BODY", context),
            background=self.parameterAsEnumString(parameters, "BACKGROUND", context),
            robust=self.parameterAsBoolean(parameters, "ROBUST", context),
            n_bodies=self.parameterAsInt(parameters, "BODIES", context),
            uncertainty=self.parameterAsEnumString(parameters, "UNCERTAINTY", context),
            seed=self.parameterAsInt(parameters, "SEED", context),
            x0_m=(low_x0, high_x0),
            depth_m=(low_depth, high_depth),
        )
        check(settings)
        survey = read_stations(self, parameters, context, feedback)
        reading = time.monotonic() - started
        answers = invert(survey.profiles, settings, progress_to(feedback, 0.2, 0.8))
        require_answers(answers)
        seconds = {"reading": reading, "inverting": time.monotonic() - started - reading}

        def report(names, answers, survey_map, about):
            detailed = lines_in_detail(answers)
            for position in detailed:
                answers[position] = in_detail(answers[position], settings, survey.profiles)
            return self_potential_report(names, answers, detailed, survey_map, about)

        return write(self, parameters, context, feedback, survey, answers, report, started, seconds)
