"""The tool apply_clustering_model on rasters: as the points of the same pixels, whole or absent."""

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsFeature, QgsProcessingException, QgsRasterLayer, QgsVectorLayer

from fumarole.algorithms import model_file
from fumarole.ui.palette import cluster_colours

TOOL = "apply_clustering_model"
NAMES = ("gravity", "magnetics", "thorium")
SHAPE = 40, 50


@pytest.fixture(scope="module")
def stack(bands):
    """Three of the four synthetic bands ``(3, 40, 50)`` where all three regions meet, with blanks of every kind."""
    values = bands[:3, 60:140:2, 70:170:2].astype(np.float32)
    values[0, 0, 0], values[1, 1, 1], values[2, 2, 2] = np.nan, np.inf, -9999
    return values


@pytest.fixture(scope="module")
def area(regions):
    """The true region of its pixels."""
    return regions[60:140:2, 70:170:2]


@pytest.fixture(scope="module")
def write_stack(write_raster):
    """A callable that writes bands under their names."""

    def write(path, values, names=NAMES, **options):
        write_raster(path, values, no_data=-9999, **options)
        dataset = gdal.Open(str(path), gdal.GA_Update)
        for number, name in enumerate(names, start=1):
            dataset.GetRasterBand(number).SetDescription(name)
        del dataset
        return str(path)

    return write


@pytest.fixture(scope="module")
def survey(stack, write_stack, tmp_path_factory):
    """The file of the stack."""
    return write_stack(tmp_path_factory.mktemp("survey") / "survey.tif", stack)


@pytest.fixture(scope="module")
def points(qgis_app, stack):
    """A layer of the same pixels, row by row; its fields are called as the bands, in another order."""
    order = (2, 0, 1)
    address = "None?" + "&".join(f"field={NAMES[band]}:double" for band in order)
    layer = QgsVectorLayer(address, "pixels", "memory")
    features = []
    for pixel in np.where(stack == -9999, np.nan, stack).reshape(3, -1).T.tolist():
        feature = QgsFeature(layer.fields())
        feature.setAttributes([None if np.isnan(pixel[band]) else pixel[band] for band in order])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


@pytest.fixture(scope="module")
def models(fumarole, survey, points, tmp_path_factory, briefly_trained):
    """Model files of the same pixels as a raster and as points, the raster's map, and the points' clusters."""
    import processing

    folder = tmp_path_factory.mktemp("models")
    quick = {"N_CLUSTERS": 3, "EFFORT": "quick"}
    outputs = {"OUTPUT": str(folder / "map.tif"), "MODEL": str(folder / "pixels.npz")}
    processing.run("fumarole:deep_embedded_clustering_raster", {**quick, "INPUT": [survey], **outputs})
    located = points_on_ground(points)
    samples = {"INPUT": located, "TRANSFORM": "yeo_johnson", "MISSING": "skip"}
    outputs = {"OUTPUT": "memory:", "MODEL": str(folder / "samples.npz")}
    done = processing.run("fumarole:deep_embedded_clustering", {**quick, **samples, **outputs})
    return folder, column(done["OUTPUT"], "cluster")


