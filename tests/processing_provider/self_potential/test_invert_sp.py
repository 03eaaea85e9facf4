"""The tool invert_sp through Processing: known answers, maps, many lines and bad input."""

import numpy as np
import pytest
from qgis.core import QgsProcessingException

from fumarole.algorithms.self_potential.bodies import potential

EASTING, NORTHING = 650_000.0, 4_330_000.0
X_M = np.linspace(0.0, 150.0, 76)
TRUTH = {"x0_m": 62.0, "depth_m": 24.0, "angle_deg": 300.0, "k": 50_000.0}
NAMES = ("x0_m", "depth_m", "angle_deg", "k")


def curve(x_m=X_M, shape="sphere", **changed):
    return potential(shape, x_m, **{**TRUTH, **changed}) + 12.0 - 0.05 * x_m


def along(azimuth_deg, x_m=X_M):
    """Return places on the map at distances from the start."""
    direction = [np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg))]
    return np.array([EASTING, NORTHING]) + np.asarray(x_m)[:, None] * direction


def sources(layer):
    return [{field.name(): feature[field.name()] for field in layer.fields()} for feature in layer.getFeatures()]


@pytest.fixture
def invert(run_tool):
    def run(layer, **parameters):
        given = {"INPUT": layer, "SP_FIELD": "sp", "OUTPUT": "memory:", "FIT": "memory:", **parameters}
        return run_tool("invert_sp", given)

    return run


def test_the_true_body_comes_back_and_lies_on_the_map(invert, point_layer):
    result = invert(point_layer(along(60.0), sp=curve(), distance_m=X_M), DISTANCE_FIELD="distance_m", ROBUST=False)
    assert [result[name] for name in ("X0", "DEPTH", "ANGLE", "K")] == pytest.approx(list(TRUTH.values()), rel=1e-5)
    assert result["RMS"] < 1e-4 and (result["N_LINES"], result["N_FAILED"]) == (1, 0)
    (feature,) = result["OUTPUT"].getFeatures()
    point = feature.geometry().constGet()
    assert (point.x(), point.y()) == pytest.approx(tuple(along(60.0, [62.0])[0]), abs=1e-3)
    assert point.z() == pytest.approx(-24.0, abs=1e-3)
    assert feature["azimuth"] == pytest.approx(60.0)
    assert feature["status"].startswith("The body is found")
    assert len({name[:10] for name in feature.fields().names()}) == len(feature.fields().names())


def test_the_fit_adds_up(invert, point_layer, columns):
    noise = np.random.default_rng(5).normal(0, 1.0, len(X_M))
    result = invert(point_layer(along(90.0), sp=curve() + noise, d=X_M), DISTANCE_FIELD="d", ERROR_BARS="memory:")
    distance, observed, fitted, residual = columns(result["FIT"], "distance_m", "observed", "fitted", "residual")
    assert distance == pytest.approx(X_M) and observed == pytest.approx(curve() + noise)
    assert observed - fitted == pytest.approx(residual)
    assert np.sqrt(np.mean(residual**2)) == pytest.approx(result["RMS"])
    (source,) = sources(result["OUTPUT"])
    (bar,) = result["ERROR_BARS"].getFeatures()
    assert bar.geometry().length() == pytest.approx(2 * source["sd_x0"], rel=1e-6)
    assert abs(source["x0_m"] - 62.0) < 4 * source["sd_x0"]
    assert source["depth_lo"] < source["depth_m"] < source["depth_hi"]


@pytest.mark.parametrize("azimuth_deg", [90.0, 30.0, 0.0])
def test_order_and_storage_direction_do_not_matter(invert, point_layer, azimuth_deg):
    layers = [
        point_layer(along(azimuth_deg)[order], sp=curve()[order]) for order in (slice(None), slice(None, None, -1))
    ]
    forth, back = (invert(layer) for layer in layers)
    for name in ("X0", "DEPTH", "ANGLE", "K"):
        assert forth[name] == pytest.approx(back[name], rel=1e-9)
    assert forth["ANGLE"] == pytest.approx(300.0, abs=1e-3)


