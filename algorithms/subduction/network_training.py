"""The segment network: a small rectifier network with dropout, many of which train as one batched program."""

from dataclasses import dataclass, replace

import numpy as np

from .. import networks
from ..progress import part, silent

NAME = "net"  #: prefix of the arrays
INITIAL, DRAWS, DROPOUT = range(3)  # purposes that keep the random streams of a member apart
_TOGETHER = 40  # networks in one program: their weights stay in the processor's cache


@dataclass(frozen=True)
class Recipe:
    """How a network is built and trained.

    Attributes
    ----------
    hidden : tuple of int
        Units of the hidden layers.
    input_dropout, hidden_dropout : float
        Share of features and of hidden units hidden at random in every step.
    learning_rate, weight_decay : float or ndarray (n_networks,)
        The rate at the top of the one-cycle schedule; the decay is decoupled from it.
    n_steps, batch_size : int
    """

    hidden: tuple = (128, 64)
    input_dropout: float = 0.5
    hidden_dropout: float = 0.2
    learning_rate: object = 6e-3
    weight_decay: object = 1e-2
    n_steps: int = 400
    batch_size: int = 64

    @property
    def n_layers(self):
        """Number of weight matrices."""
        return len(self.hidden) + 1


def one_cycle(fraction, warm_up=0.3, start=1 / 25, end=1e-5):
    """Learning-rate factor rising from ``start`` to 1 and falling to ``end``, both as half a cosine.

    References
    ----------
    Smith & Topin (2019). Super-convergence. Proc. SPIE 11006, 1100612.
    """
    if fraction < warm_up:
        return 1 + (start - 1) * (1 + np.cos(np.pi * fraction / warm_up)) / 2
    return end + (1 - end) * (1 + np.cos(np.pi * (fraction - warm_up) / (1 - warm_up))) / 2


def train_networks(features, targets, jobs, n_outputs, n_members, recipe=Recipe(), seed=42, progress=silent):
    """Train ``n_members`` networks for each of several jobs.

    A network depends on its own job, its number and the seed only, not on what else is trained with it.

    Parameters
    ----------
    features : sequence of ndarray (n_rows, n_features)
        For every job, all rows as its own preprocessing left them.
    targets : ndarray (n_rows,)
        Classes 0.. (integers), or numbers for regression when ``n_outputs`` is 1.
    jobs : sequence of ndarray of int
        For every job, the rows to train on. Batches are drawn with replacement, every class equally often.
    n_outputs : int
        Number of classes, or 1.
    n_members : int
        Networks per job.
    recipe : Recipe
        Its learning rate and weight decay may differ between the networks.
    seed : int
    progress : Progress

    Returns
    -------
    dict of str to ndarray
        Weights ``(n_jobs * n_members, n_in, n_out)`` and biases, all members of the first job first.
    """
    n_networks = len(jobs) * n_members
    rate, decay = (np.broadcast_to(value, n_networks) for value in (recipe.learning_rate, recipe.weight_decay))
    trained = []
    with networks.torch_threads(1):
        for first in range(0, n_networks, _TOGETHER):
            chosen = np.arange(first, min(first + _TOGETHER, n_networks))
            share = part(progress, first / n_networks, (chosen[-1] + 1) / n_networks)
            message = f"Training networks {first + 1} to {chosen[-1] + 1} of {n_networks}"
            plan = [(job, member) for job, member in zip(chosen // n_members, chosen % n_members)]
            own = replace(recipe, learning_rate=rate[chosen], weight_decay=decay[chosen])
            trained.append(_train(features, targets, jobs, plan, n_outputs, own, seed, share, message))
    return {name: np.concatenate([arrays[name] for arrays in trained]) for name in trained[0]}


def outputs(features, arrays, n_layers):
    """Return the outputs ``(n_networks, n_rows, n_outputs)`` of trained networks for ``(n_rows, n_features)``."""
    return networks.dense_stack_numpy(features[np.newaxis], arrays, NAME, n_layers, networks.relu_numpy)


def probabilities(logits):
    """Return the softmax over the last axis."""
    from scipy.special import softmax

    return softmax(logits, axis=-1)


def _train(features, targets, jobs, plan, n_outputs, recipe, seed, progress, message):
    """Train the networks of ``plan``, pairs of a job and a member's number."""
    import torch

    members = np.array([member for _, member in plan])
    used = {job: place for place, job in enumerate(dict.fromkeys(job for job, _ in plan))}
    tables = torch.from_numpy(np.stack([features[job] for job in used]).astype(np.float32))
    table_of = torch.tensor([used[job] for job, _ in plan])[:, None]
    goals = torch.from_numpy(np.asarray(targets, dtype=np.float32 if n_outputs == 1 else np.int64))
    sizes = (tables.shape[2], *recipe.hidden, n_outputs)
    arrays = networks.dense_arrays(NAME, sizes, [np.random.default_rng([seed, INITIAL, m]) for m in members])
    draws = np.stack(
        [
            _draws(jobs[job], targets, n_outputs, recipe, np.random.default_rng([seed, DRAWS, member]))
            for job, member in plan
        ],
        axis=1,
    )
    parameters = networks.StackedParameters(arrays)
    optimiser = networks.Adam(parameters, _common(recipe.learning_rate), _common(recipe.weight_decay))
    masks = np.random.default_rng([seed, DROPOUT])

    def loss(step):
        rows = torch.from_numpy(draws[step])
        hidden = tables[table_of, rows]
        for layer, n_units in enumerate(sizes[:-1]):
            dropped = recipe.hidden_dropout if layer else recipe.input_dropout
            keep = masks.random((rows.shape[1], n_units), dtype=np.float32) >= dropped
            hidden = hidden * torch.from_numpy(keep.astype(np.float32) / np.float32(1.0 - dropped))
            weight, bias = parameters.tensors[f"{NAME}.{layer}.weight"], parameters.tensors[f"{NAME}.{layer}.bias"]
            hidden = torch.baddbmm(bias, hidden, weight)
            if layer < len(sizes) - 2:
                hidden = torch.relu_(hidden)
        if n_outputs == 1:
            return (hidden[..., 0] - goals[rows]).square().mean(dim=1)
        each = torch.nn.functional.cross_entropy(hidden.flatten(0, 1), goals[rows].flatten(), reduction="none")
        return each.view(rows.shape).mean(dim=1)

    networks.train(parameters, optimiser, loss, recipe.n_steps, progress, message, one_cycle)
    return parameters.arrays()


def _common(values):
    """Return one number where all are the same, which is quicker."""
    return values if np.ptp(values) else float(values[0])


def _draws(rows, targets, n_outputs, recipe, generator):
    """Rows ``(n_steps, batch_size)`` drawn with replacement, every class that occurs equally often."""
    shape = (recipe.n_steps, recipe.batch_size)
    if n_outputs == 1:
        return rows[generator.integers(len(rows), size=shape)]
    ordered = rows[np.argsort(targets[rows], kind="stable")]
    counts = np.bincount(targets[rows])
    counts = counts[counts > 0]
    drawn = generator.integers(len(counts), size=shape)
    within = (generator.random(shape) * counts[drawn]).astype(int)
    return ordered[(np.cumsum(counts) - counts)[drawn] + within]
