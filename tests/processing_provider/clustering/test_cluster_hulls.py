"""The tool cluster_hulls through Processing."""

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsVectorLayer,
)

from fumarole.ui.palette import cluster_colour


@pytest.fixture
def samples(qgis_app):
    """Seeded synthetic samples: clusters 1 (rich in As), 2 (poor in Mg), 3 (two samples), and unassigned ones."""
    rng = np.random.default_rng(11)
    cluster = np.repeat([1, 2, 3, 0], [40, 25, 2, 3])
    layer = QgsVectorLayer(
        "Point?crs=EPSG:32635&field=sample_id:integer&field=cluster:integer&field=name:string"
        "&field=As_ppm:double&field=Mg_ppm:double&field=z1:double&field=easting:double",
        "samples",
        "memory",
    )
    features = []
    for number, group in enumerate(cluster.tolist()):
        x, y = (650_000 + 6000 * (group == 2), 4_330_000) + rng.normal(0, 800, 2)
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(x, y)))
        arsenic = float(rng.normal(50 + 400 * (group == 1), 60))
        magnesium = float(rng.normal(20 - 12 * (group == 2), 3))
        name = ["", "A", "B", ""][group]
        feature.setAttributes([number, group or None, name, arsenic, magnesium, 9.0 * group, float(x)])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def test_hulls_counts_and_variables(run_tool, samples):
    result = run_tool("cluster_hulls", {"INPUT": samples, "OUTPUT": "memory:"})
    assert (result["N_HULLS"], result["N_SKIPPED"], result["N_UNASSIGNED"]) == (2, 1, 3)
    layer = result["OUTPUT"]
    assert layer.crs() == QgsCoordinateReferenceSystem("EPSG:32635")
    assert [field.name() for field in layer.fields()] == ["cluster", "n_samples", "area_km2", "top_vars"]
    first, second = layer.getFeatures()
    assert (first["cluster"], first["n_samples"]) == (1, 40)
    assert "As_ppm+" in first["top_vars"]
    assert "Mg_ppm-" in second["top_vars"]
    assert "z1" not in first["top_vars"] and "easting" not in first["top_vars"]
    assert layer.renderer().type() == "categorizedSymbol"


@pytest.mark.parametrize("name", ["hulls.gpkg", "hulls.shp", "hulls.csv"])
def test_files_open_again_with_their_look(run_tool, samples, tmp_path, name):
    path = str(tmp_path / name)
    run_tool("cluster_hulls", {"INPUT": samples, "METHOD": "concave", "OUTPUT": path})
    layer = QgsVectorLayer(path, "hulls", "ogr")
    assert layer.featureCount() == 2
    assert layer.fields().indexOf("top_vars") >= 0
    assert layer.renderer().type() == "categorizedSymbol"
    categories = layer.renderer().categories()
    assert categories[1].symbol().symbolLayer(0).strokeColor().name().upper() == cluster_colour(2)


def test_only_the_selection_is_used(run_tool, samples):
    samples.selectByExpression('"cluster" = 2')
    source = QgsProcessingFeatureSourceDefinition(samples.id(), selectedFeaturesOnly=True)
    QgsProject.instance().addMapLayer(samples, False)
    try:
        result = run_tool("cluster_hulls", {"INPUT": source, "OUTPUT": "memory:"})
    finally:
        QgsProject.instance().takeMapLayer(samples)
    assert [feature["cluster"] for feature in result["OUTPUT"].getFeatures()] == [2]


def test_text_clusters_are_numbered_and_keep_their_label(run_tool, samples):
    result = run_tool("cluster_hulls", {"INPUT": samples, "CLUSTER_FIELD": "name", "OUTPUT": "memory:"})
    assert [(f["cluster"], f["label"]) for f in result["OUTPUT"].getFeatures()] == [(1, "A"), (2, "B")]
    assert [item.label() for item in result["OUTPUT"].renderer().legendSymbolItems()] == ["A", "B"]


def test_all_samples_at_one_place_give_no_hull_but_a_whole_run(run_tool, samples):
    samples.dataProvider().changeGeometryValues(
        {feature.id(): QgsGeometry.fromWkt("Point(650000 4330000)") for feature in samples.getFeatures()}
    )
    result = run_tool("cluster_hulls", {"INPUT": samples, "OUTPUT": "memory:"})
    assert (result["N_HULLS"], result["N_SKIPPED"]) == (0, 3)


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"CLUSTER_FIELD": "klass"}, "has no field 'klass'. Its fields are: sample_id, cluster"),
        ({"CLUSTER_FIELD": "As_ppm"}, "holds decimal numbers, not clusters"),
        ({"TARGET_CRS": "EPSG:4326"}, "is in degrees"),
    ],
)
def test_bad_parameters_get_a_sentence(run_tool, samples, tmp_path, changes, sentence):
    path = tmp_path / "hulls.gpkg"
    with pytest.raises(QgsProcessingException, match=sentence):
        run_tool("cluster_hulls", {"INPUT": samples, "OUTPUT": str(path), **changes})
    assert not path.exists()


def test_bad_layers_get_a_sentence(run_tool, samples):
    samples.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(QgsProcessingException, match="has no coordinate system"):
        run_tool("cluster_hulls", {"INPUT": samples, "OUTPUT": "memory:"})
    empty = QgsVectorLayer("Point?crs=EPSG:32635&field=cluster:integer", "empty", "memory")
    with pytest.raises(QgsProcessingException, match="holds no features"):
        run_tool("cluster_hulls", {"INPUT": empty, "OUTPUT": "memory:"})
