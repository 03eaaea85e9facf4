"""Published networks as classifiers of segments."""

import numpy as np
import pytest
import torch

from fumarole.algorithms.errors import DataError, ModelFileError
from fumarole.algorithms.subduction.checkpoints import published_classes, published_inputs, read_checkpoint
from fumarole.algorithms.subduction.class_bounds import ClassBounds
from fumarole.algorithms.subduction.folds import reference_stretches
from fumarole.algorithms.subduction.published_classifier import published_classifier
from fumarole.algorithms.subduction.segments import SegmentTable


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A small network of three features and two classes."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.ReLU(), torch.nn.Linear(6, 2))
    path = tmp_path_factory.mktemp("checkpoint") / "net.pt"
    torch.save(network.state_dict(), path)
    return path


def test_it_classifies_as_the_network_on_the_features_of_the_study(checkpoint, synthetic):
    model = published_classifier(checkpoint, synthetic, ClassBounds((8.0,)))
    inputs = published_inputs(synthetic.values)
    assert np.abs(inputs).max() < 5  # so nothing is clipped
    assert model.features(synthetic) == pytest.approx(inputs, abs=1e-9)
    logits = read_checkpoint(checkpoint).outputs(inputs)
    found = model.classify(synthetic)
    assert found.number.tolist() == (logits.argmax(axis=1) + 1).tolist()
    assert found.probability == pytest.approx(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), abs=1e-6)
    assert not found.outside.any()
    rows, relevance = model.explain(synthetic)
    assert len(rows) == len(synthetic) and relevance.conservation_error < 1e-6


def test_blank_segments_are_left_out_of_the_scaling(checkpoint, synthetic):
    values = synthetic.values.copy()
    values[3] = [1e9, np.nan, 0.0]
    blank = SegmentTable(synthetic.names, values, synthetic.magnitude, synthetic.region, synthetic.position_km)
    others = np.arange(len(synthetic)) != 3
    expected = published_classifier(checkpoint, synthetic.take(others), ClassBounds((8.0,)))
    model = published_classifier(checkpoint, blank, ClassBounds((8.0,)))
    assert model.preprocessing.mean.tolist() == expected.preprocessing.mean.tolist()
    assert model.classify(blank).number[3] == 0


def test_a_constant_feature_says_nothing(checkpoint, synthetic):
    values = synthetic.values.copy()
    values[:, 2] = 7.0
    same = SegmentTable(synthetic.names, values, synthetic.magnitude, synthetic.region, synthetic.position_km)
    assert not published_classifier(checkpoint, same, ClassBounds((8.0,))).features(same)[:, 2].any()


def test_what_does_not_fit_gets_a_sentence(checkpoint, synthetic):
    with pytest.raises(ModelFileError, match="tells 2 classes apart, and the class bounds make 3. Give one bound less"):
        published_classifier(checkpoint, synthetic, ClassBounds((6.4, 8.3)))
    two = SegmentTable(("a", "b"), synthetic.values[:, :2], *(synthetic.magnitude,) * 3)
    with pytest.raises(ModelFileError, match="takes 3 features, and 2 were chosen. Choose the features of its tr"):
        published_classifier(checkpoint, two, ClassBounds((8.0,)))
    with pytest.raises(DataError, match="Only one segment has all features"):
        published_classifier(checkpoint, synthetic.take([0]), ClassBounds((8.0,)))


def test_the_published_confusion_matrix_comes_back(published, shared_data):
    path = shared_data / "subduction" / "checkpoints" / "ncls3_dex100_scenario4.pt"
    if not path.is_file():
        pytest.skip(f"{path.name} may not be shipped and is not present")
    tested = reference_stretches(published, 5).number == 4
    model = published_classifier(path, published, ClassBounds((6.4, 8.3)))
    confusion = np.zeros((3, 3), dtype=int)
    known = published_classes(published.filled_magnitude)
    np.add.at(confusion, (known[tested], model.classify(published).number[tested] - 1), 1)
    assert confusion.tolist() == [[16, 20, 3], [7, 12, 4], [9, 28, 8]]
