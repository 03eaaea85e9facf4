"""What the tools that apply a trained network take: the stations, the model and the background."""

from qgis.core import QgsProcessingParameterFile

from .inversion_parameters import BACKGROUNDS, add_background, add_stations
from .inversion_run import read_stations

_AS_TRAINED = "as_trained"
_BACKGROUND_HELP = (
    "as_trained: that of the training profiles. Any other enters the strength K, but the network's place, depth and "
    "angle know nothing of it."
)


def add_network_input(tool):
    """Add the stations with their fields, the model and the background."""
    add_stations(tool)
    tool.add(
        QgsProcessingParameterFile("MODEL", "Model", extension="npz"),
        "A model written by Train self-potential network.",
    )
    add_background(tool, (_AS_TRAINED, *BACKGROUNDS), _AS_TRAINED, _BACKGROUND_HELP)


def read_network_input(tool, parameters, context, feedback):
    """Return the :class:`SpNetwork`, the background (str) and the :class:`Survey` that the tool was given."""
    from ...algorithms.self_potential.network import SpNetwork

    model = SpNetwork.load(tool.parameterAsFile(parameters, "MODEL", context))
    background = tool.parameterAsEnumString(parameters, "BACKGROUND", context)
    background = model.setup.background if background == _AS_TRAINED else background
    return model, background, read_stations(tool, parameters, context, feedback)
