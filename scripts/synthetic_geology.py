"""A SYNTHETIC survey over known geology: gravity, magnetics and radiometrics on grids of their own.

Six units with wavy contacts: schist, limestone, basalt flows, an alluvial basin, a granite that cuts them, and the
halo of potassic alteration around it, where potassium was added and magnetite destroyed. Levels are of the order that
such rocks have; nothing here is measured, and the place is invented. Contacts, texture and noise follow from the seed.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

CRS = "EPSG:32635"
ORIGIN = (600_000.0, 4_300_000.0)  # south-western corner: easting and northing, m
CELL_M = 50.0
SHAPE = (400, 480)  # rows and columns of cells, northernmost row first
UNITS = ("schist", "limestone", "basalt", "alluvium", "granite", "altered halo")
# per unit: K (%), Th (ppm), U (ppm), magnetic level (nT), density (g/cm3)
_LEVELS = np.array(
    [
        [2.2, 10.0, 2.5, 30.0, 2.72],
        [0.4, 2.0, 1.5, 0.0, 2.68],
        [0.9, 4.0, 1.0, 320.0, 2.90],
        [1.6, 7.0, 2.0, -20.0, 2.25],
        [4.0, 22.0, 6.0, 60.0, 2.62],
        [4.6, 11.0, 3.2, -70.0, 2.64],
    ]
)
_TEXTURE = 0.10  # standard deviation of the logarithm of a concentration within a unit
_MOISTURE = 0.08  # the same of what soil moisture takes from all three elements alike
_MAGNETIC_TEXTURE = np.array([12.0, 5.0, 110.0, 8.0, 15.0, 12.0])  # nT
_THICKNESS_KM = 1.0
_SLAB_MGAL = 41.9  # of a slab 1 km thick and 1 g/cm3 denser than its surroundings
_GRAVITY_DEPTH_M, _MAGNETIC_DEPTH_M = 400.0, 100.0  # to the sources: how far the fields are smoothed
_REGIONAL_MGAL = (1.5, -1.0)  # left in the residual gravity from side to side: to the east, to the north
_NOISE = {"K": 0.06, "Th": 0.4, "U": 0.25, "magnetics": 4.0, "gravity": 0.25}  # of one cell of the survey
BOREHOLES, _IN_HALO = 24, 14


@dataclass(frozen=True, eq=False)
class Survey:
    """One grid of the synthetic survey.

    Attributes
    ----------
    name : str
    bands : tuple of str
    values : ndarray (n_bands, n_rows, n_columns)
        NaN where nothing was measured.
    cell_m : float
    west, north : float
        The outer corner, m.
    """

    name: str
    bands: tuple
    values: np.ndarray
    cell_m: float
    west: float
    north: float


@lru_cache(maxsize=4)
def geology(seed=42):
    """Return the unit of every cell ``SHAPE``, as positions in ``UNITS``; read-only."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(SHAPE)
    x, y = columns / SHAPE[1], 1.0 - rows / SHAPE[0]  # 0 to 1, to the east and to the north
    wave = [0.08 * _smooth_field(rng, 40.0) for _ in range(4)]
    units = np.zeros(SHAPE, dtype=np.int64)
    units[y - 0.35 * x + wave[0] > 0.5] = 1
    flows = np.abs(y + 0.4 * x - 0.42 + wave[1]) < 0.07 + 0.05 * _smooth_field(rng, 25.0)
    units[flows] = 2
    basin = (x - 0.82 + wave[2]) / 0.2, (y - 0.3 + wave[3]) / 0.33
    units[np.hypot(*basin) < 1.0] = 3
    centre = rng.uniform([0.34, 0.45], [0.44, 0.6])
    from_granite = np.hypot((x - centre[0]) / 0.13, (y - centre[1]) / 0.17) + 1.4 * wave[2]
    altered = (from_granite < 1.45 + 0.5 * wave[0]) & (units != 3)
    units[altered] = 5
    units[from_granite < 1.0] = 4
    units.setflags(write=False)
    return units


def surveys(seed=42, noise=1.0):
    """Return the three :class:`Survey` over :func:`geology`: radiometrics, magnetics and gravity.

    ``noise`` multiplies the noise of the instruments and the variation within units.
    """
    rng = np.random.default_rng([seed, 1])
    units = geology(seed)
    return (_radiometrics(units, rng, noise), _magnetics(units, rng, noise), _gravity(units, rng, noise))


def boreholes(seed=42):
    """Return easting, northing, name and unit of boreholes, most of them drilled into the altered halo."""
    rng = np.random.default_rng([seed, 2])
    units = geology(seed)
    margin = 40
    inner = np.zeros(SHAPE, dtype=bool)
    inner[margin:-margin, margin:-margin] = True
    in_halo = rng.permutation(np.flatnonzero(inner & (units == UNITS.index("altered halo"))))[:_IN_HALO]
    anywhere = rng.permutation(np.flatnonzero(inner))[: BOREHOLES - _IN_HALO]
    rows, columns = np.unravel_index(np.concatenate([in_halo, anywhere]), SHAPE)
    names = [f"SYN-{number:02d}" for number in range(1, BOREHOLES + 1)]
    easting = ORIGIN[0] + (columns + 0.5) * CELL_M
    northing = ORIGIN[1] + (SHAPE[0] - rows - 0.5) * CELL_M
    return easting, northing, names, [UNITS[unit] for unit in units[rows, columns]]


def write_survey(folder, survey):
    """Write a survey as ``<name>_synthetic.tif``; returns the path."""
    return write_grid(
        folder / f"{survey.name}_synthetic.tif",
        survey.values.astype(np.float32),
        survey.bands,
        (survey.west, survey.cell_m, 0.0, survey.north, 0.0, -survey.cell_m),
    )


