"""More than a screen can follow: the mouse, its wheel, keys that repeat. What is seen in the end is the same."""

from __future__ import annotations

import asyncio
import gc

import pytest
from patience import until
from recording import train
from rich.segment import Segment
from textual.driver import Driver
from textual.events import Key, MouseMove, MouseScrollDown, MouseScrollUp
from textual.strip import Strip
from textual.widgets import Input

from tui_nn.runs import open_run
from tui_nn.tui import calm as module
from tui_nn.tui import garbage
from tui_nn.tui.calm import calm, turns
from tui_nn.tui.moves import MOVING, MovingKey, as_moving_key
from tui_nn.tui.terminal_app import TerminalApp
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import find, views_of

pytestmark = pytest.mark.drawn


class Told(Driver):
    """A driver that writes down what it tells the application."""

    def __init__(self, app):
        super().__init__(app)
        self.told = []

    def write(self, data):
        pass

    start_application_mode = disable_input = stop_application_mode = lambda self: None

    def send_message(self, message):
        self.told.append(message)


def mouse(kind, x=3):
    return kind(None, x, 1, 0, 0, 0, False, False, False)


def said(driver):
    names = {MouseScrollUp: "up", MouseScrollDown: "down", MouseMove: "to"}
    return [
        "key" if isinstance(one, Key) else (names[type(one)], one.x if isinstance(one, MouseMove) else turns(one))
        for one in driver.told
    ]


UP, DOWN, TO = MouseScrollUp, MouseScrollDown, MouseMove


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([UP] * 5000, [("up", 5000)]),
        ([UP, UP, DOWN], [("up", 1)]),
        ([UP, DOWN], []),
        ([DOWN] * 3, [("down", 3)]),
        ([(TO, 1), (TO, 2), (TO, 9)], [("to", 9)]),
        ([UP, (TO, 2), UP], [("up", 1), ("to", 2), ("up", 1)]),
        ([UP, UP, "key", DOWN, "key"], [("up", 2), "key", ("down", 1), "key"]),
    ],
)
async def test_what_waits_is_one_event_and_keys_keep_their_place(sent, told):
    app = TerminalApp()
    async with app.run_test():
        driver = calm(Told)(app)
        for one in sent:
            kind, *place = one if isinstance(one, tuple) else (one,)
            driver.process_message(Key("a", "a") if kind == "key" else mouse(kind, *place))
        for _ in range(100):
            if said(driver) == told:
                break
            await asyncio.sleep(module.HELD)
        await asyncio.sleep(3 * module.HELD)
        assert said(driver) == told


async def test_the_screens_own_driver_is_calm_and_lets_keys_that_move_wait():
    app = TerminalApp()
    assert app.get_driver_class().__name__ == "CalmDriver"
    async with app.run_test():
        driver = calm(Told)(app)
        for key in ("down", "a"):
            driver.process_message(Key(key, None))
        assert [isinstance(one, MovingKey) for one in driver.told] == [True, False]


def held(key, times):
    """As a driver tells it."""
    for _ in range(times):
        yield as_moving_key(Key(key, None))


async def test_keys_that_are_held_move_as_far_and_are_taken_together(app, monkeypatch):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        builder, chains = app.workbench.builder, []
        check = app._check_bindings
        monkeypatch.setattr(app, "on_event", counting(app.on_event, chains))
        where = [builder.highlighted]
        for key, steps in (("down", 3), ("up", 2), ("down", 4)):
            for _ in range(steps):
                await check(key)
            where.append(builder.highlighted)
        builder.highlighted = where[0]
        del chains[:]
        for one in (*held("down", 3), *held("up", 2), *held("down", 4)):
            app.post_message(one)
        await until(lambda: builder.highlighted == where[-1])
        assert len(chains) == 1, "all nine were taken together"


def counting(handler, seen):
    async def counted(event):
        if isinstance(event, Key) and not event.is_forwarded:
            seen.append(event)
        await handler(event)

    return counted


