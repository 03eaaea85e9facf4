"""The shipped chains: whole, in step with the tools, and from spreadsheet to map in one run."""

import itertools

import pytest
from qgis.core import QgsProcessingException, QgsProcessingModelAlgorithm, QgsProject, QgsVectorLayer
from qgis.PyQt.QtGui import QImage

from fumarole.processing_provider.shipped_model import ShippedModel, shipped_models
from fumarole.scripts.make_models import CHAINS, build, write

pytestmark = pytest.mark.usefixtures("briefly_trained")

PROSPECTS = ("prospect_from_samples", "prospect_from_spreadsheets")
MODEL_IDS = ("prospect_from_rasters", *PROSPECTS, "segment_classes_from_trenches", "sp_sources_from_raster")


@pytest.fixture(scope="module")
def simav(root):
    folder = root / "sample_data" / "simav"
    return {
        "SAMPLES_FILE": str(folder / "simav_geothermal.xlsx"),
        "BOREHOLES_FILE": str(folder / "kuyular simav son.xlsx"),
        "EARTHQUAKES_FILE": str(folder / "Simav_Region_Earthquake_Datas_35S_UTM.xlsx"),
    }


@pytest.fixture
def destinations(tmp_path):
    return {
        "clustering:samples": str(tmp_path / "samples.gpkg"),
        "clustering:boreholes": str(tmp_path / "boreholes.gpkg"),
        "clustering:earthquakes": str(tmp_path / "earthquakes.gpkg"),
        "clustering:model": str(tmp_path / "model.npz"),
        "clustering:report": str(tmp_path / "report.html"),
        "hulls:hulls": str(tmp_path / "hulls.gpkg"),
        "map:map": str(tmp_path / "map.png"),
        "map:project": str(tmp_path / "project.qgz"),
    }


def plain(variant):
    """A model's definition without what a version of QGIS adds: empty values and the colours of boxes."""
    if isinstance(variant, dict):
        parts = {key: plain(value) for key, value in variant.items()}
        return {key: value for key, value in parts.items() if value not in (None, "", {}, []) and key != "color"}
    if isinstance(variant, (list, tuple)):
        return [plain(value) for value in variant]
    return None if hasattr(variant, "isNull") and variant.isNull() else variant


def comparable(model):
    """A model's steps and inputs; newer QGIS names the outputs of models that it builds in another way."""
    definition = plain(model.toVariant())
    definition.pop("internal_version", None)
    outputs = {output.name() for output in model.outputDefinitions()}
    inputs = {name: value for name, value in definition["parameterDefinitions"].items() if name not in outputs}
    return {**definition, "parameterDefinitions": inputs}


@pytest.fixture
def layers():
    """Open vector layers that are closed again at the end."""
    opened = {}
    yield lambda path: opened.setdefault(path, QgsVectorLayer(path, path, "ogr"))
    opened.clear()


def test_the_files_are_those_of_the_provider(fumarole):
    assert tuple(path.stem for path in shipped_models()) == MODEL_IDS == tuple(chain.model_id for chain in CHAINS)
    assert all(fumarole.provider.algorithm(model_id) is not None for model_id in MODEL_IDS)


@pytest.mark.parametrize("chain", CHAINS, ids=MODEL_IDS)
def test_the_file_is_in_step_with_the_tools(fumarole, chain, tmp_path):
    shipped, rebuilt = QgsProcessingModelAlgorithm(), QgsProcessingModelAlgorithm()
    write(chain, tmp_path / "rebuilt.model3")
    assert rebuilt.fromFile(str(tmp_path / "rebuilt.model3"))
    assert shipped.fromFile(str(next(path for path in shipped_models() if path.stem == chain.model_id)))
    assert comparable(shipped) == comparable(rebuilt), "run 'make docs'"


@pytest.mark.parametrize("model_id", MODEL_IDS)
def test_nothing_covers_anything_in_the_drawing(fumarole, model_id):
    model = fumarole.provider.algorithm(model_id)
    steps = model.childAlgorithms().values()
    drawn = [(part, 20.0) for part in model.parameterComponents().values()]
    drawn += [(result, 20.0) for step in steps for result in step.modelOutputs().values()]
    drawn += [(step, 40.0) for step in steps]  # with "In" above the box and "Out" below it
    for (one, half), (other, other_half) in itertools.combinations(drawn, 2):
        apart = one.position() - other.position()
        assert abs(apart.x()) >= 230.0 or abs(apart.y()) >= half + other_half, (one.description(), other.description())


def test_a_changed_tool_would_be_seen(fumarole):
    first, second = (plain(build(chain).toVariant()) for chain in CHAINS[:2])
    assert first != second


