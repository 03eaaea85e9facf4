"""Seeded synthetic segments, shared by the tests of the subduction tools."""

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
