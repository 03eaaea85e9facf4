"""Training of the modern network on profiles that are drawn as they are needed, so none is seen twice."""

import numpy as np

from ..errors import DataError
from ..networks import Adam, StackedParameters, dense_arrays, dense_stack, member_generators, torch_threads, train
from ..progress import silent
from .network_presets import LOG_SIGMA_RANGE, NAME, ModernNetwork, Trained, sizes
from .training_data import profiles, relative, uniform_parameters

BATCH = 256
LEARNING_RATE = 4e-3
STEPS_PER_SECOND = 300  #: by which a budget becomes a number of steps, the same on every machine
SMALLEST_BUDGET_S = 1.0
N_SCALING = 2000  #: profiles from which the scaling of the inputs is found


def n_steps(budget_s):
    """Return the number of training steps that a budget in seconds buys; raises DataError when it is too small.

    A clock would make the network depend on what else the machine does. The steps are fixed instead, at the pace of
    one core of an ordinary computer: the time it really takes differs, the network does not.
    """
    if not budget_s >= SMALLEST_BUDGET_S:
        raise DataError(
            f"A training budget of {budget_s:g} s is too small to learn anything: give at least "
            f"{SMALLEST_BUDGET_S:g} s; 60 s is a good start."
        )
    return int(round(budget_s * STEPS_PER_SECOND))


def train_modern(setup, seed, budget_s, progress=silent):
    """Train the modern network.

    Parameters
    ----------
    setup : TrainingSetup
    seed : int
    budget_s : float
        See :func:`n_steps`.
    progress : Progress

    Returns
    -------
    Trained

    Notes
    -----
    The loss is the negative logarithm of a Gaussian likelihood with standard deviations that the network states
    itself: of place, of log depth and of the angle. The cosine and the sine of the angle share the latter, for an
    error of the angle moves both along the unit circle by its size.

    References
    ----------
    Nix, D. A., and Weigend, A. S. (1994). Estimating the mean and variance of the target probability distribution.
    Proceedings of the IEEE International Conference on Neural Networks 1, 55-60.
    """
    import torch

    steps = n_steps(budget_s)
    (rng,) = generators = member_generators(seed, 1)
    network = ModernNetwork(_scaling(setup, np.random.default_rng([seed, 1])))
    units = sizes(network, setup.n_places)
    parameters = StackedParameters(dense_arrays(NAME, units, generators))

    def loss(step):
        drawn = uniform_parameters(setup, BATCH, rng)
        inputs = network.inputs(profiles(setup, drawn, rng, np.float32))
        targets = network.targets(relative(setup, drawn)).astype(np.float32)
        output = dense_stack(
            torch.from_numpy(inputs)[None], parameters.tensors, NAME, len(units) - 1, torch.nn.functional.silu
        )
        return likelihood_loss(output, torch.from_numpy(targets)).mean(dim=(1, 2))

    with torch_threads(1):
        train(parameters, Adam(parameters, LEARNING_RATE), loss, steps, progress, "Training the modern network")
    recipe = {
        "name": "adam",
        "n_steps": steps,
        "batch": BATCH,
        "budget_s": float(budget_s),
        "steps_per_second": STEPS_PER_SECOND,
    }
    return Trained(network, parameters.arrays(), recipe, {})


def likelihood_loss(output, targets):
    """Return the loss (..., n, 3) of place, log depth and angle, for outputs (..., n, 7) and targets (n, 4)."""
    import torch

    log_sigma = output[..., 4:].clamp(*LOG_SIGMA_RANGE)
    square = (output[..., :4] - targets).square()
    square = torch.cat([square[..., :2], square[..., 2:].sum(dim=-1, keepdim=True)], dim=-1)
    return log_sigma + 0.5 * square * torch.exp(-2.0 * log_sigma)


def _scaling(setup, rng):
    drawn = uniform_parameters(setup, N_SCALING, rng)
    largest = np.abs(profiles(setup, drawn, rng)).max(axis=1)
    return np.array([np.log(largest).mean(), np.log(relative(setup, drawn)[:, 1]).mean()])
