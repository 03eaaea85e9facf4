"""Profiles are the plain statistics of each cluster."""

import warnings

import numpy as np
import pytest

from fumarole.algorithms.clustering.contrast import contrast
from fumarole.algorithms.clustering.profiles import cluster_profiles

NAMES, UNITS = ("As", "pH"), ("ppm", "")
CLUSTER = np.array([1, 1, 1, 1, 1, 2, 2, 0])
VALUES = np.array([[1, 7], [2, 8], [3, 9], [4, 6], [5, np.nan], [10, np.nan], [20, np.nan], [999, 999.0]])


@pytest.fixture
def profiles():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return cluster_profiles(NAMES, UNITS, VALUES, np.arange(16.0).reshape(8, 2), CLUSTER)


def test_clusters_and_sizes_leave_unassigned_samples_out(profiles):
    assert (profiles.names, profiles.units, profiles.clusters) == (NAMES, UNITS, (1, 2))
    assert profiles.sizes.tolist() == [5, 2]


def test_statistics_in_the_units_of_the_input(profiles):
    assert profiles.mean[:, 0].tolist() == [3, 15]
    assert profiles.median[:, 0].tolist() == [3, 15]
    assert profiles.lower_quartile[:, 0].tolist() == [2, 12.5]
    assert profiles.upper_quartile[:, 0].tolist() == [4, 17.5]


def test_blanks_are_left_out_and_a_cluster_without_a_value_has_none(profiles):
    assert profiles.mean[0, 1] == 7.5
    for statistic in (profiles.mean, profiles.median, profiles.lower_quartile, profiles.upper_quartile):
        assert np.isnan(statistic[1, 1])


def test_the_contrast_is_that_of_the_clustered_features(profiles):
    features = np.arange(16.0).reshape(8, 2)
    assert profiles.contrast == pytest.approx(contrast(features, CLUSTER))


def test_quartiles_enclose_the_median_and_the_sizes_add_up():
    rng = np.random.default_rng(0)
    values, cluster = rng.lognormal(size=(60, 3)), rng.integers(0, 4, 60)
    found = cluster_profiles("abc", ("",) * 3, values, values, cluster)
    assert (found.lower_quartile <= found.median).all() and (found.median <= found.upper_quartile).all()
    assert found.sizes.sum() == (cluster > 0).sum()
    weighted = (found.sizes[:, None] * found.mean).sum(axis=0) / found.sizes.sum()
    assert weighted == pytest.approx(values[cluster > 0].mean(axis=0))
