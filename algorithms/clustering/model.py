"""A trained clustering: assigns samples with numpy alone, and travels as one safe file."""

from dataclasses import dataclass

import numpy as np

from .. import model_file
from ..errors import ModelFileError
from ..progress import silent
from .autoencoder import encode_numpy, encoder_shapes, latent_size
from .consensus import Consensus
from .deep_embedding import assign
from .features import FeatureTransform
from .results import Membership
from .training_cloud import TrainingCloud

KIND = "clustering"
_NETWORK_PREFIXES = ("encoder.", "skip.encoder", "centres")
_CHUNK = 10_000  # rows assigned at once


@dataclass(frozen=True, eq=False)
class ClusteringModel:
    """Everything needed to assign samples to the clusters of a finished run.

    Attributes
    ----------
    transform : FeatureTransform
        Table to feature matrix.
    networks : dict of str to ndarray
        Encoders and centres of the M runs.
    consensus : Consensus
    cloud : TrainingCloud
    representative : int
        The run that agrees best with the consensus; its latent space is the one shown.
    card : dict
        JSON description: seed, versions, quality, training extent and so on.
    """

    transform: FeatureTransform
    networks: dict
    consensus: Consensus
    cloud: TrainingCloud
    representative: int
    card: dict

    @property
    def n_clusters(self):
        """Number of clusters k."""
        return len(self.consensus.share)

    @property
    def values_per_sample(self):
        """Numbers held for every sample that is assigned at once: its memberships in the clusters of all runs."""
        n_runs, n_run_clusters, _ = self.networks["centres"].shape
        return n_runs * n_run_clusters

    def assign(self, table, progress=silent):
        """Assign the samples of a :class:`~.features.FeatureTable`; returns :class:`~.results.Membership`."""
        return self.assign_matrix(self.transform.apply(table).matrix, progress)

    def assign_matrix(self, matrix, progress=silent):
        """Assign preprocessed rows ``(n_samples, n_used)``; rows with NaN stay unassigned."""
        n_samples = len(matrix)
        known = np.flatnonzero(np.isfinite(matrix).all(axis=1))
        cluster = np.zeros(n_samples, dtype=int)
        probability = np.full((n_samples, self.n_clusters), np.nan)
        agreement, outside_ratio = np.full(n_samples, np.nan), np.full(n_samples, np.nan)
        latent = np.full((n_samples, self.networks["centres"].shape[2]), np.nan)
        only = {name: array[[self.representative]] for name, array in self.networks.items()}
        for start in range(0, len(known), _CHUNK):
            progress(start / len(known), "Assigning the samples")
            rows = known[start : start + _CHUNK]
            soft = assign(matrix[rows], self.networks)
            probability[rows] = self.consensus.probability(soft)
            chosen = probability[rows].argmax(axis=1)
            cluster[rows] = chosen + 1
            agreement[rows] = (self.consensus.labels_of_runs(soft) == chosen).mean(axis=0)
            latent[rows] = encode_numpy(matrix[rows], only)[0]
            outside_ratio[rows] = self.cloud.ratio(matrix[rows])
        return Membership(
            cluster,
            probability,
            probability.max(axis=1),
            _normalised_entropy(probability),
            agreement,
            latent,
            outside_ratio > 1.0,
            outside_ratio,
        )

    def save(self, path):
        """Write the model file."""
        arrays = {
            **{f"network.{name}": array for name, array in self.networks.items()},
            **self.transform.to_arrays(),
            "consensus.label_frequency": self.consensus.label_frequency,
            "consensus.share": self.consensus.share,
            "cloud.centre": self.cloud.centre,
            "cloud.whitening": self.cloud.whitening,
        }
        numbers = {
            "effective_runs": self.consensus.effective_runs,
            "cloud_edge": self.cloud.edge,
            "representative_run": self.representative,
            "n_clusters": self.n_clusters,
        }
        model_file.save(path, KIND, arrays, {**self.card, **self.transform.to_card(), **numbers})

    @classmethod
    def load(cls, path):
        """Read a model file; raises :class:`~..errors.ModelFileError` when it is not a clustering model."""
        return cls.from_file(*model_file.load(path, KIND))

    @classmethod
    def from_file(cls, arrays, card):
        """Rebuild the model from what a model file holds; raises :class:`~..errors.ModelFileError` as :meth:`load`."""
        transform = FeatureTransform.from_model(arrays, card)
        try:
            shapes = _network_shapes(arrays["network.centres"], len(transform.names))
            model = cls(
                transform,
                {name: arrays[f"network.{name}"] for name in shapes},
                Consensus(arrays["consensus.label_frequency"], arrays["consensus.share"], float(card["effective_runs"])),
                TrainingCloud(arrays["cloud.centre"], arrays["cloud.whitening"], float(card["cloud_edge"])),
                int(card["representative_run"]),
                card,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"The model file lacks the entry {error}. Train the model again.") from error
        if not model._fits(shapes):
            raise ModelFileError("The arrays in the model file do not fit each other. Train the model again.")
        return model

    def _fits(self, network_shapes):
        """Whether the arrays have the shapes that the features and the runs imply."""
        n_runs, n_features = len(self.networks["centres"]), len(self.transform.names)
        consensus, cloud = self.consensus, self.cloud
        return (
            all(self.networks[name].shape == shape for name, shape in network_shapes.items())
            and consensus.label_frequency.shape == (*self.networks["centres"].shape[:2], *consensus.share.shape)
            and cloud.centre.shape == (len(cloud.centre), n_features)
            and cloud.whitening.shape == (len(cloud.centre), n_features, n_features)
            and 0 <= self.representative < n_runs
        )


def networks_of(ensemble_arrays):
    """The arrays of an ensemble that assigning needs: encoders and centres, without the decoders."""
    return {name: array for name, array in ensemble_arrays.items() if name.startswith(_NETWORK_PREFIXES)}


def _normalised_entropy(probability):
    n_clusters = probability.shape[1]
    if n_clusters < 2:
        return np.where(np.isnan(probability[:, 0]), np.nan, 0.0)
    information = probability * np.log(np.maximum(probability, 1e-300))
    return np.abs(information.sum(axis=1)) / np.log(n_clusters)


def _network_shapes(centres, n_features):
    n_runs, n_run_clusters, _ = centres.shape
    return {**encoder_shapes(n_runs, n_features), "centres": (n_runs, n_run_clusters, latent_size(n_features))}
