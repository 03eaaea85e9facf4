"""What a chain of tools that ships as a model is made of."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Input:
    """An input of the chain, made from a tool's parameter: its kind, default and, unless given, its words.

    ``required`` inputs must be given even where the tool does not ask for them.
    """

    name: str
    tool: str
    parameter: str
    label: str = ""
    help: str = ""
    required: bool = False


@dataclass(frozen=True)
class Step:
    """A tool in the chain.

    Attributes
    ----------
    links : dict
        Parameter of the tool -> name of an input of the chain, or ``(step, output)`` of an earlier one.
    outputs : dict
        Name of a result of the chain -> (output of the tool, label).
    place : tuple of float
        Column and row in the drawing.
    values : dict
        Parameter of the tool -> value, where the tool's own default does not serve.
    """

    step: str
    tool: str
    title: str
    links: dict
    outputs: dict
    place: tuple
    values: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Chain:
    """A model to ship, in the group of the toolbox of that key."""

    model_id: str
    title: str
    summary: str
    inputs: tuple
    steps: tuple
    group_key: str = "clustering"
