"""The project of a prospect map: layers that survive the session, grouped, styled, beside their data."""

from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsFields,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsProviderRegistry,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ..layers import require_projected

GROUPS = {"Results": ("CLUSTERS", "HULLS"), "Data": ("BOREHOLES", "EARTHQUAKES")}
DRAWING_ORDER = ("BOREHOLES", "CLUSTERS", "EARTHQUAKES", "HULLS")  # top first


@dataclass(frozen=True)
class MapInput:
    """One input layer of the map.

    Attributes
    ----------
    key : str
        Id of the tool's parameter.
    name : str
        Name in the project.
    layer : QgsVectorLayer
        As the user has it.
    source : QgsProcessingFeatureSource
        The features that are meant, all of the layer or fewer.
    is_part : bool
        Whether only a part of the layer was chosen (its selection, the first features, a filter).
    """

    key: str
    name: str
    layer: QgsVectorLayer
    source: QgsProcessingFeatureSource
    is_part: bool

    @property
    def path(self):
        """The file the layer reads from; for other providers a path that names no file."""
        parts = QgsProviderRegistry.instance().decodeUri(self.layer.providerType(), self.layer.source())
        return Path(parts.get("path") or "")

    @property
    def needs_copy(self):
        """Whether no file of its own, to be found again tomorrow, holds exactly these features."""
        fields = self.layer.fields()
        origins = {fields.fieldOrigin(position) for position in range(fields.count())}
        return bool(
            self.is_part
            or self.layer.providerType() != "ogr"
            or not self.path.is_file()
            or Path(QgsProcessingUtils.tempFolder()) in self.path.parents
            or self.layer.subsetString()
            or self.layer.vectorJoins()
            or self.layer.isModified()
            or QgsFields.FieldOrigin.OriginExpression in origins
        )


def map_input(key, name, value, layer, source):
    """Return the :class:`MapInput` of a parameter ``value`` that means ``source``, out of ``layer``.

    Raises
    ------
    DataError
        If the layer has no geometry or no coordinate system.
    """
    if layer.wkbType() == QgsWkbTypes.Type.NoGeometry:
        raise DataError(f"'{layer.name()}' has no geometry, so it cannot be drawn. Choose a layer with points.")
    if not layer.crs().isValid():
        raise DataError(
            f"'{layer.name()}' has no coordinate system. Set it in QGIS (layer menu: Set Layer CRS), then run again."
        )
    is_part = isinstance(value, QgsProcessingFeatureSourceDefinition) and (
        value.selectedFeaturesOnly or value.featureLimit >= 0 or bool(getattr(value, "filterExpression", ""))
    )
    return MapInput(key, name, layer, source, is_part)


def open_layers(inputs, data_file, transform_context):
    """Return, by key, layers of our own that read the files of ``inputs``.

    What lives in no file of its own (memory layers, filters, selections, joins, databases) is written into the
    GeoPackage ``data_file`` first.

    Raises
    ------
    QgsProcessingException
        If that GeoPackage cannot be written.
    """
    layers, is_begun = {}, False
    for item in inputs:
        source = item.layer.source()
        if item.needs_copy:
            _copy(item, data_file, is_begun, transform_context)
            is_begun, source = True, f"{data_file}|layername={item.key.lower()}"
        layer = QgsVectorLayer(source, item.name, "ogr")
        if not layer.isValid():
            raise QgsProcessingException(f"'{item.layer.name()}' could not be opened again from {source}.")
        if not layer.crs().isValid() or item.layer.crs() != layer.crs():
            layer.setCrs(item.layer.crs())
        layers[item.key] = layer
    return layers


def new_project(layers, crs, extent, title, transform_context):
    """Return a project with the layers in groups, opening on ``extent``."""
    project = QgsProject()
    project.setTransformContext(transform_context)
    project.setCrs(crs)
    project.setTitle(title)
    project.setFilePathStorage(Qgis.FilePathType.Relative)
    project.addMapLayers([layers[key] for key in DRAWING_ORDER if key in layers], False)
    root = project.layerTreeRoot()
    for name, keys in GROUPS.items():
        members = [layers[key] for key in keys if key in layers]
        if members:
            group = root.addGroup(name)
            for layer in members:
                group.addLayer(layer)
    root.setHasCustomLayerOrder(True)
    root.setCustomLayerOrder([layers[key] for key in DRAWING_ORDER if key in layers])
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, crs))
    return project


def common_extent(layers, crs, transform_context):
    """Return the rectangle in ``crs`` that holds all features of ``layers``.

    Raises
    ------
    DataError
        If there is no feature with a geometry, or a layer lies outside the reach of ``crs``.
    """
    whole = QgsRectangle()
    whole.setMinimal()
    for layer in layers:
        extent = layer.extent()
        if extent.isNull() and layer.featureCount() == 0 or not extent.isFinite():
            continue
        transform = QgsCoordinateTransform(layer.crs(), crs, transform_context)
        try:
            whole.combineExtentWith(transform.transformBoundingBox(extent))
        except QgsCsException as error:
            raise DataError(
                f"'{layer.name()}' lies outside the reach of {crs.authid()}. Choose another coordinate system."
            ) from error
    if whole.xMinimum() > whole.xMaximum() or not whole.isFinite():
        raise DataError("The samples hold no positions, so there is nothing to draw. Check the filter and selection.")
    return whole


def map_crs(asked, samples, transform_context):
    """Return the coordinate system of the map and a sentence that names it.

    It is the one ``asked`` for, else that of the samples, else (samples in degrees) the UTM zone of their middle.

    Raises
    ------
    DataError
        If the one asked for is in degrees.
    """
    if asked.isValid():
        require_projected(asked, "the grid and the scale bar")
        return asked, f"The map is drawn in {asked.description()} ({asked.authid()})."
    if not samples.crs().isGeographic():
        return samples.crs(), f"The map is drawn in {samples.crs().description()}, as the samples are."
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    middle = common_extent([samples], degrees, transform_context).center()
    zone = min(int((middle.x() + 180.0) // 6.0) + 1, 60)
    crs = QgsCoordinateReferenceSystem(f"EPSG:{32600 + zone if middle.y() >= 0.0 else 32700 + zone}")
    return crs, f"The samples are in degrees; the map is drawn in their zone, {crs.description()} ({crs.authid()})."


def _copy(item, data_file, into_existing, transform_context):
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = item.key.lower()
    actions = QgsVectorFileWriter.ActionOnExistingFile
    options.actionOnExistingFile = actions.CreateOrOverwriteLayer if into_existing else actions.CreateOrOverwriteFile
    if "fid" in (name.lower() for name in item.source.fields().names()):
        options.layerOptions = ["FID=feature_no"]  # a column of the user may be called fid without being unique
    copy = item.source.materialize(QgsFeatureRequest())
    error, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(copy, str(data_file), transform_context, options)
    if error != QgsVectorFileWriter.WriterError.NoError:
        raise QgsProcessingException(f"'{item.layer.name()}' could not be copied into {data_file.name}: {message}")
