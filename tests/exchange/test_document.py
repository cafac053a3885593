"""docs/exchange.md cannot lag: every format is in it, and what it says is run, line by line."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tui_nn.plugin.registry import load_registry

TEXT = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text("utf-8")
CODE = re.findall(r"```python ?(\w*)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = re.findall(r"^    (.+)$", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL), re.MULTILINE)
LIBRARIES = {"": "onnxruntime", "torch": "torch", "keras": "keras"}


def test_every_format_stands_in_the_page():
    (table,) = re.findall(r"\| `--to` .*?\n\n", TEXT, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", table)) >= set(load_registry().names("exporter"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tui_nn):
    """Where the page's commands were given."""
    folder = tmp_path_factory.mktemp("exchange")
    for line in ["tui-nn train digits --set training.epochs=3 --run-dir digits", *COMMANDS]:
        name, *arguments = shlex.split(line)
        if name == "tui-nn":
            done = tui_nn(*arguments, cwd=folder)
            assert done.returncode == 0, (line, done.stderr)
        else:
            assert name == "cc", line
            try:
                assert subprocess.run([name, *arguments], cwd=folder, check=False).returncode == 0, line
            except FileNotFoundError:
                continue
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CODE)))
def test_the_examples_say_what_the_run_says(folder, number, tui_nn, monkeypatch):
    kind, code = CODE[number]
    if "import digits" not in code:
        pytest.importorskip(LIBRARIES[kind], reason=f"{LIBRARIES[kind]} is not installed")
    rows = np.random.default_rng(0).integers(0, 17, (5, 64)).astype(float)
    table = folder / "rows.csv"
    np.savetxt(table, rows, delimiter=",", fmt="%d", header=",".join(f"p{at}" for at in range(64)), comments="")
    said = [line.split(",") for line in tui_nn("predict", "digits", table, cwd=folder).stdout.splitlines()[1:]]
    names = {"rows": rows}
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "digits", raising=False)
    exec(code, names)
    assert np.allclose(names["outputs"], [[float(cell) for cell in line[1:]] for line in said], atol=1e-5)
    if "labels" in names:
        assert [str(label) for label in names["labels"]] == [line[0] for line in said]
