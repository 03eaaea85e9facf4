"""The tool classify_segments through Processing."""

from dataclasses import replace

import numpy as np
import pytest
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsVectorLayer, QgsWkbTypes

from fumarole.algorithms import model_file
from fumarole.algorithms.subduction.classifier import SegmentClassifier
from fumarole.algorithms.subduction.segments import SegmentTable

NAMES = ("CRD_UP_AVE", "CRD_UP_STD", "SED_DG_AVE")
ADDED = ["class", "class_name", "prob_1", "prob_2", "prob", "outside"]


@pytest.fixture
def classify(run_tool, segments, network_model):
    def run(layer=None, model=None, output="memory:", **more):
        parameters = {"INPUT": layer or segments, "MODEL": str(model or network_model), "OUTPUT": output}
        options = {name: more.pop(name) for name in ("feedback", "context") if name in more}
        return run_tool("classify_segments", {**parameters, **more}, **options)

    return run


def column(layer, name):
    return [feature[name] for feature in layer.getFeatures()]


def table_of(layer):
    """The segments as the maths sees them, read anew."""
    rows = list(layer.getFeatures())
    values = np.array([[row[name] for name in NAMES] for row in rows])
    region, position = np.array([row["region"] for row in rows]), np.array([row["s_km"] for row in rows])
    return SegmentTable(NAMES, values, np.full(len(rows), np.nan), region, position)


@pytest.mark.parametrize("kind", ["network", "extra_trees", "context"])
def test_classes_and_probabilities_are_those_of_the_model(classify, segments, models, kind):
    results = classify(model=models[kind])
    assert set(results) == {"OUTPUT", "N_SEGMENTS", "N_DROPPED", "N_OUTSIDE"}
    expected = SegmentClassifier.load(models[kind]).classify(table_of(segments))
    output = results["OUTPUT"]
    assert output.fields().names() == segments.fields().names() + ADDED
    assert column(output, "class") == expected.number.tolist()
    assert column(output, "class_name") == [("Mw < 8", "Mw \u2265 8")[number - 1] for number in expected.number]
    for number in (1, 2):
        assert column(output, f"prob_{number}") == expected.probability[:, number - 1].tolist()
    assert column(output, "prob") == expected.probability.max(axis=1).tolist()
    assert column(output, "outside") == expected.outside.astype(int).tolist()
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (70, 0)
    assert results["N_OUTSIDE"] == expected.outside.sum()


def test_segments_of_the_training_are_told_from_predictions(classify, make_segments, recorder):
    feedback = recorder()
    classify(make_segments((("north", 10),)), feedback=feedback)
    assert any("10 of them were in the training of the model" in text for text in feedback.infos)
    feedback = recorder()
    classify(make_segments((("north", 10),), values={"SED_DG_AVE": lambda row: 0.3 * row}), feedback=feedback)
    assert not any("in the training" in text for text in feedback.infos)


def test_the_pattern_of_the_synthetic_trenches_is_found(classify, segments):
    strong = [magnitude >= 8 for magnitude in column(segments, "mag_max")]
    found = [number == 2 for number in column(classify()["OUTPUT"], "class")]
    assert np.mean([a == b for a, b in zip(strong, found)]) > 0.85


def test_blank_and_strange_segments_are_told(classify, make_segments, recorder):
    values = {"CRD_UP_STD": lambda row: None if row in (2, 7) else 1e5 if row == 4 else 0.1 * row}
    feedback = recorder()
    results = classify(make_segments((("north", 10),), values=values), feedback=feedback)
    rows = list(results["OUTPUT"].getFeatures())
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (8, 2)
    assert [str(rows[2][name]) for name in ADDED] == ["NULL"] * len(ADDED)
    assert rows[4]["outside"] == 1 and results["N_OUTSIDE"] == sum(row["outside"] for row in rows if row["outside"])
    assert any("2 segments have blank features" in text for text in feedback.warnings)
    assert any("unlike any the model was trained on" in text for text in feedback.warnings)


