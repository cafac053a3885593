"""`tui-nn circuit`: an expression as gates, with the values that flow forward and the gradients that flow back."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from tui_nn.cli.options import json_option
from tui_nn.cli.streams import no_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_nn.graph.circuits import Circuit, Evaluation


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
@json_option("Print all numbers as JSON.")
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
    from tui_nn.cli.circuit_text import draw_circuit, echo, explain, numbers, report, title, ways, write_svg

    circuit, evaluation = _evaluated(expression, inputs, folded)
    if wrt is not None and wrt not in circuit.inputs:
        from tui_nn.errors import did_you_mean

        raise ExperimentError(f"--wrt {wrt}: the expression has no such input.{did_you_mean(wrt, circuit.inputs)}")
    if as_json:
        click.echo(json.dumps(numbers(evaluation), indent=2))
        return
    from tui_nn.render import Look, circuit_code

    look = Look("truecolor") if svg else Look.detect(os.environ, sys.stdout.isatty() and not plain)
    columns = width or (shutil.get_terminal_size().columns if sys.stdout.isatty() else 100)
    if svg is not None:
        write_svg(svg, evaluation, step, look)
        return
    if as_code:
        echo(circuit_code(evaluation, look)[0], look)
        return
    echo(title(evaluation), look)
    draw_circuit(evaluation, columns, look, step)
    if step is not None:
        explain(evaluation, step)
    elif wrt is not None:
        ways(evaluation, wrt)
    else:
        report(evaluation)


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
        shows = f"{one.shows}; {one.option}" if one.option else one.shows
        rows.append([one.name, shows, f"{one.expression}   {inputs}"])
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
