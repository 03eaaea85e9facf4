"""Synthetic samples with a known answer and the clustering of them, made once for all tests that read it."""

from dataclasses import replace

import numpy as np
import pytest

from fumarole.algorithms.clustering import ensemble
from fumarole.algorithms.clustering.analysis import Options, cluster_table
from fumarole.algorithms.clustering.features import FeatureTable

SIZES = (60, 35, 15)
PARTS = ("As (ppm)", "B (ppm)", "Li (ppm)", "SiO2 (%)")


def make_table(names, values):
    """A table without values below detection."""
    values = np.asarray(values, dtype=float)
    return FeatureTable(tuple(names), values, np.zeros(values.shape, dtype=bool))


@pytest.fixture
def short_training(monkeypatch):
    """Few training steps, for tests that do not need well trained networks."""
    for name, effort in ensemble.EFFORTS.items():
        monkeypatch.setitem(ensemble.EFFORTS, name, replace(effort, pretrain_steps=30, refine_steps=40))


@pytest.fixture(scope="session")
def truth():
    """Group 1, 2 or 3 of the samples of :func:`waters`, in random order, numbered by falling size."""
    return np.random.default_rng(0).permutation(np.repeat([1, 2, 3], SIZES))


@pytest.fixture(scope="session")
def waters(truth):
    """Three separate synthetic groups: four compositional parts, pH and temperature; three blanks, one empty row."""
    rng = np.random.default_rng(1)
    logs = np.array([[0, 2, 1, 4], [3, 2, -1, 4], [0, -1, 3, 5]])[truth - 1] + 0.3 * rng.normal(size=(len(truth), 4))
    others = np.array([[7, 40], [8, 90], [5, 60]])[truth - 1] + rng.normal(size=(len(truth), 2)) * [0.2, 4]
    values = np.hstack([np.exp(logs), others])
    values[[3, 20, 41], [0, 4, 5]] = np.nan
    values[10] = np.nan
    return make_table((*PARTS, "pH", "Temp (°C)"), values)


@pytest.fixture(scope="session")
def steps():
    """What :func:`result` reported as progress: a list of (fraction, message)."""
    return []


@pytest.fixture(scope="session")
def result(waters, steps):
    """The standard consensus of :func:`waters` with three clusters."""
    return cluster_table(waters, Options(3), lambda fraction, message="": steps.append((fraction, message)))
