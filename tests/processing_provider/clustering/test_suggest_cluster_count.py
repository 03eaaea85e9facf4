"""The tool suggest_cluster_count through Processing."""

import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer

FIELDS = ["k", "stability", "silhouette", "davies_bouldin", "smallest_share"]


@pytest.fixture(scope="session")
def suggestion(fumarole, make_samples, recorder, tmp_path_factory):
    """Outputs and messages of one run with 2 to 4 clusters, into files."""
    import processing

    folder, feedback = tmp_path_factory.mktemp("count"), recorder()
    parameters = {
        "INPUT": make_samples(
            40, fields="&field=<b>Sb</b> (ppm):double", values={"<b>Sb</b> (ppm)": lambda row: 1.0 + row % 7}
        ),
        "MAX_CLUSTERS": 4,
        "OUTPUT": str(folder / "counts.gpkg"),
        "REPORT": str(folder / "report.html"),
    }
    return processing.run("fumarole:suggest_cluster_count", parameters, feedback=feedback), feedback


def test_the_curve_has_one_row_per_number(suggestion):
    results, feedback = suggestion
    assert set(results) == {"OUTPUT", "REPORT", "BEST_K", "REASON"}
    table = QgsVectorLayer(results["OUTPUT"], "counts", "ogr")
    assert [name for name in table.fields().names() if name != "fid"] == FIELDS
    assert len({name[:10] for name in FIELDS}) == len(FIELDS)
    rows = {feature["k"]: feature for feature in table.getFeatures()}
    assert list(rows) == [2, 3, 4] and results["BEST_K"] in rows
    assert all(-1 <= row["silhouette"] <= 1 and 0 < row["smallest_share"] <= 0.5 for row in rows.values())
    assert f"{results['BEST_K']}" in results["REASON"] and results["REASON"] in feedback.infos


def test_the_report_escapes_field_names(suggestion):
    with open(suggestion[0]["REPORT"], encoding="utf-8") as stream:
        text = stream.read()
    assert "<b>Sb</b>" not in text and "samples" in text


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"MIN_CLUSTERS": 5, "MAX_CLUSTERS": 3}, "The range from 5 to 3 clusters is not usable: start at 2 or more"),
        ({"MIN_CLUSTERS": 1}, "The range from 1 to 10 clusters is not usable"),
        ({"FIELDS": ["Zn"]}, r"has no field 'Zn'. Its fields are: As_ppm"),
        ({"FIELDS": ["As_ppm"]}, "Clustering needs at least 2 usable fields"),
        ({"OUTPUT": "/tmp/counts.shp"}, "'Cluster counts' is a table without geometry"),
    ],
)
def test_bad_parameters_get_a_sentence(run_tool, make_samples, changes, sentence):
    with pytest.raises(QgsProcessingException, match=sentence):
        run_tool("suggest_cluster_count", {"INPUT": make_samples(20), "OUTPUT": "memory:", **changes})


def test_too_few_samples_get_a_sentence(run_tool, make_samples):
    with pytest.raises(QgsProcessingException, match="6 different samples are too few to compare 6 or more clusters"):
        run_tool("suggest_cluster_count", {"INPUT": make_samples(6), "MIN_CLUSTERS": 6, "OUTPUT": "memory:"})


def test_cancel_leaves_no_file(run_tool, make_samples, recorder, tmp_path):
    path = tmp_path / "counts.gpkg"
    with pytest.raises(QgsProcessingException, match="Cancelled by the user"):
        parameters = {"INPUT": make_samples(20), "OUTPUT": str(path)}
        run_tool("suggest_cluster_count", parameters, feedback=recorder(cancel_at=5))
    assert not path.exists()
