"""An ensemble of small networks trained as one batched tensor program.

Thousands of small matrix products cost more in calls than in arithmetic. Here the members of an ensemble
share one program: every array has a leading member axis, and all of them lie in one flat tensor, so that one
optimiser step is a handful of operations whatever the number of members or layers. Members never influence
each other: their losses are summed, and the gradient of a sum of independent terms is each term's own gradient.

Members may differ by seed, initialisation, data rows (:func:`row_batches`), and by any hyperparameter that
enters the loss or :class:`Adam` as an array over members.

torch is needed to train only; :func:`dense_stack_numpy` applies trained weights with numpy alone.
"""

from contextlib import contextmanager

import numpy as np

from .errors import DataError
from .progress import silent


class StackedParameters:
    """All trainable arrays of an ensemble, as views into one flat tensor.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Initial values, each with a leading axis of ``n_members``.
    device : str
        torch device, such as ``"cpu"`` or ``"cuda"``.

    Attributes
    ----------
    flat, gradient : torch.Tensor (n_parameters,)
        Values and accumulated gradient of all members.
    tensors : dict of str to torch.Tensor
        One leaf per array, sharing storage with ``flat``; its ``grad`` shares storage with ``gradient``.
    """

    def __init__(self, arrays, device="cpu"):
        import torch

        flat = np.concatenate([np.ravel(array) for array in arrays.values()]).astype(np.float32)
        self.flat = torch.from_numpy(flat).to(device)
        self.gradient = torch.zeros_like(self.flat)
        self.tensors = {}
        start = 0
        for name, array in arrays.items():
            stop = start + array.size
            leaf = self.flat[start:stop].view(array.shape).detach().requires_grad_()
            leaf.grad = self.gradient[start:stop].view(array.shape)
            self.tensors[name] = leaf
            start = stop

    def arrays(self):
        """Return the current values as numpy arrays (copies), by name."""
        return {name: tensor.detach().cpu().numpy().copy() for name, tensor in self.tensors.items()}

    def spread(self, value):
        """Return a number as it is, and one value per member repeated over all its parameters."""
        import torch

        if np.ndim(value) == 0:
            return float(value)
        members = torch.as_tensor(value, dtype=torch.float32, device=self.flat.device)
        sizes = [leaf[0].numel() for leaf in self.tensors.values()]
        return torch.cat([members.repeat_interleave(size) for size in sizes])


class Adam:
    """Adam with decoupled weight decay over a :class:`StackedParameters`.

    ``learning_rate`` and ``weight_decay`` are numbers, or arrays with one value per member, which the
    optimisers of torch do not offer for stacked weights.

    References
    ----------
    Kingma & Ba 2015, ICLR (Adam); Loshchilov & Hutter 2019, ICLR (decoupled weight decay).
    """

    def __init__(self, parameters, learning_rate=1e-3, weight_decay=0.0, betas=(0.9, 0.999), epsilon=1e-8):
        import torch

        self._parameters = parameters
        self._rate = parameters.spread(learning_rate)
        self._decay = parameters.spread(weight_decay)
        self._has_decay = bool(np.any(np.asarray(weight_decay) > 0))
        self._betas, self._epsilon = betas, epsilon
        self._mean = torch.zeros_like(parameters.flat)
        self._square = torch.zeros_like(parameters.flat)
        self._update = torch.empty_like(parameters.flat)
        self._step = 0

    def step(self, schedule=1.0):
        """Apply the accumulated gradient; ``schedule`` scales the learning rate of this step."""
        import torch

        flat, gradient = self._parameters.flat, self._parameters.gradient
        beta_mean, beta_square = self._betas
        self._step += 1
        self._mean.lerp_(gradient, 1.0 - beta_mean)
        self._square.mul_(beta_square).addcmul_(gradient, gradient, value=1.0 - beta_square)
        torch.sqrt(self._square, out=self._update)
        self._update.mul_((1.0 - beta_square**self._step) ** -0.5).add_(self._epsilon)
        torch.div(self._mean, self._update, out=self._update)
        if self._has_decay:
            flat.sub_(flat * (self._decay * self._rate * schedule))
        flat.sub_(self._update.mul_(self._rate * (schedule / (1.0 - beta_mean**self._step))))


class GradientDescent:
    """Plain stochastic gradient descent over a :class:`StackedParameters`, for recipes that were published with it."""

    def __init__(self, parameters, learning_rate):
        self._parameters = parameters
        self._rate = learning_rate

    def step(self, schedule=1.0):
        """Apply the accumulated gradient; ``schedule`` scales the learning rate of this step."""
        self._parameters.flat.sub_(self._parameters.gradient * (self._rate * schedule))


