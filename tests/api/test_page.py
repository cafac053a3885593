"""docs/api.md and docs/sklearn.md cannot lag: every line is run, and prints what it says that it prints."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tui_nn

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "api.md").read_text("utf-8")
NEEDS = {"api.md": "pandas", "sklearn.md": "sklearn"}
SAID = re.compile(r"  # -> (.*)$")


def run(block, names, capsys):
    """Run a block statement by statement, and compare what is said with what comes."""
    lines = block.splitlines()
    for node in ast.parse(block).body:
        end = lines[node.end_lineno - 1]
        said = SAID.search(end)
        if isinstance(node, ast.Expr) and not (isinstance(node.value, ast.Call) and "print" in end):
            found = str(eval(compile(ast.Expression(node.value), "page", "eval"), names))
        else:
            capsys.readouterr()
            exec(compile(ast.Module([node], []), "page", "exec"), names)
            found = capsys.readouterr().out.rstrip("\n")
        if said:
            assert found == said[1], ast.unparse(node)


@pytest.mark.parametrize("page", NEEDS)
def test_every_line_of_the_page_runs(page, tmp_path, monkeypatch, capsys):
    pytest.importorskip(NEEDS[page])
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    for block in blocks:
        run(block, names, capsys)
    assert len(blocks) >= 4


def test_every_public_name_is_on_the_page():
    for name in tui_nn.__all__:
        assert name in ("begin_training", "RecordedRun", "TrainedNet", "TrainingEvents", "ViewPicture") or name in TEXT
