"""Figures on what the clusters are made of: box plots per variable, and the latent space."""

import numpy as np

from ..palette import cluster_colour
from .figures import axis, layout, panel, panel_title, plain_text, shortened, thinned, transparent
from .formats import quantity

MAX_PANELS = 20  # box plots; the tables hold every variable
_COLUMNS = 4
_ROW_PX = 172  # so that all panels fit a printed page
_WIDE_RANGE = 20.0  # ratio of the 95th to the 5th percentile above which a composition gets a log axis
_WHISKERS = (0.05, 0.25, 0.5, 0.75, 0.95)


def box_figure(result, order):
    """Return box plots of the input's values by cluster, one panel per variable.

    The boxes are drawn from quantiles of all samples: quartiles, with whiskers at the 5th and 95th
    percentiles, so their size in the report does not grow with the data.

    Parameters
    ----------
    result : ClusteringResult
    order : sequence of int
        Columns of ``result.values`` to draw, most telling first; at most ``MAX_PANELS`` are.
    """
    order = list(order)[:MAX_PANELS]
    columns = min(_COLUMNS, len(order))
    rows = -(-len(order) // columns)
    height = 60 + _ROW_PX * rows
    compositions = {note.name for note in result.feature_notes if note.treatment == "clr"}
    figure_layout = layout(height, showlegend=False, annotations=[])
    traces = []
    for number, column in enumerate(order):
        suffix = str(number + 1) if number else ""
        name = result.feature_names[column]
        quantiles = _quantiles(result.values[:, column], result.membership.cluster, result.n_clusters)
        traces += [_box(cluster, values, suffix) for cluster, values in quantiles.items() if np.isfinite(values).all()]
        horizontal, vertical = panel(number, columns, rows, width_gap=0.06, height_gap=0.3 / max(rows, 1))
        scale = _scale(quantiles.values(), may_be_log=name in compositions)
        figure_layout[f"xaxis{suffix}"] = axis(
            domain=horizontal, anchor=f"y{suffix}", type="category", showgrid=False, ticks=""
        )
        figure_layout[f"yaxis{suffix}"] = axis(
            domain=vertical, anchor=f"x{suffix}", automargin=False, separatethousands=True, **scale
        )
        title = shortened(quantity(name, result.units[column]))
        figure_layout["annotations"].append(panel_title(title, horizontal, vertical))
    return {"data": traces, "layout": figure_layout}


def latent_figure(coordinates, explained, membership, context):
    """Return the scatter of samples in the first two principal components of the latent space.

    Parameters
    ----------
    coordinates : ndarray (n_samples, 2)
        As from :func:`principal_components`.
    explained : ndarray (2,)
        Share of the latent variance along each, 0 to 1.
    membership : Membership
    context : ReportContext
    """
    shown = thinned(np.flatnonzero(np.isfinite(coordinates).all(axis=1)))
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"Cluster {number}",
            "x": np.round(coordinates[rows, 0], 4),
            "y": np.round(coordinates[rows, 1], 4),
            "text": [plain_text(context.sample_name(row)) for row in rows],
            "hovertemplate": "sample %{text}<extra></extra>",
            "marker": {"color": cluster_colour(int(number)), "size": 6, "opacity": 0.75},
        }
        for number in np.unique(membership.cluster[shown])
        for rows in [shown[membership.cluster[shown] == number]]
    ]
    settings = {
        "xaxis": axis(f"First component ({100 * explained[0]:.0f} % of the variance)"),
        "yaxis": axis(f"Second component ({100 * explained[1]:.0f} %)"),
    }
    return {"data": traces, "layout": layout(480, **settings)}


def principal_components(latent):
    """Return latent coordinates turned to their first two principal components.

    Parameters
    ----------
    latent : ndarray (n_samples, n_latent)
        NaN rows where a sample is not assigned; ``n_latent`` >= 2.

    Returns
    -------
    coordinates : ndarray (n_samples, 2)
        NaN where ``latent`` is. The sign is fixed: the largest loading of each component is positive.
    explained : ndarray (2,)
        Share of the variance along each, 0 to 1.
    """
    known = np.isfinite(latent).all(axis=1)
    centred = latent[known] - latent[known].mean(axis=0)
    variances, axes = np.linalg.eigh(centred.T @ centred)
    axes, variances = axes[:, ::-1][:, :2], np.clip(variances[::-1], 0.0, None)
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(2)]
    coordinates = np.full((len(latent), 2), np.nan)
    coordinates[known] = centred @ (axes * np.where(largest < 0, -1.0, 1.0))
    return coordinates, variances[:2] / max(variances.sum(), np.finfo(float).tiny)


def _quantiles(values, cluster, n_clusters):
    """Return cluster -> the quantiles ``_WHISKERS`` of its finite values (NaN without any)."""
    found = {}
    for number in range(1, n_clusters + 1):
        chosen = values[(cluster == number) & np.isfinite(values)]
        found[number] = np.quantile(chosen, _WHISKERS) if len(chosen) else np.full(len(_WHISKERS), np.nan)
    return found


def _scale(quantiles, may_be_log):
    """Return the settings of the axis on which these quantiles are read best."""
    bounds = np.array([(values[0], values[-1]) for values in quantiles if np.isfinite(values).all()])
    if not len(bounds):
        return {"type": "linear"}
    largest = np.abs(bounds).max()
    exponents = {"exponentformat": "none" if largest == 0 or 1e-3 <= largest < 1e6 else "power"}
    if bounds.min() == bounds.max():
        return {"type": "linear", "tickvals": [float(bounds.min())], **exponents}
    if not may_be_log or bounds.min() <= 0 or bounds.max() / bounds.min() <= _WIDE_RANGE:
        return {"type": "linear", "nticks": 5, **exponents}
    return {"type": "log", "tickvals": _logarithmic_ticks(bounds.min(), bounds.max()), **exponents}


def _logarithmic_ticks(smallest, largest):
    """Return 1, 2, 5, 10 over up to two decades, and powers of ten beyond: so that a narrow axis has ticks too."""
    first, last = int(np.floor(np.log10(smallest))), int(np.ceil(np.log10(largest)))
    if np.log10(largest / smallest) <= 2:
        return [float(f"{digit}e{power}") for power in range(first, last + 1) for digit in (1, 2, 5)]
    return [float(f"1e{power}") for power in range(first, last + 1, max(1, (last - first) // 4))]


def _box(cluster, quantiles, suffix):
    low, lower, middle, upper, high = ([float(f"{value:.6g}")] for value in quantiles)
    colour = cluster_colour(cluster)
    return {
        "type": "box",
        "name": f"Cluster {cluster}",
        "x": [str(cluster)],
        "lowerfence": low,
        "q1": lower,
        "median": middle,
        "q3": upper,
        "upperfence": high,
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "width": 0.6,
        "fillcolor": transparent(colour, 0.35),
        "line": {"color": colour, "width": 1.5},
    }
