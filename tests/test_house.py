"""The rules of the house: import contracts leave no room out, and nothing in the core knows a component by its name."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from tui_nn.plugin import own
from tui_nn.plugin.kinds import KINDS

ROOT = Path(__file__).parents[1]
CORE = ROOT / "tui_nn"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
ROOMS = {f"tui_nn.{path.name}" for path in CORE.iterdir() if (path / "__init__.py").exists()} | {"tui_nn.errors"}
BUILT_IN = {"tui_nn_standard"}

# Words that are names of components too, and mean something else, or are the engine's own.
OTHER_MEANINGS = {
    "step": "a step of training: a field of events, a key of files, a command",
    "momentum": "the option of an optimizer",
    "loss": "the number that is minimized, and what every history has",
    "plateau": "why a run ended",
    "confusion": "the view, and the field of events; the metric of that name fills it",
    "identity": "what a layer without an activation does last: the engine has it itself",
    "steps": "steps of training: a field of events, a key of files and tables; the data set is stairs",
    "dense": "the layer that the engine has itself",
    "f1": "the F1 of one label, a key of numbers; the metric of that name is a mean over classes",
}  # fmt: skip
# Where a name is an example, a suggestion or a default, and nothing depends on what the component does.
ALLOWED = {
    "experiment/schema.py": "defaults of the experiment file",
    "experiment/default.py": "the experiment for data that come without one",
    "experiment/parts.py": "the threshold of bare scores, which are logits by the definition of the link",
    "diagnosis": "remedies: settings to try",
    "graph": "operations of the graph, which are numpy's functions",
    "exchange/c_writer.py": "numpy's functions, as C has them",
    "exchange/onnx_writer.py": "numpy's functions, as ONNX has them",
    "exchange/onnx_reader.py": "operations of ONNX, as the components that they are",
    "plugin/__init__.py": "functions of the graph that authors import",
    "testing": "the kit tries a component together with built-in ones",
    "sweep/plan.py": "the directions of metrics, for plans of the first version, which did not say",
    "cli/circuit_text.py": "a word of the circuits",
    "tui/app.py": "what the workbench opens on",
    "tui/model.py": "the layer that a new one starts as",
    "views/stack.py": "the letter that the lecture has for a function",
    "tui/layout.py": "the panes that are open at first",
}
SHOWN = {
    "accuracy",
    "exact_match",
    "f1_micro",
    "r2",
    "rmse",
}  # the metrics that are shown of a run when nobody says which


def contract(words):
    (found,) = [one for one in CONTRACTS if words in one["name"]]
    return found


def test_every_room_is_in_the_contracts():
    assert contract("Data flows one way")["exhaustive"] is True
    assert set(contract("Nothing but tui imports textual")["source_modules"]) == (ROOMS - {"tui_nn.tui"}) | BUILT_IN
    only = contract("import only what tui_nn.plugin offers")
    assert set(only["forbidden_modules"]) == ROOMS - {"tui_nn.plugin"}
    assert set(only["source_modules"]) == BUILT_IN


def strings_of(path):
    """The strings in the code of a file, with their lines; docstrings and f-strings say, and do not decide."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def names_of(registry):
    """Name -> kind. Derivatives are named like numpy's functions, and its own views the core may know."""
    kinds = [kind for kind in KINDS if kind != "derivative"]
    named = [(name, kind) for kind in kinds for name in registry.names(kind)]
    return {name: kind for name, kind in named if registry.owner(kind, name) != own.NAME}


def known_by_name(registry):
    names = names_of(registry)
    for path in sorted(CORE.rglob("*.py")):
        place = path.relative_to(CORE).as_posix()
        if any(place == allowed or place.startswith(f"{allowed}/") for allowed in ALLOWED):
            continue
        for text, line in strings_of(path):
            if text in names and text not in OTHER_MEANINGS and text not in SHOWN:
                yield f"{place}:{line}: {names[text]} '{text}'"


def test_nothing_in_the_core_knows_a_component_by_its_name(registry):
    assert list(known_by_name(registry)) == []


def test_nothing_in_the_core_knows_a_plugin_by_its_name():
    found = [(path.name, line) for path in CORE.rglob("*.py") for text, line in strings_of(path) if text in BUILT_IN]
    assert found == []


@pytest.mark.parametrize("place", ALLOWED)
def test_no_exception_outlives_its_reason(place, registry):
    path = CORE / place
    names = names_of(registry).keys() - OTHER_MEANINGS.keys()
    files = [path] if path.is_file() else path.rglob("*.py")
    assert any(text in names for file in files for text, _ in strings_of(file))


def test_words_with_another_meaning_are_names_too(registry):
    assert set(OTHER_MEANINGS) <= set(names_of(registry))
    assert set(names_of(registry)) >= SHOWN


def test_a_class_name_has_one_meaning():
    """Classes within classes aside: those are Textual's messages, named by whose they are."""
    defined = [
        (node.name, path.relative_to(ROOT).as_posix())
        for folder in (CORE, *(ROOT / "plugins" / name for name in sorted(BUILT_IN)))
        for path in sorted(folder.rglob("*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    places: dict[str, list[str]] = {}
    for name, place in defined:
        places.setdefault(name, []).append(place)
    assert len(defined) > 100
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_decisions_are_numbered_from_1_without_a_gap():
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_a_decision_has_one_title_and_its_number_in_the_name_of_the_file():
    for path in DECISIONS:
        title, *others = [line for line in path.read_text("utf-8").splitlines() if line.startswith("# ")]
        assert not others, path.name
        assert not title[2].isdigit(), title
