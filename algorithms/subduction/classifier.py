"""A trained classifier of trench segments: applies with numpy alone, and travels as one safe file."""

from dataclasses import dataclass

import numpy as np

from .. import model_file
from ..errors import DataError, ModelFileError
from .class_bounds import ClassBounds
from .context_classifier import ContextClassifier
from .forest import Forest
from .network_training import NAME, outputs, probabilities
from .preprocessing import Preprocessing
from .relevance import relevance
from .results import Classification
from .segments import SegmentTable, check_places

KIND = "segment_classifier"
_TRAINING_ARRAYS = ("features", "region", "position_km", "classes", "low", "high")
_REACH = 0.5  # share of its training range by which a feature may lie beyond it
_AT_ONCE = 4_000_000  # pairs of segments compared at a time
_TREES = {"extra_trees": Forest, "context": ContextClassifier}


@dataclass(frozen=True, eq=False)
class TrainingSegments:
    """The segments a classifier was trained on.

    Attributes
    ----------
    features : ndarray (n_training, n_features)
        Preprocessed.
    region, position_km, classes : ndarray (n_training,)
    low, high : ndarray (n_features,)
        Smallest and largest value of every feature, as it was measured.
    edge : float
        Distance between preprocessed features beyond which a segment is outside the training.
    """

    features: np.ndarray
    region: np.ndarray
    position_km: np.ndarray
    classes: np.ndarray
    low: np.ndarray
    high: np.ndarray
    edge: float

    def outside(self, features, values):
        """Return a mask ``(n_rows,)`` of the rows unlike the training, by preprocessed ``features`` and raw ``values``.

        Preprocessing clips, so that the distance hardly grows with a single feature, however absurd: each is also
        compared with its own range.
        """
        reach = _REACH * (self.high - self.low)
        beyond = (values < self.low - reach) | (values > self.high + reach)
        return beyond.any(axis=1) | (nearest_distance(features, self.features) > self.edge)


