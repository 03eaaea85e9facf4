"""The clustering report: complete, self-contained, the same every time, and whole when parts are missing."""

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from fumarole.algorithms.clustering.results import MethodScore
from fumarole.ui.reports import page
from fumarole.ui.reports.cluster_count import cluster_count_report
from fumarole.ui.reports.clustering import clustering_report
from fumarole.ui.reports.clustering_words import comparison_sentences

HOSTILE = '"><script>alert(1)</script> \U0001f30b'
SECTIONS = [
    "Map",
    "What was done to the data",
    "Quality beside k-means and a Gaussian mixture",
    "Stability",
    "What the clusters are made of",
    "Latent space",
    "Silhouettes",
    "Choice of the number of clusters",
    "Certainty of the single samples",
    "Parameters, versions and references",
]
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Document(HTMLParser):
    """Reads a report: its text outside scripts, its references, and whether its elements nest."""

    def __init__(self, html):
        super().__init__()
        self.open, self.headings, self.references, self.scripts, self.tags = [], [], [], [], []
        self.words = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.references += [(tag, key, value) for key, value in attrs if key in ("src", "href", "action", "data")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.scripts.append(data)
        elif inside != "style":
            self.words.append(data)
        if inside == "h2":
            self.headings.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def without_plotly(monkeypatch):
    """Pretend that plotly is not installed."""
    monkeypatch.setitem(sys.modules, "plotly", None)
    monkeypatch.setitem(sys.modules, "plotly.offline", None)


@pytest.fixture
def small_library(monkeypatch):
    """Put a short text in the place of plotly.js, so that a test reads only what is ours."""
    monkeypatch.setattr(page, "_plotly_library", lambda: "/* plotly.js */")


@pytest.fixture(scope="module")
def result(make_result):
    return make_result()


def test_sections_and_findings(small_library, result, make_context):
    document = Document(clustering_report(result, make_context(result)))
    assert document.headings == SECTIONS
    assert document.open == []
    assert document.tags.count("figure") == 7
    assert "296 of 300 samples of simav_waters fall into 3 clusters" in document.text
    assert result.warnings[0] in document.text
    assert result.count.reason in document.text
    assert "71 % of the samples are below detection" in document.text
    for work in ("Xie", "Guo", "Rousseeuw", "Davies", "Aitchison"):
        assert f"{work}, " in document.text
    for value in ("EPSG:32635", "3.22.16", "12.3 s", "standard"):
        assert value in document.text


def test_nothing_is_fetched(small_library, result, make_context):
    html = clustering_report(result, make_context(result))
    document = Document(html)
    for tag, key, value in document.references:
        assert (tag, key) == ("a", "href")
        assert value.startswith(("#", "https://doi.org/"))
    without_links = re.sub(r'<a href="https://doi\.org/[^"]*">', "", html)
    assert not re.search(r"https?://|url\(|@import", without_links)
    assert "default-src 'none'" in html


def test_plotly_is_embedded_once(result, make_context):
    pytest.importorskip("plotly")
    html = clustering_report(result, make_context(result))
    assert html.count("* plotly.js v") == 1
    Document(html)


def test_same_input_same_bytes(small_library, make_result, make_context):
    first, second = make_result(), make_result()
    assert clustering_report(first, make_context(first)) == clustering_report(second, make_context(second))


def test_hostile_names_are_only_text(small_library, make_result, make_context):
    names = (HOSTILE, *make_result().feature_names[1:])
    result = make_result(names=names)
    result = replace(result, warnings=(HOSTILE,), notes=(HOSTILE,))
    context = make_context(
        result,
        title=HOSTILE,
        input_name=HOSTILE,
        crs=HOSTILE,
        parameters={HOSTILE: HOSTILE},
        versions={HOSTILE: HOSTILE},
        sample_ids=(HOSTILE,) * 300,
    )
    plain = clustering_report(make_result(), make_context(make_result()))
    html = clustering_report(result, context)
    assert html.lower().count("<script") == plain.lower().count("<script")
    assert HOSTILE in Document(html).text


def test_without_plotly_the_words_and_tables_remain(without_plotly, result, make_context):
    html = clustering_report(result, make_context(result))
    document = Document(html)
    assert document.headings == SECTIONS
    assert page.NO_FIGURES in document.text
    assert document.text.count("This figure is not drawn") == 7
    assert "Plotly.newPlot" not in html
    assert len(html) < 400_000


def test_a_hundred_thousand_samples_give_a_small_report(small_library, make_result, make_context):
    large = make_result(n_samples=100_000, n_clusters=8)
    html = clustering_report(large, make_context(large))
    assert len(html.encode()) < 2_000_000
    assert "Of 100\u202f000 samples, 5\u202f004 at regular steps are drawn." in html


def test_missing_parts(small_library, make_result, make_context):
    result = make_result(with_count=False, n_runs=1, n_dropped=0)
    context = make_context(result, xy=None, boreholes=None, earthquakes=None, magnitudes=None, hulls=(), elapsed_s=None)
    document = Document(clustering_report(result, context))
    assert "Choice of the number of clusters" not in document.headings
    assert "The number of clusters was set by the analyst." in document.text
    assert "The samples have no coordinates, so there is no map." in document.text
    assert "A single run was made" in document.text
    assert "not assigned." not in document.text.replace(result.warnings[0], "")
    assert "Duration" not in document.text


def test_one_cluster_without_silhouettes(small_library, make_result, make_context):
    result = make_result(n_clusters=1, with_count=False)
    nothing = MethodScore("Deep embedded clustering", np.nan, np.nan, np.nan, (296,))
    result = replace(result, scores=(nothing,), stability=np.nan)
    document = Document(clustering_report(result, make_context(result)))
    assert "Silhouettes need at least two clusters" in document.text
    assert "No silhouette could be computed." in document.text
    assert "was not measured" in document.text
    assert "nan" not in document.text.lower().split()


def test_extreme_values_and_empty_columns(small_library, make_result, make_context):
    result = make_result()
    result.values[:, 0] = 1e300
    result.values[:, 1] = np.nan
    result.values[0, 2] = np.inf
    result.membership.latent[:] = np.nan
    document = Document(clustering_report(result, make_context(result)))
    assert "There are too few latent coordinates to draw." in document.text
    assert not any(re.search(r"\b(NaN|Infinity)\b", script) for script in document.scripts[:-1])


def test_words_when_the_baseline_is_better(small_library, result, make_context):
    text = Document(clustering_report(result, make_context(result))).text
    assert "Deep embedded clustering does not beat k-means by the silhouette." in text
    assert "The silhouette of Deep embedded clustering is above that of Gaussian mixture." in text


def test_words_when_a_baseline_is_level():
    scores = [MethodScore(name, 0.401 + k / 1000, 1.0, 0.9, (3, 2)) for k, name in enumerate(("Own", "k-means"))]
    sentences = comparison_sentences(scores)
    assert sentences == ["Own and k-means reach the same silhouette: the simpler method would do here."]


def test_a_tiny_cluster_behind_a_high_silhouette_is_flagged(small_library, result, make_context):
    tiny = MethodScore("k-means", 0.87, 0.3, 0.99, (9_930, 70))
    flagged = replace(result, scores=(result.scores[0], tiny))
    expected = "k-means: the silhouette of 0.87 is misleading."
    assert expected in Document(clustering_report(flagged, make_context(result))).text
    assert "is misleading" not in Document(clustering_report(result, make_context(result))).text


@pytest.mark.parametrize(
    ("stability", "word"), [(0.95, "very stable"), (0.82, "stable:"), (0.7, "moderately"), (0.3, "unstable")]
)
def test_stability_in_words(small_library, result, make_context, stability, word):
    report = clustering_report(replace(result, stability=stability), make_context(result))
    assert f"The partition is {word}" in Document(report).text


def test_cluster_count_report(small_library, result, make_count, make_context):
    count = make_count(4)
    document = Document(cluster_count_report(count, make_context(result, title=HOSTILE)))
    assert document.headings == ["Quality over the number of clusters", "Parameters, versions and references"]
    assert "Suggested number of clusters: 4." in document.text
    assert count.reason in document.text
    assert document.tags.count("figure") == 1
    assert document.tags.count("tr") > len(count.scores)
