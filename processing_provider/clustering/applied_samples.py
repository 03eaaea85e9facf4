"""A clustering model applied to samples."""

from dataclasses import dataclass
from functools import partial
from typing import Optional

import numpy as np
from qgis.core import QgsWkbTypes

from ...algorithms.clustering.assignment import assign_rows
from ...algorithms.clustering.raster_model import RasterModel
from ...algorithms.model_file import match_features
from ...ui.styles import style_samples
from ..layers import extended, read_table
from ..outputs import Outputs
from ..tool import progress_to
from .cluster_fields import membership_pairs, membership_values
from .feature_fields import feature_table


@dataclass(frozen=True)
class _Assigned:
    """What a model adds to samples."""

    pairs: list  # (name, kind) of the fields
    values: list  # one list per sample
    n_assigned: int
    n_outside: Optional[int]  # None: the model does not know the cloud of its training


def apply_to_samples(tool, parameters, context, feedback, model, source):
    """Assign the features of ``source``, write them to ``OUTPUT``, and return the outputs of the tool.

    Raises
    ------
    ModelFileError
        If the source lacks a field of the model.
    """
    samples = read_table(source, feedback)
    match_features(model.transform.names, samples.fields.names())
    table, notes = feature_table(samples, model.transform.names)
    assign = _by_pixels_model if isinstance(model, RasterModel) else _by_samples_model
    assigned = assign(model, table, progress_to(feedback, 0.3, 0.7))
    for note in notes:
        feedback.pushWarning(note)
    n_samples = len(samples.attributes)
    feedback.pushInfo(f"{assigned.n_assigned} of {n_samples} samples assigned to {model.n_clusters} clusters.")
    feedback.pushInfo(outside_sentence(assigned.n_outside, "samples"))
    progress_to(feedback)(0.7, "Writing the samples")
    with Outputs(tool, parameters, context, feedback) as outputs:
        rows = zip(samples.geometries, (old + new for old, new in zip(samples.attributes, assigned.values)))
        is_points = QgsWkbTypes.geometryType(source.wkbType()) == QgsWkbTypes.GeometryType.PointGeometry
        style = partial(style_samples, cluster_count=model.n_clusters) if is_points else None
        fields = extended(samples.fields, *assigned.pairs)
        outputs.layer("OUTPUT", fields, source.wkbType(), source.sourceCrs(), rows, style, "Clusters")
    return {
        **outputs.results,
        "N_SAMPLES": assigned.n_assigned,
        "N_PIXELS": 0,
        "N_DROPPED": n_samples - assigned.n_assigned,
        "N_OUTSIDE": assigned.n_outside,
    }


def outside_sentence(n_outside, things):
    """Return how many samples or pixels are unlike those of the training."""
    if n_outside is None:
        return f"How many {things} lie outside the training data is not known: the model was stored without its cloud."
    return f"{n_outside} {things} lie outside the cloud of the training data; their cluster means little."


def _by_samples_model(model, table, progress):
    membership = model.assign(table, progress)
    return _Assigned(
        membership_pairs(membership.latent.shape[1], with_silhouette=False),
        membership_values(membership),
        int((membership.cluster > 0).sum()),
        int(membership.outside.sum()),
    )


def _by_pixels_model(model, table, progress):
    cluster, confidence, ratio = assign_rows(model, table)
    blank = cluster == 0
    columns = [_nullable(cluster.tolist(), blank), np.where(blank, np.nan, confidence).tolist()]
    pairs, n_outside = [("cluster", "int"), ("confidence", "double")], None
    if ratio is not None:
        n_outside = int((ratio > 1.0).sum())
        columns += [_nullable((ratio > 1.0).astype(int).tolist(), blank), ratio.tolist()]
        pairs += [("outside", "int"), ("out_ratio", "double")]
    return _Assigned(pairs, [list(row) for row in zip(*columns)], int((~blank).sum()), n_outside)


def _nullable(values, blank):
    return [None if is_blank else value for value, is_blank in zip(values, blank)]
