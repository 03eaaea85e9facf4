"""Pixels assigned per second beside k-means, and the memory that 100 million pixels take.

Speed: the distilled model and scikit-learn's ``KMeans.predict`` take turns on synthetic pixels of the same
populations, in one process. k-means gets them pixel by pixel as it wants them, already transformed, and gives a label
only; the model gets them band by band in the units of the file, transforms them, and gives label and confidence. Both
use two threads.
Memory: a fresh process, the assignment alone on blocks made on the fly. The whole tool is in ``raster_scale.py``.
Goals: 12 Mpx/s on two free cores, 100 million pixels below 1 GB.
Run from the repository: ``make bench`` or ``PYTHONPATH=build/plugins python benchmarks/raster_assignment.py``.
"""

import os
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from fumarole.benchmarks.lib.goals import Goal, markdown
from fumarole.benchmarks.lib.pixels import N_BANDS, N_CLUSTERS, in_fresh_process, report, synthetic_pixels

SAMPLE = 20_000
SPEED_PIXELS, WINDOW, REPETITIONS = 8_000_000, 2_000_000, 9
STREAM_PIXELS = 100_000_000
GOAL_MPX_S, GOAL_GB = 12.0, 1.0


def trained(folder):
    """Train on a sample, save the model, and return it with the result of the clustering."""
    from dataclasses import replace

    from fumarole.algorithms.clustering.analysis import Options
    from fumarole.algorithms.clustering.raster_clustering import cluster_pixels

    names = tuple(f"band {number}" for number in range(1, N_BANDS + 1))
    options = Options(N_CLUSTERS, "standard", "yeo_johnson", "skip")
    result, model = cluster_pixels(names, synthetic_pixels(SAMPLE, 1).T.astype(float), options)
    model = replace(model, cloud=None)  # as the tool draws its map
    model.save(Path(folder) / "model.npz")
    return result, model


def measure_speed(result, model):
    """Return Mpx per second of wall time and per CPU second of both programs, medians, and the best of wall time."""
    from fumarole.algorithms.clustering.raster_assignment import assign_blocks
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    kmeans = KMeans(N_CLUSTERS, n_init=3, random_state=0).fit(result.features.astype(np.float32))
    pixels = synthetic_pixels(SPEED_PIXELS, 2)
    sample = np.ascontiguousarray(np.resize(result.features.astype(np.float32), (SPEED_PIXELS, N_BANDS)))
    windows = [slice(start, start + WINDOW) for start in range(0, SPEED_PIXELS, WINDOW)]

    def ours():
        for _ in assign_blocks(model, (pixels[:, window] for window in windows)):
            pass

    def theirs():
        for window in windows:
            kmeans.predict(sample[window])

    programs = {"model": ours, "k-means": theirs}
    rates = {name: ([], []) for name in programs}
    with threadpool_limits(2):
        for _ in range(REPETITIONS):
            for name, program in programs.items():
                wall, cpu = time.perf_counter(), time.process_time()
                program()
                rates[name][0].append(SPEED_PIXELS / 1e6 / (time.perf_counter() - wall))
                rates[name][1].append(SPEED_PIXELS / 1e6 / (time.process_time() - cpu))
    return {name: tuple(map(statistics.median, values)) + (max(values[0]),) for name, values in rates.items()}


def stream(path):
    """Assign 100 million pixels made on the fly; return how many got a cluster."""
    from fumarole.algorithms.clustering.raster_assignment import assign_blocks
    from fumarole.algorithms.clustering.raster_model import RasterModel

    model = RasterModel.load(path)
    base = synthetic_pixels(WINDOW, 3)
    blocks = (base * np.float32(1 + 1e-3 * number) for number in range(STREAM_PIXELS // WINDOW))
    return sum(int((cluster > 0).sum()) for cluster, *_ in assign_blocks(model, blocks))


def main():
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        result, model = trained(folder)
        student = model.student
        print(f"stability {result.stability:.3f}, agreement {student.agreement:.4f} on {student.n_held_out} pixels")
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        speed = measure_speed(result, model)
        memory = in_fresh_process(__file__, Path(folder) / "model.npz")
    if memory["pixels"] != STREAM_PIXELS:
        raise SystemExit(f"{memory['pixels']} pixels were assigned instead of {STREAM_PIXELS}")
    (wall, per_cpu, best), (their_wall, their_cpu, their_best) = speed["model"], speed["k-means"]
    goals = [
        Goal(
            "assignment, 8 bands: pixels per CPU second of two threads, times two cores",
            f">= {GOAL_MPX_S:g} Mpx/s",
            f"{2 * per_cpu:.1f} Mpx/s",
            2 * per_cpu >= GOAL_MPX_S,
            f"k-means predict {2 * their_cpu:.1f}",
        ),
        Goal(
            "the same, wall clock as the machine was: median, and best run",
            f">= {GOAL_MPX_S:g} Mpx/s",
            f"{wall:.1f}, {best:.1f} Mpx/s",
            wall >= GOAL_MPX_S,
            f"k-means predict {their_wall:.1f}, {their_best:.1f}",
        ),
        Goal(
            "assignment of 1e8 pixels made on the fly: peak memory of the process",
            f"< {GOAL_GB:g} GB",
            f"{memory['gigabytes']:.2f} GB ({memory['seconds']:.0f} s, {memory['cpu_seconds']:.0f} CPU s)",
            memory["gigabytes"] < GOAL_GB,
        ),
    ]
    print(markdown(goals))


if __name__ == "__main__":
    if len(sys.argv) == 2:
        report(partial(stream, sys.argv[1]))
    else:
        main()
