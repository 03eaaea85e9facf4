"""The tool apply_clustering_model through Processing."""

import shutil

import numpy as np
import pytest
from qgis.core import QgsGeometry, QgsProcessingException, QgsVectorLayer, QgsWkbTypes

from fumarole.algorithms import model_file

ADDED = ["cluster", "confidence", "entropy", "agreement", "outside", "out_ratio", "z1", "z2", "z3", "z4", "z5"]


@pytest.fixture(scope="session")
def trained(cluster, make_samples, tmp_path_factory):
    """A model file and the clusters of its own training samples."""
    path = tmp_path_factory.mktemp("model") / "model.npz"
    output = cluster(make_samples(), MODEL=str(path))["OUTPUT"]
    return path, clusters_of(output)


@pytest.fixture
def assign(run_tool, trained):
    def run(layer, model=None, output="memory:"):
        return run_tool("apply_clustering_model", {"INPUT": layer, "MODEL": str(model or trained[0]), "OUTPUT": output})

    return run


def clusters_of(layer):
    return [feature["cluster"] for feature in layer.getFeatures()]


def test_training_samples_keep_their_cluster(assign, trained, make_samples):
    layer = make_samples()
    results = assign(layer)
    assert set(results) == {"OUTPUT", "N_SAMPLES", "N_PIXELS", "N_DROPPED", "N_OUTSIDE"}
    assert clusters_of(results["OUTPUT"]) == trained[1]
    assert (results["N_SAMPLES"], results["N_PIXELS"], results["N_DROPPED"]) == (60, 0, 0) and results["N_OUTSIDE"] <= 1
    assert results["OUTPUT"].fields().names() == layer.fields().names() + ADDED
    assert len({name[:10] for name in ADDED}) == len(ADDED)
    assert results["OUTPUT"].renderer().type() == "categorizedSymbol"


def test_extra_fields_order_and_crs_do_not_matter(assign, trained, make_samples):
    names = ("Mg_ppm", "Cl_ppm", "Li_ppm", "B_ppm", "As_ppm")
    source = list(make_samples().getFeatures())
    values = {name: (lambda name: lambda row: source[row][name])(name) for name in names}
    layer = make_samples(names=names, crs="", fields="&field=note:string", values={**values, "note": str})
    output = assign(layer)["OUTPUT"]
    assert clusters_of(output) == trained[1]
    assert [feature["note"] for feature in output.getFeatures()][:2] == ["0", "1"]


def test_a_table_without_geometry_is_assigned(assign, trained, make_samples):
    results = assign(make_samples(kind="None"))
    assert clusters_of(results["OUTPUT"]) == trained[1]
    assert results["OUTPUT"].wkbType() == QgsWkbTypes.Type.NoGeometry


@pytest.mark.parametrize(
    "kind, wkt", [("MultiPoint", "MultiPoint(({x} {y}), ({x} 4330000))"), ("PointZ", "PointZ({x} {y} 7)")]
)
@pytest.mark.parametrize("ending", ["gpkg", "csv"])
def test_geometries_are_kept(assign, make_samples, tmp_path, kind, wkt, ending):
    layer, path = make_samples(kind=kind, wkt=wkt), str(tmp_path / f"assigned.{ending}")
    assign(layer, output=path)
    output = QgsVectorLayer(path, "assigned", "ogr")
    before, after = next(layer.getFeatures()), next(output.getFeatures())
    if ending == "gpkg":
        assert (
            after.geometry().asWkt(3) == before.geometry().asWkt(3) and output.renderer().type() == "categorizedSymbol"
        )
    elif kind == "MultiPoint":
        assert QgsGeometry.fromWkt(after["WKT"]).asWkt(3) == before.geometry().asWkt(3)
    else:
        assert float(after["X"]) == pytest.approx(before.geometry().vertexAt(0).x())


