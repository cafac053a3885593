"""Pictures of the screens: the application runs without a terminal, is given keys, and is drawn as SVG."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text
from textual.widgets import Input

from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look, to_svg
from tui_nn.runs import open_run
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.bench.branch import at_hand
from tui_nn.tui.preferences import Remembered
from tui_nn.tui.trainer_client import ProcessTrainer

SIZE = (120, 40)
THEMES = {"dark": "textual-dark", "light": "textual-light"}
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}  # whatever this one is, the pictures have all colours
SETTLED, PATIENCE = 1.0, 20.0  # seconds without a change, and seconds that this is waited for


@dataclass(frozen=True)
class Screen:
    """keys: that lead to it from the workbench. run: which of the gallery's it is of."""

    name: str
    title: str
    says: str
    keys: tuple[str, ...] = ()
    run: str = "digits"


SCREENS = (
    Screen("screen-workbench", "The workbench", "`tui-nn RUN`, here of the digits."),
    Screen("screen-views", "All views in a list", "`V`; it narrows while one types.", ("V",)),
    Screen("screen-data", "The data", "`D`: every column, what is made of it and why.", ("D", "up"), "iris"),
    Screen("screen-circuit", "The chain rule, gate by gate", "`G`, then space steps.", ("G", *["space"] * 12)),
    Screen("screen-keys", "All keys", "`?`.", ("question_mark",)),
)


def photographed(runs: Path, folder: Path) -> None:
    """Draw every screen, light and dark, into the folder. runs: where those of the gallery are."""
    for shade in THEMES:
        for screen in SCREENS:
            svg = drawn(runs / screen.run, screen.keys, shade)
            (folder / f"{screen.name}-{shade}.svg").write_text(svg, "utf-8")


def drawn(run: Path, keys: tuple[str, ...], shade: str) -> str:
    """The screen that these keys lead to from the workbench on this run, as SVG. shade: one of THEMES."""
    os.environ |= TERMINAL
    return asyncio.run(_photographed(run, keys, THEMES[shade]))


async def _photographed(run: Path, keys: tuple[str, ...], theme: str) -> str:
    reader, registry, remembered = open_run(str(run)), load_registry(), Remembered()
    remembered.change(theme=theme)
    client = ProcessTrainer(run.parent, registry)
    client.show(reader)
    app = WorkbenchApp(at_hand(reader), registry, client, Look("truecolor"), remembered)
    async with app.run_test(size=SIZE) as pilot:
        await _settled(app)
        await pilot.press(*keys)
        for typed in app.screen.query(Input):
            typed.cursor_blink = False  # what blinks never stands
        return to_svg(await _settled(app), "tui-nn", light=theme == THEMES["light"])


async def _settled(app: WorkbenchApp) -> Text:
    """What is shown, once it has stood for a moment: views come from threads."""
    shown, since, end = _shown(app), time.monotonic(), time.monotonic() + PATIENCE
    while time.monotonic() < min(since + SETTLED, end):
        await asyncio.sleep(0.2)
        now = _shown(app)
        if now != shown:
            shown, since = now, time.monotonic()
    return shown


def _shown(app: WorkbenchApp) -> Text:
    strips = app.screen._compositor.render_strips()
    lines = [Text.assemble(*((segment.text, segment.style or "") for segment in strip)) for strip in strips]
    return Text("\n").join(lines)
