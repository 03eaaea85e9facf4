"""Writing a prospect map: the picture, the project, and the data that the project needs beside it."""

from contextlib import contextmanager
from pathlib import Path

from qgis.core import QgsLayoutExporter, QgsProcessingException, QgsProcessingUtils

from ...algorithms.errors import DataError

MAP_FILTER = "JPEG picture (*.jpg);;PNG picture (*.png);;PDF document (*.pdf)"
_ENDINGS = (".jpg", ".jpeg", ".png", ".pdf")


def check_endings(map_path, project_path):
    """Raise a :class:`DataError` when a file name does not say a format that can be written."""
    if Path(map_path).suffix.lower() not in _ENDINGS:
        raise DataError(f"A map cannot be written as '{Path(map_path).name}'. End the name in .jpg, .png or .pdf.")
    if project_path and Path(project_path).suffix.lower() != ".qgz":
        raise DataError(f"A project cannot be written as '{Path(project_path).name}'. End the name in .qgz.")


@contextmanager
def data_beside(project_path, inputs):
    """Give the path of the GeoPackage for layers without a file; it is removed if the run fails.

    It is ``<project>_data.gpkg``, or a temporary file without a project. A file of that name that an input layer
    reads from is left alone and the next free number taken.
    """
    if not project_path:
        yield Path(QgsProcessingUtils.generateTempFilename("map_data.gpkg"))
        return
    project = Path(project_path)
    in_use = {item.path.resolve() for item in inputs}
    path, number = project.with_name(f"{project.stem}_data.gpkg"), 2
    while path.resolve() in in_use:
        path, number = project.with_name(f"{project.stem}_data_{number}.gpkg"), number + 1
    existed = path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path
    except OSError as error:
        raise QgsProcessingException(f"'{path.name}' cannot be written: {error.strerror or error}.") from error
    except BaseException:
        if not existed:
            path.unlink(missing_ok=True)
        raise


def export_map(layout, path, dpi):
    """Draw the layout into ``path`` (jpg, png or pdf by its ending), whole or not at all."""
    part = path.with_name(f"{path.stem}.part{path.suffix}")
    exporter = QgsLayoutExporter(layout)
    if path.suffix.lower() == ".pdf":
        settings = QgsLayoutExporter.PdfExportSettings()
        settings.dpi = dpi
        settings.exportMetadata = False
        result = exporter.exportToPdf(str(part), settings)
    else:
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = dpi
        settings.exportMetadata = False
        result = exporter.exportToImage(str(part), settings)
    try:
        if result != QgsLayoutExporter.ExportResult.Success:
            raise QgsProcessingException(_failure(result, exporter, path, dpi))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def save_project(project, path):
    """Write the project as ``.qgz``."""
    if not project.write(str(path)):
        raise QgsProcessingException(f"The project '{path.name}' cannot be written: {project.error()}")


def _failure(result, exporter, path, dpi):
    if result == QgsLayoutExporter.ExportResult.MemoryError:
        return f"There is not enough memory to draw '{path.name}' at {dpi} dpi. Choose a lower resolution."
    return (
        f"'{path.name}' cannot be written. Check that the folder exists, is writable, and that the file is not open "
        f"in another program. {exporter.errorMessage()}".strip()
    )
