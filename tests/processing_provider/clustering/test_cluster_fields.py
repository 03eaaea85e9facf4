"""The fields and rows that clustering writes."""

import numpy as np

from fumarole.algorithms.clustering.results import ClusterCountScore, Membership, MethodScore, Profiles
from fumarole.processing_provider.clustering.cluster_fields import (
    COUNT_FIELDS,
    PROFILE_FIELDS,
    SCORE_FIELDS,
    count_rows,
    latent_table,
    membership_pairs,
    membership_values,
    profile_rows,
    score_rows,
)

NAN = float("nan")
MEMBERSHIP = Membership(
    cluster=np.array([2, 0, 1]),
    probability=np.array([[0.2, 0.8], [NAN, NAN], [0.9, 0.1]]),
    confidence=np.array([0.8, NAN, 0.9]),
    entropy=np.array([0.5, NAN, 0.3]),
    agreement=np.array([1.0, NAN, 0.9]),
    latent=np.array([[1.0, 2.0], [NAN, NAN], [3.0, 4.0]]),
    outside=np.array([True, False, False]),
    outside_ratio=np.array([1.5, NAN, 0.5]),
)


def same(row, expected):
    return all(a == b or (isinstance(a, float) and np.isnan(a) and np.isnan(b)) for a, b in zip(row, expected))


def test_values_follow_their_names():
    names = [name for name, _ in membership_pairs(2, with_silhouette=True)]
    assert names == ["cluster", "confidence", "entropy", "agreement", "silhouette", "z1", "z2"]
    rows = membership_values(MEMBERSHIP, np.array([0.4, NAN, 0.6]))
    assert rows[0] == [2, 0.8, 0.5, 1.0, 0.4, 1.0, 2.0] and rows[2] == [1, 0.9, 0.3, 0.9, 0.6, 3.0, 4.0]
    assert rows[1][0] is None and all(np.isnan(value) for value in rows[1][1:])


def test_without_silhouette_they_tell_who_is_outside():
    names = [name for name, _ in membership_pairs(2, with_silhouette=False)]
    assert names == ["cluster", "confidence", "entropy", "agreement", "outside", "out_ratio", "z1", "z2"]
    rows = membership_values(MEMBERSHIP)
    assert rows[0][4:6] == [1, 1.5] and rows[2][4:6] == [0, 0.5] and rows[1][4] is None


def test_the_latent_table_leaves_out_who_is_not_assigned():
    fields, rows = latent_table(MEMBERSHIP, ["a", "b", "c"])
    assert fields.names() == ["sample", "cluster", "z1", "z2", "prob_1", "prob_2"]
    assert list(rows) == [(None, ["a", 2, 1.0, 2.0, 0.2, 0.8]), (None, ["c", 1, 3.0, 4.0, 0.9, 0.1])]


def test_profiles_go_variable_by_variable():
    statistic = np.array([[1.0, 10.0], [2.0, NAN]])
    profiles = Profiles(
        ("As", "pH"),
        ("ppm", ""),
        (1, 2),
        np.array([7, 3]),
        statistic,
        statistic + 0.1,
        statistic - 1,
        statistic + 1,
        -statistic,
    )
    rows = [row for _, row in profile_rows(profiles)]
    assert [row[:4] for row in rows] == [
        ["As", "ppm", 1, 7],
        ["As", "ppm", 2, 3],
        ["pH", None, 1, 7],
        ["pH", None, 2, 3],
    ]
    assert same(rows[0][4:], [1.0, 1.1, 0.0, 2.0, -1.0]) and np.isnan(rows[3][4])
    assert all(len(row) == len(PROFILE_FIELDS) for row in rows)


def test_scores_and_counts_fill_their_fields():
    rows = [row for _, row in score_rows([MethodScore("k-means", 0.5, 0.7, NAN, (30, 8, 2))])]
    assert same(rows[0], ["k-means", 3, 0.5, 0.7, NAN, 2, 30]) and len(rows[0]) == len(SCORE_FIELDS)
    rows = [row for _, row in count_rows([ClusterCountScore(3, 0.9, 0.5, 0.7, 0.1)])]
    assert rows == [[3, 0.9, 0.5, 0.7, 0.1]] and len(rows[0]) == len(COUNT_FIELDS)
