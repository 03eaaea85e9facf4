"""The fields that an explanation writes: for every segment, and for every class and feature."""

import re

import numpy as np

_LENGTH = 10  # characters that a Shapefile keeps of a field's name
_PREFIX = "r_"
_NO_LOSS = (None, None)
_STATISTICS = {"AVE": "A", "STD": "S", "GRD": "G"}
TABLE_FIELDS = (
    ("feature", "text"),
    ("meaning", "text"),
    ("group", "text"),
    ("class", "int"),
    ("class_name", "text"),
    ("n_segments", "int"),
    ("mean", "double"),  # relevance
    ("mean_abs", "double"),
    ("sd", "double"),  # over the segments
    ("member_sd", "double"),  # of mean, between the networks
    ("share", "double"),  # of mean_abs, over all features
    ("loss", "double"),  # of macro F1 when the feature is moved along the trench
    ("loss_sd", "double"),
)


def relevance_fields(names):
    """Return a field name of at most 10 characters for the relevance of every feature, all different.

    ``SED_AVE`` gives ``r_SED_AVE``. A longer one loses its underscores and all but the first letter of its statistic:
    ``EGO_SL_UP_AVE`` gives ``r_EGOSLUPA``.
    """
    found, taken = [], {"r_"}
    for name in names:
        short = name
        if len(_PREFIX + name) > _LENGTH:
            words = name.split("_")
            words[-1] = _STATISTICS.get(words[-1].upper(), words[-1])
            short = "".join(words)
        short = re.sub(r"\W", "", short)
        candidate, number = (_PREFIX + short)[:_LENGTH], 1
        while candidate.lower() in taken:
            number += 1
            candidate = (_PREFIX + short)[: _LENGTH - len(str(number))] + str(number)
        taken.add(candidate.lower())
        found.append(candidate)
    return tuple(found)


def segment_pairs(fields):
    """Return name and kind of what is added to a segment, for its relevance ``fields``."""
    relevance = tuple((name, "double") for name in fields)
    return (("class", "int"), *relevance, ("bias", "double"), ("agreement", "double"), ("reasons", "text"))


def segment_values(explanation, n_segments):
    """Return the attributes of :func:`segment_pairs` for every segment; blank where it was not explained."""
    found = explanation.relevance
    rows = [[None] * (len(explanation.names) + 4) for _ in range(n_segments)]
    numbers = zip(
        explanation.number.tolist(), found.values.tolist(), found.bias.tolist(), found.rank_agreement.tolist()
    )
    for row, (number, values, bias, agreement), reasons in zip(explanation.rows, numbers, explanation.reasons):
        rows[row] = [number, *values, bias, agreement, reasons]
    return rows


def table_rows(explanation):
    """Yield the attributes of :data:`TABLE_FIELDS`: by class every feature, then the biases."""
    from ...algorithms.subduction.explanation import summaries

    n_classes = len(explanation.class_names)
    losses, meanings = {}, dict(zip(explanation.names, explanation.meanings))
    if explanation.importance is not None:
        losses = dict(zip(explanation.names, zip(explanation.importance.mean, explanation.importance.sd)))
    of_biases = explanation.relevance.member_bias[..., np.newaxis]
    biases = summaries(("bias",), ("bias",), explanation.number, of_biases, n_classes)
    for number, class_name in enumerate(explanation.class_names, start=1):
        for one in (*explanation.summary, *biases):
            if one.number != number:
                continue
            is_feature = one.group != "bias"
            said = meanings[one.feature] if is_feature else "what the biases of the network contribute"
            share = one.share if is_feature else np.nan
            loss = losses.get(one.feature, _NO_LOSS) if is_feature else _NO_LOSS
            numbers = (one.n_segments, one.mean, one.mean_absolute, one.sd, one.member_sd, share, *loss)
            yield [one.feature, said, one.group, number, class_name, *numbers]
