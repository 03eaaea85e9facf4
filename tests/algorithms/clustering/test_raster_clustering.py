"""Clustering of a sample of pixels: what is found, what is said, what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from fumarole.algorithms.clustering.analysis import Options
from fumarole.algorithms.clustering.distillation import Student
from fumarole.algorithms.clustering.raster_assignment import assign_blocks
from fumarole.algorithms.clustering.raster_clustering import agreement_sentence, cluster_pixels
from fumarole.algorithms.errors import DataError

OPTIONS = Options(n_clusters=3, effort="quick", transform="yeo_johnson", missing="skip")


def pixels(n_pixels=600, seed=0):
    """Synthetic: values ``(n_pixels, 3)`` of three groups, the third band named with "field", and the groups."""
    generator = np.random.default_rng(seed)
    group = generator.choice(3, n_pixels, p=(0.5, 0.3, 0.2))
    return np.array([[0, 6, 0], [6, 0, 0], [0, 0, 6]])[group] + generator.normal(size=(n_pixels, 3)), group


@pytest.fixture(scope="module")
def run():
    values, group = pixels()
    values = np.column_stack([values, np.full(len(values), 7.0)])
    return (*cluster_pixels(("slope", "gravity", "magnetic field", "flat field"), values, OPTIONS), values, group)


def test_groups_are_found_and_the_map_agrees_with_the_consensus(run):
    from sklearn.metrics import adjusted_rand_score

    result, model, values, group = run
    assert adjusted_rand_score(group, result.membership.cluster) > 0.95
    ((cluster, _, _),) = assign_blocks(model, [values[:, :3].T.astype(np.float32)])
    assert model.student.agreement > 0.95
    assert (cluster == result.membership.cluster).mean() == pytest.approx(model.student.agreement, abs=0.05)


def test_a_constant_band_is_left_out_and_said(run):
    result, model, _, _ = run
    assert model.transform.names == ("slope", "gravity", "magnetic field")
    assert "Band 'flat field' dropped: all its values are equal (7)." in result.warnings


def test_sentences_speak_of_bands_and_keep_names(run):
    result, _, _, _ = run
    text = " ".join((*result.notes, *result.warnings))
    assert "3 bands were Yeo-Johnson transformed." in text
    assert "ields" not in text and "Field" not in text


def test_the_first_thing_said_is_how_far_the_map_may_differ(run):
    result, model, _, _ = run
    assert result.warnings[0] == agreement_sentence(model.student)
    assert f"{100 * model.student.agreement:.1f} % of 120 sampled pixels" in result.warnings[0]


def test_a_poor_agreement_is_told_with_what_to_do():
    assert "take a larger sample" in agreement_sentence(Student({}, 0.9, 100))
    assert "take a larger sample" not in agreement_sentence(Student({}, 0.96, 100))
    assert "too few pixels" in agreement_sentence(Student({}, float("nan"), 0))


@pytest.mark.parametrize(
    "n_bands, n_pixels, n_clusters, sentence",
    [
        (1, 100, 3, "1 usable band, and clustering needs at least 2"),
        (3, 4, 2, "Only 4 pixels have data in all bands, and at least 5"),
        (3, 10, 10, "Only 10 pixels have data in all bands, and at least 11"),
        (3, 300, 255, "more than the 254"),
    ],
)
def test_what_cannot_be_clustered_is_refused_with_a_sentence(n_bands, n_pixels, n_clusters, sentence):
    values, _ = pixels(n_pixels)
    with pytest.raises(DataError, match=sentence):
        cluster_pixels(("a", "b", "c")[:n_bands], values[:, :n_bands], replace(OPTIONS, n_clusters=n_clusters))


def test_errors_speak_of_bands():
    values = np.column_stack([np.arange(50.0), np.ones(50), np.ones(50)])
    with pytest.raises(DataError, match="at least 2 usable bands.*'field b': all its values are equal"):
        cluster_pixels(("a", "field b", "c"), values, OPTIONS)
