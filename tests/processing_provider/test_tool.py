"""The base class of the tools: sentences instead of tracebacks, Cancel, checks before the run."""

import pytest
from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
)

from fumarole.algorithms.errors import Cancelled, DataError
from fumarole.processing_provider.tool import Tool, progress_to


class Example(Tool):
    tool_id = "example"
    title = "Example"

    def define(self):
        self.add(QgsProcessingParameterNumber("COUNT", "Count", defaultValue=2), "How many.", advanced=True)
        self.add(QgsProcessingParameterCrs("TARGET_CRS", "Target", "EPSG:32635"), "Where.")
        table = QgsProcessing.SourceType.TypeVector
        self.add(QgsProcessingParameterFeatureSink("TABLE", "Scores", table, optional=True), "A table.")

    def refusal(self, parameters, context):
        return "Count to 1 at least." if self.parameterAsInt(parameters, "COUNT", context) < 1 else ""

    def work(self, parameters, context, feedback):
        count = self.parameterAsInt(parameters, "COUNT", context)
        if count == 13:
            raise DataError("13 brings bad luck. Take 12.")
        return {"COUNT": count}


class Needy(Example):
    libraries = ("no_such_library",)


@pytest.fixture
def example(qgis_app):
    return Example().create()


def run(tool, **parameters):
    results, _ = tool.run(parameters, QgsProcessingContext(), QgsProcessingFeedback(False), {}, False)
    return results


def test_a_run_gives_its_outputs(example):
    assert run(example, COUNT=3) == {"COUNT": 3}


def test_an_error_is_the_sentence_alone(example):
    with pytest.raises(QgsProcessingException) as caught:
        run(example, COUNT=13)
    assert str(caught.value) == "13 brings bad luck. Take 12."


@pytest.mark.parametrize(
    "parameters, sentence",
    [
        ({"COUNT": 0}, "Count to 1 at least."),
        ({"TABLE": "/data/scores.shp"}, "'Scores' is a table without geometry, which a Shapefile cannot hold."),
        ({"TABLE": "/data/scores.dbf"}, "'Scores' is a table without geometry"),
    ],
)
def test_bad_parameters_are_refused_before_the_run(example, parameters, sentence):
    accepted, said = example.checkParameterValues(parameters, QgsProcessingContext())
    assert not accepted and said.startswith(sentence)


def test_good_parameters_are_accepted(example):
    for table in (None, "memory:", "/data/scores.csv"):
        assert example.checkParameterValues({"COUNT": 1, "TABLE": table}, QgsProcessingContext())[0]


def test_defaults_may_be_left_out(example):
    assert example.checkParameterValues({}, QgsProcessingContext())[0]
    advanced = example.parameterDefinition("COUNT").flags() & example.parameterDefinition("COUNT").FlagAdvanced
    assert advanced and example.parameterDefinition("COUNT").help() == "How many."


def test_a_missing_library_is_named(qgis_app, monkeypatch):
    monkeypatch.setitem(
        Needy.processAlgorithm.__globals__["how_to_install"].__globals__["PACKAGES"],
        "no_such_library",
        ("no-such-library", "python3-no-such-library"),
    )
    tool = Needy().create()
    can, sentence = tool.canExecute()
    assert not can and "no-such-library" in sentence
    with pytest.raises(QgsProcessingException, match="no-such-library"):
        tool.processAlgorithm({}, QgsProcessingContext(), QgsProcessingFeedback(False))


def test_progress_fills_its_share_and_repeats_no_message(recorder):
    feedback, messages = recorder(), []
    feedback.setProgressText = messages.append
    progress = progress_to(feedback, 0.2, 0.6)
    progress(0.0, "Reading")
    progress(0.5, "Reading")
    progress(1.0, "")
    assert feedback.steps == pytest.approx([20, 40, 60]) and messages == ["Reading"]


def test_progress_obeys_cancel(recorder):
    feedback = recorder()
    feedback.cancel()
    with pytest.raises(Cancelled, match="Cancelled by the user"):
        progress_to(feedback)(0.5, "Reading")
    assert feedback.steps == []
