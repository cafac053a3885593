"""The workbench without a terminal: opened as `tui-nn TARGET` opens it, its keys pressed."""

from __future__ import annotations

import asyncio
import random
import sys

from invariants import STEERING
from textual.pilot import Pilot

from tui_nn.cli import streams
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.keys import BUILD, KEYS

WORD = "@screen"  # instead of a command: `@screen TARGET COUNT SEED`, so many of the keys at random
NEITHER = ("quit", "play", "reset", "reroll", "branch")  # the last ones begin runs
KEYS_PRESSED = [key.keys.split(",")[0] for key in KEYS if key.group != BUILD and key.action not in NEITHER]


def drive() -> None:
    """Make `tui-nn TARGET` what this process does next, its keys pressed by a pilot."""
    target, count, seed = sys.argv[2:]
    keys = random.Random(seed).sample(KEYS_PRESSED, int(count))
    sys.argv[1:] = [target]

    def run_in_terminal(app: WorkbenchApp) -> int:
        return asyncio.run(_piloted(app, keys))

    vars(streams)["no_terminal"] = lambda: ""
    setattr(WorkbenchApp, "run_in_terminal", run_in_terminal)  # noqa: B010


async def _piloted(app: WorkbenchApp, keys: list[str]) -> int:
    async with app.run_test(size=(100, 32), notifications=True) as pilot:
        await _looked_at(app, pilot)
        for key in keys:
            for one in (key, "down", "escape"):
                await pilot.press(one)
                await _looked_at(app, pilot)
    return 0


async def _looked_at(app: WorkbenchApp, pilot: Pilot[None]) -> None:
    """What would go to the terminal holds no character that steers it."""
    await pilot.pause()
    strips = app.screen._compositor.render_strips()
    text = "".join(segment.text for strip in strips for segment in strip)
    assert STEERING.search(text) is None, f"control character on the screen: {STEERING.search(text)}"
    links = [segment.style.link for strip in strips for segment in strip if segment.style and segment.style.link]
    assert not links, f"a link on the screen: {links[0]}"
