"""The curve of scores against exclusion distance."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score

from fumarole.algorithms.errors import Cancelled, DataError
from fumarole.algorithms.subduction.class_bounds import ClassBounds
from fumarole.algorithms.subduction.exclusion_curve import exclusion_distance_curve, parse_distances, verdicts
from fumarole.algorithms.subduction.folds import Exclusion, block_folds, stretches
from fumarole.algorithms.subduction.network_training import Recipe

BOUNDS = ClassBounds((8.0,))
QUICK = {"recipe": Recipe(hidden=(8,), n_steps=30), "n_trees": 12, "n_repeats": 3}


@pytest.fixture(scope="module")
def curve(synthetic):
    return exclusion_distance_curve(synthetic, BOUNDS, (200, 0), ("network", "extra_trees"), **QUICK)


def test_every_distance_and_classifier_is_scored(curve):
    names = ["network", "extra_trees", "nearest_segment", "region_majority"]
    assert [(score.distance_km, score.classifier) for score in curve.scores] == [
        (distance, name) for distance in (200.0, 0.0) for name in names
    ]
    assert len(curve.verdicts) == 2


def test_scores_are_those_of_the_predictions(curve, synthetic):
    classes = BOUNDS.classes(synthetic.magnitude)
    assert curve.classes.tolist() == classes.tolist()
    for score in curve.scores:
        predicted = curve.probability[score.classifier, score.distance_km].argmax(axis=1)
        folds = block_folds(synthetic, stretches(synthetic, 5), Exclusion(score.distance_km))
        each = [f1_score(classes[fold.test], predicted[fold.test], average="macro") for fold in folds]
        assert score.f1_macro == pytest.approx(np.mean(each))
        assert score.confusion.tolist() == confusion_matrix(classes, predicted).tolist()
        assert score.f1_class == pytest.approx(f1_score(classes, predicted, average=None))
        assert score.n_test == len(synthetic)
        assert score.n_train == pytest.approx(np.mean([len(fold.train) for fold in folds]))
    spread = {score.classifier: score.f1_sd for score in curve.scores}
    assert spread["nearest_segment"] == 0.0 and spread["network"] > 0.0


def test_one_distance_is_the_same_alone(curve, synthetic):
    alone = exclusion_distance_curve(synthetic, BOUNDS, (0,), ("network",), **QUICK)
    assert alone.probability["network", 0.0] == pytest.approx(curve.probability["network", 0.0], abs=1e-5)


def test_sentences_say_where_the_rule_wins(curve):
    by_name = {}
    for score in curve.scores:
        by_name.setdefault(score.classifier, score)
    worse = [
        type(score)(**{**vars(score), "classifier": name, "distance_km": distance, "f1_macro": f1, "f1_sd": 0.06})
        for name, distance, f1 in (
            ("nearest_segment", 0.0, 0.8),
            ("nearest_segment", 50.0, 0.7),
            ("nearest_segment", 100.0, 0.9),
            ("network", 0.0, 0.75),
            ("network", 50.0, 0.75),
            ("network", 100.0, 0.6),
            ("context", 0.0, 0.9),
            ("context", 50.0, 0.9),
            ("context", 100.0, 0.95),
        )
        for score in [curve.scores[0]]
    ]
    network, context = verdicts(worse, ("network", "context"))
    assert network == (
        "The network does not beat the nearest-segment rule, which uses no feature, at 0 and 100 km: "
        "at 100 km its macro F1 is 0.60 against 0.90."
    )
    assert context == (
        "The context classifier beats the nearest-segment rule, which uses no feature, at every distance, but by less "
        "than its own spread at 100 km."
    )
    nowhere = [row for row in worse if row.distance_km != 50.0]
    assert verdicts(nowhere, ("network",)) == (
        "At no distance does the network beat the nearest-segment rule, which uses no feature: "
        "at 100 km its macro F1 is 0.60 against 0.90.",
    )
    alone = [row for row in worse if row.distance_km == 0.0]
    assert verdicts(alone, ("network", "context")) == (
        "The network does not beat the nearest-segment rule, which uses no feature, at 0 km: "
        "its macro F1 is 0.75 against 0.80.",
        "The context classifier beats the nearest-segment rule, which uses no feature, at 0 km.",
    )
    close = [replace(row, f1_macro=0.7999) if row.classifier == "network" else row for row in alone]
    assert verdicts(close, ("network",))[0].endswith("its macro F1 is 0.7999 against 0.8000.")


def test_a_class_missing_in_a_fold_is_said(synthetic):
    magnitude = np.where(np.arange(105) < 8, 8.5, 6.0)
    rare = type(synthetic)(**{**vars(synthetic), "magnitude": magnitude})
    found = exclusion_distance_curve(rare, BOUNDS, (0,), **QUICK)
    assert "Class Mw \u2265 8 is missing among the training rows of block 1: it cannot be predicted there." in found.notes
    assert any("tested rows of block 5" in note for note in found.notes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"distances_km": ()}, "exclusion distances must be"),
        ({"distances_km": (-5,)}, "exclusion distances must be"),
        ({"distances_km": (1e5,)}, "leaves no segment to train on"),
        ({"n_folds": 500}, "105 segments cannot make 500 folds"),
        ({"classifiers": ()}, "at least one classifier"),
        ({"classifiers": ("oracle",)}, "Classifier 'oracle' is not known"),
    ],
)
def test_bad_options_get_a_sentence(synthetic, options, message):
    with pytest.raises(DataError, match=message):
        exclusion_distance_curve(synthetic, BOUNDS, **{**QUICK, **options})


def test_no_repeats_get_a_sentence(synthetic):
    with pytest.raises(DataError, match="at least 1"):
        exclusion_distance_curve(synthetic, BOUNDS, (0,), n_repeats=0)


def test_cancel_is_obeyed_during_the_sweep(synthetic):
    def cancel(fraction, message):
        if fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        exclusion_distance_curve(synthetic, BOUNDS, (0, 100), **QUICK, progress=cancel)


def test_blank_segments_are_left_out_and_said(synthetic):
    values = synthetic.values.copy()
    values[[3, 70], [0, 2]] = np.nan
    blank = type(synthetic)(**{**vars(synthetic), "values": values})
    found = exclusion_distance_curve(blank, BOUNDS, (0,), **QUICK)
    assert len(found.rows) == len(found.block) == 103 and not {3, 70} & set(found.rows.tolist())
    assert found.notes[0] == "2 of 105 segments have blank features and were left out."


def test_folds_of_the_published_study_leave_ends_untested(synthetic):
    found = exclusion_distance_curve(synthetic, BOUNDS, (0,), reference_folds=True, **QUICK)
    untested = np.flatnonzero(found.block < 0)
    assert untested.tolist() == [59]  # the end of the first trench; the last trench is closed
    assert np.isnan(found.probability["network", 0.0][untested]).all()
    assert {score.n_test for score in found.scores} == {104}
    assert "Never tested, as in the published study: 1 of 105 segments, at the ends of regions." in found.notes


def test_distances_are_read_once_and_rising():
    assert parse_distances("100, 0;50,50") == (0.0, 50.0, 100.0)


@pytest.mark.parametrize("text", ["", "0,,50", "near", "0,nan,50", "-5", "inf"])
def test_unusable_distances_get_a_sentence(text):
    with pytest.raises(DataError, match=f"^The exclusion distances '{text}' .*such as 0,50,100"):
        parse_distances(text)