def test_only_context_models_need_places(classify, make_segments, models, recorder):
    layer = make_segments((("north", 5),), values={"s_km": lambda row: None})
    assert classify(layer)["N_SEGMENTS"] == 5
    with pytest.raises(QgsProcessingException, match="5 of 5 segments have no position along the trench"):
        classify(layer, models["context"])
    feedback = recorder()
    classify(model=models["context"], feedback=feedback)
    assert any("uses the known classes of neighbouring segments" in text for text in feedback.infos)


def test_a_table_and_other_field_names_are_read(classify, make_segments):
    table = make_segments(
        kind="None", fields="&field=class:string&field=km:double", values={"class": lambda row: "old"}
    )
    results = classify(table, REGION_FIELD="region", POSITION_FIELD="km")
    output = results["OUTPUT"]
    assert output.wkbType() == QgsWkbTypes.Type.NoGeometry and results["N_SEGMENTS"] == 70
    assert column(output, "class_in")[0] == "old" and set(column(output, "class")) <= {1, 2}


def test_the_style_is_stored_with_the_data(classify, tmp_path):
    path = str(tmp_path / "classes.gpkg")
    classify(output=path)
    layer = QgsVectorLayer(path, "classes", "ogr")
    assert layer.renderer().type() == "RuleRenderer"
    assert "Mw \u2265 8" in [item.label() for item in layer.renderer().legendSymbolItems()]


@pytest.mark.parametrize("ending", ["shp", "csv"])
def test_fields_and_class_names_survive_other_formats(classify, tmp_path, ending):
    path, context = str(tmp_path / f"classes.{ending}"), QgsProcessingContext()
    context.setDefaultEncoding("windows-1254")  # has no sign for "at least"
    classify(output=path, context=context)
    layer = QgsVectorLayer(path, "classes", "ogr")
    assert set(ADDED) <= set(layer.fields().names())
    assert {feature["class_name"] for feature in layer.getFeatures()} == {"Mw < 8", "Mw \u2265 8"}


def spoilt(path, whole):
    """Write a file that is no usable model, named after what is wrong with it."""
    if path.stem == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif path.stem == "text":
        path.write_text("CRD;SED")
    elif path.stem == "another":
        model_file.save(path, "clustering", {"a": np.zeros(3)}, {})
    return path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("truncated.npz", "'truncated.npz' is not a readable Fumarole model .* Choose a model written by"),
        ("text.npz", "'text.npz' is not a readable Fumarole model"),
        ("absent.npz", "'absent.npz' is not a readable Fumarole model"),
        ("another.npz", "'another.npz' is a model of kind 'clustering', but this tool needs one of"),
        ("text.csv", "'text.csv' is no model: choose a file written by Train segment classifier"),
    ],
)
def test_an_unusable_model_gets_a_sentence(classify, network_model, tmp_path, name, sentence):
    output = tmp_path / "classes.gpkg"
    with pytest.raises(QgsProcessingException, match=sentence):
        classify(model=spoilt(tmp_path / name, network_model.read_bytes()), output=str(output))
    assert not output.exists()


def test_missing_features_are_listed(classify, models, tmp_path):
    model = SegmentClassifier.load(models["network"])
    path = tmp_path / "other.npz"
    replace(model, names=("CRD_UP_AVE", "AGE", "V_UP")).save(path)
    with pytest.raises(QgsProcessingException, match="lacks the features .*: 'AGE', 'V_UP'. Fields are matched"):
        classify(model=path)


def test_segments_without_a_complete_one_get_a_sentence(classify, make_segments):
    blank = make_segments((("north", 4),), values={"CRD_UP_STD": lambda row: None})
    with pytest.raises(QgsProcessingException, match="No segment has all features of the model, so none can be classi"):
        classify(blank)


def test_no_segments_get_a_sentence(classify, make_segments):
    with pytest.raises(QgsProcessingException, match="The input layer holds no features"):
        classify(make_segments(()))


