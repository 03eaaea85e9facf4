"""The tool ``invert_sp_network``: the buried bodies under self-potential profiles, by a trained network."""

import time

from ..parameters import add_boolean
from ..tool import Tool, progress_to
from .inversion_parameters import add_outputs
from .inversion_run import lines_in_detail, require_answers, write
from .network_input import add_network_input, read_network_input


class InvertSpNetwork(Tool):
    """Applies a trained network; needs no torch."""

    tool_id = "invert_sp_network"
    title = "Invert with self-potential network"
    group_key = "self_potential"
    summary = (
        "<p>Answers self-potential profiles with a network that <i>Train self-potential network</i> wrote, and "
        "checks each answer by least squares. Needs no torch.</p><p><b>With the polish</b> least squares goes on "
        "from the network's answer, and its result and uncertainty are written; without it they are the network's "
        "own.</p><p><b>Mind</b> the field <i>status</i>: it says when a profile or an answer is outside what the "
        "network was trained on, when the misfit is more than 1.1 times that of least squares, and when the two "
        "differ by more than three of the network's standard deviations. There the network must not be trusted.</p>"
    )
    keywords = ("self-potential", "sp", "inversion", "neural network", "deep learning", "mlp", "apply", "predict")
    libraries = ("numpy", "scipy")

    def define(self):
        add_network_input(self)
        add_boolean(
            self,
            "POLISH",
            "Polish by least squares",
            True,
            "Least squares goes on from the network's answer: as accurate as the noise allows, where the network "
            "was right enough to start from.",
        )
        add_outputs(self)

    def work(self, parameters, context, feedback):
        from ...ui.reports.self_potential import REFERENCES, self_potential_report
        from ...ui.reports.sp_network_sections import quality_section, training_section
        from ...ui.reports.sp_references import NIX_1994
        from .line_inversion import Settings, in_detail
        from .network_inversion import invert

        started = time.monotonic()
        model, background, survey = read_network_input(self, parameters, context, feedback)
        reading = time.monotonic() - started
        polish = self.parameterAsBoolean(parameters, "POLISH", context)
        answers = invert(survey.profiles, model, background, polish, progress_to(feedback, 0.2, 0.8))
        require_answers(answers)
        seconds = {"reading": reading, "inverting": time.monotonic() - started - reading}
        settings = Settings(model.setup.shape, background, False, 1, "covariance", 0)

        def report(names, answers, survey_map, about):
            detailed = lines_in_detail(answers)
            for position in detailed:
                answers[position] = in_detail(answers[position], settings, survey.profiles)
            about_network = (training_section(model.setup), quality_section(model.card))
            references = (*REFERENCES, NIX_1994)
            return self_potential_report(names, answers, detailed, survey_map, about, references, about_network)

        return write(self, parameters, context, feedback, survey, answers, report, started, seconds)
