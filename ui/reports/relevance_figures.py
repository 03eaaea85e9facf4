"""Figures of relevance: heat maps along the trenches, and the features of every class."""

from dataclasses import dataclass

import numpy as np

from ..segment_palette import GROUP_COLORS, NOT_CLASSIFIED, RELEVANCE, class_color
from .figures import INK, TOOLBAR_PX, axis, layout, plain_text, shortened, thinned
from .formats import fixed

MOST_COLUMNS = 1200  #: segments drawn in a heat map
MOST_FEATURES = 20  #: drawn per class
_LIMIT_PERCENT = 99.0  # of the absolute relevance: what lies beyond has the last colour
_ROW_PX = 15
_BIASES = "All biases"
_STRIP_PX = 14  # of the predicted classes above a heat map


@dataclass(frozen=True, eq=False)
class Columns:
    """The segments of a heat map from left to right.

    Attributes
    ----------
    rows : ndarray of int (n_columns,)
        Explained segments, by trench and position.
    labels : list of str
        Trench and position of each, every one different.
    regions : ndarray of str (n_columns,)
    """

    rows: np.ndarray
    labels: list
    regions: np.ndarray


def columns_of(segments):
    """Return the :class:`Columns` of the explained segments (SegmentTable), the trenches in the order of the table."""
    names = list(dict.fromkeys(segments.region.tolist()))
    place = np.array([names.index(name) for name in segments.region.tolist()])
    rows = thinned(np.lexsort((segments.position_km, place)), MOST_COLUMNS)
    regions = segments.region[rows]
    labels = {}
    for row in rows:
        where = f"{plain_text(segments.region[row])}, {round(float(segments.position_km[row]), 3):.10g} km"
        unknown = not np.isfinite(segments.position_km[row]) or where in labels  # equal labels would be one column
        labels[f"{plain_text(segments.region[row])}, row {row + 1}" if unknown else where] = None
    return Columns(rows, list(labels), regions)


def feature_heatmap(explanation, columns, order, limit):
    """Return the relevance of every feature and of the biases along the trenches.

    Parameters
    ----------
    explanation : Explanation
    columns : Columns
    order : sequence of int
        Features from the top, those of a group together.
    limit : float
        Relevance at which the colours end, either way.
    """
    groups = [explanation.groups[j] for j in order]
    names = [explanation.names[j] for j in order] + [_BIASES]
    colours = [GROUP_COLORS[group] for group in groups] + [INK]
    relevance = explanation.relevance
    values = np.vstack([relevance.values[columns.rows][:, order].T, relevance.bias[columns.rows]])
    breaks = [row for row in range(1, len(groups)) if groups[row] != groups[row - 1]] + [len(groups)]
    return _heatmap(explanation, columns, values, names, colours, breaks, limit)


def group_balance(explanation):
    """Return the names of the groups that have features, and their summed relevance ``(n_groups, n_explained)``."""
    groups = [group for group in GROUP_COLORS if group in explanation.groups]
    member = np.array(explanation.groups)
    return groups, np.array([explanation.relevance.values[:, member == group].sum(axis=1) for group in groups])


def group_heatmap(explanation, columns, limit):
    """Return the balance of every group of features, and the biases, along the trenches."""
    groups, balance = group_balance(explanation)
    values = np.vstack([balance, explanation.relevance.bias])[:, columns.rows]
    colours = [GROUP_COLORS[group] for group in groups] + [INK]
    names = [group.capitalize() for group in groups] + [_BIASES]
    return _heatmap(explanation, columns, values, names, colours, [len(groups)], limit, row_px=30)


