"""Write ``processing_provider/models/``: the chains that ship with the plugin, built from the tools' own definitions.

Run as ``make docs``; a test fails when a file is not what this script would write. Labels, helps, choices and defaults
are taken from the tools, so that a chain follows them.
"""

import sys
from xml.etree import ElementTree

from qgis.core import (
    QgsApplication,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterDefinition,
)
from qgis.PyQt.QtCore import QPointF, QSizeF

from ..processing_provider.provider_groups import GROUPS
from ..processing_provider.shipped_model import MODELS
from .chain import Chain, Input, Step
from .raster_chains import RASTER_CHAINS
from .self_potential_chains import SELF_POTENTIAL_CHAINS
from .subduction_chains import SUBDUCTION_CHAINS

_BOX = QSizeF(230.0, 40.0)
_COLUMN, _ROW = 300.0, 70.0  # steps of the drawing in the graphical modeler, pixels


_SAMPLES_FILE = Input(
    "SAMPLES_FILE",
    "import_samples",
    "INPUT",
    "Spreadsheet of samples",
    "Workbook or text file with one sample per row or per column.",
)
_BOREHOLES_FILE = Input(
    "BOREHOLES_FILE",
    "import_samples",
    "INPUT",
    "Spreadsheet of boreholes",
    "Workbook or text file with the position of each borehole.",
)
_EARTHQUAKES_FILE = Input(
    "EARTHQUAKES_FILE",
    "import_samples",
    "INPUT",
    "Spreadsheet of earthquakes",
    "Workbook or text file with position and magnitude of each earthquake.",
)
_BOREHOLES = Input("BOREHOLES", "deep_embedded_clustering", "BOREHOLES")
_EARTHQUAKES = Input("EARTHQUAKES", "deep_embedded_clustering", "EARTHQUAKES")
_CHOICES = (
    Input(
        "GRID_ZONE",
        "import_samples",
        "GRID_ZONE",
        help="UTM zone and latitude band, such as 35S. Empty: WGS 84 for degrees, 35S for metres.",
    ),
    Input("TARGET_CRS", "deep_embedded_clustering", "TARGET_CRS"),
    Input("N_CLUSTERS", "deep_embedded_clustering", "N_CLUSTERS"),
    Input("EFFORT", "deep_embedded_clustering", "EFFORT"),
    Input("MIN_MAGNITUDE", "deep_embedded_clustering", "MIN_MAGNITUDE"),
    Input("SEED", "deep_embedded_clustering", "SEED"),
    Input("TITLE", "prospect_map", "TITLE", "Title of the map"),
    Input("SUBTITLE", "prospect_map", "SUBTITLE", "Subtitle of the map"),
)
_STEPS_TEXT = (
    "The tools <i>Import samples</i>, <i>Deep embedded clustering</i>, <i>Cluster hulls</i> and <i>Prospect map</i> in "
    "one run, with the choices that matter most; the others stay at their defaults."
)
_CHANGE_TEXT = (
    "<p><b>To change the chain</b>, open its file in the graphical modeler (folder <i>processing_provider/models</i> "
    "of the plugin) and save it under another name.</p>"
)


def _import(step, title, file, row):
    links = {"INPUT": file, "GRID_ZONE": "GRID_ZONE", "TARGET_CRS": "TARGET_CRS"}
    return Step(step, "import_samples", title, links, {}, (1, row))


def _steps(imports, boreholes, earthquakes):
    """Return the chain after ``imports``, with boreholes and earthquakes from where ``links`` of a step may point."""
    clustering = Step(
        "clustering",
        "deep_embedded_clustering",
        "Cluster the samples",
        {
            "INPUT": ("samples", "OUTPUT"),
            "BOREHOLES": boreholes,
            "EARTHQUAKES": earthquakes,
            **{name: name for name in ("TARGET_CRS", "N_CLUSTERS", "EFFORT", "MIN_MAGNITUDE", "SEED")},
        },
        {
            "samples": ("OUTPUT", "Clustered samples"),
            "boreholes": ("BOREHOLES_OUTPUT", "Boreholes on the map"),
            "earthquakes": ("EARTHQUAKES_OUTPUT", "Earthquakes on the map"),
            "model": ("MODEL", "Model"),
            "report": ("REPORT", "Report"),
        },
        (2, 1),
    )
    hulls = Step(
        "hulls",
        "cluster_hulls",
        "Draw the hulls",
        {"INPUT": ("clustering", "OUTPUT"), "TARGET_CRS": "TARGET_CRS"},
        {"hulls": ("OUTPUT", "Cluster hulls")},
        (2, 7),
    )
    page = Step(
        "map",
        "prospect_map",
        "Lay out the map",
        {
            "CLUSTERS": ("clustering", "OUTPUT"),
            "HULLS": ("hulls", "OUTPUT"),
            "BOREHOLES": ("clustering", "BOREHOLES_OUTPUT"),
            "EARTHQUAKES": ("clustering", "EARTHQUAKES_OUTPUT"),
            "TITLE": "TITLE",
            "SUBTITLE": "SUBTITLE",
        },
        {"map": ("MAP", "Map"), "project": ("PROJECT", "Project")},
        (2, 9),
    )
    return (*imports, clustering, hulls, page)


