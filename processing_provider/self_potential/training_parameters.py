"""The parameters and outputs of ``train_sp_network``."""

from qgis.core import QgsProcessingParameterFileDestination

from ..parameters import INTEGER, add_enum, add_number, add_number_outputs, add_report, add_seed
from .inversion_parameters import BACKGROUNDS

SUMMARY = (
    "<p>Trains a neural network that reads a self-potential profile and answers with place, depth and angle of "
    "the body; the strength follows in closed form. It learns from <b>synthetic</b> profiles drawn from the "
    "ranges below, and is as good as they fit the survey.</p><p><b>reference</b> repeats a published network "
    "(101-2-5-4, tanh, 5000 spheres, 150 epochs), whose two-unit layer loses most of the curve. <b>modern</b> is "
    "larger, never sees a profile twice, and states its own uncertainty.</p><p><b>Mind</b> that <i>Invert "
    "self-potential</i> needs no training, no ranges and no torch, and is as accurate as the noise allows. The "
    "report measures the network against that bound. Outside its ranges a network is wrong and sure of itself: "
    "<i>Invert with self-potential network</i> says when that is so.</p>"
)
RANGES = (  # parameter: (what, unit, ends in the reference study)
    ("X0", "place x0", "m", (50.0, 100.0)),
    ("DEPTH", "depth", "m", (7.0, 75.0)),
    ("ANGLE", "angle", "degrees", (260.0, 340.0)),
    ("K", "strength K", "mV m^(2q-1)", (70_000.0, 110_000.0)),
)


def define_parameters(tool):
    """Add everything ``train_sp_network`` takes and gives."""
    add_enum(
        tool,
        "PRESET",
        "Network",
        ("reference", "modern"),
        "modern",
        "reference: the published sizes and recipe. modern: 3 layers of 128 units, with uncertainty.",
    )
    add_enum(
        tool,
        "BODY",
        "Body",
        ("sphere", "horizontal_cylinder", "vertical_cylinder"),
        "sphere",
        "Shape of the source in the training profiles. The network can be used for no other.",
    )
    for name, what, unit, ends in RANGES:
        for end, label, value in zip(("MIN", "MAX"), ("Smallest", "Largest"), ends):
            text = f"End of the range of the {what} in the training profiles; the network is good for nothing beyond."
            if name == "ANGLE":
                text += " For a range across 0 let the end exceed 360, such as 300 to 420."
            add_number(tool, f"{end}_{name}", f"{label} {what} ({unit})", value, text)
    add_number(tool, "LENGTH", "Length of the profile (m)", 150.0, "Of the training profiles; others are scaled.", 1e-6)
    add_number(
        tool,
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
        tool, "NOISE_SD", "Noise (mV)", 10.0**0.5, "Standard deviation of the noise in the training profiles.", 0.0
    )
    add_enum(
        tool,
        "BACKGROUND",
        "Background",
        BACKGROUNDS,
        "none",
        "Regional trend in the training profiles, of random size.",
    )
    add_number(
        tool,
        "BUDGET",
        "Training time (s)",
        60.0,
        "Of the modern network, on one core of an ordinary computer; it buys a fixed number of steps. 10 s give a "
        "first impression, 60 s come within a few percent of the bound on the default ranges.",
        1.0,
    )
    add_enum(
        tool,
        "RECIPE",
        "Recipe of the reference network",
        ("gradient_descent", "levenberg_marquardt"),
        "gradient_descent",
        "gradient_descent: as published. levenberg_marquardt: the best that these sizes can do.",
        advanced=True,
    )
    add_seed(tool)
    tool.add(
        QgsProcessingParameterFileDestination("MODEL", "Model", "Fumarole model (*.npz)"),
        "For the tool Invert with self-potential network. Holds no code and needs no torch.",
    )
    add_report(tool)
    add_number_outputs(tool, (("MSE", "Mean squared error, parameters scaled from their ranges to 0..1"),))
