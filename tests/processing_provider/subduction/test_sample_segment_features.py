"""The tool sample_segment_features through Processing: a literal twin, both sides, 180 degrees, bad input."""

import numpy as np
import pytest
from osgeo import gdal, osr
from pyproj import Geod, Transformer
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsRasterLayer,
    QgsVectorLayer,
)

GEOD = Geod(ellps="WGS84")
PACIFIC = "LineString(178.6 -20, 179.6 -18.9, 180.4 -17.4, 181.2 -16.9)"  # synthetic trenches
ATLANTIC = "LineString(-1.5 50, 0.2 50.6, 1.9 50.2)"
AZIMUTHAL = "+proj=laea +lat_0=-18 +lon_0=180 +datum=WGS84 +units=m"
SPACING, UP, DOWN = 50.0, 150.0, 100.0
NO_DATA = -9999.0


def anomaly(longitude, latitude):
    """A smooth field around the Earth that knows no meridian."""
    east, north = np.radians(longitude), np.radians(latitude)
    return 1000.0 + 40.0 * np.cos(25 * north) * np.cos(3 * east) + 15.0 * np.sin(31 * north + 7 * east)


@pytest.fixture(scope="module")
def write_raster(tmp_path_factory):
    """Write bands ``(n, height, width)`` as a GeoTIFF; the place of the upper left corner and of the pixels in units."""
    folder = tmp_path_factory.mktemp("rasters")

    def write(name, bands, west, north, pixel, crs="EPSG:4326", **options):
        path = str(folder / f"{name}.tif")
        kind = options.get("kind", gdal.GDT_Float32)
        dataset = gdal.GetDriverByName("GTiff").Create(path, bands.shape[2], bands.shape[1], len(bands), kind)
        dataset.SetGeoTransform((west, pixel, 0, north, 0, -pixel))
        if crs:
            system = osr.SpatialReference()
            system.SetFromUserInput(crs)
            dataset.SetProjection(system.ExportToWkt())
        for number, band in enumerate(bands, start=1):
            dataset.GetRasterBand(number).WriteArray(band)
            dataset.GetRasterBand(number).SetNoDataValue(NO_DATA)
            dataset.GetRasterBand(number).SetDescription(options.get("description", ""))
        for setting in ("SetScale", "SetOffset"):
            if setting in options:
                getattr(dataset.GetRasterBand(1), setting)(options[setting])
        del dataset
        return path

    return write


@pytest.fixture(scope="module")
def world(write_raster):
    """``{name: (path, longitude, latitude, values)}`` of rasters of the same field, a tenth of each without data.

    Two cover the Earth in pixels of 0.2 degrees, from -180 and from 0 degrees on; one lies around the Pacific trench,
    in metres.
    """
    rng = np.random.default_rng(8)
    made = {}
    for name, west in (("gravity", -180.0), ("geoid_0_360", 0.0)):
        longitude, latitude = np.meshgrid(west + 0.2 * (np.arange(1800) + 0.5), 90 - 0.2 * (np.arange(900) + 0.5))
        made[name] = [longitude, latitude, (west, 90.0, 0.2)]
    x, y = np.meshgrid(-7e5 + 2e4 * (np.arange(70) + 0.5), 7e5 - 2e4 * (np.arange(70) + 0.5))
    to_degrees = Transformer.from_crs(AZIMUTHAL, "EPSG:4326", always_xy=True).transform
    made["strain"] = [*to_degrees(x, y), (-7e5, 7e5, 2e4, AZIMUTHAL)]
    for name, (longitude, latitude, place) in made.items():
        values = anomaly(longitude, latitude).astype(np.float32)
        values[rng.random(values.shape) < 0.1] = NO_DATA
        path = write_raster(name, values[np.newaxis], *place)
        made[name] = (path, longitude, latitude, np.where(values == NO_DATA, np.nan, values.astype(float)))
    return made


