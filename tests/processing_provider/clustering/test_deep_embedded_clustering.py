"""The tool deep_embedded_clustering through Processing."""

import math
import re

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate

from fumarole.ui.palette import cluster_colour

UTM = QgsCoordinateReferenceSystem("EPSG:32635")
LATENT = [f"z{number}" for number in range(1, 8)]  # as many as features
MEMBERSHIP = ["cluster", "confidence", "entropy", "agreement", "silhouette", *LATENT]
TABLES = {
    "HULLS": ["cluster", "n_samples", "area_km2", "top_vars"],
    "LATENT": ["sample", "cluster", *LATENT, "prob_1", "prob_2", "prob_3"],
    "PROFILES": "variable unit cluster n_samples mean median quartile_1 quartile_3 contrast".split(),
    "SCORES": ["method", "n_clusters", "silhouette", "davies_bouldin", "stability", "smallest", "largest"],
}
NUMBERS = "N_CLUSTERS_USED N_SAMPLES N_DROPPED SILHOUETTE DAVIES_BOULDIN STABILITY KMEANS_SILHOUETTE".split()
SCRIPT = "<script>alert(1)</script> ppm"


@pytest.fixture(scope="session")
def samples(make_samples):
    """Samples with attributes of every kind; the 4th has too many blanks."""
    fields = "&field=Sample ID:string&field=when:date&field=flag:integer&field=Temp (°C):double"
    return make_samples(
        fields=fields + f"&field={SCRIPT}:double",
        values={
            "Sample ID": lambda row: f"<b>S{row}</b>",
            "when": lambda row: QDate(2020, 1, 1 + row % 28) if row % 2 else None,
            "flag": lambda row: None,
            "Temp (°C)": lambda row: math.inf if row == 5 else 40.0 + 7 * math.sin(row),
            SCRIPT: lambda row: None if row == 3 else 2.0 + math.cos(3 * row),
            **{name: lambda row: None if row == 3 else 1.0 + math.sin(row) ** 2 for name in ("As_ppm", "B_ppm")},
        },
    )


@pytest.fixture(scope="session")
def events(make_events):
    return {"BOREHOLES": make_events("&field=well:string", lambda row: f"BH-{row}"), "EARTHQUAKES": make_events()}


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("clustered")


@pytest.fixture(scope="session")
def run(cluster, samples, events, folder, recorder):
    """Outputs and messages of one run that asked for everything, into files."""
    layers = ("OUTPUT", "BOREHOLES_OUTPUT", "EARTHQUAKES_OUTPUT", *TABLES)
    outputs = {name: str(folder / f"{name.lower()}.gpkg") for name in layers}
    outputs.update(MODEL=str(folder / "model.npz"), REPORT=str(folder / "report.html"))
    feedback = recorder()
    return cluster(samples, feedback, **events, **outputs), feedback


@pytest.fixture(scope="session")
def results(run):
    return run[0]


def opened(path):
    layer = QgsVectorLayer(path, "result", "ogr")
    assert layer.isValid(), path
    return layer


def names_of(layer):
    return [name for name in layer.fields().names() if name != "fid"]


def rows_of(layer):
    return [[feature[name] for name in names_of(layer)] for feature in layer.getFeatures()]


def test_every_declared_output_has_a_value(fumarole, results):
    from qgis.core import QgsApplication

    tool = QgsApplication.processingRegistry().algorithmById("fumarole:deep_embedded_clustering")
    assert set(results) == {output.name() for output in tool.outputDefinitions()}
    assert set(NUMBERS) <= set(results)


def test_optional_outputs_may_be_left_out(cluster, make_samples):
    results = cluster(make_samples())
    assert set(results) == {"OUTPUT", *NUMBERS}


def test_fields_are_those_of_the_contract(results, samples):
    output = opened(results["OUTPUT"])
    assert names_of(output) == samples.fields().names() + MEMBERSHIP
    assert output.crs() == UTM and output.wkbType() == QgsWkbTypes.Type.Point
    for name, fields in TABLES.items():
        assert names_of(opened(results[name])) == fields
        assert len({field[:10] for field in fields}) == len(fields)
    assert len({name[:10] for name in MEMBERSHIP}) == len(MEMBERSHIP)


def test_attributes_and_places_are_preserved(results, samples):
    before, after = list(samples.getFeatures()), list(opened(results["OUTPUT"]).getFeatures())
    assert len(before) == len(after)
    for old, new in zip(before, after):
        assert [new[name] for name in samples.fields().names()] == old.attributes()
        assert new.geometry().asPoint().distance(old.geometry().asPoint()) < 1e-6
    assert after[5]["Temp (°C)"] == math.inf and after[1]["when"] == QDate(2020, 1, 2)
    assert str(after[0]["when"]) == str(after[0]["flag"]) == "NULL"


