"""Time to load the plugin and register its tools, beyond starting QGIS itself.

Each repetition is a fresh Python process with QGIS imported, as in QGIS Desktop. Goal: below 0.2 s.
Run from the repository: ``make bench`` or ``PYTHONPATH=build/plugins python benchmarks/plugin_load.py``.
"""

import statistics
import subprocess
import sys

REPETITIONS = 7
GOAL_S = 0.2
LOAD = """
import time
import qgis.core
start = time.perf_counter()
import fumarole
plugin = fumarole.classFactory(None)
plugin.initProcessing()
print(time.perf_counter() - start, len(plugin.provider.algorithms()))
"""


def load_once():
    """Return the seconds of one load in a process of its own, and the number of tools."""
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    seconds, tools = done.stdout.split()
    return float(seconds), int(tools)


def main():
    """Measure and print."""
    load_once()  # fills the disk cache and writes the byte code
    loads = [load_once() for _ in range(REPETITIONS)]
    seconds = [load[0] for load in loads]
    median = statistics.median(seconds)
    print(
        f"plugin load, {loads[0][1]} tools: median {median:.3f} s, from {min(seconds):.3f} to {max(seconds):.3f} s "
        f"over {REPETITIONS} processes (goal {GOAL_S} s: {'met' if median < GOAL_S else 'missed'})"
    )


if __name__ == "__main__":
    main()
