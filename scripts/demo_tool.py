"""What the worked examples share: how they run a tool, say what they do and write a project."""

import time
from pathlib import Path


def run_tool(tool_id, **parameters):
    """Run a tool; paths may be given as :class:`pathlib.Path`. Says how long it took."""
    import processing

    started = time.monotonic()
    given = {name: str(value) if isinstance(value, Path) else value for name, value in parameters.items()}
    result = processing.run(f"fumarole:{tool_id}", given)
    say(f"[{time.monotonic() - started:5.1f} s] {tool_id}")
    return result


def say(text):
    """Print at once, also into a pipe."""
    print(text, flush=True)


def write_project(project, path, shown):
    """Write a project that opens on the layer ``shown``, and forget its layers."""
    from qgis.core import QgsReferencedRectangle

    extent = shown.extent()
    extent.scale(1.1)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, shown.crs()))
    project.write(str(path))
    project.clear()
