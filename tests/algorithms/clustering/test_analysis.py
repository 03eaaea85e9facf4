"""A whole clustering run: a known answer comes back, and bad input gets one sentence."""

import warnings

import numpy as np
import pytest
import torch

from fumarole.algorithms.clustering import analysis
from fumarole.algorithms.clustering.analysis import METHOD, Options, cluster_table
from fumarole.algorithms.clustering.consensus import adjusted_rand_index
from fumarole.algorithms.clustering.features import FeatureTable
from fumarole.algorithms.clustering.results import MethodScore
from fumarole.algorithms.errors import Cancelled, DataError, FumaroleError

QUICK = {"effort": "quick", "transform": "none"}


def table(values, names="abcdefgh", below=None):
    values = np.asarray(values, dtype=float)
    below = np.zeros(values.shape, dtype=bool) if below is None else below
    return FeatureTable(tuple(names[: values.shape[1]]), values, below)


def groups(sizes=(30, 20, 10), n_features=4, distance=8.0, seed=0):
    """Separate synthetic groups, one along each axis, in the order of the sizes."""
    truth = np.repeat(np.arange(len(sizes)), sizes)
    return distance * np.eye(n_features)[truth] + np.random.default_rng(seed).normal(size=(len(truth), n_features))


def test_the_groups_that_were_put_in_come_back(result, truth):
    cluster = result.membership.cluster
    assert cluster[10] == 0 and result.n_dropped == 1
    assigned = cluster > 0
    assert np.array_equal(cluster[assigned], truth[assigned])
    assert result.n_clusters == 3 and result.warnings == ()


def test_own_score_stands_before_the_baselines(result):
    assert [own.method for own in result.scores] == [METHOD, "k-means", "Gaussian mixture"]
    assert all(sum(own.sizes) == 109 for own in result.scores)
    assert result.stability == result.scores[0].stability > 0.95


def test_numbering_is_by_falling_size(result):
    sizes = np.bincount(result.membership.cluster)[1:]
    assert sizes.tolist() == sorted(sizes, reverse=True) == list(result.scores[0].sizes)
    assert result.profiles.sizes.tolist() == sizes.tolist()


def test_memberships_are_within_their_ranges(result):
    membership, assigned = result.membership, result.membership.cluster > 0
    assert membership.probability[assigned].sum(axis=1) == pytest.approx(1)
    assert np.array_equal(membership.probability[assigned].argmax(axis=1) + 1, membership.cluster[assigned])
    confidence, entropy, agreement = (
        getattr(membership, name)[assigned] for name in ("confidence", "entropy", "agreement")
    )
    assert (confidence >= 1 / 3).all() and (confidence <= 1 + 1e-9).all()
    assert (entropy >= 0).all() and (entropy <= 1 + 1e-9).all()
    assert (agreement >= 0).all() and (agreement <= 1).all() and agreement.mean() > 0.9
    assert np.array_equal(np.isnan(membership.confidence), ~assigned)
    assert membership.outside.sum() <= 0.02 * assigned.sum()
    assert np.array_equal(np.isnan(result.silhouette), ~assigned)


def test_entropy_falls_with_confidence(result):
    assigned = result.membership.cluster > 0
    order = np.argsort(result.membership.confidence[assigned])
    entropy = result.membership.entropy[assigned][order]
    assert entropy[:10].mean() > entropy[-10:].mean()


def test_profiles_show_each_group_in_the_units_of_the_input(result):
    profiles = result.profiles
    assert profiles.names == result.feature_names and profiles.units == ("ppm", "ppm", "ppm", "%", "", "°C")
    temperature, arsenic = profiles.names.index("Temp (°C)"), profiles.names.index("As (ppm)")
    assert profiles.median[:, temperature] == pytest.approx([40, 90, 60], abs=4)
    assert profiles.median[:, arsenic] == pytest.approx(np.exp([0, 3, 0]), rel=0.3)
    assert profiles.contrast[1, temperature] > 0.5


def test_run_agreement_is_a_matrix_of_adjusted_rand_indices(result):
    matrix = result.run_agreement
    assert matrix.shape == (20, 20) and np.array_equal(matrix, matrix.T)
    assert (np.diag(matrix) == 1).all() and (matrix <= 1).all()


def test_notes_say_what_was_done(result):
    text = " ".join(result.notes)
    assert "The clusters are the consensus of 20 runs of deep embedded clustering. They agree so far" in text
    assert "1 of 110 samples have values in fewer than 60 % of the used fields and stay unassigned." in text


def test_progress_rises_from_zero_to_one(result, steps):
    fractions = [fraction for fraction, _ in steps]
    assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] == 1
    messages = [message for _, message in steps]
    for message in ("Preparing the features", "Training the autoencoders", "Refining the clusters"):
        assert message in messages


