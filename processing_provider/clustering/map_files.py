"""Writing a prospect map: the picture, the project, and the data that the project needs beside it."""

from contextlib import contextmanager
from pathlib import Path

from qgis.core import QgsLayoutExporter, QgsProcessingException, QgsProcessingUtils
from qgis.PyQt.QtCore import QSize

from ...algorithms.errors import DataError

MAP_FILTER = "JPEG picture (*.jpg);;PNG picture (*.png);;PDF document (*.pdf)"
_JPEG_QUALITY = 95  # of 100: letters stay sharp
_MM_PER_INCH = 25.4
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
    draw = _draw_pdf if path.suffix.lower() == ".pdf" else _draw_picture
    try:
        if not draw(QgsLayoutExporter(layout), part, dpi):
            raise QgsProcessingException(
                f"'{path.name}' cannot be written. Check that the folder exists and is writable, that the disk is not "
                f"full, and that there is enough memory for {dpi} dpi."
            )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def save_project(project, path):
    """Write the project as ``.qgz``."""
    if not project.write(str(path)):
        raise QgsProcessingException(f"The project '{path.name}' cannot be written: {project.error()}")


def _draw_pdf(exporter, path, dpi):
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.dpi = dpi
    settings.exportMetadata = False
    return exporter.exportToPdf(str(path), settings) == QgsLayoutExporter.ExportResult.Success


def _draw_picture(exporter, path, dpi):
    """Draw the page without the world file and the GDAL side files of QGIS's own picture export."""
    page = exporter.layout().pageCollection().page(0).pageSize()
    pixels_per_mm = dpi / _MM_PER_INCH
    size = QSize(round(page.width() * pixels_per_mm), round(page.height() * pixels_per_mm))
    picture = exporter.renderPageToImage(0, size, dpi)
    picture.setDotsPerMeterX(round(1000.0 * pixels_per_mm))
    picture.setDotsPerMeterY(round(1000.0 * pixels_per_mm))
    lossless = path.suffix.lower() == ".png"  # Qt takes a quality for how little to compress there
    return picture.save(str(path), quality=-1 if lossless else _JPEG_QUALITY)
