"""A model file comes back whole, or is refused with one sentence."""

import json
import os
import re
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fumarole.algorithms import model_file
from fumarole.algorithms.errors import FumaroleError, ModelFileError

ARRAYS = {
    "weights": np.arange(600, dtype=np.float32).reshape(2, 300),
    "names": np.array(["As (ppm)", "Sıcaklık °C"]),
    "mask": np.array([True, False]),
}
CARD = {"seed": 42, "features": ["As", "Sıcaklık"], "nested": {"silhouette": None}}
UNREADABLE = "is not a readable Fumarole model .*Choose a model written by a Fumarole training tool."


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model ü.npz"


@pytest.fixture
def saved(path):
    model_file.save(path, "clustering", ARRAYS, CARD)
    return path


def test_arrays_and_card_come_back(saved):
    arrays, card = model_file.load(str(saved), "clustering")
    assert card == {"kind": "clustering", "format": model_file.FORMAT, **CARD}
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype and np.array_equal(arrays[name], array)


def test_the_name_is_kept_as_it_is(tmp_path):
    path = tmp_path / "without ending"
    model_file.save(path, "clustering", ARRAYS, CARD)
    assert [entry.name for entry in tmp_path.iterdir()] == ["without ending"]
    model_file.load(path, "clustering")


@pytest.mark.parametrize("card", [{"value": float("nan")}, {"value": object()}])
def test_a_failed_write_keeps_the_earlier_file_and_leaves_nothing_else(saved, card):
    before = saved.read_bytes()
    with pytest.raises((ValueError, TypeError)):
        model_file.save(saved, "clustering", ARRAYS, card)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_write_that_breaks_off_keeps_the_earlier_file(saved, monkeypatch):
    before = saved.read_bytes()

    def break_off(stream, **arrays):
        stream.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez_compressed", break_off)
    with pytest.raises(OSError, match="No space left"):
        model_file.save(saved, "clustering", ARRAYS, CARD)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def refused(path, sentence, kind="clustering"):
    with pytest.raises(ModelFileError, match=sentence) as error:
        model_file.load(path, kind)
    assert str(error.value).startswith(f"'{path.name}'")


def test_a_missing_file(path):
    refused(path, UNREADABLE)


def test_a_folder(tmp_path):
    refused(tmp_path, UNREADABLE)


@pytest.mark.parametrize("content", [b"", b"PK", b"a,b\n1,2\n", b"\x00" * 100, b"\x80\x04N."])
def test_a_file_of_another_kind(path, content):
    path.write_bytes(content)
    refused(path, UNREADABLE)


def test_a_plain_numpy_array(path):
    with open(path, "wb") as stream:
        np.save(stream, np.ones(3))
    refused(path, UNREADABLE)


def test_an_archive_that_is_no_model(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
    refused(path, UNREADABLE)


def test_pickled_objects_are_never_loaded(path):
    with open(path, "wb") as stream:
        np.savez(stream, card=np.array(json.dumps({"kind": "clustering"})), evil=np.array([{}], dtype=object))
    refused(path, UNREADABLE)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file(saved, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    refused(saved, UNREADABLE)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_refused_or_read_never_worse(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    model_file.save(path, "clustering", ARRAYS, CARD)
    content = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        arrays, _ = model_file.load(path, "clustering")
    except FumaroleError:
        return
    assert all(np.array_equal(array, ARRAYS[name]) for name, array in arrays.items() if name in ARRAYS)


def test_a_model_of_another_tool(saved):
    refused(saved, "is a model of kind 'clustering', but this tool needs one of kind 'segments'.", "segments")


def write_card(path, text):
    with open(path, "wb") as stream:
        np.savez(stream, card=np.array(text))


@pytest.mark.parametrize("text", ["kind: clustering", "[1, 2]", '"text"', "{}", '{"kind": 3, "format": 1}'])
def test_a_card_that_describes_no_model(path, text):
    write_card(path, text)
    refused(path, UNREADABLE)


def test_a_newer_format(path):
    write_card(path, json.dumps({"kind": "clustering", "format": model_file.FORMAT + 1}))
    refused(path, r"was written by a newer Fumarole \(format 2, this version reads up to 1\). Update the plugin.")


@pytest.mark.parametrize("number", ["1", None, [1]])
def test_a_format_that_is_no_number(path, number):
    write_card(path, json.dumps({"kind": "clustering", "format": number}))
    refused(path, UNREADABLE)


@given(st.permutations(["As", "B", "Li", "pH"]))
def test_features_are_found_by_name_in_any_order(available):
    positions = model_file.match_features(["B", "pH"], available)
    assert [available[position] for position in positions] == ["B", "pH"]


def test_all_missing_features_are_listed():
    with pytest.raises(ModelFileError, match=re.escape("trained on: 'B', 'pH (lab)'. Fields are matched by name")):
        model_file.match_features(["As", "B", "pH (lab)"], ["Li", "As"])


def test_the_fingerprint_tells_order_and_values_apart_but_not_memory_layout():
    matrix = np.random.default_rng(0).normal(size=(6, 3))
    same = model_file.fingerprint(matrix)
    assert re.fullmatch("[0-9a-f]{16}", same)
    assert model_file.fingerprint(np.asfortranarray(matrix)) == same
    assert model_file.fingerprint(matrix[::-1]) != same
    assert model_file.fingerprint(matrix + 1e-12) != same


def test_versions_name_what_is_loaded_only(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    versions = model_file.software_versions()
    assert versions["numpy"] == np.__version__ and "torch" not in versions
    assert re.match(r"3\.\d+", versions["python"])


def test_a_folder_that_does_not_exist_is_an_error_not_a_file(tmp_path):
    with pytest.raises(OSError):
        model_file.save(tmp_path / "nowhere" / "model.npz", "clustering", ARRAYS, CARD)
    assert os.listdir(tmp_path) == []
