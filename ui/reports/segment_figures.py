"""Figures of how well trench segments are classified: scores over distance, by class, and side by side."""

import numpy as np

from ..palette import NOT_ASSIGNED
from .figures import GRID, INK, TOOLBAR_PX, axis, layout, transparent
from .formats import count, fixed
from .segment_words import RULES, by_distance, classifier_name, classifiers_of

CLASSIFIER_COLOURS = {
    "network": "#0072B2",
    "extra_trees": "#D55E00",
    "context": "#009E73",
    "nearest_segment": INK,
    "region_majority": NOT_ASSIGNED,
}
_DASHES = {"nearest_segment": "dash", "region_majority": "dot"}
_SYMBOLS = {
    "network": "circle",
    "extra_trees": "square",
    "context": "diamond",
    "nearest_segment": "circle-open",
    "region_majority": "square-open",
}
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"}


def curve_figure(scores):
    """Return macro F1 against exclusion distance, with the training segments left at each distance below it.

    Parameters
    ----------
    scores : sequence of ClassifierScore
    """
    traces = []
    for classifier in classifiers_of(scores):
        own = by_distance(scores, classifier)
        if classifier not in RULES and len(own) > 1:
            traces += [_band(own), _single_line(own)]
        traces.append(_curve(own, [score.f1_macro for score in own], _whole_hover))
    first = by_distance(scores, classifiers_of(scores)[0])
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [score.distance_km for score in first],
            "y": [round(score.n_train, 1) for score in first],
            "yaxis": "y2",
            "fill": "tozeroy",
            "fillcolor": transparent(INK, 0.08),
            "line": {"color": "#56657a", "width": 1.6},
            "marker": {"size": 5},
            "showlegend": False,
            "hovertemplate": "%{x:g} km: %{y:.0f} training segments in a fold, on average<extra></extra>",
        }
    )
    settings = {
        "xaxis": axis("Exclusion distance (km)", anchor="y2", rangemode="tozero"),
        "yaxis": axis("Macro F1", domain=[0.27, 1.0], range=_score_range(scores)),
        "yaxis2": axis("Trained on", domain=[0.0, 0.19], rangemode="tozero", nticks=4),
        "legend": _LEGEND,
    }
    return {"data": traces, "layout": layout(560, **settings)}


def class_curve_figure(scores, place):
    """Return F1 of the class at ``place`` (from 0) against exclusion distance."""
    traces = []
    for classifier in classifiers_of(scores):
        own = by_distance(scores, classifier)
        traces.append(_curve(own, [float(score.f1_class[place]) for score in own], _class_hover))
    settings = {
        "xaxis": axis("Exclusion distance (km)", rangemode="tozero"),
        "yaxis": axis("F1", range=[0, 1.02]),
        "legend": {"orientation": "h", "x": 0, "y": -0.28, "yanchor": "top", "font": {"size": 10}},
        "margin": {"l": 48, "r": 8, "t": TOOLBAR_PX, "b": 48},
    }
    return {"data": traces, "layout": layout(360, **settings)}


def score_bars_figure(tests):
    """Return the scores of the same classifiers in several tests beside one another.

    Parameters
    ----------
    tests : sequence of (str, sequence of ClassifierScore)
        Short name of the test, and its scores in the same order of classifiers.
    """
    classifiers = [score.classifier for score in tests[0][1]]
    width = 0.8 / len(classifiers)
    traces = []
    for index, classifier in enumerate(classifiers):
        own = [scores[index] for _, scores in tests]
        x = [place + (index - (len(classifiers) - 1) / 2) * width for place in range(len(tests))]
        bar = {
            "type": "bar",
            "name": classifier_name(classifier),
            "x": np.round(x, 4),
            "y": [round(score.f1_macro, 4) for score in own],
            "width": 0.92 * width,
            "text": [fixed(score.f1_macro) for score in own],
            "textposition": "inside",
            "insidetextanchor": "start",
            "marker": _bar_marker(classifier),
            "customdata": [_whole_hover(score) for score in own],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        if classifier not in RULES:
            bar["error_y"] = {"array": [round(score.f1_sd, 4) for score in own], "thickness": 1.4, "width": 5}
        traces.append(bar)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "all tested segments together",
                "legendgroup": "pooled",
                "legendrank": 2000,
                "showlegend": index == 0,
                "x": np.round(x, 4),
                "y": [round(score.f1_pooled, 4) for score in own],
                "marker": {"symbol": "diamond", "size": 9, "color": "#ffffff", "line": {"color": INK, "width": 1.6}},
                "hovertemplate": f"{classifier_name(classifier)}<br>all tested segments together: %{{y:.3f}}"
                "<extra></extra>",
            }
        )
    settings = {
        "xaxis": axis(
            tickvals=list(range(len(tests))),
            ticktext=["<br>".join(name.split(" ", 1)) for name, _ in tests],
            tickangle=0,
            range=[-0.5, len(tests) - 0.5],
            showgrid=False,
            ticks="",
        ),
        "yaxis": axis("Macro F1", range=[0, 1.02], gridcolor=GRID),
        "legend": _LEGEND,
        "bargap": 0,
    }
    return {"data": traces, "layout": layout(430, **settings)}


