"""The file a distilled clustering travels in: whole, or refused with a sentence."""

import numpy as np
import pytest

from fumarole.algorithms import model_file
from fumarole.algorithms.clustering.distillation import HIDDEN, NETWORK, Student
from fumarole.algorithms.clustering.features import FeatureTable, fit_features
from fumarole.algorithms.clustering.raster_assignment import assign_blocks
from fumarole.algorithms.clustering.raster_model import RasterModel
from fumarole.algorithms.clustering.training_cloud import TrainingCloud
from fumarole.algorithms.errors import ModelFileError
from fumarole.algorithms.networks import dense_arrays, member_generators


@pytest.fixture(scope="module")
def pixels():
    """Synthetic values ``(300, 3)``."""
    return np.random.default_rng(0).normal(size=(300, 3))


def make_model(pixels, with_cloud=True):
    table = FeatureTable(("a", "b", "c"), pixels, np.zeros(pixels.shape, bool))
    transform, prepared, _, _ = fit_features(table, "yeo_johnson", "skip")
    arrays = dense_arrays(NETWORK, (3, *HIDDEN, 4), member_generators(1, 1))
    cloud = TrainingCloud.fit(prepared.matrix, np.arange(300) % 4) if with_cloud else None
    return RasterModel(transform, Student(arrays, 0.97, 200), {"seed": 1}, cloud)


@pytest.mark.parametrize("with_cloud", [True, False])
def test_a_saved_model_assigns_as_before(tmp_path, pixels, with_cloud):
    model = make_model(pixels, with_cloud)
    model.save(tmp_path / "model.npz")
    again = RasterModel.load(tmp_path / "model.npz")
    assert again.student.agreement == 0.97 and again.student.n_held_out == 200
    assert again.card["seed"] == 1 and again.card["agreement"] == 0.97 and again.n_clusters == 4
    (before,), (after,) = (list(assign_blocks(one, [pixels.T])) for one in (model, again))
    assert (after[2] is not None) == with_cloud
    for expected, found in zip(before, after):
        np.testing.assert_array_equal(expected, found)


def test_a_model_of_another_kind_is_refused_with_a_sentence(tmp_path):
    model_file.save(tmp_path / "other.npz", "clustering", {"a": np.zeros(2)}, {})
    with pytest.raises(ModelFileError, match="kind 'clustering', but this tool needs one of kind 'clustering_raster'"):
        RasterModel.load(tmp_path / "other.npz")


def test_a_model_that_lacks_an_entry_is_refused_with_a_sentence(tmp_path):
    card = {"agreement": None, "n_held_out": 0}
    model_file.save(tmp_path / "empty.npz", "clustering_raster", {"a": np.zeros(2)}, card)
    with pytest.raises(ModelFileError, match="lacks the entry 'student.0.weight'"):
        RasterModel.load(tmp_path / "empty.npz")


@pytest.mark.parametrize("name", ["student.0.weight", "student.1.bias", "cloud.whitening"])
def test_arrays_that_do_not_fit_are_refused_with_a_sentence(tmp_path, pixels, name):
    make_model(pixels).save(tmp_path / "model.npz")
    arrays, card = model_file.load(tmp_path / "model.npz", "clustering_raster")
    arrays[name] = np.concatenate([arrays[name]] * 2, axis=-1)
    model_file.save(tmp_path / "model.npz", "clustering_raster", arrays, card)
    with pytest.raises(ModelFileError, match="do not fit each other"):
        RasterModel.load(tmp_path / "model.npz")
