"""Many profiles as few arrays, so that the batched solver gets what shares its stations in one piece."""

from dataclasses import dataclass

import numpy as np

from ...algorithms.self_potential.answers import failed
from ...algorithms.self_potential.profiles import problems, repeated_distance

LARGEST = 1000  # profiles in one batch: bounds the memory


@dataclass(frozen=True)
class Batch:
    """Profiles with equally many stations.

    Attributes
    ----------
    indices : ndarray of int (n_profiles,)
        Of the profiles in the survey.
    x_m, v_mv : ndarray (n_profiles, n_stations)
        m and mV; a missing value is NaN.
    remarks : list of tuple of str
        What the reader must know of each profile.
    """

    indices: np.ndarray
    x_m: np.ndarray
    v_mv: np.ndarray
    remarks: list


def batches_of(profiles, n_unknowns):
    """Group profiles, and set aside those that cannot be inverted.

    Parameters
    ----------
    profiles : sequence of Profile
    n_unknowns : int
        Of the bodies and the background.

    Returns
    -------
    batches : list of Batch
        Of at most ``LARGEST`` profiles.
    failures : list of Answer
        One per profile that cannot be inverted, with the reason.
    """
    by_size = {}
    for index, profile in enumerate(profiles):
        by_size.setdefault(len(profile.sp_mv), []).append(index)
    batches, failures = [], []
    for indices in by_size.values():
        for start in range(0, len(indices), LARGEST):
            chosen = np.array(indices[start : start + LARGEST])
            x_m = np.stack([profiles[index].distance_m for index in chosen])
            v_mv = np.stack([profiles[index].sp_mv for index in chosen])
            found = problems(x_m, v_mv, n_unknowns)
            failures += [failed(int(chosen[row]), sentence) for row, sentence in found.items()]
            good = np.setdiff1d(np.arange(len(chosen)), list(found))
            if good.size:
                batches.append(Batch(chosen[good], x_m[good], v_mv[good], _remarks(x_m[good], v_mv[good])))
    return batches, failures


def _remarks(x_m, v_mv):
    """Return what is odd about profiles that can be inverted all the same."""
    return [
        (
            ()
            if np.isnan(distance)
            else (f"Two different values stand at distance {distance:g} m: both count; correct or merge them.",)
        )
        for distance in repeated_distance(x_m, v_mv)
    ]
