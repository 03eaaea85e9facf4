"""Synthetic rasters with known regions, for the tests of the raster tools."""

import itertools
import signal
from contextlib import contextmanager

import numpy as np
import pytest
from osgeo import gdal, ogr, osr

WEST, NORTH, PIXEL = 640_000.0, 4_330_000.0, 30.0
SHAPE = 180, 220
UTM_35N = 32635


@pytest.fixture(scope="session")
def regions():
    """The true region 0, 1 or 2 of every pixel: two half planes and a disc."""
    rows, columns = np.indices(SHAPE)
    region = (columns > 0.55 * SHAPE[1]).astype(int)
    region[np.hypot(rows - 0.4 * SHAPE[0], columns - 0.4 * SHAPE[1]) < 0.25 * SHAPE[0]] = 2
    return region


@pytest.fixture(scope="session")
def bands(regions):
    """Four bands ``(4, height, width)`` whose mean depends on the region."""
    means = np.array([[0.0, 8, 0, 8], [8, 0, 0, 8], [0, 0, 8, 0]])
    return means[regions].transpose(2, 0, 1) + np.random.default_rng(0).normal(size=(4, *SHAPE))


@pytest.fixture(scope="session")
def write_raster():
    """A callable that writes values ``(n_bands, height, width)`` as a GeoTIFF and returns its path as text."""

    def write(
        path,
        values,
        kind=gdal.GDT_Float32,
        transform=(WEST, PIXEL, 0.0, NORTH, 0.0, -PIXEL),
        epsg=UTM_35N,
        no_data=None,
        options=(),
    ):
        n_bands, height, width = values.shape
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), width, height, n_bands, kind, list(options))
        if transform:
            dataset.SetGeoTransform(transform)
        if epsg:
            reference = osr.SpatialReference()
            reference.ImportFromEPSG(epsg)
            dataset.SetProjection(reference.ExportToWkt())
        for number, band in enumerate(values, start=1):
            dataset.GetRasterBand(number).WriteArray(band)
            if no_data is not None:
                dataset.GetRasterBand(number).SetNoDataValue(no_data)
        return str(path)

    return write


@pytest.fixture(scope="session")
def read_raster():
    """A callable that returns the bands of a raster ``(n_bands, height, width)``, unpacked by their scale."""

    def read(path):
        dataset = gdal.Open(str(path))
        bands = [dataset.GetRasterBand(number) for number in range(1, dataset.RasterCount + 1)]
        return np.stack([band.ReadAsArray() * (band.GetScale() or 1.0) for band in bands])

    return read


@pytest.fixture(params=list(itertools.permutations((gdal, ogr, osr)))[::5], ids=["gdal first", "gdal last"])
def exceptions_of_gdal(request):
    """GDAL, OGR and OSR raise, as when another plugin told them to; GDAL 3.6 takes that back in reverse order only."""
    for module in request.param:
        module.UseExceptions()
    yield
    for module in reversed(request.param):
        module.DontUseExceptions()


@pytest.fixture
def small_disk():
    """A context in which no file may grow beyond some bytes, as on a full disk; pytest's own files may, outside it."""
    resource = pytest.importorskip("resource")

    @contextmanager
    def context(n_bytes):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)

    return context
