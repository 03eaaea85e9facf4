"""The tool ``deep_embedded_clustering_raster`` on 1, 10 and 100 million pixels of 8 bands, from file to file.

Each run is a fresh process: QGIS without a window, a GDAL mosaic of one synthetic tile, map and report written to
files. Seconds are those of the tool, memory the peak of the whole process with QGIS, torch and scikit-learn in it. The
sample and the networks take the same time whatever the size, so the exponent is small as long as they outweigh the
pixels.
Goals: 100 million pixels below 1 GB, in time that grows no faster than the pixels.
Run from the repository: ``make bench`` or ``PYTHONPATH=build/plugins python benchmarks/raster_scale.py [--large]``.
"""

import argparse
import math
import os
import tempfile
from functools import partial
from pathlib import Path

from fumarole.benchmarks.lib.goals import Goal, markdown
from fumarole.benchmarks.lib.pixels import N_BANDS, N_CLUSTERS, in_fresh_process, report, synthetic_pixels

SIZES = {"1e6": (1_000, 1_000), "1e7": (2_500, 4_000), "1e8": (10_000, 10_000)}  # height, width
LARGE = "1e8"  # only on request: it takes minutes on a busy machine
TILE_SIDE = 2_000
GOAL_GB, GOAL_EXPONENT = 1.0, 1.05


def write_tile(folder):
    """Write one synthetic tile of 2 000 x 2 000 pixels; returns its path."""
    from osgeo import gdal

    path = str(Path(folder) / "tile.tif")
    options = ["TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1"]
    dataset = gdal.GetDriverByName("GTiff").Create(path, TILE_SIDE, TILE_SIDE, N_BANDS, gdal.GDT_Float32, options)
    for number, band in enumerate(synthetic_pixels(TILE_SIDE**2, 4).reshape(N_BANDS, TILE_SIDE, TILE_SIDE), start=1):
        dataset.GetRasterBand(number).WriteArray(band)
    del dataset
    return path


def write_mosaic(path, tile, height, width):
    """Write a virtual raster that repeats the tile."""
    from osgeo import gdal, osr

    dataset = gdal.GetDriverByName("VRT").Create(str(path), width, height, N_BANDS, gdal.GDT_Float32)
    dataset.SetGeoTransform((600_000.0, 10.0, 0.0, 4_400_000.0, 0.0, -10.0))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32635)
    dataset.SetProjection(reference.ExportToWkt())
    place = '<{0}Rect xOff="{1}" yOff="{2}" xSize="{3}" ySize="{4}"/>'
    corners = [(row, column) for row in range(0, height, TILE_SIDE) for column in range(0, width, TILE_SIDE)]
    for number in range(1, N_BANDS + 1):
        sources = {}
        for count, (row, column) in enumerate(corners):
            size = min(TILE_SIDE, width - column), min(TILE_SIDE, height - row)
            sources[f"source_{count}"] = (
                f"<SimpleSource><SourceFilename>{tile}</SourceFilename><SourceBand>{number}</SourceBand>"
                + place.format("Src", 0, 0, *size)
                + place.format("Dst", column, row, *size)
                + "</SimpleSource>"
            )
        dataset.GetRasterBand(number).SetMetadata(sources, "vrt_sources")
    del dataset


def run_tool(mosaic, folder):
    """Run the whole tool; return how many pixels got a cluster."""
    import processing

    parameters = {
        "INPUT": [mosaic],
        "N_CLUSTERS": N_CLUSTERS,
        "OUTPUT": str(Path(folder) / "map.tif"),
        "REPORT": str(Path(folder) / "map.html"),
    }
    return processing.run("fumarole:deep_embedded_clustering_raster", parameters)["N_PIXELS"]


def measure(names):
    """Return what each size took."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        tile = write_tile(folder)
        for name in names:
            mosaic = Path(folder) / f"{name}.vrt"
            write_mosaic(mosaic, tile, *SIZES[name])
            found[name] = in_fresh_process(__file__, "--run", mosaic, folder)
            if found[name]["pixels"] != math.prod(SIZES[name]):
                raise SystemExit(f"{name}: {found[name]['pixels']} pixels were assigned")
    return found


def exponents(found):
    """Return by which power of the pixels the CPU seconds grow from every size to the next, as words and numbers."""
    steps = zip(found.items(), list(found.items())[1:])
    return {
        f"from {small} to {large} pixels": math.log(more["cpu_seconds"] / less["cpu_seconds"])
        / math.log(more["pixels"] / less["pixels"])
        for (small, less), (large, more) in steps
    }


def main(names):
    """Measure and print."""
    found = measure(names)
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    goals = []
    for name, measured in found.items():
        seconds, cpu = measured["seconds"], measured["cpu_seconds"]
        goals.append(Goal(f"whole tool, {name} pixels: time", "", f"{seconds:.0f} s, {cpu:.0f} CPU s", None, load))
        memory = measured["gigabytes"]
        what = f"whole tool, {name} pixels: peak memory of the process"
        goals.append(Goal(what, f"< {GOAL_GB:g} GB", f"{memory:.2f} GB", memory < GOAL_GB))
    for step, exponent in exponents(found).items():
        what = f"exponent of the CPU time, {step}"
        goals.append(Goal(what, f"<= {GOAL_EXPONENT}", f"{exponent:.2f}", exponent <= GOAL_EXPONENT))
    print(markdown(goals))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help=f"also {LARGE} pixels")
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.run:
        from fumarole.scripts.headless import fumarole_provider

        with fumarole_provider():
            report(partial(run_tool, *chosen.run))
    else:
        main([name for name in SIZES if chosen.large or name != LARGE])