@pytest.fixture(scope="session")
def cut(fumarole):
    """Cut synthetic trenches ``(region, wkt)`` into segments."""
    import processing

    def run(*trenches, side="right", spacing=SPACING):
        layer = QgsVectorLayer("LineString?crs=EPSG:4326&field=name:string", "trenches", "memory")
        for region, wkt in trenches:
            feature = QgsFeature(layer.fields())
            feature.setAttributes([region])
            feature.setGeometry(QgsGeometry.fromWkt(wkt))
            layer.dataProvider().addFeature(feature)
        sizes = {"SPACING": spacing, "WIDTH_UP": UP, "WIDTH_DOWN": DOWN, "SIDE": side}
        parameters = {"INPUT": layer, "REGION_FIELD": "name", **sizes, "OUTPUT": "memory:"}
        return processing.run("fumarole:trench_segments", parameters)["OUTPUT"]

    return run


@pytest.fixture
def sample(run_tool, recorder):
    """Run the tool; returns its results, the rows as dictionaries and what it said."""

    def run(segments, feedback=None, **changes):
        feedback = feedback or recorder()
        parameters = {"SEGMENTS": segments, "OUTPUT": "memory:", **changes}
        results = run_tool("sample_segment_features", parameters, feedback=feedback)
        layer = results["OUTPUT"]
        names = layer.fields().names()
        rows = [dict(zip(names, feature.attributes())) for feature in layer.getFeatures()]
        return results, rows, feedback

    return run


def plain(value):
    return np.nan if value is None or (hasattr(value, "isNull") and value.isNull()) else value


def in_segment(row, longitude, latitude):
    """Return the plate of a place in a segment, "" outside of it."""
    azimuth, _, distance = GEOD.inv(row["lon"], row["lat"], longitude, latitude)
    angle = np.radians(azimuth - row["azimuth"])
    along, right = distance / 1000 * np.cos(angle), distance / 1000 * np.sin(angle)
    down = right if row["side"] == "right" else -right
    if abs(along) > row["spacing_km"] / 2 or not -row["up_km"] <= down <= row["down_km"]:
        return ""
    return "UP" if down < 0 else "DG"


def literal(row, longitude, latitude, values):
    """Return the values of both plates of one segment, pixel by pixel: ``{"UP": [...], "DG": [...]}``."""
    found = {"UP": [], "DG": []}
    for x, y, value in zip(longitude.ravel(), latitude.ravel(), values.ravel()):
        near = abs(y - row["lat"]) < 3 and abs((x - row["lon"] + 180) % 360 - 180) < 4  # spares the twin the far side
        plate = in_segment(row, x, y) if near and np.isfinite(value) else ""
        if plate:
            found[plate].append(value)
    return found


def near(trench_longitude, trench_latitude, longitude, latitude, values):
    """Cut a raster of the Earth to the surroundings of a trench, for the twin."""
    keep = (abs((longitude - trench_longitude + 180) % 360 - 180) < 6) & (abs(latitude - trench_latitude) < 5)
    return longitude[keep], latitude[keep], values[keep]


def slopes(means):
    """Central differences per km, one-sided at the ends, of segments without gaps."""
    n = len(means)
    low, high = [max(0, i - 1) for i in range(n)], [min(n - 1, i + 1) for i in range(n)]
    return [(means[h] - means[k]) / (SPACING * (h - k)) for k, h in zip(low, high)]


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("trench", [("pacific", PACIFIC, 180, -18), ("atlantic", ATLANTIC, 0, 50)])
def test_features_equal_the_literal_twin(cut, sample, world, trench, side):
    region, wkt, *middle = trench
    codes = {"gravity": "GRA", "geoid_0_360": "GEO", **({"strain": "STR"} if region == "pacific" else {})}
    results, rows, _ = sample(cut((region, wkt), side=side), RASTERS=[world[name][0] for name in codes])
    assert (results["N_SEGMENTS"], results["N_FEATURES"], results["N_EMPTY"]) == (len(rows), 6 * len(codes), 0)
    assert len(rows) >= 4
    for name, code in codes.items():
        pixels = near(*middle, *world[name][1:])
        inside = [literal(row, *pixels) for row in rows]
        for plate in ("UP", "DG"):
            values = [found[plate] for found in inside]
            assert min(map(len, values)) >= 6
            computed = {ending: [row[f"{code}_{plate}_{ending}"] for row in rows] for ending in ("AVE", "STD", "GRD")}
            means = [np.mean(found) for found in values]
            assert computed["AVE"] == pytest.approx(means, rel=1e-9)
            assert computed["STD"] == pytest.approx([np.std(found) for found in values], rel=1e-6)
            assert computed["GRD"] == pytest.approx(slopes(means), rel=1e-6, abs=1e-9)


