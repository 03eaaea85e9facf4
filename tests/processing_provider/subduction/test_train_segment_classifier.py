"""The tool that trains segment classifiers: what it writes, what it says, and every table it refuses."""

import json
import math
import time

import numpy as np
import pytest
from qgis.core import QgsProcessingException

from fumarole.algorithms.subduction.classifier import SegmentClassifier

FEATURES = ["CRD_UP_AVE", "CRD_UP_STD", "SED_DG_AVE"]


@pytest.fixture
def train(run_tool, quick_training, tmp_path, recorder):
    """Run the tool on a layer, quickly; returns its results and what it said."""

    def run(layer, feedback=None, **changes):
        told = feedback or recorder()
        parameters = {"INPUT": layer, "MODEL": str(tmp_path / "model.npz"), "CLASSIFIER": "extra_trees", **changes}
        return run_tool("train_segment_classifier", parameters, feedback=told), told

    return run


@pytest.fixture(scope="module")
def noise(make_segments):
    """Segments (synthetic) whose features say nothing."""
    rng = np.random.default_rng(1).normal(size=(3, 70))
    values = {name: (lambda row, column=column: float(column[row])) for name, column in zip(FEATURES, rng)}
    return make_segments(values=values)


def test_everything_is_written(train, make_segments, tmp_path):
    layer = make_segments(values={"SED_DG_AVE": lambda row: None if row == 2 else math.sin(row)})
    results, told = train(
        layer,
        CLASSIFIER="network",
        REGRESSION=True,
        PREDICTIONS="memory:",
        IMPORTANCE="memory:",
        REPORT=str(tmp_path / "report.html"),
    )
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (69, 1)
    assert results["F1_MACRO"] > 0.75 and 0 < results["F1_NEAREST_SEGMENT"] < 1
    assert 0 < results["F1_SAME_RUPTURE"] <= 1 and 0 < results["F1_LEAVE_REGION_OUT"] <= 1
    assert 0 < results["RMSE"] < results["MEAN_RMSE"] and results["NEAREST_RMSE"] > 0
    assert "nearest-segment rule" in results["VERDICT"]
    assert f"Features: {', '.join(FEATURES)}." in told.infos
    assert "1 of 70 segments have blank features and were left out." in told.warnings
    model = SegmentClassifier.load(tmp_path / "model.npz")
    assert model.names == tuple(FEATURES) and model.card["quality"]["f1_macro"] == results["F1_MACRO"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<html" in page and "segments (synthetic)" in page
    importance = [feature.attributes() for feature in results["IMPORTANCE"].getFeatures()]
    assert [row[0] for row in importance][0] == "CRD_UP_AVE" and len(importance) == 3
    assert importance[0][1] >= importance[1][1] >= importance[2][1]


def test_predictions_are_those_of_the_score(train, segments):
    results, _ = train(segments, PREDICTIONS="memory:")
    layer = results["PREDICTIONS"]
    assert layer.fields().names()[-9:] == [
        *("fold", "true_class", "pred_class", "pred_prob", "right"),
        *("near_class", "near_prob", "maj_class", "maj_prob"),
    ]
    rows = list(layer.getFeatures())
    assert [row.geometry().asWkt() for row in rows] == [row.geometry().asWkt() for row in segments.getFeatures()]
    assert [row["true_class"] for row in rows] == [1 + (row["mag_max"] >= 8) for row in rows]
    assert all(row["right"] == (row["pred_class"] == row["true_class"]) for row in rows)
    assert {row["fold"] for row in rows} == {1, 2, 3, 4, 5}
    for wanted, column in (("F1_MACRO", "pred_class"), ("F1_NEAREST_SEGMENT", "near_class")):
        each = []
        for fold in range(1, 6):
            known, found = zip(*((row["true_class"], row[column]) for row in rows if row["fold"] == fold))
            each.append(_macro_f1(known, found))
        assert results[wanted] == pytest.approx(np.mean(each)), wanted
    assert layer.renderer().type() == "RuleRenderer"


def test_the_nearest_segment_rule_is_named_where_it_wins(train, noise):
    results, told = train(noise, EXCLUSION=0)
    assert results["VERDICT"].startswith("The forest does not beat the nearest-segment rule, which uses no feature")
    assert results["VERDICT"] in told.warnings


def test_a_classifier_that_wins_is_no_warning(train, make_segments):
    told_by = {"CRD_UP_AVE": lambda row: 10.0 * math.sin((25 + 50 * (row % 40)) / 180.0 + row // 40)}
    results, told = train(make_segments(values=told_by), EXCLUSION=300)
    assert "The forest beats the nearest-segment rule, which uses no feature, at 300 km." == results["VERDICT"]
    assert results["VERDICT"] in told.infos


def test_one_region_leaves_a_number_open(train, make_segments):
    results, told = train(make_segments(sizes=(("only", 40),)))
    assert results["F1_LEAVE_REGION_OUT"] is None and results["RMSE"] is None
    assert json.loads(json.dumps(results, allow_nan=False)) == results  # as qgis_process prints them
    assert any(text.startswith("All segments belong to one region") for text in told.warnings)


def test_segments_without_an_earthquake_count_as_the_lowest_class(train, make_segments):
    calm = {3: 0.0, 6: None, 9: 1.0}
    layer = make_segments(values={"mag_max": lambda row: calm.get(row, 6.0 + 3.0 * (row % 2))})
    results, told = train(layer, PREDICTIONS="memory:")
    assert [row["true_class"] for row in results["PREDICTIONS"].getFeatures()][3:10:3] == [1, 1, 1]
    assert any(text.startswith("3 of 70 segments have no known earthquake") for text in told.infos)


def test_a_class_missing_in_a_fold_is_said(train, make_segments):
    layer = make_segments(values={"mag_max": lambda row: 8.5 if row < 5 else 6.0 + row / 100})
    _, told = train(layer)
    assert any("Class Mw \u2265 8 is missing among the tested rows of block 5" in text for text in told.warnings)


def test_a_table_and_the_context_classifier(train, make_segments, tmp_path):
    results, _ = train(make_segments(kind="None"), CLASSIFIER="context", PREDICTIONS="memory:", BOUNDS="6.5, 8")
    assert results["PREDICTIONS"].featureCount() == 70
    model = SegmentClassifier.load(tmp_path / "model.npz")
    assert model.bounds.magnitudes == (6.5, 8.0) and model.card["uses_neighbours"]


def test_recipes_are_searched(train, segments, tmp_path):
    train(segments, CLASSIFIER="network", N_CANDIDATES=2, FOLDS=2)
    assert 2e-3 <= SegmentClassifier.load(tmp_path / "model.npz").card["recipe"]["learning_rate"] <= 2e-2


@pytest.mark.parametrize(
    ("values", "changes", "message"),
    [
        ({}, {"BOUNDS": "9.5"}, "No segment belongs to the class Mw \u2265 9.5"),
        ({}, {"BOUNDS": "eight"}, "The class bounds 'eight' are not numbers"),
        ({}, {"FOLDS": 100}, "70 segments cannot make 100 folds"),
        ({}, {"EXCLUSION": 9000}, "An exclusion distance of 9000 km leaves no segment to train on"),
        ({}, {"MAGNITUDE_FIELD": "region"}, "magnitude field 'region' holds 'north' in feature 1, which is no number"),
        ({}, {"POSITION_FIELD": "nothing"}, "no field 'nothing' for the position"),
        ({}, {"FIELDS": ["mag_max"]}, "'mag_max' holds the magnitudes to be predicted"),
        ({"CRD_UP_STD": lambda row: None}, {}, "Blank in every segment: 'CRD_UP_STD'"),
        ({"CRD_UP_STD": lambda row: 4.2}, {}, "Constant over all 70 segments: 'CRD_UP_STD'"),
        ({"s_km": lambda row: None if row == 5 else 50.0 * row}, {}, "1 of 70 segments have no position"),
        ({"s_km": lambda row: 50.0 * (row // 2)}, {}, "Two segments of region 'north' have the same position, 0 km"),
        ({"region": lambda row: None}, {}, "70 segments have no region"),
        ({"mag_max": lambda row: 0.0}, {}, "'mag_max' holds no magnitude above 1"),
        ({"mag_max": lambda row: None}, {}, "'mag_max' holds no magnitude above 1"),
    ],
)
def test_bad_input_gets_a_sentence_and_writes_nothing(train, make_segments, tmp_path, values, changes, message):
    layer = make_segments(sizes=(("north", 70),), values=values)
    with pytest.raises(QgsProcessingException, match=message) as caught:
        train(layer, REPORT=str(tmp_path / "report.html"), **changes)
    assert "Traceback" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_cancel_is_obeyed_at_once_and_writes_nothing(train, segments, recorder, tmp_path):
    feedback = recorder(cancel_at=60)
    begun = []
    feedback.canceled.connect(lambda: begun.append(time.monotonic()))
    with pytest.raises(QgsProcessingException, match="Cancelled by the user"):
        train(segments, feedback, CLASSIFIER="network")
    assert time.monotonic() - begun[0] < 1.0
    assert list(tmp_path.iterdir()) == []


def test_the_published_segments(train, published_layer):
    results, told = train(published_layer[0], MAGNITUDE_FIELD="MR_GCMT", FOLDS=2)
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (556, 35)
    assert results["F1_MACRO"] < results["F1_NEAREST_SEGMENT"]
    assert results["VERDICT"] in told.warnings


def _macro_f1(known, found):
    scores = []
    for number in set(known) | set(found):
        hits = sum(a == b == number for a, b in zip(known, found))
        scores.append(2 * hits / (known.count(number) + found.count(number)))
    return np.mean(scores)