@pytest.mark.parametrize("model_id", PROSPECTS)
def test_the_chain_is_valid_and_complete(fumarole, model_id):
    for model in (fumarole.provider.algorithm(model_id), fumarole.provider.algorithm(model_id).create()):
        assert isinstance(model, ShippedModel)
        assert model.canExecute() == (True, "")
        assert model.validate() == (True, [])
        steps = {name: step.algorithm().id() for name, step in model.childAlgorithms().items()}
        tools = ("import_samples", "deep_embedded_clustering", "cluster_hulls", "prospect_map")
        assert set(steps.values()) == {f"fumarole:{tool}" for tool in tools}
        assert all(model.validateChildAlgorithm(name)[0] for name in steps)
        outputs = [output.name() for output in model.outputDefinitions()]
        assert {"clustering:samples", "hulls:hulls", "map:map", "map:project"} <= set(outputs)


def test_the_same_chain_gives_the_same_bytes(fumarole, tmp_path):
    for name in ("a", "b"):
        write(CHAINS[0], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_from_three_spreadsheets_to_the_map(run_tool, simav, destinations, layers):
    run_tool(
        "prospect_from_spreadsheets",
        {**simav, "GRID_ZONE": "35S", "N_CLUSTERS": 3, "EFFORT": "quick", "MIN_MAGNITUDE": 4.5, **destinations},
    )
    samples, hulls = layers(destinations["clustering:samples"]), layers(destinations["hulls:hulls"])
    assert samples.featureCount() == 60 and samples.crs().authid() == "EPSG:32635"
    assert {feature["cluster"] for feature in samples.getFeatures()} == {1, 2, 3}
    assert sorted(feature["cluster"] for feature in hulls.getFeatures()) == [1, 2, 3]
    assert layers(destinations["clustering:boreholes"]).featureCount() == 16
    magnitudes = [feature["ML"] for feature in layers(destinations["clustering:earthquakes"]).getFeatures()]
    assert magnitudes and min(magnitudes) >= 4.5
    assert samples.renderer().type() == hulls.renderer().type() == "categorizedSymbol"
    assert not QImage(destinations["map:map"]).isNull()
    assert "<html" in open(destinations["clustering:report"], encoding="utf-8").read()[:500]
    project = QgsProject()
    assert project.read(destinations["map:project"])
    assert len(project.mapLayers()) == 4
    project.clear()


def test_samples_alone_are_enough(run_tool, simav, layers, tmp_path):
    result = run_tool(
        "prospect_from_samples",
        {
            "SAMPLES_FILE": simav["SAMPLES_FILE"],
            "N_CLUSTERS": 3,
            "EFFORT": "quick",
            "clustering:samples": "TEMPORARY_OUTPUT",
            "hulls:hulls": "TEMPORARY_OUTPUT",
            "map:map": str(tmp_path / "map.png"),
        },
    )
    assert result["clustering:samples"].featureCount() == 60
    assert result["hulls:hulls"].featureCount() == 3
    assert (tmp_path / "map.png").stat().st_size > 0
    steps = result["CHILD_INPUTS"]
    assert steps["clustering"]["SEED"] == 42 and steps["clustering"]["MIN_MAGNITUDE"] == 4.0  # defaults are handed on
    assert steps["map"]["TITLE"] == "Geothermal prospects"


def test_boreholes_and_earthquakes_may_be_layers(run_tool, simav, layers, tmp_path):
    imported = {
        name: run_tool("import_samples", {"INPUT": simav[f"{name}_FILE"], "OUTPUT": "TEMPORARY_OUTPUT"})["OUTPUT"]
        for name in ("BOREHOLES", "EARTHQUAKES")
    }
    result = run_tool(
        "prospect_from_samples",
        {
            "SAMPLES_FILE": simav["SAMPLES_FILE"],
            **imported,
            "N_CLUSTERS": 2,
            "EFFORT": "quick",
            "clustering:samples": "TEMPORARY_OUTPUT",
            "clustering:boreholes": "TEMPORARY_OUTPUT",
            "clustering:earthquakes": "TEMPORARY_OUTPUT",
            "hulls:hulls": "TEMPORARY_OUTPUT",
            "map:map": str(tmp_path / "map.png"),
        },
    )
    assert result["clustering:boreholes"].featureCount() == 16
    assert result["clustering:earthquakes"].featureCount() == 53


def test_bad_input_says_what_is_wrong(run_tool, simav, destinations, recorder, tmp_path):
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"")
    log = recorder()
    with pytest.raises(QgsProcessingException) as raised:
        run_tool("prospect_from_spreadsheets", {**simav, "SAMPLES_FILE": str(broken), **destinations}, feedback=log)
    assert any("broken.xlsx" in error for error in [*log.errors, str(raised.value)])
    assert not (tmp_path / "map.png").exists()


def test_a_file_that_is_no_model_is_refused(qgis_app, tmp_path):
    (tmp_path / "other.model3").write_text("not a model", encoding="utf-8")
    with pytest.raises(ValueError, match="other.model3"):
        ShippedModel(tmp_path / "other.model3")