def test_no_view_takes_for_its_own_what_may_be_taken_together(registry):
    assert not {knob.key for view in views_of(registry) for knob in view.knobs} & {*MOVING, ",", ".", "<", ">"}


async def test_what_is_typed_are_letters(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("o")
        await pilot.pause()
        typed = app.screen.query_one(Input)
        for one in held("comma", 3):
            one.character = ","
            app.post_message(one)
        await until(lambda: typed.value == ",,,")


async def test_a_cursor_that_is_held_is_drawn_where_it_ends(tmp_path, registry, app, monkeypatch):
    run = train(tmp_path / "run", registry, "digits", "training.epochs=2")
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.client.show(open_run(run))
        await pilot.pause(0.5)
        pane = app.workbench.query(ViewPane).first()
        app.workbench.show_view(pane, find("confusion", registry))
        pane.focus()
        await pilot.press("home")
        await pilot.pause()
        drawn, draw = [], pane.draw
        monkeypatch.setattr(pane, "draw", lambda subject: (drawn.append(pane.knobs.at), draw(subject)))
        start = pane.knobs.at
        for one in (*held("down", 6), *held("right", 5), *held("up", 2)):
            app.post_message(one)
        await until(lambda: drawn and drawn[-1] == pane.knobs.at != start)
        held_to = pane.knobs.at
        await until(lambda: drawn[-1] == held_to)
        assert len(drawn) < 13
        pane._put(start)
        for key, steps in (("down", 6), ("right", 5), ("up", 2)):
            for _ in range(steps):
                pane.action_go(key)
        assert pane.knobs.at == held_to


def test_all_garbage_is_collected_while_nobody_presses_a_key(monkeypatch):
    clock, done = [100.0], []
    monkeypatch.setattr(garbage.time, "monotonic", lambda: clock[0])
    for name in ("collect", "freeze", "set_threshold"):
        monkeypatch.setattr(garbage.gc, name, lambda *given, name=name: done.append((name, *given)))
    one = garbage.Garbage()
    one.begin()
    assert [name for name, *_ in done] == ["collect", "freeze", "set_threshold"]
    assert done[-1][-1] == garbage.RARELY
    del done[:]

    def after(seconds, *, pressed=False):
        clock[0] += seconds
        if pressed:
            one.pressed()
        one.look()
        return len(done)

    assert after(garbage.APART - 1) == 0, "it is not time yet"
    assert after(2, pressed=True) == 0, "somebody is there"
    assert after(garbage.QUIET + 1) == 1
    assert after(garbage.QUIET + 1) == 1, "it was done just now"
    assert after(garbage.APART) == 2


def test_a_line_that_is_drawn_whole_is_no_garbage(monkeypatch):
    monkeypatch.setattr(Strip, "divide", Strip.divide)  # as it was, at the end
    garbage.Garbage()
    gc.disable()  # what is made from here on stays among the youngest
    gc.collect(0)
    try:
        line = Strip([Segment("abc"), Segment("de")])
        assert line.divide([5]) == [line]
        assert [part.text for part in line.divide([2, 4, 5])] == ["ab", "cd", "e"]
        assert [part.text for part in line.divide([4])] == ["abcd"]
        del line
        assert gc.collect(0) == 0
    finally:
        gc.enable()


async def test_of_many_moments_the_last_is_drawn(tmp_path, registry, app, monkeypatch):
    run = train(tmp_path / "run", registry, "digits", "training.epochs=40")
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.client.show(open_run(run))
        await pilot.pause(0.5)
        screen, drawn = app.workbench, []
        redraw = screen.redraw
        monkeypatch.setattr(screen, "redraw", lambda: (drawn.append(screen.bench.subject.epoch), redraw()))
        for _ in range(30):
            app.post_message(Key("comma", ","))
        for _ in range(300):
            await pilot.pause(0.02)
            if drawn and drawn[-1] == 10:
                break
        assert screen.bench.subject.epoch == 10
        assert drawn[-1] == 10
        assert len(drawn) < 30
