"""Clustering of pixels: the consensus of a sample, and the small network that stands for it on the map."""

import re
from dataclasses import replace

import numpy as np

from ..errors import DataError
from ..progress import part, silent
from .analysis import cluster_table
from .band_checks import code_warnings
from .distillation import distil
from .features import FeatureTable
from .raster_model import MAX_CLUSTERS, RasterModel

TRUSTED_AGREEMENT = 0.95  # below, the map and the consensus tell different stories
_LEAST_BANDS = 2
_LEAST_PIXELS = 5
_CLUSTERING_SHARE = 0.9  # of the progress; the rest is the distillation
_QUOTED_OR_FIELD = re.compile(r"('[^']*')|\b([Ff])ield(s?)\b")


def cluster_pixels(names, values, options, progress=silent):
    """Cluster a sample of pixels and distil the result.

    Parameters
    ----------
    names : sequence of str
        ``n_bands`` names.
    values : ndarray (n_pixels, n_bands)
        Of pixels with data in every band.
    options : Options
        With transform "yeo_johnson" or "none".
    progress : Progress

    Returns
    -------
    result : ClusteringResult
        Of the sample, by the consensus; the first of its warnings says how far the map may differ from it.
    model : RasterModel
        Assigns all pixels.

    Raises
    ------
    DataError
        If there are too few bands or pixels, or all are alike.
    """
    _require_enough(names, values, options.n_clusters)
    table = FeatureTable(tuple(names), values, np.zeros(values.shape, dtype=bool))
    try:
        result = cluster_table(table, options, part(progress, 0.0, _CLUSTERING_SHARE))
    except DataError as error:
        raise DataError(_of_bands(str(error))) from error
    known = result.membership.cluster > 0
    student = distil(
        result.features[known],
        result.membership.probability[known],
        options.seed,
        part(progress, _CLUSTERING_SHARE, 1.0),
    )
    notes = tuple(map(_of_bands, result.notes))
    warnings = (agreement_sentence(student), *code_warnings(names, values), *map(_of_bands, result.warnings))
    model = RasterModel(result.model.transform, student, dict(result.model.card), result.model.cloud)
    return replace(result, notes=notes, warnings=warnings), model


def agreement_sentence(student):
    """Return what the reader of a report must know about the network behind the map."""
    drawn = "The map is drawn by one small network that was trained to do what the consensus does"
    if not student.n_held_out:
        return f"{drawn}; there were too few pixels to measure how well it does."
    sentence = (
        f"{drawn}: it agrees with it on {100 * student.agreement:.1f} % of {student.n_held_out} sampled pixels that it "
        "had not seen. It draws map and areas; all other figures of this report are the consensus on the sample."
    )
    if student.agreement < TRUSTED_AGREEMENT:
        sentence += (
            f" Below {TRUSTED_AGREEMENT:.0%} the borders on the map differ from those of the consensus: take a larger "
            "sample or fewer clusters."
        )
    return sentence


def _require_enough(names, values, n_clusters):
    if len(names) < _LEAST_BANDS:
        raise DataError(
            f"The rasters have {len(names)} usable band, and clustering needs at least {_LEAST_BANDS}. Add rasters, or "
            "classify the values of a single band with 'Reclassify by table'."
        )
    needed = max(_LEAST_PIXELS, n_clusters + 1)
    if len(values) < needed:
        found = "1 pixel has" if len(values) == 1 else f"{len(values)} pixels have"
        raise DataError(
            f"Only {found} data in all bands, and at least {needed} are needed. Choose rasters that overlap more, or "
            "fewer clusters."
        )
    if n_clusters > MAX_CLUSTERS:
        raise DataError(f"{n_clusters} clusters are more than the {MAX_CLUSTERS} that a map can hold. Ask for fewer.")


def _of_bands(sentence):
    """Return a sentence on the fields of a table as one on the bands of a raster; quoted names stay."""
    return _QUOTED_OR_FIELD.sub(lambda m: m[1] or ("Band" if m[2] == "F" else "band") + m[3], sentence)
