"""The tool for scores over the exclusion distance: its table, its predictions, and every setting it refuses."""

import time

import numpy as np
import pytest
from qgis.core import QgsProcessingException

from fumarole.processing_provider.layers import plain

NAMES = ["network", "extra_trees", "nearest_segment", "region_majority"]


@pytest.fixture
def measure(run_tool, quick_training, recorder):
    """Run the tool on a layer, quickly; returns its results and what it said."""

    def run(layer, feedback=None, **changes):
        told = feedback or recorder()
        parameters = {
            "INPUT": layer,
            "CLASSIFIER": ["extra_trees"],
            "DISTANCES": "0,100",
            "REPEATS": 2,
            "OUTPUT": "memory:",
            **changes,
        }
        return run_tool("exclusion_distance_curve", parameters, feedback=told), told

    return run


def test_every_distance_and_classifier_has_a_row(measure, make_segments, tmp_path):
    layer = make_segments(values={"SED_DG_AVE": lambda row: None if row == 2 else float(np.sin(row))})
    report = tmp_path / "curve.html"
    results, told = measure(
        layer, CLASSIFIER=["network", "extra_trees"], DISTANCES="100;0, 100", PREDICTIONS="memory:", REPORT=str(report)
    )
    table = results["OUTPUT"]
    columns = ["distance_km", "classifier", "f1_macro", "f1_sd", "n_train", "n_test", "f1_1", "f1_2"]
    assert table.fields().names() == columns
    rows = list(table.getFeatures())
    assert [(row["distance_km"], row["classifier"]) for row in rows] == [(d, name) for d in (0, 100) for name in NAMES]
    assert all(row["n_test"] == 69 and 0 <= row["f1_macro"] <= 1 for row in rows)
    assert rows[0]["n_train"] > rows[4]["n_train"] > 0
    assert rows[0]["f1_sd"] > 0 and rows[2]["f1_sd"] == 0
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (69, 1)
    assert results["VERDICT"].count("nearest-segment rule") == 2
    assert "1 of 70 segments have blank features and were left out." in told.warnings
    assert "<html" in report.read_text(encoding="utf-8")
    found = list(results["PREDICTIONS"].getFeatures())
    assert len(found) == 70 and plain(found[2]["fold"]) is None
    assert results["PREDICTIONS"].fields().names()[-11:] == [
        *("fold", "true_class", "pred_class", "pred_prob", "right"),
        *("tree_class", "tree_prob", "near_class", "near_prob", "maj_class", "maj_prob"),
    ]
    for number, first in enumerate(rows[4:6]):  # predictions are those at 100 km
        column = ("pred_class", "tree_class")[number]
        for wanted in (1, 2):
            pairs = [(row["true_class"], row[column]) for index, row in enumerate(found) if index != 2]
            hits = pairs.count((wanted, wanted))
            total = sum(pair.count(wanted) for pair in pairs)
            assert first[f"f1_{wanted}"] == pytest.approx(2 * hits / total)


def test_one_classifier_may_be_given_as_text(measure, segments):
    results, told = measure(segments, CLASSIFIER="extra_trees", EXCLUSION=20)
    assert {row["classifier"] for row in results["OUTPUT"].getFeatures()} == set(NAMES[1:])
    assert "The predictions are those at an exclusion distance of 0 km." in told.infos


def test_the_rule_is_named_where_it_wins(measure, make_segments):
    noise = np.random.default_rng(1).normal(size=70)
    values = {
        "CRD_UP_AVE": lambda row: float(noise[row]),
        "CRD_UP_STD": lambda row: float(noise[-row]),
        "SED_DG_AVE": lambda row: float(noise[row] ** 2),
    }
    results, told = measure(make_segments(values=values))
    assert results["VERDICT"].startswith("At no distance does the forest beat the nearest-segment rule, which uses no feature")
    assert results["VERDICT"] in told.warnings


def test_ruptures_straight_lines_and_published_folds(measure, make_segments):
    beside = {"lon": lambda row: 150.0, "lat": lambda row: 0.9 * (row % 40)}  # both trenches in one place
    layer = make_segments(fields="&field=lon:double&field=lat:double", values=beside)

    def trained(**changes):
        results, told = measure(layer, DISTANCES="100", **changes)
        row = next(results["OUTPUT"].getFeatures())
        return row["n_train"], row["n_test"], told

    usual, tested, _ = trained()
    assert tested == 70
    assert trained(STRAIGHT_LINE=True)[0] < usual
    assert trained(SAME_RUPTURE=True)[0] <= usual
    _, tested, told = trained(REFERENCE_FOLDS=True)
    assert tested == 69
    assert any(text.startswith("Never tested, as in the published study: 1 of 70") for text in told.warnings)


def test_three_classes_in_a_table_without_places(measure, make_segments):
    results, _ = measure(make_segments(kind="None"), BOUNDS="6.5,8", DISTANCES="0")
    assert results["OUTPUT"].fields().names()[-3:] == ["f1_1", "f1_2", "f1_3"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"DISTANCES": "near,far"}, "The exclusion distances 'near,far' are not numbers"),
        ({"DISTANCES": "-50"}, "The exclusion distances '-50' cannot be used"),
        ({"DISTANCES": "0,5000"}, "An exclusion distance of 5000 km leaves no segment to train on"),
        ({"BOUNDS": "8,7"}, "do not rise"),
        ({"BOUNDS": "9.9"}, "No segment belongs to the class Mw \u2265 9.9"),
        ({"FOLDS": 71}, "70 segments cannot make 71 folds"),
        ({"STRAIGHT_LINE": True}, "need the place of every segment"),
        ({"CLASSIFIER": ["oracle"]}, "CLASSIFIER"),
        ({"CLASSIFIER": []}, "CLASSIFIER|at least one classifier"),
    ],
)
def test_bad_settings_get_a_sentence_and_write_nothing(measure, make_segments, tmp_path, changes, message):
    target = tmp_path / "curve.csv"
    with pytest.raises(QgsProcessingException, match=message) as caught:
        measure(make_segments(sizes=(("one", 70),), kind="None"), OUTPUT=str(target), **changes)
    assert "Traceback" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("classifier", ["network", "extra_trees", "context"])
def test_cancel_during_the_sweep_is_obeyed_at_once(measure, segments, recorder, tmp_path, classifier):
    feedback, pressed = recorder(cancel_at=20), []
    feedback.canceled.connect(lambda: pressed.append(time.monotonic()))
    with pytest.raises(QgsProcessingException, match="Cancelled by the user"):
        measure(segments, feedback, CLASSIFIER=[classifier], OUTPUT=str(tmp_path / "curve.gpkg"))
    assert time.monotonic() - pressed[0] < 1.0
    assert list(tmp_path.iterdir()) == []


def test_the_published_segments(measure, published_layer):
    results, told = measure(published_layer[0], MAGNITUDE_FIELD="MR_GCMT", DISTANCES="300", FOLDS=2)
    forest, nearest, majority = (row["f1_macro"] for row in results["OUTPUT"].getFeatures())
    assert forest < nearest
    assert results["VERDICT"] in told.warnings
