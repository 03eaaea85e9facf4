"""The GeoTIFF of a cluster map: what it holds, and that it is whole or absent."""

from collections import namedtuple

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProcessingException, QgsRasterLayer
from qgis.PyQt.QtGui import QColor

from fumarole.algorithms.errors import Cancelled
from fumarole.algorithms.progress import silent
from fumarole.processing_provider.clustering.cluster_map import write_clusters
from fumarole.processing_provider.clustering.raster_grid import Grid
from fumarole.processing_provider.raster_files import Window
from fumarole.ui.palette import cluster_colours

HEIGHT, WIDTH, TILE = 600, 900, 256
TRANSFORM = 640_000.0, 30.0, 0.0, 4_330_000.0, 0.0, -30.0
TAGS = {"FUMAROLE_TRAINING_FINGERPRINT": "0123abcd", "FUMAROLE_SEED": "7"}
Map = namedtuple("Map", "path cluster confidence")


@pytest.fixture(scope="module")
def grid(qgis_app):
    return Grid(WIDTH, HEIGHT, TRANSFORM, QgsCoordinateReferenceSystem("EPSG:32635"))


@pytest.fixture(scope="module")
def planes():
    """Synthetic: clusters 0 to 5 and their confidence."""
    generator = np.random.default_rng(1)
    cluster = generator.integers(0, 6, (HEIGHT, WIDTH)).astype(np.uint8)
    return cluster, np.where(cluster, generator.uniform(0.002, 1, cluster.shape), 0).astype(np.float32)


def pieces(planes, size=2 * TILE):
    for row in range(0, HEIGHT, TILE):
        for column in range(0, WIDTH, size):
            block = slice(row, row + TILE), slice(column, column + size)
            cluster, confidence = (plane[block] for plane in planes)
            yield Window(column, row, *cluster.shape[::-1]), cluster.ravel(), confidence.ravel()


