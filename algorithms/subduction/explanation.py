"""Why segments got their class: relevance of every feature, summed up by class and group, and put into words."""

from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..progress import silent
from .classifier import nearest_distance
from .feature_groups import GROUPS, group_of, meaning
from .network_training import outputs, probabilities
from .permutation import Importance, permutation_importance, trench_runs
from .relevance import Relevance
from .validation import class_f1

LOW_AGREEMENT = 0.5  #: rank agreement below which the reasons of a single network are not to be trusted
HIGH_AGREEMENT = 0.8  #: rank agreement from which networks name nearly the same reasons
N_REPEATS = 5  #: shuffles of every feature for the second opinion
_NAMED = 2  # features named within a group
_SAME = 1e-9  # distance of preprocessed features below which two segments are one
_LEAST_SHARE = 0.1  # a group is named if it holds this share of the relevance, in either direction


@dataclass(frozen=True)
class FeatureSummary:
    """Relevance of one feature over the segments of one predicted class.

    Attributes
    ----------
    feature, group : str
    number : int
        Class, 1.. from the lowest magnitudes.
    n_segments : int
    mean, mean_absolute, sd : float
        Of the relevance over the segments, in units of the network's output; NaN where the class has no segment.
    member_sd : float
        Standard deviation of ``mean`` between the networks, each on its own; NaN for one network.
    share : float
        ``mean_absolute`` over its sum for all features, without the biases.
    """

    feature: str
    group: str
    number: int
    n_segments: int
    mean: float
    mean_absolute: float
    sd: float
    member_sd: float
    share: float


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why segments got their class.

    Attributes
    ----------
    names, groups : tuple of str
        Features, and the group of each, one of :data:`.feature_groups.GROUPS`.
    meanings : tuple of str
        What each feature is, in words; "" where it is not known.
    class_names : tuple of str
    rule : str
        Of the relevance propagation.
    rows : ndarray of int (n_explained,)
        Segments without blank features, as indices into the table.
    number : ndarray of int (n_explained,)
        Predicted class, 1.., which is the one explained.
    relevance : Relevance
        Of these rows: positive speaks for the predicted class, negative against it.
    n_members : int
        Networks that were averaged.
    rank_agreement : float
        Mean of ``relevance.rank_agreement``; NaN for one network.
    reasons : tuple of str
        One sentence for each of these rows.
    summary : tuple of FeatureSummary
        By class, then feature.
    importance : Importance or None
        Second opinion: what macro F1 of these rows loses when a feature is moved along the trench. None where no
        magnitudes or places are known.
    n_from_training : int or None
        Explained segments that the network was trained on; None where the model does not tell. Importance over them
        tells what the network uses, not what would help it on an unknown trench.
    """

    names: tuple
    groups: tuple
    meanings: tuple
    class_names: tuple
    rule: str
    rows: np.ndarray
    number: np.ndarray
    relevance: Relevance
    n_members: int
    rank_agreement: float
    reasons: tuple
    summary: tuple
    importance: Optional[Importance]
    n_from_training: Optional[int]

    @property
    def is_agreed(self):
        """Whether several networks name nearly the same reasons."""
        return self.n_members > 1 and self.rank_agreement >= HIGH_AGREEMENT

    @property
    def trust(self):
        """One sentence on whether the networks agree about the reasons."""
        if self.n_members == 1:
            return (
                "One network only: whether another one would give the same reasons is not known, and usually it would "
                "not. Train a model with several networks to tell."
            )
        agreement = f"the mean rank correlation of the relevance between two networks is {self.rank_agreement:.2f}"
        if self.rank_agreement < LOW_AGREEMENT:
            return (
                f"The {self.n_members} networks hardly agree on the reasons ({agreement}): the reasons of a single "
                "network are not to be trusted, and those of one segment mean little even averaged. Read the means of "
                "whole classes and groups."
            )
        if not self.is_agreed:
            return (
                f"The {self.n_members} networks agree in part on the reasons ({agreement}): read the means of whole "
                "classes and groups, and take no order of features in a single segment for certain."
            )
        return f"The {self.n_members} networks largely agree on the reasons ({agreement})."

    @property
    def second_opinion_note(self):
        """One sentence on what the permutation importance is measured on."""
        what = "what would help it on an unknown trench"
        if self.n_from_training is None:
            return f"The model does not tell its training, so importance tells what the network uses, not {what}."
        if not self.n_from_training:
            return f"The network was trained on none of these segments, so importance also tells {what}."
        return (
            f"The network was trained on {self.n_from_training} of these {len(self.rows)} segments, so importance "
            f"tells what it uses, not {what}."
        )


def explain(model, segments, rule="epsilon", assignment=None, seed=42, progress=silent, titles=None):
    """Explain the predicted class of every complete segment.

    Parameters
    ----------
    model : SegmentClassifier
        Of networks.
    segments : SegmentTable
        Where magnitudes and places are known, permutation importance is measured as well.
    rule : str
        See :func:`.relevance.relevance`.
    assignment : dict, optional
        The user's groups, by :func:`.feature_groups.parse_groups`.
    seed : int
        Of the permutations.
    progress : Progress
    titles : dict of str to str, optional
        What features are, by their names; for others :func:`.feature_groups.meaning` of the name is taken.

    Returns
    -------
    Explanation

    Raises
    ------
    DataError, ModelFileError
        As :meth:`SegmentClassifier.explain` does.
    Cancelled
        By ``progress``.
    """
    rows, found = model.explain(segments, rule)
    explained = segments.take(rows)
    number = model.classify(explained).number
    groups = tuple(group_of(name, assignment) for name in model.names)
    class_names = model.bounds.names
    reasons = tuple(
        reason(class_names[row - 1], model.names, groups, values, bias)
        for row, values, bias in zip(number, found.values, found.bias)
    )
    return Explanation(
        model.names,
        groups,
        tuple((titles or {}).get(name) or meaning(name) for name in model.names),
        class_names,
        rule,
        rows,
        number,
        found,
        n_members=len(next(iter(model.predictor.values()))),
        rank_agreement=float(found.rank_agreement.mean()),
        reasons=reasons,
        summary=summaries(model.names, groups, number, found.member_values, len(class_names)),
        importance=second_opinion(model, explained, seed, progress),
        n_from_training=from_training(model, explained),
    )


def reason(class_name, names, groups, values, bias):
    """Return one sentence on what speaks for and against the class of a segment, by group and its leading features.

    Parameters
    ----------
    class_name : str
    names, groups : sequence of str
    values : ndarray (n_features,)
    bias : float
    """
    total = np.abs(values).sum()
    supporting, opposing = [], []
    for group in GROUPS:
        members = [index for index, of in enumerate(groups) if of == group]
        balance = values[members].sum()
        if members and abs(balance) >= _LEAST_SHARE * total > 0:
            alike = [index for index in members if values[index] * balance > 0]
            text = f"{group} {balance:+.2g} ({_strongest(names, values, alike)})"
            (supporting if balance > 0 else opposing).append((abs(balance), text))
    parts = [
        f"{word} it: " + "; ".join(text for _, text in sorted(side, reverse=True))
        for word, side in (("For", supporting), ("Against", opposing))
        if side
    ]
    if not parts:
        named = _strongest(names, values, np.flatnonzero(values))
        parts = [
            "The features balance each other within every group" + (f"; the strongest are {named}" if named else "")
        ]
    return f"{class_name}. {'. '.join(parts)}. Biases {bias:+.2g}."


def _strongest(names, values, indices):
    chosen = sorted(indices, key=lambda index: -abs(values[index]))[:_NAMED]
    return ", ".join(f"{names[index]} {values[index]:+.2g}" for index in chosen)


def summaries(names, groups, number, member_values, n_classes):
    """Return a :class:`FeatureSummary` per class and feature of the relevance ``(n_members, n_rows, n_features)``."""
    found = []
    for wanted in range(1, n_classes + 1):
        inside = member_values[:, number == wanted]
        n_segments, unknown = inside.shape[1], np.full(len(names), np.nan)
        mean = absolute = sd = member_sd = unknown
        if n_segments:
            values = inside.mean(axis=0)
            mean, absolute, sd = values.mean(axis=0), np.abs(values).mean(axis=0), values.std(axis=0)
        if n_segments and len(inside) > 1:
            member_sd = inside.mean(axis=1).std(axis=0)
        total = absolute.sum()
        share = absolute / total if total else np.zeros(len(names))
        found += [
            FeatureSummary(name, group, wanted, n_segments, *map(float, numbers))
            for name, group, *numbers in zip(names, groups, mean, absolute, sd, member_sd, share)
        ]
    return tuple(found)


def second_opinion(model, segments, seed=42, progress=silent):
    """Return the :class:`Importance` of the features for complete segments, or None without magnitudes or places."""
    known_magnitudes = np.isfinite(segments.magnitude).any()
    runs = trench_runs(segments.region, segments.position_km)
    if not known_magnitudes or not np.isfinite(segments.position_km).all() or runs.max() < 1:
        return None
    n_classes = model.bounds.n_classes
    known = model.bounds.classes(segments.magnitude)

    def score(features):
        predicted = outputs(features, model.predictor, model.n_layers)
        confusion = np.zeros((n_classes, n_classes), dtype=int)
        np.add.at(confusion, (known, probabilities(predicted).mean(axis=0).argmax(axis=1)), 1)
        return float(class_f1(confusion).mean())

    features = model.features(segments)
    return permutation_importance(score, features, segments.position_km, runs, seed, N_REPEATS, progress)


def from_training(model, segments):
    """Return how many complete segments the model was trained on, told by their features; None if it does not say."""
    if not len(model.training.classes):
        return None
    return int(np.count_nonzero(nearest_distance(model.features(segments), model.training.features) < _SAME))
