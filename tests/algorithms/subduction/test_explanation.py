"""Reasons of segments: sums by class, sentences, and the second opinion."""

import numpy as np
import pytest

from fumarole.algorithms.errors import Cancelled
from fumarole.algorithms.subduction.class_bounds import ClassBounds
from fumarole.algorithms.subduction.explanation import HIGH_AGREEMENT, LOW_AGREEMENT, explain, reason, summaries
from fumarole.algorithms.subduction.network_training import Recipe
from fumarole.algorithms.subduction.segments import SegmentTable
from fumarole.algorithms.subduction.training import train_classifier


@pytest.fixture(scope="module")
def model(synthetic):
    recipe = Recipe(hidden=(12, 8), n_steps=80)
    return train_classifier(synthetic, ClassBounds((8.0,)), n_folds=3, recipe=recipe).model


@pytest.fixture(scope="module")
def explanation(model, synthetic):
    return explain(model, synthetic, assignment={"A": "dynamics", "B": "kinematics"})


def test_relevance_of_the_predicted_class_is_explained(explanation, model, synthetic):
    assert explanation.rows.tolist() == list(range(len(synthetic)))
    assert explanation.number.tolist() == model.classify(synthetic).number.tolist()
    assert explanation.groups == ("dynamics", "kinematics", "other")
    assert explanation.relevance.conservation_error < 1e-6
    assert explanation.n_members == 5
    assert -1 <= explanation.rank_agreement <= 1
    assert explanation.rank_agreement == pytest.approx(explanation.relevance.rank_agreement.mean())


def test_titles_go_before_what_names_tell(model, synthetic, explanation):
    assert explanation.meanings == ("", "", "")
    assert explain(model, synthetic, titles={"b": "age of the plate"}).meanings == ("", "age of the plate", "")


def test_the_summary_is_that_of_the_segments_of_a_class(explanation):
    assert [(row.number, row.feature) for row in explanation.summary] == [(n, f) for n in (1, 2) for f in "abc"]
    for row in explanation.summary:
        inside = explanation.relevance.values[explanation.number == row.number, "abc".index(row.feature)]
        assert row.n_segments == len(inside)
        assert (row.mean, row.mean_absolute, row.sd) == pytest.approx(
            (inside.mean(), np.abs(inside).mean(), inside.std())
        )
        each = explanation.relevance.member_values[:, explanation.number == row.number, "abc".index(row.feature)]
        assert row.member_sd == pytest.approx(np.std([member.mean() for member in each])) and row.member_sd > 0
    for number in (1, 2):
        shares = [row.share for row in explanation.summary if row.number == number]
        assert sum(shares) == pytest.approx(1) and shares[0] == max(shares)  # a decides


def test_a_class_that_was_never_predicted_has_no_numbers():
    first, second = summaries(("a",), ("other",), np.array([1, 1]), np.array([[[2.0], [-1.0]]]), 2)
    assert (first.mean, first.mean_absolute, first.sd, first.share) == (0.5, 1.5, 1.5, 1.0)
    assert np.isnan(first.member_sd)  # there is one network
    numbers = [second.mean, second.mean_absolute, second.sd, second.member_sd, second.share]
    assert second.n_segments == 0 and np.isnan(numbers).all()


def test_reasons_name_groups_and_their_leading_features():
    names = ("SED", "FRE", "EGO", "V_TN", "X")
    groups = ("physical state", "dynamics", "dynamics", "kinematics", "other")
    found = reason("Mw \u2265 8", names, groups, np.array([0.4, 1.5, -0.3, -0.6, 0.01]), 0.25)
    assert found == (
        "Mw \u2265 8. For it: dynamics +1.2 (FRE +1.5); physical state +0.4 (SED +0.4). "
        "Against it: kinematics -0.6 (V_TN -0.6). Biases +0.25."
    )


def test_reasons_that_balance_say_so():
    balanced = reason("Mw < 8", ("a", "b", "c"), ("other",) * 3, np.array([1.0, -1.1, 0.05]), -1.0)
    assert balanced == (
        "Mw < 8. The features balance each other within every group; the strongest are b -1.1, a +1. Biases -1."
    )
    nothing = reason("Mw < 8", ("a",), ("other",), np.zeros(1), -1.0)
    assert nothing == "Mw < 8. The features balance each other within every group. Biases -1."


def test_the_second_opinion_finds_the_deciding_feature(explanation, synthetic):
    assert explanation.importance.mean[0] > 0.1 > max(explanation.importance.mean[1:])
    assert explanation.n_from_training == len(synthetic)


def test_there_is_no_second_opinion_without_magnitudes_or_places(model, synthetic):
    few = synthetic.take(np.arange(30))
    unknown = np.full(30, np.nan)
    without = {
        "magnitude": (unknown, few.region, few.position_km),
        "position": (few.magnitude, few.region, unknown),
    }
    for magnitude, region, position in without.values():
        assert explain(model, SegmentTable(few.names, few.values, magnitude, region, position)).importance is None
    assert explain(model, synthetic.take(np.arange(4))).importance is None  # one run only


def test_segments_the_network_has_not_met_are_not_counted_as_training(model, synthetic):
    values = synthetic.values.copy()
    values[::3] += 0.01
    moved = SegmentTable(synthetic.names, values, synthetic.magnitude, synthetic.region, synthetic.position_km)
    assert explain(model, moved).n_from_training == len(synthetic) - len(values[::3])


def test_blank_segments_are_left_out(model, synthetic):
    values = synthetic.values.copy()
    values[5, 1] = np.nan
    found = explain(
        model, SegmentTable(synthetic.names, values, synthetic.magnitude, synthetic.region, synthetic.position_km)
    )
    assert 5 not in found.rows and len(found.rows) == len(found.reasons) == len(synthetic) - 1


def test_trust_is_said_in_words(explanation):
    from dataclasses import replace

    values = (0.17, LOW_AGREEMENT, HIGH_AGREEMENT - 0.01, HIGH_AGREEMENT)
    low, some, nearly, high = (replace(explanation, rank_agreement=value) for value in values)
    assert "hardly agree on the reasons" in low.trust and "0.17" in low.trust and "not to be trusted" in low.trust
    assert some.trust.startswith("The 5 networks agree in part") and not some.is_agreed
    assert nearly.trust.startswith("The 5 networks agree in part") and not nearly.is_agreed
    assert high.trust.startswith("The 5 networks largely agree") and high.is_agreed
    assert "One network only" in replace(explanation, n_members=1, rank_agreement=float("nan")).trust


def test_cancel_is_obeyed(model, synthetic):
    def cancel(fraction, message=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        explain(model, synthetic, progress=cancel)
