"""Rasters that cannot be clustered get a sentence, and those that look odd but can be are clustered."""

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProcessingException

pytestmark = pytest.mark.usefixtures("briefly_trained")

TOOL = "deep_embedded_clustering_raster"


@pytest.fixture
def run(run_tool, tmp_path):
    def cluster(*paths, **changes):
        parameters = {"N_CLUSTERS": 3, "EFFORT": "quick", "SAMPLE_SIZE": 400, "OUTPUT": str(tmp_path / "map.tif")}
        return run_tool(TOOL, {**parameters, "INPUT": list(paths), **changes})

    return cluster


def fails(run, folder, sentence, *paths, **changes):
    with pytest.raises(QgsProcessingException, match=sentence) as caught:
        run(*paths, **changes)
    assert "\n" not in str(caught.value).replace("Unable to execute algorithm\n", "")
    assert not list(folder.glob("map*"))


def test_one_pixel_is_refused(run, write_raster, bands, tmp_path):
    path = write_raster(tmp_path / "a.tif", bands[:, :1, :1])
    fails(run, tmp_path, "Only 1 pixel has data in all bands, and at least 5 are needed", path)


def test_nothing_but_nan_and_infinity_is_refused(run, write_raster, bands, tmp_path):
    odd = bands[:2, :20, :20].copy()
    odd[:, ::2], odd[0, 1::2], odd[1, 1::2] = np.nan, np.inf, -np.inf
    fails(run, tmp_path, "Bands 'a band 1', 'a band 2' without any data", write_raster(tmp_path / "a.tif", odd))


def test_rasters_that_do_not_overlap_are_refused(run, write_raster, bands, tmp_path):
    first = write_raster(tmp_path / "a.tif", bands[:2])
    far = write_raster(tmp_path / "b.tif", bands[2:], transform=(900_000.0, 30.0, 0.0, 4_330_000.0, 0.0, -30.0))
    fails(run, tmp_path, "Raster 'b' does not overlap the first raster", first, far)


def test_more_clusters_than_a_map_can_hold_are_refused(run, write_raster, bands, tmp_path):
    fails(run, tmp_path, "255 clusters are more than the 254", write_raster(tmp_path / "a.tif", bands), N_CLUSTERS=255)


def test_a_broken_block_is_told_with_its_place(run, write_raster, bands, tmp_path):
    path = Path(write_raster(tmp_path / "a.tif", bands, options=("COMPRESS=DEFLATE",)))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 2000] = bytes(2000)
    path.write_bytes(content)
    sentence = "Band 'a band .' cannot be read from row 1, column 1 on: .* The file may be damaged or truncated"
    fails(run, tmp_path, sentence, str(path))


def test_a_raster_that_cannot_be_opened_is_named(run, write_raster, bands, tmp_path):
    (tmp_path / "notes.tif").write_text("no raster")
    good = write_raster(tmp_path / "a.tif", bands)
    for odd in (str(tmp_path / "notes.tif"), str(tmp_path / "absent.tif")):
        fails(run, tmp_path, f"'{odd}' is no raster that QGIS can open", good, odd)


def test_no_raster_and_no_number_of_clusters_are_refused(run, write_raster, bands, tmp_path):
    fails(run, tmp_path, "No raster is given. Choose at least one.")
    fails(run, tmp_path, "-3 clusters cannot be made", write_raster(tmp_path / "a.tif", bands), N_CLUSTERS=-3)


def test_degrees_nan_and_infinity_are_fine(run, write_raster, bands, regions, read_raster, tmp_path):
    odd = bands[:, ::4, ::4].copy()
    odd[0, 3, 3], odd[1, 4, 4] = np.nan, np.inf
    degrees = {"epsg": 4326, "transform": (28.0, 1e-3, 0.0, 39.0, 0.0, -1e-3), "kind": gdal.GDT_Float64}
    results = run(write_raster(tmp_path / "a.tif", odd, **degrees))
    cluster = read_raster(results["OUTPUT"])[0]
    assert results["N_DROPPED"] == 2 and cluster[3, 3] == cluster[4, 4] == 0
    found = np.array([np.bincount(regions[::4, ::4][cluster == number]).argmax() for number in (1, 2, 3)])
    assert sorted(found) == [0, 1, 2]
