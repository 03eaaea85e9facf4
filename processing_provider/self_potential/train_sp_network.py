"""The tool ``train_sp_network``: a network that answers self-potential profiles."""

import time

from ...algorithms.errors import DataError
from ..outputs import Outputs
from ..run_context import run_context
from ..tool import Tool, progress_to
from .training_parameters import RANGES, SUMMARY, define_parameters


class TrainSpNetwork(Tool):
    """Trains a network on synthetic profiles drawn from stated ranges."""

    tool_id = "train_sp_network"
    title = "Train self-potential network"
    group_key = "self_potential"
    summary = SUMMARY
    keywords = ("self-potential", "sp", "neural network", "training", "deep learning", "mlp", "model")
    libraries = ("numpy", "scipy", "torch")

    def define(self):
        define_parameters(self)

    def checkParameterValues(self, parameters, context):  # noqa: N802
        for name, what, _, _ in RANGES:
            low, high = (self.parameterAsDouble(parameters, f"{end}_{name}", context) for end in ("MIN", "MAX"))
            if low >= high:
                return (
                    False,
                    f"The range of the {what} runs from {low:g} to {high:g}: its end must lie above its start.",
                )
        return super().checkParameterValues(parameters, context)

    def work(self, parameters, context, feedback):
        from ...algorithms.self_potential.network_training import train_network
        from ...algorithms.self_potential.training_data import TrainingSetup
        from ...ui.reports.sp_network import network_report

        started = time.monotonic()
        number = {
            name: self.parameterAsDouble(parameters, name, context)
            for name in (
                *(f"{end}_{name}" for name, *_ in RANGES for end in ("MIN", "MAX")),
                "LENGTH",
                "NOISE_SD",
                "BUDGET",
            )
        }
        chosen = {
            name: self.parameterAsEnumString(parameters, name, context)
            for name in ("PRESET", "BODY", "BACKGROUND", "RECIPE")
        }
        ranges = ((number[f"MIN_{name}"], number[f"MAX_{name}"]) for name, *_ in RANGES)
        setup = TrainingSetup(
            chosen["BODY"],
            chosen["BACKGROUND"],
            number["LENGTH"],
            self.parameterAsInt(parameters, "STATIONS", context),
            number["NOISE_SD"],
            *ranges,
        )
        model = train_network(
            chosen["PRESET"],
            setup,
            self.parameterAsInt(parameters, "SEED", context),
            number["BUDGET"],
            chosen["RECIPE"],
            progress_to(feedback, 0.0, 0.95),
        )
        quality = model.card["quality"]
        feedback.pushInfo(
            f"Mean squared error {quality['mse']:.4f} ({quality['mse_scaling']}); always answering the mean gives "
            f"{quality['mse_of_mean']:.4f}."
        )
        with Outputs(self, parameters, context, feedback) as outputs:
            if not outputs.file("MODEL", model.save):
                raise DataError("Choose a file for the model.")
            about = run_context(self, parameters, context, started, input_name="Synthetic profiles", crs="-")
            outputs.file(
                "REPORT", lambda path: path.write_text(network_report(model.card, setup, about), encoding="utf-8")
            )
        return {**outputs.results, "MSE": quality["mse"]}
