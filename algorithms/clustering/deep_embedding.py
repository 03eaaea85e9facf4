"""Deep embedded clustering of every ensemble member at once (DEC with its decoder kept: IDEC).

A member clusters by pulling its latent points towards k centres: the Student-t soft assignment Q of the
points is sharpened into a target P, and encoder, decoder and centres minimise
``reconstruction + gamma * KL(P || Q)``.

References
----------
Xie, Girshick & Farhadi 2016, ICML (DEC); Guo, Gao, Liu & Yin 2017, IJCAI (IDEC).
"""

from dataclasses import dataclass

import numpy as np

from ..networks import Adam, StackedParameters, linear_decay, member_generators, row_batches
from ..progress import part, silent
from .autoencoder import decode, encode, encode_numpy, take_rows

GAMMA = 0.1  # weight of the clustering loss (Guo et al. 2017)
REFRESH = 20  # steps between two recomputations of the target distribution
_CENTRE_ROWS = 3000  # rows that place the first centres
_CHUNK = 8192  # rows assigned at once
_LEAST_STEPS = 200  # a few samples rarely change; give the centres time to move
_PLACING = 0.1  # share of the time that placing the first centres takes
_STILL = 1e-3  # share of changed labels that counts as "no change"


@dataclass(frozen=True)
class Runs:
    """M finished runs on the same rows.

    Attributes
    ----------
    arrays : dict of str to ndarray
        Encoder arrays and ``centres`` ``(M, k, l)``.
    soft_assignment : ndarray (M, n, k)
    n_steps : int
        Refinement steps taken.
    """

    arrays: dict
    soft_assignment: np.ndarray
    n_steps: int

    @property
    def labels(self):
        """Hard labels ``(M, n)``, 0..k-1, numbered per run."""
        return self.soft_assignment.argmax(axis=2)


def soft_assignment(latent, centres):
    """Student-t similarity (one degree of freedom) of points to centres, rows summing to one.

    Parameters
    ----------
    latent : ndarray (..., n, l)
    centres : ndarray (..., k, l)

    Returns
    -------
    ndarray (..., n, k)
        Equation 1 of Xie et al. (2016).
    """
    squared = (
        (latent**2).sum(-1)[..., :, None]
        - 2.0 * np.matmul(latent, np.swapaxes(centres, -1, -2))
        + (centres**2).sum(-1)[..., None, :]
    )
    similarity = 1.0 / (1.0 + np.maximum(squared, 0.0))
    return similarity / similarity.sum(-1, keepdims=True)


def assign(features, arrays):
    """Soft assignment ``(M, n, k)`` float32 of ``features`` ``(n, d)`` by finished runs, with numpy alone."""
    centres = arrays["centres"]
    q = np.empty((len(centres), len(features), centres.shape[1]), dtype=np.float32)
    for start in range(0, len(features), _CHUNK):
        block = slice(start, start + _CHUNK)
        q[:, block] = soft_assignment(encode_numpy(features[block], arrays), centres)
    return q


def target_distribution(q):
    """Sharpened, frequency-normalised assignment P of ``q`` ``(..., n, k)`` (equation 3 of Xie et al. 2016)."""
    weight = q**2 / np.maximum(q.sum(-2, keepdims=True), np.finfo(q.dtype).tiny)
    return weight / weight.sum(-1, keepdims=True)