def test_a_line_measured_from_the_other_end_has_the_mirrored_angle(invert, point_layer):
    result = invert(point_layer(along(90.0), sp=curve(), d=150.0 - X_M), DISTANCE_FIELD="d")
    assert (result["X0"], result["ANGLE"]) == pytest.approx((88.0, 240.0), rel=1e-5)
    (source,) = sources(result["OUTPUT"])
    assert source["azimuth"] == pytest.approx(270.0)
    (feature,) = result["OUTPUT"].getFeatures()
    assert feature.geometry().constGet().x() == pytest.approx(EASTING + 62.0, abs=1e-3)


def test_irregular_and_missing_stations(invert, point_layer, columns):
    rng = np.random.default_rng(8)
    x_m = np.sort(rng.uniform(0, 150, 60))
    sp = curve(x_m)
    holes = [5, 17, 40]
    values = [None if index in holes else value for index, value in enumerate(sp.tolist())]
    result = invert(point_layer(along(90.0, x_m), sp=values, d=x_m), DISTANCE_FIELD="d")
    assert result["DEPTH"] == pytest.approx(24.0, rel=1e-5)
    (source,) = sources(result["OUTPUT"])
    assert source["n_stations"] == 57
    observed, fitted = columns(result["FIT"], "observed", "fitted")
    assert np.flatnonzero(np.isnan(observed)).tolist() == holes
    assert fitted[holes] == pytest.approx(sp[holes], abs=1e-3)


def test_degrees_and_stretched_metres_give_metres(invert, point_layer):
    import processing

    layer = point_layer(along(45.0), sp=curve())
    for crs in ("EPSG:4326", "EPSG:3857"):
        parameters = {"INPUT": layer, "TARGET_CRS": crs, "OUTPUT": "memory:"}
        result = invert(processing.run("native:reprojectlayer", parameters)["OUTPUT"])
        assert result["OUTPUT"].crs().authid() == crs
        assert (result["X0"], result["DEPTH"]) == pytest.approx((62.0, 24.0), rel=1.5e-3)  # UTM is 0.03 % short here
        parameters = {"INPUT": result["OUTPUT"], "TARGET_CRS": "EPSG:32635", "OUTPUT": "memory:"}
        (feature,) = processing.run("native:reprojectlayer", parameters)["OUTPUT"].getFeatures()
        point = feature.geometry().constGet()
        assert (point.x(), point.y()) == pytest.approx(tuple(along(45.0, [62.0])[0]), abs=0.05)
        assert point.z() == pytest.approx(-24.0, rel=1.5e-3)


def test_a_table_without_geometry(invert, tmp_path):
    path = tmp_path / "profile.csv"
    path.write_text("d,sp\n" + "\n".join(f"{x},{v}" for x, v in zip(X_M, curve())), encoding="utf-8")
    result = invert(str(path), DISTANCE_FIELD="d")
    assert result["DEPTH"] == pytest.approx(24.0, rel=1e-5)
    (feature,) = result["OUTPUT"].getFeatures()
    point = feature.geometry().constGet()
    assert (point.x(), point.y()) == pytest.approx((62.0, 0.0), abs=1e-3)
    with pytest.raises(QgsProcessingException, match="no geometry"):
        invert(str(path))


def test_many_lines_each_with_its_own_body(invert, point_layer):
    rng = np.random.default_rng(2)
    n_lines = 40
    x0, depth, angle = rng.uniform(40, 110, n_lines), rng.uniform(8, 30, n_lines), rng.uniform(0, 360, n_lines)
    xy = np.concatenate([along(90.0) + [0.0, 50.0 * number] for number in range(n_lines)])
    sp = np.concatenate([curve(x0_m=a, depth_m=b, angle_deg=c) for a, b, c in zip(x0, depth, angle)])
    names = [f"L{number}" for number in range(n_lines) for _ in X_M]
    shuffled = rng.permutation(len(sp))
    layer = point_layer(xy[shuffled], sp=sp[shuffled], line=[names[row] for row in shuffled])
    result = invert(layer, LINE_FIELD="line")
    found = {source["line"]: source for source in sources(result["OUTPUT"])}
    for number in range(n_lines):
        source = found[f"L{number}"]
        assert (source["x0_m"], source["depth_m"]) == pytest.approx((x0[number], depth[number]), rel=1e-3)
    assert result["OUTPUT"].renderer().type() == "graduatedSymbol"