def test_numbers_agree_with_the_layers(results):
    clusters = [feature["cluster"] for feature in opened(results["OUTPUT"]).getFeatures()]
    assigned = [number for number in clusters if isinstance(number, int)]
    assert results["N_SAMPLES"] == len(assigned) == 59 and results["N_DROPPED"] == 1
    assert results["N_SAMPLES"] + results["N_DROPPED"] == len(clusters)
    assert not isinstance(clusters[3], int), "the sample with too many blanks stays unassigned"
    sizes = np.bincount(assigned)[1:].tolist()
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == results["N_CLUSTERS_USED"] == 3
    scores = rows_of(opened(results["SCORES"]))
    assert [row[0] for row in scores] == ["Deep embedded clustering", "k-means", "Gaussian mixture"]
    assert scores[0][2:4] == pytest.approx([results["SILHOUETTE"], results["DAVIES_BOULDIN"]])
    assert scores[1][2] == pytest.approx(results["KMEANS_SILHOUETTE"]) and scores[0][5:] == [min(sizes), max(sizes)]
    assert math.isnan(results["STABILITY"]), "a single run has no stability"
    hulls = rows_of(opened(results["HULLS"]))
    assert [(row[0], row[1]) for row in hulls] == [(number + 1, size) for number, size in enumerate(sizes)]


def test_certainties_are_probabilities(results):
    for feature in opened(results["OUTPUT"]).getFeatures():
        if isinstance(feature["cluster"], int):
            assert all(0 <= feature[name] <= 1 for name in ("confidence", "entropy", "agreement"))
            assert -1 <= feature["silhouette"] <= 1 and math.isfinite(feature["z1"])
        else:
            assert [str(feature[name]) for name in MEMBERSHIP] == ["NULL"] * len(MEMBERSHIP)


def test_the_latent_table_has_one_row_per_assigned_sample(results):
    rows = rows_of(opened(results["LATENT"]))
    numbers = [str(row + 1) for row in range(60) if row != 3]
    assert [row[0] for row in rows] == numbers
    assert np.array([row[-3:] for row in rows]).sum(axis=1) == pytest.approx(1)
    assert [row[1] for row in rows] == [int(np.argmax(row[-3:])) + 1 for row in rows]


def test_profiles_are_in_the_units_of_the_input(results, samples):
    rows = rows_of(opened(results["PROFILES"]))
    assert len(rows) == 3 * len({row[0] for row in rows})
    units = {row[0]: row[1] for row in rows}
    assert units["Li_ppm"] == "ppm" and units["Temp (°C)"] == "°C"
    clusters = [feature["cluster"] for feature in opened(results["OUTPUT"]).getFeatures()]
    largest = [feature["Li_ppm"] for feature, number in zip(samples.getFeatures(), clusters) if number == 1]
    row = next(row for row in rows if row[0] == "Li_ppm" and row[2] == 1)
    assert row[3] == len(largest) and row[4:6] == pytest.approx([np.mean(largest), np.median(largest)])
    assert row[6] <= row[5] <= row[7]


def test_the_layers_of_the_map_are_styled_in_the_file(results):
    output, hulls = opened(results["OUTPUT"]), opened(results["HULLS"])
    for layer in (output, hulls):
        assert layer.renderer().type() == "categorizedSymbol"
        assert layer.listStylesInDatabase()[0] == 1
    colours = [item.symbol().color().name().upper() for item in output.renderer().categories()[:3]]
    assert colours == [cluster_colour(number) for number in (1, 2, 3)]
    assert opened(results["BOREHOLES_OUTPUT"]).renderer().type() == "singleSymbol"
    assert opened(results["EARTHQUAKES_OUTPUT"]).renderer().type() == "graduatedSymbol"


def test_boreholes_and_strong_earthquakes_go_along(results, run):
    assert opened(results["BOREHOLES_OUTPUT"]).featureCount() == 20
    magnitudes = [feature["ML"] for feature in opened(results["EARTHQUAKES_OUTPUT"]).getFeatures()]
    assert len(magnitudes) == 13 and min(magnitudes) == 4.0
    assert any("13 of 20 earthquakes have ML >= 4" in text for text in run[1].infos)


