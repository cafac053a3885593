"""Tables in the working folder: they are offered where something is opened and where data are chosen."""

from __future__ import annotations

import gzip

import doubles
import pytest
from patience import until
from textual.widgets import Static

from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.training.for_data import shown_for
from tui_nn.tui import model
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.data.screen import DataScreen
from tui_nn.tui.screens.launch import LaunchScreen, openable
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.widgets.filter_list import FilterList

ROWS = "".join(f"{number},{number % 7},{'ab'[number % 2]}\n" for number in range(60))
TABLES = ["broken.csv", "packed.csv.gz", "people.csv"]


@pytest.fixture
def app(registry, tmp_path, monkeypatch):
    """In a folder with tables, one of them packed and one broken, beside what is no table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("age,rooms,answer\n" + ROWS)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress((tmp_path / "people.csv").read_bytes()))
    (tmp_path / "broken.csv").write_text('age,answer\n1,a\n2,"b\n')
    (tmp_path / "notes.txt").write_text("no table\n")
    (tmp_path / "folder.csv").mkdir()
    return WorkbenchApp(load_experiment("digits"), registry, doubles.FakeTrainer(), Look("none"))


def said(screen):
    """What stands beside the list."""
    return " ".join(str(one.content) for one in screen.query("#words, #picture").results(Static))


@pytest.mark.parametrize("name", ["people.csv", "packed.csv.gz"])
@pytest.mark.parametrize("keys", [["o"], ["D", "o"]])
async def test_a_table_is_chosen_and_opened_as_on_the_command_line(app, keys, name):
    expected, _ = shown_for(name)
    kinds = {"o": LaunchScreen, "D": DataScreen}
    async with app.run_test(size=(120, 40)) as pilot:
        for key in keys:
            await pilot.press(key)
            kind = PickScreen if key == "o" and len(keys) > 1 else kinds[key]
            await until(lambda kind=kind: isinstance(app.screen, kind))
        entries = app.screen.query_one(FilterList)
        await until(lambda: len(entries.names) > 1)
        assert [one.rpartition(":")[2] for one in entries.names if ".csv" in one] == TABLES
        assert not any("notes" in one for one in entries.names)
        entries.type(name)
        await until(lambda: "age,rooms,answer" in said(app.screen) and "experiment for this table" in said(app.screen))
        await pilot.press("enter")
        await until(lambda: app.bench.experiment == expected)
        assert app.screen is app.workbench or isinstance(app.screen, DataScreen)
        await until(lambda: not app.bench.draft.error)


async def test_the_table_at_hand_has_the_bar_and_choosing_it_again_changes_nothing(app):
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.open("table:people.csv")
        changed = model.set_layer(app.bench.experiment, 0, units=7)
        app.bench.editor.replace(changed)
        await pilot.press("D")
        await until(lambda: isinstance(app.screen, DataScreen))
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, PickScreen) and app.screen.query_one(FilterList).chosen)
        assert app.screen.query_one(FilterList).chosen == "people.csv"
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, DataScreen))
        await pilot.pause(0.3)
        assert app.bench.experiment == changed


async def test_a_table_that_cannot_be_read_says_so_and_changes_nothing(app):
    async with app.run_test(size=(120, 40)) as pilot:
        before = app.bench.experiment
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, LaunchScreen))
        app.screen.query_one(FilterList).type("broken")
        await until(lambda: app.screen.query_one(FilterList).chosen == "table:broken.csv")
        await pilot.press("enter")
        await until(lambda: any("broken.csv:3" in notice.message for notice in app.messages))
        assert app.bench.experiment is before


@pytest.mark.usefixtures("app")
def test_the_palette_has_them_too(tmp_path):
    assert [name for kind, name, _, _ in openable(tmp_path / "runs") if kind == "table"] == TABLES
