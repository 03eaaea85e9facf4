"""The two networks: what each one reads, how many units it has, and what its outputs mean. numpy alone.

``reference`` is the network of the published study; ``modern`` reads the shape of the curve apart from its size and
states how sure it is. Both work on a profile scaled to unit length.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..networks import dense_stack_numpy, silu_numpy

NAME = "net"  #: prefix of the arrays
LOG_SIGMA_RANGE = (-9.0, 3.0)  #: of what a network may state: no answer is worth more, or less


class Estimate(NamedTuple):
    """What a network says of each profile (n,), in units of the profile's length.

    ``sigma`` (n, 3) are standard deviations of ``place``, ``log depth`` and the angle in radians, up to the factor
    that calibration finds.
    """

    place: np.ndarray
    depth: np.ndarray
    angle: np.ndarray
    sigma: np.ndarray


class Trained(NamedTuple):
    """What a training returns.

    ``recipe`` goes into the model card. ``merit`` holds ``mse``, ``mse_of_mean`` and ``mse_scaling`` where the recipe
    leaves out profiles of its own to measure them on, and is empty otherwise.
    """

    network: object
    arrays: dict
    recipe: dict
    merit: dict


@dataclass(frozen=True)
class ReferenceNetwork:
    """101-2-5-4, tanh: four parameters, each scaled from its training range to 0..1.

    Attributes
    ----------
    scaling : ndarray (2,)
        Mean and standard deviation of all training values, mV.
    low, high : ndarray (4,)
        Training ranges of x0 and depth over the length, of the angle in radians and of the scaled moment.
    """

    scaling: np.ndarray
    low: np.ndarray
    high: np.ndarray

    extra_inputs = 0
    hidden = (2, 5)
    n_outputs = 4
    activation = staticmethod(np.tanh)

    def inputs(self, values):
        """Return the inputs (n, n_places) of profiles in mV."""
        return (values - self.scaling[0]) / self.scaling[1]

    def targets(self, relative):
        """Return the targets (n, 4), 0 to 1, of parameters as :func:`.training_data.relative` gives them."""
        return (relative - self.low) / (self.high - self.low)

    def estimate(self, outputs):
        """Return what outputs (n, 4) mean; the moment is left to the closed form."""
        place, depth, angle, _ = (self.low + outputs * (self.high - self.low)).T
        # nothing keeps a linear output above ground
        return Estimate(place, np.maximum(depth, 0.1 * self.low[1]), angle, np.ones((len(outputs), 3)))


@dataclass(frozen=True)
class ModernNetwork:
    """3 x 128, SiLU: place, log depth and direction with their standard deviations.

    Attributes
    ----------
    scaling : ndarray (2,)
        Means over the training profiles of the logarithm of the largest absolute value in mV, and of log depth.
    """

    scaling: np.ndarray

    extra_inputs = 1
    hidden = (128, 128, 128)
    n_outputs = 7
    activation = staticmethod(silu_numpy)

    def inputs(self, values):
        """Return the inputs (n, n_places + 1): ``V / max|V|`` and ``log max|V|``."""
        largest = np.maximum(np.abs(values).max(axis=1, keepdims=True), np.finfo(np.float32).tiny)
        size = np.log(largest) - self.scaling[0].astype(values.dtype)
        return np.concatenate([values / largest, size], axis=1)

    def targets(self, relative):
        """Return ``x0/L - 0.5``, centred ``log h/L``, ``cos a`` and ``sin a`` (n, 4)."""
        place, depth, angle, _ = relative.T
        return np.stack([place - 0.5, np.log(depth) - self.scaling[1], np.cos(angle), np.sin(angle)], axis=-1)

    def estimate(self, outputs):
        """Return what outputs (n, 7) mean: the four targets and the logarithms of three standard deviations."""
        place, log_depth, cosine, sine = outputs[:, :4].T
        sigma = np.exp(np.clip(outputs[:, 4:], *LOG_SIGMA_RANGE))
        return Estimate(place + 0.5, np.exp(log_depth + self.scaling[1]), np.arctan2(sine, cosine), sigma)


PRESETS = {"reference": ReferenceNetwork, "modern": ModernNetwork}


def sizes(network, n_places):
    """Return the number of units of each layer, inputs and outputs included."""
    return (n_places + network.extra_inputs, *network.hidden, network.n_outputs)


def shapes(network, n_places):
    """Return the shape of every array of weights and biases, by name."""
    units = sizes(network, n_places)
    found = {}
    for layer, (n_in, n_out) in enumerate(zip(units[:-1], units[1:])):
        found[f"{NAME}.{layer}.weight"] = (1, n_in, n_out)
        found[f"{NAME}.{layer}.bias"] = (1, 1, n_out)
    return found


def outputs(network, arrays, values):
    """Return the outputs (n, n_outputs) for profiles (n, n_places) in mV."""
    inputs = network.inputs(values)[None]
    return dense_stack_numpy(inputs, arrays, NAME, len(network.hidden) + 1, network.activation)[0]
