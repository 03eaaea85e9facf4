"""The rules without features against literal twins and the published table."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from fumarole.algorithms.subduction.baselines import majority_of_region, nearest_segment
from fumarole.algorithms.subduction.folds import Exclusion, block_folds, stretches


def literal_nearest(segments, classes, train, test):
    predicted = []
    for row in test:
        nearest = None
        for other in sorted(train, key=lambda index: segments.position_km[index]):
            if segments.region[other] != segments.region[row]:
                continue
            apart = abs(segments.position_km[other] - segments.position_km[row])
            if nearest is None or apart < nearest[0]:
                nearest = (apart, classes[other])
        predicted.append(nearest[1])
    return predicted


def test_nearest_segment_equals_its_literal_twin(synthetic):
    classes = np.digitize(synthetic.magnitude, [6.5, 8.0])
    shuffled = np.random.default_rng(1).permutation(len(synthetic))
    segments, classes = synthetic.take(shuffled), classes[shuffled]
    for fold in block_folds(segments, stretches(segments, 4), Exclusion(200)):
        predicted = nearest_segment(segments, classes, 3, fold.train, fold.test)
        assert predicted.argmax(axis=1).tolist() == literal_nearest(segments, classes, fold.train, fold.test)


def test_majority_gives_the_shares_of_the_region(synthetic):
    classes = (synthetic.magnitude >= 8).astype(int)
    train, test = np.arange(0, 105, 2), np.arange(1, 105, 2)
    predicted = majority_of_region(synthetic, classes, 2, train, test)
    for row, share in zip(test, predicted):
        same = train[synthetic.region[train] == synthetic.region[row]]
        assert share == pytest.approx([np.mean(classes[same] == 0), np.mean(classes[same] == 1)])


@pytest.mark.parametrize("rule", [nearest_segment, majority_of_region])
def test_a_region_without_training_rows_gets_the_shares_of_all(synthetic, rule):
    classes = (synthetic.magnitude >= 8).astype(int)
    train, test = np.flatnonzero(synthetic.region == "north"), np.flatnonzero(synthetic.region == "south")
    predicted = rule(synthetic, classes, 2, train, test)
    assert predicted == pytest.approx(np.tile(np.bincount(classes[train]) / len(train), (len(test), 1)))


def test_published_table_remembers_its_neighbours(published):
    classes = (published.magnitude >= 8).astype(int)
    means = {}
    for distance in (0, 300):
        folds = block_folds(published, stretches(published, 5), Exclusion(distance))
        for rule in (nearest_segment, majority_of_region):
            scores = [
                f1_score(
                    classes[f.test], rule(published, classes, 2, f.train, f.test).argmax(axis=1), average="macro"
                )
                for f in folds
            ]
            means[rule, distance] = np.mean(scores)
    assert means[nearest_segment, 0] == pytest.approx(0.858, abs=0.005)
    assert means[nearest_segment, 300] == pytest.approx(0.895, abs=0.005)
    assert means[majority_of_region, 0] == pytest.approx(0.747, abs=0.005)
    assert means[majority_of_region, 300] == pytest.approx(0.724, abs=0.005)
