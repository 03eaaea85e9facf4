"""The batched networks: members do not influence each other, and preprocessing knows training rows only."""

import numpy as np
import pytest

from fumarole.algorithms.subduction.network_training import Recipe, one_cycle, outputs, probabilities, train_networks
from fumarole.algorithms.subduction.preprocessing import CLIP, Preprocessing

RECIPE = Recipe(hidden=(8, 6), n_steps=80, batch_size=32)


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(90, 4))
    classes = (features[:, 0] > 0.8).astype(int)
    jobs = [np.arange(60), np.arange(30, 90)]
    return [features, features + 0.1], classes, jobs


def test_a_network_is_the_same_alone_and_among_others(problem, monkeypatch):
    features, classes, jobs = problem
    together = train_networks(features, classes, jobs, 2, 3, RECIPE)
    alone = train_networks(features[1:], classes, jobs[1:], 2, 2, RECIPE)
    monkeypatch.setattr("fumarole.algorithms.subduction.network_training._TOGETHER", 2)
    in_pairs = train_networks(features, classes, jobs, 2, 3, RECIPE)
    for name, array in together.items():
        assert len(array) == 6
        assert alone[name] == pytest.approx(array[3:5], abs=1e-5)
        assert in_pairs[name] == pytest.approx(array, abs=1e-5)


def test_the_rare_class_is_learned(problem):
    features, classes, jobs = problem
    recipe = Recipe(hidden=(8, 6), input_dropout=0.1, n_steps=200)
    arrays = train_networks(features, classes, jobs, 2, 2, recipe)
    found = probabilities(outputs(features[0], arrays, 3))[:2].mean(axis=0)
    assert np.mean(found[60:].argmax(axis=1) == classes[60:]) > 0.85
    assert found.sum(axis=1) == pytest.approx(1.0)


def test_rows_outside_the_job_do_not_matter(problem):
    features, classes, jobs = problem
    changed = [table.copy() for table in features]
    changed[0][60:] = 99.0
    one = train_networks(features[:1], classes, jobs[:1], 2, 1, RECIPE)
    other = train_networks(changed[:1], np.where(np.arange(90) < 60, classes, 1 - classes), jobs[:1], 2, 1, RECIPE)
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_numbers_are_regressed(problem):
    features, _, jobs = problem
    target = features[0][:, 1]
    recipe = Recipe(hidden=(16,), input_dropout=0.0, hidden_dropout=0.0, n_steps=300)
    arrays = train_networks(features[:1], target, jobs[:1], 1, 2, recipe)
    found = outputs(features[0][60:], arrays, 2).mean(axis=0)[:, 0]
    assert np.corrcoef(found, target[60:])[0, 1] > 0.9


def test_the_schedule_rises_to_one_and_falls():
    assert one_cycle(0.0) == pytest.approx(1 / 25)
    assert one_cycle(0.3) == pytest.approx(1.0)
    assert one_cycle(1.0) == pytest.approx(1e-5)


def test_preprocessing_equals_scikit_learn_whatever_the_unit():
    from sklearn.preprocessing import PowerTransformer

    rng = np.random.default_rng(1)
    values = np.column_stack([rng.lognormal(size=200), rng.normal(size=200) ** 3])
    twin = PowerTransformer().fit_transform((values - values.mean(axis=0)) / values.std(axis=0))
    assert Preprocessing.fit(values).apply(values) == pytest.approx(np.clip(twin, -CLIP, CLIP), abs=1e-6)
    tiny = Preprocessing.fit(values * 1e-9).apply(values * 1e-9)
    assert tiny == pytest.approx(np.clip(twin, -CLIP, CLIP), abs=1e-4)


def test_strange_and_constant_values_stay_finite():
    values = np.column_stack([np.arange(20.0), np.full(20, 7.0)])
    fitted = Preprocessing.fit(values)
    applied = fitted.apply(np.array([[1e30, 7.0], [-1e30, 9.0], [np.nan, 7.0]]))
    assert applied[:2, 0].tolist() == [CLIP, -CLIP]
    assert applied[:, 1].tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(applied[2, 0])
    again = Preprocessing.from_arrays(fitted.to_arrays())
    assert again.apply(values).tolist() == fitted.apply(values).tolist()
