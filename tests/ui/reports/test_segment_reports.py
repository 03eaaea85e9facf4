"""The reports on trench segments: verdict first, whole without plotly or places, and nothing in them from the data."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from fumarole.algorithms.subduction.class_bounds import ClassBounds
from fumarole.algorithms.subduction.classifier import SegmentClassifier
from fumarole.algorithms.subduction.explanation import Explanation, summaries
from fumarole.algorithms.subduction.magnitude_regression import MagnitudeRegression
from fumarole.algorithms.subduction.permutation import Importance
from fumarole.algorithms.subduction.relevance import Relevance
from fumarole.algorithms.subduction.results import ClassifierScore, ExclusionCurve, FeatureImportance, TrainingResult
from fumarole.algorithms.subduction.segments import SegmentTable
from fumarole.ui.reports import page, relevance_figures, relevance_words, segment_words
from fumarole.ui.reports import segment_map_figure as segment_map_figure_module
from fumarole.ui.reports.context import ReportContext
from fumarole.ui.reports.exclusion_curve import curve_report
from fumarole.ui.reports.relevance import relevance_report
from fumarole.ui.reports.segment_figures import curve_figure, score_bars_figure
from fumarole.ui.reports.segment_map_figure import continuous_longitude, segment_map_figure, strip_figure
from fumarole.ui.reports.segment_sections import confusion_table
from fumarole.ui.reports.segment_training import training_report

HOSTILE = '</script><script>alert("x")</script>'
BOUNDS = ClassBounds((8.0,))
NAMES = ("CRD_UP_AVE", "FRE_DG_STD", "V_UP")
GROUPS = ("physical state", "dynamics", "kinematics")
VERDICT = "The network does not beat the nearest-segment rule, which uses no feature, at 100 km: 0.60 against 0.80."


@pytest.fixture(autouse=True)
def small_library(monkeypatch):
    """Put a short text in the place of plotly.js, so that a test reads only what is ours."""
    monkeypatch.setattr(page, "_plotly_library", lambda: "/* plotly.js */")


@pytest.fixture
def about():
    return ReportContext("Title", "segments", "", {"Bounds": "8"}, 42, {"QGIS": "3.22"}, "0.1.0", elapsed_s=1.0)


def segment_table(n=40, n_features=3, with_places=True, region="west"):
    """Return two synthetic trenches, the first across 180 degrees; the first segment has a blank feature."""
    half = n // 2
    position = 50.0 * np.concatenate([np.arange(half), np.arange(n - half)])
    values = np.random.default_rng(1).normal(size=(n, n_features))
    values[0, 0] = np.nan
    magnitude = np.where(np.arange(n) % 10 < 5, 8.6, 6.2)
    magnitude[3] = np.nan
    longitude = np.where(np.arange(n) < half, (178.0 + 0.2 * np.arange(n) + 180) % 360 - 180, -160.0)
    places = (longitude, np.linspace(-30, 20, n)) if with_places else (None, None)
    names = NAMES if n_features == 3 else tuple(f"F{j}" for j in range(n_features))
    return SegmentTable(names, values, magnitude, np.repeat([region, "east"], [half, n - half]), position, *places)


def score(classifier, f1, distance=100.0, n_classes=2, n_test=39):
    hits = int(n_test // n_classes * f1)
    confusion = np.full((n_classes, n_classes), 3) + (hits - 3) * np.eye(n_classes, dtype=int)
    sd = 0.0 if classifier in segment_words.RULES else 0.02
    f1_class = np.linspace(f1 - 0.1, f1 + 0.1, n_classes)
    return ClassifierScore(classifier, distance, f1, f1 - sd, sd, f1_class, f1 - 0.01, confusion, 25.4, n_test)


def three(network, nearest, majority, distance=100.0):
    values = {"network": network, "nearest_segment": nearest, "region_majority": majority}
    return tuple(score(name, f1, distance) for name, f1 in values.items())


def training(segments, **changes):
    rows = np.flatnonzero(np.isfinite(segments.values).all(axis=1))
    recipe = {"hidden": [128, 64], "learning_rate": 0.006}
    model = SegmentClassifier("network", segments.names, BOUNDS, None, {}, None, {"recipe": recipe})
    probability = np.tile([0.4, 0.6], (len(rows), 1))
    settings = {
        "model": model,
        "rows": rows,
        "blocks": three(0.6, 0.8, 0.65),
        "same_rupture": three(0.5, 0.55, 0.6),
        "region_out": three(0.4, 0.2, 0.2),
        "block": np.arange(len(rows)) % 5,
        "probability": {"network": probability},
        "verdict": VERDICT,
        "notes": ("1 of 40 segments have blank features and were left out.",),
    }
    return TrainingResult(**{**settings, **changes})


def curve_of(segments, distances=(0.0, 100.0, 300.0), **changes):
    rows = np.flatnonzero(np.isfinite(segments.values).all(axis=1))
    scores = tuple(entry for km in distances for entry in three(0.8 - km / 1000, 0.85, 0.6 + km / 5000, km))
    classes = BOUNDS.classes(segments.magnitude[rows])
    wrong = {"network": 4, "nearest_segment": 3, "region_majority": 2}  # one of so many segments
    found = {name: np.where(np.arange(len(rows)) % step, classes, 1 - classes) for name, step in wrong.items()}
    probability = {(name, km): np.eye(2)[number] for name, number in found.items() for km in distances}
    block, words = np.arange(len(rows)) % 5 - 1, ((VERDICT,), ("A note.",))
    return replace(ExclusionCurve(rows, classes, scores, block, probability, BOUNDS.names, *words), **changes)


def explanation_of(segments, **changes):
    rng = np.random.default_rng(2)
    rows = np.flatnonzero(np.isfinite(segments.values).all(axis=1))
    values = rng.normal(size=(len(rows), len(segments.names)))
    number = np.arange(len(rows)) % 2 + 1
    bias = np.full(len(rows), -0.5)
    members = np.stack([0.5 * values, 1.5 * values])
    output = values.sum(axis=1) + bias
    found = Relevance(members, np.stack([bias, bias]), output, 1e-9, np.full(len(rows), 0.17))
    groups = tuple(GROUPS[j % 3] for j in range(len(segments.names)))
    settings = {
        "names": segments.names,
        "groups": groups,
        "meanings": tuple(f"meaning of {name}" for name in segments.names),
        "class_names": BOUNDS.names,
        "rule": "epsilon",
        "rows": rows,
        "number": number,
        "relevance": found,
        "n_members": 5,
        "rank_agreement": 0.17,
        "reasons": tuple(f"Reason {row}." for row in rows),
        "summary": summaries(segments.names, groups, number, members, 2),
        "importance": Importance(np.abs(values).mean(axis=0), np.full(len(segments.names), 0.01)),
        "n_from_training": 4,
    }
    return Explanation(**{**settings, **changes})


def plain_text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", " ", html, flags=re.DOTALL)))


def figures_of(html):
    found = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    return [json.loads(text) for text in found]


def reports(segments, about):
    yield training_report(training(segments), segments, about)
    yield curve_report(curve_of(segments), segments, about)
    yield relevance_report(explanation_of(segments), segments, about)


# all three ----------------------------------------------------------------------------------------------------------


def test_the_verdict_stands_before_everything_else(about):
    segments = segment_table()
    trust = explanation_of(segments).trust
    for html, sentence in zip(reports(segments, about), (VERDICT, VERDICT, trust)):
        summary = html[html.index('<div class="summary">') :]
        assert sentence in plain_text(summary)[: len(sentence) + 20]


def test_names_from_the_data_are_only_text(about):
    for index, plain in enumerate(reports(segment_table(), about)):
        segments = replace(segment_table(region=HOSTILE), names=(HOSTILE, "b", "c"))
        named = replace(about, title=HOSTILE, input_name=HOSTILE, parameters={HOSTILE: HOSTILE})
        hostile = list(reports(segments, named))[index]
        assert hostile.lower().count("<script") == plain.lower().count("<script")
        assert "&lt;script&gt;" in hostile


def test_without_places_there_are_strips_and_no_map(about):
    with_map, without = segment_table(), segment_table(with_places=False)
    for html, bare in zip(reports(with_map, about), reports(without, about)):
        assert "there is no map" in bare and "there is no map" not in html
        assert len(figures_of(bare)) == len(figures_of(html)) - 1


def test_without_plotly_the_words_and_tables_remain(monkeypatch, about):
    monkeypatch.setattr(page, "_plotly_library", lambda: "")
    for html in reports(segment_table(), about):
        assert page.NO_FIGURES in html and "<table" in html and "Plotly.newPlot" not in html


def test_the_same_result_gives_the_same_bytes(about):
    assert list(reports(segment_table(), about)) == list(reports(segment_table(), about))


def test_many_segments_and_features_give_a_small_report(about):
    for html in reports(segment_table(600, 48), about):
        assert len(html.encode()) < 1_000_000


def test_nothing_is_missing_where_little_is_known(about):
    """One trench without earthquakes, a class nobody was given, one network, one distance."""
    segments = replace(segment_table(with_places=False), magnitude=np.full(40, np.nan))
    alone = training(segments, region_out=(), notes=())
    unknown = {"importance": None, "n_from_training": None}
    nothing = explanation_of(segments, number=np.ones(39, dtype=int), n_members=1, **unknown)
    nothing = replace(
        nothing,
        summary=summaries(nothing.names, nothing.groups, nothing.number, nothing.relevance.member_values[:1], 2),
        relevance=replace(nothing.relevance, rank_agreement=np.full(39, np.nan)),
        rank_agreement=float("nan"),
    )
    texts = [
        plain_text(training_report(alone, segments, about)),
        plain_text(curve_report(curve_of(segments, (100.0,), notes=()), segments, about)),
        plain_text(relevance_report(nothing, segments, about)),
    ]
    for text in texts:
        assert not re.search(r"\b(nan|None|inf)\b", text)
    assert "no earthquake is known for any of them" in texts[0] and "left out" not in texts[0].lower()
    assert "second opinion" not in texts[2].lower()


# training -----------------------------------------------------------------------------------------------------------


def test_training_shows_every_test_and_what_remains_of_the_score(about):
    segments = segment_table()
    text = plain_text(training_report(training(segments), segments, about))
    assert "reaches a macro F1 of 0.50 (0.55 by the nearest-segment rule)" in text
    assert "it reaches 0.39 over all segments together" in text
    assert "Network: no better than the commonest class of the region at 100 km." in text
    assert "1 of 40 segments have blank features" in text
    assert "Which features it needs" not in text and "The magnitude itself" not in text


def test_the_context_classifier_is_declared(about):
    segments = segment_table()
    model = replace(training(segments).model, classifier="context")
    blocks = (score("context", 0.9), *three(0.6, 0.8, 0.65)[1:])
    context = training(segments, model=model, blocks=blocks, probability={"context": np.tile([0.4, 0.6], (39, 1))})
    assert segment_words.CONTEXT_WORDS in plain_text(training_report(context, segments, about)).split("Segments 39")[0]


def test_importance_and_magnitude_have_their_sections_where_they_were_asked_for(about):
    segments = segment_table()
    importance = FeatureImportance(NAMES, np.array([0.03, 0.001, -0.02]), np.array([0.01, 0.01, 0.01]))
    guesses = np.linspace(5, 8, 39)
    regression = MagnitudeRegression(guesses, guesses / 50, guesses, 1.2, 1.0, 1.5, 0.4, ("A note on magnitudes.",))
    result = training(segments, importance=importance, regression=regression)
    text = plain_text(training_report(result, segments, about))
    assert "For 1 of 3 features the loss exceeds its scatter between the folds: CRD_UP_AVE (0.030)." in text
    assert "better than the mean of all, but not than the nearest segment" in text and "A note on magnitudes." in text


@pytest.mark.parametrize(
    ("errors", "words"),
    [((1.0, 1.2, 1.5), "better than either rule"), ((1.6, 1.2, 1.5), "no better than the rules")],
)
def test_the_magnitude_is_judged_by_the_rules(errors, words):
    rmse, nearest, mean = errors
    zeros = np.zeros(3)
    assert words in segment_words.regression_sentence(
        MagnitudeRegression(zeros, zeros, zeros, rmse, nearest, mean, 0.1, ())
    )


def test_bars_stand_beside_one_another_and_hold_the_scores():
    figure = score_bars_figure([("Trench blocks", three(0.6, 0.8, 0.7)), ("Region left out", three(0.4, 0.2, 0.2))])
    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert [bar["y"] for bar in bars] == [[0.6, 0.4], [0.8, 0.2], [0.7, 0.2]]
    assert all(np.diff([bar["x"][0] for bar in bars]) >= bars[0]["width"])
    assert "error_y" in bars[0] and "error_y" not in bars[1]


# curve --------------------------------------------------------------------------------------------------------------


def test_the_curve_draws_rules_dashed_and_the_spread_of_the_classifier(about):
    curve = curve_of(segment_table())
    traces = curve_figure(curve.scores)["data"]
    band = next(trace for trace in traces if trace.get("fill") == "toself")
    assert max(band["y"]) == pytest.approx(0.8) and min(band["y"]) == pytest.approx(0.5 - 0.04)
    assert band["name"] == "Network: one repeat alone, mean \u00b1 sd"
    assert any(trace["y"] == pytest.approx([0.78, 0.68, 0.48]) for trace in traces)  # and its middle
    dashes = {trace["name"]: trace["line"]["dash"] for trace in traces if "dash" in trace.get("line", ())}
    assert dashes == {
        "Network": "solid",
        "Nearest segment (no feature)": "dash",
        "Majority of the region (no feature)": "dot",
    }
    hover = next(trace for trace in traces if trace.get("name") == "Network")["customdata"][1]
    assert "trained on 25 segments, tested on 39" in hover


def test_one_distance_has_whiskers_in_place_of_a_band():
    traces = curve_figure(three(0.6, 0.8, 0.7))["data"]
    assert not any(trace.get("fill") == "toself" for trace in traces)
    assert ["error_y" in trace for trace in traces[:3]] == [True, False, False]


def test_the_curve_tells_where_the_majority_is_as_good(about):
    segments = segment_table()
    text = plain_text(curve_report(curve_of(segments), segments, about))
    assert "Network: no better than the commonest class of the region at 300 km." in text
    assert text.count("At 100 km") == text.count("At 0 km") == text.count("At 300 km") == 1
    assert "A note." in text


def test_the_curve_tells_where_network_and_rule_are_wrong(about):
    segments = segment_table()
    curve = curve_of(segments)
    html = curve_report(curve, segments, about)
    tested, row = curve.block >= 0, np.arange(len(curve.rows))
    network, rule = tested & (row % 4 == 0), tested & (row % 3 == 0)
    numbers = (np.sum(network & ~rule), np.sum(network & rule), np.sum(rule & ~network))
    expected = "{} segments wrong that the rule has right, {} wrong as the rule, {} right that the rule has wrong."
    assert f"Network: {expected.format(*numbers)}" in plain_text(html)
    fold = html[html.index("<summary>Where along the trenches they are wrong, at 100 km") :]
    names = {trace["name"]: len(trace["x"]) for trace in figures_of(fold)[0]["data"]}
    assert names["wrong, nearest segment right"] == numbers[0] and names["never tested"] == np.sum(~tested)


def test_a_score_behind_the_nearest_segment_is_shaded(about):
    segments = segment_table()
    html = curve_report(curve_of(segments), segments, about)
    overview = html[html.index("Macro F1 by distance") :].split("</table>")[0]
    assert overview.count("background:#fff1dc") == 3  # the network at every distance, no rule


def test_confusion_shows_row_percentages_and_counts():
    confusion = np.array([[30, 10], [5, 15]])
    html = confusion_table(replace(score("network", 0.7), confusion=confusion), BOUNDS.names)
    text = plain_text(html)
    for number in ("75\u00a0%", "25\u00a0%", "30", "10", "40 segments", "20 segments"):
        assert number.replace("\u00a0", " ") in text


def test_a_class_without_segments_has_no_percentages():
    html = confusion_table(replace(score("network", 0.7), confusion=np.array([[5, 0], [0, 0]])), BOUNDS.names)
    assert "nan" not in html.lower()


def test_ruptures_count_the_same_earthquake_once():
    segments = segment_table()
    sentence = segment_words.sample_sentence(segments)
    known = segments.magnitude[np.isfinite(segments.magnitude)]
    assert len(known) == 39 and segment_words.n_ruptures(segments) == 9  # one is cut by the unknown segment
    assert "for 1 no earthquake is known" in sentence and "hold 9 earthquakes" in sentence and "2 trenches" in sentence


def test_epicentres_are_not_taken_for_ruptures():
    segments = replace(segment_table(), magnitude=np.linspace(6.0, 8.5, 40))
    sentence = segment_words.sample_sentence(segments)
    assert "No two neighbours have the same magnitude" in sentence and "rupture" not in sentence
    assert "They hold 8 earthquakes" in segment_words.sample_sentence(
        replace(segments, magnitude=np.repeat(np.linspace(6, 8, 8), 5))
    )


# places -------------------------------------------------------------------------------------------------------------


def test_neighbours_across_180_degrees_stay_neighbours():
    longitude = np.array([178.0, 179.5, -179.0, -170.0])
    assert np.diff(continuous_longitude(longitude)) == pytest.approx([1.5, 1.5, 9.0])
    assert continuous_longitude(np.array([350.0, 10.0])) == pytest.approx([-10.0, 10.0])
    assert continuous_longitude(np.array([-75.0, -70.0])) == pytest.approx([-75.0, -70.0])
    assert continuous_longitude(np.array([20.0])) == pytest.approx([20.0])


def test_names_on_the_map_keep_clear_of_each_other():
    """Two trenches beside one another, whose names in the middle would cover each other."""
    latitude = np.concatenate([np.linspace(0, 20, 20), np.linspace(0, 20, 20)])
    longitude = np.repeat([140.0, 140.8], 20)
    region = np.repeat(["Izu-Bonin-Mariana", "Ryukyu-Nankai"], 20)
    segments = replace(segment_table(), longitude=longitude, latitude=latitude, region=region)
    labels = segment_map_figure(segments, np.zeros(40, dtype=int), [(0, "a", "#000000")], str)["layout"]["annotations"]
    scale = np.array([30.0, 30.0])
    boxes = [segment_map_figure_module._box(label, scale) for label in labels]
    assert segment_map_figure_module._overlap(*boxes) == 0
    assert segment_map_figure_module._overlap(boxes[0], boxes[0]) > 1000


def test_the_map_names_every_trench_once_and_draws_every_segment():
    segments = segment_table()
    groups = [(0, "a", "#000000"), (1, "b", "#ffffff")]
    figure = segment_map_figure(segments, np.arange(40) % 2, groups, str)
    assert [re.sub("<.*?>", "", label["text"]) for label in figure["layout"]["annotations"]] == ["west", "east"]
    drawn = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert sum(len(trace["x"]) for trace in drawn) == 40
    assert np.ptp(np.concatenate([trace["x"] for trace in drawn])) < 25
    assert all(-180 <= float(text[:-2]) <= 180 for text in figure["layout"]["xaxis"]["ticktext"] if text[-1] in "EW")


def test_strips_have_one_bar_per_segment_and_lane():
    segments = segment_table()
    lanes = (np.zeros(40, dtype=int), np.arange(40) % 2)
    figure = strip_figure(segments, lanes, [(0, "a", "#000000"), (1, "b", "#ffffff")], str)
    assert sum(len(trace["x"]) for trace in figure["data"]) == 80
    assert all((np.asarray(trace["x"]) == 50.0).all() for trace in figure["data"])
    assert [trace["showlegend"] for trace in figure["data"]] == [True, True, False, False]


# relevance ----------------------------------------------------------------------------------------------------------


def test_relevance_is_drawn_by_group_with_the_biases_last():
    segments = segment_table(n_features=6)
    explanation = explanation_of(segments)
    taken = segments.take(explanation.rows)
    columns = relevance_figures.columns_of(taken)
    order = sorted(range(6), key=lambda j: GROUPS.index(explanation.groups[j]))
    heat = relevance_figures.feature_heatmap(explanation, columns, order, 1.0)["data"][0]
    assert list(heat["y"]) == [segments.names[j] for j in order] + ["All biases"]
    assert heat["z"][0] == pytest.approx(explanation.relevance.values[columns.rows, order[0]], abs=1e-3)
    assert heat["z"][-1] == pytest.approx(np.full(39, -0.5))
    balance = relevance_figures.group_heatmap(explanation, columns, 1.0)["data"][0]["z"]
    assert balance.sum(axis=0) == pytest.approx(explanation.relevance.output[columns.rows], abs=3e-3)


def test_every_segment_has_a_column_of_its_own_even_without_a_position():
    segments = segment_table()
    segments = replace(segments, position_km=np.where(np.arange(40) < 3, np.nan, 7.0))
    labels = relevance_figures.columns_of(segments).labels
    assert len(labels) == len(set(labels)) == 40


def test_relevance_words_follow_the_numbers(about):
    segments = segment_table()
    explanation = explanation_of(segments)
    text = plain_text(relevance_report(explanation, segments, about))
    assert "4 of 39 explained segments were used in training" in text
    assert "Permutation importance ranks the features much as the relevance (rank correlation 1.00)." in text
    assert "nothing was lost or made up" in text
    for row in (explanation.rows[0], explanation.rows[-1]):
        assert f"Reason {row}." in text
    turned = replace(explanation, importance=Importance(-explanation.importance.mean, explanation.importance.sd))
    assert "differently than" in relevance_words.opinion_sentence(turned)
    assert "do not compare" in relevance_words.conservation_sentence(0.01)


def test_shares_add_up():
    explanation = explanation_of(segment_table(n_features=6))
    assert sum(relevance_words.group_shares(explanation).values()) == pytest.approx(1.0)
    features = np.abs(explanation.relevance.values).sum()
    assert relevance_words.bias_share(explanation.relevance) == pytest.approx(19.5 / (19.5 + features))


def test_rank_correlation_agrees_with_scipy():
    scipy_stats = pytest.importorskip("scipy.stats")
    first, second = np.random.default_rng(3).integers(0, 5, (2, 30)).astype(float)
    expected = scipy_stats.spearmanr(first, second)[0]
    assert relevance_words.rank_correlation(first, second) == pytest.approx(expected)
    assert np.isnan(relevance_words.rank_correlation(first, np.ones(30)))


def test_bars_of_a_class_show_the_spread_of_segments_and_of_networks(about):
    explanation = explanation_of(segment_table())
    leading = max((one for one in explanation.summary if one.number == 1), key=lambda one: one.mean_absolute)
    _, whiskers, networks, _ = relevance_figures.class_features_figure(explanation, 1)["data"]
    for trace, spread in ((networks, leading.member_sd), (whiskers, leading.sd)):
        assert trace["x"][:2] == pytest.approx([leading.mean - spread, leading.mean + spread], abs=1e-4)
    assert len(relevance_figures.class_features_figure(replace(explanation, n_members=1), 1)["data"]) == 3
    text = plain_text(relevance_report(explanation, segment_table(), about))
    assert "meaning of CRD_UP_AVE" in text and "Deviation of networks" in text
    assert "between the networks. Where it reaches across 0" in text


@pytest.mark.parametrize(
    ("f1_macro", "expected"),
    [
        (0.65, ""),
        (0.61, "Network: no better than the commonest class of the region at 100 km, or by less than its own spread."),
        (0.59, "Network: no better than the commonest class of the region at 100 km."),
    ],
)
def test_a_lead_over_the_commonest_class_counts_from_the_spread_on(f1_macro, expected):
    scores = [
        SimpleNamespace(classifier=name, distance_km=100.0, f1_macro=f1, f1_sd=sd)
        for name, f1, sd in (("network", f1_macro, 0.02), ("region_majority", 0.6, 0.0))
    ]
    assert segment_words.majority_sentence(scores, "network") == expected