def _curve(own, values, hover):
    classifier = own[0].classifier
    rule = classifier in RULES
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": classifier_name(classifier),
        "legendgroup": classifier,
        "x": [score.distance_km for score in own],
        "y": np.round(values, 4),
        "line": {
            "color": CLASSIFIER_COLOURS[classifier],
            "width": 2 if rule else 2.6,
            "dash": _DASHES.get(classifier, "solid"),
        },
        "marker": {"symbol": _SYMBOLS[classifier], "size": 7},
        "cliponaxis": False,
        "customdata": [hover(score) for score in own],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    if len(own) == 1 and not rule:
        trace["error_y"] = {"array": [round(own[0].f1_sd, 4)], "thickness": 1.4, "width": 6}
    return trace


def _band(own):
    """Return the mean of the single repeats and one standard deviation to either side."""
    x = np.array([score.distance_km for score in own])
    middle, sd = (np.array([getattr(score, name) for score in own]) for name in ("f1_single", "f1_sd"))
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{classifier_name(own[0].classifier)}: one repeat alone, mean \u00b1 sd",
        "legendgroup": own[0].classifier,
        "legendrank": 1500,  # behind the classifiers
        "x": np.concatenate([x, x[::-1]]),
        "y": np.round(np.concatenate([middle + sd, (middle - sd)[::-1]]), 4),
        "fill": "toself",
        "fillcolor": transparent(CLASSIFIER_COLOURS[own[0].classifier], 0.2),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _single_line(own):
    return {
        "type": "scatter",
        "mode": "lines",
        "legendgroup": own[0].classifier,
        "showlegend": False,
        "x": [score.distance_km for score in own],
        "y": [round(score.f1_single, 4) for score in own],
        "line": {"color": CLASSIFIER_COLOURS[own[0].classifier], "width": 1},
        "hoverinfo": "skip",
    }


def _whole_hover(score):
    lines = [
        f"<b>{classifier_name(score.classifier)}</b>, {score.distance_km:g} km",
        f"macro F1 {fixed(score.f1_macro, 3)}",
    ]
    if score.classifier not in RULES:
        lines.append(f"one repeat alone {fixed(score.f1_single, 3)} \u00b1 {fixed(score.f1_sd, 3)}")
    lines.append(f"trained on {count(round(score.n_train))} segments, tested on {count(score.n_test)}")
    return "<br>".join(lines)


def _class_hover(score):
    values = ", ".join(fixed(value) for value in score.f1_class)
    return f"<b>{classifier_name(score.classifier)}</b>, {score.distance_km:g} km<br>F1 of the classes {values}"


def _bar_marker(classifier):
    colour = CLASSIFIER_COLOURS[classifier]
    if classifier not in RULES:
        return {"color": colour}
    return {"color": transparent(colour, 0.16), "line": {"color": colour, "width": 1.6}}


def _score_range(scores):
    """Return the part of 0 to 1 that the scores fill, with room, so that small differences show."""
    values = [score.f1_macro for score in scores]
    values += [score.f1_single + sign * score.f1_sd for score in scores for sign in (-1, 1)]
    return [max(0.0, min(values) - 0.05), min(1.0, max(values) + 0.05)]
