"""How the worked examples run a tool, and say what they do."""

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
