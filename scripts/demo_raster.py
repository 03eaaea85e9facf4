"""The worked raster example: a SYNTHETIC survey over known geology, from three grids to clusters, polygons and map.

:func:`run` writes everything into a folder with the tools of the plugin, reads it again and returns what is wrong.
"""

from . import synthetic_geology
from .demo_tool import run_tool, say, write_project

N_CLUSTERS = len(synthetic_geology.UNITS)
SAMPLE_SIZE = 5000
LEAST_AGREEMENT = 0.9  # adjusted Rand index with the true units
TITLE = "Clusters of a synthetic survey"
SUBTITLE = (
    "SYNTHETIC gravity, magnetics, radiometrics and boreholes over an invented geology: nothing here says anything "
    "about the real ground."
)
CREDIT = "Synthetic data, made by the script of this example."
CONTENTS = (
    ("raster.qgz", "every layer, styled: open it in QGIS"),
    ("map.jpg, map.pdf", "the map to print"),
    ("report.html", "clusters, areas, boreholes by cluster, and how far to trust the result"),
    ("clusters.tif, polygons.gpkg", "the clusters as raster and as polygons"),
    ("boreholes.gpkg", "the boreholes with the cluster each stands in"),
    ("*_synthetic.tif", "the survey, and the geology it was made of"),
    ("model.npz", "puts the pixels of other rasters into these clusters"),
)


def run(folder, effort="standard"):
    """Run the example.

    Parameters
    ----------
    folder : Path
        For the results; exists.
    effort : str
        Of the clustering.

    Returns
    -------
    list of str
        What is wrong with the results, as sentences; empty when nothing is.
    """
    say("\nRasters: a SYNTHETIC survey over known geology: radiometrics, magnetics and gravity on grids of their own.")
    rasters = [synthetic_geology.write_survey(folder, survey) for survey in synthetic_geology.surveys()]
    geology = synthetic_geology.write_geology(folder)
    result = run_tool(
        "deep_embedded_clustering_raster",
        INPUT=[str(path) for path in rasters],
        N_CLUSTERS=N_CLUSTERS,
        SAMPLE_SIZE=SAMPLE_SIZE,
        EFFORT=effort,
        BOREHOLES=write_boreholes(folder / "boreholes_synthetic.gpkg"),
        MIN_PIXELS=5,
        OUTPUT=folder / "clusters.tif",
        POLYGONS=folder / "polygons.gpkg",
        BOREHOLES_OUTPUT=folder / "boreholes.gpkg",
        MODEL=folder / "model.npz",
        REPORT=folder / "report.html",
    )
    say(
        f"{result['N_CLUSTERS_USED']} clusters on {result['N_PIXELS']} pixels, {result['AREA_KM2']:.1f} km2; stability "
        f"{result['STABILITY']:.2f}, agreement of the map with the consensus {result['AGREEMENT']:.3f}."
    )
    agreement = agreement_with_truth(folder / "clusters.tif")
    say(f"Adjusted Rand index of the map with the geology that the survey was made of: {agreement:.3f}.")
    layers = {"CLUSTERS": result["POLYGONS"], "BOREHOLES": result["BOREHOLES_OUTPUT"]}
    text = {"TITLE": TITLE, "SUBTITLE": SUBTITLE, "CREDIT": CREDIT}
    run_tool("prospect_map", MAP=folder / "map.jpg", **layers, **text)
    run_tool("prospect_map", MAP=folder / "map.pdf", **layers, **text)
    save_project(folder / "raster.qgz", folder, [*rasters, geology])
    return problems(folder, agreement)


def write_boreholes(path):
    """Write the synthetic boreholes; return the path."""
    import geopandas

    easting, northing, names, _ = synthetic_geology.boreholes()
    points = geopandas.points_from_xy(easting, northing)
    geopandas.GeoDataFrame({"name": names}, geometry=points, crs=synthetic_geology.CRS).to_file(path, driver="GPKG")
    return path


def agreement_with_truth(path):
    """Return the adjusted Rand index of a cluster map with the true units, over the pixels with data."""
    from osgeo import gdal
    from sklearn.metrics import adjusted_rand_score

    dataset = gdal.Open(str(path))
    cluster = dataset.ReadAsArray()[0]
    truth = synthetic_geology.truth_on(cluster.shape, dataset.GetGeoTransform())
    return float(adjusted_rand_score(truth[cluster > 0], cluster[cluster > 0]))


def problems(folder, agreement):
    """Return what is wrong with the results, read without QGIS."""
    import geopandas
    from osgeo import gdal

    files = ("map.jpg", "map.pdf", "raster.qgz", "report.html", "model.npz")
    found = [f"{name} is missing or empty." for name in files if not _size(folder / name)]
    if not agreement >= LEAST_AGREEMENT:
        found.append(f"The map agrees with the geology by an adjusted Rand index of {agreement:.3f} only.")
    dataset = gdal.Open(str(folder / "clusters.tif"))
    cluster = dataset.ReadAsArray()[0]
    west, pixel, _, north, _, _ = dataset.GetGeoTransform()
    polygons = geopandas.read_file(folder / "polygons.gpkg")
    if polygons.crs != synthetic_geology.CRS or polygons["cluster"].tolist() != list(range(1, N_CLUSTERS + 1)):
        found.append(f"polygons: clusters {polygons['cluster'].tolist()} in {polygons.crs and polygons.crs.name}.")
    covered = polygons.geometry.area.sum() / pixel**2
    if abs(covered - (cluster > 0).sum()) > 0.5:
        found.append(f"polygons: they cover {covered:.0f} pixels instead of {(cluster > 0).sum()}.")
    boreholes = geopandas.read_file(folder / "boreholes.gpkg")
    rows = ((north - boreholes.geometry.y) // pixel).astype(int)
    columns = ((boreholes.geometry.x - west) // pixel).astype(int)
    wrong = int((boreholes["cluster"].fillna(0).to_numpy() != cluster[rows, columns]).sum())
    if wrong or len(boreholes) != synthetic_geology.BOREHOLES:
        found.append(f"boreholes: {wrong} of {len(boreholes)} are told another cluster than the map's.")
    return found


def save_project(path, folder, rasters):
    """Write a project of the survey, the geology and the results, styled."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsVectorLayer

    from ..ui.styles import style_cluster_raster

    project = QgsProject()
    project.setTitle(TITLE)
    project.setCrs(QgsCoordinateReferenceSystem(synthetic_geology.CRS))
    root = project.layerTreeRoot()
    results, survey = root.addGroup("Results"), root.addGroup("Survey (SYNTHETIC)")
    for file, name in (("boreholes", "Boreholes (SYNTHETIC)"), ("polygons", "Cluster polygons")):
        layer = QgsVectorLayer(str(folder / f"{file}.gpkg"), name, "ogr")
        project.addMapLayer(layer, False)
        results.addLayer(layer).setItemVisibilityChecked(file == "boreholes")
    clusters = QgsRasterLayer(str(folder / "clusters.tif"), "Cluster map")
    project.addMapLayer(clusters, False)
    results.addLayer(clusters)
    for raster in rasters:
        layer = QgsRasterLayer(str(raster), raster.stem.replace("_", " "))
        if raster.stem.startswith("geology"):
            names = dict(enumerate(synthetic_geology.UNITS, start=1))
            style_cluster_raster(layer, len(names), names)
        project.addMapLayer(layer, False)
        survey.addLayer(layer).setItemVisibilityChecked(False)
    write_project(project, path, clusters)


def _size(path):
    return path.stat().st_size if path.is_file() else 0
