"""Write sample_data/subduction: real trenches, plate boundaries, earthquakes and grids, cut to what the example shows.

Nothing is invented here. The sources are large and are not shipped; their README says where each comes from.

    python3 scripts/make_subduction_sample_data.py folder_of_sources [folder]
"""

import sys
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
from osgeo import gdal, osr
from pyproj import Geod
from scipy.spatial import cKDTree
from shapely.geometry import LineString, MultiLineString, box

SUBDUCTION = Path(__file__).resolve().parent.parent / "sample_data" / "subduction"
SOURCES = (
    "trenches_usgs_2017.csv",  # USGS Slab2 trenches: lon, lat, az, bound, slab
    "PB2002_boundaries.geojson",  # plate boundaries of Bird (2003)
    "usgs_comcat.csv",  # export of USGS ComCat: time, longitude, latitude, depth, mag, mag_type, event_id
    "egm96_15.gtx",  # NGA EGM96 geoid, 15 minutes
    "etopo20.cdf",  # NOAA ETOPO5, means of 20 minutes
)
TRENCHES = {  # code of the slab model: region
    "alu": "Aleutians",
    "kur": "Kuril-Kamchatka",
    "izu": "Izu-Bonin-Mariana",
    "ryu": "Ryukyu-Nankai",
    "man": "Manila",
    "phi": "Philippines",
    "sum": "Sumatra-Java",
    "sol": "Solomon",
    "van": "Vanuatu",
    "ker": "Tonga-Kermadec",
    "cas": "Cascadia",
    "cam": "Central America",
    "sam": "South America",
}
REACH_KM = 500.0  # from a trench; earthquakes and boundaries beyond are left out
FIRST_YEAR = 1973  # since then the catalogue rests on one world-wide network
LEAST_MAGNITUDE = 6.0
DEEP_KM = 70.0  # deeper earthquakes lie within the slab
SLAB_SMOOTHING_KM, SLAB_REACH_KM = 40.0, 100.0
NEIC, HISTORICAL = ("us", "official"), "ushis"  # beginnings of the ids of events of the US Geological Survey itself
DEGREE = 180  # of the spherical harmonics
EARTH_RADIUS_M, NORMAL_GRAVITY = 6_371_008.8, 9.7976  # means; metres, m/s²
NO_DATA = -32768.0
LATITUDES = (-62.0, 68.0)  # of the grids, degrees


def main(sources, folder=SUBDUCTION):
    """Write everything into ``folder``."""
    sources, folder = Path(sources), Path(folder)
    trenches = pd.read_csv(sources / SOURCES[0])
    catalogue = pd.read_csv(sources / SOURCES[2], low_memory=False)
    write_trenches(folder, trenches, catalogue)
    near = near_trenches(trenches[trenches["slab"].isin(TRENCHES)])
    write_earthquakes(folder, catalogue, near)
    write_boundaries(folder, sources / SOURCES[1], near)
    geoid = read_grid(sources / SOURCES[3])
    write_grid(folder / "geoid_egm96.tif", geoid[::2, ::2], -180.0, 0.5, 0.1, "m")
    write_grid(folder / "gravity_egm96.tif", gravity(geoid[::2, ::2]), -180.0, 0.5, 1.0, "mGal")
    relief = read_grid(sources / SOURCES[4])[:, :1080]  # the last column repeats the first
    write_grid(folder / "topography_etopo20.tif", relief, 20.0 + 1 / 6, 1 / 3, 10.0, "m", registered=False)


def write_trenches(folder, trenches, catalogue):
    """Write one line per region, turned where needed so that the downgoing plate is on the right."""
    deep = catalogue[catalogue["depth"] >= DEEP_KM]
    lines = []
    for code in TRENCHES:
        points = trenches.loc[trenches["slab"] == code, ["lon", "lat"]].to_numpy()
        lines.append(cut_at_180(points[:: -1 if slab_is_on_the_right(points, deep) else 1]))
    table = {"region": list(TRENCHES.values()), "code": list(TRENCHES)}
    write_geojson(geopandas.GeoDataFrame(table, geometry=lines, crs="EPSG:4326"), folder / "trenches.geojson")


