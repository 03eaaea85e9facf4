"""What the clustering tools tell their report about the samples."""

import numpy as np
import pytest
from qgis.core import QgsGeometry

from fumarole.processing_provider.clustering.clustering_report import report_context, sample_names
from fumarole.processing_provider.layers import AttributeTable, PointTable, fields_of


def table(*names):
    rows = [[f"S{row}" if row else None for _ in names] for row in range(3)]
    return AttributeTable(fields_of(*((name, "text") for name in names)), rows, [QgsGeometry()] * 3)


@pytest.mark.parametrize("names", [("As", "Sample ID"), ("NUMUNE", "As"), ("sample_id", "As")])
def test_samples_are_called_by_their_id(names):
    assert sample_names(table(*names)) == ("", "S1", "S2")


def test_without_an_id_they_have_no_name():
    assert sample_names(table("As", "B")) == ()


def test_the_map_gets_what_lies_on_it(fumarole, make_samples):
    from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProcessingContext

    tool = QgsApplication.processingRegistry().createAlgorithmById("fumarole:deep_embedded_clustering")
    crs = QgsCoordinateReferenceSystem("EPSG:32635")
    plain = table("Sample ID")
    points = PointTable(plain.fields, plain.attributes, plain.geometries, np.arange(6.0).reshape(3, 2), crs, ())
    hull = QgsGeometry.fromWkt("Polygon((0 0, 2 0, 2 2, 0 0))")
    parameters = {"INPUT": make_samples(3)}
    rows = [(hull, [1, 3, 0.1, None])]
    about = report_context(
        tool, parameters, QgsProcessingContext(), points, rows, None, points, [0, 2], [4.0, 5.5], 0.0
    )
    assert about.crs == "WGS 84 / UTM zone 35N (EPSG:32635)" and about.sample_ids == ("", "S1", "S2")
    assert about.hulls[0][0] == 1 and about.hulls[0][1].tolist() == [[0, 0], [2, 0], [2, 2], [0, 0]]
    assert about.boreholes is None and about.earthquakes.tolist() == [[0, 1], [4, 5]]
    assert about.magnitudes.tolist() == [4.0, 5.5]