def test_two_bodies_give_two_points(invert, point_layer):
    sp = curve(depth_m=10.0, x0_m=40.0) + potential("sphere", X_M, 110.0, 12.0, 80.0, 40_000.0)
    result = invert(point_layer(along(90.0), sp=sp, d=X_M), DISTANCE_FIELD="d", BODIES=2)
    found = sources(result["OUTPUT"])
    assert [source["body"] for source in found] == [1, 2]
    assert [source["x0_m"] for source in found] == pytest.approx([40.0, 110.0], abs=0.05)


def test_a_sheet_has_a_half_length(invert, point_layer):
    sp = potential("sheet", X_M, 70.0, 30.0, 50.0, 80.0, 15.0)
    result = invert(point_layer(along(90.0), sp=sp, d=X_M), DISTANCE_FIELD="d", BODY="sheet", BACKGROUND="none")
    assert (result["X0"], result["DEPTH"], result["ANGLE"], result["HALF_LENGTH"]) == pytest.approx(
        (70, 30, 50, 15), rel=1e-3
    )


def test_volts_are_asked_about(invert, point_layer):
    layer = point_layer(along(90.0), sp=curve() / 1000.0, d=X_M)
    with pytest.raises(QgsProcessingException, match="looks like volts"):
        invert(layer, DISTANCE_FIELD="d")
    result = invert(layer, DISTANCE_FIELD="d", UNIT="volts")
    assert result["K"] == pytest.approx(50_000.0, rel=1e-4)


@pytest.mark.parametrize(
    ("x_m", "sp", "sentence"),
    [
        (X_M[:5], curve()[:5], "5 stations for 6 unknowns"),
        (X_M, np.full(len(X_M), 7.0), "same value at all"),
        (np.zeros(len(X_M)), curve(), "zero length"),
        (X_M, [None] * len(X_M), "no self-potential value"),
        (X_M, ["x"] * len(X_M), "is no number"),
    ],
)
def test_impossible_lines_are_refused(invert, point_layer, x_m, sp, sentence):
    layer = point_layer(along(90.0, x_m), sp=sp, d=x_m)
    with pytest.raises(QgsProcessingException, match=sentence):
        invert(layer, DISTANCE_FIELD="d")


def test_two_values_at_one_distance_are_said(invert, point_layer):
    x_m = np.concatenate([X_M, X_M[3:4]])
    sp = np.concatenate([curve(), [99.0]])
    result = invert(point_layer(along(90.0, x_m), sp=sp, d=x_m), DISTANCE_FIELD="d")
    assert "Two different values stand at distance 6 m" in result["STATUS"]
    assert result["DEPTH"] == pytest.approx(24.0, rel=0.01)


def test_a_bad_line_does_not_spoil_the_others(invert, point_layer):
    sp = np.concatenate([curve(), np.full(len(X_M), 3.0)])
    xy = np.concatenate([along(90.0), along(90.0) + [0.0, 100.0]])
    layer = point_layer(xy, sp=sp, line=["good"] * len(X_M) + ["flat"] * len(X_M))
    result = invert(layer, LINE_FIELD="line", ROBUST=False)
    assert (result["N_LINES"], result["N_FAILED"]) == (2, 1)
    found = {source["line"]: source["status"] for source in sources(result["OUTPUT"])}
    assert "same value" in found["flat"] and found["good"].startswith("The body is found")


def test_an_answer_on_a_bound_says_so(invert, point_layer):
    result = invert(point_layer(along(90.0), sp=curve(), d=X_M), DISTANCE_FIELD="d", MAX_DEPTH=15.0)
    assert "bound" in result["STATUS"]
    with pytest.raises(QgsProcessingException, match="leave no room"):
        invert(point_layer(along(90.0), sp=curve(), d=X_M), MIN_DEPTH=15.0, MAX_DEPTH=10.0)


