"""The page every report of the product is set on: one HTML file that needs no network and no other file."""

from dataclasses import dataclass
from pathlib import Path

from .blocks import Markup, callout, definitions, escaped, paragraph, side_by_side
from .formats import fixed

_HERE = Path(__file__).resolve().parent
NO_FIGURES = (
    "The figures are missing because the Python library plotly is not installed where this report was written. "
    "All tables and sentences are complete. Install plotly and run the tool again to get the figures."
)


@dataclass(frozen=True)
class Section:
    """One numbered section: a ``title`` and its ``blocks`` (of :class:`~.blocks.Markup`)."""

    title: str
    blocks: tuple


def page(context, summary, sections):
    """Return a whole report.

    Parameters
    ----------
    context : ReportContext
        Gives the header.
    summary : sequence of Markup
        Blocks above the table of contents: what the reader needs if nothing else is read.
    sections : sequence of Section

    Returns
    -------
    str
        HTML with style, script, plotly.js and data embedded. A content security policy forbids the
        browser to fetch anything.
    """
    library = _plotly_library()
    missing = callout("Figures are missing", [] if library else [NO_FIGURES])
    contents = "".join(
        f'<li><a href="#section-{number}">{escaped(section.title)}</a></li>'
        for number, section in enumerate(sections, start=1)
    )
    body = "".join(
        f'<section id="section-{number}"><h2>{escaped(section.title)}</h2>{"".join(section.blocks)}</section>'
        for number, section in enumerate(sections, start=1)
    )
    script = f"<script>{library}</script><script>{_resource('page.js')}</script>" if library else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src data: blob:\">\n"
        f"<title>{escaped(context.title)}</title>\n<style>{_resource('page.css')}</style>\n</head>\n<body>\n"
        f'<header><p class="product">Fumarole {escaped(context.plugin_version)}</p>'
        f"<h1>{escaped(context.title)}</h1>{paragraph(_byline(context), kind='byline')}</header>\n"
        f'<main>{missing}<div class="summary">{"".join(summary)}</div>\n'
        f'<nav aria-label="Contents"><ol>{contents}</ol></nav>\n{body}</main>\n{script}\n</body>\n</html>\n'
    )


def run_section(context, references):
    """Return the closing section: parameters, seed, versions, and the ``references`` (tuple of Markup or str)."""
    place = [("Coordinate system", context.crs)] if context.crs else []
    run = [("Input", context.input_name), *place, *context.parameters.items()]
    run.append(("Seed", context.seed))
    if context.elapsed_s is not None:
        run.append(("Duration", f"{fixed(context.elapsed_s, 1)} s"))
    versions = [("Fumarole", context.plugin_version), *context.versions.items()]
    return Section(
        "Parameters, versions and references",
        (
            paragraph("The same input, parameters, seed and versions give the same result on the same machine."),
            side_by_side((definitions(run), definitions(versions))),
            paragraph(
                f"Cite this report as: {context.title}, computed with Fumarole {context.plugin_version} "
                f"(seed {context.seed}). Name the methods by the works below."
            ),
            Markup('<ul class="references">' + "".join(f"<li>{escaped(item)}</li>" for item in references) + "</ul>"),
        ),
    )


def _byline(context):
    return " \u00b7 ".join(part for part in (context.input_name, context.crs, context.created) if part)


def _resource(name):
    return (_HERE / name).read_text(encoding="utf-8")


def _plotly_library():
    """Return plotly.js, or an empty text when plotly is not installed."""
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        return ""
    return get_plotlyjs()
