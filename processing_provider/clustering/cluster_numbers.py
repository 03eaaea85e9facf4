"""Cluster numbers out of a field: numbers stay, text labels are numbered."""

import math

import numpy as np

from ...algorithms.errors import DataError

_MOST = 1000  # a larger number is an identifier, not a cluster


def cluster_numbers(values, field_name):
    """Return the cluster number of every feature.

    Parameters
    ----------
    values : sequence
        Raw attribute values; None, an empty text and numbers below 1 mean not assigned.
    field_name : str
        For the messages.

    Returns
    -------
    numbers : ndarray of int (n_samples,)
        1 and above; 0 where not assigned. Values that are whole numbers, also as text, stay what they are; text
        labels are numbered from 1 in sorted order.
    labels : dict of int to str
        The text of each number; empty when the field holds whole numbers.

    Raises
    ------
    DataError
        If no feature is assigned, or the field holds measurements or identifiers.
    """
    texts = ["" if value is None else _text(value) for value in values]
    distinct = sorted(set(texts) - {""})
    decimals = {text for text, value in zip(texts, values) if text and isinstance(value, float)}
    whole = {text: _whole_number(text) for text in distinct}
    if not distinct:
        raise DataError(f"Field '{field_name}' is empty in every sample. Choose the field that holds the clusters.")
    if any(whole[text] is None for text in decimals):
        raise DataError(
            f"Field '{field_name}' holds decimal numbers, not clusters. Choose the field that holds the clusters."
        )
    labels = {}
    if None in whole.values():
        labels = dict(enumerate(distinct, start=1))
        whole = {text: number for number, text in labels.items()}
    if max(whole.values()) > _MOST:
        raise DataError(
            f"Field '{field_name}' holds cluster numbers above {_MOST}, as an identifier would. "
            "Choose the field that holds the clusters."
        )
    numbers = np.array([max(whole[text], 0) if text else 0 for text in texts], dtype=np.int64)
    if not numbers.any():
        raise DataError(f"Field '{field_name}' assigns no sample to a cluster: all its values are 0, negative or NULL.")
    return numbers, labels


def _text(value):
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.15g}"
    return str(value).strip()


def _whole_number(text):
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if math.isfinite(number) and number == math.floor(number) else None