_IMPORT_SAMPLES = _import("samples", "Import the samples", "SAMPLES_FILE", 1)
CHAINS = (
    *RASTER_CHAINS,
    Chain(
        "prospect_from_samples",
        "Prospect from samples",
        f"<p>From one spreadsheet of samples to clusters, hulls, report and map. {_STEPS_TEXT}</p>"
        "<p><b>Boreholes and earthquakes</b> are layers here, and may be left out. If you have them as spreadsheets, "
        f"use <i>Prospect from spreadsheets</i>.</p>{_CHANGE_TEXT}",
        (_SAMPLES_FILE, _BOREHOLES, _EARTHQUAKES, *_CHOICES),
        _steps((_IMPORT_SAMPLES,), "BOREHOLES", "EARTHQUAKES"),
    ),
    Chain(
        "prospect_from_spreadsheets",
        "Prospect from spreadsheets",
        "<p>From three spreadsheets (samples, boreholes, earthquakes) to clusters, hulls, report and map. "
        f"{_STEPS_TEXT}</p>"
        "<p><b>All three</b> are needed, with positions in the same grid zone. Without boreholes or earthquakes, or "
        f"with layers of them, use <i>Prospect from samples</i>.</p>{_CHANGE_TEXT}",
        (_SAMPLES_FILE, _BOREHOLES_FILE, _EARTHQUAKES_FILE, *_CHOICES),
        _steps(
            (
                _IMPORT_SAMPLES,
                _import("boreholes", "Import the boreholes", "BOREHOLES_FILE", 3),
                _import("earthquakes", "Import the earthquakes", "EARTHQUAKES_FILE", 5),
            ),
            ("boreholes", "OUTPUT"),
            ("earthquakes", "OUTPUT"),
        ),
    ),
    *SUBDUCTION_CHAINS,
    *SELF_POTENTIAL_CHAINS,
)


def build(chain):
    """Return the chain as a model of QGIS."""
    model = QgsProcessingModelAlgorithm()
    model.setName(chain.title)
    model.setGroup(GROUPS[chain.group_key])
    texts = {"ALG_DESC": chain.summary}
    for row, entry in enumerate(chain.inputs):
        parameter = _tool(entry.tool).parameterDefinition(entry.parameter).clone()
        parameter.setName(entry.name)
        parameter.setDescription(entry.label or parameter.description())
        parameter.setHelp(entry.help or parameter.help())
        if entry.required:
            parameter.setFlags(parameter.flags() & ~QgsProcessingParameterDefinition.Flag.FlagOptional)
        model.addModelParameter(parameter, _placed(QgsProcessingModelParameter(entry.name), 0, row))
        texts[entry.name] = parameter.help()
    for step in chain.steps:
        model.addChildAlgorithm(_child(step))
        for name, (output, _) in step.outputs.items():
            texts[f"{step.step}:{name}"] = _tool(step.tool).parameterDefinition(output).help()
    model.setParameterOrder([entry.name for entry in chain.inputs])
    model.setHelpContent(texts)
    model.updateDestinationParameters()
    return model


def _child(step):
    """Return one step: its links, the tool's own defaults for the rest, and its results."""
    child = QgsProcessingModelChildAlgorithm(f"fumarole:{step.tool}")
    child.setChildId(step.step)
    child.setDescription(step.title)
    _placed(child, *step.place)
    for parameter in _tool(step.tool).parameterDefinitions():
        source = _source(step, parameter)
        if source is not None:
            child.addParameterSources(parameter.name(), [source])
    outputs = {}
    for row, (name, (output, label)) in enumerate(step.outputs.items()):
        result = QgsProcessingModelOutput(name, label)
        result.setChildId(step.step)
        result.setChildOutputName(output)
        outputs[name] = _placed(result, step.place[0] + 1, step.place[1] + row)
    child.setModelOutputs(outputs)
    return child


def _source(step, parameter):
    kind, link = QgsProcessingModelChildParameterSource, step.links.get(parameter.name())
    if parameter.name() in step.values:
        return kind.fromStaticValue(step.values[parameter.name()])
    if isinstance(link, tuple):
        return kind.fromChildOutput(*link)
    if link:
        return kind.fromModelParameter(link)
    if parameter.isDestination() or parameter.defaultValue() in (None, ""):
        return None
    return kind.fromStaticValue(parameter.defaultValue())


def _placed(component, column, row):
    component.setPosition(QPointF(150.0 + column * _COLUMN, 50.0 + row * _ROW))
    component.setSize(_BOX)
    return component


def write(chain, path):
    """Write the chain as a file of QGIS, always with the same bytes (QGIS shuffles the attributes of XML)."""
    build(chain).toFile(str(path))
    path.write_text("<!DOCTYPE model>\n" + ElementTree.canonicalize(from_file=str(path)) + "\n", encoding="utf-8")


def _tool(tool_id):
    return QgsApplication.processingRegistry().algorithmById(f"fumarole:{tool_id}")


def main():
    """Write the files."""
    from .headless import fumarole_provider

    with fumarole_provider():
        for chain in CHAINS:
            write(chain, MODELS / f"{chain.model_id}.model3")
    print(f"{MODELS.name}: {', '.join(chain.model_id for chain in CHAINS)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
