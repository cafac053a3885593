"""The data screen: what it shows is the report's, and its keys edit the experiment by the workbench's own path."""

from __future__ import annotations

import os
import random
import re
import threading
from pathlib import Path

import doubles
import pytest
from click.testing import CliRunner
from patience import until
from textual.widgets import Input

from tui_nn.cli.main import main
from tui_nn.datasets import report as reports
from tui_nn.experiment import dump_experiment, load_experiment
from tui_nn.render import Look
from tui_nn.training.for_data import experiment_for
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.data import edits
from tui_nn.tui.data.keys import DATA_KEYS, footer_keys
from tui_nn.tui.data.screen import DataScreen
from tui_nn.tui.key import NEEDED
from tui_nn.tui.keys import help_text
from tui_nn.tui.screens.ask import AskScreen
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.filter_list import FilterList
from tui_nn.tui.widgets.view import NO_DATA, ViewPane

SIZES = ((80, 24), (120, 40), (200, 60))


def people(path, rows=80):
    draw = random.Random(3)
    lines = ["id,age,height,sex,rooms,answer"]
    for row in range(rows):
        age = "" if row % 9 == 4 else str(draw.randint(1, 80))
        height = f"{draw.gauss(170, 9):.1f}"
        lines.append(f"{row + 1},{age},{height},{draw.choice(['f', 'm'])},{draw.randint(1, 4)},{draw.choice('abc')}")
    path.write_text("\n".join(lines) + "\n")
    return path


def wide(path, columns):
    names = ",".join(f"c{number}" for number in range(columns))
    row = ",".join(str(number % 10) for number in range(columns))
    path.write_text(f"{names},answer\n" + f"{row},a\n{row},b\n" * 3)
    return path


def opened(registry, target):
    experiment = experiment_for(str(target)).experiment if str(target).endswith(".csv") else load_experiment(target)
    return WorkbenchApp(experiment, registry, doubles.FakeTrainer(), Look("none"))


@pytest.fixture
def app(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return opened(registry, people(tmp_path / "people.csv"))


async def data_screen(app, pilot):
    """The screen, once all that is seen has been measured."""
    await pilot.press("D")
    await until(lambda: isinstance(app.screen, DataScreen))
    await settled(app, pilot)
    return app.screen


async def settled(app, pilot):
    screen = app.screen
    await pilot.pause()
    waits = getattr(screen, "_journey", None)  # in a storm of keys what is seen is drawn a little later
    await until(lambda: waits is None or waits._timer is None)
    await until(lambda: not [one for one in app.workers if not one.is_finished and one.node is screen])
    await pilot.pause()


def text(app, name):
    found = app.screen.query_one(name).render()
    return getattr(found, "plain", str(found))


def drawn(app):
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


async def go(app, pilot, name):
    screen = app.screen
    await pilot.press("slash")
    await until(lambda: app.screen is not screen)
    app.screen.query_one(Input).value = name
    await pilot.press("enter")
    await until(lambda: app.screen is screen)
    await settled(app, pilot)
    assert screen.column == name


@pytest.mark.parametrize("size", SIZES)
async def test_every_column_is_there_with_what_is_done_with_it(app, size):
    async with app.run_test(size=size) as pilot:
        screen = await data_screen(app, pilot)
        listed = text(app, "#data-columns")
        for place, role in enumerate(screen.report.roles):
            assert role.column.name in listed
            assert role.role in listed
            assert screen.report.known(place) is not None
        facts = text(app, "#data-facts")
        assert "80 rows" in facts
        assert "target 'answer': the last column" in facts
        assert "training 64, validation 16" in facts
        assert "counts the rows" in screen.report.use(0)
        await go(app, pilot, "age")
        beside = text(app, "#data-column")
        assert "9 of 80 rows have no value" in beside
        assert "age?" in beside
        assert "mean" in beside
        assert drawn(app).count("\n") == size[1] - 1


async def test_enter_on_the_row_of_the_data_opens_it(app):
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.query_one(Builder).select("data")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, DataScreen))
        await pilot.press("escape")
        await until(lambda: app.screen is app.workbench)


def data_of(app):
    return app.bench.experiment.data


