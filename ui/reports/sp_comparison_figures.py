"""Figures that set the methods of inversion beside one another."""

import numpy as np

from ..sp_palette import METHOD_COLOURS, OBSERVED
from .figures import INK, axis, layout, thinned

_BINS = 30
_MOST_STATIONS = 2000  # drawn
_DASHES = ("dot", "solid", "dash")


def curves_figure(entries):
    """Return observed and fitted curves of one line (the Compared of every method)."""
    found = entries[0].answer.inversion
    order = np.argsort(found.x_m[0], kind="stable")
    drawn = thinned(order[np.isfinite(found.x_m[0][order])], _MOST_STATIONS)
    x_m = np.round(found.x_m[0][drawn], 3)
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "observed",
            "x": x_m,
            "y": np.round(found.observed_mv[0][drawn], 4),
            "marker": {"color": OBSERVED, "size": 5, "opacity": 0.75},
        }
    ]
    for entry, dash in zip(entries, _DASHES):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": entry.method,
                "x": x_m,
                "y": np.round(entry.answer.inversion.fitted_mv[0][drawn], 4),
                "line": {"color": METHOD_COLOURS[entry.method], "width": 2.4, "dash": dash},
            }
        )
    settings = {
        "xaxis": axis("Distance along the line (m)"),
        "yaxis": axis("Self-potential (mV)"),
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    return {"data": traces, "layout": layout(380, **settings)}


def difference_figure(network, polish):
    """Return the distribution of the differences from least squares (n_lines,), in standard deviations."""
    top = float(np.clip(np.percentile(network, 98) * 1.1, 4.0, 20.0))
    edges = np.linspace(0.0, top, _BINS + 1)
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": np.round((edges[:-1] + edges[1:]) / 2, 3),
            "y": np.histogram(np.minimum(values, top), edges)[0],
            "marker": {"color": METHOD_COLOURS[name]},
            "hovertemplate": "%{y} lines near %{x:.1f}<extra>" + name + "</extra>",
        }
        for name, values in (("network", network), ("network + polish", polish))
    ]
    limit = {
        "type": "line",
        "x0": 3,
        "x1": 3,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": INK, "dash": "dash"},
    }
    settings = {
        "barmode": "group",
        "xaxis": axis("Difference (standard deviations; the last bar holds all beyond)"),
        "yaxis": axis("Lines"),
        "shapes": [limit],
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    return {"data": traces, "layout": layout(320, **settings)}
