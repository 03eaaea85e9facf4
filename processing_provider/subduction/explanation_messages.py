"""What an explanation says in the log: how many segments, and what the reasons are worth."""

import numpy as np


def tell_explanation(explanation, n_segments, feedback):
    """Say how many segments were explained and what the reasons are worth."""
    n_explained = len(explanation.rows)
    feedback.pushInfo(f"{n_explained} of {n_segments} segments were explained.")
    if n_explained < n_segments:
        feedback.pushWarning(f"{n_segments - n_explained} segments have blank features and were not explained.")
    (feedback.pushInfo if explanation.is_agreed else feedback.pushWarning)(explanation.trust)
    if explanation.importance is None:
        feedback.pushInfo("Magnitudes or positions are not known, so there is no permutation importance beside.")
        return
    strongest = np.argsort(-explanation.importance.mean, kind="stable")[:3]
    listed = ", ".join(f"{explanation.names[index]} {explanation.importance.mean[index]:.3f}" for index in strongest)
    feedback.pushInfo(f"Second opinion, the fall of macro F1 when a feature is moved along the trench: {listed}.")
    feedback.pushInfo(explanation.second_opinion_note)