async def test_t_makes_a_column_the_target_and_u_takes_it_back(app):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        before = app.bench.experiment
        await go(app, pilot, "height")
        await pilot.press("t")
        await until(lambda: data_of(app).target == "height")
        await settled(app, pilot)
        assert [role.column.name for role in screen.report.targets] == ["height"]
        assert app.bench.draft.error == ""
        assert app.bench.experiment.network.layers[-1]["units"] == 1
        assert app.bench.experiment.training.loss == "mean_squared_error"
        assert "from" in text(app, "#data-facts")
        await pilot.press("u")
        await until(lambda: app.bench.experiment == before)
        await settled(app, pilot)
        assert [role.column.name for role in screen.report.targets] == ["answer"]
        await pilot.press("U")
        await until(lambda: data_of(app).target == "height")


async def test_T_makes_several_targets(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    draw = random.Random(5)
    lines = [f"{draw.random():.3f},{draw.randint(0, 1)},{draw.randint(0, 1)}" for _ in range(40)]
    (tmp_path / "labels.csv").write_text("\n".join(["size,round,red", *lines]) + "\n")
    app = opened(registry, tmp_path / "labels.csv")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        await go(app, pilot, "round")
        await pilot.press("T")
        await until(lambda: data_of(app).target == ["red", "round"])
        await settled(app, pilot)
        assert screen.report.data.multi_label
        assert app.bench.draft.error == ""
        yes = [sum(line.split(",")[at] == "1" for line in lines) for at in (2, 1)]
        assert list(screen.report.class_counts) == yes
        assert f"2 labels  red x{yes[0]}  round x{yes[1]}".replace("x", "×") in text(app, "#data-facts")
        for part in screen.report.parts:
            assert len(part.counts) == 2
        await pilot.press("T")
        await until(lambda: data_of(app).target == "red")
        await settled(app, pilot)
        await go(app, pilot, "red")
        await pilot.press("T")
        await pilot.pause()
        assert "is the only target" in str(app.messages[-1])


async def test_another_kind_of_target_gets_the_views_that_suit_it_and_back(app):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        panes = app.workbench.panes
        before = [pane.view.name for pane in panes]
        assert "confusion" in before
        await go(app, pilot, "height")
        await pilot.press("t")
        await until(lambda: data_of(app).target == "height")
        await settled(app, pilot)
        assert [role.column.name for role in screen.report.targets] == ["height"]
        assert {"confusion", "fit"} & {pane.view.name for pane in panes} == {"fit"}
        await pilot.press("u")
        await until(lambda: data_of(app).target != "height")
        await settled(app, pilot)
        assert [pane.view.name for pane in panes] == before


async def test_i_leaves_out_and_takes_in(app):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)

        def role(name):
            return next(one.role for one in screen.report.roles if one.column.name == name)

        await go(app, pilot, "age")
        await pilot.press("i")
        await until(lambda: data_of(app).ignore == ["age"])
        await settled(app, pilot)
        assert role("age") == "left out"
        await pilot.press("i")
        await until(lambda: data_of(app).ignore is None)
        await settled(app, pilot)
        assert role("age") == "input"
        await go(app, pilot, "id")
        assert role("id") == "left out"
        await pilot.press("i")
        await until(lambda: data_of(app).inputs is not None)
        await settled(app, pilot)
        assert data_of(app).inputs == ["id", "age", "height", "sex", "rooms"]
        assert role("id") == "input"
        await pilot.press("i")
        await until(lambda: data_of(app).inputs == ["age", "height", "sex", "rooms"])
        await settled(app, pilot)
        assert role("id") == "left out"
        assert app.bench.draft.error == ""


