"""Training of the reference network: 5000 profiles of one grid, by gradient descent or by Levenberg-Marquardt."""

import numpy as np

from ..networks import (
    GradientDescent,
    StackedParameters,
    constant,
    dense_arrays,
    dense_stack,
    member_generators,
    row_batches,
    torch_threads,
    train,
)
from ..progress import part, silent
from .levenberg_marquardt import minimise
from .network_presets import NAME, ReferenceNetwork, Trained, outputs, sizes
from .training_data import grid_parameters, profiles, relative

N_PROFILES = 5000
TRAINING_SHARE = 0.8
N_EPOCHS = 150
BATCH = 32
LEARNING_RATE = 0.1
N_STARTS = 8  #: of Levenberg-Marquardt, of which the best is taken to the end
N_SCREENING = 40  #: iterations of every start
SCREENING_PART = 0.75  #: of the progress
GRADIENT_DESCENT, LEVENBERG_MARQUARDT = "gradient_descent", "levenberg_marquardt"
RECIPES = (GRADIENT_DESCENT, LEVENBERG_MARQUARDT)


def train_reference(setup, seed, recipe=GRADIENT_DESCENT, n_epochs=N_EPOCHS, progress=silent):
    """Train the reference network.

    Parameters
    ----------
    setup : TrainingSetup
    seed : int
    recipe : str
        One of ``RECIPES``. Gradient descent is the published one; Levenberg-Marquardt takes ``n_epochs``
        iterations, in each of which it sees all profiles, too.
    n_epochs : int
    progress : Progress

    Returns
    -------
    Trained
        Its merit is that of the network's four outputs on the profiles left out of the training, beside that of
        answering the training mean there.

    Notes
    -----
    The profiles left out share the nodes of the grid with those learned from, but not the noise.
    """
    rng = np.random.default_rng([seed, 1])
    parameters = grid_parameters(setup, N_PROFILES, rng)
    values = profiles(setup, parameters, rng)
    order = rng.permutation(N_PROFILES)
    learned, left_out = np.split(order, [int(TRAINING_SHARE * N_PROFILES)])
    low, high = relative(setup, np.stack([setup.low, setup.high]))
    network = ReferenceNetwork(np.array([values[learned].mean(), values[learned].std()]), low, high)
    targets = network.targets(relative(setup, parameters))
    fit = _by_gradient_descent if recipe == GRADIENT_DESCENT else _by_levenberg_marquardt
    arrays = fit(network, values[learned], targets[learned], seed, n_epochs, progress)
    error = np.mean((outputs(network, arrays, values[left_out]) - targets[left_out]) ** 2)
    baseline = np.mean((targets[learned].mean(axis=0) - targets[left_out]) ** 2)
    merit = {
        "mse": float(error),
        "mse_of_mean": float(baseline),
        "mse_scaling": "x0, depth, angle and K, each scaled from its range to 0..1, mean over the four and over "
        f"{len(left_out)} profiles left out of the training",
    }
    return Trained(network, arrays, {"name": recipe, "n_profiles": N_PROFILES, "n_epochs": n_epochs}, merit)


def _by_gradient_descent(network, values, targets, seed, n_epochs, progress):
    import torch

    generators = member_generators(seed, 1)
    units = sizes(network, values.shape[1])
    parameters = StackedParameters(dense_arrays(NAME, units, generators))
    inputs = torch.from_numpy(network.inputs(values).astype(np.float32))
    aims = torch.from_numpy(targets.astype(np.float32))
    batches = row_batches(len(values), BATCH, generators)

    def loss(step):
        rows = torch.from_numpy(next(batches))
        output = dense_stack(inputs[rows], parameters.tensors, NAME, len(units) - 1, torch.tanh)
        return (output - aims[rows]).square().mean(dim=(1, 2))

    n_steps = n_epochs * (len(values) // BATCH)
    with torch_threads(1):
        train(
            parameters,
            GradientDescent(parameters, LEARNING_RATE),
            loss,
            n_steps,
            progress,
            "Training the reference network",
            constant,
        )
    return parameters.arrays()


def _by_levenberg_marquardt(network, values, targets, seed, n_epochs, progress):
    inputs, units = network.inputs(values), sizes(network, values.shape[1])
    drawn = dense_arrays(NAME, units, member_generators(seed, N_STARTS))
    numbers = range(len(units) - 1)
    message = "Training the reference network by Levenberg-Marquardt"
    screening = min(N_SCREENING, n_epochs)
    best, lowest = None, np.inf
    for start in range(N_STARTS):
        weights = [drawn[f"{NAME}.{layer}.weight"][start] for layer in numbers]
        biases = [drawn[f"{NAME}.{layer}.bias"][start] for layer in numbers]
        layers = [np.concatenate(pair) for pair in zip(weights, biases)]
        share = part(progress, SCREENING_PART * start / N_STARTS, SCREENING_PART * (start + 1) / N_STARTS)
        layers, error = minimise(layers, inputs, targets, screening, share, message)
        if error < lowest:
            best, lowest = layers, error
    best, _ = minimise(best, inputs, targets, n_epochs - screening, part(progress, SCREENING_PART, 1.0), message)
    weights = {f"{NAME}.{layer}.weight": best[layer][None, :-1] for layer in numbers}
    return {**weights, **{f"{NAME}.{layer}.bias": best[layer][None, -1:] for layer in numbers}}
