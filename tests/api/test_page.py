"""docs/api.md cannot lag: every line of it is run, and what it says it prints is what it prints."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tui_nn

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SAID = re.compile(r"  # -> (.*)$")


def run(block, names, capsys):
    """Run a block statement by statement, and compare what is said with what comes."""
    lines = block.splitlines()
    for node in ast.parse(block).body:
        end = lines[node.end_lineno - 1]
        said = SAID.search(end)
        if isinstance(node, ast.Expr) and not (isinstance(node.value, ast.Call) and "print" in end):
            found = str(eval(compile(ast.Expression(node.value), "api.md", "eval"), names))
        else:
            capsys.readouterr()
            exec(compile(ast.Module([node], []), "api.md", "exec"), names)
            found = capsys.readouterr().out.rstrip("\n")
        if said:
            assert found == said[1], ast.unparse(node)


def test_every_line_of_the_page_runs(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in BLOCKS:
        run(block, names, capsys)
    assert len(BLOCKS) > 8


def test_every_public_name_is_on_the_page():
    for name in tui_nn.__all__:
        assert name in ("begin_training", "RecordedRun", "TrainedNet", "TrainingEvents", "ViewPicture") or name in TEXT
