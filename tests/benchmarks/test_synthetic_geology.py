"""The synthetic survey is what it says, and its clusters are the units: as well as k-means, whatever the seed."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from fumarole.algorithms.clustering import distillation, ensemble
from fumarole.algorithms.clustering.analysis import Options
from fumarole.algorithms.clustering.raster_clustering import cluster_pixels
from fumarole.scripts import synthetic_geology
from fumarole.scripts.synthetic_geology import CELL_M, ORIGIN, SHAPE, UNITS, geology, surveys

EVERY = 7  # pixel of the radiometric grid in either direction


@pytest.fixture(scope="module")
def pixels():
    """Values ``(n, 5)`` of the three surveys at the same places, and the true units there."""
    found = surveys(1)
    radiometrics = found[0]
    rows, columns = (index[::EVERY, ::EVERY].ravel() for index in np.indices(radiometrics.values.shape[1:]))
    easting = radiometrics.west + (columns + 0.5) * radiometrics.cell_m
    northing = radiometrics.north - (rows + 0.5) * radiometrics.cell_m
    values = []
    for survey in found:
        column = ((easting - survey.west) / survey.cell_m).astype(int)
        row = ((survey.north - northing) / survey.cell_m).astype(int)
        values.append(survey.values[:, row, column])
    values = np.concatenate(values).T
    row = ((ORIGIN[1] + SHAPE[0] * CELL_M - northing) / CELL_M).astype(int)
    truth = geology(1)[row, ((easting - ORIGIN[0]) / CELL_M).astype(int)]
    known = np.isfinite(values).all(axis=1)
    return values[known].astype(float), truth[known]


def test_every_unit_is_there_and_the_seed_draws_the_same():
    for seed in (1, 42):
        shares = np.bincount(geology(seed).ravel(), minlength=len(UNITS)) / np.prod(SHAPE)
        assert (shares > 0.02).all()
    np.testing.assert_array_equal(geology(1), geology.__wrapped__(1))


def test_grids_differ_and_overlap():
    radiometrics, magnetics, gravity = surveys(1)
    assert (radiometrics.cell_m, magnetics.cell_m, gravity.cell_m) == (100, 50, 250)
    assert gravity.west < magnetics.west < radiometrics.west and gravity.north > radiometrics.north
    assert np.isnan(radiometrics.values).any()  # the lake


def test_units_have_the_levels_of_their_rocks(pixels):
    values, truth = pixels
    medians = np.array([np.median(values[truth == unit], axis=0) for unit in range(len(UNITS))])
    granite, halo, basalt, alluvium = (UNITS.index(name) for name in ("granite", "altered halo", "basalt", "alluvium"))
    assert medians[:, 1].argmax() == granite and medians[:, 3].argmin() == halo
    assert medians[:, 3].argmax() == basalt and medians[:, 4].argmin() == alluvium


def test_boreholes_stand_where_they_say():
    easting, northing, names, units = synthetic_geology.boreholes()
    transform = (ORIGIN[0], CELL_M, 0.0, ORIGIN[1] + SHAPE[0] * CELL_M, 0.0, -CELL_M)
    truth = synthetic_geology.truth_on(SHAPE, transform)
    rows = ((transform[3] - northing) / CELL_M).astype(int)
    columns = ((easting - ORIGIN[0]) / CELL_M).astype(int)
    assert [UNITS[unit] for unit in truth[rows, columns]] == units
    assert len(set(names)) == synthetic_geology.BOREHOLES and units.count("altered halo") > 10


def test_clusters_are_the_units_as_well_as_by_k_means_and_whatever_the_seed(pixels, monkeypatch):
    values, truth = pixels
    standard = ensemble.EFFORTS["standard"]
    fewer = replace(standard, n_anchored=6, pretrain_steps=150, refine_steps=60)
    monkeypatch.setitem(ensemble.EFFORTS, "standard", fewer)
    monkeypatch.setattr(distillation, "_STEPS", 300)
    names = ("K", "Th", "U", "magnetics", "gravity")
    labels = []
    for seed in (1, 2):
        result, _ = cluster_pixels(names, values, Options(len(UNITS), "standard", "yeo_johnson", "skip", seed))
        labels.append(result.membership.cluster)
    own = np.mean([adjusted_rand_score(truth, found) for found in labels])
    kmeans = KMeans(len(UNITS), n_init=10, random_state=1).fit_predict(result.features)
    assert own >= 0.9 and own >= adjusted_rand_score(truth, kmeans)
    assert adjusted_rand_score(*labels) >= 0.9
