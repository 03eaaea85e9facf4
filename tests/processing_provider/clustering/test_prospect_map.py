"""The tool prospect_map: what is on the page, and a project that reopens whole."""

import zipfile

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsMarkerSymbol,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProject,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QImage

DPI = 60


def point_layer(name, fields, rows, crs="EPSG:32635"):
    layer = QgsVectorLayer(f"Point?crs={crs}&" + "&".join(f"field={field}" for field in fields), name, "memory")
    features = []
    for x, y, *values in rows:
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(float(x), float(y))))
        feature.setAttributes(values)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    return layer


@pytest.fixture
def samples(qgis_app):
    """Seeded synthetic samples of three clusters, two of them not assigned."""
    rng = np.random.default_rng(2)
    rows = []
    for number in [1] * 20 + [2] * 12 + [3] * 8 + [None] * 2:
        x, y = (650_000 + 5000 * (number or 0), 4_330_000) + rng.normal(0, 700, 2)
        rows.append((x, y, number, float(rng.uniform(0.4, 1.0)), 1.0))
    return point_layer("samples", ["cluster:integer", "confidence:double", "fid:double"], rows)


@pytest.fixture
def boreholes(qgis_app):
    return point_layer("wells", ["id:string"], [(655_000, 4_331_000, "S-1"), (900_000, 4_700_000, "far away")])


@pytest.fixture
def earthquakes(qgis_app):
    rows = [(28.85, 39.1, 3.2), (28.9, 39.12, 4.6), (35.0, 38.0, 6.1)]
    return point_layer("events", ["ML:double"], rows, "EPSG:4326")


@pytest.fixture
def hulls(run_tool, samples, tmp_path):
    path = str(tmp_path / "hulls.gpkg")
    run_tool("cluster_hulls", {"INPUT": samples, "OUTPUT": path})
    return path


@pytest.fixture
def everything(samples, hulls, boreholes, earthquakes, tmp_path):
    return {
        "CLUSTERS": samples,
        "HULLS": hulls,
        "BOREHOLES": boreholes,
        "EARTHQUAKES": earthquakes,
        "TITLE": "Prospects",
        "DPI": DPI,
        "MAP": str(tmp_path / "map.png"),
        "PROJECT": str(tmp_path / "map.qgz"),
    }


@pytest.fixture
def reopened(run_tool, everything):
    """The project as QGIS reads it back."""
    run_tool("prospect_map", everything)
    project = QgsProject()
    assert project.read(everything["PROJECT"])
    yield project
    project.clear()


def items(project, kind):
    layout = project.layoutManager().layoutByName("Prospect map")
    found = [item for item in layout.items() if isinstance(item, kind)]
    return sorted(found, key=lambda item: item.pos().y())


def test_picture_has_the_size_of_the_page_and_the_colours_of_the_map(run_tool, everything):
    result = run_tool("prospect_map", everything)
    picture = QImage(result["MAP"])
    assert (picture.width(), picture.height()) == (round(297 / 25.4 * DPI), round(210 / 25.4 * DPI))
    assert picture.dotsPerMeterX() == pytest.approx(1000 * DPI / 25.4, abs=1)
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert len(colours) > 100
    assert {"#0072b2", "#e69f00", "#009e73"} <= colours, "the clusters are drawn"
    assert result["SCALE"] == 100_000
    assert result["GRID_INTERVAL_M"] == 5000
    assert (result["N_LAYERS"], result["MAP_CRS"]) == (4, "EPSG:32635")


@pytest.mark.parametrize("name", ["map.jpg", "map.JPEG", "map.pdf"])
def test_other_formats_and_no_project(run_tool, samples, tmp_path, name):
    result = run_tool("prospect_map", {"CLUSTERS": samples, "DPI": DPI, "PAPER": "A3", "MAP": str(tmp_path / name)})
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"%PDF" if name.endswith("pdf") else b"\xff\xd8")
    assert [path.name for path in tmp_path.iterdir()] == [name], "no side files"
    assert "PROJECT" not in result


def test_project_has_valid_styled_layers_in_groups(reopened):
    groups = {
        group.name(): [node.layer() for node in group.findLayers()]
        for group in reopened.layerTreeRoot().children()
    }
    assert {name: [layer.name() for layer in layers] for name, layers in groups.items()} == {
        "Results": ["Samples", "Cluster hulls"],
        "Data": ["Boreholes", "Earthquakes"],
    }
    layers = [layer for members in groups.values() for layer in members]
    assert all(layer.isValid() for layer in layers)
    assert [layer.featureCount() for layer in layers] == [42, 3, 2, 3]
    kinds = [layer.renderer().type() for layer in layers]
    assert kinds == ["categorizedSymbol", "categorizedSymbol", "singleSymbol", "graduatedSymbol"]
    assert groups["Data"][0].labelsEnabled()
    assert reopened.crs().authid() == "EPSG:32635"


