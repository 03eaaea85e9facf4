"""Whole training runs on synthetic segments: known answers, bad tables, cancelling, repetition, files."""

from dataclasses import replace

import numpy as np
import pytest

from fumarole.algorithms import model_file
from fumarole.algorithms.errors import Cancelled, DataError, ModelFileError
from fumarole.algorithms.subduction.preprocessing import fill_value_notes
from fumarole.algorithms.subduction.class_bounds import ClassBounds
from fumarole.algorithms.subduction.classifier import SegmentClassifier
from fumarole.algorithms.subduction.network_training import Recipe
from fumarole.algorithms.subduction.training import train_classifier
from fumarole.algorithms.subduction.validation import CLASSIFIERS

TWO = ClassBounds((8.0,))
QUICK = Recipe(hidden=(16, 8), n_steps=60)


@pytest.fixture(scope="module")
def results(synthetic):
    return {name: train_classifier(synthetic, TWO, name, recipe=QUICK, n_trees=12) for name in CLASSIFIERS}


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_a_telling_feature_is_found(results, synthetic, classifier):
    result = results[classifier]
    assert [score.classifier for score in result.blocks] == [classifier, "nearest_segment", "region_majority"]
    for design in (result.blocks, result.same_rupture, result.region_out):
        assert design[0].f1_pooled > 0.75
        assert design[0].n_test == len(synthetic)
    assert result.region_out[2].f1_macro < 0.5
    found = result.model.classify(synthetic)
    assert np.mean(found.number == 1 + (synthetic.magnitude >= 8)) > 0.7
    assert found.probability.sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_importance_and_regression_are_added_when_asked_for(results, synthetic, classifier):
    assert results[classifier].importance is None and results[classifier].regression is None
    options = {"recipe": QUICK, "n_trees": 12, "with_importance": True, "with_regression": True}
    found = train_classifier(synthetic, TWO, classifier, **options)
    assert found.importance.names == ("a", "b", "c")
    assert found.importance.mean.argmax() == 0 and found.importance.mean[0] > 0.02
    assert found.regression.rmse < found.regression.mean_rmse
    assert found.blocks[0].f1_macro == results[classifier].blocks[0].f1_macro


def test_importance_needs_folds_with_runs_to_exchange(synthetic):
    few = synthetic.take(np.arange(25))
    found = train_classifier(few, TWO, "extra_trees", n_trees=5, with_importance=True)
    assert found.importance is None
    assert any(note.startswith("Permutation importance was measured on 0 of 5 folds") for note in found.notes)


def test_predictions_and_quality_are_those_of_the_blocks(results, synthetic):
    result = results["network"]
    assert result.rows.tolist() == list(range(105))
    known, predicted = TWO.classes(synthetic.magnitude), result.probability["network"].argmax(axis=1)
    confusion = np.zeros((2, 2), dtype=int)
    np.add.at(confusion, (known, predicted), 1)
    assert result.blocks[0].confusion.tolist() == confusion.tolist()
    assert set(result.block) == set(range(5))
    assert result.model.card["quality"]["f1_macro"] == result.blocks[0].f1_macro
    assert result.model.card["regions"] == ["north", "south"]


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_a_saved_model_classifies_alike(results, synthetic, classifier, tmp_path):
    model = results[classifier].model
    model.save(tmp_path / "model.npz")
    again = SegmentClassifier.load(tmp_path / "model.npz")
    mixed = replace(synthetic, names=("c", "extra", "a", "b"), values=synthetic.values[:, [2, 0, 0, 1]])
    assert again.classify(mixed).probability == pytest.approx(model.classify(synthetic).probability, abs=1e-12)
    assert again.card["uses_neighbours"] == (classifier == "context")


def test_the_same_seed_gives_the_same_model(results, synthetic):
    again = train_classifier(synthetic, TWO, "network", recipe=QUICK)
    for name, array in results["network"].model.predictor.items():
        assert np.array_equal(array, again.model.predictor[name])
    other = train_classifier(synthetic, TWO, "network", seed=1, recipe=QUICK)
    assert not np.array_equal(array, other.model.predictor[name])


def test_the_rule_without_features_is_named_when_it_wins(synthetic):
    noise = replace(synthetic, values=np.random.default_rng(0).normal(size=(105, 3)))
    result = train_classifier(noise, TWO, "network", exclusion_km=0.0, recipe=QUICK)
    assert result.verdict.startswith("The network does not beat the nearest-segment rule")


def test_relevance_falls_on_the_telling_feature(results, synthetic):
    rows, found = results["network"].model.explain(synthetic)
    assert len(rows) == len(synthetic)
    assert np.abs(found.values).mean(axis=0).argmax() == 0
    assert found.conservation_error < 1e-6
    with pytest.raises(DataError, match="this model is of kind 'extra_trees'"):
        results["extra_trees"].model.explain(synthetic)


def test_blank_and_strange_segments_are_told_apart(results, synthetic):
    values = synthetic.values.copy()
    values[0, 1] = np.nan
    values[1] = 40.0
    found = results["network"].model.classify(replace(synthetic, values=values))
    assert found.number[0] == 0 and np.isnan(found.probability[0]).all()
    assert found.outside[1] and not found.outside[0]
    assert found.outside[2:].mean() < 0.05
    with pytest.raises(DataError, match="No segment has all features"):
        results["network"].model.explain(replace(synthetic, values=np.full_like(values, np.nan)))


