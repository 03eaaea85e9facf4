"""The tool explain_segments through Processing."""

import numpy as np
import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer

NAMES = ("CRD_UP_AVE", "CRD_UP_STD", "SED_DG_AVE")
RELEVANCE = ["r_CRDUPA", "r_CRDUPS", "r_SEDDGA"]
ADDED = ["class", *RELEVANCE, "bias", "agreement", "reasons"]
OUTPUTS = {"OUTPUT", "N_SEGMENTS", "N_DROPPED", "CONSERVATION_ERROR", "RANK_AGREEMENT"}


@pytest.fixture
def explain(run_tool, segments, network_model):
    def run(layer=None, model=None, output="memory:", **more):
        parameters = {"INPUT": layer or segments, "MODEL": str(model or network_model), "OUTPUT": output}
        options = {"feedback": more.pop("feedback")} if "feedback" in more else {}
        return run_tool("explain_segments", {**parameters, **more}, **options)

    return run


def column(layer, name):
    return [feature[name] for feature in layer.getFeatures()]


@pytest.mark.parametrize("rule", ["epsilon", "z_plus", "alpha_beta", "gamma"])
def test_relevance_and_biases_give_the_output_back(explain, segments, network_model, rule):
    from fumarole.algorithms.subduction.classifier import SegmentClassifier
    from fumarole.algorithms.subduction.network_training import outputs

    results = explain(RULE=rule)
    assert set(results) == OUTPUTS
    assert results["OUTPUT"].fields().names() == segments.fields().names() + ADDED
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (70, 0)
    assert results["CONSERVATION_ERROR"] < 1e-6 and -1 <= results["RANK_AGREEMENT"] <= 1
    model = SegmentClassifier.load(network_model)
    values = np.array([[row[name] for name in NAMES] for row in segments.getFeatures()])
    logits = outputs(model.preprocessing.apply(values), model.predictor, model.n_layers).mean(axis=0)
    number = np.array(column(results["OUTPUT"], "class"))
    total = sum(np.array(column(results["OUTPUT"], name)) for name in (*RELEVANCE, "bias"))
    assert total == pytest.approx(logits[np.arange(70), number - 1], rel=1e-5)
    assert np.mean(column(results["OUTPUT"], "agreement")) == pytest.approx(results["RANK_AGREEMENT"])


def test_the_deciding_feature_leads_relevance_table_and_second_opinion(explain):
    results = explain(TABLE="memory:")
    rows = list(results["TABLE"].getFeatures())
    assert [(row["class"], row["feature"]) for row in rows] == [(n, f) for n in (1, 2) for f in (*NAMES, "bias")]
    for first, *others, bias in (rows[:4], rows[4:]):
        assert first["mean_abs"] > max(row["mean_abs"] for row in others)
        assert first["loss"] > 0.1 > max(row["loss"] for row in others)
        assert first["share"] + sum(row["share"] for row in others) == pytest.approx(1)
        assert str(bias["share"]) == str(bias["loss"]) == "NULL" and bias["group"] == "bias"
        assert all(row["member_sd"] > 0 for row in (first, *others, bias))
        assert {row["n_segments"] for row in (first, *others, bias)} == {first["n_segments"]}
    assert {row["group"] for row in rows} == {"physical state", "bias"}
    assert rows[0]["meaning"] == "interface curvature along dip, upper plate, mean"
    number, relevance = column(results["OUTPUT"], "class"), column(results["OUTPUT"], RELEVANCE[0])
    of_great = [value for value, of in zip(relevance, number) if of == 2]
    assert rows[4]["mean"] == pytest.approx(np.mean(of_great)) and rows[4]["sd"] == pytest.approx(np.std(of_great))


