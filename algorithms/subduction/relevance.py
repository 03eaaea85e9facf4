"""Layer-wise relevance propagation: how much each feature contributes to the output of a rectifier network.

The output of the explained class is handed back layer by layer, to every unit in proportion to what it
contributed. What the biases contributed is no feature's merit: it is kept apart, so that features and bias
together give the output back.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import DataError

STABILISER = 1e-30  #: keeps divisions by zero finite; sums of one sign may be small, and it must be nothing to them
GAMMA = 0.25  #: by how much the gamma rule favours positive contributions
ALPHA = 2.0  #: weight of positive contributions in the alpha-beta rule; negative ones have 1 - ALPHA


@dataclass(frozen=True, eq=False)
class Relevance:
    """Relevance of the features for one class, in units of the network's output (log-odds for a classifier).

    Attributes
    ----------
    member_values : ndarray (n_members, n_rows, n_features)
    member_bias : ndarray (n_members, n_rows)
        Share of the biases.
    output : ndarray (n_rows,)
        Explained output, mean over the members.
    conservation_error : float
        Largest difference between output and relevance with bias, over all rows and members, in units of the
        largest output.
    rank_agreement : ndarray (n_rows,)
        Spearman correlation of the features' relevance between pairs of members, averaged; NaN for one member.
    """

    member_values: np.ndarray
    member_bias: np.ndarray
    output: np.ndarray
    conservation_error: float
    rank_agreement: np.ndarray

    @cached_property
    def values(self):
        """Mean over the members ``(n_rows, n_features)``."""
        return self.member_values.mean(axis=0)

    @cached_property
    def bias(self):
        """Share of the biases ``(n_rows,)``, mean over the members."""
        return self.member_bias.mean(axis=0)


def relevance(inputs, arrays, name, n_layers, explained, rule="epsilon"):
    """Explain an ensemble of dense rectifier networks.

    Parameters
    ----------
    inputs : ndarray (n_rows, n_features)
        Preprocessed features.
    arrays : dict of str to ndarray
        Weights and biases as in :func:`~..networks.dense_arrays`.
    name : str
        Prefix of the arrays.
    n_layers : int
    explained : ndarray of int (n_rows,)
        Which output to explain in each row.
    rule : {"epsilon", "z_plus", "alpha_beta", "gamma"}
        Acts behind rectified units. The first layer, whose inputs have both signs, always follows epsilon.

    Returns
    -------
    Relevance

    Notes
    -----
    With inputs x, weights w, biases b and z_j = sum_i x_i w_ij + b_j, unit i receives from the R_j above
    epsilon: sum_j x_i w_ij R_j / (z_j + 1e-30 sign z_j), which without the stabiliser is gradient times input;
    gamma: the same with w + 0.25 max(w, 0); z_plus: the same with max(w, 0); alpha_beta: twice the share with
    max(w, 0) less the share with min(w, 0). Biases are treated as the weights are. A unit that has
    contributions of one sign only is divided among those.

    References
    ----------
    Bach et al. (2015). PLoS ONE 10, e0130140. Montavon et al. (2019). Layer-wise relevance propagation: an
    overview. In: Explainable AI, LNCS 11700, 193-209.
    """
    member_values, member_bias, output = member_relevance(inputs, arrays, name, n_layers, explained, rule)
    missing = output - member_values.sum(axis=2) - member_bias
    return Relevance(
        member_values,
        member_bias,
        output.mean(axis=0),
        float(np.abs(missing).max() / max(np.abs(output).max(), STABILISER)),
        rank_agreement(member_values),
    )


def member_relevance(inputs, arrays, name, n_layers, explained, rule="epsilon"):
    """Explain every member on its own, see :func:`relevance`.

    Returns
    -------
    values : ndarray (n_members, n_rows, n_features)
    bias, output : ndarray (n_members, n_rows)
    """
    if rule not in RULES:
        raise DataError(f"Relevance rule '{rule}' is not known: choose one of {', '.join(RULES)}.")
    layers = [
        tuple(arrays[f"{name}.{layer}.{part}"].astype(np.float64) for part in ("weight", "bias"))
        for layer in range(n_layers)
    ]
    activations = [np.broadcast_to(inputs, (len(layers[0][0]), *inputs.shape))]
    for weight, bias in layers[:-1]:
        activations.append(np.maximum(activations[-1] @ weight + bias, 0.0))
    logits = activations[-1] @ layers[-1][0] + layers[-1][1]
    remaining = logits * np.eye(logits.shape[2])[explained]
    output = remaining.sum(axis=2)
    absorbed = np.zeros_like(output)
    for layer in reversed(range(n_layers)):
        share = RULES[rule] if layer else epsilon
        remaining, by_bias = share(activations[layer], *layers[layer], remaining)
        absorbed += by_bias
    return remaining, absorbed, output


def rank_agreement(member_values):
    """Return the mean Spearman correlation between members ``(n_rows,)`` of relevances ``(n_members, n_rows, n)``."""
    from scipy.stats import rankdata

    n_members = len(member_values)
    if n_members < 2:
        return np.full(member_values.shape[1], np.nan)
    ranks = rankdata(member_values, axis=2)
    ranks -= ranks.mean(axis=2, keepdims=True)
    norm = np.sqrt((ranks**2).sum(axis=2, keepdims=True))
    unit = np.divide(ranks, norm, out=np.zeros_like(ranks), where=norm > 0)
    total = (unit.sum(axis=0) ** 2).sum(axis=1) - (unit**2).sum(axis=(0, 2))
    return total / (n_members * (n_members - 1))


def epsilon(inputs, weight, bias, above):
    """Hand relevance down in proportion to contributions of either sign; returns it and what the biases keep."""
    total = inputs @ weight + bias
    ratio = above / (total + np.where(total < 0, -STABILISER, STABILISER))
    return inputs * (ratio @ np.swapaxes(weight, 1, 2)), (ratio * bias).sum(axis=2)


def gamma(inputs, weight, bias, above):
    """Favour positive contributions by a quarter."""
    return epsilon(inputs, weight + GAMMA * np.maximum(weight, 0), bias + GAMMA * np.maximum(bias, 0), above)


def alpha_beta(inputs, weight, bias, above, alpha=ALPHA):
    """Weigh positive contributions with ``alpha``, negative ones with ``1 - alpha``; ``inputs`` are not negative."""
    positive, negative = (np.maximum(weight, 0), np.maximum(bias, 0)), (np.minimum(weight, 0), np.minimum(bias, 0))
    no_positive = inputs @ positive[0] + positive[1] == 0
    no_negative = inputs @ negative[0] + negative[1] == 0
    up = np.where(no_positive, 0.0, np.where(no_negative, 1.0, alpha))
    raised, raised_bias = epsilon(inputs, *positive, up * above)
    lowered, lowered_bias = epsilon(inputs, *negative, (1.0 - up) * above)
    return raised + lowered, raised_bias + lowered_bias


def z_plus(inputs, weight, bias, above):
    """Hand relevance down in proportion to positive contributions only."""
    return alpha_beta(inputs, weight, bias, above, alpha=1.0)


RULES = {"epsilon": epsilon, "z_plus": z_plus, "alpha_beta": alpha_beta, "gamma": gamma}