def test_the_same_seed_gives_the_same_result_whatever_ran_before(waters, short_training):
    first = cluster_table(waters, Options(3))
    np.random.seed(5)
    torch.manual_seed(5)
    states = np.random.get_state()[1].copy(), torch.get_rng_state().clone()
    second = cluster_table(waters, Options(3))
    assert np.array_equal(second.membership.cluster, first.membership.cluster)
    assert np.array_equal(second.membership.probability, first.membership.probability, equal_nan=True)
    assert second.scores == first.scores and second.model.card == first.model.card
    assert np.array_equal(np.random.get_state()[1], states[0]) and torch.equal(torch.get_rng_state(), states[1])


def test_the_number_of_separate_groups_is_found(short_training):
    seen = []
    options = Options(0, max_clusters=4, **QUICK)
    result = cluster_table(table(groups()), options, lambda fraction, message="": seen.append(fraction))
    assert result.n_clusters == result.count.best_k == 3
    assert np.array_equal(result.membership.cluster, np.repeat([1, 2, 3], (30, 20, 10)))
    assert result.count.reason.startswith("3 clusters: independent runs reproduce them")
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] == 1


def test_a_given_number_has_no_curve(result):
    assert result.count is None


def test_a_single_run_says_that_it_is_no_result():
    result = cluster_table(table(groups()), Options(3, **QUICK))
    assert "A single run is not a result: another seed can give another map. Use effort 'standard'." in result.warnings
    assert "One run of deep embedded clustering (effort 'quick'): its stability is not measured." in result.notes
    assert np.isnan(result.stability) and result.run_agreement.tolist() == [[1.0]]
    assert result.membership.agreement == pytest.approx(1)
    assert result.model.card["quality"][0]["stability"] is None


def scores(silhouette=0.5, kmeans=0.4, stability=0.9, sizes=(60, 40)):
    own = MethodScore(METHOD, silhouette, 1.0, stability, sizes)
    return own, MethodScore("k-means", kmeans, 1.0, 1.0, sizes), MethodScore("Gaussian mixture", 0.9, 1.0, 1.0, sizes)


def warnings_of(wanted, without_groups=0.1, **changes):
    given = scores(**changes)
    return analysis._warnings(given, np.array(given[0].sizes), wanted, without_groups, Options())


def test_a_good_partition_warns_of_nothing():
    assert warnings_of(2) == ()


def test_a_continuum_is_called_one():
    (warning,) = warnings_of(2, without_groups=0.395)
    assert warning.startswith("These features show no groups: k-means reaches a silhouette of 0.40 on them and of 0.40")


@pytest.mark.parametrize(
    "changes, wanted, sentence",
    [
        ({}, 3, "Only 2 of the 3 clusters asked for hold samples."),
        (
            {"sizes": (995, 5)},
            2,
            "The smallest cluster holds 5 of 1000 samples (under 1%): a few outliers can make the silhouette look "
            "good. Look at these samples before trusting the partition.",
        ),
        (
            {"stability": 0.79},
            2,
            "The partition is not stable (agreement between half ensembles 0.79, 0.8 or more is reproducible): the "
            "groups grade into each other. Try fewer clusters.",
        ),
        (
            {"kmeans": 0.61},
            2,
            "k-means separates these features better by the silhouette (0.61 against 0.50).",
        ),
    ],
)
def test_each_weakness_has_its_warning(changes, wanted, sentence):
    assert warnings_of(wanted, **changes) == (sentence,)


@pytest.mark.parametrize("n_clusters", [1, -1])
def test_an_unusable_number_of_clusters_is_refused(n_clusters):
    with pytest.raises(DataError, match=f"^{n_clusters} is not a usable number of clusters. Give 2 or more, or 0"):
        cluster_table(table(groups()), Options(n_clusters))


def test_a_maximum_below_two_is_refused():
    with pytest.raises(DataError, match="The range of cluster numbers 2 to 1 is not usable"):
        cluster_table(table(groups()), Options(0, max_clusters=1))


@pytest.mark.parametrize("n_clusters", [6, 7, 100])
def test_as_many_clusters_as_samples_are_refused(n_clusters):
    points = np.random.default_rng(0).normal(size=(6, 3))
    with pytest.raises(DataError, match=f"^6 different usable samples cannot be grouped into {n_clusters} clusters"):
        cluster_table(table(points), Options(n_clusters, **QUICK))


def test_duplicates_do_not_count_as_samples():
    points = np.repeat(np.random.default_rng(0).normal(size=(2, 3)), 10, axis=0)
    with pytest.raises(DataError, match="^2 different usable samples cannot be grouped into 2 clusters"):
        cluster_table(table(points), Options(0, **QUICK))


