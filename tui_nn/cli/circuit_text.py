"""What `tui-nn circuit` prints: the drawing, its steps, paths, tables, and the numbers as JSON."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.text import Text

    from tui_nn.graph.circuits import Evaluation
    from tui_nn.render import Look


def title(evaluation: Evaluation) -> str:
    given = ", ".join(f"{name} = {value:g}" for name, value in evaluation.inputs.items())
    return f"{evaluation.circuit.title}    at {given}"


def echo(text: str | Text, look: Look) -> None:
    from tui_nn.cli.drawing import draw

    if isinstance(text, str):
        click.echo(text)
    else:
        draw(text, look)


def draw_circuit(evaluation: Evaluation, columns: int, look: Look, step: int | None) -> None:
    from tui_nn.graph.circuits import steps
    from tui_nn.render import CircuitPicture, circuit_legend

    taken = steps(evaluation)[:step] if step else []
    selected = taken[-1].gate if taken else None
    picture = CircuitPicture(evaluation, look, width=columns, done=step, selected=selected)
    click.echo()
    if picture.width > columns:
        click.echo(
            f"The drawing needs {picture.width} columns, and {columns} are available; use --width {picture.width}.\n"
        )
        if step is not None:
            return
    else:
        echo(picture.window(0, 0, picture.width, picture.height), look)
        click.echo()
        echo(circuit_legend(look), look)
        click.echo()


def explain(evaluation: Evaluation, step: int) -> None:
    from tui_nn.graph.circuits import steps

    every = steps(evaluation)
    if not every or step == 0:
        click.echo(f"step 0 of {len(every)}: only the inputs are known")
        return
    now = every[min(step, len(every)) - 1]
    click.echo(f"step {min(step, len(every))} of {len(every)}, {now.phase}")
    for line in now.lines:
        click.echo(f"  {line}")
    if now.phase == "backward":
        click.echo(f"  {now.pattern}")
    if now.remark:
        click.echo(f"  {now.remark}")


def ways(evaluation: Evaluation, name: str) -> None:
    """The gradient as a sum over all ways from the input to the output, and both modes gate by gate."""
    from tui_nn.cli.table import table
    from tui_nn.graph.circuits import mode_header, mode_rows, number, paths, true_sides
    from tui_nn.graph.circuits.evaluate import MOST_PATHS

    gates = evaluation.circuit.gates
    f = gates[-1].name
    found = paths(evaluation, name)
    for way in found:
        visited = [gates[gate].name for gate, _ in way if gates[gate].operation != "branch"]
        slopes = [slope for gate, slope in way if gates[gate].operation != "branch"]
        result = number(math.prod(slopes))
        (product,) = true_sides(partial(_product, slopes), result)
        click.echo(f"{' -> '.join([name, *visited])}: {product} = {result}")
    if len(found) == MOST_PATHS:
        click.echo(f"... and more than {MOST_PATHS} paths")
    click.echo(f"d{f}/d{name} = {number(evaluation.gradient(name), 4)}, the sum over these paths\n")
    click.echo(table(mode_header(evaluation, name), mode_rows(evaluation, name)))


def _product(factors: Sequence[float], digits: int) -> list[str]:
    from tui_nn.graph.circuits import number

    return [" * ".join(f"({number(one, digits)})" if one < 0 else number(one, digits) for one in factors)]


def report(evaluation: Evaluation) -> None:
    """The result, the gates with what each does to a gradient, and what both modes cost."""
    from tui_nn.cli.table import table
    from tui_nn.graph.circuits import COST_HEADER, cost_rows, gate_header, gate_rows, number, remark

    circuit = evaluation.circuit
    f = circuit.gates[-1].name
    pairs = [f"d{f}/d{name} = {number(evaluation.gradient(name), 4)}" for name in circuit.inputs]
    click.echo(f"{f} = {number(evaluation.output, 4)}    {'   '.join(pairs)}\n")
    rows = gate_rows(evaluation)
    if rows:
        click.echo(table(gate_header(evaluation), rows))
        remarks = [(gate.name, remark(evaluation, index)) for index, gate in enumerate(circuit.gates)]
        for name, said in remarks:
            if said:
                click.echo(f"{name}: {said}")
        click.echo()
    click.echo(table(COST_HEADER, cost_rows(evaluation)))
    click.echo("Forward mode sweeps once for each input, reverse mode once for each output.")


def write_svg(path: Path, evaluation: Evaluation, step: int | None, look: Look) -> None:
    from tui_nn.errors import refused_by_disk
    from tui_nn.render import CircuitPicture, to_svg

    picture = CircuitPicture(evaluation, look, done=step)
    text = picture.window(0, 0, picture.width, picture.height)
    with refused_by_disk(path):
        path.write_text(to_svg(text, title(evaluation)), "utf-8")
    click.echo(str(path))


def numbers(evaluation: Evaluation) -> Mapping[str, Any]:
    """What the drawing is made from. A slope that is infinite or undefined is null, for JSON knows no such numbers."""
    from dataclasses import asdict

    from tui_nn.graph.circuits import Constant, forward_mode, remark, reverse_mode
    from tui_nn.graph.circuits.steps import label, pattern

    def finite(value: float) -> float | None:
        return value if math.isfinite(value) else None

    circuit = evaluation.circuit
    gates = [
        {
            "name": gate.name,
            "operation": gate.operation,
            "label": label(circuit, index),
            "column": gate.column,
            "operands": [
                {"constant": one.value} if isinstance(one, Constant) else {"gate": one} for one in gate.operands
            ],
            "value": evaluation.values[index],
            "gradient": finite(evaluation.gradients[index]),
            "local_gradients": [finite(slope) for slope in evaluation.slopes[index]],
            "passed_back": [finite(part) for part in evaluation.edges[index]],
            "pattern": pattern(circuit, index),
            "remark": remark(evaluation, index),
        }
        for index, gate in enumerate(circuit.gates)
    ]
    return {
        "expression": circuit.expression,
        "inputs": dict(evaluation.inputs),
        "value": evaluation.output,
        "gradients": {name: finite(evaluation.gradient(name)) for name in circuit.inputs},
        "gates": gates,
        "forward_mode": asdict(forward_mode(evaluation, circuit.inputs)[1]),
        "reverse_mode": asdict(reverse_mode(evaluation, circuit.inputs)[1]),
    }