@pytest.fixture(scope="module")
def written(grid, planes, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.tif"
    write_clusters(path, grid, pieces(planes), 5, TAGS, silent)
    return Map(path, *planes)


@pytest.fixture
def dataset(written):
    """The written map, open; its bands do not keep it open."""
    return gdal.Open(str(written.path))


def test_it_is_one_file_that_holds_what_was_given(written, dataset, grid, read_raster):
    assert [file.name for file in written.path.parent.iterdir()] == ["map.tif"]
    cluster, confidence = read_raster(written.path)
    np.testing.assert_array_equal(cluster, written.cluster)
    np.testing.assert_allclose(confidence, written.confidence, atol=0.0051 + 0.005)  # 0.2 % is kept apart from no data
    np.testing.assert_array_equal(confidence > 0, written.cluster > 0)
    assert dataset.GetGeoTransform() == grid.transform
    for number, name in ((1, "cluster"), (2, "confidence")):
        band = dataset.GetRasterBand(number)
        assert (band.GetDescription(), band.GetNoDataValue(), band.GetBlockSize()) == (name, 0.0, [TILE, TILE])
    assert dataset.GetMetadata("IMAGE_STRUCTURE")["COMPRESSION"] == "DEFLATE"


def test_it_tells_the_model_that_drew_it(dataset):
    metadata = dataset.GetMetadata()
    assert {name: metadata[name] for name in TAGS} == TAGS


def test_every_program_sees_the_colours_of_the_clusters(dataset):
    table = dataset.GetRasterBand(1).GetColorTable()
    assert [table.GetColorEntry(number) for number in range(1, 6)] == [QColor(c).getRgb() for c in cluster_colours(5)]


def test_the_overviews_show_pixels_that_are_there(written, dataset):
    overviews = []
    for number in (1, 2):
        band = dataset.GetRasterBand(number)
        assert [band.GetOverview(i).XSize for i in range(band.GetOverviewCount())] == [450, 225]
        overviews.append(band.GetOverview(0).ReadAsArray())
    blocks = written.cluster.reshape(HEIGHT // 2, 2, WIDTH // 2, 2)
    assert ((overviews[0][:, None, :, None] == blocks).any(axis=(1, 3))).all()
    np.testing.assert_array_equal(overviews[0] > 0, overviews[1] > 0)  # both bands show the same pixel


def test_the_statistics_are_those_of_the_pixels_with_data(written, dataset):
    band, per_cent = dataset.GetRasterBand(1), dataset.GetRasterBand(2)
    values = written.cluster[written.cluster > 0]
    assert band.GetStatistics(False, False) == pytest.approx([1, 5, values.mean(), values.std()])
    assert per_cent.GetStatistics(False, False) == pytest.approx(per_cent.ComputeStatistics(False), rel=1e-6)
    assert float(band.GetMetadataItem("STATISTICS_VALID_PERCENT")) == pytest.approx(
        100 * (written.cluster > 0).mean(), rel=1e-3
    )


def test_qgis_shows_the_confidence_from_0_to_1(written, grid):
    layer = QgsRasterLayer(str(written.path), "map")
    row, column = np.argwhere(written.cluster > 0)[100].tolist()
    x, y = grid.centres(np.array([row]), np.array([column]))[0].tolist()
    found, known = layer.dataProvider().sample(QgsPointXY(x, y), 2)
    assert known and found == pytest.approx(written.confidence[row, column], abs=0.0051)


def test_a_small_map_needs_no_overviews(tmp_path, qgis_app):
    small = Grid(1, 1, TRANSFORM, QgsCoordinateReferenceSystem("EPSG:32635"))
    piece = Window(0, 0, 1, 1), np.ones(1, np.uint8), np.full(1, 0.5, np.float32)
    write_clusters(tmp_path / "map.tif", small, [piece], 254, {}, silent)
    dataset = gdal.Open(str(tmp_path / "map.tif"))
    assert dataset.ReadAsArray().ravel().tolist() == [1, 50] and dataset.GetRasterBand(1).GetOverviewCount() == 0


def test_a_new_map_forgets_the_statistics_of_the_one_before(tmp_path, grid, planes):
    (tmp_path / "map.tif").write_bytes(b"an earlier map")
    (tmp_path / "map.tif.aux.xml").write_text("<PAMDataset/>")
    write_clusters(tmp_path / "map.tif", grid, pieces(planes), 5, TAGS, silent)
    assert [file.name for file in tmp_path.iterdir()] == ["map.tif"]


def fails(folder, sentence, kind, *arguments):
    """Nothing is left of a map that fails, and the one that stood there stays."""
    (folder / "map.tif").write_bytes(b"an earlier map")
    with pytest.raises(kind, match=sentence):
        write_clusters(folder / "map.tif", *arguments)
    assert [file.name for file in folder.iterdir()] == ["map.tif"]
    assert (folder / "map.tif").read_bytes() == b"an earlier map"


def test_a_place_that_cannot_be_written_is_told(tmp_path, grid):
    with pytest.raises(QgsProcessingException, match="cannot be written.*Check that the folder is writable"):
        write_clusters(tmp_path / "no such folder" / "map.tif", grid, iter(()), 5, TAGS, silent)


SHARES = [0.0, 0.1, 0.6, 0.9, 0.999]  # of the disk that is needed: while writing, adding overviews, completing


def a_full_disk_leaves_nothing(folder, grid, planes, written, small_disk, share):
    sentence = "'.*map.tif' (failed|cannot be written)"
    with small_disk(max(100, int(share * written.path.stat().st_size))):
        fails(folder, sentence, QgsProcessingException, grid, pieces(planes), 5, TAGS, silent)


@pytest.mark.parametrize("share", SHARES)
def test_a_full_disk_leaves_nothing(tmp_path, grid, planes, written, small_disk, share):
    a_full_disk_leaves_nothing(tmp_path, grid, planes, written, small_disk, share)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broken file says so as it closes
@pytest.mark.parametrize("share", SHARES)
def test_nor_does_it_where_gdal_raises(tmp_path, grid, planes, written, small_disk, share, exceptions_of_gdal):
    a_full_disk_leaves_nothing(tmp_path, grid, planes, written, small_disk, share)


def test_it_is_written_where_gdal_raises(tmp_path, grid, planes, written, exceptions_of_gdal):
    write_clusters(tmp_path / "map.tif", grid, pieces(planes), 5, TAGS, silent)
    assert (tmp_path / "map.tif").read_bytes() == written.path.read_bytes()


def test_cancelling_while_overviews_are_added_leaves_nothing(tmp_path, grid, planes):
    def cancel(fraction, message=""):
        if fraction > 0.3:
            raise Cancelled()

    fails(tmp_path, "Cancelled", Cancelled, grid, pieces(planes), 5, TAGS, cancel)


def test_an_error_while_the_pieces_are_made_leaves_nothing(tmp_path, grid, planes):
    def broken():
        yield next(pieces(planes))
        raise ValueError("a broken block")

    fails(tmp_path, "a broken block", ValueError, grid, broken(), 5, TAGS, silent)


@pytest.mark.parametrize("proj", ["+proj=eqearth +datum=WGS84", "+proj=tpers +h=5500000 +lat_0=40 +datum=WGS84"])
def test_a_system_that_a_geotiff_has_no_code_for_lies_beside_it(planes, qgis_app, tmp_path, proj):
    crs = QgsCoordinateReferenceSystem.fromProj(proj)
    write_clusters(tmp_path / "map.tif", Grid(WIDTH, HEIGHT, TRANSFORM, crs), pieces(planes), 5, TAGS, silent)
    assert {file.name for file in tmp_path.iterdir()} <= {"map.tif", "map.tif.aux.xml"}
    written = QgsRasterLayer(str(tmp_path / "map.tif"), "map").crs()
    assert written.isValid() and written.toProj().replace(" +type=crs", "") == crs.toProj()
