"""The worked self-potential example: a profile whose answer is known, two field profiles, and a synthetic grid.

:func:`run` writes everything into a folder with the tools of the plugin, reads it again and returns what is wrong.
"""

from pathlib import Path

import numpy as np

from .demo_tool import run_tool, say, write_project

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data" / "self_potential"
GRID_CRS = "EPSG:32635"
GRID_ORIGIN = (668_000.0, 4_331_000.0)  # south-western corner: easting and northing, m
GRID_CELL_M, GRID_COLUMNS, GRID_ROWS = 5.0, 160, 120
NOISE_SD_MV = 3.0
TREND_MV_PER_M = (0.02, -0.01)  # to the east and to the north
SPHERES = (  # SYNTHETIC: easting and northing from the corner, depth (m), azimuth of +x, angle (degrees), K (mV m²)
    ("A", 200.0, 420.0, 45.0, 60.0, 90.0, 4.0e5),
    ("B", 430.0, 250.0, 30.0, 90.0, 60.0, 1.5e5),
    ("C", 600.0, 430.0, 60.0, 120.0, 110.0, 9.0e5),
)
LINE_LENGTH_M = 360.0
FIELD_PROFILES = {  # file: (name, place, depth, half-length and dip of the sheet)
    "Surda_anomaly.dat": ("surda", (3.17, 30.10, 25.96, 47.4)),
    "BavarianWoods_anomaly.dat": ("bavarian_woods", (18.07, 50.66, 38.02, 133.5)),
}
REFERENCE = (76.2435, 42.7766, 310.302, 99_101.9)  # least squares: place, depth, angle, K
_LOCAL = (
    'ENGCRS["{name}: local coordinates, zero of its own distance",EDATUM["zero of the profile"],CS[Cartesian,2],'
    'AXIS["along (x)",east],AXIS["across (y)",north],LENGTHUNIT["metre",1]]'
)
CONTENTS = (
    ("self_potential.qgz", "every layer, styled: open it in QGIS"),
    ("reference_*, surda_*, bavarian_woods_*", "source, fit, error bar and report of each profile"),
    ("grid_*", "stations, sources, fit, error bars and report of the lines across the grid"),
    ("network.npz, network_report.html", "a network trained for a few seconds, and what it is worth"),
    ("comparison.csv, comparison_report.html", "network, least squares and both, side by side"),
)


def run(folder, budget_s=10.0):
    """Run the example.

    Parameters
    ----------
    folder : Path
        For the results; exists.
    budget_s : float
        For the training of the network.

    Returns
    -------
    list of str
        What is wrong with the results, as sentences; empty when nothing is.
    """
    problems = []
    say("\nSelf-potential. Reference profile: SYNTHETIC, one sphere with noise (MIT; see sample_data/self_potential).")
    stations = table_to_points(folder, "reference", "seed_SP_syn_data.csv")
    found = invert(
        folder, "reference", stations, BODY="sphere", BACKGROUND="none", ROBUST=False, UNCERTAINTY="grid"
    )
    say(f"Place {found['X0']:.2f} m, depth {found['DEPTH']:.2f} m, angle {found['ANGLE']:.2f}, K {found['K']:.0f}.")
    problems += compared(
        "The reference profile", found, ("X0", "DEPTH", "ANGLE", "K"), REFERENCE, (1e-3, 1e-3, 6e-3, 1.0)
    )
    compare_with_network(folder, stations, budget_s)
    for file, (name, published) in FIELD_PROFILES.items():
        say(f"\n{name}: REAL field profile, digitised, in local coordinates.")
        stations = table_to_points(folder, name, file)
        found = invert(folder, name, stations, BODY="sheet", BACKGROUND="none", ROBUST=False)
        place = f"{found['X0']:.2f} m, {found['DEPTH']:.2f} m deep"
        say(f"Sheet at {place}, dip {found['ANGLE']:.1f}; misfit {found['RMS']:.1f} mV.")
        names = ("X0", "DEPTH", "HALF_LENGTH", "ANGLE")
        problems += compared(name, found, names, published, (0.02, 0.02, 0.02, 0.1))
    say("\nA SYNTHETIC grid over three spheres, with noise and a trend, cut by three lines.")
    raster, lines = write_grid(folder / "sp_grid_synthetic.tif"), write_lines(folder / "lines_synthetic.gpkg")
    result = run_tool(
        "sp_sources_from_raster",
        RASTER=raster,
        LINES=lines,
        LINE_FIELD="name",
        **{
            "profiles:stations": folder / "grid_stations.gpkg",
            "inversion:sources": folder / "grid_sources.gpkg",
            "inversion:fit": folder / "grid_fit.gpkg",
            "inversion:bars": folder / "grid_error_bars.gpkg",
            "inversion:report": folder / "grid_report.html",
        },
    )
    save_project(folder / "self_potential.qgz", folder)
    return problems + grid_problems(result["inversion:sources"])


def invert(folder, name, stations, **choices):
    """Invert one profile with every result into ``folder``."""
    return run_tool(
        "invert_sp",
        INPUT=stations,
        SP_FIELD="sp_mv",
        DISTANCE_FIELD="distance_m",
        OUTPUT=folder / f"{name}_source.gpkg",
        FIT=folder / f"{name}_fit.gpkg",
        ERROR_BARS=folder / f"{name}_error_bar.gpkg",
        REPORT=folder / f"{name}_report.html",
        **choices,
    )


