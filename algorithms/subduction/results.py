"""What training, validation and classification of segments return."""

from dataclasses import dataclass, field
from typing import Optional

import numpy as np

from .magnitude_regression import MagnitudeRegression


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
    rows : ndarray of int (n_complete,)
        Rows of the given table without blank features; all arrays below are of these.
    classes : ndarray of int (n_complete,)
        Known class 0.. from the lowest magnitudes.
    scores : tuple of ClassifierScore
        By distance, then classifier.
    block : ndarray of int (n_complete,)
        Fold 0.. in which a segment is tested; -1 where it never is, with the folds of the published study.
    probability : dict of (str, float) to ndarray (n_complete, n_classes)
        By classifier and distance: prediction of every segment from the fold that tests it; NaN where none does.
    class_names : tuple of str
    verdicts : tuple of str
        One sentence per classifier: where it does not beat the nearest-segment rule.
    notes : tuple of str
    """

    rows: np.ndarray
    classes: np.ndarray
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
        Whether the features lie farther from every training segment than training segments lie from each other, or
        one of them far beyond its range in the training.
    """

    number: np.ndarray
    probability: np.ndarray
    outside: np.ndarray


@dataclass(frozen=True, eq=False)
class FeatureImportance:
    """What macro F1 on blocks loses when whole stretches of one feature are exchanged.

    Attributes
    ----------
    names : tuple of str
        Features, in the order of the table.
    mean : ndarray (n_features,)
        Mean over the folds, each the mean of several exchanges; at or below 0 the classifier does without.
    sd : ndarray (n_features,)
        Standard deviation over the folds.
    """

    names: tuple
    mean: np.ndarray
    sd: np.ndarray


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """A trained classifier with its validation.

    Attributes
    ----------
    model : SegmentClassifier
    rows : ndarray of int (n_complete,)
        Rows of the given table without blank features; the arrays below are of these.
    blocks, same_rupture, region_out : tuple of ClassifierScore
        The classifier, then the rules without features: on blocks of trench; the same with whole ruptures kept
        apart (empty where that leaves nothing to train on); and leaving one region out (empty when there is one
        region).
    block : ndarray of int (n_complete,)
        Fold 0.. of ``blocks`` in which a segment is tested.
    probability : dict of str to ndarray (n_complete, n_classes)
        By classifier: prediction of every segment from the fold of ``blocks`` that tests it.
    verdict : str
        One sentence: whether the features beat the nearest-segment rule.
    notes : tuple of str
    importance : FeatureImportance or None
        On ``blocks``, where it was asked for.
    regression : MagnitudeRegression or None
        Of the magnitude itself, on the same blocks, where it was asked for.
    """

    model: object = field(repr=False)
    rows: np.ndarray
    blocks: tuple
    same_rupture: tuple
    region_out: tuple
    block: np.ndarray
    probability: dict
    verdict: str
    notes: tuple
    importance: Optional[FeatureImportance] = None
    regression: Optional[MagnitudeRegression] = None
