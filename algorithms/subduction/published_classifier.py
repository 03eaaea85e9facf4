"""A published network, read from a checkpoint, as a classifier of segments."""

import numpy as np

from .. import model_file
from ..errors import DataError, ModelFileError
from .checkpoints import NAME as CHECKPOINT_NAME
from .checkpoints import read_checkpoint
from .classifier import SegmentClassifier, TrainingSegments
from .network_training import NAME
from .preprocessing import Preprocessing
from .segments import complete_rows


def published_classifier(path, segments, bounds):
    """Return the classifier that a checkpoint holds, for the segments it is to be applied to.

    A checkpoint holds weights only. The features are preprocessed as the study did, by what the complete ``segments``
    themselves look like, so the answer for one segment depends on the others. On which segments the network was
    trained is not known either: the classifier never calls a segment outside its training.

    Parameters
    ----------
    path : str or Path
        See :func:`.checkpoints.read_checkpoint`.
    segments : SegmentTable
        With the features in the order of training.
    bounds : ClassBounds
        What the network's outputs mean.

    Returns
    -------
    SegmentClassifier

    Raises
    ------
    ModelFileError
        If the checkpoint is unusable or has another number of features or classes.
    DataError
        If too few segments are complete.
    """
    network = read_checkpoint(path)
    if network.n_features != len(segments.names):
        raise ModelFileError(
            f"The checkpoint takes {network.n_features} features, and {len(segments.names)} were chosen. Choose the "
            "features of its training, in their order."
        )
    if network.n_classes != bounds.n_classes:
        raise ModelFileError(
            f"The checkpoint tells {network.n_classes} classes apart, and the class bounds make {bounds.n_classes}. "
            "Give one bound less than it has classes."
        )
    values = segments.values[complete_rows(segments)]
    if len(values) < 2:
        raise DataError("Only one segment has all features, and a checkpoint needs several to scale them by: add some.")
    nothing = np.zeros((0, network.n_features))
    return SegmentClassifier(
        "network",
        segments.names,
        bounds,
        _published_preprocessing(values),
        {NAME + key[len(CHECKPOINT_NAME) :]: array for key, array in network.arrays.items()},
        TrainingSegments(
            nothing, np.array([], dtype=str), nothing[:, 0], np.array([], dtype=int), nothing[:0], nothing[:0], np.inf
        ),
        {"classes": list(bounds.names), "versions": model_file.software_versions()},
    )


def _published_preprocessing(values):
    """Return Yeo-Johnson of the raw values, standardised: as :func:`.checkpoints.published_inputs`, but clipped."""
    from sklearn.preprocessing import PowerTransformer

    fitted = PowerTransformer(method="yeo-johnson", standardize=False).fit(values)
    transformed = fitted.transform(values)
    sd = np.where(np.ptp(values, axis=0) > 0, transformed.std(axis=0), np.inf)
    as_they_are = np.zeros(len(sd)), np.ones(len(sd))
    return Preprocessing(*as_they_are, fitted.lambdas_, transformed.mean(axis=0), sd)