@pytest.mark.parametrize(
    "values, sentence",
    [
        (np.empty((0, 3)), "There are too few samples: 0"),
        (np.ones((20, 1)), "Clustering needs at least 2 usable fields"),
        (np.full((20, 3), np.nan), "'a': it holds no value"),
        (np.ones((20, 3)), r"'a': all its values are equal \(1\)"),
        (np.full((20, 3), np.inf), "'a': it holds no value"),
        (np.arange(12.0).reshape(4, 3), "There are too few samples: 4"),
    ],
    ids=["empty", "one field", "blank", "constant", "infinite", "four samples"],
)
def test_tables_that_cannot_be_clustered_are_refused_with_a_sentence(values, sentence):
    with pytest.raises(DataError, match=sentence):
        cluster_table(table(values), Options(2, **QUICK))


def test_no_field_at_all():
    with pytest.raises(DataError, match="No numeric field was chosen. Choose at least two fields to cluster on."):
        cluster_table(table(np.empty((10, 0))), Options(2))


def test_unknown_words_are_refused():
    with pytest.raises(DataError, match="Unknown transform 'log' or treatment of blanks 'impute'."):
        cluster_table(table(groups()), Options(2, transform="log"))


def test_blanks_are_refused_when_asked():
    values = groups()
    values[0, 1] = np.nan
    with pytest.raises(DataError, match=r"1 values are blank: 'b' \(1\)"):
        cluster_table(table(values), Options(2, missing="fail", transform="none"))


def test_a_constant_column_is_dropped_and_said():
    values = groups()
    values[:, 2] = 7.0
    result = cluster_table(table(np.hstack([values, groups(seed=1)])), Options(3, **QUICK))
    assert "Field 'c' dropped: all its values are equal (7)." in result.warnings
    assert "c" not in result.feature_names and result.features.shape[1] == 7


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n_samples", [5, 6, 8, 12])
@pytest.mark.parametrize("effort", ["quick", "standard"])
def test_tiny_tables_are_clustered(n_samples, effort, short_training):
    points = np.random.default_rng(1).normal(size=(n_samples, 3))
    for n_clusters in (2, n_samples - 1):
        result = cluster_table(table(points), Options(n_clusters, effort, "none"))
        assert 1 <= result.n_clusters <= n_clusters
        assert set(result.membership.cluster) == set(range(1, result.n_clusters + 1))
        assert sum(result.scores[0].sizes) == n_samples


def test_duplicate_samples_share_a_cluster():
    points = groups((8, 5))
    result = cluster_table(table(np.vstack([points, points, points])), Options(2, **QUICK))
    first, second, third = result.membership.cluster.reshape(3, -1)
    assert np.array_equal(first, second) and np.array_equal(first, third)
    assert adjusted_rand_index(first, np.repeat([0, 1], (8, 5))) == 1


def test_huge_and_infinite_values_break_nothing():
    values = groups()
    values[0, 0], values[1, 1], values[2, 2] = 1e300, -1e300, np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = cluster_table(table(values), Options(3, "quick", "yeo_johnson"))
    assert (result.membership.cluster > 0).all()
    assert adjusted_rand_index(result.membership.cluster[3:], np.repeat([0, 1, 2], (27, 20, 10))) > 0.8


@pytest.fixture(scope="module")
def calls():
    """Number of times that a quick run reports progress."""
    seen = []
    cluster_table(table(groups((12, 8))), Options(2, **QUICK), lambda fraction, message="": seen.append(fraction))
    return len(seen)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.61, 0.9, 1.0])
def test_cancel_is_obeyed_at_any_moment(calls, share):
    last = max(1, round(share * calls))
    seen = []

    def progress(fraction, message=""):
        seen.append(fraction)
        if len(seen) == last:
            raise Cancelled

    threads = torch.get_num_threads()
    with pytest.raises(FumaroleError) as error:
        cluster_table(table(groups((12, 8))), Options(2, **QUICK), progress)
    assert type(error.value) is Cancelled and len(seen) == last
    assert torch.get_num_threads() == threads


def test_large_tables_are_trained_on_a_sample_and_assigned_whole(monkeypatch):
    monkeypatch.setattr(analysis, "TRAINING_ROWS", 60)
    truth = np.repeat([1, 2, 3], (150, 90, 60))
    result = cluster_table(table(groups((150, 90, 60))), Options(3, **QUICK))
    assert np.array_equal(result.membership.cluster, truth)
    assert "The networks were trained on a random sample of 60 of the 300 samples." in result.notes
    assert (result.model.card["n_samples"], result.model.card["n_training"]) == (300, 60)


def test_more_than_ten_thousand_rows():
    sizes = (6000, 3500, 1500)
    result = cluster_table(table(groups(sizes, 3)), Options(3, **QUICK))
    assert adjusted_rand_index(result.membership.cluster, np.repeat([1, 2, 3], sizes)) > 0.99
    assert "The networks were trained on a random sample of 10000 of the 11000 samples." in result.notes
    assert np.isfinite(result.silhouette).sum() == 3000