def compare_with_network(folder, stations, budget_s):
    """Train a network for a few seconds and set it beside least squares on the reference profile."""
    trained = run_tool(
        "train_sp_network",
        BUDGET=budget_s,
        MODEL=folder / "network.npz",
        REPORT=folder / "network_report.html",
    )
    say(f"Network: mean squared error {trained['MSE']:.4f} on parameters scaled from their ranges to 0..1.")
    compared = run_tool(
        "compare_sp_inversions",
        INPUT=stations,
        SP_FIELD="sp_mv",
        DISTANCE_FIELD="distance_m",
        MODEL=trained["MODEL"],
        OUTPUT=folder / "comparison.csv",
        REPORT=folder / "comparison_report.html",
    )
    near = "within" if compared["N_AGREE"] else "beyond"
    say(f"Its answer lies {near} 3 standard deviations of least squares.")


def table_to_points(folder, name, file):
    """Write a sample profile as points in a local coordinate system; return the path."""
    import geopandas

    skip, delimiter = (1, ",") if file.endswith(".csv") else (0, None)
    distance_m, sp_mv = np.loadtxt(SAMPLES / file, delimiter=delimiter, skiprows=skip, unpack=True)
    points = geopandas.points_from_xy(distance_m, np.zeros_like(distance_m))
    table = geopandas.GeoDataFrame(
        {"distance_m": distance_m, "sp_mv": sp_mv}, geometry=points, crs=_LOCAL.format(name=name)
    )
    path = folder / f"{name}_stations.gpkg"
    table.to_file(path, driver="GPKG")
    return path


def grid_values():
    """Return the synthetic grid (n_rows, n_columns), mV, the northernmost row first."""
    x = (np.arange(GRID_COLUMNS) + 0.5) * GRID_CELL_M
    y = (GRID_ROWS - np.arange(GRID_ROWS) - 0.5) * GRID_CELL_M
    x, y = np.meshgrid(x, y)
    values = TREND_MV_PER_M[0] * x + TREND_MV_PER_M[1] * y
    for _, x0, y0, depth, azimuth, angle, moment in SPHERES:
        azimuth, angle = np.radians([azimuth, angle])
        along = (x - x0) * np.sin(azimuth) + (y - y0) * np.cos(azimuth)
        distance = np.sqrt((x - x0) ** 2 + (y - y0) ** 2 + depth**2)
        values += moment * (along * np.cos(angle) - depth * np.sin(angle)) / distance**3
    return values + np.random.default_rng(42).normal(0.0, NOISE_SD_MV, values.shape)


def write_grid(path):
    """Write the synthetic grid as a GeoTIFF; return the path."""
    from osgeo import gdal, osr

    dataset = gdal.GetDriverByName("GTiff").Create(str(path), GRID_COLUMNS, GRID_ROWS, 1, gdal.GDT_Float32)
    north = GRID_ORIGIN[1] + GRID_ROWS * GRID_CELL_M
    dataset.SetGeoTransform((GRID_ORIGIN[0], GRID_CELL_M, 0.0, north, 0.0, -GRID_CELL_M))
    system = osr.SpatialReference()
    system.ImportFromEPSG(int(GRID_CRS.split(":")[1]))
    dataset.SetProjection(system.ExportToWkt())
    band = dataset.GetRasterBand(1)
    band.SetDescription("self-potential (mV), SYNTHETIC")
    band.WriteArray(grid_values())
    dataset.FlushCache()
    return path


def write_lines(path):
    """Write one line across each sphere, along its polarisation; return the path."""
    import geopandas
    from shapely.geometry import LineString

    names, lines = [], []
    for name, x0, y0, _, azimuth, _, _ in SPHERES:
        reach = 0.5 * LINE_LENGTH_M * np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])
        centre = np.array(GRID_ORIGIN) + (x0, y0)
        names.append(name)
        lines.append(LineString([centre - reach, centre + reach]))
    geopandas.GeoDataFrame({"name": names}, geometry=lines, crs=GRID_CRS).to_file(path, driver="GPKG")
    return path


def save_project(path, folder):
    """Write a project of the synthetic grid with its lines and sources, styled."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsVectorLayer

    from ..ui.sp_styles import style_grid

    project = QgsProject()
    project.setTitle("Self-potential: a synthetic grid and its sources")
    project.setCrs(QgsCoordinateReferenceSystem(GRID_CRS))
    grid = QgsRasterLayer(str(folder / "sp_grid_synthetic.tif"), "Self-potential (mV), SYNTHETIC")
    style_grid(grid)
    project.addMapLayer(grid)
    for file, title in (("stations", "Stations"), ("error_bars", "Error bars"), ("sources", "Sources")):
        project.addMapLayer(QgsVectorLayer(str(folder / f"grid_{file}.gpkg"), title, "ogr"))
    write_project(project, path, grid)


def compared(title, found, names, expected, tolerances):
    """Return a sentence for every number that is not what is known."""
    return [
        f"{title}: {name} is {found[name]:.4f} instead of {value:.4f}."
        for name, value, tolerance in zip(names, expected, tolerances)
        if not abs(found[name] - value) <= tolerance
    ]


def grid_problems(sources):
    """Return what is wrong with the sources of the synthetic grid, read without QGIS."""
    import geopandas

    found = geopandas.read_file(sources).set_index("line")
    problems = []
    for name, x0, y0, depth, _, angle, _ in SPHERES:
        if name not in found.index:
            problems.append(f"Line {name} gave no source.")
            continue
        source = found.loc[name]
        miss = np.hypot(source.geometry.x - GRID_ORIGIN[0] - x0, source.geometry.y - GRID_ORIGIN[1] - y0)
        if miss > 10.0 or abs(source["depth_m"] - depth) > 0.2 * depth or abs(source["angle_deg"] - angle) > 15.0:
            problems.append(f"Line {name}: the source lies {miss:.1f} m off, {source['depth_m']:.1f} m deep.")
        if abs(source.geometry.z + source["depth_m"]) > 1e-6:
            problems.append(f"Line {name}: z is not minus the depth.")
    return problems
