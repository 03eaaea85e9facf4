"""The consensus of many networks distilled into one small one, fast enough for every pixel of a raster.

A consensus needs the labels of all its runs for every sample: 20 encoders, and as many distances to centres. The
student is a single dense network from the preprocessed features to the probability of every cluster, trained on the
consensus posterior (not on its labels, so that it learns where the consensus is unsure). It is another model than the
consensus, so its agreement with it is measured on rows that it never saw, and belongs into every report.

References
----------
Hinton, Vinyals & Dean 2015, arXiv:1503.02531 (distillation of an ensemble into one network).
"""

from dataclasses import dataclass

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
    torch_threads,
    train,
)
from ..progress import silent
from .autoencoder import take_rows

HIDDEN = (32, 16)
N_LAYERS = len(HIDDEN) + 1
NETWORK = "student"
_HELD_OUT = 0.2  # share of the rows the agreement is measured on
_LEAST_ROWS = 20  # fewer rows are all trained on
_STEPS = 3000
_BATCH = 256
_LEARNING_RATE = 5e-3


@dataclass(frozen=True, eq=False)
class Student:
    """One small network that stands for a consensus.

    Attributes
    ----------
    arrays : dict of str to ndarray
        Weights ``student.<layer>.weight`` ``(1, n_in, n_out)`` and biases ``(1, 1, n_out)``, float32.
    agreement : float
        Share of the held-out rows that it puts into the same cluster as the consensus, 0 to 1; NaN if not measured.
    n_held_out : int
        Rows the agreement was measured on.
    """

    arrays: dict
    agreement: float
    n_held_out: int

    def probability(self, features):
        """Return the probability of every cluster ``(n, k)`` for preprocessed ``features`` ``(n, d)``."""
        rows = np.asarray(features, np.float32)[None]
        logits = dense_stack_numpy(rows, self.arrays, NETWORK, N_LAYERS, relu_numpy)[0]
        weight = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weight / weight.sum(axis=1, keepdims=True)


def distil(features, posterior, seed=42, progress=silent):
    """Train a student of a consensus.

    Parameters
    ----------
    features : ndarray (n_samples, n_features)
        Preprocessed features without NaN.
    posterior : ndarray (n_samples, k)
        What the consensus thinks of them; rows sum to one.
    seed : int
        Of the held-out rows, the first weights and the batches.
    progress : Progress

    Returns
    -------
    Student
        The same for the same input and seed on the same machine.
    """
    n_rows = len(features)
    order = np.random.default_rng(seed).permutation(n_rows)
    n_held_out = round(_HELD_OUT * n_rows) if n_rows >= _LEAST_ROWS else 0
    held_out, seen = order[:n_held_out], order[n_held_out:]
    with torch_threads(1):
        arrays = _trained(features[seen], posterior[seen], seed, progress)
    student = Student(arrays, float("nan"), 0)
    if not n_held_out:
        return student
    same = student.probability(features[held_out]).argmax(axis=1) == posterior[held_out].argmax(axis=1)
    return Student(arrays, float(same.mean()), n_held_out)


def _trained(features, posterior, seed, progress):
    import torch

    sizes = (features.shape[1], *HIDDEN, posterior.shape[1])
    parameters = StackedParameters(dense_arrays(NETWORK, sizes, member_generators(seed, 1)))
    inputs, targets = (torch.as_tensor(table, dtype=torch.float32) for table in (features, posterior))
    batches = row_batches(len(features), _BATCH, member_generators(seed, 1, purpose=1))

    def loss(step):
        rows = next(batches)
        logits = dense_stack(take_rows(inputs, rows), parameters.tensors, NETWORK, N_LAYERS, torch.relu)
        return -(take_rows(targets, rows) * torch.log_softmax(logits, dim=2)).sum(dim=2).mean(dim=1)

    optimiser = Adam(parameters, learning_rate=_LEARNING_RATE)
    train(parameters, optimiser, loss, _STEPS, progress, "Distilling the consensus into one network")
    return parameters.arrays()