def test_project_refers_to_its_data_by_relative_path(reopened, tmp_path):
    with zipfile.ZipFile(tmp_path / "map.qgz") as archive:
        text = archive.read(next(name for name in archive.namelist() if name.endswith(".qgs"))).decode()
    assert "./map_data.gpkg|layername=clusters" in text
    assert "./hulls.gpkg" in text
    assert str(tmp_path) not in text.split("<projectlayers>")[1].split("</projectlayers>")[0]


def test_the_layout_travels_with_the_project(reopened):
    (map_item,) = items(reopened, QgsLayoutItemMap)
    assert [layer.name() for layer in map_item.layers()] == ["Boreholes", "Samples", "Earthquakes", "Cluster hulls"]
    assert map_item.scale() == pytest.approx(100_000, rel=1e-6)
    assert map_item.grid().intervalX() == 5000
    (bar,) = items(reopened, QgsLayoutItemScaleBar)
    assert bar.unitLabel() == "km"
    texts = [label.text() for label in items(reopened, QgsLayoutItemLabel)]
    assert texts[0] == "Prospects"
    assert "EPSG:32635" in texts[-1]


def test_samples_are_inside_and_far_layers_do_not_shrink_the_map(reopened, samples):
    (map_item,) = items(reopened, QgsLayoutItemMap)
    assert map_item.extent().contains(samples.extent())
    assert map_item.extent().width() < 3.0 * samples.extent().width()


def test_legend_shows_what_is_on_the_map(reopened):
    (legend,) = items(reopened, QgsLayoutItemLegend)
    model = legend.model()
    texts = [
        [node.data(0) for node in model.layerLegendNodes(layer)] for layer in model.rootGroup().findLayers()
    ]
    assert texts[0] == ["Cluster 1 (20)", "Cluster 2 (12)", "Cluster 3 (8)", "Not assigned (2)"]
    assert texts[1] == ["Hull of a cluster, in its colour"]
    assert texts[3] == ["3 ≤ M < 4", "4 ≤ M < 5", "6 ≤ M < 7"]


def test_nothing_on_the_page_overlaps(reopened):
    layout = reopened.layoutManager().layoutByName("Prospect map")
    kinds = (QgsLayoutItemMap, QgsLayoutItemLegend, QgsLayoutItemScaleBar, QgsLayoutItemLabel)
    boxes = [item.mapRectToScene(item.rect()) for item in layout.items() if isinstance(item, kinds)]
    page = layout.pageCollection().page(0).sceneBoundingRect()
    for number, box in enumerate(boxes):
        assert page.contains(box)
        assert not [other for other in boxes[number + 1 :] if box.adjusted(0.2, 0.2, -0.2, -0.2).intersects(other)]


def test_a_look_of_the_user_stays(run_tool, samples, tmp_path):
    symbol = QgsMarkerSymbol.createSimple({"name": "square", "color": "#ff00ff", "size": "6"})
    samples.setRenderer(QgsSingleSymbolRenderer(symbol))
    path = str(tmp_path / "map.png")
    run_tool("prospect_map", {"CLUSTERS": samples, "DPI": DPI, "MAP": path})
    picture = QImage(path)
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert "#ff00ff" in colours and "#0072b2" not in colours


def test_only_the_selection_is_copied(run_tool, samples, tmp_path):
    samples.selectByExpression('"cluster" = 2')
    QgsProject.instance().addMapLayer(samples, False)
    project = QgsProject()
    try:
        run_tool(
            "prospect_map",
            {
                "CLUSTERS": QgsProcessingFeatureSourceDefinition(samples.id(), selectedFeaturesOnly=True),
                "DPI": DPI,
                "MAP": str(tmp_path / "map.png"),
                "PROJECT": str(tmp_path / "map.qgz"),
            },
        )
        assert project.read(str(tmp_path / "map.qgz"))
        assert project.mapLayersByName("Samples")[0].featureCount() == 12
    finally:
        QgsProject.instance().takeMapLayer(samples)
        project.clear()


