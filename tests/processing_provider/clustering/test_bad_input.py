"""Bad input gets a sentence, and nothing is lost or left half written."""

import math

import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer


def column(value_of):
    return {"As_ppm": value_of}


REFUSED = {
    "no features": (lambda make: (make(0), {}), "The input layer holds no features. Check its filter and selection."),
    "one sample": (lambda make: (make(1), {}), "needs at least 5 samples"),
    "four samples": (lambda make: (make(4), {}), "needs at least 5 samples"),
    "fewer samples than clusters": (
        lambda make: (make(6), {"N_CLUSTERS": 9}),
        "6 different usable samples cannot be grouped into 9 clusters",
    ),
    "as many samples as clusters": (
        lambda make: (make(6), {"N_CLUSTERS": 6}),
        "6 different usable samples cannot be grouped into 6 clusters",
    ),
    "fewer different samples than clusters": (
        lambda make: (
            make(names=("a", "b"), values={"a": lambda row: row % 3, "b": lambda row: row % 3}),
            {"N_CLUSTERS": 4},
        ),
        "3 different usable samples cannot be grouped into 4 clusters",
    ),
    "one cluster": (lambda make: (make(), {"N_CLUSTERS": 1}), "1 clusters cannot be made. Give 2 or more"),
    "negative clusters": (lambda make: (make(), {"N_CLUSTERS": -3}), "-3 clusters cannot be made. Give 2 or more"),
    "one feature": (lambda make: (make(), {"FIELDS": ["As_ppm"]}), "Clustering needs at least 2 usable fields"),
    "no such field": (lambda make: (make(), {"FIELDS": ["Zn"]}), r"has no field 'Zn'. Its fields are: As_ppm, B_ppm"),
    "a filter that matches nothing": (lambda make: (make(), {"FIELD_FILTER": "%"}), "No field contains '%'"),
    "all blank": (
        lambda make: (make(names=("a", "b"), values={"a": lambda row: None, "b": lambda row: None}), {}),
        "'a': it holds no value. 'b': it holds no value.",
    ),
    "all constant": (
        lambda make: (make(names=("a", "<b>"), values={"a": lambda row: 1.0, "<b>": lambda row: 2.5}), {}),
        r"'a': all its values are equal \(1\). '<b>': all its values are equal \(2.5\).",
    ),
    "text": (
        lambda make: (
            make(names=(), fields="&field=rock:string", values={"rock": lambda row: "tuff"}),
            {"FIELDS": ["rock"]},
        ),
        "Clustering needs at least 2 usable fields",
    ),
    "blanks not allowed": (
        lambda make: (make(values=column(lambda row: None if row == 7 else row + 1.0)), {"MISSING": "fail"}),
        r"1 values are blank: 'As_ppm' \(1\). Fill them",
    ),
    "no coordinate system": (
        lambda make: (make(crs=""), {}),
        "The input layer has no coordinate system. Set it in QGIS",
    ),
    "no geometry": (lambda make: (make(kind="None"), {}), "The input layer has no geometry. Turn a table into points"),
    "degrees as metres": (lambda make: (make(wkt="Point(28.5 39)"), {}), "every value fits into degrees"),
    "metres as degrees": (lambda make: (make(crs="EPSG:4326"), {}), "no value fits into degrees"),
    "geographic target": (
        lambda make: (make(), {"TARGET_CRS": "EPSG:4326"}),
        "EPSG:4326 is in degrees, and .* needs metres",
    ),
    "no such target": (lambda make: (make(), {"TARGET_CRS": "EPSG:999999"}), "No valid target coordinate system"),
    "earthquakes without magnitude": (
        lambda make: (make(), {"EARTHQUAKES": make(5)}),
        "The earthquake layer has no field that looks like a magnitude",
    ),
    "no earthquakes": (lambda make: (make(), {"EARTHQUAKES": make(0)}), "The earthquake layer holds no features"),
    "boreholes without a place": (
        lambda make: (make(), {"BOREHOLES": make(5, crs="")}),
        "The borehole layer has no coordinate",
    ),
    "no graphics card": (lambda make: (make(), {"DEVICE": "gpu"}), "No GPU that torch can use was found"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_sentence_and_no_file(cluster, make_samples, tmp_path, name):
    prepare, sentence = REFUSED[name]
    if name == "no graphics card":
        torch = pytest.importorskip("torch")
        if torch.cuda.is_available():
            pytest.skip("this machine has a graphics card")
    layer, changes = prepare(make_samples)
    outputs = {key: str(tmp_path / f"{key}.gpkg") for key in ("OUTPUT", "HULLS", "EARTHQUAKES_OUTPUT", "LATENT")}
    outputs.update(MODEL=str(tmp_path / "model.npz"), REPORT=str(tmp_path / "report.html"))
    with pytest.raises(QgsProcessingException, match=sentence) as caught:
        cluster(layer, **outputs, **changes)
    said = str(caught.value).replace("Unable to execute algorithm\n", "")
    assert "Traceback" not in said and "\n" not in said and said.endswith(".") and len(said) < 400
    assert list(tmp_path.iterdir()) == []


ENDURED = {
    "constant": column(lambda row: 5.0),
    "blank": column(lambda row: None),
    "infinite": column(lambda row: math.inf if row % 7 == 0 else row + 1.0),
    "all infinite": column(lambda row: -math.inf),
    "huge": column(lambda row: 1e300 if row % 7 == 0 else row + 1.0),
    "all huge": column(lambda row: 1e300 * (1 + row % 3)),
    "tiny": column(lambda row: 1e-300 * (1 + row % 3)),
    "negative": column(lambda row: -1.0 - row),
}


@pytest.mark.parametrize("name", ENDURED)
def test_a_bad_column_does_not_spoil_the_run(cluster, make_samples, recorder, name):
    feedback = recorder()
    results = cluster(make_samples(values=ENDURED[name]), feedback)
    assert (results["N_SAMPLES"], results["N_DROPPED"]) == (60, 0)
    assert all(math.isfinite(results[number]) for number in ("SILHOUETTE", "DAVIES_BOULDIN", "KMEANS_SILHOUETTE"))
    assert not feedback.errors
    if name in ("constant", "blank", "all infinite", "negative"):
        assert any("'As_ppm'" in text for text in feedback.infos + feedback.warnings)


def test_all_samples_at_one_place(cluster, make_samples, recorder, tmp_path):
    feedback = recorder()
    report = tmp_path / "report.html"
    results = cluster(make_samples(wkt="Point(650000 4330000)"), feedback, HULLS="memory:", REPORT=str(report))
    assert results["HULLS"].featureCount() == 0 and report.exists()
    assert sum("lie at only 1 distinct position" in text for text in feedback.warnings) == 3


def test_no_sample_has_a_place(cluster, make_samples, recorder, tmp_path):
    feedback, report = recorder(), tmp_path / "report.html"
    results = cluster(make_samples(wkt=""), feedback, HULLS="memory:", REPORT=str(report))
    assert results["N_SAMPLES"] == 60 and results["HULLS"].featureCount() == 0 and report.exists()
    assert any("60 of 60 features have no geometry" in text for text in feedback.infos)


NAMES = [
    'a "quoted" ppm',
    "it's ppm",
    "<script>alert(1)</script>",
    "💧🔥 ppm",
    "a b (c), d; e",
    "çöşğüİ",
    "n" * 300,
    "%s {0}",
]


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson", "csv"])
def test_field_names_of_every_kind(cluster, make_samples, tmp_path, ending):
    layer = make_samples(names=("As_ppm", "B_ppm"))
    from qgis.core import QgsField
    from qgis.PyQt.QtCore import QVariant

    layer.dataProvider().addAttributes([QgsField(name, QVariant.Double) for name in NAMES])
    layer.updateFields()
    changes = {
        feature.id(): {2 + column: 1.0 + math.sin(row * (column + 1)) ** 2 for column in range(len(NAMES))}
        for row, feature in enumerate(layer.getFeatures())
    }
    layer.dataProvider().changeAttributeValues(changes)
    paths = {"OUTPUT": tmp_path / f"out.{ending}", "MODEL": tmp_path / "model.npz", "REPORT": tmp_path / "report.html"}
    results = cluster(layer, **{name: str(path) for name, path in paths.items()})
    assert results["N_SAMPLES"] == 60
    output = QgsVectorLayer(str(paths["OUTPUT"]), "out", "ogr")
    assert output.featureCount() == 60 and {"cluster", "confidence", "z1"} <= set(output.fields().names())
    if ending in ("gpkg", "geojson"):
        assert set(NAMES) <= set(output.fields().names())
    assert "<script>alert(1)" not in paths["REPORT"].read_text(encoding="utf-8")


@pytest.mark.parametrize("output", ["OUTPUT", "HULLS", "MODEL", "REPORT"])
def test_a_place_that_cannot_be_written(cluster, make_samples, tmp_path, output):
    blocker = tmp_path / "a file"
    blocker.write_text("kept")
    endings = {"MODEL": "npz", "REPORT": "html"}
    places = {
        name: str(tmp_path / f"{name}.{endings.get(name, 'gpkg')}") for name in ("OUTPUT", "HULLS", "MODEL", "REPORT")
    }
    places[output] = str(blocker / f"out.{endings.get(output, 'gpkg')}")
    with pytest.raises(QgsProcessingException, match="cannot be written") as caught:
        cluster(make_samples(), **places)
    assert "Traceback" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["a file"] and blocker.read_text() == "kept"


@pytest.fixture(scope="module")
def number_of_steps(cluster, make_samples, recorder):
    """How often a whole run reports its progress, the last time being Processing's own when all is done."""
    feedback = recorder()
    cluster(make_samples(), feedback)
    return len(feedback.steps)


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.5, 0.9, -30, -8, -4, -3, -2])
def test_cancel_at_any_moment_leaves_nothing(cluster, make_samples, recorder, number_of_steps, tmp_path, moment):
    outputs = {name: str(tmp_path / f"{name}.gpkg") for name in ("OUTPUT", "HULLS", "LATENT", "PROFILES", "SCORES")}
    outputs.update(MODEL=str(tmp_path / "model.npz"), REPORT=str(tmp_path / "report.html"))
    step = 1 + int(moment * number_of_steps) if moment >= 0 else number_of_steps + moment + 1
    feedback = recorder(cancel_at=step)
    with pytest.raises(QgsProcessingException) as caught:
        cluster(make_samples(), feedback, **outputs)
    assert str(caught.value) == "Cancelled by the user. Nothing was written."
    assert list(tmp_path.iterdir()) == []
