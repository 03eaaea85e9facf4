"""Write ``docs/tools/``: one page per tool and an index, from the tools' own definitions.

Run as ``make docs``; a test fails when a page is not what this script would write.
"""

import html
import itertools
import re
import sys
from pathlib import Path

from qgis.core import QgsProcessingParameterDefinition

from ..processing_provider.libraries import PACKAGES
from .interface import describe_parameter

DOCS = Path(__file__).resolve().parent.parent / "docs" / "tools"
_GENERATED = "<!-- Written by `make docs` from the tool's definition: change the tool, not this page. -->"
_KINDS = {
    "source": "vector layer",
    "vector": "vector layer",
    "raster": "raster layer",
    "maplayer": "layer",
    "multilayer": "list of layers",
    "sink": "new vector layer",
    "vectorDestination": "new vector layer",
    "rasterDestination": "new raster layer",
    "fileDestination": "new file",
    "folderDestination": "new folder",
    "file": "file",
    "string": "text",
    "crs": "coordinate system",
    "boolean": "yes or no",
    "distance": "distance",
    "extent": "extent",
    "point": "point",
    "band": "raster band",
    "outputVector": "vector layer",
    "outputRaster": "raster layer",
    "outputMultilayers": "list of layers",
    "outputFile": "file",
    "outputHtml": "HTML file",
    "outputFolder": "folder",
    "outputNumber": "number",
    "outputString": "text",
    "outputBoolean": "yes or no",
}


def pages(provider):
    """Return ``{file name: text}`` of the whole folder."""
    tools = sorted(provider.algorithms(), key=lambda tool: (tool.group(), tool.displayName()))
    return {"README.md": index(tools), **{f"{tool.name()}.md": page(tool) for tool in tools}}


def index(tools):
    """Return the list of the tools, by group."""
    lines = [_GENERATED, "", "# The tools", ""]
    for group, members in itertools.groupby(tools, key=lambda tool: tool.group()):
        lines += [f"## {group}", "", "| tool | what it does |", "|---|---|"]
        lines += [
            f"| [{tool.displayName()}]({tool.name()}.md) `{tool.name()}` | {_first_sentence(tool)} |"
            for tool in members
        ]
        lines.append("")
    return "\n".join(lines)


def page(tool):
    """Return one tool's page in Markdown."""
    parameters = [parameter for parameter in tool.parameterDefinitions() if not _is_hidden(parameter)]
    lines = [_GENERATED, "", f"# {tool.displayName()}", "", f"`fumarole:{tool.name()}` in *{tool.group()}*", ""]
    lines += [markdown(tool.shortHelpString()), "", "## Parameters", ""]
    lines += ["| parameter | id | kind | default | meaning |", "|---|---|---|---|---|"]
    lines += [_parameter_row(parameter) for parameter in parameters]
    lines += ["", "## Outputs", "", "| output | id | kind |", "|---|---|---|"]
    lines += [
        f"| {_cell(output.description())} | `{output.name()}` | {_KINDS[output.type()]} |"
        for output in tool.outputDefinitions()
    ]
    lines += ["", "## From a terminal", "", "```bash", _command(tool, parameters), "```", ""]
    if tool.libraries:
        names = ", ".join(PACKAGES[name][0] for name in tool.libraries)
        lines += ["## Python libraries", "", f"Needs {names}. Where one is missing, the tool says how to get it.", ""]
    lines += ["[All tools](README.md)", ""]
    return "\n".join(lines)


def markdown(text):
    """Return a tool's summary, written in simple HTML, as Markdown."""
    text = re.sub(r"\s+", " ", text)
    for pattern, replacement in (
        (r"</?(p|ul|ol)>", "\n\n"),
        (r"<br ?/?>", "\n\n"),
        (r"</?(b|strong)>", "**"),
        (r"</?(i|em)>", "*"),
        (r"</?code>", "`"),
        (r"<li>", "\n- "),
        (r"</li>", ""),
        (r'<a href="([^"]+)">(.*?)</a>', r"[\2](\1)"),
        (r" *\n *", "\n"),
        (r"\n{3,}", "\n\n"),
    ):
        text = re.sub(pattern, replacement, text)
    return html.unescape(text).strip()


def _first_sentence(tool):
    return _cell(re.split(r"(?<=\.)\s", markdown(tool.shortHelpString()), maxsplit=1)[0])


def _parameter_row(parameter):
    contract = describe_parameter(parameter)
    notes = [word for word in ("optional", "advanced") if contract[word]]
    kind = _kind(contract) + (f" ({', '.join(notes)})" if notes else "")
    default = "" if contract["default"] in (None, "") else f"`{_value(contract['default'])}`"
    return (
        f"| {_cell(parameter.description())} | `{parameter.name()}` | {kind} | {default} "
        f"| {_cell(markdown(parameter.help()))} |"
    )


def _kind(contract):
    if contract["type"] == "enum":
        choices = ", ".join(f"`{option}`" for option in contract["options"])
        return f"one or more of {choices}" if contract["multiple"] else f"one of {choices}"
    if contract["type"] == "field":
        owner = f" of `{contract['parent']}`" if contract["parent"] else ""
        return ("fields" if contract["multiple"] else "field") + owner
    if contract["type"] == "number":
        return "whole number" if contract["integer"] else "number"
    return _KINDS[contract["type"]]


def _command(tool, parameters):
    """Return a ``qgis_process`` call with what has to be given."""
    contracts = {parameter.name(): describe_parameter(parameter) for parameter in parameters}
    needed = [
        name for name, contract in contracts.items() if not contract["optional"] and contract["default"] in (None, "")
    ]
    return " ".join([f"qgis_process run fumarole:{tool.name()}", *(f"--{name}=..." for name in needed)])


def _is_hidden(parameter):
    return bool(parameter.flags() & QgsProcessingParameterDefinition.Flag.FlagHidden)


def _value(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    return str(value)


def _cell(text):
    return re.sub(r"\s*\n+\s*", "<br>", text.strip()).replace("|", "\\|")


def main():
    """Write the pages and remove those of tools that no longer exist."""
    from .headless import fumarole_provider

    DOCS.mkdir(parents=True, exist_ok=True)
    with fumarole_provider() as provider:
        texts = pages(provider)
    for stale in set(path.name for path in DOCS.glob("*.md")) - set(texts):
        (DOCS / stale).unlink()
    for name, text in texts.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    print(f"docs/tools: {len(texts)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
