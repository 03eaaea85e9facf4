"""A trained network's answers for the lines of a survey, checked and, if wanted, polished by least squares."""

import dataclasses
import time

import numpy as np

from ...algorithms.progress import part
from ...algorithms.self_potential.answers import answer_of, one_profile
from ...algorithms.self_potential.bodies import PARAMETERS
from ...algorithms.self_potential.inversion import invert_profiles, n_unknowns, reinvert
from ...algorithms.self_potential.network_remarks import against_least_squares
from .profile_batches import batches_of

NETWORK, LEAST_SQUARES, POLISHED = METHODS = ("network", "least squares", "network + polish")
_PREDICTING = 0.2  # of the progress of a batch


@dataclasses.dataclass(frozen=True)
class Compared:
    """One line by one method.

    Attributes
    ----------
    answer : Answer
    method : str
        One of ``METHODS``.
    time_ms : float
        Computing time per line; the network's is part of that of the polish.
    sigmas : float
        Largest difference of a parameter from least squares, in standard deviations of the latter.
    farthest : str
        That parameter.
    """

    answer: object
    method: str
    time_ms: float
    sigmas: float
    farthest: str


def invert(profiles, model, background, polish, progress):
    """Return one :class:`Answer` per profile, in their order.

    Parameters
    ----------
    profiles : sequence of Profile
    model : SpNetwork
    background : str
    polish : bool
        Whether least squares goes on from the network's answer.
    progress : Progress
    """
    batches, answers = batches_of(profiles, n_unknowns(model.setup.shape, background))
    for number, batch in enumerate(batches):
        share = part(progress, number / len(batches), (number + 1) / len(batches))
        prediction = model.predict(batch.x_m, batch.v_mv, background, part(share, 0.0, _PREDICTING))
        rest = part(share, _PREDICTING, 1.0)
        if polish:
            answers += _polished(batch, prediction, rest)
        else:
            answers += _unpolished(batch, prediction, rest)
    return sorted(answers, key=lambda answer: answer.index)


def compare(profiles, model, background, progress):
    """Invert every profile by network, least squares, and network with polish.

    Returns
    -------
    compared : list of Compared
        By profile, then in the order of ``METHODS``.
    failures : list of Answer
        The profiles that cannot be inverted.
    """
    batches, failures = batches_of(profiles, n_unknowns(model.setup.shape, background))
    compared = []
    for number, batch in enumerate(batches):
        share = part(progress, number / len(batches), (number + 1) / len(batches))
        began = time.process_time()
        prediction = model.predict(batch.x_m, batch.v_mv, background, part(share, 0.0, 0.1))
        predicted = time.process_time()
        squares = invert_profiles(batch.x_m, batch.v_mv, model.setup.shape, background, progress=part(share, 0.1, 0.3))
        searched = time.process_time()
        polished = _polished(batch, prediction, part(share, 0.3, 1.0))
        seconds = (predicted - began, searched - predicted, predicted - began + time.process_time() - searched)
        times_ms = [1000.0 * duration / len(batch.indices) for duration in seconds]
        notes = against_least_squares(prediction.inversion, squares)
        for row, index in enumerate(batch.indices.tolist()):
            remarks = (*prediction.remarks[row], *notes[row])
            answers = (
                answer_of(index, prediction.inversion, row, remarks=remarks),
                answer_of(index, squares, row, remarks=batch.remarks[row]),
                dataclasses.replace(polished[row], remarks=batch.remarks[row]),
            )
            for answer, method, time_ms in zip(answers, METHODS, times_ms):
                compared.append(Compared(answer, method, time_ms, *_difference(answer, answers[1])))
    return sorted(compared, key=lambda entry: entry.answer.index), failures


def _polished(batch, prediction, progress):
    """Return the answers of least squares that starts from the network's."""
    answers = []
    for row, index in enumerate(batch.indices.tolist()):
        progress(row / len(batch.indices), "Polishing the network's answers by least squares")
        found = reinvert(prediction.inversion, row, batch.v_mv[row : row + 1])
        notes = against_least_squares(one_profile(prediction.inversion, row), found)[0]
        answers.append(answer_of(index, found, 0, remarks=(*prediction.remarks[row], *notes, *batch.remarks[row])))
    return answers


def _unpolished(batch, prediction, progress):
    """Return the network's own answers, with what least squares says of them."""
    network = prediction.inversion
    squares = invert_profiles(batch.x_m, batch.v_mv, network.shape, network.background, progress=progress)
    notes = against_least_squares(network, squares)
    return [
        answer_of(index, network, row, remarks=(*prediction.remarks[row], *notes[row], *batch.remarks[row]))
        for row, index in enumerate(batch.indices.tolist())
    ]


def _difference(answer, squares):
    """Return the largest difference from least squares in its standard deviations, and whose it is."""
    differences = []
    for name in PARAMETERS:
        difference = float(getattr(answer.inversion, name)[0, 0] - getattr(squares.inversion, name)[0, 0])
        if name == "angle_deg":
            difference = (difference + 180.0) % 360.0 - 180.0
        differences.append(abs(difference) / float(squares.sd[name][0]))
    farthest = int(np.argmax(np.nan_to_num(differences)))
    return differences[farthest], PARAMETERS[farthest]
