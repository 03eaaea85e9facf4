"""PostGIS in and out, where a server is given: FUMAROLE_TEST_POSTGIS="dbname='test' host=... user=... password=..."."""

import os

import pytest
from qgis.core import QgsProcessingException, QgsProviderRegistry, QgsVectorLayer

SERVER = os.environ.get("FUMAROLE_TEST_POSTGIS", "")
TABLES = ("fumarole_samples", "fumarole_clusters", "fumarole_hulls", "fumarole_scores")

pytestmark = pytest.mark.skipif(not SERVER, reason="FUMAROLE_TEST_POSTGIS names no PostGIS server")


@pytest.fixture(scope="module")
def connection(qgis_app):
    """The database, without our tables before and after."""
    database = QgsProviderRegistry.instance().providerMetadata("postgres").createConnection(SERVER, {})

    def clear():
        for name in TABLES:
            database.executeSql(f'drop table if exists public."{name}"')
        if database.tableExists("public", "layer_styles"):
            database.executeSql("delete from public.layer_styles where f_table_name like 'fumarole_%'")

    clear()
    yield database
    clear()


def destination(name, geometry=" (geom)"):
    return f'postgres://{SERVER} table="public"."{name}"{geometry}'


def opened(name, geometry=" (geom)", sql=""):
    layer = QgsVectorLayer(f'{SERVER} table="public"."{name}"{geometry} sql={sql}', name, "postgres")
    assert layer.isValid()
    return layer


@pytest.fixture(scope="module")
def stored(connection, cluster, make_samples):
    """A table of 60 clustered samples with an ``id`` that repeats, written twice."""
    layer = make_samples(fields="&field=id:integer", values={"id": lambda row: row // 2})
    for _ in range(2):
        cluster(
            layer,
            OUTPUT=destination("fumarole_clusters"),
            HULLS=destination("fumarole_hulls"),
            SCORES=destination("fumarole_scores", ""),
        )


def test_tables_are_written_with_their_look(stored):
    samples, hulls = opened("fumarole_clusters"), opened("fumarole_hulls")
    assert samples.featureCount() == 60 and hulls.featureCount() == 3
    assert samples.renderer().type() == hulls.renderer().type() == "categorizedSymbol"
    assert samples.crs().authid() == "EPSG:32635" and {"id", "cluster", "z1"} <= set(samples.fields().names())
    assert opened("fumarole_scores", "").featureCount() == 3


def test_tables_are_read_with_their_filter(stored, cluster):
    layer = opened("fumarole_clusters", sql='"cluster" < 3')
    results = cluster(layer, N_CLUSTERS=2)
    assert results["N_SAMPLES"] == layer.featureCount() < 60
    assert "cluster_in" in results["OUTPUT"].fields().names()


def test_a_failed_run_leaves_no_table(connection, cluster, make_samples, tmp_path):
    (tmp_path / "a file").write_text("kept")
    report = str(tmp_path / "a file" / "report.html")
    with pytest.raises(QgsProcessingException, match="cannot be written"):
        cluster(make_samples(), OUTPUT=destination("fumarole_samples"), REPORT=report)
    assert not connection.tableExists("public", "fumarole_samples")


def test_a_failed_run_leaves_a_table_it_did_not_touch(stored, connection, cluster, make_samples):
    with pytest.raises(QgsProcessingException):
        cluster(make_samples(0), OUTPUT=destination("fumarole_clusters"))
    assert opened("fumarole_clusters").featureCount() == 60


def test_the_report_and_the_messages_do_not_tell_the_password(stored, cluster, tmp_path):
    report = tmp_path / "report.html"
    cluster(f'postgres://{SERVER} table="public"."fumarole_clusters" (geom)', REPORT=str(report))
    text = report.read_text(encoding="utf-8")
    assert "fumarole_clusters" in text and "password" not in text.split("plotly")[0]
    with pytest.raises(QgsProcessingException) as caught:
        nowhere = destination("fumarole_samples").replace("public", "no_such_schema")
        cluster(opened("fumarole_clusters"), OUTPUT=nowhere)
    assert "password" not in str(caught.value)
