"""`tui-nn circuit`: an expression as gates, with the values that flow forward and the gradients that flow back."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tui_nn.cli.streams import no_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.text import Text

    from tui_nn.graph.circuits import Circuit, Evaluation
    from tui_nn.render import Look


STARTER = "sum-times-z"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("expression", required=False)
@click.argument("inputs", nargs=-1, metavar="[NAME=VALUE]...")
@click.option(
    "--file",
    "source",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Read the expression, of one line or several, from this file; - is standard input.",
)
@click.option("--list", "listing", is_flag=True, help="List the bundled circuits.")
@click.option(
    "--fold/--unfold", "folded", default=None, help="Draw sigmoid, softplus and relu as one gate each, or in parts."
)
@click.option("--step", type=click.IntRange(0), metavar="N", help="Show only the first N steps, forward then backward.")
@click.option("--wrt", metavar="NAME", help="Show the gradient of this input, path by path.")
@click.option("--code", "as_code", is_flag=True, help="Print the circuit as a Python program, forward and backward.")
@click.option("--open", "opened", is_flag=True, help="Open the circuit as a screen: step, change inputs, fold.")
@click.option("--width", type=click.IntRange(10, 10000), help="Width in columns; by default the terminal's, or 100.")
@click.option("--plain", is_flag=True, help="No colours.")
@click.option("--json", "as_json", is_flag=True, help="Print all numbers as JSON.")
@click.option("--svg", type=click.Path(path_type=Path), help="Write the drawing to this file as SVG.")
def command(
    expression: str | None,
    inputs: tuple[str, ...],
    source: Path | None,
    listing: bool,
    folded: bool | None,
    step: int | None,
    wrt: str | None,
    as_code: bool,
    opened: bool,
    width: int | None,
    plain: bool,
    as_json: bool,
    svg: Path | None,
) -> None:
    """Draw EXPRESSION, or a bundled circuit: `tui-nn circuit '(x + y) * z' x=-2 y=5 z=-4`.

    Above each wire is the value that flows forward, below it the gradient of the result that flows back. Use
    numbers, names, + - * / ^ and max, min, exp, log, sqrt, abs, sin, cos, tan, tanh, s (sigmoid), softplus, relu,
    square; name parts as in 'q = x + y; q * z', or each on a line of its own.
    """
    from tui_nn.errors import ExperimentError

    if listing:
        _list()
        return
    if source is not None:
        inputs = inputs if expression is None else (expression, *inputs)
        expression = _read(source)
    if as_code:
        others = {"--step": step, "--wrt": wrt, "--json": as_json, "--svg": svg, "--open": opened}
        for option, given in others.items():
            if given is not None and given is not False:
                raise ExperimentError(f"--code prints the whole program and nothing else; remove {option}.")
    if opened:
        _open(expression, inputs, folded)
    if expression is None:
        raise ExperimentError("expected an expression, such as '(x + y) * z' x=-2 y=5 z=-4, or a name from --list.")
    circuit, evaluation = _evaluated(expression, inputs, folded)
    if wrt is not None and wrt not in circuit.inputs:
        from tui_nn.errors import did_you_mean

        raise ExperimentError(f"--wrt {wrt}: the expression has no such input.{did_you_mean(wrt, circuit.inputs)}")
    if as_json:
        click.echo(json.dumps(_numbers(evaluation), indent=2))
        return
    from tui_nn.render import Look, circuit_code

    look = Look("truecolor") if svg else Look.detect(os.environ, sys.stdout.isatty() and not plain)
    columns = width or (shutil.get_terminal_size().columns if sys.stdout.isatty() else 100)
    if svg is not None:
        _write_svg(svg, evaluation, step, look)
        return
    if as_code:
        _echo(circuit_code(evaluation, look)[0], look)
        return
    _echo(_title(evaluation), look)
    _draw(evaluation, columns, look, step)
    if step is not None:
        _explain(evaluation, step)
    elif wrt is not None:
        _ways(evaluation, wrt)
    else:
        _report(evaluation)


def _read(source: Path) -> str:
    """The expression in a file, however many lines it has. One that is too long is left to the parser to refuse."""
    from tui_nn.errors import ExperimentError
    from tui_nn.files import read_bytes
    from tui_nn.graph.circuits.parse import LONGEST

    try:
        if str(source) == "-":
            written = sys.stdin.buffer.read(4 * LONGEST)
        else:
            written = read_bytes(source, 4 * LONGEST, links=True)
        text = written.decode("utf-8-sig")
    except OSError as error:
        raise ExperimentError(f"{source}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ExperimentError(f"{source} is not text in UTF-8.") from None
    if not text.strip():
        raise ExperimentError(f"{source} is empty; expected an expression, such as (x + y) * z.")
    return text.strip("\r\n")


def _evaluated(expression: str, inputs: Sequence[str], folded: bool | None) -> tuple[Circuit, Evaluation]:
    from tui_nn.graph.circuits import bundled, evaluate, fold, parse, unfold

    known = bundled(expression)
    if known is None:
        _refuse_near_miss(expression)
    circuit = parse(known.expression if known else expression)
    if folded is not None:
        circuit = fold(circuit) if folded else unfold(circuit)
    return circuit, evaluate(circuit, {**(known.inputs if known else {}), **_values(inputs)})


def _values(inputs: Sequence[str]) -> dict[str, float]:
    from tui_nn.errors import ExperimentError, did_you_mean
    from tui_nn.graph.circuits import parse_number

    values = {}
    for text in inputs:
        if text.startswith("--"):
            options = [option for one in command.params for option in one.opts if option.startswith("--")]
            raise ExperimentError(f"no such option: {text}.{did_you_mean(text, options)}")
        name, equals, value = text.partition("=")
        if not equals:
            raise ExperimentError(f"'{text}' is not an input; expected NAME=VALUE, such as x=-2. Quote the expression.")
        values[name.strip()] = parse_number(value)
    return values


def _refuse_near_miss(expression: str) -> None:
    """`sigmoid-neurom` is a difference of two names as well; most likely it is a misspelt circuit."""
    import difflib

    from tui_nn.errors import ExperimentError
    from tui_nn.graph.circuits import BUNDLED

    if expression.startswith("--"):
        _values([expression])
    nearest = difflib.get_close_matches(expression, [one.name for one in BUNDLED], n=1, cutoff=0.75)
    if nearest and re.fullmatch(r"[a-z]{2,}[a-z-]*", expression):
        raise ExperimentError(f"no bundled circuit is called '{expression}'. Did you mean '{nearest[0]}'?")


def _list() -> None:
    from tui_nn.cli.table import table
    from tui_nn.graph.circuits import BUNDLED

    rows = []
    for one in BUNDLED:
        inputs = " ".join(f"{name}={value:g}" for name, value in one.inputs.items())
        rows.append([one.name, one.shows, f"{one.expression}   {inputs}"])
    click.echo(table(["name", "shows", "expression and inputs"], rows))


def _open(expression: str | None, inputs: Sequence[str], folded: bool | None) -> NoReturn:
    from tui_nn.errors import ExperimentError
    from tui_nn.graph.circuits import bundled

    why = no_terminal()
    if why:
        raise ExperimentError(f"--open {why}. Remove --open to print the circuit.")
    known = bundled(expression or STARTER)
    if known is None and expression is not None:
        _refuse_near_miss(expression)
    from tui_nn.tui.circuit.app import run_circuit

    values = {**(known.inputs if known else {}), **_values(inputs)}
    sys.exit(run_circuit(known.expression if known else expression or "", values, folded))


# What is printed


def _title(evaluation: Evaluation) -> str:
    given = ", ".join(f"{name} = {value:g}" for name, value in evaluation.inputs.items())
    return f"{evaluation.circuit.title}    at {given}"


def _echo(text: str | Text, look: Look) -> None:
    from tui_nn.cli.drawing import draw

    if isinstance(text, str):
        click.echo(text)
    else:
        draw(text, look)


def _draw(evaluation: Evaluation, columns: int, look: Look, step: int | None) -> None:
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
        _echo(picture.window(0, 0, picture.width, picture.height), look)
        click.echo()
        _echo(circuit_legend(look), look)
        click.echo()


def _explain(evaluation: Evaluation, step: int) -> None:
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


def _ways(evaluation: Evaluation, name: str) -> None:
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


def _report(evaluation: Evaluation) -> None:
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


def _write_svg(path: Path, evaluation: Evaluation, step: int | None, look: Look) -> None:
    from tui_nn.errors import StorageError
    from tui_nn.render import CircuitPicture, to_svg

    picture = CircuitPicture(evaluation, look, done=step)
    text = picture.window(0, 0, picture.width, picture.height)
    try:
        path.write_text(to_svg(text, _title(evaluation)), "utf-8")
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}.") from None
    click.echo(str(path))


def _numbers(evaluation: Evaluation) -> Mapping[str, Any]:
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
