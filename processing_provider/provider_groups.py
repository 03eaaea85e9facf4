"""Names the provider and its tools share."""

from configparser import ConfigParser
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
ICONS = _ROOT / "ui" / "icons"
HELP_URL = "https://github.com/fumarole-qgis/fumarole/blob/main/docs/tools/{tool_id}.md"
GROUPS = {
    "clustering": "Geothermal clustering",
    "subduction": "Subduction zones",
    "self_potential": "Self-potential",
}


def plugin_version():
    """Return the version in ``metadata.txt``."""
    metadata = ConfigParser(interpolation=None)
    metadata.read(_ROOT / "metadata.txt", encoding="utf-8")
    return metadata.get("general", "version")
