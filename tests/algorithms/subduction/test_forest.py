"""Trees as arrays against scikit-learn, and what neighbours say against a literal twin."""

import numpy as np
import pytest

from fumarole.algorithms.subduction.forest import Forest
from fumarole.algorithms.subduction.neighbour_context import context, training_context, with_nearest


def test_trees_predict_as_in_scikit_learn():
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    rng = np.random.default_rng(0)
    features = rng.normal(size=(120, 5))
    classes = np.digitize(features[:, 0] + features[:, 1], [-0.5, 1.0])
    new = rng.normal(size=(40, 5))
    twin = ExtraTreesClassifier(n_estimators=30, class_weight="balanced", random_state=3).fit(features, classes)
    forest = Forest.fit(features, classes, 3, seed=3, n_trees=30)
    assert forest.predict_parts(new)[0] == pytest.approx(twin.predict_proba(new))
    assert forest.predict_parts(new, 5).mean(axis=0) == pytest.approx(twin.predict_proba(new))
    numbers = ExtraTreesRegressor(n_estimators=12, random_state=3).fit(features, features[:, 2])
    regressed = Forest.fit(features, features[:, 2], 1, seed=3, n_trees=12).predict_parts(new)[0, :, 0]
    assert regressed == pytest.approx(numbers.predict(new))


def test_a_class_without_rows_gets_no_probability():
    features = np.random.default_rng(0).normal(size=(30, 2))
    found = Forest.fit(features, 2 * (features[:, 0] > 0), 4, seed=0, n_trees=5).predict_parts(features)[0]
    assert found.shape == (30, 4)
    assert found[:, [1, 3]].max() == 0.0
    assert found.sum(axis=1) == pytest.approx(1.0)


def literal_context(segments, classes, n_classes, known, row, gap):
    seen = {-1: [], 1: []}
    for other in known:
        ahead = segments.position_km[other] - segments.position_km[row]
        if segments.region[other] != segments.region[row] or ahead == 0:
            continue
        side = -1 if ahead < 0 else 1
        if abs(ahead) >= gap[0 if side < 0 else 1]:
            seen[side].append((abs(ahead), classes[other]))
    overall = [np.mean(classes[known] == c) for c in range(n_classes)]

    def share(found):
        return [np.mean([c == number for _, number in found]) for c in range(n_classes)] if found else overall

    ordered = {side: sorted(found) for side, found in seen.items()}
    return (
        [ordered[side][0][0] if ordered[side] else 3000.0 for side in (-1, 1)]
        + share(ordered[-1][:1])
        + share(ordered[1][:1])
        + share(ordered[-1][:4])
        + share(ordered[1][:4])
        + share(seen[-1] + seen[1])
    )


def test_context_equals_its_literal_twin(synthetic):
    classes = np.digitize(synthetic.magnitude, [6.5, 8.4])
    rng = np.random.default_rng(2)
    known = np.flatnonzero((rng.random(105) < 0.4) & (synthetic.region == "north"))
    asked = np.sort(rng.choice(105, 40, replace=False))
    gaps = rng.choice([0.0, 100.0, 400.0, 5000.0], size=(40, 2))
    found = context(synthetic, classes, 3, known, asked, gaps)
    for index, row in enumerate(asked):
        assert found[index] == pytest.approx(literal_context(synthetic, classes, 3, known, row, gaps[index]))


def test_training_rows_are_described_across_the_given_gaps(synthetic):
    classes = (synthetic.magnitude >= 8).astype(int)
    known = np.flatnonzero(synthetic.region == "north")
    described, rows = training_context(
        synthetic, classes, 2, known, np.array([[200.0, 300.0]]), np.random.default_rng(0)
    )
    assert described[:, :2].min() >= 200.0
    assert np.all((described[:, :2] >= 300.0).any(axis=1))
    assert sorted(set(rows)) == known.tolist()


def test_the_nearer_neighbour_is_appended(synthetic):
    row = np.array([[50.0, 200.0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]])
    appended = with_nearest(row, 2)[0, -4:]
    assert appended == pytest.approx([225 / 300, 75 / 300, 1.0, 0.0])