def points_on_ground(layer):
    """The tool of samples wants positions; they take no part in the clustering."""
    from qgis.core import QgsGeometry, QgsPointXY

    fields = "&".join(f"field={field.name()}:double" for field in layer.fields())
    located = QgsVectorLayer(f"Point?crs=EPSG:32635&{fields}", "pixels", "memory")
    features = []
    for number, old in enumerate(layer.getFeatures()):
        feature = QgsFeature(located.fields())
        feature.setAttributes(old.attributes())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(640_000 + 30 * (number % 50), 4_330_000 - number // 50)))
        features.append(feature)
    located.dataProvider().addFeatures(features)
    return located


def column(layer, name):
    """The numbers of a field, NaN for NULL."""
    values = [feature[name] for feature in layer.getFeatures()]
    return np.array([float(value) if isinstance(value, (int, float)) else np.nan for value in values])


@pytest.fixture
def assign(run_tool, models, tmp_path):
    """Run the tool on rasters with the model of rasters, unless told otherwise."""

    def run(rasters, model="pixels.npz", **changes):
        parameters = {"RASTERS": rasters, "MODEL": str(models[0] / model), "OUTPUT_RASTER": str(tmp_path / "map.tif")}
        return run_tool(TOOL, {**parameters, **changes})

    return run


def test_the_training_raster_gets_its_map_again(assign, models, survey, read_raster):
    results = assign([survey])
    assert set(results) == {"OUTPUT_RASTER", "N_SAMPLES", "N_PIXELS", "N_DROPPED", "N_OUTSIDE"}
    np.testing.assert_array_equal(read_raster(results["OUTPUT_RASTER"]), read_raster(models[0] / "map.tif"))
    assert (results["N_SAMPLES"], results["N_PIXELS"], results["N_DROPPED"]) == (0, 1997, 3)
    assert 10 <= results["N_OUTSIDE"] <= 30  # of the training pixels, 1 % are by definition


def test_another_plugin_may_make_gdal_raise(assign, models, survey, read_raster, exceptions_of_gdal):
    results = assign([survey])
    np.testing.assert_array_equal(read_raster(results["OUTPUT_RASTER"]), read_raster(models[0] / "map.tif"))


def test_the_map_opens_styled_and_tells_its_model(assign, models, survey):
    path = assign([survey])["OUTPUT_RASTER"]
    layer = QgsRasterLayer(path, "map")
    renderer = layer.renderer()
    assert [entry.label for entry in renderer.classes()] == ["Cluster 1", "Cluster 2", "Cluster 3"]
    assert [entry.color.name().upper() for entry in renderer.classes()] == cluster_colours(3)
    _, card = model_file.load(models[0] / "pixels.npz", "clustering_raster")
    dataset = gdal.Open(path)
    assert dataset.GetMetadataItem("FUMAROLE_TRAINING_FINGERPRINT") == card["training_fingerprint"]


def test_points_get_exactly_what_their_pixels_get(assign, run_tool, models, survey, points, read_raster):
    """By the model of rasters, whatever the order of the fields."""
    parameters = {"INPUT": points, "MODEL": str(models[0] / "pixels.npz"), "OUTPUT": "memory:"}
    results, on_rasters = run_tool(TOOL, parameters), assign([survey])
    cluster, confidence = read_raster(on_rasters["OUTPUT_RASTER"]).reshape(2, -1)
    assert results["OUTPUT"].fields().names()[3:] == ["cluster", "confidence", "outside", "out_ratio"]
    np.testing.assert_array_equal(np.nan_to_num(column(results["OUTPUT"], "cluster")), cluster)
    found = np.nan_to_num(column(results["OUTPUT"], "confidence"))
    np.testing.assert_allclose(found, confidence, atol=0.00501)  # the map keeps whole per cent
    outside, ratio = column(results["OUTPUT"], "outside"), column(results["OUTPUT"], "out_ratio")
    assert np.nansum(outside) == results["N_OUTSIDE"] == on_rasters["N_OUTSIDE"]
    assert np.isnan(ratio).sum() == np.isnan(outside).sum() == 3
    assert (results["N_SAMPLES"], results["N_PIXELS"], results["N_DROPPED"]) == (1997, 0, 3)


def test_pixels_get_what_their_points_get_by_a_model_of_samples(assign, run_tool, models, survey, points, read_raster):
    parameters = {"INPUT": points, "MODEL": str(models[0] / "samples.npz"), "OUTPUT": "memory:"}
    results, on_rasters = run_tool(TOOL, parameters), assign([survey], "samples.npz")
    cluster, confidence = read_raster(on_rasters["OUTPUT_RASTER"]).reshape(2, -1)
    np.testing.assert_array_equal(np.nan_to_num(column(results["OUTPUT"], "cluster")), cluster)
    np.testing.assert_allclose(np.nan_to_num(column(results["OUTPUT"], "confidence")), confidence, atol=0.00501)
    assert on_rasters["N_OUTSIDE"] == results["N_OUTSIDE"] and on_rasters["N_PIXELS"] == results["N_SAMPLES"]


def test_the_tool_of_samples_finds_the_same_clusters_in_the_same_pixels(models, area, read_raster):
    """Two trainings, one on the raster and one on its points: the same regions, under the same numbers."""
    on_map, of_points = read_raster(models[0] / "map.tif")[0].ravel(), models[1]
    known = on_map > 0
    assert (on_map[known] == of_points[known]).mean() > 0.98
    truth = np.array([np.bincount(area.ravel()[on_map == number]).argmax() for number in (1, 2, 3)])
    assert (truth[on_map[known].astype(int) - 1] == area.ravel()[known]).mean() > 0.98


def test_other_files_degrees_and_types_do_not_matter(assign, stack, models, write_stack, read_raster, tmp_path):
    """Bands in files of their own, in any order, beside others, as 64-bit numbers, in degrees."""
    expected = read_raster(models[0] / "map.tif")
    degrees = {"epsg": 4326, "transform": (28.0, 3e-4, 0.0, 39.0, 0.0, -3e-4)}
    rasters = []
    for band in (1, 2, 0):
        layer_file = tmp_path / f"{NAMES[band]}.tif"
        rasters.append(write_stack(layer_file, stack[[band]], [""], kind=gdal.GDT_Float64, **degrees))
    rasters.append(write_stack(tmp_path / "another.tif", stack[[0]] * 0, [""], **degrees))
    results = assign(rasters)
    np.testing.assert_array_equal(read_raster(results["OUTPUT_RASTER"]), expected)


def test_one_pixel_is_a_map(assign, stack, write_stack, tmp_path):
    results = assign([write_stack(tmp_path / "one.tif", stack[:, 20:21, 20:21])])
    assert (results["N_PIXELS"], results["N_DROPPED"]) == (1, 0)


def test_a_model_without_the_cloud_says_so(assign, survey, models, recorder, run_tool, tmp_path):
    arrays, card = model_file.load(models[0] / "pixels.npz", "clustering_raster")
    arrays = {name: array for name, array in arrays.items() if not name.startswith("cloud.")}
    model_file.save(tmp_path / "old.npz", "clustering_raster", arrays, card)
    feedback = recorder()
    parameters = {"RASTERS": [survey], "MODEL": str(tmp_path / "old.npz"), "OUTPUT_RASTER": str(tmp_path / "map.tif")}
    assert run_tool(TOOL, parameters, feedback=feedback)["N_OUTSIDE"] is None
    assert any("outside the training data is not known" in text for text in feedback.infos)


def test_a_model_of_samples_that_fills_blanks_says_so(run_tool, survey, models, recorder, tmp_path):
    from dataclasses import replace

    from fumarole.algorithms.clustering.model import ClusteringModel

    model = ClusteringModel.load(models[0] / "samples.npz")
    filling = tmp_path / "filling.npz"
    replace(model, transform=replace(model.transform, impute=True)).save(filling)
    n_pixels = []
    for path, says_so in ((models[0] / "samples.npz", False), (filling, True)):
        log = recorder()
        parameters = {"RASTERS": [survey], "MODEL": str(path), "OUTPUT_RASTER": str(tmp_path / "map.tif")}
        n_pixels.append(run_tool(TOOL, parameters, feedback=log)["N_PIXELS"])
        assert any("The model fills blanks" in warning for warning in log.warnings) is says_so
    assert n_pixels[0] < n_pixels[1]


# --- what is refused, and that nothing is left of it ---------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"INPUT": "points"}, "Both samples and rasters are given"),
        ({"RASTERS": []}, "Neither samples nor rasters are given"),
        ({"OUTPUT_RASTER": ""}, "Nothing says where the result goes. Give 'Cluster map'"),
        ({"RASTERS": [], "INPUT": "points", "OUTPUT": ""}, "where the result goes. Give 'Assigned samples'"),
        ({"OUTPUT_RASTER": "map.png"}, "is a GeoTIFF: give 'map.png' a name that ends in .tif"),
        ({"OUTPUT_RASTER": "/proc/map.tif"}, "cannot be written"),
    ],
)
def test_parameters_that_do_not_fit_are_told(assign, survey, points, changes, sentence):
    changes = {name: points if value == "points" else value for name, value in changes.items()}
    with pytest.raises(QgsProcessingException, match=sentence):
        assign([survey], **changes)