def test_aliases_tell_what_features_are(explain, make_segments, tmp_path):
    layer, path = make_segments(), str(tmp_path / "explained.gpkg")
    layer.setFieldAlias(layer.fields().indexOf("CRD_UP_AVE"), "cards <b>of</b> the upper plate, mean")
    results = explain(layer, output=path, TABLE="memory:", REPORT=str(tmp_path / "relevance.html"))
    rows = list(results["TABLE"].getFeatures())
    assert rows[0]["meaning"] == "cards <b>of</b> the upper plate, mean"
    assert rows[1]["meaning"] == "interface curvature along dip, upper plate, spread"
    assert "cards &lt;b&gt;of&lt;/b&gt; the upper plate" in (tmp_path / "relevance.html").read_text(encoding="utf-8")
    written = QgsVectorLayer(path, "explained", "ogr")
    assert written.attributeDisplayName(written.fields().indexOf("CRD_UP_AVE")) == rows[0]["meaning"]


def test_reasons_are_sentences_by_group(explain):
    output = explain(GROUPS="dynamics=CRD_UP_A; kinematics=sed")["OUTPUT"]
    for row in output.getFeatures():
        assert row["reasons"].startswith(("Mw < 8. ", "Mw \u2265 8. ")[row["class"] - 1])
        assert row["reasons"].endswith(f"Biases {row['bias']:+.2g}.")
        assert len(row["reasons"]) < 254  # what a Shapefile keeps
    strongest = max(output.getFeatures(), key=lambda row: row[RELEVANCE[0]])
    assert f"For it: dynamics {strongest[RELEVANCE[0]]:+.2g} (CRD_UP_AVE" in strongest["reasons"]


def test_full_names_are_aliases_and_the_style_is_stored(explain, tmp_path):
    path = str(tmp_path / "explained.gpkg")
    explain(output=path)
    layer = QgsVectorLayer(path, "explained", "ogr")
    assert layer.renderer().type() == "graduatedSymbol" and "r_CRDUPA" in layer.renderer().classAttribute()
    position = layer.fields().indexOf("r_CRDUPS")
    assert layer.attributeDisplayName(position) == "Relevance of CRD_UP_STD for the class"


def test_the_report_is_one_page_of_its_own(explain, make_segments, tmp_path):
    path = tmp_path / "relevance.html"
    values = {"region": lambda row: "<script>alert(1)</script>"}
    layer = make_segments((("north", 20),), values=values)
    assert explain(layer, REPORT=str(path))["REPORT"] == str(path)
    text = path.read_text(encoding="utf-8")
    assert "CRD_UP_AVE" in text and "alert(1)</script>" not in text and "epsilon" in text


def test_what_the_reasons_are_worth_is_said(explain, recorder):
    feedback = recorder()
    results = explain(feedback=feedback)
    said = [*feedback.infos, *feedback.warnings]
    assert any(f"between two networks is {results['RANK_AGREEMENT']:.2f}" in text for text in said)
    assert any("Second opinion, the fall of macro F1" in text and "CRD_UP_AVE 0." in text for text in said)
    assert any("was trained on 70 of these 70 segments" in text for text in said)


def test_low_agreement_is_a_warning(explain, network_model, tmp_path, recorder):
    from dataclasses import replace

    from fumarole.algorithms.subduction.classifier import SegmentClassifier

    model = SegmentClassifier.load(network_model)
    shuffled = {name: array.copy() for name, array in model.predictor.items()}
    for member, first in enumerate(shuffled["net.0.weight"]):  # every member now sees the features in another order
        shuffled["net.0.weight"][member] = np.roll(first, member, axis=0)
    replace(model, predictor=shuffled).save(tmp_path / "shuffled.npz")
    feedback = recorder()
    results = explain(model=tmp_path / "shuffled.npz", feedback=feedback)
    assert results["RANK_AGREEMENT"] < 0.5
    assert any("the reasons of a single network are not to be trusted" in text for text in feedback.warnings)


def test_blank_segments_stay_without_reasons(explain, make_segments, recorder):
    feedback = recorder()
    layer = make_segments((("north", 12),), values={"CRD_UP_STD": lambda row: None if row == 3 else 0.1 * row})
    results = explain(layer, feedback=feedback)
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (11, 1)
    row = list(results["OUTPUT"].getFeatures())[3]
    assert [str(row[name]) for name in ADDED] == ["NULL"] * len(ADDED)
    assert any("1 segments have blank features and were not explained" in text for text in feedback.warnings)


