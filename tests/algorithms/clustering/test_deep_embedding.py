"""Soft assignment, target and refinement against the equations of the papers written out."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from fumarole.algorithms.clustering import deep_embedding
from fumarole.algorithms.clustering.autoencoder import encode_numpy, initial_arrays, is_anchored, pretrain
from fumarole.algorithms.clustering.deep_embedding import (
    assign,
    divide,
    initial_centres,
    refine,
    soft_assignment,
    target_distribution,
)
from fumarole.algorithms.errors import Cancelled
from fumarole.algorithms.networks import member_generators, row_batches

SEED = 5
ANCHORED = is_anchored(1, 2)
N_CLUSTERS = 3


@pytest.fixture(scope="module")
def features():
    """Three separate synthetic groups of 30, 20 and 10 samples in four features."""
    rng = np.random.default_rng(4)
    centres = 2.0 * np.eye(4)[:3]
    return np.vstack([centre + 0.2 * rng.normal(size=(size, 4)) for centre, size in zip(centres, (30, 20, 10))])


@pytest.fixture(scope="module")
def pretrained(features):
    return pretrain(features, initial_arrays(features, 1, 2, SEED), ANCHORED, 60, 32, SEED)


def refined(features, pretrained, **changes):
    options = {"max_steps": 40, "batch_size": 32, "seed": SEED, "n_init": 3, **changes}
    return refine(features, pretrained, ANCHORED, N_CLUSTERS, **options)


@pytest.fixture(scope="module")
def runs(features, pretrained):
    return refined(features, pretrained)


def literal_soft_assignment(points, centres):
    """Equation 1 of Xie et al. (2016) with one degree of freedom, term by term."""
    q = np.empty((len(points), len(centres)))
    for i, point in enumerate(points):
        for j, centre in enumerate(centres):
            q[i, j] = (1 + sum((a - b) ** 2 for a, b in zip(point, centre))) ** -1
        q[i] /= sum(q[i])
    return q


def literal_target(q):
    """Equation 3 of Xie et al. (2016), term by term."""
    p = np.empty_like(q)
    for i in range(q.shape[0]):
        for j in range(q.shape[1]):
            p[i, j] = q[i, j] ** 2 / sum(q[:, j])
        p[i] /= sum(p[i])
    return p


@given(st.integers(1, 12), st.integers(1, 5), st.integers(1, 4), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_soft_assignment_and_target_follow_the_papers(n_points, n_centres, n_latent, seed):
    rng = np.random.default_rng(seed)
    points, centres = rng.normal(size=(n_points, n_latent)), rng.normal(size=(n_centres, n_latent))
    q = soft_assignment(points, centres)
    assert q == pytest.approx(literal_soft_assignment(points, centres), abs=1e-9)
    p = target_distribution(q)
    assert p == pytest.approx(literal_target(q), abs=1e-9)
    assert q.sum(axis=1) == pytest.approx(1) and p.sum(axis=1) == pytest.approx(1)


def test_members_are_assigned_independently():
    rng = np.random.default_rng(0)
    points, centres = rng.normal(size=(3, 6, 2)), rng.normal(size=(3, 4, 2))
    batched = soft_assignment(points, centres)
    for member in range(3):
        assert batched[member] == pytest.approx(soft_assignment(points[member], centres[member]))
        assert target_distribution(batched)[member] == pytest.approx(target_distribution(batched[member]))


def test_soft_assignment_does_not_change_with_a_common_shift_or_rotation():
    rng = np.random.default_rng(1)
    points, centres = rng.normal(size=(10, 3)), rng.normal(size=(4, 3))
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    moved = soft_assignment(points @ rotation + 5, centres @ rotation + 5)
    assert moved == pytest.approx(soft_assignment(points, centres), abs=1e-9)


def test_the_target_is_sharper_and_lifts_small_clusters():
    q = np.array([[0.7, 0.3], [0.8, 0.2], [0.9, 0.1], [0.5, 0.5]])
    p = target_distribution(q)
    assert p[3, 1] > 0.5  # undecided: the smaller cluster gets it
    assert (p[1:3, 0] > q[1:3, 0]).all()
    assert target_distribution(np.eye(3)) == pytest.approx(np.eye(3))


def log_q(latent, centres):
    return torch.from_numpy(latent), torch.from_numpy(centres)


def test_the_divergence_is_zero_where_the_target_is_met_and_the_sum_of_the_definition_elsewhere():
    rng = np.random.default_rng(2)
    latent, centres = rng.normal(size=(2, 7, 3)), rng.normal(size=(2, 4, 3))
    q = soft_assignment(latent, centres)
    same = deep_embedding._divergence(torch.from_numpy(q), *log_q(latent, centres))
    assert same.numpy() == pytest.approx(0, abs=1e-12)
    p = target_distribution(q)
    divergence = deep_embedding._divergence(torch.from_numpy(p), *log_q(latent, centres)).numpy()
    for member in range(2):
        literal = sum(p[member, i, j] * np.log(p[member, i, j] / q[member, i, j]) for i in range(7) for j in range(4))
        assert divergence[member] == pytest.approx(literal / 7) and literal > 0


def test_first_centres_are_those_of_kmeans():
    latent = np.random.default_rng(3).normal(size=(2, 50, 3))
    centres = initial_centres(latent, 4, SEED, 3)
    assert centres.shape == (2, 4, 3)
    for member in range(2):
        expected = KMeans(4, n_init=3, random_state=SEED + member).fit(latent[member]).cluster_centers_
        assert centres[member] == pytest.approx(expected, abs=1e-6)


def test_first_centres_of_many_rows_come_from_a_sample(monkeypatch):
    latent = np.random.default_rng(3).normal(size=(1, 500, 2)) + np.repeat([[0.0], [20.0]], 250, axis=0)
    monkeypatch.setattr(deep_embedding, "_CENTRE_ROWS", 50)
    centres = np.sort(initial_centres(latent, 2, SEED, 3)[0], axis=0)
    assert centres == pytest.approx(np.array([[0.0, 0.0], [20.0, 20.0]]), abs=0.7)
    assert np.array_equal(centres, np.sort(initial_centres(latent, 2, SEED, 3)[0], axis=0))


def test_assigning_with_numpy_equals_the_assignment_in_torch(features, runs):
    again = assign(features, runs.arrays)
    assert again == pytest.approx(runs.soft_assignment, abs=1e-4)
    assert np.array_equal(again.argmax(axis=2), runs.labels)


def test_assigning_in_blocks_changes_nothing(features, runs, monkeypatch):
    whole = assign(features, runs.arrays)
    monkeypatch.setattr(deep_embedding, "_CHUNK", 7)
    assert assign(features, runs.arrays) == pytest.approx(whole, abs=1e-6)


def test_cells_divide_the_latent_space_of_finished_runs(features, runs):
    cells = divide(features, runs, 9, SEED)
    latent = encode_numpy(features, runs.arrays)
    assert cells.soft_assignment.shape == (3, 60, 9) and cells.n_steps == runs.n_steps
    for member in range(3):
        expected = KMeans(9, n_init=1, random_state=SEED + member).fit(latent[member])
        assert np.array_equal(cells.labels[member], expected.predict(latent[member]))
    assert all(cells.arrays[name] is array for name, array in runs.arrays.items() if name != "centres")


def test_refinement_equals_a_literal_idec_of_one_member_at_a_time(features, pretrained):
    """30 steps: one refresh of the target after 20; gamma 0.1; learning rate falling from 1e-3 to 0."""
    n_steps = 30
    runs = refined(features, pretrained, max_steps=n_steps)
    table = torch.from_numpy(features.astype(np.float32))
    centres = initial_centres(encode_numpy(features, pretrained), N_CLUSTERS, SEED, 3)
    start = {**pretrained, "centres": centres}

    for member in range(len(ANCHORED)):
        weights = {
            name: torch.tensor(array[member], dtype=torch.float32, requires_grad=True) for name, array in start.items()
        }
        optimiser = torch.optim.Adam(weights.values())
        batches = row_batches(60, 32, member_generators(SEED, 3, purpose=2))

        def encoded(inputs):
            return stack(inputs, "encoder") + (inputs @ weights["skip.encoder"] if member else 0)

        def stack(hidden, name):
            hidden = torch.relu(hidden @ weights[f"{name}.0.weight"] + weights[f"{name}.0.bias"])
            hidden = torch.relu(hidden @ weights[f"{name}.1.weight"] + weights[f"{name}.1.bias"])
            return hidden @ weights[f"{name}.2.weight"] + weights[f"{name}.2.bias"]

        def assigned(points):
            squared = ((points[:, None, :] - weights["centres"][None]) ** 2).sum(dim=2)
            return (1 / (1 + squared)) / (1 / (1 + squared)).sum(dim=1, keepdim=True)

        for step in range(n_steps):
            if step % 20 == 0:
                target = torch.from_numpy(literal_target(assigned(encoded(table)).detach().numpy()))
            optimiser.param_groups[0]["lr"] = 1e-3 * (1 - step / n_steps)
            rows = torch.from_numpy(next(batches)[member])
            inputs, p = table[rows], target[rows]
            points = encoded(inputs)
            output = stack(points, "decoder") + (points @ weights["skip.decoder"] if member else 0)
            divergence = (p * torch.log(p / assigned(points))).sum(dim=1).mean()
            loss = ((output - inputs) ** 2).mean() + 0.1 * divergence
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        q = assigned(encoded(table)).detach().numpy()
        assert runs.soft_assignment[member] == pytest.approx(q, abs=1e-3)
        assert runs.arrays["centres"][member] == pytest.approx(weights["centres"].detach().numpy(), abs=1e-3)


def test_separate_groups_are_found(runs):
    truth = np.repeat([0, 1, 2], (30, 20, 10))
    for labels in runs.labels[:2]:
        assert len({(a, b) for a, b in zip(truth, labels)}) == 3


def test_refinement_stops_when_the_labels_stand_still(features, pretrained, monkeypatch):
    assert refined(features, pretrained, max_steps=1000).n_steps == deep_embedding._LEAST_STEPS
    assert refined(features, pretrained, max_steps=33).n_steps == 33
    monkeypatch.setattr(deep_embedding, "_LEAST_STEPS", 0)
    monkeypatch.setattr(deep_embedding, "_STILL", 1.1)  # whatever changes counts as standing still
    assert refined(features, pretrained, max_steps=1000).n_steps == 2 * deep_embedding.REFRESH


def test_every_step_can_cancel(features, pretrained):
    calls = []

    def progress(fraction, message):
        calls.append((fraction, message))
        if len(calls) == 25:
            raise Cancelled

    with pytest.raises(Cancelled):
        refined(features, pretrained, progress=progress)
    n_members = len(ANCHORED)
    messages = ["Placing the first centres"] * n_members + ["Refining the clusters"] * (25 - n_members)
    assert [message for _, message in calls] == messages
    assert (np.diff([fraction for fraction, _ in calls]) > 0).all()


def test_the_same_seed_refines_the_same_way(features, pretrained, runs):
    np.random.seed(0)
    torch.manual_seed(3)
    states = np.random.get_state()[1].copy(), torch.get_rng_state().clone()
    again = refined(features, pretrained)
    assert np.array_equal(again.soft_assignment, runs.soft_assignment)
    assert np.array_equal(np.random.get_state()[1], states[0]) and torch.equal(torch.get_rng_state(), states[1])
