"""Layers of self-potential for the tests of the tools; all are synthetic."""

import numpy as np
import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsPointXY, QgsVectorLayer


@pytest.fixture
def point_layer(qgis_app):
    """Make a memory layer of points with fields: ``make(xy, crs="EPSG:32635", **columns)``."""

    def make(xy, crs="EPSG:32635", **columns):
        kinds = {
            name: "string" if any(isinstance(value, str) for value in values) else "double"
            for name, values in columns.items()
        }
        definition = "".join(f"&field={name}:{kind}" for name, kind in kinds.items())
        layer = QgsVectorLayer(f"Point?crs={crs}{definition}", "stations", "memory")
        features = []
        for (x, y), *values in zip(np.asarray(xy, dtype=float).tolist(), *columns.values()):
            feature = QgsFeature(layer.fields())
            feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(x, y)))
            feature.setAttributes([value if isinstance(value, (str, type(None))) else float(value) for value in values])
            features.append(feature)
        layer.dataProvider().addFeatures(features)
        return layer

    return make


@pytest.fixture
def line_layer(qgis_app):
    """Make a memory layer of lines: ``make({"name": wkt}, crs="EPSG:32635")``."""

    def make(lines, crs="EPSG:32635"):
        layer = QgsVectorLayer(f"LineString?crs={crs}&field=name:string", "lines", "memory")
        features = []
        for name, wkt in lines.items():
            feature = QgsFeature(layer.fields())
            feature.setGeometry(QgsGeometry.fromWkt(wkt))
            feature.setAttributes([name])
            features.append(feature)
        layer.dataProvider().addFeatures(features)
        return layer

    return make


@pytest.fixture
def columns():
    """Read numeric fields of a layer: ``columns(layer, "a", "b")`` gives one array each."""

    def read(layer, *names):
        rows = [[feature[name] for name in names] for feature in layer.getFeatures()]
        return [np.array([np.nan if not isinstance(v, (int, float)) else v for v in column]) for column in zip(*rows)]

    return read
