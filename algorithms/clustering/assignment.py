"""Any trained clustering, of samples or of rasters, applied to pixels."""

import numpy as np

from .. import model_file
from .features import FeatureTable
from .model import KIND as SAMPLES
from .model import ClusteringModel
from .raster_assignment import assign_blocks
from .raster_model import KIND as PIXELS
from .raster_model import RasterModel


def load_clustering(path):
    """Read the model file of a clustering.

    Returns
    -------
    ClusteringModel or RasterModel

    Raises
    ------
    ModelFileError
        If it is neither.
    """
    arrays, card = model_file.load(path, SAMPLES, PIXELS)
    return {SAMPLES: ClusteringModel, PIXELS: RasterModel}[card["kind"]].from_file(arrays, card)


def assign_pixels(model, blocks):
    """Assign a stream of pixel blocks, each as the same values would be in a table.

    Parameters
    ----------
    model : ClusteringModel or RasterModel
    blocks : iterable of ndarray (n_used, n_pixels)
        Values of the model's features; NaN or infinite = no data.

    Yields
    ------
    cluster, confidence, outside_ratio
        As :func:`~.raster_assignment.assign_blocks`.
    """
    if isinstance(model, RasterModel):
        return assign_blocks(model, blocks)
    return _assigned_as_samples(model, blocks)


def assign_rows(model, table):
    """Assign the rows of a table by a model of rasters, exactly as the pixels of the same values.

    Parameters
    ----------
    model : RasterModel
    table : FeatureTable
        Its columns are those of the model.

    Returns
    -------
    cluster, confidence, outside_ratio
        As :func:`~.raster_assignment.assign_blocks`.
    """
    (assigned,) = assign_blocks(model, [table.values.T])
    return assigned


def _assigned_as_samples(model, blocks):
    names = model.transform.names
    for block in blocks:
        values = block.T.astype(np.float64)
        membership = model.assign(FeatureTable(names, values, np.zeros(values.shape, dtype=bool)))
        confidence = np.nan_to_num(membership.confidence).astype(np.float32)
        yield membership.cluster.astype(np.uint8), confidence, membership.outside_ratio.astype(np.float32)
