"""Seeded synthetic segments, shared by the tests of the subduction tools."""

import csv

import numpy as np
import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

SEGMENT_FEATURES = ("CRD_UP_AVE", "CRD_UP_STD", "SED_DG_AVE")
_ADDRESS = (
    "&field=region:string&field=segment:integer&field=s_km:double"
    + "".join(f"&field={name}:double" for name in SEGMENT_FEATURES)
    + "&field=mag_max:double"
)


@pytest.fixture(scope="session")
def make_segments(qgis_app):
    """Make a memory layer of synthetic segments: two trenches, great earthquakes where ``CRD_UP_AVE`` is high.

    The other two features are noise. ``fields`` is more of the layer's address; ``values`` gives what a field holds as
    ``{name: callable(row)}``; ``sizes`` is the number of segments by region; ``kind`` "None" makes a table.
    """

    def make(sizes=(("north", 40), ("south", 30)), kind="Polygon", crs="EPSG:4326", fields="", values=None):
        rng = np.random.default_rng(5)
        layer = QgsVectorLayer(f"{kind}?crs={crs}{_ADDRESS}{fields}", "segments (synthetic)", "memory")
        features = []
        for trench, (region, count) in enumerate(sizes):
            for number in range(count):
                position = 25.0 + 50.0 * number
                strong = np.sin(position / 180.0 + trench) > 0.1
                cells = rng.normal(size=len(SEGMENT_FEATURES)) + (3.0 * strong, 0.0, 0.0)
                magnitude = round((8.5 if strong else 6.5) + rng.uniform(-0.4, 0.4), 2)
                feature = QgsFeature(layer.fields())
                row = [region, number, position, *cells.tolist(), magnitude]
                feature.setAttributes(row + [None] * (len(layer.fields()) - len(row)))
                for name, value_of in (values or {}).items():
                    feature.setAttribute(name, value_of(len(features)))
                if kind != "None":
                    west, south = 150.0 + 15.0 * trench, -20.0 + 0.45 * number
                    feature.setGeometry(
                        QgsGeometry.fromWkt(
                            f"Polygon(({west} {south}, {west + 3} {south}, {west + 3} {south + 0.45}, "
                            f"{west} {south + 0.45}, {west} {south}))"
                        )
                    )
                features.append(feature)
        assert layer.dataProvider().addFeatures(features)[0], layer.dataProvider().errors()
        return layer

    return make


@pytest.fixture(scope="session")
def segments(make_segments):
    """The synthetic segments as they are; never edit them."""
    return make_segments()


@pytest.fixture(scope="session")
def models(segments, tmp_path_factory):
    """Model files of every classifier, trained a little on the synthetic segments, by the classifier's name."""
    from fumarole.algorithms.subduction.class_bounds import ClassBounds
    from fumarole.algorithms.subduction.network_training import Recipe
    from fumarole.algorithms.subduction.segments import SegmentTable
    from fumarole.algorithms.subduction.training import train_classifier

    rows = list(segments.getFeatures())
    region, position, magnitude = (np.array([row[name] for row in rows]) for name in ("region", "s_km", "mag_max"))
    values = np.array([[row[name] for name in SEGMENT_FEATURES] for row in rows])
    table = SegmentTable(SEGMENT_FEATURES, values, magnitude, region, position)
    folder, recipe = tmp_path_factory.mktemp("models"), Recipe(hidden=(12, 8), n_steps=80)
    for kind in ("network", "extra_trees", "context"):
        trained = train_classifier(table, ClassBounds((8.0,)), kind, n_folds=2, recipe=recipe, n_trees=10)
        trained.model.save(folder / f"{kind}.npz")
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture(scope="session")
def network_model(models):
    """The model file of the networks."""
    return models["network"]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    """A checkpoint, as published ones are, of an untrained network of three features and two classes."""
    import torch

    torch.manual_seed(1)
    network = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.ReLU(), torch.nn.Linear(6, 2))
    path = tmp_path_factory.mktemp("checkpoint") / "net.pt"
    torch.save(network.state_dict(), path)
    return path


@pytest.fixture(scope="session")
def published_layer(qgis_app, shared_data):
    """The 591 segments of Graciosa et al. (2025) as a table, in the order of the study, and their features' names."""
    folder, rows = shared_data / "subduction", []
    for region in ("alu", "cam", "izu", "ker", "kur", "sam", "sum", "ryu"):
        path = folder / f"{region}.csv"
        if not path.is_file():
            pytest.skip(f"{path.name} may not be shipped and is not present")
        with open(path, newline="", encoding="utf-8") as stream:
            header, *cells = csv.reader(stream)
        rows += [
            [region, 50.0 * float(number), *(float(cell) if cell else None for cell in row)] for number, *row in cells
        ]
    fields = "".join(f"&field={name}:double" for name in ("s_km", *header[1:]))
    layer = QgsVectorLayer(f"None?field=region:string{fields}", "published segments", "memory")
    features = []
    for row in rows:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(row)
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    return layer, header[1:-1]


@pytest.fixture
def quick_training(less_training):
    """Small networks, few steps and few trees, in the tools that train."""
    with less_training():
        yield
