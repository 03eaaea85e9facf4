"""Which shape and which background: every combination is fitted and weighed by how well it fits for its size."""

from dataclasses import dataclass

import numpy as np

from ..progress import part, silent
from .bodies import SHAPES
from .inversion import invert_profiles
from .results import AMBIGUOUS_SHAPE, OK
from .robust import total_loss

EQUALLY_WELL = 2.0  #: difference of the criterion below which two shapes are not told apart (Kass and Raftery 1995)


@dataclass(frozen=True)
class ModelChoice:
    """Every shape and background tried on the same profiles.

    Attributes
    ----------
    inversions : tuple of Inversion
        One per combination.
    bic : ndarray (n_profiles, n_models)
        Bayesian information criterion, on a common loss.
    weights : ndarray (n_profiles, n_models)
        ``exp(-BIC / 2)``, scaled to sum 1: the probability of each combination among those tried.
    best : ndarray of int (n_profiles,)
        Index of the combination with the lowest criterion.
    runner_up : ndarray of int (n_profiles,)
        The same among the combinations of other shapes; ``best`` where only one shape was tried.
    ambiguous : ndarray of bool (n_profiles,)
        Whether the runner-up fits equally well.
    status : ndarray of str (n_profiles,)
        Of the best, with ``ambiguous_shape`` in place of ``ok`` where it applies.
    """

    inversions: tuple
    bic: np.ndarray
    weights: np.ndarray
    best: np.ndarray
    runner_up: np.ndarray
    ambiguous: np.ndarray
    status: np.ndarray

    def shape_weights(self):
        """Return the weight of each shape, whatever the background: dict of str to (n_profiles,)."""
        total = {}
        for inversion, weight in zip(self.inversions, self.weights.T):
            total[inversion.shape] = total.get(inversion.shape, 0.0) + weight
        return total


def invert_shapes(
    x_m, v_mv, shapes=SHAPES, backgrounds=("linear",), robust=False, bodies=1, bounds=None, progress=silent
):
    """Fit every combination of shape and background and weigh them.

    Parameters
    ----------
    shapes, backgrounds : sequence of str
        What is tried.
    x_m, v_mv, robust, bodies, bounds, progress
        As for :func:`.inversion.invert_profiles`.

    Returns
    -------
    ModelChoice

    Raises
    ------
    DataError, Cancelled
        As :func:`.inversion.invert_profiles`; the largest combination decides how many stations are needed.

    Notes
    -----
    ``BIC = n ln(loss / n) + p ln n`` for n stations and p unknowns. With the Cauchy loss all combinations are
    compared at the smallest of their scales, so that one loss serves all.

    References
    ----------
    Schwarz, G. (1978). Estimating the dimension of a model. Annals of Statistics 6(2), 461-464.
    Kass, R. E., and Raftery, A. E. (1995). Bayes factors. Journal of the American Statistical Association 90,
    773-795.
    """
    tried = [(shape, background) for shape in shapes for background in backgrounds]
    inversions = []
    for number, (shape, background) in enumerate(tried):
        share = part(progress, number / len(tried), (number + 1) / len(tried))
        inversions.append(invert_profiles(x_m, v_mv, shape, background, robust, bodies, bounds, share))
    scale = np.min([inversion.scale_mv for inversion in inversions], axis=0)
    bic = np.stack([_criterion(inversion, scale) for inversion in inversions], axis=1)
    weights = np.exp(-0.5 * (bic - bic.min(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.arange(len(bic))
    best = bic.argmin(axis=1)
    shape_number = np.array([SHAPES.index(shape) for shape, _ in tried])
    others = np.where(shape_number == shape_number[best][:, None], np.inf, bic)
    runner_up = np.where(np.isfinite(others).any(axis=1), others.argmin(axis=1), best)
    ambiguous = (runner_up != best) & (bic[rows, runner_up] - bic[rows, best] < EQUALLY_WELL)
    status = np.stack([inversion.status for inversion in inversions], axis=1)[rows, best]
    status = np.where(ambiguous & (status == OK), AMBIGUOUS_SHAPE, status)
    return ModelChoice(tuple(inversions), bic, weights, best, runner_up, ambiguous, status)


def _criterion(inversion, scale):
    """Return the criterion (n_profiles,) at a common scale of the loss."""
    loss = total_loss(inversion.residual_mv, scale, np.isfinite(inversion.observed_mv))
    count = inversion.n_used
    smallest = np.finfo(float).eps ** 2 * np.nansum(inversion.observed_mv**2, axis=1) + np.finfo(float).tiny
    return count * np.log(np.maximum(loss, smallest) / count) + len(inversion.parameter_names) * np.log(count)
