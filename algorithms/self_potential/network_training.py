"""Training of a network for self-potential profiles, from its setup to a calibrated model with its quality."""

from dataclasses import replace

import numpy as np

from .. import model_file
from ..errors import DataError
from ..progress import part, silent
from .bodies import PARAMETERS, moment_unit
from .network import SpNetwork
from .network_modern import train_modern
from .network_presets import PRESETS
from .network_quality import calibrated, largest_values, quality
from .network_reference import GRADIENT_DESCENT, RECIPES, train_reference
from .training_data import check

TRAINING_PART = 0.9  #: of the progress; the rest is calibration and quality


def train_network(preset, setup, seed=42, budget_s=60.0, recipe=GRADIENT_DESCENT, progress=silent):
    """Train a network on synthetic profiles.

    Parameters
    ----------
    preset : str
        ``reference`` (the published sizes and recipe) or ``modern`` (states its own uncertainty).
    setup : TrainingSetup
        Body, ranges, stations and noise of the training profiles.
    seed : int
        The same seed gives the same network.
    budget_s : float
        Of ``modern``: training time on one core of an ordinary computer, s. It buys a fixed number of steps.
    recipe : str
        Of ``reference``: one of ``network_reference.RECIPES``.
    progress : Progress
        Called at every step.

    Returns
    -------
    SpNetwork
        Its card holds the setup, the seed, versions and the quality figures of :func:`.network_quality.quality`.

    Raises
    ------
    DataError
        The setup makes no sense, the budget is too small or an option is not known.
    Cancelled
        By ``progress``.
    """
    if preset not in PRESETS:
        raise DataError(f"Preset '{preset}' is not known: choose one of {', '.join(PRESETS)}.")
    if recipe not in RECIPES:
        raise DataError(f"Recipe '{recipe}' is not known: choose one of {', '.join(RECIPES)}.")
    check(setup)
    share = part(progress, 0.0, TRAINING_PART)
    if preset == "reference":
        trained = train_reference(setup, seed, recipe, progress=share)
    else:
        trained = train_modern(setup, seed, budget_s, share)
    progress(TRAINING_PART, "Measuring the network on fresh profiles")
    card = {
        "preset": preset,
        "seed": seed,
        "recipe": trained.recipe,
        "parameters": list(PARAMETERS),
        "units": ["m", "m", "degrees", moment_unit(setup.shape)],
    }
    model = SpNetwork(setup, trained.network, trained.arrays, np.ones(4), largest_values(setup, seed), card)
    model = calibrated(model, seed)
    progress(0.95, "")
    card = {**card, "quality": {**quality(model, seed), **trained.merit}, "versions": model_file.software_versions()}
    progress(1.0, "")
    return replace(model, card=card)