def initial_centres(latent, n_centres, seed, n_init, progress=silent):
    """k-means centres ``(M, n_centres, l)`` float32 in every member's latent space ``(M, n, l)``."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    if latent.shape[1] > _CENTRE_ROWS:
        rows = np.random.default_rng(seed).choice(latent.shape[1], _CENTRE_ROWS, replace=False)
        latent = latent[:, np.sort(rows)]
    centres = []
    with threadpool_limits(1):
        for member, points in enumerate(latent):
            progress(member / len(latent), "Placing the first centres")
            centres.append(KMeans(n_centres, n_init=n_init, random_state=seed + member).fit(points).cluster_centers_)
    return np.stack(centres).astype(np.float32)


def refine(
    features, arrays, anchored, n_clusters, *, max_steps, batch_size, seed, n_init, device="cpu", progress=silent
):
    """Cluster with every pretrained member; stop when the labels stand still.

    Parameters
    ----------
    features : ndarray (n_samples, d)
    arrays : dict
        Pretrained arrays from :func:`~.autoencoder.pretrain`.
    anchored : ndarray (M, 1, 1)
    n_clusters : int
    max_steps : int
        Cap on the optimiser steps; fewer than 0.1 % changed labels at two refreshes in a row end it earlier, but
        not before 200 steps.
    batch_size : int
        Rows per step and member.
    n_init : int
        Starts of k-means for the first centres.

    Returns
    -------
    Runs
    """
    import torch

    latent = encode_numpy(features, arrays)
    centres = initial_centres(latent, n_clusters, seed, n_init, part(progress, 0.0, _PLACING))
    progress = part(progress, _PLACING, 1.0)
    parameters = StackedParameters({**arrays, "centres": centres}, device)
    tensors = parameters.tensors
    table = torch.as_tensor(features, dtype=torch.float32, device=device)
    mask = torch.as_tensor(anchored, dtype=torch.float32, device=device)
    batches = row_batches(len(features), batch_size, member_generators(seed, len(anchored), purpose=2))
    optimiser = Adam(parameters, learning_rate=1e-3)
    members = torch.arange(len(anchored), device=device)[:, None]

    def assignments():
        with torch.no_grad():
            blocks = [encode(block.expand(len(anchored), -1, -1), tensors, mask) for block in table.split(_CHUNK)]
            log_q = [_log_soft_assignment(points, tensors["centres"]) for points in blocks]
            return torch.cat(log_q, dim=1).exp().cpu().numpy()

    q = assignments()
    labels = q.argmax(-1)
    still = step = 0
    while step < max_steps:
        target = torch.as_tensor(target_distribution(q), device=device)
        for _ in range(min(REFRESH, max_steps - step)):
            progress(step / max_steps, "Refining the clusters")
            rows = next(batches)
            inputs = take_rows(table, rows)
            points = encode(inputs, tensors, mask)
            reconstruction = (decode(points, tensors, mask) - inputs).square().mean(dim=(1, 2))
            wanted = target[members, torch.as_tensor(rows, device=device)]
            divergence = _divergence(wanted, points, tensors["centres"])
            parameters.gradient.zero_()
            (reconstruction + GAMMA * divergence).sum().backward()
            optimiser.step(linear_decay(step / max_steps))
            step += 1
        q = assignments()
        new_labels = q.argmax(-1)
        still = still + 1 if (new_labels != labels).mean() < _STILL else 0
        labels = new_labels
        if still >= 2 and step >= _LEAST_STEPS:
            break
    return Runs(parameters.arrays(), q, step)


def divide(features, runs, n_cells, seed):
    """Return ``runs`` with their latent spaces divided into ``n_cells`` cells by k-means, instead of their clusters.

    Cells smaller than a cluster follow its outline, also where one large population and a small one lie side by side.
    """
    latent = np.concatenate(
        [encode_numpy(features[start : start + _CHUNK], runs.arrays) for start in range(0, len(features), _CHUNK)], axis=1
    )
    arrays = {**runs.arrays, "centres": initial_centres(latent, n_cells, seed, n_init=1)}
    return Runs(arrays, assign(features, arrays), runs.n_steps)


def _divergence(target, points, centres):
    """KL(P || Q) per row, averaged, for every member: ``(M,)``."""
    import torch

    log_ratio = torch.log(target.clamp_min(1e-30)) - _log_soft_assignment(points, centres)
    return (target * log_ratio).sum(dim=2).mean(dim=1)


def _log_soft_assignment(points, centres):
    """Logarithm of :func:`soft_assignment`, in torch."""
    import torch

    cross = torch.bmm(points, centres.transpose(1, 2))
    squared = points.square().sum(2, keepdim=True) - 2.0 * cross + centres.square().sum(2).unsqueeze(1)
    return torch.log_softmax(-torch.log1p(squared.clamp_min(0.0)), dim=2)
