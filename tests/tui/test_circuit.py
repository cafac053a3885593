"""The circuit's screen: its state as data, then keys, mouse and dialogs under Textual's pilot."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import replace

import pytest
from rich.console import Console
from textual.containers import VerticalScroll
from textual.events import Paste
from textual.widgets import Input, Label, OptionList, Static

from tui_nn.graph.circuits import (
    BUNDLED,
    COST_HEADER,
    CircuitError,
    bundled,
    cost_rows,
    evaluate,
    gate_header,
    gate_rows,
    mode_header,
    mode_rows,
    parse,
)  # fmt: skip
from tui_nn.render import Look
from tui_nn.tui import keys
from tui_nn.tui.circuit.app import CircuitApp
from tui_nn.tui.circuit.keys import CIRCUIT_KEYS, footer_keys
from tui_nn.tui.circuit.screen import CircuitScreen
from tui_nn.tui.circuit.state import open_circuit
from tui_nn.tui.circuit.texts import gate_table, table_of
from tui_nn.tui.circuit.view import CircuitView
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.page import PageScreen
from tui_nn.tui.widgets.key_line import KeyLine

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])


def state_of(name):
    one = bundled(name)
    return open_circuit(one.expression, one.inputs)


def app_of(name, look=None):
    return CircuitApp(look or Look(), state_of(name))


def drawn(app):
    return str(app.screen.query_one(CircuitView).render())


def words(app, selector):
    return str(app.screen.query_one(selector, Static).render()).replace("\N{NO-BREAK SPACE}", " ")


# The state


def test_stepping_goes_through_all_gates_and_begins_again():
    state = state_of("sum-times-z")
    assert state.done == state.total == 4
    seen = []
    for _ in range(5):
        state = state.step(1)
        seen.append((state.done, state.order[state.done - 1]))
    assert seen == [(1, ("forward", 2)), (2, ("forward", 4)), (3, ("backward", 4)), (4, ("backward", 2)),
                    (1, ("forward", 2))]  # fmt: skip
    assert state.step(-1).step(-1).done == 0
    assert state.step(-1).selected is None


def test_a_changed_input_changes_every_number_and_a_bad_one_nothing():
    state = state_of("sum-times-z").set("z", 2)
    assert (state.evaluation.output, state.evaluation.gradient("x")) == (6, 2)
    assert state.chosen == "z"
    state = open_circuit("log(x)", {"x": 0.2}).nudge(-0.1)
    assert state.evaluation.inputs["x"] == 0.1
    with pytest.raises(CircuitError, match="log"):
        state.nudge(-0.1)
    assert open_circuit("x * y", {"x": 0.1}).nudge(0.2).evaluation.inputs["x"] == 0.3, "without 0.30000000000000004"


def test_inputs_without_a_value_get_one_that_works():
    assert open_circuit("x + y", {"x": 5}).evaluation.inputs == {"x": 5, "y": 1}
    assert open_circuit("1 / (x - 1)", {}).evaluation.inputs == {"x": 2}
    with pytest.raises(CircuitError):
        open_circuit("log(-1 - x^2)", {})


def test_folding_goes_round():
    state = state_of("sigmoid-neuron")
    counts = []
    for _ in range(3):
        state = state.refold()
        counts.append((state.folding, len(state.circuit.gates)))
    assert counts == [("folded", 10), ("unfolded", 13), ("as written", 13)]


# The screen


@SIZES
@pytest.mark.parametrize("name", [one.name for one in BUNDLED])
async def test_every_bundled_circuit_opens_with_its_numbers(name, size):
    app = app_of(name)
    async with app.run_test(size=size):
        assert "─" in drawn(app)
        for name_, value in bundled(name).inputs.items():
            assert f"{name_} = {value:g}" in words(app, "#inputs")


@SIZES
async def test_steps_write_the_chain_rule_out(size):
    app = app_of("sum-times-z")
    async with app.run_test(size=size) as pilot:
        await pilot.press("home")
        assert "only the inputs are known" in words(app, "#step")
        assert "-12" not in drawn(app)
        await pilot.press("space", "space")
        assert "f = q1 * z = 3 * (-4) = -12" in words(app, "#step")
        assert "-12" in drawn(app)
        await pilot.press("space")
        assert "df/dq1 = z * 1 = (-4) * 1 = -4" in words(app, "#step")
        assert "switches" in words(app, "#step")
        await pilot.press("space")
        assert "df/dx = dq1/dx * df/dq1 = 1 * (-4) = -4" in words(app, "#step")
        assert "(df/dx = -4)" in words(app, "#inputs")
        await pilot.press("left")
        assert app.screen.state.done == 3


async def test_where_there_is_room_the_gates_stand_below_and_fill_up():
    app = app_of("sum-times-z")
    async with app.run_test(size=(120, 40)) as pilot:
        gates = app.screen.query_one("#below")

        def table():
            lines = [strip.text for strip in app.screen._compositor.render_strips()]
            return "\n".join(lines[gates.region.y : gates.region.bottom])

        await pilot.press("home")
        await pilot.pause()
        assert "q1" in table()
        assert "dq1/dx" not in table()
        top = gates.region.y
        await pilot.press("space", "space", "space", "space")
        await pilot.pause()
        assert "dq1/dx = 1, dq1/dy = 1" in table()
        assert gates.region.y == top
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert not gates.display


async def test_all_numbers_follow_an_input():
    app = app_of("sum-times-z")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", ">")
        assert app.screen.state.evaluation.inputs["y"] == 6
        assert "-16" in drawn(app)
        await pilot.press("minus", "up", "up")
        assert app.screen.state.evaluation.output == pytest.approx((-2 + 5.9) * -4)
        assert app.screen.state.chosen == "z"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, EntryScreen)
        app.screen.query_one(Input).value = "a lot"
        await pilot.press("enter")
        await pilot.pause()
        assert "column 3" in str(app.screen.query_one("#problem", Label).render())
        app.screen.query_one(Input).value = "1/2"
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.state.evaluation.inputs["z"] == 0.5


async def test_an_expression_with_a_mistake_is_explained_where_it_was_typed():
    app = app_of("product")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e")
        await pilot.pause()
        app.screen.query_one(Input).value = "x * foo(y)"
        await pilot.press("enter")
        await pilot.pause()
        problem = str(app.screen.query_one("#problem", Label).render())
        assert "column 5: unknown function 'foo'" in problem
        assert "^" in problem
        app.screen.query_one(Input).value = "x * s(y) + w"
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.state.evaluation.inputs == {"x": 4, "y": -3, "w": 1}, "what is known stays"


async def test_bundled_circuits_are_chosen_and_folded():
    app = app_of("product")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.screen, ChooseScreen)
        options = app.screen.query_one(OptionList)
        options.highlighted = options.get_option_index("sigmoid-neuron")
        await pilot.press("enter")
        await pilot.pause()
        assert "(exp)" in drawn(app)
        await pilot.press("f")
        assert "(s)" in drawn(app) or "[s]" in drawn(app)
        assert "(exp)" not in drawn(app)
        assert "folded" in app.screen.query_one(CircuitView).border_title


async def test_the_mouse_goes_to_a_gate_and_chooses_an_input():
    app = app_of("sum-times-z")
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.screen.query_one(CircuitView)
        x, y, _ = view._picture.places[4]
        left, top = view.shift
        # One cell for the border.
        await pilot.click(CircuitView, offset=(1 + left + x + 1, 1 + top + y))
        assert app.screen.state.order[app.screen.state.done - 1] == ("backward", 4)
        x, y, _ = view._picture.places[3]
        await pilot.click(CircuitView, offset=(1 + left + x, 1 + top + y))
        assert app.screen.state.chosen == "z"
        await pilot.click("#inputs", offset=(3, 0))
        assert app.screen.state.chosen == "x"
        await pilot.click(KeyLine, offset=(2, 0))
        assert app.screen.state.done == app.screen.state.total


async def test_a_drawing_larger_than_the_screen_follows_the_steps_and_pans():
    text = " + ".join(f"s(a{i} * b{i})" for i in range(40))
    app = CircuitApp(Look(), open_circuit(text, {}))
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.screen.query_one(CircuitView)
        assert "move it" in view.border_subtitle
        for key in ("home", "space", "space", "end", "left", "left", "left"):
            await pilot.press(key)
            selected = app.screen.state.selected
            if selected is not None:
                x, y, cells = view._picture.places[selected]
                assert view.left <= x <= x + cells <= view.left + view.size.width
                assert view.top <= y < view.top + view.size.height
        before = (view.left, view.top)
        await pilot.press("L", "J", "H", "K")
        await pilot.press("shift+right", "shift+down")
        assert (view.left, view.top) != before
        await pilot.press("down")
        assert f"{app.screen.state.chosen} = 1" in words(app, "#inputs")
        assert "..." in words(app, "#inputs")


@SIZES
async def test_the_code_is_a_pane_that_follows_the_steps(size):
    app = app_of("tricky")
    async with app.run_test(size=size) as pilot:
        await pilot.press("c", "home")
        await pilot.pause()
        below = app.screen.query_one("#below")

        def shown():
            lines = [strip.text for strip in app.screen._compositor.render_strips()]
            return "\n".join(lines[below.region.y : below.region.bottom])

        assert below.display
        roomy = size[1] >= 36
        view = app.screen.query_one(CircuitView)
        assert view.display is roomy, "where both had no room there is the code alone"
        assert below.size.height >= (10 if roomy else size[1] - 10)
        assert ("c shows the drawing" in shown()) is not roomy
        assert "sigy = 1 / (1 + math.exp(-y))" in words(app, "#below-table")
        assert "0.0180" not in words(app, "#below-table"), "no number before its step"
        for number, line in ((2, "sigy = 1 / (1 + math.exp(-y))      # (1) 0.0180"), (10, "f = num * invden")):
            while app.screen.state.done < number:
                await pilot.press("space")
            await pilot.pause()
            assert line in shown()
        await pilot.press("end")
        await pilot.pause()
        assert "dy += ((1 - sigy) * sigy) * dsigy" in shown(), "the branch of y: where its gradients add up"
        await pilot.press("+")
        assert "y = -3.9" in words(app, "#below-table")
        at = below.scroll_y
        await pilot.press("K")
        assert (below.scroll_y < at) is not roomy, "what moves the drawing moves the code in its place"
        await pilot.press("c")
        assert not below.display or "sigy = 1" not in "".join(words(app, "#below-table"))
        assert view.display


async def test_a_formula_pasted_over_several_lines_arrives_whole():
    app = app_of("product")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e")
        await pilot.pause()
        field = app.screen.query_one(Input)
        field.post_message(Paste("q = x + y;\nr = q * y\n\nr / 2\n"))
        await pilot.pause()
        assert field.value == "q = x + y; r = q * y; r / 2", "in the place of what was selected"
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.state.circuit.title == "q = x + y; r = q * y; r / 2"
        assert app.screen.state.evaluation.output == (4 - 3) * -3 / 2


@SIZES
async def test_pages_of_gates_modes_and_help(size):
    app = app_of("branch")
    async with app.run_test(size=size) as pilot:
        for key, word in (("g", "copies add up"), ("m", "reverse mode"), ("question_mark", "Previous gate")):
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(app.screen, PageScreen)
            assert word in "\n".join(strip.text for strip in app.screen._compositor.render_strips())
            await pilot.press("escape")
            await pilot.pause()
            assert isinstance(app.screen, CircuitScreen)
        await pilot.press("q")
    assert app.return_code == 0


async def test_every_size_draws_and_ascii_stays_ascii():
    app = app_of("quotient", Look("none", ascii=True))
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((20, 6), (10, 3), (60, 12), (300, 80), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("space")
        assert drawn(app).isascii()
        assert words(app, "#step").isascii()


async def test_the_workbench_opens_it_and_is_there_again_afterwards(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("G")
        await pilot.pause()
        assert isinstance(app.screen, CircuitScreen)
        await pilot.press("space", "q")
        await pilot.pause()
        assert app.screen is app.workbench


def test_every_key_is_bound_and_in_the_help_and_the_footer_has_those_that_matter():
    help_text = keys.help_text(CIRCUIT_KEYS)
    for key in CIRCUIT_KEYS:
        assert hasattr(CircuitScreen, f"action_{key.action}")
        assert key.help in help_text
    shown = [key.action for key in footer_keys({"begun", "inputs"})]
    assert shown[:3] == ["step", "step_back", "next_input"]
    assert "step_back" not in [key.action for key in footer_keys(())]


async def test_a_theme_that_is_chosen_there_is_followed_by_drawing_and_picture(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app, grounds = app_of("colah"), []
    async with app.run_test(size=(80, 24)) as pilot:
        for theme in ("textual-dark", "textual-light", "high-contrast-light"):
            app.theme = theme
            await pilot.pause()
            await pilot.press("s")
            await app.workers.wait_for_complete()
            grounds.append(sorted(tmp_path.glob("*.svg"), key=lambda path: path.stat().st_mtime_ns)[-1].read_text())
            assert app.screen.query_one(CircuitView).look.light is (theme != "textual-dark")
    dark, light, contrast = (re.search(r'<rect[^>]*fill="(#[0-9a-f]+)"', svg)[1] for svg in grounds)
    assert dark != light
    assert int(light[1:3], 16) > 128 > int(dark[1:3], 16)
    assert int(contrast[1:3], 16) > 128


async def test_the_gate_of_the_step_is_marked_without_colours():
    app = app_of("colah", Look("none"))
    async with app.run_test(size=(80, 24)) as pilot:
        marks = []
        for _ in range(app.screen.state.total):
            await pilot.press("space")
            marks.append(re.findall(r"\[[^\]]+\]", drawn(app)))
    assert [len(one) for one in marks] == [1] * len(marks), marks
    assert ["[•]"] in marks


@pytest.mark.parametrize("width", [52, 70])
def test_no_word_of_a_table_about_a_circuit_is_broken(width):
    found = evaluate(parse("(x + y) * z"), {"x": -2.0, "y": 5.0, "z": -4.0})
    ways = cost_rows(found)
    counted = [[what, *(row[place] for row in ways)] for place, what in enumerate(COST_HEADER) if place]
    costs = (["", *(row[0].replace(" mode", "") for row in ways)], counted)
    for header, rows in (
        costs,
        (gate_header(found), gate_rows(found)),
        (mode_header(found, "x"), mode_rows(found, "x")),
    ):
        console = Console(width=width, file=io.StringIO())
        console.print(table_of(header, rows))
        shown = set(console.file.getvalue().split())
        assert {word for cell in (*header, *itertools.chain(*rows)) for word in cell.split()} <= shown


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_nothing_of_a_step_or_of_a_gate_is_cut_or_broken(size):
    app = app_of("tricky")
    async with app.run_test(size=size) as pilot:
        await pilot.press("g")
        await pilot.pause()
        page = app.screen.query_one(VerticalScroll)
        listed = "\n".join(strip.text for strip in page.children[0].render_lines(page.children[0].region.reset_offset))
        for said in (
            "dnum/dx = 1, dnum/dsigy = 1",
            "distributes: both get all of it",
            "dsigy/dy = sigy (1 - sigy) = 0.02",
        ):
            assert said in listed
        await pilot.press("escape")
        app = app_of("sum-times-z")
    async with app.run_test(size=size) as pilot:
        await pilot.press("home", "space", "space", "space")
        await pilot.pause()
        step = app.screen.query_one("#step")
        shown = " ".join(strip.text for strip in step.render_lines(step.region.reset_offset))
        assert "df/dz = q1 * 1 = 3 * 1 = 3" in shown
        assert "the other's value" in " ".join(shown.split())


async def test_the_list_of_circuits_speaks_of_no_option_of_the_command_line():
    app = app_of("product")
    async with app.run_test(size=(80, 24)) as pilot:
        assert not any("--" in f"{one.beside} {one.name}" for one in app.screen.own_findings())
        await pilot.press("o")
        await pilot.pause()
        assert "--" not in "\n".join(str(one.prompt) for one in app.screen.query_one(OptionList).options)


def test_no_word_of_the_table_of_gates_is_cut_and_nothing_moves_while_it_fills():
    width = 116
    for one in BUNDLED:
        state = state_of(one.name)
        drawn = []
        for done in (0, state.total):
            console = Console(width=width, file=io.StringIO())
            console.print(gate_table(replace(state, done=done), width)[0])
            drawn.append(console.file.getvalue())
        for *_, local, pattern in gate_rows(state.evaluation):
            assert all(word in drawn[1] for word in f"{local} {pattern}".split()), one.name
        begin, end = (text.split("\n")[0] for text in drawn)
        assert begin == end, one.name
        assert max(map(len, drawn[1].split("\n"))) <= width


def test_what_holds_where_something_does_is_told_from_what_it_is():
    table = gate_rows(state_of("max").evaluation)
    assert table[0][4] == "df/dx = (1 if x > y, else 0) = 1, df/dy = (1 if y >= x, else 0) = 0"
