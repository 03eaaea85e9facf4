"""The pieces of HTML a report is made of. Every function escapes what it is given, unless it is Markup."""

import html
import json
from dataclasses import dataclass

import numpy as np

_MANY_COLUMNS = 8  # above this a table is set tighter
_MANY_ROWS = 20  # above this a printed table may run over to the next page


class Markup(str):
    """HTML that one of the functions below has built, so that it is not escaped a second time."""


@dataclass(frozen=True)
class Cell:
    """A table cell with a background ``colour`` (``#rrggbb``, dark text stays legible on it)."""

    content: str
    colour: str


def escaped(content):
    """Return ``content`` as HTML: Markup as it is, anything else as escaped text."""
    return content if isinstance(content, Markup) else Markup(html.escape(str(content)))


def joined(*pieces):
    """Return the pieces one after the other."""
    return Markup("".join(escaped(piece) for piece in pieces))


def paragraph(*sentences, kind=""):
    """Return a paragraph of sentences; ``kind`` is its CSS class."""
    content = " ".join(escaped(sentence) for sentence in sentences if sentence)
    return Markup(f'<p class="{escaped(kind)}">{content}</p>' if kind else f"<p>{content}</p>")


def strong(content):
    """Return emphasised text."""
    return Markup(f"<strong>{escaped(content)}</strong>")


def subtitle(content):
    """Return a heading below the section's."""
    return Markup(f"<h3>{escaped(content)}</h3>")


def bullets(items):
    """Return a list."""
    return Markup("<ul>" + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>")


def unmarked(items):
    """Return a list without bullets, for items that carry a mark of their own."""
    return Markup('<ul class="unmarked">' + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>")


def callout(title, messages):
    """Return a box with what the reader must not overlook; nothing when there are no messages."""
    if not messages:
        return Markup("")
    return Markup(f'<aside class="callout"><p class="callout-title">{escaped(title)}</p>{bullets(messages)}</aside>')


def swatch(colour):
    """Return a small square of one colour (``#rrggbb``), to stand before a cluster's name."""
    return Markup(f'<span class="swatch" style="background:{escaped(colour)}"></span>')


def ramp(low, colours, high):
    """Return the scale of a colour ramp (``#rrggbb`` from ``low`` to ``high``) between its two ends in words."""
    shown = Markup(f'<span class="ramp" style="background:linear-gradient(90deg,{escaped(",".join(colours))})"></span>')
    return joined(low, shown, high)


def facts(pairs):
    """Return the strip of key figures: (label, value) pairs."""
    items = "".join(f"<div><dt>{escaped(label)}</dt><dd>{escaped(value)}</dd></div>" for label, value in pairs)
    return Markup(f'<dl class="facts">{items}</dl>')


def definitions(pairs):
    """Return a two-column list of labels and values."""
    rows = "".join(f'<tr><th scope="row">{escaped(label)}</th><td>{escaped(value)}</td></tr>' for label, value in pairs)
    return Markup(f'<div class="scroll"><table class="definitions"><tbody>{rows}</tbody></table></div>')


def verdict(sentences):
    """Return what the whole report comes to, set large; nothing when there is nothing to say."""
    if not sentences:
        return Markup("")
    return Markup(f'<div class="verdict">{joined(*(paragraph(strong(sentence)) for sentence in sentences))}</div>')


def side_by_side(pieces):
    """Return blocks beside one another where the page is wide enough, below one another where it is not."""
    return Markup(f'<div class="columns">{joined(*pieces)}</div>')


def folded(title, *pieces):
    """Return blocks that open when the reader asks for them."""
    return Markup(f"<details><summary>{escaped(title)}</summary>{joined(*pieces)}</details>")


def table(caption, headers, rows, text_columns=(0,)):
    """Return a table.

    Parameters
    ----------
    caption : str
    headers : sequence of str
    rows : sequence of sequences
        Of text, :class:`Markup` or :class:`Cell`; the first cell names the row.
    text_columns : collection of int
        Columns set flush left; the others hold numbers and are set flush right.
    """
    head = "".join(
        f'<th scope="col"{_alignment(column, text_columns)}>{escaped(header)}</th>'
        for column, header in enumerate(headers)
    )
    body = "".join(
        "<tr>" + "".join(_cell(column, cell, text_columns) for column, cell in enumerate(row)) + "</tr>" for row in rows
    )
    width = ' class="dense"' if len(headers) > _MANY_COLUMNS else ""
    height = "captioned scroll long" if len(rows) > _MANY_ROWS else "captioned scroll"
    return Markup(
        f'<div class="{height}"><table{width}><caption>{escaped(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def figure(specification, caption, description):
    """Return a figure that the page's script draws with plotly.js.

    Parameters
    ----------
    specification : dict
        ``data`` and ``layout`` in the plotly.js schema; arrays may hold NaN (drawn as gaps).
    caption : str
        Printed below the figure.
    description : str
        What the figure shows, for those who cannot see it.
    """
    return Markup(
        f'<figure><div class="plot" role="img" aria-label="{escaped(description)}">'
        '<p class="undrawn">This figure is not drawn: it needs plotly where the report is written, '
        "and JavaScript where it is read.</p></div>"
        f'<script type="application/json">{_json(specification)}</script>'
        f"<figcaption>{escaped(caption)}</figcaption></figure>"
    )


def _alignment(column, text_columns):
    return ' class="text"' if column in text_columns else ""


def _cell(column, cell, text_columns):
    if isinstance(cell, Cell):
        return f'<td style="background:{escaped(cell.colour)}">{escaped(cell.content)}</td>'
    tag, scope = ("th", ' scope="row"') if column == 0 else ("td", "")
    return f"<{tag}{scope}{_alignment(column, text_columns)}>{escaped(cell)}</{tag}>"


def _json(specification):
    """Return JSON that is safe inside a script element: no ``<``, no ``&``, NaN and infinity as null."""
    encoded = json.dumps(_plain(specification), allow_nan=False, separators=(",", ":"))
    return encoded.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.where(np.isfinite(value), value, None).tolist()
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
