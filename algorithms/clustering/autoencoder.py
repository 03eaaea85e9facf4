"""Autoencoders of a diverse ensemble: free ones, and ones anchored to the principal components.

A *free* member is the encoder d-64-32-l with the mirrored decoder of Xie et al. (2016), scaled down to
tables. An *anchored* member adds a linear skip around encoder and decoder, initialised by PCA: its latent
space starts as the principal components and bends only as far as the data ask. The two kinds make
different mistakes, which is what a consensus needs.
"""

import numpy as np

from ..networks import (
    Adam,
    StackedParameters,
    dense_arrays,
    dense_stack,
    dense_stack_numpy,
    member_generators,
    relu_numpy,
    row_batches,
    train,
)
from ..progress import silent

HIDDEN = (64, 32)
MAX_LATENT = 10
_LAYERS = len(HIDDEN) + 1
_ANCHORED_START = 0.1  # scale of the non-linear part's last layers at the start of an anchored member
_CHUNK = 8192  # rows encoded at once


def latent_size(n_features):
    """Number of latent dimensions for ``n_features`` features."""
    return min(MAX_LATENT, n_features)


def initial_arrays(features, n_free, n_anchored, seed):
    """Return the untrained arrays of ``n_free`` free members followed by ``n_anchored`` anchored ones.

    Parameters
    ----------
    features : ndarray (n_samples, n_features)
        Preprocessed features, roughly centred.
    n_free, n_anchored, seed : int

    Returns
    -------
    dict of str to ndarray
        Dense stacks ``encoder`` and ``decoder``, the skips ``skip.encoder`` ``(M, d, l)`` and
        ``skip.decoder`` ``(M, l, d)`` (zero for free members).
    """
    n_features = features.shape[1]
    n_latent = latent_size(n_features)
    n_members = n_free + n_anchored
    generators = member_generators(seed, n_members)
    arrays = dense_arrays("encoder", (n_features, *HIDDEN, n_latent), generators)
    arrays.update(dense_arrays("decoder", (n_latent, *HIDDEN[::-1], n_features), generators))
    components = _principal_components(features, n_latent)
    anchored = is_anchored(n_free, n_anchored)
    arrays["skip.encoder"] = anchored * np.repeat(components.T[None], n_members, axis=0)
    arrays["skip.decoder"] = anchored * np.repeat(components[None], n_members, axis=0)
    shrink = np.where(anchored, _ANCHORED_START, 1.0)
    for stack in ("encoder", "decoder"):
        arrays[f"{stack}.{_LAYERS - 1}.weight"] = arrays[f"{stack}.{_LAYERS - 1}.weight"] * shrink
    return arrays


def encoder_shapes(n_members, n_features):
    """Return the shape of every array that encoding needs, by name."""
    sizes = (n_features, *HIDDEN, latent_size(n_features))
    shapes = {"skip.encoder": (n_members, n_features, sizes[-1])}
    for layer, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:])):
        shapes[f"encoder.{layer}.weight"] = (n_members, n_in, n_out)
        shapes[f"encoder.{layer}.bias"] = (n_members, 1, n_out)
    return shapes


def is_anchored(n_free, n_anchored):
    """Return a ``(n_members, 1, 1)`` array: 1 for anchored members, 0 for free ones."""
    return np.r_[np.zeros(n_free), np.ones(n_anchored)].reshape(-1, 1, 1)


def encode(inputs, tensors, anchored):
    """Latent coordinates ``(M, n, l)`` of ``inputs`` ``(M, n, d)``, in torch."""
    import torch

    latent = dense_stack(inputs, tensors, "encoder", _LAYERS, torch.relu)
    return latent + anchored * torch.bmm(inputs, tensors["skip.encoder"])


def decode(latent, tensors, anchored):
    """Reconstruction ``(M, n, d)`` of ``latent`` ``(M, n, l)``, in torch."""
    import torch

    output = dense_stack(latent, tensors, "decoder", _LAYERS, torch.relu)
    return output + anchored * torch.bmm(latent, tensors["skip.decoder"])


def encode_numpy(features, arrays):
    """Latent coordinates ``(M, n, l)`` float32 of ``features`` ``(n, d)``, with numpy alone, in blocks of rows."""
    n_members, _, n_latent = arrays["skip.encoder"].shape
    latent = np.empty((n_members, len(features), n_latent), dtype=np.float32)
    for start in range(0, len(features), _CHUNK):
        block = features[start : start + _CHUNK].astype(np.float32)
        skip = np.matmul(block, arrays["skip.encoder"])
        latent[:, start : start + _CHUNK] = (
            dense_stack_numpy(block, arrays, "encoder", _LAYERS, relu_numpy) + skip
        )
    return latent


def pretrain(features, arrays, anchored, n_steps, batch_size, seed, device="cpu", progress=silent):
    """Train every member to reconstruct ``features``; return the trained arrays.

    Each member draws its own batches; the loss is the mean squared error per feature.
    """
    import torch

    parameters = StackedParameters(arrays, device)
    table = torch.as_tensor(features, dtype=torch.float32, device=device)
    mask = torch.as_tensor(anchored, dtype=torch.float32, device=device)
    batches = row_batches(len(features), batch_size, member_generators(seed, len(anchored), purpose=1))

    def loss(step):
        inputs = take_rows(table, next(batches))
        output = decode(encode(inputs, parameters.tensors, mask), parameters.tensors, mask)
        return (output - inputs).square().mean(dim=(1, 2))

    optimiser = Adam(parameters, learning_rate=1e-3)
    train(parameters, optimiser, loss, n_steps, progress, "Training the autoencoders")
    return parameters.arrays()


def take_rows(table, rows):
    """Return ``table[rows]`` as ``(M, batch, d)`` for row indices ``(M, batch)``."""
    import torch

    index = torch.as_tensor(rows, device=table.device)
    return table.index_select(0, index.reshape(-1)).view(*index.shape, table.shape[1])


def _principal_components(features, n_components):
    """Leading right singular vectors ``(n_components, d)`` of the centred features, signs fixed."""
    centred = features - features.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    components = vectors[:, ::-1].T[:n_components]
    largest = np.abs(components).argmax(axis=1)
    return components * np.sign(components[np.arange(len(components)), largest])[:, None]
