"""The truth table of a network of up to four binary inputs, and which Boolean function each unit computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import Cursor, Grid, Here, OpenView
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.drawing import Drawing
from tui_nn.render.sums import weighted_sum
from tui_nn.render.truth_table import TruthTable, TruthUnit, truth_table
from tui_nn.views.boolean import name_of
from tui_nn.views.subject import Subject
from tui_nn.views.truth_rows import MOST_INPUTS, TABLE, Answered


def _unsuited(subject: Subject) -> str:
    started = subject.started
    if started is None:
        return ""
    if started.inputs > MOST_INPUTS:
        return f"A truth table is for up to {MOST_INPUTS} inputs of two values each; here are {started.inputs}."
    if started.data is not None and started.data.binary is False:
        return "A truth table is for inputs of two values each; here some take more."
    return ""


def _ask(subject: Subject) -> Answered:
    """Raises Missing."""
    why = _unsuited(subject)
    if why:
        raise Missing(why)
    return subject.ask(TABLE)


def _shown_units(found: Answered) -> list[tuple[int, int]]:
    """(layer, unit), both from 0, of the layers that weigh their inputs."""
    return [
        (number, unit) for number, one in enumerate(found.passes) if one.theta is not None for unit in range(len(one.a))
    ]


def _unit(found: Answered, number: int, unit: int) -> TruthUnit:
    one = found.passes[number]
    on = one.a[unit] > found.thresholds[number]
    last = number == len(found.passes) - 1
    name = f"a{unit + 1}({number + 1})" if not last else "h" if len(one.a) == 1 else f"h{unit + 1}"
    short = name if last else f"{number + 1}.{unit + 1}"
    z, function = None if one.z is None else one.z[unit], name_of(on.tolist(), found.inputs)
    return TruthUnit(name, z, one.a[unit], on, function, short)


def _table(found: Answered) -> TruthTable:
    units = [_unit(found, *place) for place in _shown_units(found)]
    rows = [[f"{value:g}" for value in row] for row in found.rows]
    if found.predicted is not None:
        answers = [found.classes[label] for label in found.predicted]
        targets = ["" if one is None else found.classes[int(one)] for one in found.targets]
        right = [None if not target else answer == target for answer, target in zip(answers, targets, strict=True)]
    else:
        answers = [" ".join(f"{value:.3f}" for value in row) for row in found.outputs]
        targets = ["" if one is None else f"{one:g}" for one in found.targets]
        right = [None] * len(rows)
    return TruthTable(found.inputs, rows, units, answers, targets, right, _note(found))


def _note(found: Answered) -> str:
    """Above which a a unit counts as 1, layer by layer if they differ."""
    weighs = [number for number, one in enumerate(found.passes) if one.theta is not None]
    limits = [amount(found.thresholds[number], 3) for number in weighs]
    if len(set(limits)) <= 1:
        return f"1 where a > {limits[0]}" if limits else ""
    return "1 where " + ", ".join(f"a({number + 1}) > {limit}" for number, limit in zip(weighs, limits, strict=True))


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Every unit with its function, z and a; and the answers, row by row."""
    found = _ask(subject)
    table = _table(found)
    units = {}
    for (number, unit), one in zip(_shown_units(found), table.units, strict=True):
        units[f"{number + 1}.{unit + 1}"] = {
            "function": one.function,
            "of_before": found.of_before[number][unit] if found.of_before[number] else None,
            "above": found.thresholds[number],
            "z": None if one.z is None else one.z.tolist(),
            "a": one.a.tolist(),
        }
    return {
        "inputs": list(found.inputs),
        "rows": found.rows.tolist(),
        "units": units,
        "answers": list(table.answers),
        "targets": [one or None for one in table.targets],
        "right": list(table.right),
    }


def _places(subject: Subject, knobs: Knobs) -> Grid:  # noqa: ARG001
    found = _ask(subject)
    rows = ["".join(str(int(value == high)) for value, high in zip(row, found.rows[-1], strict=True))
            for row in found.rows]  # fmt: skip
    return Grid(rows, [f"{number + 1}.{unit + 1}" for number, unit in _shown_units(found)])


def _here(subject: Subject, knobs: Knobs) -> Here:
    """The sum of this unit for this row, and the function."""
    found = _ask(subject)
    row, column = knobs.at
    number, unit = _shown_units(found)[column]
    one, shown = found.passes[number], _unit(found, number, unit)
    composed = f" of the inputs, {found.of_before[number][unit]} of the layer before" if found.of_before[number] else ""
    says = f"{shown.name} = {amount(one.a[unit, row])}: {int(shown.on[row])}; {shown.function}{composed}"
    if one.z is not None and one.theta is not None:
        says = f"z{unit + 1}({number + 1}) = {weighted_sum(one.theta[unit], one.x[:, row])}; {says}"
    weighing = [place for place, layer in enumerate(found.passes) if layer.theta is not None]
    opened = OpenView("weights", Knobs(layer=weighing.index(number), at=(unit, 0)))
    return Here(says, opened, "its weights")


def _title(subject: Subject, knobs: Knobs) -> str:  # noqa: ARG001
    """What function the data ask for, where they are a function of two classes."""
    found = _ask(subject)
    asked: Sequence[float | None] = found.targets
    if len(found.classes) != 2 or None in asked:
        return "truth table"
    return f"truth table, wanted: {name_of([bool(one) for one in asked], found.inputs)}"


@view(asks=(TABLE,), numbers=_numbers, suits=_unsuited, title=_title, cursor=Cursor(_places, _here))
def truth(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """All combinations of up to four binary inputs: z and a of every unit, and the function it computes."""
    found = _ask(subject)
    if not _shown_units(found):
        raise Missing("No layer of this network weighs its inputs.")
    return truth_table(_table(found), *box, look, knobs.at if knobs.at in _places(subject, knobs) else None)