class TestCheckpoint:
    """Published networks: weights only."""

    def test_it_classifies_with_fields_and_bounds(self, classify, segments, checkpoint, recorder):
        feedback = recorder()
        results = classify(model=checkpoint, FIELDS=list(NAMES), BOUNDS="7.5", feedback=feedback)
        assert results["N_SEGMENTS"] == 70 and results["N_OUTSIDE"] == 0
        assert set(column(results["OUTPUT"], "class_name")) <= {"Mw < 7.5", "Mw \u2265 7.5"}
        assert {str(value) for value in column(results["OUTPUT"], "outside")} == {"NULL"}
        assert any("the class of a segment depends on the others" in text for text in feedback.warnings)

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"BOUNDS": "8"}, "does not name its features: choose them under 'Features of a checkpoint'"),
            ({"FIELDS": list(NAMES)}, "does not say what its classes mean: give 'Class bounds of a checkpoint'"),
            ({"FIELDS": list(NAMES), "BOUNDS": "eight"}, "The class bounds 'eight' are not numbers"),
            ({"FIELDS": list(NAMES), "BOUNDS": "6,8"}, "tells 2 classes apart, and the class bounds make 3"),
            ({"FIELDS": list(NAMES[:2]), "BOUNDS": "8"}, "takes 3 features, and 2 were chosen"),
            ({"FIELDS": ["no", "such", "field"], "BOUNDS": "8"}, "has no field 'no' for the feature"),
        ],
    )
    def test_a_lacking_description_gets_a_sentence(self, classify, checkpoint, more, sentence):
        with pytest.raises(QgsProcessingException, match=sentence):
            classify(model=checkpoint, **more)

    def test_a_damaged_or_missing_one_gets_a_sentence(self, classify, checkpoint, tmp_path):
        (tmp_path / "half.pt").write_bytes(checkpoint.read_bytes()[:500])
        for name in ("half.pt", "absent.pt"):
            with pytest.raises(QgsProcessingException, match=f"'{name}' is not a checkpoint that can be read safely"):
                classify(model=tmp_path / name, FIELDS=list(NAMES), BOUNDS="8")

    def test_without_torch_the_way_to_it_is_told(self, classify, checkpoint, monkeypatch):
        import sys

        monkeypatch.setitem(sys.modules, "torch", None)
        with pytest.raises(QgsProcessingException, match="needs the Python library torch"):
            classify(model=checkpoint, FIELDS=list(NAMES), BOUNDS="8")
        assert classify()["N_SEGMENTS"] == 70

    def test_given_features_do_not_change_a_model(self, classify, recorder):
        feedback = recorder()
        classify(BOUNDS="5", feedback=feedback)
        assert any("the given ones were not used" in text for text in feedback.warnings)


def test_the_published_confusion_matrix_comes_back(classify, published_layer, shared_data):
    from fumarole.algorithms.subduction.checkpoints import published_classes
    from fumarole.algorithms.subduction.folds import reference_stretches

    layer, names = published_layer
    model = shared_data / "subduction" / "checkpoints" / "ncls3_dex100_scenario4.pt"
    results = classify(layer, model, FIELDS=names, BOUNDS="6.4,8.3", MAGNITUDE_FIELD="MR_GCMT")
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (556, 35)
    rows = [row for row in results["OUTPUT"].getFeatures() if str(row["class"]) != "NULL"]
    region, position = np.array([row["region"] for row in rows]), np.array([row["s_km"] for row in rows])
    magnitude = np.array([row["MR_GCMT"] for row in rows])
    segments = SegmentTable((), np.zeros((556, 0)), magnitude, region, position)
    confusion = np.zeros((3, 3), dtype=int)
    tested = reference_stretches(segments, 5).number == 4
    predicted = np.array([row["class"] for row in rows]) - 1
    np.add.at(confusion, (published_classes(segments.filled_magnitude)[tested], predicted[tested]), 1)
    assert confusion.tolist() == [[16, 20, 3], [7, 12, 4], [9, 28, 8]]