def test_magnitudes_and_places_may_be_missing(explain, make_segments, recorder):
    for missing in ("mag_max", "s_km"):
        feedback = recorder()
        layer = make_segments((("north", 12),), kind="None", values={missing: lambda row: None})
        rows = list(explain(layer, TABLE="memory:", feedback=feedback)["TABLE"].getFeatures())
        assert {str(row["loss"]) for row in rows} == {"NULL"}
        assert any("so there is no permutation importance" in text for text in feedback.infos)
    layer = make_segments((("north", 12),))
    layer.dataProvider().deleteAttributes([layer.fields().indexOf("mag_max"), layer.fields().indexOf("s_km")])
    layer.updateFields()
    assert explain(layer)["N_SEGMENTS"] == 12


@pytest.mark.parametrize("kind", ["extra_trees", "context"])
def test_models_that_are_no_networks_get_a_sentence(explain, models, kind, tmp_path):
    output = tmp_path / "explained.gpkg"
    with pytest.raises(QgsProcessingException, match=f"this model is of kind '{kind}'. Train a model with the class"):
        explain(model=models[kind], output=str(output))
    assert not output.exists()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"GROUPS": "dinamics=FRE"}, "'dinamics=FRE' assigns no features to a group. Write group=names"),
        ({"MAGNITUDE_FIELD": "Mw"}, "has no field 'Mw' for the magnitude"),
        ({"MODEL": "nowhere.npz"}, "'nowhere.npz' is not a readable Fumarole model"),
        ({"MODEL": "nowhere.txt"}, "'nowhere.txt' is no model"),
    ],
)
def test_bad_input_gets_a_sentence(explain, more, sentence):
    with pytest.raises(QgsProcessingException, match=sentence):
        explain(**more)


def test_segments_without_a_complete_one_get_a_sentence(explain, make_segments):
    blank = make_segments((("north", 4),), values={"CRD_UP_STD": lambda row: None})
    with pytest.raises(QgsProcessingException, match="No segment has all features of the model, so none can be explai"):
        explain(blank)


def test_cancel_leaves_nothing(explain, recorder, tmp_path):
    output = tmp_path / "explained.gpkg"
    with pytest.raises(QgsProcessingException, match="Cancelled by the user"):
        explain(output=str(output), feedback=recorder(cancel_at=5))
    assert not output.exists()


def test_a_checkpoint_is_explained_by_its_one_network(explain, checkpoint, recorder):
    feedback = recorder()
    results = explain(model=checkpoint, FIELDS=list(NAMES), BOUNDS="8", feedback=feedback)
    assert results["N_SEGMENTS"] == 70 and results["RANK_AGREEMENT"] is None
    assert results["CONSERVATION_ERROR"] < 1e-6
    assert {str(value) for value in column(results["OUTPUT"], "agreement")} == {"NULL"}
    assert any(text.startswith("One network only") for text in feedback.warnings)
    assert any("The model does not tell its training" in text for text in feedback.infos)


def test_the_published_network_is_explained(explain, published_layer, shared_data):
    layer, names = published_layer
    model = shared_data / "subduction" / "checkpoints" / "ncls2_dex50_scenario0.pt"
    if not model.is_file():
        pytest.skip(f"{model.name} may not be shipped and is not present")
    results = explain(layer, model, FIELDS=names, BOUNDS="8", TABLE="memory:")
    assert (results["N_SEGMENTS"], results["N_DROPPED"]) == (556, 35)
    assert results["CONSERVATION_ERROR"] < 1e-6
    added = results["OUTPUT"].fields().names()[-53:]
    assert len({name.lower() for name in added}) == 53 and max(map(len, added)) <= 10
    groups = [row["group"] for row in results["TABLE"].getFeatures() if row["class"] == 1]
    assert [groups.count(name) for name in ("physical state", "dynamics", "kinematics", "other")] == [19, 27, 3, 0]
