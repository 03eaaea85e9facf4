"""The cluster map: every pixel of the rasters assigned and written, window by window."""

import numpy as np

from ...algorithms.clustering.raster_assignment import assign_blocks
from ...algorithms.model_file import match_features
from .raster_layers import write_clusters


class Census:
    """How many pixels each cluster got."""

    def __init__(self, n_clusters):
        self._sizes = np.zeros(n_clusters + 1, dtype=np.int64)

    def add(self, cluster):
        """Count the pixels of a window; 0 is no data."""
        self._sizes += np.bincount(cluster, minlength=len(self._sizes))

    @property
    def n_without_data(self):
        """Pixels without a cluster."""
        return int(self._sizes[0])

    @property
    def n_assigned(self):
        """Pixels with a cluster."""
        return int(self._sizes[1:].sum())

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
    model : RasterModel
    census : Census
        Counts the pixels on their way.
    progress : Progress
    """
    used = match_features(model.transform.names, rasters.names)
    windows = rasters.windows(len(used))
    blocks = (rasters.read(window, used).reshape(len(used), -1) for window in windows)

    def pieces():
        for number, (window, assigned) in enumerate(zip(windows, assign_blocks(model, blocks))):
            progress(number / len(windows), "Assigning all pixels")
            census.add(assigned[0])
            yield (window, *assigned)

    write_clusters(path, rasters.grid, pieces())
