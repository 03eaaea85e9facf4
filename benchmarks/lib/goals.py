"""Goals and what was measured against them, as one table."""

import sys
from dataclasses import dataclass

HEADER = ("measured", "goal", "result", "met", "beside us")


@dataclass(frozen=True)
class Goal:
    """One line of the table.

    Attributes
    ----------
    measured : str
        What was measured and on what.
    goal : str
        The number asked for, such as ``"<= 1/4"``.
    result : str
    met : bool or None
        None when there is no goal, or when it was not measured; ``result`` then says why.
    beside : str
        What other programs give in the same run.
    """

    measured: str
    goal: str
    result: str
    met: object
    beside: str = ""


def measure_parts(parts, chosen, *arguments):
    """Return the goals of the ``chosen`` parts, comma-separated, and tell each on stderr as soon as it is measured.

    ``parts`` are generators of goals by name, which take ``arguments``.
    """
    goals = []
    for part in chosen.split(","):
        for goal in parts[part](*arguments):
            print(f"{goal.measured}: {goal.result}", file=sys.stderr, flush=True)
            goals.append(goal)
    return goals


def markdown(goals):
    """Return the goals as a Markdown table whose columns line up."""
    rows = [HEADER, *((g.measured, g.goal, g.result, _met(g), g.beside) for g in goals)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _met(goal):
    if goal.met is None:
        return "not measured" if goal.goal else ""
    return "yes" if goal.met else "**no**"
