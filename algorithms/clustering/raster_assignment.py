"""Assignment of every pixel of a raster by the distilled network, block by block, with numpy alone.

Pixels are handled feature-first, ``(n_bands, n_pixels)``: each band is contiguous as it comes from the file, and
every step is one pass over a block that stays in the processor's cache. Two threads share the blocks; numpy and its
BLAS release the interpreter while they compute, and one BLAS thread each keeps them out of each other's way.

A pixel gets the same cluster and confidence, to the last bit, whatever the raster, the window or the table it comes
in: blocks always have the same shape, the last one padded, and values of every type take the same way.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from .distillation import N_LAYERS, NETWORK
from .transforms import yeo_johnson

THREADS = 2
BLOCK_PIXELS = 8192  # the activations of one block fit the second-level cache of a core
_ROW_PADDING = 16  # pixels; rows at a power of two from each other fall on the same lines of the first-level cache
_FAR = 1e6  # robust standard deviations, as in the transform of tables
_LEAST_EXPONENT = 1e-6  # a power this small is the logarithm within float32
_SIGN_BIT, _ONE = np.uint32(0x80000000), np.uint32(0x3F800000)  # of a float32


def assign_blocks(model, blocks, n_threads=THREADS):
    """Assign a stream of pixel blocks, reading the next block while the last one is computed.

    Parameters
    ----------
    model : RasterModel
    blocks : iterable of ndarray (n_used, n_pixels)
        Values of the model's bands, float32 or float64, in the bands' stored units; NaN or infinite = no data.
        A block is a window of the raster, of any size.
    n_threads : int
        The result does not depend on it.

    Yields
    ------
    cluster : ndarray of uint8 (n_pixels,)
        1..k; 0 where any band has no data.
    confidence : ndarray of float32 (n_pixels,)
        Probability of that cluster; 0 where there is no data.
    outside_ratio : ndarray of float32 (n_pixels,) or None
        Distance to the training pixels over the edge of their cloud, above 1 is outside; NaN where there is no data.
        None where the model has no cloud.
    """
    program = _program(model)
    with _one_blas_thread(), ThreadPoolExecutor(n_threads) as pool:
        pending = None
        for block in blocks:
            started = _start(pool, program, block, n_threads)
            if pending:
                yield _finished(*pending)
            pending = started
        if pending:
            yield _finished(*pending)


def _one_blas_thread():
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # it comes with scikit-learn; without it the threads only get in each other's way
        return nullcontext()
    return threadpool_limits(1)


@dataclass(frozen=True, eq=False)
class _Program:
    """The model as a straight line of operations on columns ``(n_bands, 1)`` and matrices ``(n_out, n_in)``."""

    centre: np.ndarray  # float64, as the scale: large offsets are taken off before the values become float32
    scale: np.ndarray
    bend: np.ndarray  # exponent - 1; empty when no band has a power
    lower: np.ndarray
    upper: np.ndarray
    layers: tuple  # of (weight, bias)
    cloud: tuple  # (weight, bias) of the whitened departures from all centres; empty when not asked for
    cloud_edge: float


def _program(model):
    margins, standardisation, cloud = model.transform.margins, model.transform.standardisation, model.cloud
    arrays = model.student.arrays
    layers = [
        (arrays[f"{NETWORK}.{layer}.weight"][0].astype(float), arrays[f"{NETWORK}.{layer}.bias"][0, 0].astype(float))
        for layer in range(N_LAYERS)
    ]
    layers[0] = _of_unstandardised(standardisation, *layers[0])
    departures = ()
    if cloud is not None:
        whitening = np.concatenate(list(cloud.whitening), axis=1)
        offset = np.concatenate([centre @ own for centre, own in zip(cloud.centre, cloud.whitening)])
        departures = _float32_layer(*_of_unstandardised(standardisation, whitening, -offset))
    bend = np.empty((0, 1), np.float32)
    if (margins.exponent != 1.0).any():
        bend = _column(_away_from(2.0, _away_from(0.0, margins.exponent)) - 1.0)
    farthest = [yeo_johnson(np.full((1, len(margins.exponent)), end), margins.exponent)[0] for end in (-_FAR, _FAR)]
    return _Program(
        margins.centre[:, None],
        1.0 / margins.spread[:, None],
        bend,
        _column(np.maximum.reduce([margins.lower, standardisation.lower, farthest[0]])),
        _column(np.minimum.reduce([margins.upper, standardisation.upper, farthest[1]])),
        tuple(_float32_layer(*layer) for layer in layers),
        departures,
        cloud.edge if cloud is not None else 1.0,
    )


def _of_unstandardised(standardisation, weight, bias):
    """Return a layer ``(n_bands, n_out)`` that standardises its input first; both steps are linear."""
    weight = weight / standardisation.sd[:, None]
    return weight, bias - standardisation.mean @ weight


def _float32_layer(weight, bias):
    return np.ascontiguousarray(weight.T, np.float32), _column(bias)


def _column(values):
    return values.astype(np.float32)[:, None]


def _away_from(limit, exponent):
    """Return exponents whose distance from ``limit`` can be divided by; those nearer move towards 1."""
    moved = limit + np.copysign(_LEAST_EXPONENT, 1.0 - limit)
    return np.where(np.abs(exponent - limit) < _LEAST_EXPONENT, moved, exponent)


def _start(pool, program, block, n_threads):
    """Hand the pieces of a block to the pool; they end where a block of 8 192 pixels ends, whatever their number."""
    n_pixels = block.shape[1]
    cluster, confidence = np.empty(n_pixels, np.uint8), np.empty(n_pixels, np.float32)
    ratio = np.empty(n_pixels, np.float32) if program.cloud else None
    n_blocks = -(-n_pixels // BLOCK_PIXELS)
    edges = [n_blocks * piece // n_threads * BLOCK_PIXELS for piece in range(n_threads)] + [n_pixels]
    pieces = [
        pool.submit(_assign_piece, program, block, slice(start, stop), cluster, confidence, ratio)
        for start, stop in zip(edges[:-1], edges[1:])
    ]
    return pieces, cluster, confidence, ratio


def _finished(pieces, *assigned):
    for piece in pieces:
        piece.result()
    return assigned


class _Scratch:
    """The arrays that one thread computes in; each is filled anew by every block."""

    def __init__(self, program):
        n_bands = len(program.centre)
        self.centred = _rows(n_bands, np.float64)
        self.features, self.signs, self.exponents = (_rows(n_bands) for _ in range(3))
        self.activations = [_rows(len(bias)) for _, bias in program.layers]
        self.departures = _rows(len(program.cloud[1])) if program.cloud else None
        # comparing with a row is several times faster than with a number
        self.zeros, self.ones = np.zeros(BLOCK_PIXELS, np.float32), np.ones(BLOCK_PIXELS, np.float32)
        self.has_data, self.is_best = (np.empty(BLOCK_PIXELS, bool) for _ in range(2))
        self.cluster, self.rank = (np.empty(BLOCK_PIXELS, np.uint8) for _ in range(2))


def _rows(n_rows, kind=np.float32):
    return np.zeros((n_rows, BLOCK_PIXELS + _ROW_PADDING), kind)[:, :BLOCK_PIXELS]


def _assign_piece(program, pixels, piece, cluster, confidence, ratio):
    scratch = _Scratch(program)
    with np.errstate(all="ignore"):  # pixels without data are computed like all others, and blanked at the end
        for start in range(piece.start, piece.stop, BLOCK_PIXELS):
            block = slice(start, min(start + BLOCK_PIXELS, piece.stop))
            size = block.stop - block.start
            _transform(program, pixels[:, block], scratch)
            logits = _logits(program.layers, scratch)
            np.isfinite(pixels[:, block]).all(axis=0, out=scratch.has_data[:size])
            probability = _decide(logits, scratch)
            blank = ~scratch.has_data[:size]
            cluster[block], confidence[block] = scratch.cluster[:size], probability[:size]
            np.copyto(confidence[block], 0.0, where=blank)
            if program.cloud:
                ratio[block] = _outside_ratio(program, scratch)[:size]
                np.copyto(ratio[block], np.nan, where=blank)


def _transform(program, values, scratch):
    """Write the clipped Yeo-Johnson transform of ``values`` into the features.

    With s the sign of z: s ((1 + |z|)^e - 1) / e, where e is 1 + s (exponent - 1).
    """
    size, features = values.shape[1], scratch.features
    np.subtract(values, program.centre, out=scratch.centred[:, :size])
    scratch.centred[:, size:] = 0.0
    np.multiply(scratch.centred, program.scale, out=features, casting="same_kind")
    if len(program.bend):
        signs, exponents = scratch.signs, scratch.exponents
        np.bitwise_and(features.view(np.uint32), _SIGN_BIT, out=signs.view(np.uint32))
        np.bitwise_or(signs.view(np.uint32), _ONE, out=signs.view(np.uint32))
        np.multiply(signs, program.bend, out=exponents)
        np.add(exponents, scratch.ones, out=exponents)
        np.absolute(features, out=features)
        np.log1p(features, out=features)
        np.multiply(features, exponents, out=features)
        np.expm1(features, out=features)
        np.divide(features, exponents, out=features)
        np.multiply(features, signs, out=features)
    np.minimum(features, program.upper, out=features)
    np.maximum(features, program.lower, out=features)


def _logits(layers, scratch):
    values = scratch.features
    for number, ((weight, bias), output) in enumerate(zip(layers, scratch.activations), start=1):
        np.matmul(weight, values, out=output)
        np.add(output, bias, out=output)
        if number < len(layers):
            np.maximum(output, scratch.zeros, out=output)
        values = output
    return values


def _decide(logits, scratch):
    """Write the number of the most probable cluster, of equal ones the first, and return its probability."""
    best, cluster, n_clusters = logits.max(axis=0), scratch.cluster, len(logits)
    cluster[:] = 0
    for position, row in enumerate(logits):
        np.equal(row, best, out=scratch.is_best)
        np.multiply(scratch.is_best.view(np.uint8), np.uint8(n_clusters - position), out=scratch.rank)
        np.maximum(cluster, scratch.rank, out=cluster)
    np.subtract(np.uint8(n_clusters + 1), cluster, out=cluster)
    np.multiply(cluster, scratch.has_data.view(np.uint8), out=cluster)
    np.subtract(logits, best, out=logits)
    np.exp(logits, out=logits)
    return np.divide(scratch.ones, logits.sum(axis=0))


def _outside_ratio(program, scratch):
    """Return the distance to the nearest cluster of the training pixels over the edge of their cloud."""
    (weight, bias), departures = program.cloud, scratch.departures
    np.matmul(weight, scratch.features, out=departures)
    np.add(departures, bias, out=departures)
    np.square(departures, out=departures)
    squared = departures.reshape(-1, len(scratch.features), BLOCK_PIXELS).sum(axis=1)
    return np.sqrt(squared.min(axis=0)) / np.float32(program.cloud_edge)
