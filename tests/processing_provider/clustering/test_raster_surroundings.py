"""The raster tool with a mask, boreholes, earthquakes and polygons: what each result says of the same map."""

from pathlib import Path

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsVectorLayer,
)

from fumarole.ui.palette import cluster_colours

TOOL = "deep_embedded_clustering_raster"
QUICK = {"N_CLUSTERS": 3, "EFFORT": "quick", "SAMPLE_SIZE": 400}
WEST, NORTH, PIXEL = 640_000.0, 4_330_000.0, 30.0  # as write_raster places a raster
SHAPE = 180, 220
MASKED_COLUMNS = 20  # in the east
BOREHOLES = ((20, 10), (30, 12), (72, 88), (90, 215), (500, 500))  # row and column; the last two are off the map


@pytest.fixture(scope="module")
def mask(tmp_path_factory):
    """A polygon around all but the eastern columns."""
    east, south = WEST + (SHAPE[1] - MASKED_COLUMNS) * PIXEL, NORTH - SHAPE[0] * PIXEL
    path = tmp_path_factory.mktemp("mask") / "mask.geojson"
    ring = f"[[{WEST},{NORTH}],[{east},{NORTH}],[{east},{south}],[{WEST},{south}],[{WEST},{NORTH}]]"
    path.write_text(
        '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32635"}},'
        f'"features":[{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}',
        encoding="utf-8",
    )
    return str(path)


def points(places, fields="", attributes=lambda row: []):
    layer = QgsVectorLayer(f"Point?crs=EPSG:32635{fields}", "points", "memory")
    features = []
    for number, (row, column) in enumerate(places):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(attributes(number))
        position = QgsPointXY(WEST + (column + 0.3) * PIXEL, NORTH - (row + 0.8) * PIXEL)
        feature.setGeometry(QgsGeometry.fromPointXY(position))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


@pytest.fixture(scope="module")
def run(fumarole, tmp_path_factory, bands, write_raster, mask, briefly_trained):
    """One whole run with everything asked for."""
    import processing

    folder = tmp_path_factory.mktemp("surroundings")
    return processing.run(
        f"fumarole:{TOOL}",
        {
            **QUICK,
            "INPUT": [write_raster(folder / "survey.tif", bands)],
            "MASK": mask,
            "BOREHOLES": points(BOREHOLES, "&field=name:string", lambda n: [f"KB-{n} <i>"]),
            "EARTHQUAKES": points(
                [(5 + 3 * n, 100) for n in range(30)], "&field=ML:double", lambda n: [3.0 + n % 3]
            ),
            "OUTPUT": str(folder / "map.tif"),
            "POLYGONS": str(folder / "polygons.gpkg"),
            "BOREHOLES_OUTPUT": str(folder / "boreholes.gpkg"),
            "EARTHQUAKES_OUTPUT": str(folder / "earthquakes.gpkg"),
            "REPORT": str(folder / "report.html"),
        },
    )


def rows_of(path):
    """The attributes of a layer as dictionaries, and its geometries."""
    layer = QgsVectorLayer(path, "layer", "ogr")
    assert layer.isValid()
    names = layer.fields().names()
    return [(dict(zip(names, f.attributes())), QgsGeometry(f.geometry())) for f in layer.getFeatures()]


def is_null(value):
    return value is None or value.isNull()


def test_nothing_is_mapped_outside_the_mask(run, read_raster):
    cluster = read_raster(run["OUTPUT"])[0]
    assert (cluster[:, -MASKED_COLUMNS:] == 0).all() and (cluster[:, :-MASKED_COLUMNS] > 0).all()
    assert run["N_DROPPED"] == MASKED_COLUMNS * SHAPE[0]


def test_boreholes_get_the_cluster_they_stand_in(run, read_raster):
    cluster, confidence = read_raster(run["OUTPUT"])[:2]
    found = rows_of(run["BOREHOLES_OUTPUT"])
    assert [attributes["name"] for attributes, _ in found] == [f"KB-{n} <i>" for n in range(5)]
    for (attributes, _), (row, column) in zip(found[:3], BOREHOLES):
        assert attributes["cluster"] == cluster[row, column]
        assert attributes["confidence"] == pytest.approx(confidence[row, column])
    for attributes, geometry in found[3:]:
        assert is_null(attributes["cluster"]) and is_null(attributes["confidence"]) and not geometry.isNull()