def test_samples_unlike_the_training_are_marked(assign, make_samples):
    strange = {"As_ppm": lambda row: 1e6 if row == 4 else 1.0, "B_ppm": lambda row: 1e-9 if row == 4 else 1.0}
    results = assign(make_samples(6, values=strange))
    outside = [feature["outside"] for feature in results["OUTPUT"].getFeatures()]
    ratios = [feature["out_ratio"] for feature in results["OUTPUT"].getFeatures()]
    assert outside[4] == 1 and results["N_OUTSIDE"] == sum(outside)
    assert [int(ratio > 1) for ratio in ratios] == outside


def test_too_many_blanks_stay_unassigned(assign, make_samples):
    blank = {name: lambda row: None if row == 1 else 3.0 + row for name in ("As_ppm", "B_ppm", "Li_ppm")}
    results = assign(make_samples(4, values=blank))
    assert (results["N_SAMPLES"], results["N_DROPPED"]) == (3, 1)
    row = list(results["OUTPUT"].getFeatures())[1]
    assert [str(row[name]) for name in ADDED] == ["NULL"] * len(ADDED)


def test_text_cells_are_read_and_the_unreadable_named(run_tool, trained, make_samples, recorder):
    names = ("B_ppm", "Li_ppm", "Cl_ppm", "Mg_ppm")
    cells = {"As_ppm": lambda row: ["1,5", "<0,01", "lost", None][row]}
    layer = make_samples(4, names=names, fields="&field=As_ppm:string", values=cells)
    feedback = recorder()
    parameters = {"INPUT": layer, "MODEL": str(trained[0]), "OUTPUT": "memory:"}
    assert run_tool("apply_clustering_model", parameters, feedback=feedback)["N_SAMPLES"] == 4
    assert any(
        "'As_ppm': 1 cells are no numbers" in text and "'lost' in feature 3" in text for text in feedback.warnings
    )


def damaged(path, trained):
    """Write a file that is no usable model, named after what is wrong with it."""
    whole = trained[0].read_bytes()
    if path.stem == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif path.stem == "empty":
        path.write_bytes(b"")
    elif path.stem == "text":
        path.write_text("As_ppm;B_ppm")
    elif path.stem == "array":
        np.savez(path, a=np.zeros(3))
    elif path.stem == "another":
        model_file.save(path, "self_potential", {"a": np.zeros(3)}, {})
    return path


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("truncated", "'truncated.npz' is not a readable Fumarole model .* Choose a model written by"),
        ("empty", "'empty.npz' is not a readable Fumarole model"),
        ("text", "'text.npz' is not a readable Fumarole model"),
        ("array", "'array.npz' is not a readable Fumarole model"),
        ("absent", "'absent.npz' is not a readable Fumarole model"),
        ("another", "'another.npz' is a model of kind 'self_potential', but this tool needs one of kind 'clustering'"),
    ],
)
def test_an_unusable_model_gets_a_sentence(assign, trained, make_samples, tmp_path, name, sentence):
    output = tmp_path / "assigned.gpkg"
    with pytest.raises(QgsProcessingException, match=sentence) as caught:
        assign(make_samples(5), damaged(tmp_path / f"{name}.npz", trained), str(output))
    assert "\n" not in str(caught.value) and not output.exists()


def test_missing_features_are_listed(assign, make_samples):
    with pytest.raises(QgsProcessingException, match="lacks the features .*: 'Cl_ppm', 'Mg_ppm'. Fields are matched"):
        assign(make_samples(5, names=("As_ppm", "B_ppm", "Li_ppm")))


def test_no_samples_get_a_sentence(assign, make_samples):
    with pytest.raises(QgsProcessingException, match="The input layer holds no features"):
        assign(make_samples(0))


def test_a_model_may_move(assign, trained, make_samples, tmp_path):
    moved = tmp_path / "içinde boşluk ve 💧.npz"
    shutil.copy(trained[0], moved)
    assert clusters_of(assign(make_samples(), moved)["OUTPUT"]) == trained[1]
