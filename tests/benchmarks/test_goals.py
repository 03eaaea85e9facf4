"""Goals are measured part by part, told at once, and stand in one table."""

from fumarole.benchmarks.lib.goals import Goal, markdown, measure_parts


def test_only_the_chosen_parts_are_measured_and_told(capsys):
    parts = {name: lambda value, name=name: iter([Goal(name, ">= 1", str(value), value >= 1)]) for name in "abc"}
    goals = measure_parts(parts, "c,a", 2)
    assert [goal.measured for goal in goals] == ["c", "a"]
    assert capsys.readouterr().err == "c: 2\na: 2\n"


def test_a_missed_goal_stands_out():
    table = markdown([Goal("speed", "< 1 s", "2 s", False, "peer 3 s"), Goal("size", "", "5 kB", None)])
    assert "| speed    | < 1 s | 2 s    | **no** | peer 3 s  |" in table and "| size     |       | 5 kB   |        |" in table