def test_the_sides_change_places(cut, sample, world):
    """With equal widths, the upper plate on the one side is the downgoing plate on the other."""
    both = {}
    for side in ("right", "left"):
        segments = cut(("pacific", PACIFIC), side=side)
        segments.startEditing()
        for feature in segments.getFeatures():
            for name in ("up_km", "down_km"):
                segments.changeAttributeValue(feature.id(), segments.fields().indexOf(name), 120.0)
        assert segments.commitChanges()
        _, both[side], _ = sample(segments, RASTERS=[world["gravity"][0]], STATISTICS=["mean"])
    for right, left in zip(both["right"], both["left"]):
        assert right["GRA_UP_AVE"] == pytest.approx(left["GRA_DG_AVE"])
        assert right["GRA_DG_AVE"] == pytest.approx(left["GRA_UP_AVE"])
        assert right["GRA_DG_AVE"] != pytest.approx(right["GRA_UP_AVE"])


def test_a_tilted_plane_has_known_features(cut, sample, write_raster):
    """Along a meridian, a field that grows with latitude by 1 per degree has the slope of a degree in km."""
    latitude = 10 - 0.05 * (np.arange(400) + 0.5)
    plane = np.repeat(latitude[:, np.newaxis], 200, axis=1)[np.newaxis]
    path = write_raster("tilt", plane, 95.0, 10.0, 0.05, kind=gdal.GDT_Float64)
    _, rows, _ = sample(cut(("meridian", "LineString(100 -6, 100 6)")), RASTERS=[path])
    assert len(rows) > 20
    for row in rows:
        for plate in ("UP", "DG"):
            assert row[f"TIL_{plate}_AVE"] == pytest.approx(row["lat"], abs=0.03)
            assert row[f"TIL_{plate}_GRD"] == pytest.approx(1 / 110.57, rel=0.12)
            assert row[f"TIL_{plate}_STD"] == pytest.approx(SPACING / 110.57 / np.sqrt(12), rel=0.12)


def test_rows_keep_their_order_fields_and_geometry(cut, sample, world):
    segments = cut(("pacific", PACIFIC), ("atlantic", ATLANTIC))
    results, rows, _ = sample(segments, RASTERS=[world["gravity"][0]], STATISTICS=["std"])
    before, after = list(segments.getFeatures()), list(results["OUTPUT"].getFeatures())
    assert [feature.attributes() for feature in before] == [feature.attributes()[:10] for feature in after]
    assert [f.geometry().asWkt(3) for f in before] == [f.geometry().asWkt(3) for f in after]
    assert results["OUTPUT"].crs() == segments.crs()
    assert list(rows[0])[10:] == ["GRA_UP_STD", "GRA_DG_STD"]
    field = results["OUTPUT"].fields().field("GRA_UP_STD")
    assert field.alias() == "gravity, upper plate, standard deviation"


def test_some_segments_in_any_order_have_the_same_features(cut, sample, world):
    segments = cut(("pacific", PACIFIC), ("atlantic", ATLANTIC))
    _, whole, _ = sample(segments, RASTERS=[world["gravity"][0]], STATISTICS=["mean", "std"])
    shuffled = QgsVectorLayer("MultiPolygon?crs=EPSG:4326", "shuffled", "memory")
    shuffled.dataProvider().addAttributes(list(segments.fields()))
    shuffled.updateFields()
    shuffled.dataProvider().addFeatures(list(segments.getFeatures())[::-2])
    _, some, _ = sample(shuffled, RASTERS=[world["gravity"][0]], STATISTICS=["mean", "std"])
    known = {(row["region"], row["segment"]): row for row in whole}
    assert 4 < len(some) < len(whole)
    for row in some:
        assert row == pytest.approx(known[row["region"], row["segment"]])


