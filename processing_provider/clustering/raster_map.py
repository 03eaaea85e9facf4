"""The cluster map: every pixel of the rasters assigned and written, window by window."""

import numpy as np

from ...algorithms.clustering.assignment import assign_pixels
from ...algorithms.errors import DataError
from ...algorithms.progress import part
from ..provider_groups import plugin_version
from .cluster_map import write_clusters

_TAGGED = ("training_fingerprint", "seed")  # entries of the model card
_ASSIGNING = 0.9  # of the progress; the rest is the overviews


class Census:
    """How many pixels each cluster got, and how many are unlike the training pixels."""

    def __init__(self, n_clusters):
        self._sizes = np.zeros(n_clusters + 1, dtype=np.int64)
        self._n_outside = None

    def add(self, cluster, outside_ratio=None):
        """Count the pixels of a window; 0 is no data, and a ratio above 1 outside the cloud of the training pixels."""
        self._sizes += np.bincount(cluster, minlength=len(self._sizes))
        if outside_ratio is not None:
            self._n_outside = (self._n_outside or 0) + int((outside_ratio > 1.0).sum())

    @property
    def n_without_data(self):
        """Pixels without a cluster."""
        return int(self._sizes[0])

    @property
    def n_assigned(self):
        """Pixels with a cluster."""
        return int(self._sizes[1:].sum())

    @property
    def n_outside(self):
        """Pixels outside the cloud of the training pixels; None where the model does not know it."""
        return self._n_outside

    def sentence(self):
        """Return the counts in words."""
        shares = ", ".join(
            f"{number}: {size} ({size / max(self.n_assigned, 1):.1%})"
            for number, size in enumerate(self._sizes.tolist())
            if number
        )
        return f"Pixels of the map by cluster: {shares}; without data: {self.n_without_data}."


def write_map(path, rasters, model, census, progress):
    """Assign all pixels and write the GeoTIFF.

    Parameters
    ----------
    path : Path
    rasters : AlignedRasters
    model : RasterModel or ClusteringModel
    census : Census
        Counts the pixels on their way.
    progress : Progress

    Raises
    ------
    DataError
        If the rasters lack a band of the model, or no pixel gets a cluster.
    """
    used = _positions(model.transform.names, rasters.names)
    windows = rasters.windows(model.values_per_sample)
    blocks = (rasters.read(window, used).reshape(len(used), -1) for window in windows)
    assigning = part(progress, 0.0, _ASSIGNING)

    def pieces():
        for number, (window, assigned) in enumerate(zip(windows, assign_pixels(model, blocks))):
            assigning(number / len(windows), "Assigning all pixels")
            cluster, confidence, outside_ratio = assigned
            census.add(cluster, outside_ratio)
            yield window, cluster, confidence
        if not census.n_assigned:
            raise DataError(
                "No pixel has data in all bands of the model, so the map would be empty. Check the no-data values, and "
                "that the rasters cover each other."
            )

    write_clusters(path, rasters.grid, pieces(), model.n_clusters, _tags(model), part(progress, _ASSIGNING, 1.0))


def _positions(required, available):
    """Return where the bands of a model are among those of the rasters; :func:`match_features` in words of rasters."""
    missing = [f"'{name}'" for name in required if name not in available]
    if missing:
        raise DataError(
            f"The rasters lack bands that this model was trained on: {', '.join(missing)}. They hold "
            f"{', '.join(map(repr, available))}. Bands are matched by name: describe the bands in the file or, of a "
            "raster with a single band, rename the layer; or train a model on these rasters."
        )
    return [available.index(name) for name in required]


def _tags(model):
    """Return what tells from the file which program and which training drew it."""
    known = {f"FUMAROLE_{entry.upper()}": str(model.card[entry]) for entry in _TAGGED if entry in model.card}
    return {"TIFFTAG_SOFTWARE": f"Fumarole {plugin_version()}", **known}
