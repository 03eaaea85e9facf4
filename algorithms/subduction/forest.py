"""Extremely randomised trees, grown by scikit-learn and kept as plain arrays that numpy alone can apply."""

from dataclasses import dataclass

import numpy as np

from ..progress import silent

N_TREES = 300
_AT_ONCE = 20  # trees grown between two looks at Cancel
_PARTS = ("feature", "threshold", "left", "right", "value", "roots")


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees, with the nodes of all of them in one row.

    Attributes
    ----------
    feature : ndarray of int (n_nodes,)
        Feature asked at a node; negative at a leaf.
    threshold : ndarray (n_nodes,)
        Rows up to it go left.
    left, right : ndarray of int (n_nodes,)
        Next nodes.
    value : ndarray (n_nodes, n_outputs)
        Class probabilities, or the mean target.
    roots : ndarray of int (n_trees,)
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    roots: np.ndarray

    @classmethod
    def fit(cls, features, targets, n_outputs, seed, n_trees=N_TREES, min_leaf=1, progress=silent):
        """Grow trees, each class weighing the same.

        Parameters
        ----------
        features : ndarray (n_rows, n_features)
        targets : ndarray (n_rows,)
            Classes 0.. , or numbers when ``n_outputs`` is 1.
        n_outputs : int
        seed : int
        n_trees : int
        min_leaf : int or float
            Rows in a leaf, at least; a number below 1 is their share.
        progress : Progress

        References
        ----------
        Geurts et al. (2006). Extremely randomized trees. Machine Learning 63, 3-42.
        """
        from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
        from sklearn.utils.class_weight import compute_sample_weight

        options = {"min_samples_leaf": min_leaf, "random_state": seed, "warm_start": True}
        if n_outputs == 1:
            grown, weight = ExtraTreesRegressor(**options), None
        else:
            grown, weight = ExtraTreesClassifier(**options), compute_sample_weight("balanced", targets)
        for first in range(0, n_trees, _AT_ONCE):
            progress(first / n_trees, "")
            grown.set_params(n_estimators=min(first + _AT_ONCE, n_trees)).fit(features, targets, weight)
        columns = [0] if n_outputs == 1 else grown.classes_
        trees = [estimator.tree_ for estimator in grown.estimators_]
        roots = np.concatenate([[0], np.cumsum([tree.node_count for tree in trees])[:-1]])
        value = np.zeros((sum(tree.node_count for tree in trees), n_outputs))
        value[:, columns] = np.concatenate([tree.value[:, 0] for tree in trees])
        if n_outputs > 1:
            value /= value.sum(axis=1, keepdims=True)
        return cls(
            np.concatenate([tree.feature for tree in trees]),
            np.concatenate([tree.threshold for tree in trees]),
            np.concatenate([tree.children_left + root for tree, root in zip(trees, roots)]),
            np.concatenate([tree.children_right + root for tree, root in zip(trees, roots)]),
            value,
            roots,
        )

    def predict_parts(self, features, n_parts=1):
        """Return the mean over the trees of each of ``n_parts`` equal parts of the forest.

        Returns
        -------
        ndarray (n_parts, n_rows, n_outputs)
        """
        features = features.astype(np.float32)  # as scikit-learn compares them
        rows = np.arange(len(features))
        parts = []
        for part in range(n_parts):
            node = np.repeat(self.roots[part::n_parts, np.newaxis], len(rows), axis=1)
            inner = self.feature[node] >= 0
            while inner.any():
                goes_left = features[rows, self.feature[node]] <= self.threshold[node]
                node = np.where(inner, np.where(goes_left, self.left[node], self.right[node]), node)
                inner = self.feature[node] >= 0
            parts.append(self.value[node].mean(axis=0))
        return np.stack(parts)

    def to_arrays(self, name):
        """Return the arrays by name, for a model file."""
        return {f"{name}.{part}": getattr(self, part) for part in _PARTS}

    @classmethod
    def from_arrays(cls, arrays, name):
        """Return what :meth:`to_arrays` wrote; raises KeyError when a part is missing."""
        return cls(*(arrays[f"{name}.{part}"] for part in _PARTS))