async def test_keys_typed_ahead_are_edits_one_after_another(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await data_screen(app, pilot)
        await go(app, pilot, "height")
        await pilot.press("i", "down", "i", "down", "i")
        await until(lambda: data_of(app).ignore == ["height", "sex", "rooms"])
        await pilot.press("u", "u")
        await until(lambda: data_of(app).ignore == ["height"])


async def test_m_says_what_is_done_with_gaps_of_one_column(app):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        await go(app, pilot, "age")
        await pilot.press("m")
        await until(lambda: isinstance(app.screen, ChooseScreen))
        names = app.screen.query_one(FilterList).names
        assert names == ["error", "drop", "mean", "median", "most_frequent", "indicator"]
        await pilot.press(*"drop", "enter")
        await until(lambda: isinstance(data_of(app).missing, dict) and data_of(app).missing["age"] == "drop")
        assert data_of(app).missing["height"] == "indicator", "the others stay as they were"
        await until(lambda: "71 rows" in text(app, "#data-facts"))
        await settled(app, pilot)
        await pilot.press("M")
        await until(lambda: isinstance(app.screen, ChooseScreen))
        await pilot.press(*"error", "enter")
        await until(lambda: app.messages)
        refused = str(app.messages[-1])
        assert "people.csv:6:2" in refused
        assert data_of(app).missing["age"] == "drop", "what cannot be changes nothing"
        assert app.screen is screen


async def test_c_and_k_say_what_values_are(app):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        await go(app, pilot, "rooms")
        width = screen.report.data.x.shape[1]
        await pilot.press("c")
        await until(lambda: data_of(app).categories == ["rooms"])
        await settled(app, pilot)
        assert screen.report.data.x.shape[1] == width + 3
        await pilot.press("c")
        await until(lambda: data_of(app).categories is None)
        await settled(app, pilot)
        await pilot.press("t")
        await until(lambda: data_of(app).target == "rooms")
        await settled(app, pilot)
        assert screen.report.data.classes == ("1", "2", "3", "4")
        await pilot.press("k")
        await until(lambda: isinstance(app.screen, ChooseScreen))
        await pilot.press(*"regression", "enter")
        await until(lambda: data_of(app).task == "regression")
        await settled(app, pilot)
        assert screen.report.data.classes == ()
        assert app.bench.draft.error == ""


def texts(app):
    """What the panes say."""
    return [pane.text for pane in app.workbench.query(ViewPane)]


@pytest.mark.parametrize("size", SIZES)
async def test_of_a_file_that_cannot_be_read_the_place_is_shown(registry, tmp_path, monkeypatch, size):
    monkeypatch.chdir(tmp_path)
    path = people(tmp_path / "people.csv")
    app = opened(registry, path)
    lines = path.read_text().splitlines()
    lines[50] = lines[50].replace(",", ',"', 1)
    path.write_text("\n".join(lines) + "\n")
    async with app.run_test(size=size) as pilot:
        await pilot.press("D")
        await until(lambda: isinstance(app.screen, DataScreen))
        await until(lambda: app.screen.query_one("#data-page").display)
        await until(lambda: "51  " in app.screen.query_one("#data-page").render().plain)
        shown = app.screen.query_one("#data-page").render().plain
        assert f"> 51  {lines[50]}" in shown
        assert f"  50  {lines[49]}" in shown
        assert "people.csv:51:2" in str(app.screen.query_one("#data-problem").render())


@pytest.mark.preview
async def test_of_a_file_without_a_column_that_is_named_the_first_lines_are_shown(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    people(tmp_path / "people.csv")
    (tmp_path / "less.toml").write_text(
        '[data]\nsource = "people.csv"\ntarget = "answer"\ninputs = ["age", "weight"]\n'
        '[network]\nlayers = [{ kind = "dense", units = 3, activation = "softmax" }]\n'
    )
    app = opened(registry, tmp_path / "less.toml")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: "weight" in texts(app)[0])
        assert texts(app)[0].startswith("No data: ")
        await until(lambda: "1  id,age,height" in texts(app)[0])
        await until(lambda: sum(NO_DATA in other for other in texts(app)[1:]) >= 2)
        await pilot.press("D")
        await until(lambda: isinstance(app.screen, DataScreen))
        await until(lambda: "1  id,age,height" in app.screen.query_one("#data-page").render().plain)


async def test_what_cannot_be_is_refused_with_the_error_of_the_command_line(app, registry, tmp_path):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        await go(app, pilot, "age")
        before = app.bench.experiment
        await pilot.press("t")
        await until(lambda: app.messages)
        assert app.bench.experiment == before
        assert screen.report.targets[0].column.name == "answer"
        refused = str(app.messages[-1])
    changes = edits.with_target(before.data, screen.report.table, "age")
    wrong = edits.changed(before, registry, changes, strict=False)
    (tmp_path / "wrong.toml").write_text(dump_experiment(wrong))
    told = CliRunner().invoke(main, ["train", str(tmp_path / "wrong.toml")])
    assert refused == str(told.exception)
    assert "people.csv:6:2" in refused


async def test_a_run_that_trains_is_asked_about_first(app):
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.client.start(app.bench.experiment, paused=False, speed=10.0)
        await data_screen(app, pilot)
        await go(app, pilot, "height")
        await pilot.press("i")
        await until(lambda: isinstance(app.screen, AskScreen))
        await pilot.press("c")
        await until(lambda: isinstance(app.screen, DataScreen))
        assert data_of(app).ignore is None
        await pilot.press("i")
        await until(lambda: isinstance(app.screen, AskScreen))
        await pilot.press("s")
        await until(lambda: data_of(app).ignore == ["height"])


async def test_pages_and_axes(app):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        assert "height over age, 71 rows" in text(app, "#data-page")
        await go(app, pilot, "rooms")
        await pilot.press("x")
        await settled(app, pilot)
        assert "height over rooms, 80 rows" in text(app, "#data-page")
        await go(app, pilot, "sex")
        await pilot.press("y")
        await pilot.pause()
        assert "no column of numbers" in str(app.messages[-1])
        await pilot.press("v")
        await settled(app, pilot)
        shown = text(app, "#data-page")
        for part in screen.report.parts:
            assert f"{part.rows}" in shown
        await pilot.press("enter")
        await settled(app, pilot)
        assert not screen.query_one("#data-left").display
        await pilot.press("escape")
        await settled(app, pilot)
        assert screen.query_one("#data-left").display


@pytest.mark.parametrize("source", ["digits", "iris", "spiral"])
async def test_data_without_a_table_show_what_is_true_of_them(registry, tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    app = opened(registry, source)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        assert [role.role for role in screen.report.roles][-1] == "target"
        before = app.bench.experiment
        await pilot.press("home", "i", "t", "c")
        await pilot.pause()
        assert {str(one) for one in app.messages} == {"These data are no table: what is made of them is fixed."}
        assert app.bench.experiment == before
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, PickScreen))