def test_the_report_escapes_what_comes_from_the_data(results, folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert SCRIPT not in text and "<b>S1</b>" not in text
    assert "&lt;script&gt;" in text
    assert "samples" in text and "EPSG:32635" in text
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=[\"']?https?:", text), "needs no network"


def test_the_log_tells_what_was_done(run):
    said = " ".join(run[1].infos)
    assert "Fields: As_ppm, B_ppm, Li_ppm, Cl_ppm, Mg_ppm, flag, Temp (°C), <script>" in said
    assert any("'flag'" in text and "holds no value" in text for text in run[1].infos + run[1].warnings)
    assert "Deep embedded clustering: silhouette" in said and "k-means: silhouette" in said
    assert any("single run is not a result" in text for text in run[1].warnings)
    assert run[1].steps[-1] >= 95 and run[1].steps == sorted(run[1].steps)


def test_the_same_seed_gives_the_same_labels(cluster, samples, results):
    np.random.seed(5)
    again = cluster(samples)
    assert [feature["cluster"] for feature in again["OUTPUT"].getFeatures()] == [
        feature["cluster"] for feature in opened(results["OUTPUT"]).getFeatures()
    ]
    assert again["SILHOUETTE"] == results["SILHOUETTE"]


def test_loaded_layers_are_styled_and_none_is_promised_in_vain(fumarole, make_samples, recorder):
    from qgis.core import QgsApplication

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    tool = QgsApplication.processingRegistry().createAlgorithmById("fumarole:deep_embedded_clustering")
    sinks = {
        name: QgsProcessingOutputLayerDefinition(QgsProcessing.TEMPORARY_OUTPUT, QgsProject.instance())
        for name in ("OUTPUT", "HULLS", "SCORES")
    }
    parameters = {"INPUT": make_samples(), "N_CLUSTERS": 3, "EFFORT": "quick", **sinks}
    results, fine = tool.run(parameters, context, recorder())
    promised = context.layersToLoadOnCompletion()
    assert fine and set(promised) == {results[name] for name in sinks}
    assert [promised[results[name]].postProcessor() is not None for name in sinks] == [True, True, False]
    samples = context.takeResultLayer(results["OUTPUT"])
    assert [category.value() for category in samples.renderer().categories()] == [1, 2, 3, ""]


@pytest.mark.parametrize(
    "kind, wkt",
    [
        ("Polygon", "Polygon(({x} {y}, 660000 4340000, 660000 4340100, {x} {y}))"),
        ("LineString", "LineString({x} {y}, {x} 4340000)"),
        ("MultiPoint", "MultiPoint(({x} {y}))"),
    ],
)
def test_any_geometry_becomes_points(cluster, make_samples, kind, wkt):
    output = cluster(make_samples(kind=kind, wkt=wkt))["OUTPUT"]
    assert output.wkbType() == QgsWkbTypes.Type.Point and output.featureCount() == 60
    assert not any(feature.geometry().isNull() for feature in output.getFeatures())


def test_invalid_polygons_do_not_stop_the_run(cluster, make_samples):
    bow = "Polygon(({x} {y}, 660000 4340000, 660000 {y}, {x} 4340000, {x} {y}))"
    assert cluster(make_samples(kind="Polygon", wkt=bow))["N_SAMPLES"] == 60


def test_geographic_samples_come_out_in_metres(cluster, make_samples, recorder):
    layer = make_samples(crs="EPSG:4326", wkt="Point(28.5 39)")
    feedback = recorder()
    output = cluster(layer, feedback, HULLS="memory:")["OUTPUT"]
    assert output.crs() == UTM and next(output.getFeatures()).geometry().asPoint().x() > 600_000
    assert any("transformed from WGS 84" in text for text in feedback.infos)
    assert sum("gets no hull" in text for text in feedback.warnings) == 3


def test_a_cluster_on_one_line_gets_no_hull(cluster, make_samples, recorder):
    feedback = recorder()
    results = cluster(make_samples(wkt="Point({x} 4330000)"), feedback, HULLS="memory:")
    assert results["HULLS"].featureCount() == 0
    assert sum("lie on one straight line" in text for text in feedback.warnings) == 3


def test_only_the_selection_is_clustered(cluster, make_samples):
    layer = make_samples(90)
    layer.selectByIds(list(range(1, 46)))
    QgsProject.instance().addMapLayer(layer, False)
    try:
        source = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
        results = cluster(source)
    finally:
        QgsProject.instance().takeMapLayer(layer)
    assert results["N_SAMPLES"] == results["OUTPUT"].featureCount() == 45


def test_only_what_passes_the_filter_is_clustered(cluster, make_samples, results):
    layer = opened(results["OUTPUT"])
    layer.setSubsetString('"cluster" is not null and "Li_ppm" > 2')
    count = layer.featureCount()
    assert 10 < count < 60
    assert cluster(layer, N_CLUSTERS=2)["OUTPUT"].featureCount() == count


def test_the_result_of_a_run_can_be_clustered_again(cluster, results, samples, recorder):
    feedback = recorder()
    output = cluster(opened(results["OUTPUT"]), feedback)["OUTPUT"]
    names = output.fields().names()
    assert names[-len(MEMBERSHIP) :] == MEMBERSHIP and "cluster_in" in names and "z1_in" in names
    fields = next(text for text in feedback.infos if text.startswith("Fields:"))
    assert not re.search(r"\b(z1|cluster|confidence|fid)\b", fields)


@pytest.mark.parametrize("ending", ["shp", "geojson"])
def test_files_in_and_out(cluster, results, tmp_path, ending):
    first, second = str(tmp_path / f"first.{ending}"), str(tmp_path / f"second.{ending}")
    cluster(opened(results["OUTPUT"]), OUTPUT=first)
    again = cluster(opened(first), OUTPUT=second, FIELDS=["As_ppm", "Li_ppm", "Cl_ppm", "Mg_ppm"])
    layer = opened(second)
    assert again["N_SAMPLES"] == layer.featureCount() == 60
    assert {"cluster", "confidence", "silhouette", "z1"} <= set(layer.fields().names())
    assert layer.renderer().type() == "categorizedSymbol"


def test_a_csv_comes_out_with_coordinates(cluster, make_samples, tmp_path):
    path = str(tmp_path / "clusters.csv")
    cluster(make_samples(), OUTPUT=path)
    layer = opened(path)
    first = next(layer.getFeatures())
    assert layer.fields().names()[:2] == ["X", "Y"] and float(first["X"]) > 600_000
    assert {feature["cluster"] for feature in layer.getFeatures()} == {"1", "2", "3"}


def test_the_input_may_be_replaced_by_the_output(cluster, make_samples, tmp_path):
    path = str(tmp_path / "samples.gpkg")
    cluster(make_samples(), OUTPUT=path)
    results = cluster(opened(path), OUTPUT=path)
    assert results["N_SAMPLES"] == opened(path).featureCount() == 60
    assert "cluster_in" in opened(path).fields().names()


def test_text_is_read_as_laboratories_write_it(cluster, make_samples, recorder):
    texts = {"Sb (ppm)": lambda row: "<0,01" if row % 5 == 0 else f"{0.1 + row / 7:.2f}".replace(".", ",")}
    layer = make_samples(
        fields="&field=Sb (ppm):string&field=rock:string", values={**texts, "rock": lambda row: "tuff"}
    )
    feedback = recorder()
    results = cluster(layer, feedback, PROFILES="memory:")
    assert "Sb (ppm)" in next(text for text in feedback.infos if text.startswith("Fields:"))
    assert "rock" not in next(text for text in feedback.infos if text.startswith("Fields:"))
    assert any("12" in text and "below" in text for text in feedback.infos)
    assert [feature["Sb (ppm)"] for feature in results["OUTPUT"].getFeatures()][:2] == ["<0,01", "0,24"]
    profiles = [feature["median"] for feature in results["PROFILES"].getFeatures() if feature["variable"] == "Sb (ppm)"]
    assert len(profiles) == 3 and all(0.0065 <= median < 10 for median in profiles)


def test_below_dl_of_imported_samples_is_honoured(cluster, make_samples, recorder):
    values = {"below_dl": lambda row: "As_ppm; B_ppm" if row < 10 else "B_ppm" if row < 15 else None}
    feedback = recorder()
    cluster(
        make_samples(fields="&field=below_dl:string", values=values), feedback, REPORT=QgsProcessing.TEMPORARY_OUTPUT
    )
    said = " ".join(feedback.infos)
    assert "25 values" in said and "below detection" in said


@pytest.mark.parametrize("text", ["ppm", "PPM", "Li"])
def test_the_field_filter_takes_names_that_contain_it(cluster, make_samples, recorder, text):
    feedback = recorder()
    layer = make_samples(fields="&field=Li temp:double", values={"Li temp": lambda row: 20.0 + row % 9})
    cluster(layer, feedback, FIELD_FILTER=text)
    fields = next(line for line in feedback.infos if line.startswith("Fields:"))
    assert fields == {"Li": "Fields: Li_ppm, Li temp."}.get(text, "Fields: As_ppm, B_ppm, Li_ppm, Cl_ppm, Mg_ppm.")


def test_the_number_of_clusters_is_chosen_on_request(cluster, make_samples, recorder):
    feedback = recorder()
    results = cluster(make_samples(40), feedback, N_CLUSTERS=0, MAX_CLUSTERS=3)
    assert results["N_CLUSTERS_USED"] in (2, 3)
    assert any(f"{results['N_CLUSTERS_USED']} clusters: independent runs" in text for text in feedback.infos)


def test_the_standard_effort_measures_its_stability(cluster, make_samples):
    results = cluster(make_samples(30), EFFORT="standard")
    assert results["STABILITY"] > 0.8
    agreement = [feature["agreement"] for feature in results["OUTPUT"].getFeatures()]
    assert np.mean(agreement) > 0.8 and min(agreement) > 0
