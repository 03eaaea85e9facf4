"""The manifest of icons and the folder agree, and every icon is a drawing QGIS can show."""

import xml.etree.ElementTree as ElementTree

import pytest

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def icons(root):
    return sorted((root / "ui" / "icons").iterdir())


def test_manifest_lists_exactly_the_folder(root, icons):
    listed = [entry.text for entry in ElementTree.parse(root / "resources.qrc").iter("file")]
    assert listed == [path.relative_to(root).as_posix() for path in icons]


def test_every_icon_is_a_square_svg_that_renders(icons, qgis_app):
    from qgis.PyQt.QtGui import QIcon

    for path in icons:
        drawing = ElementTree.parse(path).getroot()
        assert drawing.tag == f"{SVG}svg" and drawing.get("viewBox") == "0 0 24 24", path.name
        picture = QIcon(str(path)).pixmap(24, 24).toImage()
        colours = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
        assert len(colours) > 3, path.name


def test_every_icon_belongs_to_the_provider_or_a_tool(icons, tools):
    assert {path.stem for path in icons} == {"fumarole"} | {tool.name() for tool in tools}