def cut_at_180(points):
    """Return a line, or the two lines on either side of the 180-degree meridian."""
    longitude, latitude = points.T
    crossed = np.flatnonzero((longitude[:-1] < 180.0) != (longitude[1:] < 180.0))
    if not len(crossed):
        return LineString(np.stack([wrapped(longitude), latitude], axis=1).round(4))
    before, after = points[: crossed[0] + 1], points[crossed[0] + 1 :]
    share = (180.0 - before[-1, 0]) / (after[0, 0] - before[-1, 0])
    meridian = before[-1, 1] + share * (after[0, 1] - before[-1, 1])
    west_first = before[-1, 0] < 180.0
    ends = [(180.0, meridian), (-180.0, meridian)] if west_first else [(-180.0, meridian), (180.0, meridian)]
    before, after = (np.stack([wrapped(part[:, 0]), part[:, 1]], axis=1) for part in (before, after))
    return MultiLineString([np.vstack([before, ends[:1]]).round(4), np.vstack([ends[1:], after]).round(4)])


def wrapped(longitude):
    """Return longitudes between -180 and 180 degrees."""
    return (np.asarray(longitude) + 180.0) % 360.0 - 180.0


def slab_is_on_the_right(points, deep):
    """Return whether the deep earthquakes within the reach of a trench lie to its right; Cascadia, to its east."""
    geod = Geod(ellps="WGS84")
    _, which = cKDTree(unit(*points.T)).query(unit(deep["longitude"], deep["latitude"]))
    which = np.clip(which, 0, len(points) - 2)
    strike, _, _ = geod.inv(*points[which].T, *points[which + 1].T)
    towards, _, distance = geod.inv(*points[which].T, deep["longitude"], deep["latitude"])
    inside = np.asarray(distance) < 1000.0 * REACH_KM
    if inside.sum() < 10:
        return strike_is_north(points)
    return np.sin(np.radians(np.asarray(towards) - strike))[inside].mean() > 0


def strike_is_north(points):
    """Return whether a line ends farther north than it begins; its right side is then the east."""
    return points[-1, 1] > points[0, 1]


def near_trenches(trenches):
    """Return a function that tells which places lie within the reach of a trench."""
    tree = cKDTree(unit(trenches["lon"], trenches["lat"]))
    reach = 2.0 * np.sin(0.5e3 * REACH_KM / EARTH_RADIUS_M)
    return lambda longitude, latitude: tree.query(unit(longitude, latitude))[0] < reach


def write_earthquakes(folder, catalogue, near):
    """Write the large earthquakes, and the depth at which earthquakes of every size place the slab."""
    own = catalogue["event_id"].str.startswith(NEIC) & ~catalogue["event_id"].str.startswith(HISTORICAL)
    catalogue = catalogue[own & (catalogue["time"].str[:4].astype(int) >= FIRST_YEAR) & catalogue["depth"].notna()]
    catalogue = catalogue[near(catalogue["longitude"], catalogue["latitude"])].sort_values("time")
    large = catalogue[catalogue["mag"] >= LEAST_MAGNITUDE]
    columns = {
        "date": large["time"].str[:10],
        "longitude": large["longitude"].round(2),
        "latitude": large["latitude"].round(2),
        "depth_km": large["depth"].round().astype(int),
        "mag": large["mag"].round(1),
        "mag_type": large["mag_type"],
        "id": large["event_id"],
    }
    pd.DataFrame(columns).to_csv(folder / "earthquakes.csv", index=False, lineterminator="\n")
    write_grid(folder / "slab_depth_of_earthquakes.tif", slab_depth(catalogue), -180.0, 0.5, 1.0, "km")


def slab_depth(events):
    """Return the mean depth in km of the earthquakes around every half degree, NaN where none is near.

    The weights fall with distance as a Gaussian. Above the slab proper, earthquakes of both plates are averaged.
    """
    latitude, longitude = np.linspace(90.0, -90.0, 361), np.arange(-180.0, 180.0, 0.5)
    nodes = [grid.ravel() for grid in np.meshgrid(longitude, latitude)]
    places, depth = cKDTree(unit(*nodes)), events["depth"].to_numpy()
    found = cKDTree(unit(events["longitude"], events["latitude"])).sparse_distance_matrix(
        places, 1e3 * SLAB_REACH_KM / EARTH_RADIUS_M, output_type="coo_matrix"
    )
    weight = np.exp(-0.5 * (found.data * EARTH_RADIUS_M / 1e3 / SLAB_SMOOTHING_KM) ** 2)
    total = np.bincount(found.col, weight, len(nodes[0]))
    total[total == 0] = np.nan
    return (np.bincount(found.col, weight * depth[found.row], len(nodes[0])) / total).reshape(361, 720)


