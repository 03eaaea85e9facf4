"""One safe file format for every trained model: arrays plus a JSON card, in a ``.npz``.

The card is a plain dictionary: ``kind`` (such as ``"clustering"``), ``format`` (an integer), feature
names and units, preprocessing, training extent, seed, software versions and quality figures. Nothing in
the file is ever unpickled or executed.
"""

import hashlib
import json
import os
import platform
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np

from .errors import ModelFileError

FORMAT = 1
_CARD = "card"
_DAMAGE = (OSError, ValueError, KeyError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)


def save(path, kind, arrays, card):
    """Write a model file; a failed write leaves any earlier file untouched.

    Parameters
    ----------
    path : str or Path
        Destination; written through a temporary file in the same folder.
    kind : str
        What the model is, checked by :func:`load`.
    arrays : dict of str to ndarray
        Numeric or string arrays (no object arrays).
    card : dict
        JSON-serialisable description of the model.
    """
    path = Path(path)
    full_card = {"kind": kind, "format": FORMAT, **card}
    text = json.dumps(full_card, ensure_ascii=False, allow_nan=False)
    temporary = path.with_name(path.name + ".part")
    try:
        with open(temporary, "wb") as stream:
            np.savez_compressed(stream, **{_CARD: np.array(text)}, **arrays)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path, *kinds):
    """Read a model file.

    Parameters
    ----------
    path : str or Path
        A file written by :func:`save`.
    *kinds : str
        The kinds the caller can use; the card's ``kind`` tells which one it is.

    Returns
    -------
    arrays : dict of str to ndarray
    card : dict

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, of another kind or of a newer format.
    """
    name = Path(path).name
    try:
        arrays, card = _read(path)
    except _DAMAGE as error:
        raise ModelFileError(
            f"'{name}' is not a readable Fumarole model ({type(error).__name__}): it is missing, truncated or "
            "another kind of file. Choose a model written by a Fumarole training tool."
        ) from error
    if card["kind"] not in kinds:
        usable = " or ".join(f"'{kind}'" for kind in kinds)
        raise ModelFileError(f"'{name}' is a model of kind '{card['kind']}', but this tool needs one of kind {usable}.")
    if card["format"] > FORMAT:
        raise ModelFileError(
            f"'{name}' was written by a newer Fumarole (format {card['format']}, this version reads up to {FORMAT}). "
            "Update the plugin."
        )
    return arrays, card


def match_features(required, available):
    """Return the position in ``available`` of each ``required`` feature name.

    Raises
    ------
    ModelFileError
        Listing every feature the data lack.
    """
    positions = {name: index for index, name in enumerate(available)}
    missing = [name for name in required if name not in positions]
    if missing:
        raise ModelFileError(
            "The layer lacks the features this model was trained on: "
            + ", ".join(f"'{name}'" for name in missing)
            + ". Fields are matched by name: rename them, or train a model on this layer."
        )
    return [positions[name] for name in required]


def fingerprint(matrix):
    """Return a short text identifying the training data (order and values of ``matrix``)."""
    contiguous = np.ascontiguousarray(matrix, dtype=np.float64)
    return hashlib.sha256(contiguous.tobytes()).hexdigest()[:16]


def software_versions():
    """Return the versions of Python and of the imported scientific libraries, for cards and reports."""
    versions = {"python": platform.python_version()}
    for library in ("numpy", "scipy", "sklearn", "pandas", "torch"):
        module = sys.modules.get(library)
        if module is not None:
            versions[library] = str(module.__version__)
    return versions


def _read(path):
    with open(path, "rb") as stream:
        archive = np.load(stream, allow_pickle=False)
        if isinstance(archive, np.ndarray):
            raise ValueError("a single array")
        arrays = {name: archive[name] for name in archive.files}
    card = json.loads(str(arrays.pop(_CARD)))
    if not isinstance(card, dict) or not isinstance(card["kind"], str) or not isinstance(card["format"], int):
        raise ValueError("no model card")
    return arrays, card
