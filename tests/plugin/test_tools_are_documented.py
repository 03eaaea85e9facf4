"""Every tool explains itself, in QGIS and in docs/tools."""

import re

from qgis.core import QgsProcessingModelAlgorithm

from fumarole.scripts import make_docs

_ID = r"[A-Z][A-Z0-9_]*"


def test_every_tool_explains_itself(tools):
    for tool in tools:
        assert len(tool.shortHelpString()) > 80, tool.name()
        assert tool.tags() and all(tag == tag.lower() for tag in tool.tags()), tool.name()
        assert not tool.icon().isNull(), tool.name()
        assert tool.helpUrl().endswith(f"/docs/tools/{tool.name()}.md"), tool.name()
        assert tool.displayName() and tool.group(), tool.name()


def test_every_tool_has_an_icon_of_its_own(tools, root):
    assert [tool.name() for tool in tools if not (root / "ui" / "icons" / f"{tool.name()}.svg").is_file()] == []


def test_every_parameter_has_help(tools):
    silent = [
        f"{tool.name()}.{parameter.name()}"
        for tool in tools
        for parameter in tool.parameterDefinitions()
        if len(parameter.help()) < 10 or not parameter.description()
    ]
    assert silent == []


def test_every_output_has_a_name(tools):
    assert [tool.name() for tool in tools for output in tool.outputDefinitions() if not output.description()] == []


def test_readme_and_changelog_name_every_tool(tools, root):
    readme, changelog = ((root / name).read_text(encoding="utf-8") for name in ("README.md", "CHANGELOG.md"))
    assert [tool.name() for tool in tools if f"(docs/tools/{tool.name()}.md)" not in readme] == []
    assert [tool.name() for tool in tools if f"`{tool.name()}`" not in changelog] == []


def test_ids_are_spelled_as_qgis_spells_them(tools):
    for tool in tools:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", tool.name())
        for definition in (*tool.parameterDefinitions(), *tool.outputDefinitions()):
            allowed = rf"{_ID}|[a-z]+:[a-z]+" if isinstance(tool, QgsProcessingModelAlgorithm) else _ID  # step:result
            assert re.fullmatch(allowed, definition.name()), f"{tool.name()}.{definition.name()}"


def test_choices_are_written_in_words(tools):
    for tool in tools:
        for parameter in tool.parameterDefinitions():
            if parameter.type() == "enum":
                assert parameter.usesStaticStrings(), f"{tool.name()}.{parameter.name()}"


def test_pages_are_current(fumarole):
    expected = make_docs.pages(fumarole.provider)
    assert {path.name for path in make_docs.DOCS.glob("*.md")} == set(expected)
    stale = [name for name, text in expected.items() if (make_docs.DOCS / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run 'make docs'"


def test_summary_becomes_markdown():
    html = "<p>Reads <b>As (ppm)</b> &amp; more.</p>\n<ul><li>one</li><li><i>two</i></li></ul>"
    assert make_docs.markdown(html) == "Reads **As (ppm)** & more.\n\n- one\n- *two*"
