"""Permutation importance over runs of segments."""

import numpy as np
import pytest

from fumarole.algorithms.errors import Cancelled, DataError
from fumarole.algorithms.subduction.permutation import permutation_importance, trench_runs


def test_runs_follow_the_trench_and_stay_on_it():
    region = np.array(["b", "a", "a", "b", "a", "b"])
    position = np.array([100.0, 0, 100, 0, 50, 50])
    assert trench_runs(region, position, 2).tolist() == [3, 0, 1, 2, 0, 2]


def test_only_the_feature_that_is_used_matters(synthetic):
    runs = trench_runs(synthetic.region, synthetic.position_km)
    strong = synthetic.magnitude >= 8

    def accuracy(values):
        return np.mean((values[:, 0] > 1.5) == strong)

    found = permutation_importance(accuracy, synthetic.values, synthetic.position_km, runs, n_repeats=5)
    assert found.mean[0] > 0.2
    assert found.mean[1:].tolist() == [0.0, 0.0]
    assert found.sd[1:].tolist() == [0.0, 0.0]
    again = permutation_importance(accuracy, synthetic.values, synthetic.position_km, runs, n_repeats=5)
    assert again.mean.tolist() == found.mean.tolist()


def test_every_value_stays_and_neighbours_stay_together():
    region, position = np.repeat("a", 20), 50.0 * np.arange(20)
    seen = []

    def remember(values):
        seen.append(values[:, 0].copy())
        return 0.0

    values = np.arange(20.0)[:, None]
    permutation_importance(remember, values, position, trench_runs(region, position, 5), n_repeats=3)
    for moved in seen[1:]:
        assert sorted(moved) == list(range(20))
        assert np.count_nonzero(np.diff(moved) == 1) >= 16  # only the three seams between runs may break


def test_one_run_cannot_be_exchanged():
    with pytest.raises(DataError, match="at least two runs"):
        permutation_importance(lambda values: 0.0, np.zeros((3, 1)), np.arange(3.0), np.zeros(3, dtype=int))


def test_cancel_is_obeyed(synthetic):
    def cancel(fraction, message):
        raise Cancelled

    runs = trench_runs(synthetic.region, synthetic.position_km)
    with pytest.raises(Cancelled):
        permutation_importance(lambda v: 0.0, synthetic.values, synthetic.position_km, runs, progress=cancel)
