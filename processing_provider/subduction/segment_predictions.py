"""The layer of predictions: what classifiers say about segments that they were not trained on."""

from functools import partial

from qgis.core import QgsProcessing, QgsWkbTypes

from ...ui.segment_styles import style_predictions
from ..layers import extended
from ..parameters import add_layer

_CODES = {
    "network": "net",
    "extra_trees": "tree",
    "context": "ctx",
    "nearest_segment": "near",
    "region_majority": "maj",
}


def add_predictions(tool, which, others):
    """Add the optional layer; ``which`` says whose predictions lead, ``others`` who else predicts."""
    add_layer(
        tool,
        "PREDICTIONS",
        "Cross-validated predictions",
        "The input's attributes, then fold (from 1, in which the segment is tested; NULL where a feature is blank), "
        "true_class, pred_class (from 1, the lowest magnitudes), pred_prob (its probability) and right (1 or 0) by "
        f"{which}; then the class and probability by {others}: net_ (network), tree_ (extra_trees), ctx_ (context), "
        "near_ (nearest segment), maj_ (majority of the region).",
        QgsProcessing.SourceType.TypeVectorAnyGeometry,
        optional=True,
    )


def write_predictions(outputs, data, rows, block, probability):
    """Write the layer.

    Parameters
    ----------
    outputs : Outputs
    data : TrainingInput
    rows : ndarray of int (n_complete,)
        Rows of the input that took part.
    block : ndarray of int (n_complete,)
        Fold 0.. that tests each, -1 for none.
    probability : dict of str to ndarray (n_complete, n_classes)
        By classifier; the first one leads.
    """
    fields = prediction_fields(data.table.fields, tuple(probability))
    cells = prediction_rows(data, rows, block, list(probability.values()))
    kind = data.source.wkbType()
    style = None
    if kind != QgsWkbTypes.Type.NoGeometry:
        names = data.bounds.names
        right = '"right" = 1'
        style = partial(style_predictions, n_classes=len(names), names=names, right=right, predicted="pred_class")
    outputs.layer("PREDICTIONS", fields, kind, data.source.sourceCrs(), cells, style, "Predictions")


def prediction_fields(fields, classifiers):
    """Return the input's ``fields`` followed by those of the predictions; the first of ``classifiers`` leads."""
    pairs = [(name, "int") for name in ("fold", "true_class", "pred_class")]
    pairs += [("pred_prob", "double"), ("right", "int")]
    for name in classifiers[1:]:
        pairs += [(f"{_CODES[name]}_class", "int"), (f"{_CODES[name]}_prob", "double")]
    return extended(fields, *pairs)


def prediction_rows(data, rows, block, probabilities):
    """Yield geometry and attributes of every input row, in the order of :func:`prediction_fields`."""
    place = {row: index for index, row in enumerate(rows.tolist()) if block[index] >= 0}
    n_predicted = 2 * len(probabilities) + 1
    for row, (geometry, old, true_class) in enumerate(
        zip(data.table.geometries, data.table.attributes, data.classes.tolist())
    ):
        if row not in place:
            yield geometry, [*old, None, true_class, *[None] * n_predicted]
            continue
        index = place[row]
        found = [(int(p[index].argmax()) + 1, float(p[index].max())) for p in probabilities]
        others = [value for pair in found[1:] for value in pair]
        leading = [int(block[index]) + 1, true_class, *found[0], int(found[0][0] == true_class)]
        yield geometry, [*old, *leading, *others]
