"""What training, validation and classification of segments return."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class ClassifierScore:
    """How well one classifier predicts rows it was not trained on.

    Attributes
    ----------
    classifier : str
        ``network``, ``extra_trees``, ``context``, ``nearest_segment`` or ``region_majority``.
    distance_km : float
        Exclusion distance.
    f1_macro : float
        Macro F1 of the mean of all repeats, per fold and averaged over the folds; a class that a fold neither
        holds nor is given there does not count.
    f1_single, f1_sd : float
        Mean and standard deviation over the repeats, each on its own. A repeat is one network, or one of equal
        parts of a forest; the rules without features have none and get 0.
    f1_class : ndarray (n_classes,)
        F1 of every class over the rows of all folds together.
    f1_pooled : float
        Mean of ``f1_class``.
    confusion : ndarray of int (n_classes, n_classes)
        Rows: true class; columns: predicted class.
    n_train, n_test : float, int
        Mean training rows of a fold; tested rows of all folds.
    """

    classifier: str
    distance_km: float
    f1_macro: float
    f1_single: float
    f1_sd: float
    f1_class: np.ndarray
    f1_pooled: float
    confusion: np.ndarray
    n_train: float
    n_test: int


@dataclass(frozen=True, eq=False)
class ExclusionCurve:
    """F1 against exclusion distance.

    Attributes
    ----------
    scores : tuple of ClassifierScore
        By distance, then classifier.
    block : ndarray of int (n_segments,)
        Fold 0.. in which a segment is tested.
    probability : dict of (str, float) to ndarray (n_segments, n_classes)
        By classifier and distance: prediction of every segment from the fold that tests it.
    class_names : tuple of str
    verdicts : tuple of str
        Sentences: where a classifier does not beat the nearest-segment rule.
    notes : tuple of str
    """

    scores: tuple
    block: np.ndarray
    probability: dict
    class_names: tuple
    verdicts: tuple
    notes: tuple


@dataclass(frozen=True, eq=False)
class Classification:
    """Predicted classes of segments.

    Attributes
    ----------
    number : ndarray of int (n_segments,)
        1.. from the lowest magnitudes; 0 where a feature is blank.
    probability : ndarray (n_segments, n_classes)
        NaN where not classified.
    outside : ndarray of bool (n_segments,)
        Whether the features lie farther from every training segment than training segments lie from each other.
    """

    number: np.ndarray
    probability: np.ndarray
    outside: np.ndarray


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """A trained classifier with its validation.

    Attributes
    ----------
    model : SegmentClassifier
    blocks, same_rupture, region_out : tuple of ClassifierScore
        The classifier, then the rules without features: on blocks of trench; the same with whole ruptures kept
        apart; and leaving one region out (empty when there is one region).
    verdict : str
        One sentence: whether the features beat the nearest-segment rule.
    notes : tuple of str
    """

    model: object = field(repr=False)
    blocks: tuple
    same_rupture: tuple
    region_out: tuple
    verdict: str
    notes: tuple
