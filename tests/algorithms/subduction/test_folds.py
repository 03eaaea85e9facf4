"""Folds against a literal twin, and every promise about which rows are tested and trained on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.subduction.folds import (
    Exclusion,
    SegmentFolds,
    block_folds,
    leave_one_region_out,
    reference_stretches,
    stretches,
)
from fumarole.algorithms.subduction.segments import SegmentTable, ruptures


def table(region, position_km, magnitude=None):
    n = len(region)
    magnitude = np.full(n, 8.0) if magnitude is None else np.asarray(magnitude, dtype=float)
    return SegmentTable(("f",), np.zeros((n, 1)), magnitude, np.array(region), np.asarray(position_km, dtype=float))


def literal_folds(segments, n_folds, distance_km):
    """Block folds row by row, as the docstrings describe them."""
    folds = []
    for fold in range(n_folds):
        train, test = [], []
        bounds, tested = {}, set()
        for name in set(segments.region.tolist()):
            inside = [p for p, r in zip(segments.position_km, segments.region) if r == name]
            low, width = min(inside), (max(inside) - min(inside)) / n_folds
            bounds[name] = (low + fold * width, low + (fold + 1) * width)
        for row, (name, position) in enumerate(zip(segments.region.tolist(), segments.position_km)):
            low, high = bounds[name]
            at_end = fold == n_folds - 1 and position >= high - 1e-6
            if low - 1e-6 <= position < high - 1e-6 or at_end or low == high and fold == 0:
                test.append(row)
                tested.add(name)
        for row, (name, position) in enumerate(zip(segments.region.tolist(), segments.position_km)):
            low, high = bounds[name]
            gap = max(low - position, position - high, 0.0)
            if row not in test and (name not in tested or gap >= distance_km - 1e-6):
                train.append(row)
        folds.append((train, test))
    return folds


@given(
    sizes=st.lists(st.integers(5, 40), min_size=1, max_size=4),
    n_folds=st.integers(2, 5),
    distance=st.sampled_from([0.0, 50.0, 120.0, 300.0]),
)
@settings(max_examples=40, deadline=None)
def test_blocks_equal_the_literal_twin_and_test_every_row_once(sizes, n_folds, distance):
    region = np.repeat([f"r{i}" for i in range(len(sizes))], sizes)
    segments = table(region, np.concatenate([50.0 * np.arange(n) + 30.0 for n in sizes]))
    expected = literal_folds(segments, n_folds, distance)
    if any(not train for train, _ in expected):
        with pytest.raises(DataError, match="leaves no segment to train on"):
            block_folds(segments, stretches(segments, n_folds), Exclusion(distance))
        return
    folds = block_folds(segments, stretches(segments, n_folds), Exclusion(distance))
    assert [(fold.train.tolist(), fold.test.tolist()) for fold in folds] == expected
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(segments)))


def test_the_order_of_the_rows_does_not_matter(synthetic):
    order = np.random.default_rng(0).permutation(len(synthetic))
    shuffled = synthetic.take(order)
    plain = block_folds(synthetic, stretches(synthetic, 5), Exclusion(150, same_rupture=True))
    mixed = block_folds(shuffled, stretches(shuffled, 5), Exclusion(150, same_rupture=True))
    for one, other in zip(plain, mixed):
        assert sorted(order[other.train]) == one.train.tolist()
        assert sorted(order[other.test]) == one.test.tolist()


def test_a_rupture_is_never_on_both_sides():
    magnitude = [7.0, 7.1, 9.0, 9.0, 9.0, 9.0, 7.2, 0.0, 0.0, np.nan]
    segments = table(["a"] * 10, 50.0 * np.arange(10), magnitude)
    assert ruptures(segments).tolist() == [0, 1, 2, 2, 2, 2, 3, -1, -1, -1]
    first, second = block_folds(segments, stretches(segments, 2), Exclusion(same_rupture=True))
    assert (first.test.tolist(), first.train.tolist()) == ([0, 1, 2, 3, 4], [6, 7, 8, 9])
    assert second.train.tolist() == [0, 1]


def test_a_rupture_along_everything_leaves_nothing_and_is_named():
    segments = table(np.repeat("r", 10), 50.0 * np.arange(10), np.full(10, 9.0))
    sentence = "0 km, with whole ruptures kept apart, leaves no segment to train on .* a shorter distance, let ruptures"
    with pytest.raises(DataError, match=sentence):
        block_folds(segments, stretches(segments, 2), Exclusion(0.0, same_rupture=True))


def test_a_rupture_ends_at_the_end_of_its_trench():
    segments = table(["a", "a", "b", "b"], [0, 50, 0, 50], [8.0, 8.8, 8.8, 8.0])
    assert ruptures(segments).tolist() == [0, 1, 2, 3]


def test_straight_lines_reach_another_trench_across_the_180_degree_meridian():
    segments = replace(
        table(["a"] * 4 + ["b"] * 4, [0, 50, 100, 150] * 2),
        longitude=np.array([179.0, 179.3, 179.6, 179.9, -179.9, -179.5, -179.0, -178.0]),
        latitude=np.zeros(8),
    )
    along = block_folds(segments, stretches(segments, 2), Exclusion(40))
    straight = block_folds(segments, stretches(segments, 2), Exclusion(40, straight_line=True))
    assert set(along[1].train) - set(straight[1].train) == {4}  # 75 km along its trench, but 22 km from row 3


@pytest.mark.parametrize("longitude", [None, np.array([0.0, 1, 2, np.nan, 4, 5])])
def test_straight_lines_need_places(longitude):
    segments = replace(table(["a"] * 6, 50.0 * np.arange(6)), longitude=longitude, latitude=np.zeros(6))
    with pytest.raises(DataError, match="need the place of every segment"):
        block_folds(segments, stretches(segments, 2), Exclusion(40, straight_line=True))


def test_leaving_a_region_out_tests_every_row_once(synthetic):
    folds = leave_one_region_out(synthetic)
    assert [fold.name for fold in folds] == ["north", "south"]
    for fold in folds:
        assert set(synthetic.region[fold.test]) == {fold.name}
        assert fold.name not in synthetic.region[fold.train]
        assert len(fold.train) + len(fold.test) == len(synthetic)


def test_one_region_cannot_be_left_out(synthetic):
    with pytest.raises(DataError, match="All segments belong to region 'north'"):
        leave_one_region_out(synthetic.take(synthetic.region == "north"))


def test_scikit_learn_takes_the_splitter(synthetic):
    from sklearn.model_selection import cross_val_predict, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    splitter = SegmentFolds(synthetic, 5, Exclusion(100))
    classes = (synthetic.magnitude >= 8).astype(int)
    scores = cross_val_score(DecisionTreeClassifier(max_depth=1), synthetic.values, classes, cv=splitter)
    assert len(scores) == splitter.get_n_splits() == 5
    predicted = cross_val_predict(DecisionTreeClassifier(max_depth=1), synthetic.values, classes, cv=splitter)
    assert predicted.shape == classes.shape
    with pytest.raises(DataError, match="made for 105 segments"):
        next(splitter.split(synthetic.values[:-1]))


@pytest.mark.parametrize(
    ("segments", "n_folds", "message"),
    [
        (table(["a"] * 3, [0, 50, 100]), 5, "3 segments cannot make 5 folds"),
        (table(["a"] * 3, [0, 50, 100]), 1, "choose at least 2"),
        (table(["a"] * 3, [0, np.nan, 100]), 2, "1 of 3 segments have no position"),
        (table(["a"] * 3, [0, 50, 50]), 2, "have the same position, 50 km"),
        (table(["a", "", "a"], [0, 50, 100]), 2, "1 segments have no region"),
        (table([], []), 2, "no segments"),
    ],
)
def test_tables_without_order_are_refused(segments, n_folds, message):
    with pytest.raises(DataError, match=message):
        stretches(segments, n_folds)


def test_the_published_folds_never_test_seven_rows(published):
    cut = reference_stretches(published, 5)
    assert np.count_nonzero(cut.number < 0) == 7
    tested = np.concatenate([fold.test for fold in block_folds(published, cut)])
    assert len(tested) == 556 - 7
    ours = block_folds(published, stretches(published, 5))
    assert sorted(np.concatenate([fold.test for fold in ours])) == list(range(556))
