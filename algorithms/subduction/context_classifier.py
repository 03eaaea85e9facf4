"""The ``context`` classifier: neighbours' classes beside the features, averaged over three forests."""

from dataclasses import dataclass

import numpy as np

from ..progress import part, silent
from .forest import N_TREES, Forest
from .neighbour_context import GAPS, context, training_context, with_nearest

_NEAR_LEAF = 0.025  # share of the rows in a leaf: follows neighbours closely
_FAR_LEAF = 0.08  # heavily smoothed: what is left of a neighbour's word across long gaps
_PARTS = ("near", "far", "features")


@dataclass(frozen=True, eq=False)
class ContextClassifier:
    """Three forests: two on the neighbours' classes and distances, one on the features.

    Attributes
    ----------
    near, far, features : Forest
    """

    near: Forest
    far: Forest
    features: Forest

    @classmethod
    def fit(cls, segments, features, classes, n_classes, known, gaps_km, seed, n_trees=N_TREES, progress=silent):
        """Fit to the ``known`` rows, as they look across gaps; see :func:`.neighbour_context.training_context`."""
        generator = np.random.default_rng(seed)
        described, rows = training_context(segments, classes, n_classes, known, gaps_km, generator)
        nearest = with_nearest(described, n_classes)
        return cls(
            Forest.fit(described, classes[rows], n_classes, seed, n_trees, _NEAR_LEAF, part(progress, 0.0, 0.4)),
            Forest.fit(nearest, classes[rows], n_classes, seed, n_trees, _FAR_LEAF, part(progress, 0.4, 0.8)),
            Forest.fit(features[known], classes[known], n_classes, seed, n_trees, progress=part(progress, 0.8, 1.0)),
        )

    def predict_parts(self, segments, features, classes, n_classes, known, asked, n_parts=1):
        """Return probabilities ``(n_parts, n_asked, n_classes)`` by equal parts of the forests."""
        neighbours = self.neighbour_parts(segments, classes, n_classes, known, asked, n_parts)
        return self.with_features(neighbours, features[asked])

    def neighbour_parts(self, segments, classes, n_classes, known, asked, n_parts=1):
        """Return what the two forests on neighbours say ``(2, n_parts, n_asked, n_classes)``."""
        described = context(segments, classes, n_classes, known, asked)
        nearest = with_nearest(described, n_classes)
        return np.stack([self.near.predict_parts(described, n_parts), self.far.predict_parts(nearest, n_parts)])

    def with_features(self, neighbours, features):
        """Return probabilities ``(n_parts, n_asked, n_classes)`` from :meth:`neighbour_parts` and the features."""
        return np.mean([*neighbours, self.features.predict_parts(features, neighbours.shape[1])], axis=0)

    def to_arrays(self, name):
        """Return the arrays by name, for a model file."""
        return {k: v for part in _PARTS for k, v in getattr(self, part).to_arrays(f"{name}.{part}").items()}

    @classmethod
    def from_arrays(cls, arrays, name):
        """Return what :meth:`to_arrays` wrote; raises KeyError when a part is missing."""
        return cls(*(Forest.from_arrays(arrays, f"{name}.{part}") for part in _PARTS))


def gaps_of(segments, classes, n_classes, train, test):
    """Return the distances ``(n_test, 2)`` in km from tested rows to the training rows before and after them."""
    return context(segments, classes, n_classes, train, test)[:, GAPS]