def write_boundaries(folder, path, near):
    """Write the plate boundaries within reach of the trenches, simplified to 0.02 degrees."""
    boundaries = geopandas.read_file(path).clip(box(-180.0, -60.0, 180.0, 67.0))
    boundaries.geometry = boundaries.geometry.simplify(0.02)
    keep = [near(*np.array(parts_of(line)[0].coords).T).any() for line in boundaries.geometry]
    boundaries = boundaries[keep].sort_values(["Name", "Source"])
    boundaries = boundaries.rename(columns={"Name": "plates", "Type": "type", "Source": "source"})
    write_geojson(boundaries[["plates", "type", "source", "geometry"]], folder / "plate_boundaries.geojson", 2)


def parts_of(line):
    """Return the lines of a geometry."""
    return list(line.geoms) if isinstance(line, MultiLineString) else [line]


def write_geojson(layer, path, digits=4):
    """Write a layer with rounded coordinates."""
    path.unlink(missing_ok=True)
    layer.to_file(path, driver="GeoJSON", COORDINATE_PRECISION=digits)


def read_grid(path):
    """Return the values of a grid, the northernmost row first."""
    return gdal.Open(str(path)).ReadAsArray().astype(float)


def write_grid(path, values, west, step, rounding, unit_name, registered=True):
    """Write a global grid, cut to the latitudes of the example, as a small GeoTIFF from 180 W to 180 E.

    ``west`` is the longitude of the first column's centre; ``registered`` grids have a row on the pole.
    """
    north = 90.0 if registered else 90.0 - step / 2
    latitude = north - step * np.arange(len(values))
    longitude = wrapped(west + step * np.arange(values.shape[1]))
    order = np.argsort(longitude)
    inside = (latitude >= LATITUDES[0]) & (latitude <= LATITUDES[1])
    values = rounding * np.round(values[inside][:, order] / rounding)
    kind, predictor = (gdal.GDT_Int16, 2) if rounding.is_integer() else (gdal.GDT_Float32, 3)
    options = ["COMPRESS=DEFLATE", f"PREDICTOR={predictor}", "ZLEVEL=9"]
    height, width = values.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 1, kind, options)
    left, top = longitude[order][0] - step / 2, latitude[inside][0] + step / 2
    dataset.SetGeoTransform((left, step, 0.0, top, 0.0, -step))
    system = osr.SpatialReference()
    system.ImportFromEPSG(4326)
    dataset.SetProjection(system.ExportToWkt())
    band = dataset.GetRasterBand(1)
    band.SetUnitType(unit_name)
    if np.isnan(values).any():
        band.SetNoDataValue(NO_DATA)
    band.WriteArray(np.where(np.isnan(values), NO_DATA, values))


def gravity(geoid):
    """Return the free-air gravity anomaly in mGal that belongs to a geoid in metres.

    Parameters
    ----------
    geoid : ndarray (n_latitudes, n_longitudes)
        Geoid heights from pole to pole, both poles included, at equal steps all around the Earth.

    Notes
    -----
    By spherical harmonics up to :data:`DEGREE`: with Bruns' formula T = g N, the anomaly of degree n is
    (n - 1) T / R (Heiskanen and Moritz 1967, eq. 2-155).
    """
    n_latitudes, n_longitudes = geoid.shape
    colatitude = np.linspace(0.0, np.pi, n_latitudes)
    waves = np.fft.rfft(geoid, axis=1)
    anomaly = np.zeros_like(waves)
    for order in range(DEGREE + 1):
        basis = legendre(order, np.cos(colatitude))
        coefficients = np.linalg.lstsq(basis, waves[:, order], rcond=None)[0]
        anomaly[:, order] = basis @ (coefficients * (np.arange(order, DEGREE + 1) - 1.0))
    return 1e5 * NORMAL_GRAVITY / EARTH_RADIUS_M * np.fft.irfft(anomaly, n_longitudes, axis=1)


def legendre(order, x):
    """Return the normalised associated Legendre functions ``(len(x), DEGREE + 1 - order)`` by rising degree."""
    sine = np.sqrt(1.0 - x**2)
    first = np.ones_like(x)
    for step in range(1, order + 1):
        first = first * sine * np.sqrt((2 * step + 1) / (2 * step))
    columns = [first, np.sqrt(2 * order + 3) * x * first]
    for n in range(order + 2, DEGREE + 1):
        a = np.sqrt((4 * n**2 - 1) / (n**2 - order**2))
        b = np.sqrt(((n - 1) ** 2 - order**2) / (4 * (n - 1) ** 2 - 1))
        columns.append(a * (x * columns[-1] - b * columns[-2]))
    return np.stack(columns[: DEGREE + 1 - order], axis=1)


def unit(longitude, latitude):
    """Return unit vectors ``(n, 3)`` to places in degrees."""
    longitude, latitude = np.radians(longitude), np.radians(latitude)
    around = np.cos(latitude)
    return np.stack([around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude)], axis=-1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
