"""A sample of pixels spread evenly over a raster, whatever its size and wherever it has data."""

import numpy as np

_CANDIDATES = 16  # per pixel wanted: enough remain where most of the raster is blank


def candidate_pixels(width, height, n_wanted, seed):
    """Return one random pixel out of every cell of a square grid laid over the raster.

    Parameters
    ----------
    width, height : int
        Pixels.
    n_wanted : int
        Pixels that :func:`thinned_evenly` will be asked for; about 16 times as many candidates are returned, of small
        rasters every pixel.
    seed : int

    Returns
    -------
    rows, columns : ndarray of int
        Along a curve that keeps neighbours together (Morton order).
    """
    side = max(1, int(np.sqrt(width * height / (_CANDIDATES * n_wanted))))
    generator = np.random.default_rng(seed)
    cell_rows, cell_columns = np.meshgrid(np.arange(0, height, side), np.arange(0, width, side), indexing="ij")
    tops, lefts = cell_rows.ravel(), cell_columns.ravel()
    rows = tops + generator.integers(np.minimum(side, height - tops))
    columns = lefts + generator.integers(np.minimum(side, width - lefts))
    order = np.argsort(_morton(tops // side, lefts // side))
    return rows[order], columns[order]


def thinned_evenly(n_candidates, n_wanted, seed):
    """Return ``n_wanted`` positions, evenly spaced from a random start on; of fewer candidates, all."""
    if n_candidates <= n_wanted:
        return np.arange(n_candidates)
    start = np.random.default_rng(seed).random()
    return ((np.arange(n_wanted) + start) * n_candidates / n_wanted).astype(np.int64)


def _morton(rows, columns):
    """Interleave the bits of two coordinates below 2**31."""
    return (_spread_bits(rows) << np.uint64(1)) | _spread_bits(columns)


def _spread_bits(values):
    values = values.astype(np.uint64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        values = (values | (values << np.uint64(shift))) & np.uint64(mask)
    return values