def test_coarse_rasters_are_read_between_their_pixels(cut, sample, write_raster):
    longitude, latitude = np.meshgrid(-179.5 + np.arange(360), 89.5 - np.arange(180))
    path = write_raster("crust", (100 + latitude + 0.1 * np.abs(longitude))[np.newaxis], -180.0, 90.0, 1.0)
    results, rows, told = sample(cut(("atlantic", ATLANTIC)), RASTERS=[path], STATISTICS=["mean"])
    assert results["N_EMPTY"] == 0
    for row in rows:  # the plane comes back, which no single pixel of 111 km could give
        north = np.cos(np.radians(row["azimuth"] + 90))
        for plate, normal in (("UP", -UP / 2), ("DG", DOWN / 2)):
            assert row[f"CRU_{plate}_AVE"] == pytest.approx(100 + row["lat"] + normal * north / 111.2, abs=0.35)
    assert any("Pixels of about 111 km" in warning and "every 9.27 km" in warning for warning in told.warnings)


def test_all_bands_count_and_are_unpacked(cut, sample, write_raster):
    ones = np.ones((2, 120, 160), np.int16)
    path = write_raster(
        "stack", ones * [[[3]], [[5]]], -16.0, 62.0, 0.2, kind=gdal.GDT_Int16, SetScale=0.5, SetOffset=7
    )
    _, rows, told = sample(cut(("atlantic", ATLANTIC)), RASTERS=[path], STATISTICS=["mean"])
    for row in rows:
        assert (row["ST1_UP_AVE"], row["ST2_UP_AVE"]) == pytest.approx((8.5, 5.0))
    assert "ST1 = stack band 1" in told.infos
    _, rows, _ = sample(cut(("atlantic", ATLANTIC)), RASTERS=[path], STATISTICS=["mean"], CODES="age, v")
    assert {"AGE_UP_AVE", "V_UP_AVE"} < set(rows[0])


def test_rasters_of_one_band_are_called_by_their_layer(cut, sample, write_raster):
    """Grids of some programs all call their band z."""
    places = np.ones((1, 120, 160)), -16.0, 62.0, 0.2
    paths = [write_raster(name, *places, description="z") for name in ("heat_flow", "age")]
    _, rows, _ = sample(cut(("atlantic", ATLANTIC)), RASTERS=paths, STATISTICS=["mean"])
    assert list(rows[0])[10:] == ["HEA_UP_AVE", "HEA_DG_AVE", "AGE_UP_AVE", "AGE_DG_AVE"]


def test_slab_depths_of_any_sign_and_unit(cut, sample, write_raster):
    """A slab of 45 degrees under the upper plate, from the trench on: its extent is the width of the upper plate."""
    longitude, _ = np.meshgrid(95 + 0.05 * (np.arange(200) + 0.5), np.arange(400))
    depth = (longitude - 100.0) * 111.2  # the line runs north, the downgoing plate lies to the left: west
    depth[depth < 0] = np.nan
    segments = cut(("meridian", "LineString(100 -6, 100 6)"), side="left")
    profiles = []
    for name, factor in (("down", -1.0), ("up", 1.0), ("metres", -1000.0)):
        values = np.where(np.isnan(depth), NO_DATA, depth * factor)[np.newaxis]
        path = write_raster(f"slab_{name}", values, 95.0, 10.0, 0.05)
        results, rows, told = sample(segments, SLAB_DEPTH=path)
        assert results["N_FEATURES"] == 9
        assert any("taken as metres" in warning for warning in told.warnings) == (name == "metres")
        profiles.append(
            [[row[f"{kind}_{w}"] for kind in ("DXT", "FDM", "SDM") for w in (200, 400, 600)] for row in rows]
        )
    assert profiles[1] == pytest.approx(np.array(profiles[0]), rel=1e-5, abs=1e-6)
    assert profiles[2] == pytest.approx(np.array(profiles[0]), rel=1e-5, abs=1e-6)
    assert np.array(profiles[0])[:, :3] == pytest.approx(UP, abs=8)
    assert np.array(profiles[0])[:, 3:] == pytest.approx(0, abs=0.05)


def earthquakes(*events, crs="EPSG:4326", kind="double"):
    """Make a layer of ``(longitude, latitude, magnitude, depth)``."""
    layer = QgsVectorLayer(f"Point?crs={crs}&field=mw:{kind}&field=depth:double", "events", "memory")
    for x, y, *attributes in events:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(attributes)
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(x, y)))
        layer.dataProvider().addFeature(feature)
    return layer