def write_geology(folder, seed=42):
    """Write the true units, counted from 1, as ``geology_synthetic.tif``; returns the path."""
    transform = (ORIGIN[0], CELL_M, 0.0, ORIGIN[1] + SHAPE[0] * CELL_M, 0.0, -CELL_M)
    values = (geology(seed) + 1).astype(np.uint8)[None]
    return write_grid(folder / "geology_synthetic.tif", values, ("unit, SYNTHETIC",), transform)


def write_grid(path, values, names, transform):
    """Write values ``(n_bands, n_rows, n_columns)``, float32 or uint8, as a GeoTIFF; returns the path."""
    from osgeo import gdal, osr

    kind = gdal.GDT_Byte if values.dtype == np.uint8 else gdal.GDT_Float32
    n_bands, n_rows, n_columns = values.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), n_columns, n_rows, n_bands, kind, ["COMPRESS=DEFLATE"])
    dataset.SetGeoTransform(transform)
    system = osr.SpatialReference()
    system.ImportFromEPSG(int(CRS.split(":")[1]))
    dataset.SetProjection(system.ExportToWkt())
    for number, (name, band) in enumerate(zip(names, values), start=1):
        dataset.GetRasterBand(number).SetDescription(name)
        dataset.GetRasterBand(number).WriteArray(band)
    dataset.FlushCache()
    return path


def truth_on(shape, transform, seed=42):
    """Return the true unit at the centre of every pixel of a grid inside the area, as positions in ``UNITS``."""
    west, pixel, _, north, _, _ = transform
    rows, columns = np.indices(shape)
    column = ((west + (columns + 0.5) * pixel - ORIGIN[0]) / CELL_M).astype(int)
    row = ((ORIGIN[1] + SHAPE[0] * CELL_M - (north - (rows + 0.5) * pixel)) / CELL_M).astype(int)
    return geology(seed)[row, column]


def _radiometrics(units, rng, noise):
    """100 m cells of the inner area; a lake without data lies in the basin."""
    moisture = _MOISTURE * _smooth_field(rng, 15.0)
    bands = []
    for element, name in enumerate(("K", "Th", "U")):
        texture = _TEXTURE * (0.7 * _smooth_field(rng, 4.0) + 0.7 * rng.standard_normal(SHAPE))
        amount = _upward(_LEVELS[units, element] * np.exp(noise * (texture - moisture)), 60.0)
        coarse = _blocks(amount[40:-40, 40:-40], 2)
        bands.append(np.maximum(coarse + noise * _NOISE[name] * rng.standard_normal(coarse.shape), 0.0))
    values = np.array(bands)
    rows, columns = np.indices(values.shape[1:])
    lake = np.hypot((rows - 0.72 * values.shape[1]) / 9.0, (columns - 0.9 * values.shape[2]) / 14.0) < 1.0
    values[:, lake] = np.nan
    return _survey("radiometrics", ("K (%)", "Th (ppm)", "U (ppm)"), values, 2, 40)


def _magnetics(units, rng, noise):
    """50 m cells, nT, reduced to the pole."""
    level = _LEVELS[units, 3] + noise * _MAGNETIC_TEXTURE[units] * _smooth_field(rng, 5.0)
    values = _upward(level, _MAGNETIC_DEPTH_M)[20:-20, 20:-20]
    values = values + noise * _NOISE["magnetics"] * rng.standard_normal(values.shape)
    return _survey("magnetics", ("total field, reduced to the pole (nT)",), values[None], 1, 20)


def _gravity(units, rng, noise):
    """250 m cells of the whole area, mGal, with a part of the regional field left in."""
    density = _LEVELS[units, 4] - 2.67 + noise * 0.02 * _smooth_field(rng, 10.0)
    values = _upward(_SLAB_MGAL * _THICKNESS_KM * density, _GRAVITY_DEPTH_M)
    rows, columns = np.indices(SHAPE)
    values = values + _REGIONAL_MGAL[0] * columns / SHAPE[1] - _REGIONAL_MGAL[1] * rows / SHAPE[0]
    coarse = _blocks(values, 5)
    coarse = coarse + noise * _NOISE["gravity"] * rng.standard_normal(coarse.shape)
    return _survey("gravity", ("residual Bouguer anomaly (mGal)",), coarse[None], 5, 0)


def _survey(name, bands, values, cells, margin):
    west = ORIGIN[0] + margin * CELL_M
    north = ORIGIN[1] + (SHAPE[0] - margin) * CELL_M
    return Survey(name, bands, values, cells * CELL_M, west, north)


def _smooth_field(rng, cells):
    """Return a random field of mean 0 and standard deviation 1 that varies over some ``cells``."""
    from scipy.ndimage import gaussian_filter

    field = gaussian_filter(rng.standard_normal(SHAPE), cells, mode="reflect")
    return (field - field.mean()) / field.std()


def _upward(values, distance_m):
    """Return a field as seen from ``distance_m`` above: every wave damped by exp(-k z) (Blakely 1995)."""
    margin = 60
    padded = np.pad(values, margin, mode="reflect")
    wavenumbers = [2 * np.pi * np.fft.fftfreq(size, CELL_M) for size in padded.shape]
    damping = np.exp(-distance_m * np.hypot(*np.meshgrid(*wavenumbers, indexing="ij")))
    return np.fft.ifft2(np.fft.fft2(padded) * damping).real[margin:-margin, margin:-margin]


def _blocks(values, side):
    """Return the means of blocks of ``side`` by ``side`` cells."""
    height, width = (size // side for size in values.shape)
    return values[: height * side, : width * side].reshape(height, side, width, side).mean(axis=(1, 3))