def test_running_on_its_own_data_destroys_nothing(run_tool, everything, tmp_path):
    run_tool("prospect_map", everything)
    own = QgsVectorLayer(f"{tmp_path / 'map_data.gpkg'}|layername=clusters", "own", "ogr")
    own.setSubsetString('"cluster" = 1')
    run_tool("prospect_map", {**everything, "CLUSTERS": own})
    assert (tmp_path / "map_data_2.gpkg").exists()
    assert QgsVectorLayer(f"{tmp_path / 'map_data.gpkg'}|layername=clusters", "own", "ogr").featureCount() == 42


def test_samples_in_degrees_are_drawn_in_their_zone(run_tool, tmp_path):
    south = point_layer("south", ["cluster:integer"], [(-68.0, -22.5, 1), (-67.9, -22.4, 2)], "EPSG:4326")
    result = run_tool("prospect_map", {"CLUSTERS": south, "DPI": DPI, "MAP": str(tmp_path / "map.png")})
    assert result["MAP_CRS"] == "EPSG:32719"


def test_one_sample_makes_a_map(run_tool, tmp_path):
    one = point_layer("one", ["cluster:string"], [(650_000, 4_330_000, "A")])
    result = run_tool(
        "prospect_map", {"CLUSTERS": one, "DPI": DPI, "TITLE": "", "MAP": str(tmp_path / "map.png")}
    )
    assert 1000 < result["SCALE"] < 20_000


@pytest.mark.parametrize(
    "title",
    ["<script>alert(1)</script> & co", "[% 1 + 1 %]", "\U0001f30b", "long " * 200],
    ids=["html", "expression", "emoji", "long"],
)
def test_titles_are_shown_as_they_are(run_tool, everything, title):
    run_tool("prospect_map", {**everything, "TITLE": title})
    project = QgsProject()
    assert project.read(everything["PROJECT"])
    shown = items(project, QgsLayoutItemLabel)[0].currentText().replace("\u200b", "")
    assert shown.replace("\n", " ").rstrip("\u2026 ")[:20] == title.rstrip()[:20]
    project.clear()


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"DPI": 5}, "A resolution of 5 dpi is not possible"),
        ({"DPI": 100_000}, "A resolution of 100000 dpi is not possible"),
        ({"MAP": "map.bmp"}, "A map cannot be written as 'map.bmp'. End the name in .jpg, .png or .pdf."),
        ({"PROJECT": "map.doc"}, "A project cannot be written as 'map.doc'"),
        ({"CRS": "EPSG:4326"}, "is in degrees"),
        ({"MAGNITUDE_FIELD": "Mw"}, "The layer 'Earthquakes' has no field 'Mw'. Its fields are: fid, ML"),
        ({"CLUSTER_FIELD": "klass"}, "The layer 'Samples' has no field 'klass'"),
        ({"MAP": "a_file/map.png"}, "cannot be written"),
        ({"PROJECT": "a_file/map.qgz"}, "cannot be written"),
    ],
)
def test_bad_input_gets_a_sentence_and_leaves_nothing(run_tool, everything, tmp_path, changes, sentence):
    (tmp_path / "a_file").write_text("in the way")
    before = {path.name for path in tmp_path.iterdir()}
    changes = {
        key: str(tmp_path / value) if key in ("MAP", "PROJECT") else value for key, value in changes.items()
    }
    with pytest.raises(QgsProcessingException, match=sentence):
        run_tool("prospect_map", {**everything, **changes})
    assert {path.name for path in tmp_path.iterdir()} - {"hulls.gpkg-wal", "hulls.gpkg-shm"} == before


def test_bad_layers_get_a_sentence(run_tool, samples, everything):
    empty = point_layer("empty", ["cluster:integer"], [])
    with pytest.raises(QgsProcessingException, match="'empty' holds no samples"):
        run_tool("prospect_map", {**everything, "CLUSTERS": empty})
    assert run_tool("prospect_map", {**everything, "BOREHOLES": empty})["N_LAYERS"] == 3
    samples.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(QgsProcessingException, match="'samples' has no coordinate system"):
        run_tool("prospect_map", everything)


def test_cancel_leaves_nothing(fumarole, everything, tmp_path):
    import processing

    feedback = QgsProcessingFeedback()
    feedback.progressChanged.connect(lambda percent: feedback.cancel() if percent >= 30 else None)
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        processing.run(
            "fumarole:prospect_map", everything, feedback=feedback, context=QgsProcessingContext()
        )
    assert not list(tmp_path.glob("map*"))
