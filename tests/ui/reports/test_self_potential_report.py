"""The self-potential reports: what they say, what they show, and that nothing in them is code from the data."""

import re

import numpy as np
import pytest

from fumarole.algorithms.self_potential.answers import Alternative, answer_of, failed
from fumarole.algorithms.self_potential.bodies import potential
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.model_choice import invert_shapes
from fumarole.algorithms.self_potential.posterior import depth_posterior
from fumarole.ui.reports import sp_words
from fumarole.ui.reports.context import ReportContext
from fumarole.ui.reports.self_potential import SurveyMap, self_potential_report
from fumarole.ui.reports.sp_figures import profile_figure
from fumarole.ui.reports.sp_posterior_figure import level_of, posterior_figure

X_M = np.linspace(0.0, 150.0, 76)


@pytest.fixture(scope="module")
def answer():
    """A sphere under synthetic noise, with alternatives and posterior."""
    values = potential("sphere", X_M, 70.0, 25.0, 280.0, 60_000.0) + np.random.default_rng(3).normal(0, 2.0, len(X_M))
    inversion = invert_profiles(X_M, values, "sphere", "linear")
    tried = invert_shapes(X_M, values, backgrounds=("none", "linear"))
    alternatives = tuple(Alternative(one, float(weight)) for one, weight in zip(tried.inversions, tried.weights[0]))
    return answer_of(0, inversion, 0).with_report(alternatives, depth_posterior(inversion))


@pytest.fixture
def context():
    return ReportContext(
        title="Invert self-potential",
        input_name="<b>stations</b>",
        crs="EPSG:32635",
        parameters={"Body": "sphere"},
        seed=42,
        versions={"QGIS": "3.22"},
        plugin_version="0.1.0",
    )


def plain_text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", " ", html, flags=re.DOTALL)))


def test_one_line_is_told_in_words(answer, context):
    html = self_potential_report(["L1"], [answer], [0], None, context)
    text = plain_text(html)
    assert re.search(r"The sphere lies \d+\.\d ± \d\.\d m along the line and 2\d\.\d ± \d\.\d m below it", text)
    assert "positive peak" in text and "How well place and depth are known" in text and "All lines" not in text
    assert "<b>stations</b>" not in html


def test_many_lines_have_a_table_a_map_and_the_reasons_of_failures(answer, context):
    answers = [answer, *(failed(index, "has no self-potential value: every station is empty.") for index in (1, 2))]
    places = SurveyMap(np.array([[1.0, 2.0], [np.nan, np.nan], [np.nan, np.nan]]), [np.zeros((5, 2))] * 3)
    text = plain_text(self_potential_report(["a", "b", "c"], answers, [0], places, context))
    assert "1 of 3 lines" in text and "2 lines: b, c: Not inverted" in text and "Line a" in text


def test_reports_are_the_same_byte_by_byte(answer, context):
    first, second = (self_potential_report(["L1"], [answer], [0], None, context) for _ in range(2))
    assert first == second


def test_the_figure_shows_every_station_and_points_the_arrow_as_the_section_does(answer):
    figure = profile_figure(answer)
    assert len(figure["data"][0]["x"]) == len(X_M)
    (arrow,) = figure["layout"]["annotations"]
    angle = np.radians(answer.inversion.angle_deg[0, 0])
    assert (arrow["xshift"], arrow["yshift"]) == pytest.approx((34 * np.cos(angle), -34 * np.sin(angle)))
    depth_axis = figure["layout"]["yaxis3"]["range"]
    assert depth_axis[0] > answer.inversion.depth_m[0, 0] > 0 > depth_axis[1]  # grows downwards
    assert [trace["name"] for trace in figure["data"][:3]] == ["Observed", "Fitted", "Background"]


def test_the_regions_of_the_posterior_hold_what_they_say(answer):
    probability = answer.posterior.probability
    for share in (0.5, 0.95):
        inside = probability[probability >= level_of(probability, share)].sum()
        assert inside == pytest.approx(share, abs=0.02)
    assert len(posterior_figure(answer)["data"]) == 4


@pytest.mark.parametrize(
    ("shape", "angle", "words"),
    [
        ("sphere", 270.0, "positive peak"),
        ("sphere", 95.0, "negative peak"),
        ("sphere", 315.0, "obliquely upwards towards +x"),
        ("sphere", 130.0, "obliquely downwards towards -x"),
        ("sphere", 355.0, "nearly along +x"),
        ("sheet", 45.0, "towards +x"),
        ("sheet", 135.0, "towards -x"),
        ("sheet", 92.0, "nearly upright"),
        ("sheet", 175.0, "nearly flat"),
    ],
)
def test_angles_in_words(shape, angle, words):
    assert words in sp_words.direction_words(shape, angle)


def test_a_small_deviation_keeps_its_digits():
    assert sp_words.with_sd(11.34, 0.004, 1) == "11.340 ± 0.004"
    assert sp_words.with_sd(76.24, 1.24, 1) == "76.2 ± 1.2"
    assert sp_words.with_sd(76.24, float("nan"), 1) == "76.2"


def test_strengths_in_words():
    assert sp_words.strength_with_sd(2.704e6, 1.9e5) == "(2.70 ± 0.19)e6"
    assert sp_words.strength_with_sd(190.2, 22.3) == "190 ± 22"
    assert sp_words.strength_with_sd(5.0, 1e9) == "not determined"
