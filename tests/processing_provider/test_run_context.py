"""What a report says about its run."""

import pytest
from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeatureSourceDefinition, QgsProject

from fumarole.processing_provider.run_context import run_context


@pytest.fixture
def about(fumarole):
    """The context of a run of deep_embedded_clustering with these parameters."""
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())

    def make(**parameters):
        tool = QgsApplication.processingRegistry().createAlgorithmById("fumarole:deep_embedded_clustering")
        return run_context(tool, parameters, context, 0.0, crs="EPSG:32635")

    return make


def test_every_parameter_is_told_and_no_destination(about, make_samples):
    layer = make_samples(3)
    context = about(INPUT=layer, FIELDS=["As_ppm", "B_ppm"], SEED=7, OUTPUT="memory:", REPORT="/data/report.html")
    assert context.input_name == "samples" and context.seed == 7 and context.crs == "EPSG:32635"
    shown = context.parameters
    assert shown["Samples"] == "samples" and shown["Fields"] == "As_ppm, B_ppm" and shown["Boreholes"] == "-"
    assert shown["Target coordinate system"] == "EPSG:32635" and shown["Effort"] == "standard"
    assert "/data/report.html" not in shown.values() and "memory:" not in shown.values()
    assert {"QGIS", "python", "numpy"} <= set(context.versions)


def test_a_selection_is_told(about, make_samples):
    layer = make_samples(3)
    QgsProject.instance().addMapLayer(layer, False)
    try:
        context = about(INPUT=QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True))
    finally:
        QgsProject.instance().takeMapLayer(layer)
    assert context.input_name == context.parameters["Samples"] == "samples (selected features)"
