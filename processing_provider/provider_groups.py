"""Names the provider and its tools share."""

from pathlib import Path

ICONS = Path(__file__).resolve().parent.parent / "ui" / "icons"
HELP_URL = "https://github.com/fumarole-qgis/fumarole/blob/main/docs/tools/{tool_id}.md"
GROUPS = {
    "clustering": "Geothermal clustering",
    "subduction": "Subduction zones",
    "self_potential": "Self-potential",
}
