"""Synthetic pixels of eight bands, and processes of their own to measure memory in."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

N_BANDS, N_CLUSTERS = 8, 6
SHARES = (0.35, 0.25, 0.15, 0.12, 0.08, 0.05)


def synthetic_pixels(n_pixels, seed):
    """Return pixels ``(8, n_pixels)`` float32 of six overlapping skewed populations."""
    centres = np.random.default_rng(0).normal(scale=1.5, size=(N_CLUSTERS, N_BANDS))
    generator = np.random.default_rng(seed)
    population = generator.choice(N_CLUSTERS, n_pixels, p=SHARES)
    noise = generator.standard_normal((N_BANDS, n_pixels), dtype=np.float32)
    return np.exp(0.5 * (centres[population].T.astype(np.float32) + noise))


def in_fresh_process(script, *arguments):
    """Run a script with arguments in a process of its own; return what :func:`report` printed there."""
    command = [sys.executable, script, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(run):
    """Call ``run()``, which returns a number of pixels; print it with seconds and peak memory as JSON."""
    wall, cpu = time.perf_counter(), time.process_time()
    n_pixels = run()
    measured = {
        "pixels": n_pixels,
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "gigabytes": peak_gigabytes(),
    }
    print(json.dumps(measured), flush=True)


def peak_gigabytes():
    """Return the peak resident memory of this process; ``getrusage`` would count that of the one that started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e9
    raise SystemExit("The peak memory is read from /proc/self/status, which this system does not have.")