def test_earthquakes_are_those_of_the_magnitude_and_get_their_cluster(run, read_raster):
    cluster = read_raster(run["OUTPUT"])[0]
    found = rows_of(run["EARTHQUAKES_OUTPUT"])
    assert len(found) == 20 and all(attributes["ML"] >= 4 for attributes, _ in found)
    assert {attributes["cluster"] for attributes, _ in found} == set(cluster[5 : 5 + 3 * 30 : 3, 100].tolist())


def test_polygons_cover_the_pixels_of_their_cluster(run, read_raster):
    cluster, confidence = read_raster(run["OUTPUT"])[:2]
    found = rows_of(run["POLYGONS"])
    assert [attributes["cluster"] for attributes, _ in found] == [1, 2, 3]
    for attributes, geometry in found:
        inside = cluster == attributes["cluster"]
        assert geometry.area() == pytest.approx(inside.sum() * PIXEL**2)
        assert attributes["n_pixels"] == inside.sum()
        assert attributes["area_km2"] == pytest.approx(geometry.area() / 1e6, rel=2e-3)  # the plane stretches a little
        assert attributes["confidence"] == pytest.approx(confidence[inside].mean(), abs=1e-4)
        assert attributes["n_patches"] == geometry.constGet().numGeometries()
        assert attributes["top_vars"] and geometry.isGeosValid()
    assert sum(attributes["area_share"] for attributes, _ in found) == pytest.approx(1)
    assert run["AREA_KM2"] == pytest.approx(sum(attributes["area_km2"] for attributes, _ in found))


def test_polygons_open_in_the_colours_of_the_clusters(run):
    layer = QgsVectorLayer(run["POLYGONS"], "polygons", "ogr")
    renderer = layer.renderer()
    assert [entry.label() for entry in renderer.categories()] == ["Cluster 1", "Cluster 2", "Cluster 3"]
    colours = [entry.symbol().symbolLayer(0).strokeColor().name().upper() for entry in renderer.categories()]
    assert colours == cluster_colours(3)


def test_the_report_tells_of_areas_and_of_what_stands_in_the_clusters(run):
    page = Path(run["REPORT"]).read_text(encoding="utf-8")
    for words in (
        "Area of the clusters",
        "km\u00b2 on the ellipsoid",
        "Boreholes and earthquakes by cluster",
        "3 of 5 boreholes stand in a cluster.",
        "2 lie outside the map or on pixels without data.",
        "20 of 20 earthquakes stand in a cluster.",
        "The numbers are small",
        "outside the polygons of",
        '"Boreholes (5)"',
        '"Earthquakes (20)"',
    ):
        assert words in page, words


def test_small_patches_join_their_neighbours_in_the_polygons_only(
    run_tool, bands, write_raster, read_raster, tmp_path, briefly_trained
):
    speckled = bands.copy()
    speckled[:, 40::20, 30::20] += 8.0 * np.array([1, -1, 1, -1])[:, None, None]
    path = write_raster(tmp_path / "a.tif", speckled)
    polygons = tmp_path / "polygons.gpkg"
    result = run_tool(
        TOOL,
        {**QUICK, "INPUT": [path], "MIN_PIXELS": 5, "OUTPUT": str(tmp_path / "m.tif"), "POLYGONS": str(polygons)},
    )
    found = rows_of(str(polygons))
    cluster = read_raster(result["OUTPUT"])[0]
    for attributes, geometry in found:
        assert min(part.area() for part in geometry.asGeometryCollection()) >= 5 * PIXEL**2 - 1e-3
    assert sum(attributes["n_pixels"] for attributes, _ in found) == (cluster > 0).sum()
    assert [attributes["n_pixels"] for attributes, _ in found] != np.bincount(cluster.astype(int).ravel())[1:].tolist()


