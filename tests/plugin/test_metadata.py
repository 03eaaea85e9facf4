"""metadata.txt is what QGIS and the plugin site expect."""

import configparser
import re

import pytest

from fumarole.scripts.package import SHIPPED_FILES, SHIPPED_FOLDERS, version

REQUIRED = (
    "name",
    "description",
    "version",
    "qgisMinimumVersion",
    "author",
    "email",
    "about",
    "tracker",
    "repository",
)


@pytest.fixture(scope="module")
def metadata(root):
    parser = configparser.ConfigParser()  # with interpolation, as QGIS reads it: a bare percent sign fails
    parser.optionxform = str
    parser.read(root / "metadata.txt", encoding="utf-8")
    return dict(parser["general"])


@pytest.mark.parametrize("key", REQUIRED)
def test_required_key_is_given(metadata, key):
    assert metadata[key].strip()


def test_qgis_finds_the_provider_and_accepts_the_plugin(metadata):
    assert metadata["hasProcessingProvider"] == "yes"
    assert metadata["qgisMinimumVersion"] == "3.22"
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert "supportsQt6" not in metadata


def test_name_does_not_say_plugin(metadata):
    assert metadata["name"] == "Fumarole"


def test_no_html(metadata):
    assert not [key for key, text in metadata.items() if re.search(r"<[a-zA-Z/]", text)]


def test_icon_exists(metadata, root):
    assert (root / metadata["icon"]).is_file()


def test_addresses_are_web_addresses(metadata):
    for key in ("homepage", "tracker", "repository"):
        assert re.fullmatch(r"https://[\w.-]+/\S+", metadata[key]), key


def test_about_names_every_optional_library(metadata, root):
    wanted = re.findall(r"^([a-z-]+)>=", (root / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    brought_by_qgis = {"numpy", "pyproj"}
    assert wanted
    assert [name for name in wanted if name not in metadata["about"] and name not in brought_by_qgis] == []


def test_requirements_cover_what_the_tools_may_ask_for(tools, root):
    from fumarole.processing_provider.libraries import PACKAGES

    listed = set(re.findall(r"^([a-z-]+)>=", (root / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE))
    wanted = {PACKAGES[name][0] for tool in tools for name in tool.libraries}
    assert wanted <= listed


def test_version_is_the_same_everywhere(root):
    number = version(root)
    assert f'version = "{number}"' in (root / "pyproject.toml").read_text(encoding="utf-8")
    assert f"## [{number}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"changelog={number}" in (root / "metadata.txt").read_text(encoding="utf-8")


def test_what_ships_exists(root):
    assert [name for name in (*SHIPPED_FILES, *SHIPPED_FOLDERS) if not (root / name).exists()] == []
