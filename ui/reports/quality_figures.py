"""Figures on how far a clustering can be trusted: agreement, silhouettes, the curve over k, certainty."""

import numpy as np

from ..palette import cluster_colour
from .figures import GRID, INK, axis, layout, panel, panel_title, thinned, transparent

_AGREEMENT_COLOURS = [[0.0, "#f7fbff"], [0.5, "#6baed6"], [1.0, "#08306b"]]
_CURVE_POINTS = 400  # per cluster: more than the pixels of the plot
_BINS = np.linspace(0.0, 1.0, 21)


def agreement_figure(run_agreement):
    """Return the heat map of the adjusted Rand index between the single runs, (n_runs, n_runs)."""
    names = [str(run) for run in range(1, len(run_agreement) + 1)]
    heat_map = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": np.round(run_agreement, 3),
        "zmin": 0,
        "zmax": 1,
        "colorscale": _AGREEMENT_COLOURS,
        "colorbar": {"title": {"text": "adjusted<br>Rand index"}, "thickness": 14, "outlinewidth": 0, "x": 0.43},
        "hovertemplate": "runs %{y} and %{x}: %{z:.2f}<extra></extra>",
        "xgap": 1,
        "ygap": 1,
    }
    settings = {
        "xaxis": axis(
            "Run", type="category", domain=[0, 0.41], constrain="domain", constraintoward="left", showgrid=False
        ),
        "yaxis": axis(
            "Run",
            type="category",
            scaleanchor="x",
            autorange="reversed",
            constrain="domain",
            constraintoward="top",
            showgrid=False,
        ),
    }
    return {"data": [heat_map], "layout": layout(470, **settings)}


def silhouette_figure(silhouette, cluster):
    """Return the silhouettes of all samples, sorted within each cluster (Rousseeuw 1987).

    Parameters
    ----------
    silhouette : ndarray (n_samples,)
        NaN where it was not computed.
    cluster : ndarray of int (n_samples,)
    """
    measured = np.isfinite(silhouette)
    numbers = np.unique(cluster[measured])
    gap = max(1, int(0.02 * measured.sum()))
    traces, names, centres, start = [], [], [], 0
    for number in numbers:
        values = np.sort(silhouette[measured & (cluster == number)])[::-1]
        ranks = thinned(np.arange(len(values)), _CURVE_POINTS)
        colour = cluster_colour(int(number))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": np.round(np.concatenate([[0.0], values[ranks], [0.0]]), 3),
                "y": start + np.concatenate([[0], ranks, [len(values) - 1]]),
                "fill": "toself",
                "fillcolor": transparent(colour, 0.75),
                "line": {"color": colour, "width": 1},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
        names.append(f"Cluster {number}")
        centres.append(start + (len(values) - 1) / 2)
        start += len(values) + gap
    mean = float(np.mean(silhouette[measured]))
    settings = {
        "xaxis": axis("Silhouette", zeroline=True, zerolinecolor=INK, zerolinewidth=1),
        "yaxis": axis(tickvals=centres, ticktext=names, ticks="", showgrid=False, range=[start, -gap]),
        "shapes": [_vertical_line(mean)],
        "annotations": [
            {"x": mean, "y": 1, "yref": "paper", "yanchor": "bottom", "text": f"mean {mean:.2f}", "showarrow": False}
        ],
    }
    return {"data": traces, "layout": layout(max(320, 110 + 60 * len(numbers)), **settings)}


def count_figure(cluster_count):
    """Return stability, silhouette, Davies-Bouldin index and smallest share over k (ClusterCount)."""
    scores = cluster_count.scores
    k = np.array([score.k for score in scores])
    panels = (
        ("Stability (higher is better)", [score.stability for score in scores]),
        ("Silhouette (higher is better)", [score.silhouette for score in scores]),
        ("Davies-Bouldin (lower is better)", [score.davies_bouldin for score in scores]),
        ("Smallest cluster (% of samples)", [100 * score.smallest_share for score in scores]),
    )
    figure_layout = layout(520, showlegend=False, shapes=[], annotations=[])
    traces = []
    for number, (title, values) in enumerate(panels):
        suffix = str(number + 1) if number else ""
        horizontal, vertical = panel(number, columns=2, rows=2, height_gap=0.26)
        chosen = k == cluster_count.best_k
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": k,
                "y": np.round(np.asarray(values, float), 4),
                "xaxis": f"x{suffix}",
                "yaxis": f"y{suffix}",
                "line": {"color": "#56657a", "width": 2},
                "marker": {
                    "color": np.where(chosen, "#0b5d7a", "#ffffff"),
                    "size": np.where(chosen, 13, 8),
                    "opacity": 1,
                    "line": {"color": np.where(chosen, "#0b5d7a", "#56657a"), "width": 2},
                },
                "hovertemplate": "k = %{x}: %{y:.3g}<extra></extra>",
            }
        )
        figure_layout[f"xaxis{suffix}"] = axis("Clusters k", domain=horizontal, anchor=f"y{suffix}", dtick=1)
        figure_layout[f"yaxis{suffix}"] = axis(
            domain=vertical, anchor=f"x{suffix}", rangemode="tozero" if number in (2, 3) else "normal"
        )
        figure_layout["annotations"].append(panel_title(title, horizontal, vertical))
    return {"data": traces, "layout": figure_layout}


def certainty_figure(membership):
    """Return the distribution of confidence and of run agreement, stacked by cluster."""
    figure_layout = layout(
        340, barmode="stack", bargap=0.04, annotations=[], legend={"orientation": "h", "y": -0.24, "x": 0}
    )
    figure_layout["margin"]["b"] = 90
    traces = []
    measures = (("Confidence", membership.confidence), ("Agreement of the runs", membership.agreement))
    numbers = np.unique(membership.cluster[membership.cluster > 0])
    for position, (title, values) in enumerate(measures):
        suffix = "2" if position else ""
        horizontal, vertical = panel(position, columns=2, rows=1, width_gap=0.09)
        for number in numbers:
            chosen = values[(membership.cluster == number) & np.isfinite(values)]
            traces.append(
                {
                    "type": "bar",
                    "name": f"Cluster {number}",
                    "legendgroup": f"cluster {number}",
                    "showlegend": not position,
                    "x": np.round((_BINS[:-1] + _BINS[1:]) / 2, 3),
                    "y": np.histogram(np.clip(chosen, 0, 1), _BINS)[0],
                    "xaxis": f"x{suffix}",
                    "yaxis": f"y{suffix}",
                    "marker": {"color": cluster_colour(int(number))},
                    "hovertemplate": "%{y} samples near %{x:.2f}<extra></extra>",
                }
            )
        figure_layout[f"xaxis{suffix}"] = axis(title, domain=horizontal, anchor=f"y{suffix}", range=[0, 1])
        figure_layout[f"yaxis{suffix}"] = axis("Samples", domain=vertical, anchor=f"x{suffix}", gridcolor=GRID)
    return {"data": traces, "layout": figure_layout}


def _vertical_line(position):
    return {
        "type": "line",
        "x0": position,
        "x1": position,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": INK, "width": 1.2, "dash": "dash"},
    }