@pytest.fixture(scope="module")
def odd_run(fumarole, tmp_path_factory, bands, regions, write_raster, recorder, briefly_trained):
    """A run on degrees, with a band of codes, boreholes beside the map and more patches than polygons may have."""
    import processing

    from fumarole.processing_provider.clustering import raster_polygons

    folder, feedback = tmp_path_factory.mktemp("odd"), recorder()
    codes = np.concatenate([bands[:2], 10.0 * (regions[None] + 1)])
    raster = write_raster(folder / "geology.tif", codes, transform=(28.0, 0.001, 0.0, 39.2, 0.0, -0.001), epsg=4326)
    parameters = {
        **QUICK,
        "INPUT": [raster],
        "BOREHOLES": points([(-5, 3), (3, 999)]),
        "OUTPUT": str(folder / "map.tif"),
        "POLYGONS": str(folder / "polygons.gpkg"),
        "BOREHOLES_OUTPUT": "memory:",
        "REPORT": str(folder / "report.html"),
    }
    allowed, raster_polygons.MOST_PATCHES = raster_polygons.MOST_PATCHES, 2
    try:
        results = processing.run(f"fumarole:{TOOL}", parameters, feedback=feedback)
    finally:
        raster_polygons.MOST_PATCHES = allowed
    del results["BOREHOLES_OUTPUT"]  # a layer must not outlive QGIS
    return results, feedback.warnings, folder


def test_degrees_are_allowed_and_measured_on_the_ellipsoid(odd_run):
    from pyproj import Geod

    results, _, folder = odd_run
    west, south, east, north = 28.0, 39.2 - 0.18, 28.22, 39.2
    expected, _ = Geod(ellps="WGS84").polygon_area_perimeter([west, east, east, west], [south, south, north, north])
    assert results["AREA_KM2"] == pytest.approx(expected / 1e6, rel=1e-4)
    assert "UTM zone 35N" in (folder / "report.html").read_text(encoding="utf-8")


def test_too_many_patches_are_told_and_the_map_is_kept(odd_run):
    results, warnings, folder = odd_run
    assert (folder / "map.tif").is_file()
    assert not (folder / "polygons.gpkg").exists() and "POLYGONS" not in results
    assert any("Give a larger 'Smallest patch of the polygons'" in warning for warning in warnings)


def test_boreholes_beside_the_map_are_told(odd_run):
    _, warnings, folder = odd_run
    sentence = "Boreholes: 2 of 2 stand outside the map or on pixels without data; the cluster stays empty there."
    assert sentence in warnings
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "0 of 2 boreholes stand in a cluster." in page and "There is nothing to compare." in page


def test_a_band_of_codes_is_warned_of(odd_run):
    (warning,) = [text for text in odd_run[1] if "codes" in text]
    assert warning.startswith("Band 'geology band 3' holds only 3 different whole numbers")


def fails(run_tool, sentence, tmp_path, **parameters):
    output = tmp_path / "map.tif"
    with pytest.raises(QgsProcessingException, match=sentence):
        run_tool(TOOL, {**QUICK, "OUTPUT": str(output), **parameters})
    assert not output.exists()


def test_bad_surroundings_are_told_before_the_long_work(run_tool, bands, write_raster, tmp_path):
    path = write_raster(tmp_path / "a.tif", bands)
    far = points([(90_000, 10)])
    far_mask = QgsVectorLayer("Polygon?crs=EPSG:32635", "mask", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromWkt("Polygon((0 0, 9 0, 9 9, 0 0))"))
    far_mask.dataProvider().addFeatures([feature])
    fails(run_tool, "The mask leaves no pixel", tmp_path, INPUT=[path], MASK=far_mask)
    blank = write_raster(tmp_path / "zero.tif", np.zeros((1, *SHAPE)))
    fails(run_tool, "The mask leaves no pixel", tmp_path, INPUT=[path], MASK_RASTER=blank)
    fails(run_tool, "no field that looks like a magnitude", tmp_path, INPUT=[path], EARTHQUAKES=far)
    nowhere = QgsVectorLayer("Point", "nowhere", "memory")
    nowhere.setCrs(QgsCoordinateReferenceSystem())
    nowhere.dataProvider().addFeatures([next(far.getFeatures())])
    fails(run_tool, "The borehole layer has no coordinate system", tmp_path, INPUT=[path], BOREHOLES=nowhere)
