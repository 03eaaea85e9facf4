"""A distilled clustering of pixels, and the file it travels in."""

from dataclasses import dataclass
from typing import Optional

import numpy as np

from .. import model_file
from ..errors import ModelFileError
from .distillation import HIDDEN, N_LAYERS, NETWORK, Student
from .features import FeatureTransform
from .training_cloud import TrainingCloud

KIND = "clustering_raster"
MAX_CLUSTERS = 254  # cluster numbers are bytes; 0 is no data, and 255 is left to programs that want another one


@dataclass(frozen=True, eq=False)
class RasterModel:
    """A distilled clustering of rasters: band transform and network.

    Attributes
    ----------
    transform : FeatureTransform
        Of the used bands; each is treated by itself ("yeo_johnson" or "none"), without composition.
    student : Student
    card : dict
        JSON description: seed, versions, quality, agreement, training extent and so on.
    cloud : TrainingCloud or None
        Of the training pixels; None = it is not asked how far pixels lie outside it.
    """

    transform: FeatureTransform
    student: Student
    card: dict
    cloud: Optional[TrainingCloud] = None

    @property
    def n_clusters(self):
        """Number of clusters k."""
        return self.student.arrays[f"{NETWORK}.{N_LAYERS - 1}.bias"].shape[-1]

    @property
    def values_per_sample(self):
        """Numbers held for every pixel that is assigned at once; of the network only those of one small block."""
        return len(self.transform.names)

    def save(self, path):
        """Write the model file, of kind ``"clustering_raster"``."""
        card = {
            **self.card,
            **self.transform.to_card(),
            "n_clusters": self.n_clusters,
            "agreement": None if np.isnan(self.student.agreement) else self.student.agreement,
            "n_held_out": self.student.n_held_out,
        }
        arrays = {**self.student.arrays, **self.transform.to_arrays()}
        if self.cloud is not None:
            arrays.update({"cloud.centre": self.cloud.centre, "cloud.whitening": self.cloud.whitening})
            card["cloud_edge"] = self.cloud.edge
        model_file.save(path, KIND, arrays, card)

    @classmethod
    def load(cls, path):
        """Read a model file; raises :class:`~..errors.ModelFileError` when it is not a raster clustering model."""
        return cls.from_file(*model_file.load(path, KIND))

    @classmethod
    def from_file(cls, arrays, card):
        """Rebuild the model from what a model file holds; raises :class:`~..errors.ModelFileError` as :meth:`load`."""
        cloud = None
        try:
            layers = [f"{NETWORK}.{layer}.{part}" for layer in range(N_LAYERS) for part in ("weight", "bias")]
            agreement = float("nan") if card["agreement"] is None else float(card["agreement"])
            student = Student({name: arrays[name] for name in layers}, agreement, int(card["n_held_out"]))
            if "cloud.centre" in arrays:  # models of version 1 have none
                cloud = TrainingCloud(arrays["cloud.centre"], arrays["cloud.whitening"], float(card["cloud_edge"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"The model file lacks the entry {error}. Train the model again.") from error
        model = cls(FeatureTransform.from_model(arrays, card), student, card, cloud)
        if not model._fits():
            raise ModelFileError("The arrays in the model file do not fit each other. Train the model again.")
        return model

    def _fits(self):
        """Whether the arrays have the shapes that the bands and the clusters imply."""
        arrays, n_bands = self.student.arrays, len(self.transform.names)
        sizes = (n_bands, *HIDDEN, self.n_clusters)
        return (
            all(
                arrays[f"{NETWORK}.{layer}.weight"].shape == (1, n_in, n_out)
                and arrays[f"{NETWORK}.{layer}.bias"].shape == (1, 1, n_out)
                for layer, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:]))
            )
            and 0 < self.n_clusters <= MAX_CLUSTERS
            and not self.transform.margins.composition.any()
            and (
                self.cloud is None
                or self.cloud.whitening.shape == (len(self.cloud.centre), n_bands, n_bands)
                and self.cloud.centre.shape == (len(self.cloud.centre), n_bands)
            )
        )
