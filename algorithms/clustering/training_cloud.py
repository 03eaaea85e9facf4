"""How far a sample lies outside the cloud of the training samples."""

from dataclasses import dataclass

import numpy as np

_SHRINKAGE = 0.1  # share of the isotropic covariance: closed compositions and small clusters are singular
_LIMIT = 0.99  # quantile of the training samples' own distances that counts as the edge of the cloud


@dataclass(frozen=True)
class TrainingCloud:
    """One Gaussian per cluster, with shrunk covariance.

    Attributes
    ----------
    centre : ndarray (k, n_features)
    whitening : ndarray (k, n_features, n_features)
        Maps departures from the centre to unit variance.
    edge : float
        99 % of the training samples lie nearer to their nearest cluster than this Mahalanobis distance.
    """

    centre: np.ndarray
    whitening: np.ndarray
    edge: float

    @classmethod
    def fit(cls, features, labels):
        """Describe the training ``features`` ``(n, d)`` with clusters ``labels`` 0..k-1."""
        n_features = features.shape[1]
        overall = np.cov(features, rowvar=False).reshape(n_features, n_features)
        centres, whitenings = [], []
        for cluster in np.unique(labels):
            own = features[labels == cluster]
            weight = max(_SHRINKAGE, n_features / (n_features + len(own)))
            within = np.cov(own, rowvar=False).reshape(overall.shape) if len(own) > 1 else np.zeros_like(overall)
            covariance = (1.0 - weight) * within + weight * overall
            covariance = covariance + _SHRINKAGE * np.trace(overall) / n_features * np.eye(n_features)
            centres.append(own.mean(axis=0))
            whitenings.append(np.linalg.inv(np.linalg.cholesky(covariance)).T)
        cloud = cls(np.stack(centres), np.stack(whitenings), 1.0)
        return cls(cloud.centre, cloud.whitening, float(np.quantile(cloud.ratio(features), _LIMIT)))

    def ratio(self, features):
        """Distance to the nearest cluster over the edge of the cloud ``(n,)``: above 1 is outside."""
        nearest = np.full(len(features), np.inf)
        for centre, whitening in zip(self.centre, self.whitening):
            squared = np.square((features - centre) @ whitening).sum(axis=1)
            nearest = np.minimum(nearest, squared)
        return np.sqrt(nearest) / self.edge