def fails(assign, folder, sentence, rasters, **changes):
    before = sorted(folder.iterdir())
    with pytest.raises(QgsProcessingException, match=sentence) as caught:
        assign(rasters, **changes)
    assert "\n" not in str(caught.value)
    assert sorted(file for file in folder.iterdir() if not file.name.endswith(".aux.xml")) == before


def test_an_input_is_not_overwritten(assign, write_stack, stack, tmp_path):
    path = write_stack(tmp_path / "map.tif", stack)
    content = Path(path).read_bytes()
    fails(assign, tmp_path, "would overwrite the raster 'map'", [path])
    assert Path(path).read_bytes() == content


def test_other_bands_are_refused_with_a_list(assign, write_stack, stack, tmp_path):
    path = write_stack(tmp_path / "a.tif", stack, ("gravity", "", "Band 3"))
    sentence = "lack bands .*: 'magnetics', 'thorium'. They hold 'gravity', 'a band 2', 'a band 3'. Bands are matched"
    fails(assign, tmp_path, sentence, [path])


def test_no_data_anywhere_is_refused(assign, write_stack, stack, tmp_path):
    blank = stack.copy()
    blank[0, :20], blank[1, 20:] = np.nan, np.inf
    fails(assign, tmp_path, "No pixel has data in all bands of the model", [write_stack(tmp_path / "a.tif", blank)])


