"""The number of clusters: every branch of the choice, and the curve on data with a known answer."""

import numpy as np
import pytest

from fumarole.algorithms.clustering import cluster_count
from fumarole.algorithms.clustering.cluster_count import choose, cluster_count_curve
from fumarole.algorithms.clustering.results import ClusterCountScore
from fumarole.algorithms.errors import Cancelled, DataError

NAN = float("nan")


def curve(*rows):
    """Scores of k = 2, 3, ... from (stability, silhouette, Davies-Bouldin, smallest share)."""
    return [ClusterCountScore(k, *row) for k, row in enumerate(rows, start=2)]


def test_of_the_reproducible_numbers_both_indices_choose():
    scores = curve((1.0, 0.5, 0.9, 0.3), (0.9, 0.7, 0.5, 0.2), (0.85, 0.6, 0.7, 0.1), (0.5, 0.9, 0.1, 0.1))
    best, reason = choose(scores)
    assert best == 3
    assert reason == (
        "3 clusters: independent runs reproduce them (stability 0.90), and of the reproducible numbers (2, 3, 4) "
        "silhouette and Davies-Bouldin together rate it best. Alone, the silhouette prefers 5 and the Davies-Bouldin "
        "index 5."
    )


def test_ties_go_to_the_more_detailed_map():
    best, reason = choose(curve((0.9, 0.7, 0.9, 0.3), (0.9, 0.6, 0.5, 0.2)))
    assert best == 3 and reason.endswith("Alone, the silhouette prefers 2 and the Davies-Bouldin index 3.")


def test_the_limit_of_stability_counts_as_reproducible():
    assert choose(curve((cluster_count.STABLE, 0.1, 2.0, 0.3), (0.79, 0.9, 0.1, 0.3)))[0] == 2


def test_without_a_reproducible_number_the_most_reproducible_is_taken_and_said():
    best, reason = choose(curve((0.4, 0.5, 0.9, 0.3), (0.7, 0.2, 1.5, 0.2), (0.6, 0.3, 1.0, 0.1)))
    assert best == 3
    assert reason.startswith(
        "No number of clusters reaches a stability of 0.8: 3 is the most reproducible (0.70), and the groups grade "
        "into each other. Alone,"
    )


def test_a_number_with_a_tiny_cluster_is_not_chosen_and_named():
    best, reason = choose(curve((0.9, 0.9, 0.1, 0.005), (0.9, 0.3, 1.2, 0.2), (0.9, 0.8, 0.2, 0.002)))
    assert best == 3
    assert reason.endswith("With 2, 4 clusters one holds under 1% of the samples.")


def test_when_all_have_a_tiny_cluster_the_choice_is_among_them():
    assert choose(curve((0.9, 0.3, 0.9, 0.004), (0.9, 0.8, 0.2, 0.003)))[0] == 3


def test_a_partition_into_one_cluster_is_never_preferred():
    """All runs see one group: fully stable, without any index, and one of the clusters empty."""
    best, reason = choose(curve((1.0, NAN, NAN, 0.0), (0.85, 0.6, 0.6, 0.005), (0.9, 0.5, 0.5, 0.005)))
    assert best == 4
    assert "the silhouette prefers 3 and the Davies-Bouldin index 4" in reason


def test_a_curve_without_any_index_still_has_an_answer():
    assert choose(curve((1.0, NAN, NAN, 0.0)))[0] == 2


@pytest.fixture(scope="module")
def features():
    """Four separate synthetic groups of 40, 30, 20 and 10 samples in four features."""
    truth = np.repeat([0, 1, 2, 3], (40, 30, 20, 10))
    return 4.0 * np.eye(4)[truth] + 0.4 * np.random.default_rng(0).normal(size=(100, 4))


def test_the_true_number_of_separate_groups_is_found(features, short_training):
    seen = []
    count = cluster_count_curve(features, 3, 5, progress=lambda fraction, message="": seen.append(fraction))
    assert count.best_k == 4
    assert [s.k for s in count.scores] == [3, 4, 5]
    true = count.scores[1]
    assert true.stability == pytest.approx(1) and true.smallest_share == pytest.approx(0.1)
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] <= 1
    assert "prefers 4 and the Davies-Bouldin index 4" in count.reason


@pytest.mark.filterwarnings("error")
def test_more_clusters_than_samples_can_fill_are_not_tried(short_training, monkeypatch):
    monkeypatch.setattr(cluster_count, "_REFINE_STEPS", 20)
    points = np.repeat(np.random.default_rng(0).normal(size=(4, 3)), 3, axis=0)
    assert [s.k for s in cluster_count_curve(points, 2, 10).scores] == [2, 3]


def test_large_tables_are_sampled(features, monkeypatch):
    monkeypatch.setattr(cluster_count, "_ROWS", 50)
    sizes = []
    monkeypatch.setattr(cluster_count, "pretrain_ensemble", lambda features, *_: sizes.append(len(features)) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cluster_count_curve(features, 2, 3)
    assert sizes == [50]


@pytest.mark.parametrize("least, most", [(1, 5), (0, 0), (4, 3)])
def test_an_unusable_range_is_refused(features, least, most):
    with pytest.raises(DataError, match=f"The range of cluster numbers {least} to {most} is not usable"):
        cluster_count_curve(features, least, most)


def test_too_few_different_samples_are_refused():
    points = np.repeat(np.eye(3), 4, axis=0)
    with pytest.raises(DataError, match="3 different samples are too few to compare 3 or more clusters."):
        cluster_count_curve(points, 3, 5)


def test_cancel_is_obeyed(features):
    def progress(fraction, message=""):
        if fraction > 0.05:
            raise Cancelled

    with pytest.raises(Cancelled):
        cluster_count_curve(features, progress=progress)
