"""Levenberg-Marquardt on all weights of a small tanh network: far fewer, far better steps than gradient descent.

Worth it while the weights are a few hundred, for the normal matrix is solved whole. numpy alone. A layer is one
matrix (n_in + 1, n_out) whose last row is the biases; tanh stands between layers and the last one is linear.

References
----------
Hagan, M. T., and Menhaj, M. B. (1994). Training feedforward networks with the Marquardt algorithm. IEEE Transactions
on Neural Networks 5(6), 989-993.
"""

import numpy as np

from ..progress import silent

LARGEST_DAMPING = 1e10
SETTLED = 1e-6  #: relative fall of the error over ``PATIENCE`` iterations that ends the search
PATIENCE = 5


def minimise(layers, inputs, targets, n_iterations, progress=silent, message=""):
    """Return layers with a smaller mean squared error.

    Parameters
    ----------
    layers : list of ndarray (n_in + 1, n_out)
        From input to output.
    inputs : ndarray (n_rows, n_in)
    targets : ndarray (n_rows, n_out)
    n_iterations : int
        At most.
    progress : Progress
        Called at every iteration.

    Returns
    -------
    layers : list of ndarray
    error : float
        Mean squared error over rows and outputs.
    """
    error = mean_squared_error(layers, inputs, targets)
    damping, history = 1e-2, [error]
    for iteration in range(n_iterations):
        progress(iteration / n_iterations, message)
        normal, gradient = normal_equations(layers, inputs, targets)
        diagonal = np.diag(np.diag(normal) + 1e-9 * np.diag(normal).max())
        while damping < LARGEST_DAMPING:
            trial = _moved(layers, np.linalg.solve(normal + damping * diagonal, gradient))
            trial_error = mean_squared_error(trial, inputs, targets)
            if trial_error < error:
                break
            damping *= 4.0
        else:
            break
        layers, error, damping = trial, trial_error, max(damping / 5.0, 1e-10)
        history.append(error)
        if len(history) > PATIENCE and history[-1 - PATIENCE] - error < SETTLED * error:
            break
    return layers, error


def normal_equations(layers, inputs, targets):
    """Return ``J^T J`` and ``J^T r``, J being the derivatives of all outputs by all weights.

    The weights are in the order of the flattened layers.

    Notes
    -----
    The derivative of an output by a weight is what enters the weight times the sensitivity of the output to the unit
    behind it. So J itself, rows times outputs times weights, is never formed: each pair of units needs one small
    product of what enters them, weighted row by row.
    """
    entering, output = _forward(layers, inputs)
    sensitivity = _sensitivities(layers, entering)
    residual = targets - output
    starts = np.cumsum([0, *(layer.size for layer in layers)])
    normal, gradient = np.zeros((starts[-1], starts[-1])), np.zeros(starts[-1])
    for first, layer in enumerate(layers):
        rows = slice(starts[first], starts[first + 1])
        pull = np.einsum("ro,oru->ru", residual, sensitivity[first])
        gradient[rows] = (entering[first].T @ pull).ravel()
        for second in range(first, len(layers)):
            columns = slice(starts[second], starts[second + 1])
            block = np.empty((*layer.shape, *layers[second].shape))
            for unit in range(layer.shape[1]):
                for other in range(layers[second].shape[1]):
                    weight = np.sum(sensitivity[first][:, :, unit] * sensitivity[second][:, :, other], axis=0)
                    block[:, unit, :, other] = entering[first].T @ (weight[:, None] * entering[second])
            normal[rows, columns] = block.reshape(layer.size, -1)
            normal[columns, rows] = normal[rows, columns].T
    return normal, gradient


def mean_squared_error(layers, inputs, targets):
    """Return the mean over rows and outputs of the squared error."""
    return float(np.mean((targets - _forward(layers, inputs)[1]) ** 2))


def _forward(layers, inputs):
    """Return what enters each layer, with a column of ones for the biases, and the outputs."""
    entering, value = [], inputs
    for number, layer in enumerate(layers):
        state = np.tanh(value) if number else value
        entering.append(np.concatenate([state, np.ones((len(state), 1))], axis=1))
        value = entering[-1] @ layer
    return entering, value


def _sensitivities(layers, entering):
    """Return, per layer, the derivative (n_outputs, n_rows, n_units) of the outputs by what reaches its units."""
    n_outputs = layers[-1].shape[1]
    found = [np.broadcast_to(np.eye(n_outputs)[:, None, :], (n_outputs, len(entering[0]), n_outputs))]
    for layer, state in zip(layers[:0:-1], entering[:0:-1]):
        found.append((found[-1] @ layer[:-1].T) * (1.0 - state[:, :-1] ** 2))
    return found[::-1]


def _moved(layers, step):
    """Return the layers after a flat step."""
    starts = np.cumsum([layer.size for layer in layers])[:-1]
    return [layer + change.reshape(layer.shape) for layer, change in zip(layers, np.split(step, starts))]
