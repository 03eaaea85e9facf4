"""Assignment of every pixel of a raster by the distilled network, block by block, with numpy alone.

Pixels are handled feature-first, ``(n_bands, n_pixels)``: each band is contiguous as it comes from the file, and
every step is one pass over a block that stays in the processor's cache. Two threads share the blocks; numpy and its
BLAS release the interpreter while they compute, and one BLAS thread each keeps them out of each other's way.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from .. import model_file
from ..errors import ModelFileError
from .distillation import N_LAYERS, NETWORK, Student
from .features import FeatureTransform
from .transforms import yeo_johnson

KIND = "clustering_raster"
MAX_CLUSTERS = 255  # cluster numbers are bytes
THREADS = 2
BLOCK_PIXELS = 8192  # the activations of one block fit the second-level cache of a core
_FAR = 1e6  # robust standard deviations, as in the transform of tables
_LEAST_EXPONENT = 1e-6  # a power this small is the logarithm within float32


@dataclass(frozen=True, eq=False)
class RasterModel:
    """A distilled clustering of rasters: band transform and network.

    Attributes
    ----------
    transform : FeatureTransform
        Of the used bands; each is treated by itself ("yeo_johnson" or "none"), without composition.
    student : Student
    card : dict
        JSON description: seed, versions, quality, agreement, training extent and so on.
    """

    transform: FeatureTransform
    student: Student
    card: dict

    @property
    def n_clusters(self):
        """Number of clusters k."""
        return self.student.arrays[f"{NETWORK}.{N_LAYERS - 1}.bias"].shape[-1]

    def save(self, path):
        """Write the model file, of kind ``"clustering_raster"``."""
        card = {
            **self.card,
            **self.transform.to_card(),
            "n_clusters": self.n_clusters,
            "agreement": None if np.isnan(self.student.agreement) else self.student.agreement,
            "n_held_out": self.student.n_held_out,
        }
        model_file.save(path, KIND, {**self.student.arrays, **self.transform.to_arrays()}, card)

    @classmethod
    def load(cls, path):
        """Read a model file; raises :class:`~..errors.ModelFileError` when it is not a raster clustering model."""
        arrays, card = model_file.load(path, KIND)
        try:
            layers = [f"{NETWORK}.{layer}.{part}" for layer in range(N_LAYERS) for part in ("weight", "bias")]
            agreement = float("nan") if card["agreement"] is None else float(card["agreement"])
            student = Student({name: arrays[name] for name in layers}, agreement, int(card["n_held_out"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"The model file lacks the entry {error}. Train the model again.") from error
        return cls(FeatureTransform.from_model(arrays, card), student, card)


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
    """
    from threadpoolctl import threadpool_limits

    program = _program(model)
    with threadpool_limits(1), ThreadPoolExecutor(n_threads) as pool:
        pending = None
        for block in blocks:
            started = _start(pool, program, block, n_threads)
            if pending:
                yield _finished(*pending)
            pending = started
        if pending:
            yield _finished(*pending)


@dataclass(frozen=True, eq=False)
class _Program:
    """The model as a straight line of operations on columns ``(n_bands, 1)`` and matrices ``(n_out, n_in)``."""

    centre: np.ndarray  # float64, as the scale: large offsets are taken off before float64 values become float32
    scale: np.ndarray
    exponents: tuple  # of the positive and of the negative side; empty when no band has a power
    lower: np.ndarray
    upper: np.ndarray
    layers: tuple  # of (weight, bias)


def _program(model):
    margins, standardisation = model.transform.margins, model.transform.standardisation
    arrays = model.student.arrays
    layers = [
        (arrays[f"{NETWORK}.{layer}.weight"][0].astype(float), arrays[f"{NETWORK}.{layer}.bias"][0, 0].astype(float))
        for layer in range(N_LAYERS)
    ]
    weight, bias = layers[0]  # standardising is linear, so the first layer does it
    weight = weight / standardisation.sd[:, None]
    layers[0] = weight, bias - standardisation.mean @ weight
    exponents = ()
    if (margins.exponent != 1.0).any():
        sides = (margins.exponent, 2.0 - margins.exponent)
        exponents = tuple(_column(np.where(np.abs(side) < _LEAST_EXPONENT, _LEAST_EXPONENT, side)) for side in sides)
    farthest = [yeo_johnson(np.full((1, len(margins.exponent)), end), margins.exponent)[0] for end in (-_FAR, _FAR)]
    return _Program(
        margins.centre[:, None],
        1.0 / margins.spread[:, None],
        exponents,
        _column(np.maximum.reduce([margins.lower, standardisation.lower, farthest[0]])),
        _column(np.minimum.reduce([margins.upper, standardisation.upper, farthest[1]])),
        tuple((np.ascontiguousarray(weight.T, np.float32), _column(bias)) for weight, bias in layers),
    )


