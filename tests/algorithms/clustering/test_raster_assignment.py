"""The fast assignment of pixels against its slow twin: transform of tables, then the network, row by row."""

from dataclasses import replace

import numpy as np
import pytest

from fumarole.algorithms.clustering.distillation import HIDDEN, NETWORK, Student
from fumarole.algorithms.clustering.features import FeatureTable, fit_features
from fumarole.algorithms.clustering.raster_assignment import BLOCK_PIXELS, assign_blocks
from fumarole.algorithms.clustering.raster_model import RasterModel
from fumarole.algorithms.clustering.training_cloud import TrainingCloud
from fumarole.algorithms.networks import dense_arrays, member_generators

N_PIXELS = 2 * BLOCK_PIXELS + 777


def table_of(values):
    """A table from pixels ``(n_bands, n_pixels)``."""
    rows = values.T.astype(np.float64)
    return FeatureTable(tuple(f"band {n}" for n in range(rows.shape[1])), rows, np.zeros(rows.shape, bool))


def pixels(n_pixels, seed=0):
    """Synthetic bands ``(5, n_pixels)``: bell-shaped, skewed, tiny, with a large offset, and whole numbers."""
    z = np.random.default_rng(seed).normal(size=(5, n_pixels))
    return np.stack([z[0], np.exp(1.5 * z[1]), 1e-7 * z[2], 4.3e6 + 20.0 * z[3], np.round(40 * z[4]) + 128])


def random_model(transform="yeo_johnson", k=6, seed=1, cloud=False):
    """A model with a fitted transform and an untrained network."""
    fitted, prepared, _, _ = fit_features(table_of(pixels(3000)), transform, "skip")
    arrays = dense_arrays(NETWORK, (5, *HIDDEN, k), member_generators(seed, 1))
    generator = np.random.default_rng(seed)
    for name, array in arrays.items():
        arrays[name] = (array + 0.3 * generator.normal(size=array.shape)).astype(np.float32)
    training_cloud = TrainingCloud.fit(prepared.matrix, np.arange(3000) % k) if cloud else None
    return RasterModel(fitted, Student(arrays, 0.97, 200), {"seed": seed}, training_cloud)


def twin(model, values):
    """Cluster and confidence of every pixel as a table, in float64 up to the network."""
    prepared = model.transform.apply(table_of(values))
    probability = np.zeros((values.shape[1], model.n_clusters))
    probability[prepared.assigned] = model.student.probability(prepared.matrix[prepared.assigned])
    cluster = np.where(prepared.assigned, probability.argmax(axis=1) + 1, 0)
    return cluster, probability


def in_blocks(model, values, size, n_threads=2):
    """Cluster, confidence and, of a model with a cloud, the ratio to it, from blocks of ``size`` pixels."""
    blocks = (values[:, start : start + size] for start in range(0, values.shape[1], size))
    found = zip(*assign_blocks(model, blocks, n_threads))
    return tuple(np.concatenate(parts) for parts in found if parts[0] is not None)


@pytest.mark.parametrize("transform", ["yeo_johnson", "none"])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_blocks_do_what_the_whole_table_does(transform, kind):
    model = random_model(transform)
    values = pixels(N_PIXELS, seed=3).astype(kind)
    values[0, ::97] = np.nan
    values[3, 5::101] = np.inf
    expected, probability = twin(model, values)
    cluster, confidence = in_blocks(model, values, 6000)
    assert len(np.unique(expected)) >= 4  # the comparison is worth something
    np.testing.assert_allclose(confidence, probability.max(axis=1), atol=2e-4)
    two_best = np.sort(probability, axis=1)[:, -2:]
    clear = (cluster == 0) | (two_best[:, 1] - two_best[:, 0] > 1e-3)
    assert clear.mean() > 0.99
    np.testing.assert_array_equal(cluster[clear], expected[clear])


@pytest.mark.parametrize("size", [N_PIXELS, BLOCK_PIXELS, 1000, 3])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_pixel_gets_the_same_to_the_last_bit_wherever_it_stands(size, kind):
    model, values = random_model(cloud=True), pixels(N_PIXELS, seed=4).astype(np.float32)
    chosen = np.random.default_rng(1).permutation(N_PIXELS)[: min(N_PIXELS, 30 * size)]
    whole = in_blocks(model, values, N_PIXELS)
    again = in_blocks(model, values[:, chosen].astype(kind), size)
    for expected, found in zip(whole, again):
        np.testing.assert_array_equal(found, expected[chosen])


