"""docs/plugins.md cannot lag: every hook and every method is in it, and every example is run and proved."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from tui_nn.engine.component import Component
from tui_nn.engine.layer import Layer
from tui_nn.engine.optimizer import Optimizer
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.places import Request
from tui_nn.plugin.registry import load_registry
from tui_nn.plugin.view import SOURCES, View
from tui_nn.testing import check_component

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "plugins.md").read_text("utf-8")
VIEWS = (DOCS / "views.md").read_text("utf-8")
EXAMPLES = [block for block in re.findall(r"```python\n(.*?)```", TEXT + VIEWS, re.DOTALL) if "@hookimpl" in block]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_stands_in_the_table_of_the_page_and_in_an_example(kind):
    assert f"\n| `{kind.hook}()` | {kind.gives} | {kind.made_with} |\n" in TEXT
    assert any(f"def {kind.hook}():" in example for example in EXAMPLES)


@pytest.mark.parametrize(
    ("owner", "method"),
    [(Layer, name) for name in ("output_size", "theta_shape", "forward", "backward", "initialize", "fit", "slot")]
    + [(Optimizer, name) for name in ("state", "update")],
)
def test_methods_of_the_classes_stand_in_the_page_with_their_arguments(owner, method):
    words = [name for name in inspect.signature(getattr(owner, method)).parameters if name != "self"]
    assert f"`{method}({', '.join(words)})`" in re.sub(r"\s+", " ", TEXT)


def test_declarations_of_a_layer_stand_in_the_page():
    declared = [name for name, value in vars(Layer).items() if isinstance(value, bool | int | dict) and name[0] != "_"]
    assert {"is_random", "off", "pieces"} <= set(declared)
    for name in declared:
        assert re.search(rf"^\| .*`{name}( = .*)?`.* \|", TEXT, re.MULTILINE), name


def test_declarations_of_a_view_and_its_requests_stand_in_the_page():
    declared = {field.name for field in fields(View)} - {field.name for field in fields(Component)}
    assert {"asks", "cursor", "readings"} <= declared
    for name in declared:
        assert f"\n| `{name}` | " in VIEWS, name
    for request in get_args(Request):
        assert f"\n| `{request.__name__}(" in VIEWS, request
    for source in SOURCES:
        assert f'"{source}"' in VIEWS, source


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_is_proved(tmp_path, number):
    path = tmp_path / "example.py"
    path.write_text(EXAMPLES[number])
    registry = load_registry([str(path)])
    registry.ask_all()
    gives = registry.plugins[-1].gives
    assert gives
    for kind, names in gives.items():
        for name in names:
            report = check_component(kind, registry.get(kind, name))
            assert report.passed, report.text()
