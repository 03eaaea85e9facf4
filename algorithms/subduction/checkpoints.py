"""Published networks, read from PyTorch checkpoints without running any code that they may hold."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import ModelFileError
from ..networks import dense_stack_numpy, relu_numpy

NAME = "net"  #: prefix of the arrays


@dataclass(frozen=True, eq=False)
class PublishedNetwork:
    """A dense rectifier network read from a checkpoint.

    Attributes
    ----------
    arrays : dict of str to ndarray
        ``net.<layer>.weight`` ``(1, n_in, n_out)`` and ``net.<layer>.bias`` ``(1, 1, n_out)``.
    n_layers : int
    """

    arrays: dict
    n_layers: int

    @property
    def n_features(self):
        """Number of inputs."""
        return self.arrays[f"{NAME}.0.weight"].shape[1]

    @property
    def n_classes(self):
        """Number of outputs."""
        return self.arrays[f"{NAME}.{self.n_layers - 1}.weight"].shape[2]

    def outputs(self, inputs):
        """Return the outputs ``(n_rows, n_classes)`` for preprocessed features ``(n_rows, n_features)``."""
        return dense_stack_numpy(inputs[np.newaxis], self.arrays, NAME, self.n_layers, relu_numpy)[0]


def read_checkpoint(path):
    """Read a state dict of linear layers; the sizes follow from its tensors.

    Parameters
    ----------
    path : str or Path
        A file of ``torch.save(network.state_dict(), path)``: weight and bias of every layer, in order.

    Raises
    ------
    ModelFileError
        If the file is missing or damaged, holds anything but tensors, or its layers do not follow each other.
    """
    import torch

    name = Path(path).name
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file can fail in any way, and all of them mean the same to the reader
        raise ModelFileError(
            f"'{name}' is not a checkpoint that can be read safely ({type(error).__name__}): it is missing, damaged, "
            "or holds more than weights. Choose a file that holds the state dict of a network only."
        ) from error
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ModelFileError(f"'{name}' holds no state dict of a network. Choose a file with weights and biases only.")
    tensors = [(key, value.detach().numpy().astype(np.float64)) for key, value in state.items()]
    arrays, n_before = {}, None
    for layer, ((key, weight), (bias_key, bias)) in enumerate(zip(tensors[::2], tensors[1::2])):
        fits = weight.ndim == 2 and bias.shape == weight.shape[:1] and n_before in (None, weight.shape[1])
        if not fits or bias_key != re.sub("weight$", "bias", key):
            raise ModelFileError(f"'{name}' is no chain of linear layers: '{key}' and '{bias_key}' do not fit.")
        arrays[f"{NAME}.{layer}.weight"] = weight.T[np.newaxis]
        arrays[f"{NAME}.{layer}.bias"] = bias[np.newaxis, np.newaxis]
        n_before = len(bias)
    if not tensors or len(tensors) % 2:
        raise ModelFileError(f"'{name}' is no chain of linear layers: every layer needs a weight and a bias.")
    return PublishedNetwork(arrays, len(tensors) // 2)


def published_inputs(values):
    """Return the features as the published networks expect them: Yeo-Johnson, standardised, over all given rows.

    ``values`` are the complete segments ``(n_segments, n_features)`` of the study, tested ones included.
    """
    from sklearn.preprocessing import PowerTransformer

    return PowerTransformer(method="yeo-johnson", standardize=True).fit_transform(values)


def published_classes(filled_magnitude, quantiles=(0.33, 0.65)):
    """Return the classes of the study: magnitudes spread evenly over 0..1 and cut at ``quantiles``.

    The classes depend on all segments. Use fixed bounds for anything but comparing with the published figures.
    """
    from sklearn.preprocessing import QuantileTransformer

    column = filled_magnitude[:, np.newaxis]
    even = QuantileTransformer(n_quantiles=len(column)).fit_transform(column)[:, 0]
    return np.searchsorted(quantiles, even, side="right")
