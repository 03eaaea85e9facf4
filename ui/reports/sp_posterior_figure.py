"""The picture of how well place and depth are known together."""

import numpy as np

from ..sp_palette import FITTED, OBSERVED
from .figures import axis, layout

_COLOURS = [[0.0, "#FFFFFF"], [0.25, "#D3E5F2"], [0.6, "#6FA8D3"], [1.0, "#0B4F83"]]


def posterior_figure(answer):
    """Return the density over place and depth, with the regions that hold 50 and 95 %, and the answer itself."""
    posterior, found = answer.posterior, answer.inversion
    density = posterior.probability.T  # depth by place
    traces = [
        {
            "type": "heatmap",
            "x": np.round(posterior.x0_m, 3),
            "y": np.round(posterior.depth_m, 3),
            "z": np.round(density / density.max(), 4),
            "colorscale": _COLOURS,
            "showscale": False,
            "hovertemplate": "x0 %{x:.1f} m, depth %{y:.1f} m<extra></extra>",
        },
        *(
            _outline(posterior, density, level_of(density, share), f"{round(100 * share)} %", dash)
            for share, dash in ((0.5, "solid"), (0.95, "dash"))
        ),
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Best fit",
            "x": [round(float(found.x0_m[0, 0]), 3)],
            "y": [round(float(found.depth_m[0, 0]), 3)],
            "marker": {"symbol": "cross", "size": 11, "color": FITTED, "line": {"color": "#ffffff", "width": 1}},
            "hovertemplate": "best fit: x0 %{x:.2f} m, depth %{y:.2f} m<extra></extra>",
        },
    ]
    inside = density >= level_of(density, 0.9999)
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    settings = {
        "xaxis": axis("Place x0 (m)", range=_span(posterior.x0_m[columns])),
        "yaxis": axis("Depth (m)", range=_span(posterior.depth_m[rows])[::-1]),
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    return {"data": traces, "layout": layout(440, **settings)}


def level_of(density, share):
    """Return the probability of a node such that the nodes above it hold a ``share`` of the whole."""
    ranked = np.sort(density, axis=None)[::-1]
    inside = np.searchsorted(np.cumsum(ranked), share * ranked.sum())
    return float(ranked[min(inside, len(ranked) - 1)])


def _outline(posterior, density, level, name, dash):
    share = level / density.max()
    return {
        "type": "contour",
        "name": name,
        "x": np.round(posterior.x0_m, 3),
        "y": np.round(posterior.depth_m, 3),
        "z": np.round(density / density.max(), 4),
        "contours": {"start": share, "end": share, "size": 1, "coloring": "none"},
        "line": {"color": OBSERVED, "width": 1.6, "dash": dash},
        "showlegend": True,
        "hoverinfo": "skip",
    }


def _span(values):
    """Return a range a little wider than the values."""
    low, high = float(values.min()), float(values.max())
    margin = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return [low - margin, high + margin]
