"""The tool ``deep_embedded_clustering`` on 100 000 samples of 12 variables, from a layer to layers.

Each run is a fresh process: QGIS without a window, samples in a GeoPackage, every output written to a file. Wall time
is that of the tool (on a busy machine its CPU seconds tell more), memory the peak of the whole process with QGIS and
torch in it. Goals: below 60 s and 2 GB.
Run from the repository: ``make bench`` or ``PYTHONPATH=build/plugins .venv/bin/python benchmarks/clustering_scale.py``.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fumarole.benchmarks.lib.goals import Goal, markdown

N_SAMPLES = 100_000
GOAL_S = 60.0
GOAL_GB = 2.0
CASES = {"k = 5": 5, "k chosen": 0}
_LAYERS = ("OUTPUT", "HULLS", "LATENT", "PROFILES", "SCORES")


def write_samples(path):
    """Write the synthetic samples: 12 contents in ppm of five lognormal populations around five places in UTM 35."""
    import numpy as np
    import pandas as pd
    from geopandas import GeoDataFrame, points_from_xy

    from fumarole.benchmarks.lib.populations import COMPOSITION_SHARES

    generator = np.random.default_rng(0)
    population = generator.choice(len(COMPOSITION_SHARES), N_SAMPLES, p=COMPOSITION_SHARES)
    places = generator.uniform((630_000, 4_325_000), (690_000, 4_345_000), (len(COMPOSITION_SHARES), 2))
    eastings, northings = (places[population] + generator.normal(scale=4_000, size=(N_SAMPLES, 2))).T
    means = generator.normal(4.0, 1.5, 12) + generator.normal(scale=0.8, size=(len(COMPOSITION_SHARES), 12))
    contents = np.exp(means[population] + generator.normal(scale=0.6, size=(N_SAMPLES, 12)))
    names = [f"{element}_ppm" for element in ("As", "B", "Ba", "Ca", "Cl", "K", "Li", "Mg", "Na", "Rb", "Sr", "Zn")]
    points = points_from_xy(eastings, northings)
    GeoDataFrame(pd.DataFrame(contents, columns=names), geometry=points, crs=32635).to_file(path, driver="GPKG")


def run_tool(samples, folder, n_clusters):
    """Run the tool in this process; print seconds, peak memory in GB and what it found as JSON."""
    import processing

    outputs = {name: str(Path(folder) / f"{name.lower()}.gpkg") for name in _LAYERS}
    outputs.update(MODEL=str(Path(folder) / "model.npz"), REPORT=str(Path(folder) / "report.html"))
    parameters = {"INPUT": samples, "N_CLUSTERS": int(n_clusters), "TARGET_CRS": "EPSG:32635", **outputs}
    start, start_cpu = time.perf_counter(), time.process_time()
    results = processing.run("fumarole:deep_embedded_clustering", parameters)
    found = {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - start_cpu,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
        "clusters": results["N_CLUSTERS_USED"],
        "samples": results["N_SAMPLES"],
    }
    print(json.dumps(found))


def measure(samples, n_clusters):
    """Run the tool in a process of its own and return what :func:`run_tool` printed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, str(samples), folder, str(n_clusters)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    """Measure and print."""
    goals = []
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.gpkg"
        write_samples(samples)
        for case, n_clusters in CASES.items():
            found = measure(samples, n_clusters)
            what = f"{found['samples']} samples x 12, layer to layers, {case}"
            seconds, gigabytes = found["seconds"], found["gigabytes"]
            load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
            note = f"{found['cpu_seconds']:.0f} CPU s, {load}, {found['clusters']} clusters"
            goals.append(Goal(f"wall time, {what}", f"< {GOAL_S:g} s", f"{seconds:.1f} s", seconds < GOAL_S, note))
            goals.append(Goal(f"peak memory, {what}", f"< {GOAL_GB:g} GB", f"{gigabytes:.2f} GB", gigabytes < GOAL_GB))
    print(markdown(goals))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        from fumarole.scripts.headless import fumarole_provider

        with fumarole_provider():
            run_tool(*sys.argv[1:])
    else:
        main()