def test_rasters_that_do_not_overlap_are_refused(assign, write_stack, stack, tmp_path):
    paths = [write_stack(tmp_path / "a.tif", stack[:2], NAMES[:2])]
    far = {"transform": (900_000.0, 30.0, 0.0, 4_330_000.0, 0.0, -30.0)}
    paths.append(write_stack(tmp_path / "b.tif", stack[2:], NAMES[2:], **far))
    fails(assign, tmp_path, "Raster 'b' does not overlap the first raster", paths)


@pytest.mark.parametrize("model", ["pixels.npz", "samples.npz"])
def test_a_broken_block_is_told_with_its_place(assign, write_stack, stack, tmp_path, model):
    path = write_stack(tmp_path / "a.tif", np.tile(stack, (1, 14, 6)), options=("TILED=YES", "COMPRESS=DEFLATE"))
    content = bytearray(Path(path).read_bytes())
    for start in range(len(content) // 2, len(content) // 2 + 20_000):
        content[start] = 0
    Path(path).write_bytes(content)
    sentence = "Band '.*' cannot be read from row .*The file may be damaged or truncated"
    fails(assign, tmp_path, sentence, [path], model=model)


def test_too_many_clusters_for_a_map_are_refused(assign, survey, models, tmp_path, monkeypatch):
    from fumarole.processing_provider.clustering import applied_rasters

    monkeypatch.setattr(applied_rasters, "MAX_CLUSTERS", 2)
    fails(assign, tmp_path, "The model has 3 clusters, more than the 2 that a map can hold", [survey])


def test_a_full_disk_leaves_nothing(assign, write_stack, stack, small_disk, tmp_path):
    path = write_stack(tmp_path / "a.tif", np.tile(stack, (1, 10, 10)))
    with small_disk(4000):
        fails(assign, tmp_path, "'.*map.tif' failed: .*Check the space on the disk", [path])


@pytest.mark.parametrize("model", ["pixels.npz", "samples.npz"])
def test_cancelling_leaves_nothing(run_tool, models, write_stack, stack, recorder, tmp_path, model):
    path = write_stack(tmp_path / "a.tif", np.tile(stack, (1, 14, 6)))
    feedback = recorder(cancel_at=2)
    parameters = {"RASTERS": [path], "MODEL": str(models[0] / model), "OUTPUT_RASTER": str(tmp_path / "map.tif")}
    with pytest.raises(QgsProcessingException, match="Cancelled by the user"):
        run_tool(TOOL, parameters, feedback=feedback)
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"] and len(feedback.steps) <= 3