def test_the_largest_earthquake_of_each_segment(cut, sample):
    rng = np.random.default_rng(2)
    n = 400
    places = rng.uniform(177, 184, n), rng.uniform(-23, -14, n)
    magnitude = np.round(rng.uniform(5, 9, n), 1)
    unknown = rng.random(n) < 0.2
    events = [
        (x if row % 2 else (x + 180) % 360 - 180, y, (None if row % 3 else 0.0) if unknown[row] else mw, 10.0)
        for row, (x, y, mw) in enumerate(zip(*(column.tolist() for column in (*places, magnitude))))
    ]
    results, rows, told = sample(
        cut(("pacific", PACIFIC)), EARTHQUAKES=earthquakes(*events), MAGNITUDE_FIELD="mw", MIN_MAGNITUDE=5.5
    )
    assert (results["N_FEATURES"], results["N_EMPTY"]) == (0, 0)
    for row in rows:
        inside = [mw for x, y, mw, _ in events if mw and mw >= 5.5 and in_segment(row, x, y)]
        assert row["n_events"] == len(inside)
        assert plain(row["mag_max"]) == pytest.approx(max(inside, default=np.nan), nan_ok=True)
    assert sum(row["n_events"] for row in rows) > 20
    assert f"{unknown.sum()} of {n} earthquakes have no magnitude (blank or 0) and are left out." in told.warnings


def test_deep_earthquakes_can_be_left_out(cut, sample):
    events = earthquakes((0.2, 50.5, 8.1, 150.0), (0.2, 50.5, 7.0, 20.0), (0.2, 50.5, 6.0, None))
    options = {"EARTHQUAKES": events, "MAGNITUDE_FIELD": "mw"}
    largest = []
    for more in ({}, {"DEPTH_FIELD": "depth"}):
        _, rows, _ = sample(cut(("atlantic", ATLANTIC)), **options, **more)
        largest.append((np.nanmax([plain(row["mag_max"]) for row in rows]), max(row["n_events"] for row in rows)))
    assert largest == [(8.1, 3), (7.0, 2)]


def test_a_quiet_trench_keeps_null_and_says_so(cut, sample):
    events = earthquakes((100.0, 10.0, 8.1, 10.0))
    _, rows, told = sample(cut(("atlantic", ATLANTIC)), EARTHQUAKES=events, MAGNITUDE_FIELD="mw")
    assert all(np.isnan(plain(row["mag_max"])) and row["n_events"] == 0 for row in rows)
    assert any(warning.startswith("0 of 5 segments have an earthquake") for warning in told.warnings)


def test_gaps_are_blank_and_counted(cut, sample, world):
    """The raster around the Pacific trench says nothing of the Atlantic."""
    segments = cut(("pacific", PACIFIC), ("atlantic", ATLANTIC))
    results, rows, told = sample(segments, RASTERS=[world["strain"][0]])
    blank = [np.isnan(plain(row["STR_UP_AVE"])) for row in rows]
    assert blank == [row["region"] == "atlantic" for row in rows]
    assert results["N_EMPTY"] == sum(blank) == 5
    sentence = f"'strain' has no data in 5 on the upper plate and 5 on the downgoing plate of {len(rows)} segments"
    assert any(warning.startswith(sentence) for warning in told.warnings)


def test_a_raster_of_one_plate_gives_its_features_alone(cut, sample, write_raster):
    values = np.full((1, 400, 200), NO_DATA, np.float32)
    values[:, :, :98] = 30.0  # west of the trench
    path = write_raster("sea_age", values, 95.0, 10.0, 0.05)
    results, rows, told = sample(cut(("meridian", "LineString(100 -6, 100 6)"), side="left"), RASTERS=[path])
    assert list(rows[0])[10:] == ["SEA_DG_AVE", "SEA_DG_STD", "SEA_DG_GRD"]
    assert results["N_EMPTY"] == 0
    assert "'sea_age' has no data on the upper plate: there are no features SEA_UP." in told.warnings


def refused(sample, segments, **changes):
    with pytest.raises(QgsProcessingException) as caught:
        sample(segments, **changes)
    return str(caught.value)


