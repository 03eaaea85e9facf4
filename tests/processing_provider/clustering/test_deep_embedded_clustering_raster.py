"""The raster tool through Processing: known regions come back, and bad input gets a sentence."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsRasterLayer,
)

from fumarole.algorithms.clustering.raster_model import RasterModel
from fumarole.ui.palette import cluster_colours

pytestmark = pytest.mark.usefixtures("briefly_trained")

TOOL = "deep_embedded_clustering_raster"
QUICK = {"N_CLUSTERS": 3, "EFFORT": "quick", "SAMPLE_SIZE": 1500}


def layer(path, name=""):
    found = QgsRasterLayer(path, name or Path(path).stem)
    assert found.isValid()
    return found


@pytest.fixture(scope="session")
def two_rasters(tmp_path_factory, bands, write_raster):
    """Two files of two bands; the second is shifted by half a pixel and has a gap of 20 by 30 pixels."""
    folder = tmp_path_factory.mktemp("rasters")
    gap = bands[2:].copy()
    gap[:, 100:120, 50:80] = -9999
    shifted = (640_015.0, 30.0, 0.0, 4_330_000.0, 0.0, -30.0)
    first = write_raster(folder / "spectra.tif", bands[:2])
    return first, write_raster(folder / "gravity <b>.tif", gap, transform=shifted, no_data=-9999)


@pytest.fixture(scope="module")
def run(fumarole, tmp_path_factory, two_rasters, recorder, briefly_trained):
    """One whole run with everything asked for."""
    import processing

    folder = tmp_path_factory.mktemp("results")
    parameters = {
        **QUICK,
        "INPUT": list(two_rasters),
        "EFFORT": "standard",
        "OUTPUT": str(folder / "clusters.tif"),
        "MODEL": str(folder / "clusters.npz"),
        "REPORT": str(folder / "clusters.html"),
    }
    log = recorder()
    results = processing.run(f"fumarole:{TOOL}", parameters, feedback=log)
    return results, [*log.infos, *log.warnings], parameters


def agreement_with(regions, cluster):
    from sklearn.metrics import adjusted_rand_score

    known = cluster > 0
    return adjusted_rand_score(regions[known], cluster[known])


def test_known_regions_come_back(run, regions, read_raster):
    results, _, _ = run
    cluster, confidence = read_raster(results["OUTPUT"])
    assert agreement_with(regions, cluster) > 0.97
    assert set(np.unique(cluster)) == {0, 1, 2, 3}
    assert (np.diff(np.bincount(cluster.astype(int).ravel())[1:]) < 0).all()  # numbered by falling size
    assert (confidence[cluster == 0] == 0).all() and (confidence[cluster > 0] > 1 / 3 - 1e-3).all()
    assert confidence.max() <= 1.0


def test_pixels_without_data_are_zero_and_counted(run, read_raster):
    results, _, _ = run
    cluster = read_raster(results["OUTPUT"])[0]
    assert (cluster[102:118, 52:78] == 0).all()
    assert 550 < results["N_DROPPED"] == (cluster == 0).sum() < 650  # resampling moves the edges of the gap
    assert results["N_PIXELS"] == (cluster > 0).sum()
    assert results["N_SAMPLES"] == 1500


def test_every_number_is_given(run):
    results, _, _ = run
    assert results["N_CLUSTERS_USED"] == 3
    assert 0.3 < results["SILHOUETTE"] <= 1 and 0.3 < results["KMEANS_SILHOUETTE"] <= 1
    assert 0 < results["DAVIES_BOULDIN"] < 2
    assert results["STABILITY"] > 0.95 and results["AGREEMENT"] > 0.95


def test_the_log_says_what_was_done(run):
    _, said, _ = run
    text = "\n".join(said)
    assert "Bands: spectra band 1, spectra band 2, gravity <b> band 1, gravity <b> band 2." in text
    assert "Raster 'gravity <b>' was resampled (bilinear) onto the pixels of the first raster." in text
    assert "The map is drawn by one small network" in text
    assert "Pixels of the map by cluster: 1: " in text


def test_the_report_tells_of_the_small_network_and_escapes_names(run):
    results, _, _ = run
    page = Path(results["REPORT"]).read_text(encoding="utf-8")
    assert "it agrees with it on" in page and "of 300 sampled pixels that it had not seen" in page
    assert "was resampled (bilinear)" in page and "Pixels of the map by cluster" in page
    assert "gravity &lt;b&gt;" in page and "gravity <b>" not in page.replace("\\u003cb\\u003e", "")
    assert "row " in page and "QgsRasterLayer" not in page


def test_the_model_gives_the_map_again(run, two_rasters, read_raster):
    from fumarole.algorithms.clustering.raster_assignment import assign_blocks
    from fumarole.processing_provider.clustering.raster_layers import open_rasters

    results, _, parameters = run
    model = RasterModel.load(results["MODEL"])
    rasters = open_rasters([layer(path) for path in two_rasters], QgsProcessingContext())
    (window,) = rasters.windows(4)
    ((cluster, _, _),) = assign_blocks(model, [rasters.read(window, range(4)).reshape(4, -1)])
    np.testing.assert_array_equal(cluster.reshape(180, 220), read_raster(results["OUTPUT"])[0])
    assert model.card["training_crs"] == "EPSG:32635" and model.card["agreement"] == results["AGREEMENT"]
    assert model.card["seed"] == 42 and len(model.card["training_extent"]) == 4


def test_the_map_opens_with_the_colours_of_the_clusters(run):
    results, _, _ = run
    found = layer(results["OUTPUT"])  # the style lies beside the file
    renderer = found.renderer()
    assert renderer.type() == "paletted"
    classes = renderer.classes()
    assert [entry.value for entry in classes] == [1, 2, 3]
    assert [entry.color.name().upper() for entry in classes] == cluster_colours(3)


def test_the_map_is_styled_when_qgis_loads_it(fumarole, two_rasters, tmp_path):
    from processing.gui.AlgorithmExecutor import execute

    from qgis.core import QgsApplication

    algorithm = QgsApplication.processingRegistry().createAlgorithmById(f"fumarole:{TOOL}")
    project, context, feedback = QgsProject.instance(), QgsProcessingContext(), QgsProcessingFeedback()
    context.setProject(project)
    destination = QgsProcessingOutputLayerDefinition("TEMPORARY_OUTPUT", project)
    parameters = {**QUICK, "INPUT": [two_rasters[0]], "OUTPUT": destination}
    done, _ = execute(algorithm, parameters, context, feedback)
    assert done
    ((path, details),) = context.layersToLoadOnCompletion().items()
    Path(path).with_suffix(".qml").unlink()  # so that the look comes from loading alone
    loaded = layer(path)
    assert loaded.renderer().type() != "paletted"
    details.postProcessor().postProcessLayer(loaded, context, feedback)
    assert loaded.renderer().type() == "paletted"


def test_the_same_seed_gives_the_same_file(run_tool, two_rasters, read_raster, tmp_path):
    parameters = {**QUICK, "SAMPLE_SIZE": 300, "INPUT": [two_rasters[0]]}
    first, second = (run_tool(TOOL, {**parameters, "OUTPUT": str(tmp_path / f"{n}.tif")}) for n in (1, 2))
    np.testing.assert_array_equal(read_raster(first["OUTPUT"]), read_raster(second["OUTPUT"]))
    assert {**first, "OUTPUT": 0, "STABILITY": 0} == {**second, "OUTPUT": 0, "STABILITY": 0}


def test_the_map_does_not_depend_on_the_windows(run, run_tool, two_rasters, read_raster, tmp_path, monkeypatch):
    from fumarole.processing_provider.clustering import raster_layers

    whole, _, _ = run
    monkeypatch.setattr(raster_layers, "TILE", 64)
    monkeypatch.setattr(raster_layers, "_WINDOW_VALUES", 64 * 64 * 4)
    output = str(tmp_path / "pieces.tif")
    run_tool(
        "apply_clustering_model", {"RASTERS": list(two_rasters), "MODEL": whole["MODEL"], "OUTPUT_RASTER": output}
    )
    np.testing.assert_array_equal(read_raster(whole["OUTPUT"]), read_raster(output))


def test_the_number_of_clusters_can_be_chosen(run_tool, two_rasters, tmp_path):
    parameters = {"INPUT": [two_rasters[0]], "N_CLUSTERS": 0, "MAX_CLUSTERS": 4, "EFFORT": "quick"}
    results = run_tool(TOOL, {**parameters, "SAMPLE_SIZE": 300, "OUTPUT": str(tmp_path / "map.tif")})
    assert results["N_CLUSTERS_USED"] == 3


def test_a_constant_band_is_left_out_and_said(run_tool, write_raster, bands, regions, read_raster, recorder, tmp_path):
    constant = np.concatenate([np.full((1, *bands.shape[1:]), 5.0), bands[:3]])
    path = write_raster(tmp_path / "a.tif", constant, gdal.GDT_Float64)
    log, output = recorder(), str(tmp_path / "map.tif")
    run_tool(TOOL, {**QUICK, "INPUT": [path], "OUTPUT": output}, feedback=log)
    assert "Band 'a band 1' dropped: all its values are equal (5)." in log.warnings
    assert agreement_with(regions, read_raster(output)[0]) > 0.9


def fails(run_tool, sentence, inputs, **parameters):
    with pytest.raises(QgsProcessingException, match=sentence):
        run_tool(TOOL, {**QUICK, "INPUT": inputs, **parameters})


def test_polygons_of_the_same_name_do_not_take_the_legend_of_the_map(run_tool, two_rasters, recorder, tmp_path):
    log, places = recorder(), {"OUTPUT": str(tmp_path / "map.tif"), "POLYGONS": str(tmp_path / "map.shp")}
    run_tool(TOOL, {**QUICK, "INPUT": [two_rasters[0]], **places}, feedback=log)
    sentence = "The style of 'Cluster polygons' was not stored: 'map.qml' holds that of 'Cluster map'."
    assert any(sentence in warning for warning in log.warnings)
    assert layer(places["OUTPUT"]).renderer().type() == "paletted"


def test_one_band_is_refused(run_tool, write_raster, bands, tmp_path):
    path = write_raster(tmp_path / "a.tif", bands[:1])
    fails(run_tool, "1 usable band, and clustering needs at least 2", [path], OUTPUT=str(tmp_path / "map.tif"))
    assert not (tmp_path / "map.tif").exists()


def test_no_data_anywhere_is_refused(run_tool, write_raster, bands, tmp_path):
    blank = bands[:2].copy()
    blank[1] = np.nan
    path = write_raster(tmp_path / "a.tif", blank)
    fails(run_tool, "Band 'a band 2' without any data", [path], OUTPUT=str(tmp_path / "map.tif"))
    left, right = bands[:1].copy(), bands[1:2].copy()
    left[:, :, 100:], right[:, :, :100] = np.nan, np.nan
    paths = [write_raster(tmp_path / "l.tif", left), write_raster(tmp_path / "r.tif", right)]
    fails(run_tool, "No pixel has data in all bands at once", [*map(layer, paths)], OUTPUT=str(tmp_path / "map.tif"))


def test_fewer_pixels_than_clusters_are_refused(run_tool, write_raster, bands, tmp_path):
    path = write_raster(tmp_path / "a.tif", bands[:, :2, :4])
    fails(run_tool, "Only 8 pixels have data in all bands", [path], N_CLUSTERS=9, OUTPUT=str(tmp_path / "map.tif"))


def test_one_cluster_is_refused(run_tool, two_rasters, tmp_path):
    fails(run_tool, "1 cluster cannot be made", [two_rasters[0]], N_CLUSTERS=1, OUTPUT=str(tmp_path / "map.tif"))


def test_an_input_is_not_overwritten(run_tool, write_raster, bands, tmp_path):
    path = write_raster(tmp_path / "a.tif", bands)
    before = Path(path).read_bytes()
    (tmp_path / "sub").mkdir()
    same = str(tmp_path / "sub" / ".." / "a.tif")
    fails(run_tool, "would overwrite the raster 'a'", [path], OUTPUT=same)
    assert Path(path).read_bytes() == before


def test_what_an_input_is_made_from_is_not_overwritten(run_tool, write_raster, bands, tmp_path):
    mask = write_raster(tmp_path / "m.tif", np.ones((1, *bands.shape[1:])), gdal.GDT_Byte)
    path, mosaic = write_raster(tmp_path / "a.tif", bands), str(tmp_path / "mosaic.vrt")
    gdal.BuildVRT(mosaic, [path]).FlushCache()
    before = Path(path).read_bytes(), Path(mask).read_bytes()
    fails(run_tool, "would overwrite the raster 'mosaic'", [mosaic], OUTPUT=path)
    fails(run_tool, "would overwrite the raster 'm'", [path], MASK_RASTER=mask, OUTPUT=mask)
    assert (Path(path).read_bytes(), Path(mask).read_bytes()) == before


def test_another_format_is_refused(run_tool, two_rasters, tmp_path):
    fails(run_tool, "is a GeoTIFF: give 'map.png'", [two_rasters[0]], OUTPUT=str(tmp_path / "map.png"))


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(run_tool, two_rasters, tmp_path, monkeypatch):
    from fumarole.processing_provider.clustering import raster_sampling

    (tmp_path / "file").write_text("in the way")
    inside = tmp_path / "file"
    fails(run_tool, "'Cluster map' cannot be written", [two_rasters[0]], OUTPUT=str(inside / "map.tif"))
    monkeypatch.setattr(raster_sampling, "sample_pixels", None)  # it is told before the work begins
    for name, label in (("REPORT", "Report"), ("MODEL", "Model"), ("POLYGONS", "Cluster polygons")):
        place = {"OUTPUT": str(tmp_path / "map.tif"), name: str(inside / "new" / "result.gpkg")}
        fails(run_tool, f"'{label}' cannot be written", [two_rasters[0]], **place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_cancelling_takes_a_second_and_leaves_nothing(run_tool, write_raster, tmp_path, monkeypatch):
    from fumarole.algorithms.clustering import raster_assignment
    from fumarole.processing_provider.clustering import raster_layers

    monkeypatch.setattr(raster_layers, "_WINDOW_VALUES", 3 * raster_layers.TILE**2)
    path = write_raster(tmp_path / "a.tif", np.random.default_rng(0).normal(size=(3, 600, 900)))
    feedback, cancelled_at = QgsProcessingFeedback(), []
    started = raster_assignment._start

    def start(*arguments):
        if (tmp_path / "map.tif.part").exists() and not cancelled_at:
            cancelled_at.append(time.monotonic())
            threading.Thread(target=feedback.cancel).start()
        return started(*arguments)

    monkeypatch.setattr(raster_assignment, "_start", start)
    parameters = {**QUICK, "SAMPLE_SIZE": 500, "INPUT": [path], "OUTPUT": str(tmp_path / "map.tif")}
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run_tool(TOOL, parameters, feedback=feedback)
    assert cancelled_at and time.monotonic() - cancelled_at[0] < 1.0
    assert sorted(file.name for file in tmp_path.iterdir() if "aux" not in file.name) == ["a.tif"]


def test_a_run_that_fails_puts_an_earlier_map_back(run_tool, two_rasters, tmp_path, monkeypatch):
    from fumarole.algorithms.errors import DataError
    from fumarole.processing_provider.clustering import raster_map

    def fail(*arguments):
        raise DataError("The disk is on fire.")

    (tmp_path / "map.tif").write_bytes(b"an earlier map")
    monkeypatch.setattr(raster_map.Census, "add", fail)
    fails(run_tool, "on fire", [two_rasters[0]], OUTPUT=str(tmp_path / "map.tif"))
    assert (tmp_path / "map.tif").read_bytes() == b"an earlier map"