@pytest.mark.parametrize("name", ["sources.gpkg", "sources.shp", "sources.geojson"])
def test_files_keep_depth_and_look(invert, point_layer, tmp_path, name):
    from qgis.core import QgsVectorLayer

    path = str(tmp_path / name)
    invert(point_layer(along(90.0), sp=curve()), OUTPUT=path)
    layer = QgsVectorLayer(path, "sources", "ogr")
    (feature,) = layer.getFeatures()
    assert feature.geometry().constGet().z() == pytest.approx(-24.0, abs=0.01)
    assert feature["depth_m"] == pytest.approx(24.0, abs=0.01)
    assert layer.renderer().type() == "graduatedSymbol"


def test_auto_finds_the_shape_and_says_how_sure_it_is(invert, point_layer):
    rng = np.random.default_rng(9)
    sp = potential("horizontal_cylinder", X_M, 70.0, 15.0, 200.0, 3000.0) + rng.normal(0, 0.5, len(X_M))
    result = invert(point_layer(along(90.0), sp=sp, d=X_M), DISTANCE_FIELD="d", BODY="auto", ROBUST=False)
    (source,) = sources(result["OUTPUT"])
    assert source["shape"] == "horizontal_cylinder" and 0.5 < source["weight"] <= 1.0


def test_two_shapes_that_fit_equally_well_are_both_named(invert, point_layer):
    rng = np.random.default_rng(9)
    sp = potential("horizontal_cylinder", X_M, 70.0, 30.0, 200.0, 300.0) + rng.normal(0, 3.0, len(X_M))
    result = invert(point_layer(along(90.0), sp=sp, d=X_M), DISTANCE_FIELD="d", BODY="auto", ROBUST=False)
    assert "Two shapes fit equally well" in result["STATUS"] and "The other is a" in result["STATUS"]


@pytest.mark.parametrize("uncertainty", ["grid", "bootstrap"])
def test_other_uncertainties_agree_with_the_covariance(invert, point_layer, uncertainty):
    sp = curve() + np.random.default_rng(6).normal(0, 1.0, len(X_M))
    layer = point_layer(along(90.0), sp=sp, d=X_M)
    plain, other = (
        sources(invert(layer, DISTANCE_FIELD="d", ROBUST=False, UNCERTAINTY=choice)["OUTPUT"])[0]
        for choice in ("covariance", uncertainty)
    )
    for name in ("sd_x0", "sd_depth", "sd_angle", "sd_k"):
        assert other[name] == pytest.approx(plain[name], rel=0.35)
    assert other["depth_lo"] < other["depth_m"] < other["depth_hi"]
    assert other["depth_m"] == plain["depth_m"]


def test_the_grid_is_refused_where_it_has_too_many_dimensions(invert, point_layer):
    layer = point_layer(along(90.0), sp=curve(), d=X_M)
    with pytest.raises(QgsProcessingException, match="one sphere or cylinder"):
        invert(layer, DISTANCE_FIELD="d", BODY="sheet", UNCERTAINTY="grid")


def test_the_report_shows_lines_in_full_and_escapes_their_names(invert, point_layer, tmp_path):
    rng = np.random.default_rng(1)
    sp = np.concatenate([curve(x0_m=place) + rng.normal(0, 1, len(X_M)) for place in (50.0, 70.0)])
    xy = np.concatenate([along(90.0), along(90.0) + [0.0, 50.0]])
    names = ["<script>alert(1)</script>"] * len(X_M) + ["second"] * len(X_M)
    path = tmp_path / "report.html"
    invert(point_layer(xy, sp=sp, line=names), LINE_FIELD="line", ROBUST=False, REPORT=str(path))
    text = path.read_text(encoding="utf-8")
    assert "<script>alert(1)" not in text and "&lt;script&gt;alert(1)" in text
    for words in ("All lines", "Line second", "Other shapes and backgrounds", "Correlation of the parameters"):
        assert words in text


def test_cancel_leaves_nothing(fumarole, point_layer, tmp_path):
    import processing
    from qgis.core import QgsProcessingFeedback

    feedback = QgsProcessingFeedback(False)
    feedback.cancel()
    path = tmp_path / "sources.gpkg"
    parameters = {"INPUT": point_layer(along(90.0), sp=curve()), "SP_FIELD": "sp", "OUTPUT": str(path)}
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        processing.run("fumarole:invert_sp", parameters, feedback=feedback)
    assert not path.exists()
