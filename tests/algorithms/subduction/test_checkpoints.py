"""Checkpoints: what is read, what is refused, and the published confusion matrix."""

import os

import numpy as np
import pytest
import torch

from fumarole.algorithms.errors import ModelFileError
from fumarole.algorithms.subduction.checkpoints import published_classes, published_inputs, read_checkpoint
from fumarole.algorithms.subduction.folds import reference_stretches


def small_network():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3)
    )


def test_outputs_are_those_of_the_saved_network(tmp_path):
    network = small_network()
    torch.save(network.state_dict(), tmp_path / "net.pt")
    found = read_checkpoint(tmp_path / "net.pt")
    inputs = torch.randn(7, 4)
    assert (found.n_features, found.n_layers, found.n_classes) == (4, 3, 3)
    assert found.outputs(inputs.numpy()) == pytest.approx(network(inputs).detach().numpy(), abs=1e-6)


def test_code_in_a_checkpoint_is_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    torch.save({"0.weight": Trap()}, tmp_path / "trap.pt")
    with pytest.raises(ModelFileError, match="holds more than weights"):
        read_checkpoint(tmp_path / "trap.pt")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ([1, 2], "no state dict"),
        ({}, "no chain of linear layers"),
        ({"a.weight": torch.zeros(3, 4)}, "no chain of linear layers"),
        ({"a.weight": torch.zeros(3, 4), "a.bias": torch.zeros(2)}, "'a.weight' and 'a.bias' do not fit"),
        ({"a.weight": torch.zeros(3, 4), "b.bias": torch.zeros(3)}, "'a.weight' and 'b.bias' do not fit"),
        (
            {
                "a.weight": torch.zeros(3, 4),
                "a.bias": torch.zeros(3),
                "b.weight": torch.zeros(2, 5),
                "b.bias": torch.zeros(2),
            },
            "'b.weight' and 'b.bias' do not fit",
        ),
    ],
)
def test_other_contents_are_refused(tmp_path, state, message):
    torch.save(state, tmp_path / "other.pt")
    with pytest.raises(ModelFileError, match=message):
        read_checkpoint(tmp_path / "other.pt")


def test_damaged_and_missing_files_are_refused(tmp_path):
    torch.save(small_network().state_dict(), tmp_path / "net.pt")
    whole = (tmp_path / "net.pt").read_bytes()
    (tmp_path / "half.pt").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.pt").write_text("not a network")
    (tmp_path / "empty.pt").write_bytes(b"")
    for name in ("half.pt", "text.pt", "empty.pt", "missing.pt", "."):
        with pytest.raises(ModelFileError, match="is not a checkpoint that can be read safely"):
            read_checkpoint(tmp_path / name)


def test_the_published_confusion_matrix_comes_back(published, shared_data):
    path = shared_data / "subduction" / "checkpoints" / "ncls3_dex100_scenario4.pt"
    if not path.is_file():
        pytest.skip(f"{path.name} may not be shipped and is not present")
    network = read_checkpoint(path)
    tested = reference_stretches(published, 5).number == 4
    predicted = network.outputs(published_inputs(published.values))[tested].argmax(axis=1)
    known = published_classes(published.filled_magnitude)[tested]
    confusion = np.zeros((3, 3), dtype=int)
    np.add.at(confusion, (known, predicted), 1)
    assert confusion.tolist() == [[16, 20, 3], [7, 12, 4], [9, 28, 8]]