def linear_decay(fraction):
    """Learning-rate factor falling from 1 to 0: the last steps settle instead of wandering with the batches."""
    return 1.0 - fraction


def constant(fraction):
    """Learning-rate factor that stays 1."""
    return 1.0


def train(parameters, optimiser, loss, n_steps, progress=silent, message="", schedule=linear_decay):
    """Take ``n_steps`` optimiser steps on ``loss``.

    Parameters
    ----------
    parameters : StackedParameters
    optimiser : Adam or GradientDescent
    loss : callable(int) -> torch.Tensor (n_members,)
        Loss of every member at a step; called with the step's number.
    n_steps : int
    progress : Progress
        Called at every step, so that Cancel is obeyed at once.
    schedule : callable(float) -> float
        Factor on the learning rate as a function of the fraction of the steps done.
    """
    for step in range(n_steps):
        fraction = step / n_steps
        progress(fraction, message)
        parameters.gradient.zero_()
        loss(step).sum().backward()
        optimiser.step(schedule(fraction))


def member_generators(seed, n_members, purpose=0):
    """Return one independent ``numpy.random.Generator`` per member.

    A member's generator depends on ``seed``, its own number and the ``purpose`` (a number that keeps apart, say,
    initialisation and batches) only, so a member is the same in a small and in a large ensemble.
    """
    return [np.random.default_rng([seed, purpose, member]) for member in range(n_members)]


def dense_arrays(name, sizes, generators):
    """Return freshly initialised weights and biases of a dense stack for every member.

    Weights are uniform in +-sqrt(6 / (n_in + n_out)) (Glorot & Bengio 2010, AISTATS), biases zero.

    Parameters
    ----------
    name : str
        Prefix of the arrays: ``<name>.<layer>.weight`` and ``<name>.<layer>.bias``.
    sizes : sequence of int
        Number of units from input to output.
    generators : sequence of numpy.random.Generator
        One per member.

    Returns
    -------
    dict of str to ndarray
        Weights ``(n_members, n_in, n_out)`` and biases ``(n_members, 1, n_out)``.
    """
    arrays = {}
    for layer, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:])):
        bound = np.sqrt(6.0 / (n_in + n_out))
        arrays[f"{name}.{layer}.weight"] = np.stack([g.uniform(-bound, bound, (n_in, n_out)) for g in generators])
        arrays[f"{name}.{layer}.bias"] = np.zeros((len(generators), 1, n_out))
    return arrays


def dense_stack(inputs, tensors, name, n_layers, activation):
    """Apply a dense stack, ``activation`` between layers and a linear last layer.

    ``inputs`` is ``(n_members, n_rows, n_in)``; returns ``(n_members, n_rows, n_out)``.
    """
    import torch

    for layer in range(n_layers):
        inputs = torch.baddbmm(tensors[f"{name}.{layer}.bias"], inputs, tensors[f"{name}.{layer}.weight"])
        if layer < n_layers - 1:
            inputs = activation(inputs)
    return inputs


def dense_stack_numpy(inputs, arrays, name, n_layers, activation):
    """Numpy twin of :func:`dense_stack`, for applying a model where torch is not installed."""
    for layer in range(n_layers):
        inputs = np.matmul(inputs, arrays[f"{name}.{layer}.weight"]) + arrays[f"{name}.{layer}.bias"]
        if layer < n_layers - 1:
            inputs = activation(inputs)
    return inputs


def relu_numpy(values):
    """Rectified linear unit."""
    return np.maximum(values, 0.0)


def silu_numpy(values):
    """Sigmoid linear unit ``x / (1 + exp(-x))``, by tanh, which cannot overflow."""
    return 0.5 * values * (1.0 + np.tanh(0.5 * values))


def row_batches(n_rows, batch_size, generators):
    """Yield ``(n_members, batch)`` row indices for ever: each member walks its own shuffled epochs.

    Every epoch visits each row at most once; the incomplete last batch of an epoch is left out, and
    other rows are left out the next time.
    """
    batch_size = min(batch_size, n_rows)
    while True:
        order = np.stack([generator.permutation(n_rows) for generator in generators])
        for start in range(0, n_rows - batch_size + 1, batch_size):
            yield order[:, start : start + batch_size]


@contextmanager
def torch_threads(count=1):
    """Run torch with ``count`` threads inside the block and restore the setting after it.

    Small networks are several times slower on many threads than on one.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def available_device(requested):
    """Return the torch device for ``"cpu"`` or ``"gpu"``; a missing GPU raises :class:`~.errors.DataError`."""
    import torch

    if requested == "cpu":
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    raise DataError("No GPU that torch can use was found. Choose the device 'cpu'.")

