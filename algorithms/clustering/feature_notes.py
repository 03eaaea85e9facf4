"""Sentences that tell the reader of a report what became of the measurements."""

import numpy as np

from .results import FeatureNote


def feature_notes(names, units, treatments, screening, n_clipped):
    """Return one :class:`FeatureNote` per column; ``n_clipped`` holds the counts of the used columns."""
    clipped = np.zeros(len(names), dtype=int)
    clipped[screening.used] = n_clipped
    return tuple(
        FeatureNote(
            name=name,
            unit=units[i],
            treatment="dropped" if screening.reasons[i] else treatments[i],
            reason=screening.reasons[i],
            n_missing=int(screening.missing[:, i].sum()),
            n_below_detection=int(screening.censored[:, i].sum()),
            n_clipped=int(clipped[i]),
        )
        for i, name in enumerate(names)
    )


def fit_notes(notes, gave_up_composition, n_substituted):
    """Return what the fit did, in sentences.

    Parameters
    ----------
    notes : sequence of FeatureNote
    gave_up_composition : bool
        Whether there were too few parts of a composition for log-ratios.
    n_substituted : int
        Values below detection in the used columns that have a substitute.
    """
    counts = {kind: sum(note.treatment == kind for note in notes) for kind in ("clr", "yeo_johnson", "none")}
    sentences = []
    if counts["clr"]:
        sentences.append(
            f"{counts['clr']} compositional fields were brought to mg/kg and centred-log-ratio transformed as one "
            "group."
        )
    if gave_up_composition:
        sentences.append("Fewer than 3 compositional fields are usable: they were treated as single fields.")
    if counts["yeo_johnson"]:
        sentences.append(f"{_counted(counts['yeo_johnson'], 'field')} Yeo-Johnson transformed.")
    if counts["none"]:
        sentences.append(f"{_counted(counts['none'], 'field')} used without a transform.")
    sentences.append("Every feature was clipped to a robust range and standardised to mean 0, standard deviation 1.")
    clipped = [f"'{note.name}' ({note.n_clipped})" for note in notes if note.n_clipped]
    if clipped:
        sentences.append(f"Values far outside the others were cut to that range in {', '.join(clipped)}.")
    if n_substituted:
        sentences.append(
            f"{_counted(n_substituted, 'value')} below detection and replaced by 0.65 times the detection limit or, "
            "where that is unknown, 0.65 times the smallest measured value of the field."
        )
    return tuple(sentences)


def application_notes(missing, assigned, impute):
    """Return what happened to the blanks, in sentences.

    Parameters
    ----------
    missing : ndarray of bool (n_samples, n_used)
    assigned : ndarray of bool (n_samples,)
    impute : bool
        Whether blanks are filled.
    """
    sentences = []
    n_imputed, n_left = int(missing[assigned].sum()), int((~assigned).sum())
    if n_imputed:
        share = 100 * n_imputed / missing[assigned].size
        sentences.append(
            f"{_counted(n_imputed, 'blank value')} filled ({share:.2g} % of all) with what the sample's other values "
            "let expect."
        )
    if n_left:
        why = "have values in fewer than 60 % of the used fields" if impute else "have blanks in the used fields"
        sentences.append(f"{n_left} of {len(assigned)} samples {why} and stay unassigned.")
    return tuple(sentences)


def fit_warnings(notes, n_infinite, n_without_limit):
    """Return what the reader must not overlook, in sentences.

    Parameters
    ----------
    notes : sequence of FeatureNote
    n_infinite, n_without_limit : sequence of int
        Per column: infinite values, and values that are blank for being below an unknown detection limit.
    """
    sentences = [f"Field '{note.name}' dropped: {note.reason}." for note in notes if note.treatment == "dropped"]
    for note, infinite, without_limit in zip(notes, n_infinite, n_without_limit):
        if infinite:
            sentences.append(f"Field '{note.name}': {_counted(infinite, 'infinite value')} treated as missing.")
        if note.treatment == "dropped":
            continue
        if without_limit:
            sentences.append(
                f"Field '{note.name}': {_counted(without_limit, 'value')} below an unknown detection limit and "
                "treated as missing."
            )
    return tuple(sentences)


def _counted(count, noun):
    return f"{count} {noun}{'' if count == 1 else 's'} {'was' if count == 1 else 'were'}"
