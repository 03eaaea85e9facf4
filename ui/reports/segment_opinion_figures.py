"""Figures beside the classes: which features are missed, and the magnitude itself."""

import numpy as np

from .figures import INK, TOOLBAR_PX, axis, layout, plain_text, shortened, transparent
from .segment_map_figure import place_words

MOST_FEATURES = 25  #: drawn as bars
_COLOUR = "#0072B2"
_NO_EVENT = 1.0  # magnitudes up to this mean that no earthquake is known


def importance_figure(names, mean, sd):
    """Return what macro F1 loses by each feature, the largest losses first.

    Parameters
    ----------
    names : sequence of str
    mean, sd : ndarray (n_features,)
    """
    order = np.argsort(-mean, kind="stable")[:MOST_FEATURES]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": np.round(mean[order], 5),
        "y": list(range(len(order))),
        "marker": {"color": [_COLOUR if mean[j] > 0 else "#b8c0ca" for j in order]},
        "error_x": {"array": np.round(sd[order], 5), "thickness": 1.2, "width": 3, "color": "#56657a"},
        "customdata": [plain_text(names[j]) for j in order],
        "hovertemplate": "%{customdata}: %{x:.4f}<extra></extra>",
    }
    settings = {
        "xaxis": axis("Loss of macro F1", zeroline=True, zerolinecolor=INK),
        "yaxis": axis(
            tickvals=list(range(len(order))),
            ticktext=[plain_text(shortened(names[j], 20)) for j in order],
            range=[len(order) - 0.4, -0.6],
            showgrid=False,
            ticks="",
        ),
        "margin": {"l": 24, "r": 16, "t": TOOLBAR_PX, "b": 48},
    }
    return {"data": [trace], "layout": layout(128 + 20 * len(order), **settings)}


def regression_figure(regression, segments):
    """Return predicted against known magnitudes of the segments (SegmentTable)."""
    known = segments.filled_magnitude
    low = float(min(known.min(), regression.predicted.min())) - 0.2
    high = float(max(known.max(), regression.predicted.max())) + 0.2
    has_event = segments.magnitude > _NO_EVENT
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [low, high],
            "y": [low, high],
            "line": {"color": INK, "width": 1.2, "dash": "dash"},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]
    for name, rows, colour in (
        ("earthquake known", np.flatnonzero(has_event), _COLOUR),
        ("no earthquake known", np.flatnonzero(~has_event), "#8c8c8c"),
    ):
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": np.round(known[rows], 2),
                "y": np.round(regression.predicted[rows], 2),
                "text": [f"{place_words(segments, row)}, \u00b1 {regression.spread[row]:.2f}" for row in rows],
                "hovertemplate": "%{text}<br>known %{x:.1f}, predicted %{y:.1f}<extra></extra>",
                "marker": {"color": transparent(colour, 0.55), "size": 7, "line": {"width": 0}},
            }
        )
    settings = {
        "xaxis": axis("Known magnitude", range=[low, high], constrain="domain"),
        "yaxis": axis("Predicted magnitude", range=[low, high], scaleanchor="x", constrain="domain"),
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    return {"data": traces, "layout": layout(480, **settings)}
