"""The tool ``train_sp_network``: a network that answers self-potential profiles."""

import time

from qgis.core import QgsProcessingParameterFileDestination

from ...algorithms.errors import DataError
from ..outputs import Outputs
from ..parameters import INTEGER, add_enum, add_number, add_number_outputs, add_report, add_seed
from ..run_context import run_context
from ..tool import Tool, progress_to
from .inversion_parameters import BACKGROUNDS

_RANGES = (  # parameter: (what, unit, ends in the reference study)
    ("X0", "place x0", "m", (50.0, 100.0)),
    ("DEPTH", "depth", "m", (7.0, 75.0)),
    ("ANGLE", "angle", "degrees", (260.0, 340.0)),
    ("K", "strength K", "mV m^(2q-1)", (70_000.0, 110_000.0)),
)


class TrainSpNetwork(Tool):
    """Trains a network on synthetic profiles drawn from stated ranges."""

    tool_id = "train_sp_network"
    title = "Train self-potential network"
    group_key = "self_potential"
    summary = (
        "<p>Trains a neural network that reads a self-potential profile and answers with place, depth and angle of "
        "the body; the strength follows in closed form. It learns from <b>synthetic</b> profiles drawn from the "
        "ranges below, and is as good as they fit the survey.</p><p><b>reference</b> repeats a published network "
        "(101-2-5-4, tanh, 5000 spheres, 150 epochs), whose two-unit layer loses most of the curve. <b>modern</b> is "
        "larger, never sees a profile twice, and states its own uncertainty.</p><p><b>Mind</b> that <i>Invert "
        "self-potential</i> needs no training, no ranges and no torch, and is as accurate as the noise allows. The "
        "report measures the network against that bound. Outside its ranges a network is wrong and sure of itself: "
        "<i>Invert with self-potential network</i> says when that is so.</p>"
    )
    keywords = ("self-potential", "sp", "neural network", "training", "deep learning", "mlp", "model")
    libraries = ("numpy", "scipy", "torch")

    def define(self):
        add_enum(
            self,
            "PRESET",
            "Network",
            ("reference", "modern"),
            "modern",
            "reference: the published sizes and recipe. modern: 3 layers of 128 units, with uncertainty.",
        )
        add_enum(
            self,
            "BODY",
            "Body",
            ("sphere", "horizontal_cylinder", "vertical_cylinder"),
            "sphere",
            "Shape of the source in the training profiles. The network can be used for no other.",
        )
        for name, what, unit, ends in _RANGES:
            for end, label, value in zip(("MIN", "MAX"), ("Smallest", "Largest"), ends):
                text = (
                    f"End of the range of the {what} in the training profiles; the network is good for nothing beyond."
                )
                if name == "ANGLE":
                    text += " For a range across 0 let the end exceed 360, such as 300 to 420."
                add_number(self, f"{end}_{name}", f"{label} {what} ({unit})", value, text)
        add_number(
            self, "LENGTH", "Length of the profile (m)", 150.0, "Of the training profiles; others are scaled.", 1e-6
        )
        add_number(
            self,
            "STATIONS",
            "Number of stations",
            101,
            "Evenly spaced. A profile with more stations is averaged, one with fewer or uneven stations is "
            "interpolated.",
            8,
            10_000,
            INTEGER,
        )
        add_number(
            self, "NOISE_SD", "Noise (mV)", 10.0**0.5, "Standard deviation of the noise in the training profiles.", 0.0
        )
        add_enum(
            self,
            "BACKGROUND",
            "Background",
            BACKGROUNDS,
            "none",
            "Regional trend in the training profiles, of random size.",
        )
        add_number(
            self,
            "BUDGET",
            "Training time (s)",
            60.0,
            "Of the modern network, on one core of an ordinary computer; it buys a fixed number of steps. 10 s give a "
            "first impression, 60 s come within a few percent of the bound on the default ranges.",
            1.0,
        )
        add_enum(
            self,
            "RECIPE",
            "Recipe of the reference network",
            ("gradient_descent", "levenberg_marquardt"),
            "gradient_descent",
            "gradient_descent: as published. levenberg_marquardt: the best that these sizes can do.",
            advanced=True,
        )
        add_seed(self)
        self.add(
            QgsProcessingParameterFileDestination("MODEL", "Model", "Fumarole model (*.npz)"),
            "For the tool Invert with self-potential network. Holds no code and needs no torch.",
        )
        add_report(self)
        add_number_outputs(self, (("MSE", "Mean squared error, parameters scaled from their ranges to 0..1"),))

    def checkParameterValues(self, parameters, context):  # noqa: N802
        for name, what, _, _ in _RANGES:
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
                *(f"{end}_{name}" for name, *_ in _RANGES for end in ("MIN", "MAX")),
                "LENGTH",
                "NOISE_SD",
                "BUDGET",
            )
        }
        chosen = {
            name: self.parameterAsEnumString(parameters, name, context)
            for name in ("PRESET", "BODY", "BACKGROUND", "RECIPE")
        }
        ranges = ((number[f"MIN_{name}"], number[f"MAX_{name}"]) for name, *_ in _RANGES)
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