@pytest.mark.parametrize("transform", ["yeo_johnson", "none"])
def test_the_distance_to_the_training_pixels_is_that_of_the_table(transform):
    model, values = random_model(transform, cloud=True), pixels(3000, seed=8)
    values[:, :200] *= 3.0
    values[2, 7] = np.nan
    prepared = model.transform.apply(table_of(values))
    expected = np.full(values.shape[1], np.nan)
    expected[prepared.assigned] = model.cloud.ratio(prepared.matrix[prepared.assigned])
    _, _, ratio = in_blocks(model, values, 3000)
    assert 0.02 < (expected > 1).mean() < 0.5
    np.testing.assert_allclose(ratio, expected, rtol=1e-4)


@pytest.mark.parametrize("n_pixels", [1, BLOCK_PIXELS - 1, N_PIXELS])
def test_the_number_of_threads_does_not_matter(n_pixels):
    model, values = random_model(), pixels(n_pixels, seed=5).astype(np.float32)
    expected = in_blocks(model, values, n_pixels, n_threads=1)
    for n_threads in (2, 2, 3):
        found = in_blocks(model, values, n_pixels, n_threads)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


def test_pixels_without_data_have_neither_cluster_nor_confidence():
    values = pixels(100).astype(np.float32)
    values[2, :40], values[4, 40:60], values[1, 60:70] = np.nan, -np.inf, np.inf
    cluster, confidence = in_blocks(random_model(), values, 30)
    assert (cluster[:70] == 0).all() and (confidence[:70] == 0).all()
    assert (cluster[70:] > 0).all() and (confidence[70:] >= 1 / 6).all() and (confidence[70:] <= 1).all()
    assert cluster.dtype == np.uint8 and confidence.dtype == np.float32


def test_values_far_outside_the_sample_are_cut_as_in_a_table():
    values = pixels(200, seed=6)
    values[:, :50] *= 1e12
    values[:, 50:100] *= -1e25
    expected, probability = twin(random_model(), values)
    for kind in (np.float32, np.float64):
        cluster, confidence = in_blocks(random_model(), values.astype(kind), 200)
        np.testing.assert_array_equal(cluster[:100], expected[:100])
        np.testing.assert_allclose(confidence[:100], probability.max(axis=1)[:100], atol=2e-4)


def test_blocks_are_read_one_ahead_and_no_further():
    read, done = [], []

    def blocks():
        for number in range(5):
            read.append(number)
            yield pixels(10, seed=number).astype(np.float32)

    for number, _ in enumerate(assign_blocks(random_model(), blocks())):
        done.append(number)
        assert len(read) <= len(done) + 1


def test_the_blas_threads_are_given_back_when_the_caller_stops_early():
    from threadpoolctl import threadpool_info

    before = [(pool["filepath"], pool["num_threads"]) for pool in threadpool_info()]
    stream = assign_blocks(random_model(), (pixels(10).astype(np.float32) for _ in range(5)))
    next(stream)
    stream.close()
    assert [(pool["filepath"], pool["num_threads"]) for pool in threadpool_info()] == before


@pytest.mark.parametrize("exponent", [0.0, 1e-9, 2.0, 2.0 - 1e-9, -3.5, 3.5])
def test_every_exponent_is_taken_as_in_a_table(exponent):
    fitted = random_model()
    margins = replace(fitted.transform.margins, exponent=np.full(5, exponent))
    margins = replace(margins, lower=np.full(5, -1e3), upper=np.full(5, 1e3))
    wide = replace(fitted.transform.standardisation, lower=np.full(5, -1e3), upper=np.full(5, 1e3))
    model = replace(fitted, transform=replace(fitted.transform, margins=margins, standardisation=wide))
    values = np.clip(pixels(500, seed=9), *np.quantile(pixels(500, seed=9), [0.05, 0.95], axis=1)[:, :, None])
    _, probability = twin(model, values)
    _, confidence = in_blocks(model, values, 500)
    np.testing.assert_allclose(confidence, probability.max(axis=1), atol=5e-4)
