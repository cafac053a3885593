"""More than a screen can follow: the mouse, its wheel, keys that repeat. What is seen in the end is the same."""

from __future__ import annotations

import asyncio

import pytest
from recording import train
from textual.driver import Driver
from textual.events import Key, MouseMove, MouseScrollDown, MouseScrollUp

from tui_nn.runs import open_run
from tui_nn.tui import calm as module
from tui_nn.tui.calm import calm, turns
from tui_nn.tui.terminal_app import TerminalApp


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


async def test_the_screens_own_driver_is_calm():
    assert TerminalApp().get_driver_class().__name__ == "CalmDriver"


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
