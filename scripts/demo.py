"""The worked examples: clusters, inverted self-potential profiles, reports, maps and projects, in ``demo/``.

Run as ``make demo``. The examples use nothing but the tools of the plugin; what they wrote is then read again, without
QGIS, and checked (:mod:`.demo_checks`).
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

from . import demo_raster, demo_sp, demo_subduction
from .demo_checks import great_basin_problems, simav_problems, typical_values
from .demo_tool import run_tool, say

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_DATA = ROOT / "sample_data"
GREAT_BASIN = SAMPLE_DATA / "great_basin_geothermal.csv"
SIMAV = SAMPLE_DATA / "simav"
GREAT_BASIN_CRS = "EPSG:32611"
SIMAV_CRS = "EPSG:32635"

# Measured in most waters. Chalcedony is left out: like quartz it is computed from the same silica.
GREAT_BASIN_FIELDS = (
    "TEMP_C",
    "GEOTHERMOMETER_QUARTZ_C",
    "pH_FIELD",
    "CA_PPM",
    "CL_PPM",
    "K_PPM",
    "MG_PPM",
    "NA_PPM",
)
GREAT_BASIN_CLUSTERS = 4
_CREDIT = "Data: SmartTensors/GeoThermalCloud.jl, GPL-3.0."
CONTENTS = (
    ("project.qgz", "every layer, styled, and the print layout: open it in QGIS"),
    ("map.jpg, map.pdf", "the map to print"),
    ("report.html", "what was done to the data, and how far to trust the result"),
    ("clusters.gpkg, hulls.gpkg", "samples with their cluster, and a hull around each"),
    ("profiles.csv, scores.csv, latent.csv", "the clusters in numbers"),
    ("model.npz", "puts new samples into these clusters (tool Apply clustering model)"),
)


def great_basin(folder, source=GREAT_BASIN, effort="standard"):
    """Cluster real geothermal waters, in UTM zone 11N; returns the problems found in the results."""
    say("\nGreat Basin, western USA: real geothermal waters, UTM zone 11N. " + _CREDIT)
    samples = run_tool(
        "import_samples",
        INPUT=source,
        SOURCE_CRS="EPSG:4269",
        TARGET_CRS=GREAT_BASIN_CRS,
        OUTPUT=folder / "great_basin_waters.gpkg",
    )
    say(f"{samples['COUNT']} waters imported, {samples['DROPPED']} left out.")
    fields = list(GREAT_BASIN_FIELDS)
    suggested = run_tool(
        "suggest_cluster_count",
        INPUT=samples["OUTPUT"],
        FIELDS=fields,
        MAX_CLUSTERS=6,
        OUTPUT=folder / "cluster_count.csv",
        REPORT=folder / "cluster_count.html",
    )
    say(f"Suggested: {suggested['REASON']}")
    say(f"{GREAT_BASIN_CLUSTERS} are made here, to tell kinds of water apart that 2 would lump together.")
    given = {"FIELDS": fields, "N_CLUSTERS": GREAT_BASIN_CLUSTERS}
    result = cluster(folder, samples["OUTPUT"], GREAT_BASIN_CRS, effort, **given)
    for line in typical_values(folder / "clusters.gpkg", ("TEMP_C", "GEOTHERMOMETER_QUARTZ_C", "CL_PPM", "B_PPM")):
        say(line)
    draw(
        folder,
        "Geothermal waters of the Great Basin",
        "Clusters of real waters by temperature, pH, quartz geothermometer, Ca, Cl, K, Mg and Na. Hulls are not drawn: "
        "the kinds of water occur side by side all over the basin.",
        _CREDIT,
        CLUSTERS=result["OUTPUT"],
    )
    apply_to_itself(folder, samples["OUTPUT"])
    return great_basin_problems(folder, source, GREAT_BASIN_CRS)


def simav(folder, effort="standard"):
    """Go from the three spreadsheets of a survey to its map, in UTM zone 35S; returns the problems found."""
    say(
        "\nSimav, western Türkiye, UTM 35S: SYNTHETIC samples and boreholes in the layout of a survey; real earthquakes "
        "(USGS, public domain)."
    )
    workbooks = {
        "samples_synthetic": "simav_geothermal.xlsx",
        "boreholes_synthetic": "kuyular simav son.xlsx",
        "earthquakes_usgs": "Simav_Region_Earthquake_Datas_35S_UTM.xlsx",
    }
    layers = {}
    for name, workbook in workbooks.items():
        output = folder / f"simav_{name}.gpkg"
        imported = run_tool("import_samples", INPUT=SIMAV / workbook, GRID_ZONE="35S", OUTPUT=output)
        say(f"'{workbook}': {imported['COUNT']} points imported, {imported['DROPPED']} left out.")
        layers[name] = imported["OUTPUT"]
    result = cluster(
        folder,
        layers["samples_synthetic"],
        SIMAV_CRS,
        effort,
        BOREHOLES=layers["boreholes_synthetic"],
        EARTHQUAKES=layers["earthquakes_usgs"],
        MAGNITUDE_FIELD="ML",
        BOREHOLES_OUTPUT=folder / "boreholes.gpkg",
        EARTHQUAKES_OUTPUT=folder / "earthquakes.gpkg",
    )
    draw(
        folder,
        "Geothermal prospects near Simav",
        "SYNTHETIC samples and boreholes, made to show the plugin: nothing here says anything about the real ground. "
        "Real earthquakes, M \u2265 4, 1994-2025.",
        "Earthquakes: USGS ComCat, public domain.",
        CLUSTERS=result["OUTPUT"],
        HULLS=result["HULLS"],
        BOREHOLES=result["BOREHOLES_OUTPUT"],
        EARTHQUAKES=result["EARTHQUAKES_OUTPUT"],
    )
    apply_to_itself(folder, layers["samples_synthetic"])
    return simav_problems(folder, SIMAV_CRS)


def cluster(folder, samples, crs, effort, **parameters):
    """Run deep embedded clustering with every result into ``folder``, and say its key figures."""
    result = run_tool(
        "deep_embedded_clustering",
        INPUT=samples,
        TARGET_CRS=crs,
        EFFORT=effort,
        OUTPUT=folder / "clusters.gpkg",
        HULLS=folder / "hulls.gpkg",
        LATENT=folder / "latent.csv",
        PROFILES=folder / "profiles.csv",
        SCORES=folder / "scores.csv",
        MODEL=folder / "model.npz",
        REPORT=folder / "report.html",
        **parameters,
    )
    say(
        f"{result['N_CLUSTERS_USED']} clusters of {result['N_SAMPLES']} samples; {result['N_DROPPED']} with too few "
        "analyses are not assigned."
    )
    say(
        f"Stability {result['STABILITY']:.2f}, Davies-Bouldin {result['DAVIES_BOULDIN']:.2f}, silhouette "
        f"{result['SILHOUETTE']:.2f}; k-means on the same features {result['KMEANS_SILHOUETTE']:.2f}."
    )
    return result


def draw(folder, title, subtitle, credit, **layers):
    """Lay out the map, as a picture with a project and as a PDF."""
    text = {"TITLE": title, "SUBTITLE": subtitle, "CREDIT": credit}
    run_tool("prospect_map", MAP=folder / "map.jpg", PROJECT=folder / "project.qgz", **layers, **text)
    run_tool("prospect_map", MAP=folder / "map.pdf", **layers, **text)


def apply_to_itself(folder, samples):
    """Put the samples through the model that was made of them, for the checks."""
    run_tool("apply_clustering_model", INPUT=samples, MODEL=folder / "model.npz", OUTPUT=folder / "applied.gpkg")


EXAMPLES = {
    "great_basin": great_basin,
    "simav": simav,
    "raster": demo_raster.run,
    "self_potential": demo_sp.run,
    "subduction": demo_subduction.run,
}
CONTENTS_OF = {
    "great_basin": CONTENTS,
    "simav": CONTENTS,
    "raster": demo_raster.CONTENTS,
    "self_potential": demo_sp.CONTENTS,
    "subduction": demo_subduction.CONTENTS,
}


def main(arguments=None):
    """Run the examples; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "demo", help="where the results go (default: demo)")
    parser.add_argument("--only", choices=EXAMPLES, help="one example")
    options = parser.parse_args(arguments)
    from .headless import fumarole_provider

    started = time.monotonic()
    problems = {}
    with fumarole_provider():
        for name in [options.only] if options.only else EXAMPLES:
            folder = options.folder / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            problems[name] = EXAMPLES[name](folder)
    for name, found in problems.items():
        say(f"\n{options.folder / name}")
        for files, purpose in CONTENTS_OF[name]:
            say(f"  {files:<38}{purpose}")
        for problem in found:
            say(f"  WRONG: {problem}")
    failed = any(problems.values())
    verdict = "the results are NOT right." if failed else "every check of the results passed."
    say(f"\nDone in {time.monotonic() - started:.0f} s; {verdict}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
