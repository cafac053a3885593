"""The reference pages, made from the code, have everything that there is: here it is counted another way."""

from __future__ import annotations

import importlib
import re

import click
import msgspec
import pytest

import tui_nn
from docsite import markdown
from docsite.gallery import page as gallery
from docsite.reference import PAGES, cli, settings
from docsite.reference.components import built_in
from docsite.reference.keys import TABLES, dialogs
from docsite.runs import TRAININGS
from tui_nn import plugin
from tui_nn.cli.main import COMMANDS
from tui_nn.errors import ExitCode
from tui_nn.experiment.examples_list import example_names
from tui_nn.experiment.schema import DataSection, Experiment, NetworkSection, TrainingSection
from tui_nn.lesson.catalogue import lesson_names
from tui_nn.plugin.kinds import HOOKSPECS, KINDS
from tui_nn.tui.circuit.keys import CIRCUIT_KEYS
from tui_nn.tui.data.keys import DATA_KEYS
from tui_nn.tui.keys import KEYS
from tui_nn.views import views_of


@pytest.fixture(scope="module")
def pages():
    return {name: make() for name, make in PAGES.items()}


def commands(group, words):
    yield words, group
    if isinstance(group, click.Group):
        for name, inner in group.commands.items():
            yield from commands(inner, (*words, name))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_its_place(pages, name):
    for words, command in commands(importlib.import_module(f"tui_nn.cli.{name}").command, ("tui-nn", name)):
        heading = f"\n{'#' * len(words)} {' '.join(words)}\n"
        assert pages["cli"].count(heading) == 1
        section = re.split(r"\n#+ ", pages["cli"].split(heading)[1])[0]
        for param in command.params:
            if isinstance(param, click.Option) and not param.hidden:
                assert all(option in section for option in (*param.opts, *param.secondary_opts)), (words, param)


def test_every_exit_code(pages):
    assert all(f"\n| {code.value} | `{code.name.lower()}` | " in pages["cli"] for code in ExitCode)
    with pytest.raises(KeyError, match="4"):
        list(cli.codes("| 0, 1, 2, 3 | one of the first four |\n"))


@pytest.mark.parametrize("table", [KEYS, DATA_KEYS, CIRCUIT_KEYS], ids=["workbench", "data", "circuit"])
def test_every_key_with_what_it_does(pages, table):
    for key in table:
        assert f"| {markdown.code(key.show)} | {markdown.text(key.help)} |" in pages["keys"]


def test_no_table_of_keys_is_forgotten(pages):
    """Another screen with a table of its own would have to be named."""
    from tui_nn.tui.keyed import Keyed

    def below(kind):
        return {found for sub in kind.__subclasses__() for found in (sub, *below(sub))}

    dialogs_known = dict(dialogs())  # which imports every screen
    known = {key for table in TABLES.values() for key in table}
    assert {key for screen in below(Keyed) for key in screen.TABLE} <= known
    assert {"compare", "sweep", "palette", "plugins", "why"} <= dialogs_known.keys()
    assert all(f"\n| {name} | " in pages["keys"] for name in dialogs_known)


@pytest.mark.parametrize("view", views_of(), ids=lambda view: view.name)
def test_every_view_with_its_knobs(pages, view):
    section = re.split(r"\n## ", pages["views"].split(f"\n## {view.name}\n")[1])[0]
    assert markdown.text(view.description) in section
    assert all(markdown.text(knob.help) in section for knob in view.knobs)
    assert f"\n### {view.name}\n" in gallery({one.name: next(iter(TRAININGS)) for one in views_of()})


def test_every_hook_and_kind(pages):
    hooks = {name for name in vars(HOOKSPECS) if name.startswith("tui_nn_")}
    assert len(hooks) == len(KINDS)
    assert all(f"`{hook}()`" in pages["plugins"] for hook in hooks)
    assert all(f"\n## {kind}\n" in pages["plugins"] for kind in KINDS)
    assert all(f"| `{name}` |" in pages["plugins"] for name in plugin.__all__)


def test_every_setting(pages):
    sections = {"data": DataSection, "network": NetworkSection, "training": TrainingSection}
    for name, section in sections.items():
        for field in msgspec.structs.fields(section):
            assert pages["settings"].count(f"\n### {name}.{field.encode_name}\n") == 1
    for field in msgspec.structs.fields(Experiment):
        assert field.name in (*sections, "validation") or f"\n### {field.encode_name}\n" in pages["settings"]
    assert "\n### training.plateau.min_change\n\n*number; by default `0.001`*\n" in pages["settings"]
    tasks = '*`"classification"` or `"multi-label"` or `"regression"`; by default found out*'
    assert f"\n### data.task\n\n{tasks}\n" in pages["settings"]


def test_a_setting_that_the_document_does_not_explain_is_refused():
    said = settings.meanings(settings.DOCUMENT.read_text("utf-8"))
    del said["training.clip_norm"]
    with pytest.raises(KeyError, match=r"training\.clip_norm"):
        settings.sections(said)


def test_every_component(pages, registry):
    assert built_in("activation", registry)
    for kind in KINDS:
        if kind != "view":
            assert all(f"| `{name}` |" in pages["components"] for name in built_in(kind, registry))


def test_every_lesson_and_example(pages):
    for name in [*lesson_names(), *(name for name, _ in example_names())]:
        assert pages["lessons"].count(f"\n| `{name}` | ") == 1
    assert "chain rule" in pages["lessons"]


def test_every_name_of_the_api(pages):
    for name in tui_nn.__all__:
        assert name == "training" or f"\n## {name}\n" in pages["api"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("a*b_c <d> [e]", r"a\*b\_c \<d\> \[e\]"),
        ("`x | y`, or *", r"`x \| y`, or \*"),
        ("a lone ` tick", r"a lone \` tick"),
        ("two\nlines", "two lines"),
    ],
)
def test_text_is_not_taken_for_markup(words, found):
    assert markdown.text(words) == found


def test_every_name_that_a_plugin_imports_is_described_in_a_whole_line(pages):
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", pages["plugins"].split("## What a plugin imports")[1], re.MULTILINE)
    assert [name for name, _ in rows] == plugin.__all__
    assert [name for name, said in rows if not said.endswith((".", "?"))] == []
