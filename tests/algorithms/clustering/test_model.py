"""A saved model assigns as the run did, needs numpy alone, and is refused with a sentence when it does not fit."""

import json
import subprocess
import sys

import numpy as np
import pytest

from fumarole.algorithms import model_file
from fumarole.algorithms.clustering import model as module
from fumarole.algorithms.clustering.features import FeatureTable
from fumarole.algorithms.clustering.model import ClusteringModel
from fumarole.algorithms.errors import ModelFileError

FIELDS = ("cluster", "probability", "confidence", "entropy", "agreement", "latent", "outside", "outside_ratio")


@pytest.fixture(scope="module")
def path(result, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "waters.npz"
    result.model.save(path)
    return path


@pytest.fixture
def loaded(path):
    return ClusteringModel.load(path)


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in FIELDS)


def test_a_loaded_model_assigns_as_the_run_did(loaded, result, waters):
    assert same(loaded.assign(waters), result.membership)


def test_everything_comes_back(loaded, result):
    model = result.model
    assert loaded.transform.names == model.transform.names
    assert loaded.n_clusters == model.n_clusters == 3
    assert loaded.representative == model.representative
    assert loaded.consensus.effective_runs == model.consensus.effective_runs
    assert loaded.cloud.edge == model.cloud.edge
    assert loaded.networks.keys() == model.networks.keys()
    assert not any(name.startswith(("decoder", "skip.decoder")) for name in loaded.networks)
    assert loaded.card.items() >= model.card.items()


def test_a_loaded_model_can_be_saved_again(loaded, tmp_path, waters, result):
    loaded.save(tmp_path / "again.npz")
    assert same(ClusteringModel.load(tmp_path / "again.npz").assign(waters), result.membership)


def test_the_card_tells_where_the_model_comes_from(loaded):
    card = loaded.card
    assert (card["kind"], card["seed"], card["effort"], card["n_clusters"]) == ("clustering", 42, "standard", 3)
    assert (card["transform"], card["missing"]) == ("auto", "impute")
    assert {"python", "numpy", "torch"} <= card["software"].keys()
    assert len(card["training_fingerprint"]) == 16
    assert (card["n_samples"], card["n_training"]) == (109, 109)
    assert [entry["method"] for entry in card["quality"]] == [
        "Deep embedded clustering",
        "k-means",
        "Gaussian mixture",
    ]
    assert card["quality"][0]["silhouette"] > 0.3


def test_fields_are_matched_by_name(loaded, waters, result):
    order = [5, 2, 0, 4, 1, 3]
    values = np.hstack([waters.values[:, order], np.zeros((len(waters.values), 1))])
    names = tuple(waters.names[position] for position in order) + ("extra",)
    shuffled = FeatureTable(names, values, np.zeros(values.shape, dtype=bool))
    assert same(loaded.assign(shuffled), result.membership)


def test_a_table_without_the_features_is_refused(loaded, waters):
    other = FeatureTable(("As",) + waters.names[1:5] + ("T",), waters.values, waters.below_detection)
    with pytest.raises(ModelFileError, match=r"lacks the features .*: 'As \(ppm\)', 'Temp \(°C\)'. Fields are"):
        loaded.assign(other)


def test_a_sample_is_assigned_alone_as_among_others(loaded, waters, result):
    for row in (0, 10, 50):
        one = FeatureTable(waters.names, waters.values[[row]], waters.below_detection[[row]])
        membership = loaded.assign(one)
        assert membership.cluster[0] == result.membership.cluster[row]
        assert membership.probability[0] == pytest.approx(result.membership.probability[row], nan_ok=True)


def test_blocks_of_rows_change_nothing(loaded, result, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 17)
    membership = loaded.assign_matrix(result.features)
    assert np.array_equal(membership.cluster, result.membership.cluster)
    assert membership.latent == pytest.approx(result.membership.latent, abs=1e-5, nan_ok=True)


def test_rows_with_blanks_stay_unassigned(loaded):
    membership = loaded.assign_matrix(np.array([[0.0] * 6, [np.nan] + [0.0] * 5]))
    assert membership.cluster[0] > 0 and membership.cluster[1] == 0
    for name in ("probability", "confidence", "entropy", "agreement", "latent", "outside_ratio"):
        values = getattr(membership, name)
        assert np.isfinite(values[0]).all() and np.isnan(values[1]).all()
    assert not membership.outside[1]


