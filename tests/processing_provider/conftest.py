"""Seeded synthetic samples and quick runs, shared by the tests of the tools."""

from dataclasses import replace

import numpy as np
import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsPointXY, QgsProcessingFeedback, QgsVectorLayer

FEATURES = ("As_ppm", "B_ppm", "Li_ppm", "Cl_ppm", "Mg_ppm")
POPULATIONS = 3


class Recorder(QgsProcessingFeedback):
    """Keeps what a tool says; with ``cancel_at`` presses Cancel at that report of progress."""

    def __init__(self, cancel_at=None):
        super().__init__(False)
        self.infos, self.warnings, self.errors, self.steps = [], [], [], []
        self._cancel_at = cancel_at

    def pushInfo(self, text):  # noqa: N802
        self.infos.append(text)

    def pushWarning(self, text):  # noqa: N802
        self.warnings.append(text)

    def reportError(self, text, fatal=False):  # noqa: N802
        self.errors.append(text)

    def setProgress(self, percent):  # noqa: N802
        self.steps.append(percent)
        if len(self.steps) == self._cancel_at:
            self.cancel()


@pytest.fixture(scope="module")
def briefly_trained():
    """Few steps of training in the tests of a module, for rasters whose regions are easy to tell apart."""
    from fumarole.algorithms.clustering import distillation, ensemble

    with pytest.MonkeyPatch.context() as patch:
        for name, effort in ensemble.EFFORTS.items():
            patch.setitem(ensemble.EFFORTS, name, replace(effort, pretrain_steps=60, refine_steps=40))
        patch.setattr(distillation, "_STEPS", 400)
        yield


@pytest.fixture(scope="session")
def recorder():
    """Makes a feedback that keeps what it is told."""
    return Recorder


@pytest.fixture(scope="session")
def make_samples(qgis_app):
    """Make a memory layer of samples from three populations, beside each other from west to east.

    ``fields`` is more of the layer's address, such as ``"&field=name:string"``; ``values`` gives what these fields
    hold, or replaces a feature, as ``{name: callable(row)}``; ``wkt`` makes other geometries from ``{x}`` and ``{y}``.
    """

    def make(count=60, kind="Point", crs="EPSG:32635", fields="", values=None, wkt="Point({x} {y})", names=FEATURES):
        rng = np.random.default_rng(7)
        address = f"{kind}?crs={crs}" + "".join(f"&field={name}:double" for name in names) + fields
        layer = QgsVectorLayer(address, "samples", "memory")
        logarithms = rng.normal(0, 1.5, (POPULATIONS, len(names)))
        features = []
        for row in range(count):
            population = row % POPULATIONS
            cells = np.exp(2 + logarithms[population] + rng.normal(0, 0.3, len(names))).tolist()
            easting, northing = (650_000 + 5000 * population, 4_330_000) + rng.normal(0, 900, 2)
            feature = QgsFeature(layer.fields())
            feature.setAttributes(cells + [None] * (len(layer.fields()) - len(names)))
            for name, value_of in (values or {}).items():
                feature.setAttribute(name, value_of(row))
            if kind != "None" and wkt:
                feature.setGeometry(QgsGeometry.fromWkt(wkt.format(x=easting, y=northing)))
            features.append(feature)
        assert layer.dataProvider().addFeatures(features)[0], layer.dataProvider().errors()
        return layer

    return make


@pytest.fixture(scope="session")
def make_events(qgis_app):
    """Make a memory layer of 20 earthquakes or boreholes with the fields of an address and one value each."""

    def make(fields="&field=ML:double", value_of=lambda row: 3.0 + row % 3, crs="EPSG:32635"):
        layer = QgsVectorLayer(f"Point?crs={crs}{fields}", "events", "memory")
        features = []
        for row in range(20):
            feature = QgsFeature(layer.fields())
            feature.setAttributes([value_of(row)] + [None] * (len(layer.fields()) - 1))
            feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(650_000 + 400 * row, 4_331_000)))
            features.append(feature)
        layer.dataProvider().addFeatures(features)
        return layer

    return make


@pytest.fixture(scope="session")
def cluster(fumarole):
    """Run ``deep_embedded_clustering`` quickly with three clusters into memory, unless told otherwise."""
    import processing

    def run(layer, feedback=None, context=None, **changes):
        parameters = {"INPUT": layer, "N_CLUSTERS": POPULATIONS, "EFFORT": "quick", "OUTPUT": "memory:", **changes}
        return processing.run("fumarole:deep_embedded_clustering", parameters, feedback=feedback, context=context)

    return run