async def test_data_that_cannot_be_read_are_an_error_and_another_set_can_be_chosen(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gone.csv").write_text("a,b\n1,2\n")
    experiment = load_experiment("iris", [f"data.source={tmp_path}/gone.csv"])
    (tmp_path / "gone.csv").write_text("a,b\n1,2\n3\n")
    app = WorkbenchApp(experiment, registry, doubles.FakeTrainer(), Look("none"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(app, pilot)
        assert "gone.csv:3" in text(app, "#data-problem")
        assert screen.report is None
        await pilot.press("down", "t", "v", "x")
        await pilot.pause()
        assert str(app.messages[-1]) == "There are no columns to see yet."
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, PickScreen))
        await pilot.press(*"iris", "enter")
        await until(lambda: app.screen is screen)
        await until(lambda: screen.report is not None)
        assert not screen.query_one("#data-problem").has_class("said")


async def test_gaps_that_nobody_has_spoken_of_are_mended_here(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = people(tmp_path / "people.csv")
    made = experiment_for(str(source), ["data.missing=median"]).experiment
    import msgspec

    experiment = msgspec.structs.replace(made, data=msgspec.structs.replace(made.data, missing="error"))
    app = WorkbenchApp(experiment, registry, doubles.FakeTrainer(), Look("none"))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        assert "people.csv:6:2" in text(app, "#data-problem")
        assert 'Shown as with data.missing = "indicator"' in text(app, "#data-problem")
        await go(app, pilot, "age")
        await pilot.press("m")
        await until(lambda: isinstance(app.screen, ChooseScreen))
        await pilot.press(*"median", "enter")
        await until(lambda: data_of(app).missing == {"age": "median"})
        await settled(app, pilot)
        assert not screen.query_one("#data-problem").has_class("said")
        assert app.bench.draft.error == ""


@pytest.mark.long
@pytest.mark.parametrize("columns", [10, 1000, 100_000 if "TUI_NN_ALL" in os.environ else 10_000])
async def test_as_many_columns_as_there_are(registry, tmp_path, monkeypatch, columns):
    """Only what is seen is measured, and by another thread than the screen's."""
    monkeypatch.chdir(tmp_path)
    app = opened(registry, wide(tmp_path / "wide.csv", columns))
    measured, loop = [], threading.get_ident()
    summary_of = reports.summary_of

    def noted(column, **more):
        assert threading.get_ident() != loop
        measured.append(column.name)
        return summary_of(column, **more)

    monkeypatch.setattr(reports, "summary_of", noted)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        assert "answer" in text(app, "#data-columns")
        await pilot.press("home")
        await settled(app, pilot)
        assert "c0 " in text(app, "#data-columns")
        await pilot.press("pagedown", "down", "up")
        await settled(app, pilot)
        await go(app, pilot, f"c{columns - 3}")
        assert f"c{columns - 3}" in text(app, "#data-column")
        await pilot.press("end")
        await settled(app, pilot)
        assert screen.at == columns
        assert len(measured) == len(set(measured)) <= 150


async def test_help_footer_and_palette_have_its_keys(app):
    shown = help_text(DATA_KEYS)
    for key in DATA_KEYS:
        assert hasattr(DataScreen, f"action_{key.action}")
        assert key.help in shown
    pressed = [one for key in DATA_KEYS for one in key.keys.split(",")]
    assert len(pressed) == len(set(pressed))
    everything = frozenset(NEEDED)
    assert [key.action for key in footer_keys(everything)][:3] == ["down", "target", "in_or_out"]
    assert "target" not in [key.action for key in footer_keys(frozenset({"columns"}))]
    document = (Path(__file__).parents[2] / "docs" / "workbench.md").read_text("utf-8")
    for key in DATA_KEYS:
        assert f"| `{key.show}` | {key.help} |" in document, key.action
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        titles = [one.name for one in screen.findings()]
        for key in DATA_KEYS:
            assert key.action == "palette" or any(f"({key.show})" in title for title in titles), key.action
        line = screen.query_one("KeyLine").markup
        assert "esc" in line
        await pilot.press("question_mark")
        await until(lambda: app.screen is not screen)
        await pilot.pause()
        assert "as keys of [data] in its file" in drawn(app)


async def test_in_the_narrowest_terminal_no_number_is_cut(registry, tmp_path, monkeypatch):
    """Computed numbers have six digits, and a range is whole or not there."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "houses.csv"
    path.write_text(
        "area,price of the house (EUR)\n" + "".join(f"{row + 20},{row * 10007 + 300}\n" for row in range(60))
    )
    for source, whole in (("sine", "-1.99687 to 1.98187"), (str(path), "from 300 to 590713")):
        app = opened(registry, source)
        async with app.run_test(size=(60, 20)) as pilot:
            await data_screen(app, pilot)
            shown = text(app, "#data-columns") + text(app, "#data-facts")
            assert whole in shown
            assert not re.search(r"\d…|from -?\d+ to\s*$|\.\d{7}", shown, re.MULTILINE)


@pytest.mark.parametrize("source", ["digits", "iris", "people.csv"])
@pytest.mark.parametrize("size", SIZES)
async def test_each_key_that_is_offered_does_something(registry, tmp_path, monkeypatch, source, size):
    """At the first column, at the last, between them; beside the list and in its place."""
    monkeypatch.chdir(tmp_path)
    people(tmp_path / "people.csv")
    app = opened(registry, source)
    async with app.run_test(size=size) as pilot:
        screen = await data_screen(app, pilot)
        last = len(screen.report.roles) - 1

        async def put(at, enlarged):
            screen.set_class(enlarged, "enlarged")
            screen.go(at)
            await settled(app, pilot)

        for at, enlarged in ((0, False), (last, False), (last // 2, False), (last, True)):
            await put(at, enlarged)
            for key in footer_keys(screen.facts()):
                if key.action == "leave":
                    continue
                await put(at, enlarged)
                before, told = drawn(app), len(app.messages)
                await pilot.press(key.keys.split(",")[0])
                await settled(app, pilot)
                assert drawn(app) != before, (key.action, at, enlarged)
                assert len(app.messages) == told or str(app.messages[-1]) not in NEEDED.values(), key.action
                while app.screen is not screen:
                    await pilot.press("escape")
                    await pilot.pause()
                if key.action in ("target", "in_or_out"):
                    await pilot.press("u")
                    await settled(app, pilot)


async def test_ascii_draws_nothing_else(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    experiment = experiment_for(str(people(tmp_path / "people.csv"))).experiment
    app = WorkbenchApp(experiment, registry, doubles.FakeTrainer(), Look("none", ascii=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await data_screen(app, pilot)
        for key in ("v", "v", "v", "v", "home", "down", "down", "down", "enter"):
            await pilot.press(key)
            await settled(app, pilot)
            foreign = {one for one in drawn(app) if ord(one) > 126}
            assert not foreign, foreign


async def test_sizes_and_clicks(app):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        for size in ((60, 20), (80, 24), (300, 80), (70, 50), (120, 40)):
            await pilot.resize_terminal(*size)
            await settled(app, pilot)
            assert "answer" in text(app, "#data-columns")
        await pilot.click("#data-columns", offset=(5, 3))
        await settled(app, pilot)
        assert screen.at == 1


async def test_a_list_of_few_columns_is_no_longer_than_they_and_has_the_samples_below_it(app, registry, tmp_path):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(app, pilot)
        assert screen.query_one("#data-more").display
        assert screen.query_one("#data-columns").size.height == len(screen.report.roles) + 1
        assert "sample" in text(app, "#data-more")
        for _ in screen.pages():
            if screen.page == "parts":
                break
            await pilot.press("v")
            await settled(app, pilot)
        for part in screen.report.parts:
            assert f"{part.rows}" in text(app, "#data-page")
        await pilot.resize_terminal(80, 24)  # beside it there is one page at a time
        await settled(app, pilot)
        assert "sample" in text(app, "#data-more")
        assert "samples" not in screen.pages()
        assert screen.query_one("#data-column").display is not screen.query_one("#data-page").display
        await pilot.resize_terminal(80, 20)
        await settled(app, pilot)
        assert not screen.query_one("#data-more").display
    many = opened(registry, wide(tmp_path / "wide.csv", 40))
    async with many.run_test(size=(120, 40)) as pilot:
        screen = await data_screen(many, pilot)
        assert not screen.query_one("#data-more").display


async def test_from_a_file_to_a_trained_net_of_another_target_in_four_keys(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("D")
        await until(lambda: isinstance(app.screen, DataScreen) and app.screen.report is not None)
        await pilot.press("up", "t")
        await until(lambda: data_of(app).target == "rooms")
        await pilot.press("space")
        await until(lambda: app.bench.client.starts())
        ((experiment, paused),) = app.bench.client.starts()
        assert (experiment.data.target, paused) == ("rooms", False)
        assert experiment.network.layers[-1]["units"] == 4


async def test_space_trains(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await data_screen(app, pilot)
        await pilot.press("space")
        await until(lambda: app.screen is app.workbench)
        await until(lambda: app.bench.client.starts())


@pytest.mark.parametrize("look", [Look("none"), Look(), Look("none", ascii=True)])
async def test_in_the_smallest_terminal_each_page_shows_something_and_no_sentence_ends_half_way(app, look):
    async with app.run_test(size=(60, 20)) as pilot:
        app.look = look
        screen = await data_screen(app, pilot)
        seen = {}
        for _ in range(4):
            seen[str(screen.query_one("#data-page").border_title)] = text(app, "#data-page")
            await pilot.press("v")
            await settled(app, pilot)
        assert "scatter" in seen
        assert not any("too small" in page for page in seen.values())
        parts = next(page for title, page in seen.items() if "parts" in title)
        assert "a  " in parts or "more" in parts
        facts = text(app, "#data-facts").split("\n")
        assert all(len(line) <= 58 for line in facts)
        split = next(line for line in facts if line.startswith("split"))
        assert split.endswith(("at random", "each class in proportion"))
