"""Uncertainty without assuming independent noise: profiles re-made from blocks of the residual.

References
----------
Künsch, H. R. (1989). The jackknife and the bootstrap for general stationary observations. Annals of Statistics
17(3), 1217-1241.
Carlstein, E. (1986). The use of subseries values for estimating the variance of a general statistic from a
stationary sequence. Annals of Statistics 14(3), 1171-1179 (the block length).
"""

from dataclasses import dataclass

import numpy as np

from ..progress import silent
from .bodies import SHEET, parameter_names
from .inversion import CHUNK, reinvert
from .results import Inversion

N_REPLICATES = 400
LEVELS = (0.025, 0.975)


@dataclass(frozen=True)
class Bootstrap:
    """Spread of the answer over re-made profiles.

    Attributes
    ----------
    sd : dict of str to ndarray (n_bodies,)
        Standard deviation of each body parameter.
    interval : dict of str to ndarray (2, n_bodies)
        2.5 and 97.5 % quantiles; angles run on past 0 and 360 where the interval crosses them.
    samples : dict of str to ndarray (n_replicates, n_bodies)
        The answers, angles as in ``interval``.
    block : int
        Stations per block; 1 for independent noise.
    """

    sd: dict
    interval: dict
    samples: dict
    block: int


def bootstrap(inversion, index=0, n_replicates=N_REPLICATES, block=None, seed=42, progress=silent):
    """Refit one profile many times, its residual shuffled in blocks.

    Every refit starts from the answer; the blocks keep the correlation of neighbouring stations.

    Parameters
    ----------
    inversion : Inversion
    index : int
        Of the profile.
    n_replicates : int
    block : int, optional
        Stations per block; from the correlation of neighbouring residuals when left out.
    seed : int
    progress : Progress

    Returns
    -------
    Bootstrap

    Raises
    ------
    Cancelled
        By ``progress``.
    """
    used = np.flatnonzero(np.isfinite(inversion.observed_mv[index]))
    along = used[np.argsort(inversion.x_m[index, used], kind="stable")]
    residual = inversion.residual_mv[index, along]
    residual = (residual - residual.mean()) * np.sqrt(len(along) / (len(along) - len(inversion.parameter_names)))
    block = block or block_length(residual)
    rng = np.random.default_rng(seed)
    n_blocks = -(-len(along) // block)
    starts = rng.integers(0, len(along) - block + 1, (n_replicates, n_blocks))
    picks = (starts[:, :, None] + np.arange(block)).reshape(n_replicates, -1)[:, : len(along)]
    values = np.full((n_replicates, inversion.x_m.shape[1]), np.nan)
    values[:, along] = inversion.fitted_mv[index, along] + residual[picks]
    parts = []
    for start in range(0, n_replicates, CHUNK):
        progress(start / n_replicates, "Bootstrap")
        parts.append(reinvert(inversion, index, values[start : start + CHUNK]))
    samples = {
        name: _near(name, np.concatenate([getattr(part, name) for part in parts]), inversion, index)
        for name in parameter_names(inversion.shape)
    }
    return Bootstrap(
        sd={name: values.std(axis=0, ddof=1) for name, values in samples.items()},
        interval={name: np.quantile(values, LEVELS, axis=0) for name, values in samples.items()},
        samples=samples,
        block=block,
    )


def block_length(residual):
    """Return the stations per block that suit the correlation of neighbours in a residual along the profile."""
    correlation = float(np.sum(residual[1:] * residual[:-1]) / max(np.sum(residual**2), np.finfo(float).tiny))
    correlation = min(abs(correlation), 0.95)
    count = len(residual)
    length = (2.0 * correlation / (1.0 - correlation**2)) ** (2.0 / 3.0) * (1.5 * count) ** (1.0 / 3.0)
    return int(np.clip(np.ceil(length), 1, max(1, count // 4)))


def _near(name, samples, inversion, index):
    """Return samples, angles moved by whole turns (half turns for the dip of a sheet) next to the answer."""
    if name != "angle_deg":
        return samples
    turn = 180.0 if inversion.shape == SHEET else 360.0
    answer = inversion.angle_deg[index]
    return answer + (samples - answer + 0.5 * turn) % turn - 0.5 * turn
