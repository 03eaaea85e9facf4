"""The figures: valid plotly, few points, and the right numbers in the right place."""

import numpy as np
import pytest
from fumarole.algorithms.clustering.results import ClusterCount
from fumarole.ui.palette import cluster_colour
from fumarole.ui.reports import map_figure, profile_figures, quality_figures
from fumarole.ui.reports.figures import MAX_POINTS, plain_text, shortened, thinned


@pytest.fixture(scope="module")
def result(make_result):
    return make_result()


def figures_of(result, context):
    membership = result.membership
    coordinates, explained = profile_figures.principal_components(membership.latent)
    return {
        "map": map_figure.map_figure(membership, context),
        "agreement": quality_figures.agreement_figure(result.run_agreement),
        "silhouette": quality_figures.silhouette_figure(result.silhouette, membership.cluster),
        "count": quality_figures.count_figure(result.count),
        "certainty": quality_figures.certainty_figure(membership),
        "boxes": profile_figures.box_figure(result, range(len(result.feature_names))),
        "latent": profile_figures.latent_figure(coordinates, explained, membership, context),
    }


def test_plotly_accepts_every_figure(result, make_context):
    graph_objects = pytest.importorskip("plotly.graph_objects")
    for specification in figures_of(result, make_context(result)).values():
        graph_objects.Figure(specification)  # raises on an unknown property or a bad value


def test_thinning_is_regular_and_keeps_both_ends():
    rows = np.arange(100_001)
    kept = thinned(rows)
    assert len(kept) == MAX_POINTS
    assert (kept[0], kept[-1]) == (0, 100_000)
    assert np.ptp(np.diff(kept)) <= 1
    assert thinned(rows[:10]) is not None and len(thinned(rows[:10])) == 10


def test_large_figures_stay_small(make_result, make_context):
    large = make_result(n_samples=40_000, n_clusters=5)
    for name, specification in figures_of(large, make_context(large)).items():
        points = sum(len(trace.get("x", ())) for trace in specification["data"])
        assert points <= 1.2 * MAX_POINTS + 500, name


def test_map_draws_every_cluster_in_its_colour(result, make_context):
    context = make_context(result)
    figure = map_figure.map_figure(result.membership, context)
    markers = {trace["name"]: trace for trace in figure["data"] if trace["mode"] == "markers"}
    assert figure["layout"]["yaxis"]["scaleanchor"] == "x"
    for number in range(1, result.n_clusters + 1):
        size = int((result.membership.cluster == number).sum())
        trace = markers[f"Cluster {number} ({size})"]
        assert len(trace["x"]) == size
        assert trace["marker"]["color"] == cluster_colour(number)
    assert markers["Boreholes (9)"]["marker"]["symbol"] == "cross-thin-open"
    assert markers["Earthquakes (53)"]["marker"]["symbol"] == "circle-open"


def test_map_without_magnitudes_or_places(result, make_context):
    context = make_context(result, magnitudes=None)
    context.xy[:5] = np.nan
    figure = map_figure.map_figure(result.membership, context)
    drawn = sum(len(t["x"]) for t in figure["data"] if t.get("name", "").startswith(("Cluster", "Not assigned")))
    assert drawn == len(context.xy) - 5


def test_samples_not_assigned_do_not_bury_the_clusters(make_result, make_context):
    result = make_result(n_samples=9_000, n_dropped=7_000)
    rows = map_figure.drawn_rows(result.membership, make_context(result))
    assert (result.membership.cluster[rows] > 0).sum() == 2_000
    assert (result.membership.cluster[rows] == 0).sum() == MAX_POINTS // 5


@pytest.mark.parametrize(("smallest", "largest"), [(0.9, 19), (0.011, 0.5), (3e-6, 8e4), (120, 1.3e4)])
def test_logarithmic_axes_have_a_handful_of_ticks(smallest, largest):
    ticks = profile_figures._logarithmic_ticks(smallest, largest)
    visible = [tick for tick in ticks if smallest <= tick <= largest]
    assert 2 <= len(visible) <= 7


def test_larger_earthquakes_have_larger_circles():
    assert (np.diff(map_figure.magnitude_size_px([3, 4, 5, 6, 7])) > 0).all()


def test_boxes_hold_the_quantiles_of_the_cluster(result):
    figure = profile_figures.box_figure(result, [2])
    values = result.values[result.membership.cluster == 1, 2]
    box = figure["data"][0]
    drawn = [box[key][0] for key in ("lowerfence", "q1", "median", "q3", "upperfence")]
    np.testing.assert_allclose(drawn, np.nanquantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)), rtol=1e-5)


def test_only_wide_compositions_get_a_logarithmic_axis(result):
    layout = profile_figures.box_figure(result, range(len(result.feature_names)))["layout"]
    scales = [layout[f"yaxis{number or ''}"]["type"] for number in (0, *range(2, 9))]
    assert "log" in scales[:6]
    assert scales[6:] == ["linear", "linear"]


def test_principal_components_agree_with_the_singular_values():
    latent = np.random.default_rng(3).normal(size=(50, 4)) * (4, 3, 2, 1)
    latent[7] = np.nan
    coordinates, explained = profile_figures.principal_components(latent)
    known = np.delete(latent, 7, axis=0)
    singular = np.linalg.svd(known - known.mean(axis=0), compute_uv=False)
    assert np.isnan(coordinates[7]).all()
    np.testing.assert_allclose((np.delete(coordinates, 7, axis=0) ** 2).sum(axis=0), singular[:2] ** 2)
    np.testing.assert_allclose(explained, singular[:2] ** 2 / (singular**2).sum())


def test_silhouettes_fall_within_each_cluster(result):
    figure = quality_figures.silhouette_figure(result.silhouette, result.membership.cluster)
    assert len(figure["data"]) == result.n_clusters
    for trace in figure["data"]:
        assert (np.diff(trace["x"][1:-1]) <= 0).all()


def test_the_suggested_k_is_the_filled_circle(make_count):
    count = make_count(5)
    sizes = quality_figures.count_figure(count)["data"][0]["marker"]["size"]
    assert list(np.flatnonzero(sizes == sizes.max())) == [3]  # k = 2, 3, 4, 5
    single = ClusterCount(2, count.scores[:1], "Only k = 2 was tried.")
    assert len(quality_figures.count_figure(single)["data"]) == 4


def test_names_are_shown_as_they_are():
    assert plain_text("<b>As</b> & Sb") == "&lt;b&gt;As&lt;/b&gt; &amp; Sb"
    assert shortened("a" * 40, 10) == "a" * 9 + "\u2026"