def test_one_absurd_feature_is_enough_to_be_outside(results, synthetic):
    """Clipping bounds the distance, so each feature is also compared with its own range."""
    values = synthetic.values.copy()
    values[:, -1] = 1e9 + 1000.0 * values[:, -1]
    model = results["network"].model
    assert model.classify(replace(synthetic, values=values)).outside.all()
    narrow = replace(model.training, low=model.training.low + 1e6, high=model.training.high + 1e6)
    assert narrow.outside(model.features(synthetic), synthetic.values).all()


def test_the_edge_is_the_same_when_pairs_are_compared_in_blocks(synthetic, monkeypatch):
    from fumarole.algorithms.subduction import classifier

    features, classes = synthetic.values, np.zeros(len(synthetic), dtype=int)
    whole = classifier.training_segments(synthetic, features, classes, 100.0)
    monkeypatch.setattr(classifier, "_AT_ONCE", 500)
    assert classifier.training_segments(synthetic, features, classes, 100.0).edge == whole.edge


def test_values_that_may_mean_no_data_are_told(synthetic):
    values = synthetic.values.copy()
    assert fill_value_notes(synthetic) == []
    values[[3, 7], 1] = -9999.0
    (note,) = fill_value_notes(replace(synthetic, values=values))
    assert note.startswith(f"'{synthetic.names[1]}' is -9999 in 2 segments, far from all its other values")


def test_blank_segments_are_left_out_of_training(synthetic):
    values = synthetic.values.copy()
    values[[3, 70], [0, 2]] = np.nan
    result = train_classifier(replace(synthetic, values=values), TWO, "extra_trees", n_trees=10)
    assert result.notes[0] == "2 of 105 segments have blank features and were left out."
    assert result.model.card["n_segments"] == 103


def test_one_region_is_validated_without_leaving_it_out(synthetic):
    result = train_classifier(synthetic.take(synthetic.region == "north"), TWO, "network", recipe=QUICK)
    assert result.region_out == ()
    assert any("one region" in note for note in result.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: {"values": np.where([True, False, False], 7.0, s.values)}, "Constant over all 105 segments: 'a'"),
        (lambda s: {"values": np.where([False, True, False], np.nan, s.values)}, "Blank in every segment: 'b'"),
        (lambda s: {"magnitude": np.zeros(105)}, "No segment belongs to the class Mw \u2265 8"),
        (lambda s: {"magnitude": np.full(105, np.nan)}, "No segment belongs to the class Mw \u2265 8"),
        (lambda s: {"position_km": np.full(105, np.nan)}, "have no position along the trench"),
        (lambda s: {"names": (), "values": s.values[:, :0]}, "No features were chosen"),
    ],
)
def test_bad_tables_get_a_sentence(synthetic, change, message):
    with pytest.raises(DataError, match=message):
        train_classifier(replace(synthetic, **change(synthetic)), TWO, recipe=QUICK)


def test_an_exclusion_distance_that_leaves_nothing_gets_a_sentence(synthetic):
    one = synthetic.take(synthetic.region == "north")
    with pytest.raises(DataError, match="An exclusion distance of 9000 km leaves no segment to train on"):
        train_classifier(one, TWO, exclusion_km=9000.0, recipe=QUICK)


def test_an_unknown_classifier_gets_a_sentence(synthetic):
    with pytest.raises(DataError, match="Classifier 'oracle' is not known"):
        train_classifier(synthetic, TWO, "oracle")


def test_cancel_is_obeyed(synthetic):
    def cancel(fraction, message):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        train_classifier(synthetic, TWO, recipe=QUICK, progress=cancel)


def test_searched_recipes_are_used(synthetic):
    seen = []
    result = train_classifier(
        synthetic, TWO, recipe=QUICK, n_candidates=3, progress=lambda fraction, message="": seen.append(fraction)
    )
    assert result.blocks[0].f1_pooled > 0.75
    assert seen == sorted(seen)
    chosen = result.model.card["recipe"]
    assert chosen["n_steps"] == 60 and 2e-3 <= chosen["learning_rate"] <= 2e-2


def test_progress_never_falls(synthetic):
    seen = []
    train_classifier(synthetic, TWO, "context", n_trees=10, progress=lambda fraction, message="": seen.append(fraction))
    assert seen == sorted(seen) and seen[-1] == 1.0


def test_other_features_and_damaged_files_are_refused(results, synthetic, tmp_path):
    model = results["network"].model
    with pytest.raises(ModelFileError, match="'a'"):
        model.classify(replace(synthetic, names=("x", "b", "c")))
    model.save(tmp_path / "model.npz")
    arrays, card = model_file.load(tmp_path / "model.npz", "segment_classifier")
    for damage in ("network.net.0.weight", "training.features", "preprocessing.sd"):
        broken = {name: array for name, array in arrays.items() if name != damage}
        model_file.save(tmp_path / "broken.npz", "segment_classifier", broken, card)
        with pytest.raises(ModelFileError, match="Train the model again"):
            SegmentClassifier.load(tmp_path / "broken.npz")
    model_file.save(
        tmp_path / "broken.npz", "segment_classifier", {**arrays, "network.net.0.weight": np.zeros((5, 2, 16))}, card
    )
    with pytest.raises(ModelFileError, match="do not fit"):
        SegmentClassifier.load(tmp_path / "broken.npz")


def test_one_earthquake_along_the_whole_trench_is_said(synthetic):
    order = np.arange(105)
    painted = replace(
        synthetic,
        magnitude=np.where(order < 50, 9.5, 7.0),  # the tested middle of the trench holds both
        region=np.repeat("a", 105),
        position_km=50.0 * order,
    )
    result = train_classifier(painted, TWO, "extra_trees", n_trees=5)
    assert result.same_rupture == () and result.model.card["quality"]["f1_same_rupture"] is None
    assert any(note.startswith("Keeping whole ruptures apart leaves no segment") for note in result.notes)