def test_bad_rasters_get_a_sentence(cut, sample, write_raster):
    segments = cut(("atlantic", ATLANTIC))
    values = np.full((1, 50, 50), NO_DATA, np.float32)
    blank = write_raster("blank", values, -5.0, 55.0, 0.2)
    assert "'blank' covers the trench, but has no data in any of the 5 segments" in refused(
        sample, segments, RASTERS=[blank]
    )
    away = write_raster("away", values + 1, 120.0, 55.0, 0.2)
    assert "'away' does not cover any of the 5 segments" in refused(sample, segments, RASTERS=[away])
    assert "'away' does not cover any" in refused(sample, segments, SLAB_DEPTH=away)
    mistaken = write_raster("mistaken", values + 1, -5.0, 55.0, 0.2, "EPSG:32631")  # degrees said to be metres
    assert "'mistaken' does not cover any" in refused(sample, segments, RASTERS=[mistaken])
    metres = write_raster("metres", values + 1, 300_000.0, 5_700_000.0, 5000.0)  # metres said to be degrees
    assert "'metres' does not cover any" in refused(sample, segments, RASTERS=[metres])
    nowhere = QgsRasterLayer(write_raster("nowhere", values + 1, -5.0, 55.0, 0.2, crs=""), "nowhere")
    nowhere.setCrs(QgsCoordinateReferenceSystem())
    assert "'nowhere' has no coordinate system" in refused(sample, segments, RASTERS=[nowhere])
    complex_numbers = write_raster("phase", values + 1, -5.0, 55.0, 0.2, kind=gdal.GDT_CFloat32)
    assert "'phase' holds complex numbers" in refused(sample, segments, RASTERS=[complex_numbers])


def test_bad_parameters_get_a_sentence(cut, sample, world):
    segments = cut(("atlantic", ATLANTIC))
    raster = {"RASTERS": [world["gravity"][0]]}
    assert "Give something to sample" in refused(sample, segments)
    assert "at least one statistic" in refused(sample, segments, **raster, STATISTICS=[])
    assert "'GRAV' is no feature code" in refused(sample, segments, **raster, CODES="GRAV")
    assert "2 codes for 1 raster bands (gravity)" in refused(sample, segments, **raster, CODES="GRA,AGE")
    assert "'GRA' is given twice" in refused(sample, segments, **raster, CODES="GRA,gra")
    other = QgsVectorLayer("Point?crs=EPSG:4326&field=region:string", "other", "memory")
    other.dataProvider().addFeature(QgsFeature(other.fields()))
    assert "has no field 's_km'" in refused(sample, other, **raster)


def test_bad_earthquakes_get_a_sentence(cut, sample):
    segments = cut(("atlantic", ATLANTIC))
    events = {"EARTHQUAKES": earthquakes((0.2, 50.5, "big", 5.0), kind="string")}
    assert "Choose the field of the earthquakes" in refused(sample, segments, **events)
    sentence = refused(sample, segments, **events, MAGNITUDE_FIELD="mw")
    assert "Field 'mw' of the earthquake layer holds no number above 0" in sentence
    nothing = earthquakes((0.2, 50.5, 0.0, 5.0), (0.2, 50.5, None, 5.0))
    assert "no number above 0" in refused(sample, segments, EARTHQUAKES=nothing, MAGNITUDE_FIELD="mw")
    years = earthquakes((0.2, 50.5, 1999.0, 5.0))
    assert "holds 1999, which is no magnitude" in refused(sample, segments, EARTHQUAKES=years, MAGNITUDE_FIELD="mw")


def test_cancel_ends_the_reading_and_leaves_nothing(cut, sample, world, recorder, tmp_path):
    target = tmp_path / "features.gpkg"
    feedback = recorder(cancel_at=3)
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        sample(cut(("pacific", PACIFIC)), feedback, RASTERS=[world["gravity"][0]], OUTPUT=str(target))
    assert len(feedback.steps) == 3
    assert not target.exists()


def test_a_geopackage_keeps_look_and_full_names(cut, run_tool, world, tmp_path):
    target = str(tmp_path / "features.gpkg")
    segments = cut(("pacific", PACIFIC))
    run_tool("sample_segment_features", {"SEGMENTS": segments, "RASTERS": [world["gravity"][0]], "OUTPUT": target})
    layer = QgsVectorLayer(target, "features", "ogr")
    assert layer.featureCount() == segments.featureCount()
    assert layer.attributeAlias(layer.fields().indexOf("GRA_DG_AVE")) == "gravity, downgoing plate, mean"
    assert layer.renderer().type() == "categorizedSymbol"