def test_no_rows_are_assigned_to_nothing(loaded):
    membership = loaded.assign_matrix(np.empty((0, 6)))
    assert membership.cluster.shape == (0,) and membership.probability.shape == (0, 3)


def test_a_far_sample_is_outside(loaded, waters):
    values = waters.values[[0, 0]]
    values[1, 4:] = [-50, 4000]
    membership = loaded.assign(FeatureTable(waters.names, values, np.zeros(values.shape, dtype=bool)))
    assert membership.outside.tolist() == [False, True]
    assert membership.outside_ratio[1] > 1 > membership.outside_ratio[0]


def test_the_edge_of_the_cloud_decides_who_is_outside(result):
    membership = result.membership
    assert np.array_equal(membership.outside, membership.outside_ratio > 1)
    assert membership.outside.sum() == 2  # 1 % of 109


def rewritten(path, target, arrays=(), card=()):
    """Save the model again without some arrays or entries of the card."""
    old_arrays, old_card = model_file.load(path, module.KIND)
    kept_arrays = {name: array for name, array in old_arrays.items() if name not in arrays}
    kept_card = {key: value for key, value in old_card.items() if key not in card}
    model_file.save(target, module.KIND, kept_arrays, kept_card)
    return target


def array_names():
    parts = ("features.margins.composition", "features.gaussian.mean", "features.standardisation.sd")
    networks = ("network.centres", "network.encoder.0.weight", "network.encoder.2.bias", "network.skip.encoder")
    return (*parts, *networks, "consensus.share", "consensus.label_frequency", "cloud.centre")


@pytest.mark.parametrize("name", array_names())
def test_a_model_without_one_of_its_arrays_is_refused(path, tmp_path, name):
    with pytest.raises(ModelFileError, match="The model file lacks .* Train the model again."):
        ClusteringModel.load(rewritten(path, tmp_path / "broken.npz", arrays=[name]))


@pytest.mark.parametrize("key", ["feature_names", "impute", "effective_runs", "cloud_edge", "representative_run"])
def test_a_model_with_an_incomplete_card_is_refused(path, tmp_path, key):
    with pytest.raises(ModelFileError, match="The model file lacks .* Train the model again."):
        ClusteringModel.load(rewritten(path, tmp_path / "broken.npz", card=[key]))


def test_a_model_whose_arrays_do_not_fit_each_other_is_refused(path, tmp_path):
    arrays, card = model_file.load(path, module.KIND)
    for name, array in arrays.items():
        if name.startswith(("network.", "cloud.", "consensus.")):
            cut = {**arrays, name: array[..., :-1]}
            model_file.save(tmp_path / "cut.npz", module.KIND, cut, card)
            with pytest.raises(ModelFileError, match="do not fit each other. Train the model again."):
                ClusteringModel.load(tmp_path / "cut.npz")


def test_a_truncated_model_is_refused(path, tmp_path):
    cut = tmp_path / "cut.npz"
    cut.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ModelFileError, match="'cut.npz' is not a readable Fumarole model"):
        ClusteringModel.load(cut)


def test_a_model_of_another_tool_is_refused(tmp_path):
    model_file.save(tmp_path / "other.npz", "segments", {}, {})
    with pytest.raises(ModelFileError, match="of kind 'segments', but this tool needs one of kind 'clustering'"):
        ClusteringModel.load(tmp_path / "other.npz")


WITHOUT_LIBRARIES = """
import importlib.util, json, sys
for blocked in ("torch", "sklearn", "scipy", "pandas", "threadpoolctl", "qgis", "osgeo"):
    sys.modules[blocked] = None
root, model, table = sys.argv[1:]
spec = importlib.util.spec_from_file_location("fumarole", root + "/__init__.py", submodule_search_locations=[root])
package = sys.modules["fumarole"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(package)
import numpy as np
from fumarole.algorithms.clustering.features import FeatureTable
from fumarole.algorithms.clustering.model import ClusteringModel
model = ClusteringModel.load(model)
values = np.load(table)
membership = model.assign(FeatureTable(model.transform.names, values, np.zeros(values.shape, dtype=bool)))
print(json.dumps({"cluster": membership.cluster.tolist(), "n_outside": int(membership.outside.sum())}))
"""


def test_a_model_assigns_with_numpy_alone(root, path, waters, result, tmp_path):
    np.save(tmp_path / "table.npy", waters.values)
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBRARIES, str(root), str(path), str(tmp_path / "table.npy")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["cluster"] == result.membership.cluster.tolist()
    assert found["n_outside"] == result.membership.outside.sum()
