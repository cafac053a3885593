"""`tui-nn circuit` as its users run it: what is printed, the errors, and the outputs that the documentation shows."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui_nn.cli.circuit import command
from tui_nn.errors import ExitCode, TuiNNError

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "circuits.md"
BLOCKS = re.findall(r"```console\n\$ tui-nn circuit (.*?)\n(.*?)```", DOCUMENTATION.read_text("utf-8"), re.DOTALL)


def circuit(line):
    """What `tui-nn circuit LINE` prints; an expected error as the command line shows it."""
    result = CliRunner().invoke(command, shlex.split(line), env={"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"})
    if isinstance(result.exception, TuiNNError):
        assert result.exception.exit_code == ExitCode.USAGE
        return f"tui-nn: error: {result.exception}\n"
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@pytest.mark.parametrize(("line", "output"), BLOCKS, ids=[line for line, _ in BLOCKS])
def test_the_documentation_shows_what_is_printed(line, output):
    assert circuit(line) == output


def test_the_documentation_is_found():
    assert len(BLOCKS) == 9


def test_a_wide_circuit_says_how_wide_and_still_gives_its_numbers():
    output = circuit("sigmoid-neuron --width 60")
    assert "The drawing needs 7" in output
    assert "df/dw0 = -0.1966" in output
    assert "─" not in output


def test_json_has_every_number():
    found = json.loads(circuit("sum-times-z --json"))
    assert found["value"] == -12
    assert found["gradients"] == {"x": -4, "y": -4, "z": 3}
    assert found["gates"][-1]["local_gradients"] == [-4, 3]
    assert found["reverse_mode"]["multiplications"] == 4
    assert json.loads(circuit("'sqrt(x) + x' x=0 --json"))["gradients"] == {"x": None}, "JSON knows no infinity"


def test_svg(tmp_path):
    path = tmp_path / "neuron.svg"
    assert circuit(f"sigmoid-neuron --svg {path}").strip() == str(path)
    assert "-0.53" in path.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sum-times-z", "sigmoid-neuron --fold", "tricky"])
def test_the_code_runs_and_prints_what_the_circuit_has(name):
    """As a user would: tui-nn circuit NAME --code | python"""
    shown = json.loads(circuit(f"{name} --json"))
    done = subprocess.run(
        [sys.executable, "-I", "-"], input=circuit(f"{name} --code"), capture_output=True, text=True, check=True
    )
    printed = dict(line.split(" = ") for line in done.stdout.splitlines())
    assert {one: float(value) for one, value in printed.items()} == {
        "f": shown["value"], **{f"d{one}": value for one, value in shown["gradients"].items()}
    }  # fmt: skip


PASTED = "q = x + y;\nr = q * y\n\nr /\n  2\n"


def test_an_expression_over_several_lines_is_one(tmp_path):
    path = tmp_path / "circuit.txt"
    expected = circuit("'q = x + y; r = q * y; r / 2' x=1 y=2")
    for ends in ("\n", "\r\n"):
        path.write_bytes(PASTED.replace("\n", ends).encode())
        assert circuit(f"--file {path} x=1 y=2") == expected
        assert circuit(shlex.join([PASTED.replace("\n", ends), "x=1", "y=2"])) == expected
    result = CliRunner().invoke(command, ["--file", "-", "x=1", "y=2"], input=PASTED)
    assert result.output == expected
    path.write_text("q = x + y\nq * foo(y)")
    assert "line 2, column 5: unknown function 'foo'" in circuit(f"--file {path} x=1 y=2")


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file"), (b" \n", "is empty"), (b"x\xff", "not text in UTF-8"), (b"x" * 5000, "at most 4000")],
)
def test_a_file_that_holds_no_expression(tmp_path, content, message):
    path = tmp_path / "circuit.txt"
    if content is not None:
        path.write_bytes(content)
    assert message in circuit(f"--file {path} x=1")


def test_inputs_replace_those_of_a_bundled_circuit():
    assert "f = 21" in circuit("product x=3 y=7")
    assert "f = -0.3333" in circuit("'x * y' x=-1/3 y=1")
    assert "f = -6" in circuit("'-x * y' x=2 y=3")


def test_wrt_and_steps():
    assert "x -> q1 -> f: 1 * (-4) = -4" in circuit("sum-times-z --wrt x")
    assert "step 4 of 4, backward" in circuit("sum-times-z --step 99")
    assert "only the inputs are known" in circuit("sum-times-z --step 0")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "expected an expression"),
        ("'x + y' x=1", "1 input needs a value; add for example y=1"),
        ("'x + y' x=1 y", "'y' is not an input; expected NAME=VALUE"),
        ("'x + y' x=1 y=one", "'one' is not a number"),
        ("'x + y' x=1 y=2 z=3", "no input 'z'"),
        ("sigmoid-neurn", "Did you mean 'sigmoid-neuron'"),
        ("product --foldd", "Did you mean '--fold'"),
        ("product --wrt q", "no such input"),
        ("product --code --step 2", "remove --step"),
        ("product --code --json", "remove --json"),
        ("product --open", "--open needs a terminal"),
        ("'log(x)' x=-1", "column 1: 'log' of -1"),
    ],
)
def test_errors(line, message):
    assert message in circuit(line)