@dataclass(frozen=True, eq=False)
class SegmentClassifier:
    """Everything needed to classify new segments.

    Attributes
    ----------
    classifier : str
        ``network``, ``extra_trees`` or ``context``.
    names : tuple of str
        Features, in the order of training.
    bounds : ClassBounds
    preprocessing : Preprocessing
    predictor : dict of str to ndarray, Forest or ContextClassifier
        The trained networks, or trees.
    training : TrainingSegments
    card : dict
        JSON description: seed, versions, validation and so on.
    """

    classifier: str
    names: tuple
    bounds: ClassBounds
    preprocessing: Preprocessing
    predictor: object
    training: TrainingSegments
    card: dict

    @property
    def n_layers(self):
        """Number of weight matrices of the network."""
        return sum(name.endswith(".weight") for name in self.predictor)

    def features(self, segments):
        """Return the preprocessed features ``(n_segments, n_features)``, matched by name; NaN where blank."""
        return self.preprocessing.apply(self._values(segments))

    def _values(self, segments):
        return segments.values[:, model_file.match_features(self.names, segments.names)]

    def classify(self, segments):
        """Classify a :class:`~.segments.SegmentTable`; segments with blank features stay unclassified.

        Raises
        ------
        ModelFileError
            If the table lacks features of the model.
        DataError
            If the ``context`` classifier is asked and places are missing.
        """
        features = self.features(segments)
        known = np.flatnonzero(np.isfinite(features).all(axis=1))
        probability = np.full((len(segments), self.bounds.n_classes), np.nan)
        outside = np.zeros(len(segments), dtype=bool)
        number = np.zeros(len(segments), dtype=int)
        if len(known):
            probability[known] = self._probability(segments.take(known), features[known])
            number[known] = probability[known].argmax(axis=1) + 1
            if len(self.training.classes):  # else it is not known what the training was
                outside[known] = self.training.outside(features[known], self._values(segments)[known])
        return Classification(number, probability, outside)

    def explain(self, segments, rule="epsilon"):
        """Explain the predicted class of every complete segment by relevance of its features.

        Returns
        -------
        rows : ndarray of int (n_explained,)
            Segments without blanks.
        found : Relevance
            Of these rows.

        Raises
        ------
        DataError
            If the classifier is no network, or no segment is complete.
        """
        if self.classifier != "network":
            raise DataError(
                f"Relevance is handed back through a network, and this model is of kind '{self.classifier}'. "
                "Train a model with the classifier 'network'."
            )
        features = self.features(segments)
        rows = np.flatnonzero(np.isfinite(features).all(axis=1))
        if not len(rows):
            raise DataError("No segment has all features of the model, so none can be explained: fill the blank ones.")
        explained = self._probability(segments.take(rows), features[rows]).argmax(axis=1)
        return rows, relevance(features[rows], self.predictor, NAME, self.n_layers, explained, rule)

    def _probability(self, segments, features):
        if self.classifier == "network":
            return probabilities(outputs(features, self.predictor, self.n_layers)).mean(axis=0)
        if self.classifier == "extra_trees":
            return self.predictor.predict_parts(features)[0]
        check_places(segments)
        training = self.training
        n_known = len(training.classes)
        both = SegmentTable(
            self.names,
            np.vstack([training.features, features]),
            np.full(n_known + len(segments), np.nan),
            np.concatenate([training.region, segments.region]),
            np.concatenate([training.position_km, segments.position_km]),
        )
        known, asked = np.arange(n_known), np.arange(n_known, len(both))
        return self.predictor.predict_parts(both, both.values, training.classes, self.bounds.n_classes, known, asked)[0]

    def save(self, path):
        """Write the model file."""
        predictor = (
            {f"network.{name}": array for name, array in self.predictor.items()}
            if self.classifier == "network"
            else self.predictor.to_arrays("trees")
        )
        training = {f"training.{part}": getattr(self.training, part) for part in _TRAINING_ARRAYS}
        card = {
            **self.card,
            "classifier": self.classifier,
            "features": list(self.names),
            "bounds": list(self.bounds.magnitudes),
            "edge": self.training.edge,
        }
        model_file.save(path, KIND, {**predictor, **training, **self.preprocessing.to_arrays()}, card)

    @classmethod
    def load(cls, path):
        """Read a model file; raises :class:`~..errors.ModelFileError` when it is not a segment classifier."""
        arrays, card = model_file.load(path, KIND)
        try:
            classifier = card["classifier"]
            if classifier == "network":
                predictor = {n[len("network.") :]: a for n, a in arrays.items() if n.startswith("network.")}
            else:
                predictor = _TREES[classifier].from_arrays(arrays, "trees")
            parts = [arrays[f"training.{part}"] for part in _TRAINING_ARRAYS]
            model = cls(
                classifier,
                tuple(card["features"]),
                ClassBounds(tuple(float(bound) for bound in card["bounds"])),
                Preprocessing.from_arrays(arrays),
                predictor,
                TrainingSegments(*parts, float(card["edge"])),
                card,
            )
            model.classify(_one_segment(model))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ModelFileError(
                f"The parts of the model file do not fit each other ({error}). Train the model again."
            ) from error
        return model


def training_segments(segments, features, classes, apart_km):
    """Return the :class:`TrainingSegments` of complete segments.

    ``edge`` is the 99th percentile of the distance to the most similar training segment of another trench or at
    least ``apart_km`` away: neighbours resemble each other too much to tell what is unusual.
    """
    from scipy.spatial.distance import cdist

    trench = np.unique(segments.region, return_inverse=True)[1]
    apart = np.empty(len(segments))
    for some in np.array_split(np.arange(len(segments)), len(segments) * len(segments) // _AT_ONCE + 1):
        near = np.abs(segments.position_km[some, np.newaxis] - segments.position_km) < apart_km
        near &= trench[some, np.newaxis] == trench
        apart[some] = np.where(near, np.inf, cdist(features[some], features)).min(axis=1)
    apart = apart[np.isfinite(apart)]
    edge = float(np.quantile(apart, 0.99)) if len(apart) else float(np.finfo(np.float64).max)
    low, high = segments.values.min(axis=0), segments.values.max(axis=0)
    return TrainingSegments(features, segments.region, segments.position_km, classes, low, high, edge)


def nearest_distance(features, training):
    """Return the distance ``(n_rows,)`` from each row to the most similar row of ``training``."""
    from scipy.spatial import cKDTree

    return cKDTree(training).query(features)[0]


def _one_segment(model):
    """A segment to try a loaded model on: the first training segment's place with all features 0."""
    return SegmentTable(
        model.names,
        np.zeros((1, len(model.names))),
        np.array([np.nan]),
        model.training.region[:1],
        model.training.position_km[:1],
    )