def class_features_figure(explanation, number):
    """Return the mean relevance of the leading features over the segments given class ``number`` (from 1)."""
    own = sorted(
        (entry for entry in explanation.summary if entry.number == number), key=lambda entry: -entry.mean_absolute
    )[:MOST_FEATURES]
    places, meanings = list(range(len(own))), dict(zip(explanation.names, explanation.meanings))
    names = [plain_text(entry.feature) for entry in own]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [round(entry.mean_absolute, 4) for entry in own],
        "y": places,
        "marker": {"color": [GROUP_COLORS[entry.group] for entry in own]},
        "customdata": [
            [name, plain_text(meanings[entry.feature] or "meaning not known"), entry.group]
            for name, entry in zip(names, own)
        ],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<br>%{customdata[2]}<br>mean size %{x:.3f}<extra></extra>",
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [round(entry.mean, 4) for entry in own],
        "y": places,
        "marker": {"symbol": "diamond", "size": 7, "color": "#ffffff", "line": {"color": INK, "width": 1.4}},
        "customdata": [[name, fixed(entry.sd, 3), _between(entry)] for name, entry in zip(names, own)],
        "hovertemplate": "%{customdata[0]}<br>mean %{x:.3f}<br>\u00b1 %{customdata[1]} over the segments"
        "%{customdata[2]}<extra></extra>",
    }
    segments = _spread([(entry.mean, entry.sd) for entry in own], {"color": "#56657a", "width": 1.1})
    networks = _spread([(entry.mean, entry.member_sd) for entry in own], {"color": INK, "width": 4})
    ends = [0.0, *(entry.mean_absolute for entry in own)]
    ends += [entry.mean + sign * entry.sd for entry in own for sign in (-1, 1)]
    room = 0.04 * (max(ends) - min(ends))
    reach = [round(min(ends) - room, 4), round(max(ends) + room, 4)]
    settings = {
        "xaxis": axis("Relevance", zeroline=True, zerolinecolor=INK, nticks=5, range=reach),
        "yaxis": _names_axis([entry.feature for entry in own], [GROUP_COLORS[entry.group] for entry in own]),
        "showlegend": False,
        "margin": {"l": 16, "r": 8, "t": TOOLBAR_PX, "b": 44},
    }
    spreads = [segments, networks] if explanation.n_members > 1 else [segments]
    return {"data": [bars, *spreads, dots], "layout": layout(98 + 19 * len(own), **settings)}


def _spread(values, line):
    """Return whiskers: ``(mean, standard deviation)`` for the rows from 0 downwards."""
    ends = [(mean - sd, mean + sd, None) for mean, sd in values]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [None if end is None else round(end, 4) for row in ends for end in row],
        "y": [end for place in range(len(ends)) for end in (place, place, None)],
        "line": line,
        "hoverinfo": "skip",
    }


def _between(entry):
    """Return the spread of a FeatureSummary between networks, for a hover; "" for one network."""
    return f"<br>\u00b1 {fixed(entry.member_sd, 3)} between the networks" if np.isfinite(entry.member_sd) else ""


def agreement_figure(explanation):
    """Return the distribution of the rank agreement between networks, by predicted class."""
    agreement, n_classes = explanation.relevance.rank_agreement, len(explanation.class_names)
    edges = np.linspace(-1.0, 1.0, 41)
    traces = [
        {
            "type": "bar",
            "name": plain_text(name),
            "x": np.round((edges[:-1] + edges[1:]) / 2, 3),
            "y": np.histogram(agreement[explanation.number == place + 1], edges)[0],
            "marker": {"color": class_color(place + 1, n_classes)},
            "hovertemplate": "%{y} segments near %{x:.2f}<extra>" + plain_text(name) + "</extra>",
        }
        for place, name in enumerate(explanation.class_names)
    ]
    low = float(min(-0.05, np.nanmin(agreement) - 0.05))
    settings = {
        "barmode": "stack",
        "bargap": 0.06,
        "xaxis": axis("Rank agreement between networks", range=[low, 1.0], zeroline=True, zerolinecolor=INK),
        "yaxis": axis("Segments"),
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
    }
    return {"data": traces, "layout": layout(320, **settings)}


def colour_limit(values):
    """Return the size of relevance that few of ``values`` exceed: there the colours end."""
    return float(np.percentile(np.abs(values), _LIMIT_PERCENT)) or 1.0