def _column(values):
    return values.astype(np.float32)[:, None]


def _start(pool, program, block, n_threads):
    """Hand the pieces of a block to the pool; they end where a block of 8 192 pixels ends, whatever their number."""
    n_pixels = block.shape[1]
    cluster, confidence = np.empty(n_pixels, np.uint8), np.empty(n_pixels, np.float32)
    n_blocks = -(-n_pixels // BLOCK_PIXELS)
    edges = [n_blocks * piece // n_threads * BLOCK_PIXELS for piece in range(n_threads)] + [n_pixels]
    pieces = [
        pool.submit(_assign_piece, program, block[:, start:stop], cluster[start:stop], confidence[start:stop])
        for start, stop in zip(edges[:-1], edges[1:])
    ]
    return pieces, cluster, confidence


def _finished(pieces, cluster, confidence):
    for piece in pieces:
        piece.result()
    return cluster, confidence


def _assign_piece(program, pixels, cluster, confidence):
    n_block = min(BLOCK_PIXELS, pixels.shape[1])
    scratch = [np.empty((len(pixels), n_block), np.float32) for _ in range(2)]
    activations = [np.empty((len(bias), n_block), np.float32) for _, bias in program.layers]
    zeros = np.zeros(n_block, np.float32)  # comparing with a row is several times faster than with a number
    with np.errstate(all="ignore"):  # pixels without data are computed like all others, and blanked at the end
        for start in range(0, pixels.shape[1], BLOCK_PIXELS):
            block = slice(start, min(start + BLOCK_PIXELS, pixels.shape[1]))
            size = block.stop - block.start
            values, zero = pixels[:, block], zeros[:size]
            features = _transformed(program, values, zero, *(array[:, :size] for array in scratch))
            logits = _logits(program.layers, features, zero, [array[:, :size] for array in activations])
            has_data = np.isfinite(values).all(axis=0)
            _decide(logits, has_data, cluster[block], confidence[block])


def _transformed(program, values, zero, positive, negative):
    """Write the clipped Yeo-Johnson transform of ``values`` into ``positive``, and return it."""
    centre = program.centre.astype(values.dtype)
    centred = values - centre
    centred -= (program.centre - centre).astype(values.dtype)  # what float32 rounds off a centre far from zero
    np.multiply(centred, program.scale.astype(values.dtype), out=positive, casting="same_kind")
    if program.exponents:
        np.negative(positive, out=negative)
        np.maximum(negative, zero, out=negative)
        np.maximum(positive, zero, out=positive)
        for side, exponent in zip((positive, negative), program.exponents):
            np.log1p(side, out=side)
            np.multiply(side, exponent, out=side)
            np.expm1(side, out=side)
            np.divide(side, exponent, out=side)
        np.subtract(positive, negative, out=positive)
    np.minimum(positive, program.upper, out=positive)
    return np.maximum(positive, program.lower, out=positive)


def _logits(layers, values, zero, activations):
    for number, ((weight, bias), output) in enumerate(zip(layers, activations), start=1):
        np.matmul(weight, values, out=output)
        np.add(output, bias, out=output)
        if number < len(layers):
            np.maximum(output, zero, out=output)
        values = output
    return values


def _decide(logits, has_data, cluster, confidence):
    """Write number and probability of the most probable cluster, of equal ones the first."""
    best = logits.max(axis=0)
    cluster[:] = 0
    for number in range(len(logits), 0, -1):
        np.copyto(cluster, np.uint8(number), where=logits[number - 1] == best)
    np.subtract(logits, best, out=logits)
    np.exp(logits, out=logits)
    np.divide(has_data, logits.sum(axis=0), out=confidence, casting="same_kind")
    np.multiply(cluster, has_data, out=cluster)
    np.copyto(confidence, 0.0, where=~has_data)
