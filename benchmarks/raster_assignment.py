"""Pixels assigned per second beside k-means, and the memory that 100 million pixels take.

Speed: the distilled model and scikit-learn's ``KMeans.predict`` take turns on synthetic pixels of the same
populations, in one process. k-means gets them pixel by pixel as it wants them, already transformed, and gives a label only; the model
gets them band by band in the units of the file, transforms them, and gives label and confidence. Both use two threads.
Memory: fresh processes, (a) the assignment alone on blocks made on the fly, (b) the whole tool, from a GDAL mosaic of
one synthetic tile to the GeoTIFF, with QGIS and torch in it.
Goals: 12 Mpx/s on two free cores, 100 million pixels below 1 GB.
Run from the repository: ``make bench`` or ``PYTHONPATH=build/plugins python benchmarks/raster_assignment.py``.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from fumarole.benchmarks.lib.goals import Goal, markdown

N_BANDS, N_CLUSTERS = 8, 6
SHARES = (0.35, 0.25, 0.15, 0.12, 0.08, 0.05)
SAMPLE = 20_000
SPEED_PIXELS, WINDOW, REPETITIONS = 8_000_000, 2_000_000, 9
SIDE, TILE_SIDE = 10_000, 2_000
MOSAIC = "mosaic.vrt"
GOAL_MPX_S, GOAL_GB = 12.0, 1.0


def synthetic_pixels(n_pixels, seed):
    """Return pixels ``(8, n_pixels)`` float32 of six overlapping skewed populations."""
    centres = np.random.default_rng(0).normal(scale=1.5, size=(N_CLUSTERS, N_BANDS))
    generator = np.random.default_rng(seed)
    population = generator.choice(N_CLUSTERS, n_pixels, p=SHARES)
    noise = generator.standard_normal((N_BANDS, n_pixels), dtype=np.float32)
    return np.exp(0.5 * (centres[population].T.astype(np.float32) + noise))


def trained(folder):
    """Train on a sample, save the model, and return it with the result of the clustering."""
    from fumarole.algorithms.clustering.analysis import Options
    from fumarole.algorithms.clustering.raster_clustering import cluster_pixels

    names = tuple(f"band {number}" for number in range(1, N_BANDS + 1))
    options = Options(N_CLUSTERS, "standard", "yeo_johnson", "skip")
    result, model = cluster_pixels(names, synthetic_pixels(SAMPLE, 1).T.astype(float), options)
    model.save(Path(folder) / "model.npz")
    return result, model


def measure_speed(result, model):
    """Return Mpx per second of wall time and per CPU second of both programs, medians."""
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


def stream(folder):
    """Assign 100 million pixels made on the fly."""
    from fumarole.algorithms.clustering.raster_assignment import assign_blocks
    from fumarole.algorithms.clustering.raster_model import RasterModel

    model = RasterModel.load(Path(folder) / "model.npz")
    base = synthetic_pixels(WINDOW, 3)
    blocks = (base * np.float32(1 + 1e-3 * number) for number in range(SIDE * SIDE // WINDOW))
    return sum(int((cluster > 0).sum()) for cluster, *_ in assign_blocks(model, blocks))


def run_tool(folder):
    """Run the whole tool on a mosaic of 100 million pixels, one run of the networks."""
    from fumarole.scripts.headless import fumarole_provider

    with fumarole_provider():
        import processing

        parameters = {
            "INPUT": [str(Path(folder) / MOSAIC)],
            "N_CLUSTERS": N_CLUSTERS,
            "EFFORT": "quick",
            "OUTPUT": str(Path(folder) / "map.tif"),
            "REPORT": str(Path(folder) / "map.html"),
        }
        return processing.run("fumarole:deep_embedded_clustering_raster", parameters)["N_PIXELS"]


def write_mosaic(folder):
    """Write one synthetic tile of 2 000 x 2 000 pixels and a virtual raster that repeats it 5 x 5 times."""
    from osgeo import gdal, osr

    tile = str(Path(folder) / "tile.tif")
    options = ["TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1"]
    dataset = gdal.GetDriverByName("GTiff").Create(tile, TILE_SIDE, TILE_SIDE, N_BANDS, gdal.GDT_Float32, options)
    for number, band in enumerate(synthetic_pixels(TILE_SIDE**2, 4).reshape(N_BANDS, TILE_SIDE, TILE_SIDE), start=1):
        dataset.GetRasterBand(number).WriteArray(band)
    del dataset
    dataset = gdal.GetDriverByName("VRT").Create(str(Path(folder) / MOSAIC), SIDE, SIDE, N_BANDS, gdal.GDT_Float32)
    dataset.SetGeoTransform((600_000.0, 10.0, 0.0, 4_400_000.0, 0.0, -10.0))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32635)
    dataset.SetProjection(reference.ExportToWkt())
    place = '<{0}Rect xOff="{1}" yOff="{2}" xSize="{3}" ySize="{3}"/>'
    for number in range(1, N_BANDS + 1):
        sources = {}
        for count, (row, column) in enumerate(np.ndindex(SIDE // TILE_SIDE, SIDE // TILE_SIDE)):
            sources[f"source_{count}"] = (
                f"<SimpleSource><SourceFilename>{tile}</SourceFilename><SourceBand>{number}</SourceBand>"
                + place.format("Src", 0, 0, TILE_SIDE)
                + place.format("Dst", column * TILE_SIDE, row * TILE_SIDE, TILE_SIDE)
                + "</SimpleSource>"
            )
        dataset.GetRasterBand(number).SetMetadata(sources, "vrt_sources")
    del dataset


CASES = {"stream": stream, "tool": run_tool}
WORDS = {"stream": "assignment of 1e8 pixels made on the fly", "tool": "whole tool, 1e8 pixels, effort quick"}


def in_fresh_process(case, folder):
    """Run a case in a process of its own; return what it measured."""
    done = subprocess.run([sys.executable, __file__, case, folder], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak_gigabytes():
    """Return the peak resident memory of this process; ``getrusage`` would count that of the one that started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e9
    raise SystemExit("The peak memory is read from /proc/self/status, which this system does not have.")


def report_case(case, folder):
    """Run a case in this process and print seconds, peak memory and pixels as JSON."""
    wall, cpu = time.perf_counter(), time.process_time()
    n_pixels = CASES[case](folder)
    measured = {
        "pixels": n_pixels,
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "gigabytes": peak_gigabytes(),
    }
    print(json.dumps(measured), flush=True)


def main():
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        result, model = trained(folder)
        student = model.student
        print(f"stability {result.stability:.3f}, agreement {student.agreement:.4f} on {student.n_held_out} pixels")
        speed = measure_speed(result, model)
        write_mosaic(folder)
        cases = {case: in_fresh_process(case, folder) for case in CASES}
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
    ]
    for case, measured in cases.items():
        words = WORDS[case]
        if measured["pixels"] != SIDE * SIDE:
            raise SystemExit(f"{words}: {measured['pixels']} pixels were assigned instead of {SIDE * SIDE}")
        goals.append(
            Goal(
                f"{words}: peak memory of the process",
                f"< {GOAL_GB:g} GB",
                f"{measured['gigabytes']:.2f} GB ({measured['seconds']:.0f} s, {measured['cpu_seconds']:.0f} CPU s)",
                measured["gigabytes"] < GOAL_GB,
            )
        )
    print(markdown(goals))
    return 0 if all(goal.met for goal in goals) else 1


if __name__ == "__main__":
    if len(sys.argv) == 3:
        report_case(*sys.argv[1:])
    else:
        sys.exit(main())