def _heatmap(explanation, columns, values, names, colours, breaks, limit, row_px=_ROW_PX):
    """Return rows of relevance under a strip of the predicted classes; a line is drawn before the rows ``breaks``."""
    height = row_px * len(names) + 100
    strip = _STRIP_PX / (row_px * len(names) + _STRIP_PX)
    relevance = {
        "type": "heatmap",
        "x": columns.labels,
        "y": [plain_text(name) for name in names],
        "z": np.round(values, 3),
        "zmin": -limit,
        "zmax": limit,
        "colorscale": [[share, colour] for share, colour in zip(np.linspace(0, 1, len(RELEVANCE)), RELEVANCE)],
        "showscale": False,
        "hovertemplate": "%{x}<br>%{y}: %{z:.3f}<extra></extra>",
    }
    return {
        "data": [relevance, *_class_strip(explanation, columns)],
        "layout": layout(
            height,
            xaxis=_trench_axis(columns),
            yaxis={**_names_axis(names, colours), "type": "category", "domain": [0.0, 1.0 - 1.5 * strip]},
            yaxis2=axis(domain=[1.0 - strip, 1.0], showticklabels=False, ticks="", fixedrange=True, showgrid=False),
            shapes=_lines(columns, breaks),
            legend={"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom"},
            margin={"l": 24, "r": 8, "t": 44, "b": 40},
        ),
    }


def _class_strip(explanation, columns):
    n_classes = len(explanation.class_names)
    colours = [class_color(number, n_classes) for number in range(1, n_classes + 1)]
    steps = [[edge / n_classes, colours[place]] for place in range(n_classes) for edge in (place, place + 1)]
    number = explanation.number[columns.rows]
    strip = {
        "type": "heatmap",
        "x": columns.labels,
        "y": [0],
        "z": [number.tolist()],
        "yaxis": "y2",
        "zmin": 0.5,
        "zmax": n_classes + 0.5,
        "colorscale": steps,
        "showscale": False,
        "text": [[plain_text(explanation.class_names[own - 1]) for own in number]],
        "hovertemplate": "%{x}<br>predicted: %{text}<extra></extra>",
    }
    keys = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": plain_text(name),
            "x": [None],
            "y": [None],
            "marker": {"symbol": "square", "size": 10, "color": colour},
        }
        for name, colour in zip(explanation.class_names, colours)
    ]
    return [strip, *keys]


def _trench_axis(columns):
    """Return an axis with one tick in the middle of every trench."""
    names = list(dict.fromkeys(columns.regions.tolist()))
    middles = [float(np.flatnonzero(columns.regions == name).mean()) for name in names]
    return axis(
        type="category",
        tickvals=np.round(middles).astype(int),
        ticktext=[plain_text(shortened(name, 14)) for name in names],
        showgrid=False,
        anchor="y",
    )


def _lines(columns, breaks):
    """Return the lines between trenches and between groups."""
    edges = np.flatnonzero(columns.regions[1:] != columns.regions[:-1]) + 0.5
    line = {"color": "#ffffff", "width": 2}
    between = [
        {"type": "line", "x0": float(x), "x1": float(x), "y0": 0, "y1": 1, "yref": "paper", "line": line} for x in edges
    ]
    line = {"color": INK, "width": 1.2}
    rows = [
        {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": row - 0.5, "y1": row - 0.5, "line": line}
        for row in breaks
    ]
    return between + rows


def _names_axis(names, colours):
    """Return an axis that names rows numbered from 0 downwards, every name in its colour."""
    inks = [INK if colour == NOT_CLASSIFIED else colour for colour in colours]  # grey is hard to read
    return axis(
        tickvals=list(range(len(names))),
        ticktext=[
            f'<span style="color:{ink}">{plain_text(shortened(name, 18))}</span>' for name, ink in zip(names, inks)
        ],
        range=[len(names) - 0.5, -0.5],
        tickfont={"size": 10},
        showgrid=False,
        ticks="",
    )
