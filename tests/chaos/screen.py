"""The workbench without a terminal: opened as `tui-nn TARGET` opens it, its keys pressed."""

from __future__ import annotations

import asyncio
import random
import sys

from invariants import STEERING
from textual.pilot import Pilot

from tui_nn.cli import streams
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.key import BUILD, FILES, LOOK, TIME, TRAIN
from tui_nn.tui.keys import KEYS

WORD = "@screen"  # instead of a command: `@screen TARGET GROUPS COUNT SEED`, so many of their keys at random
LEFT_OUT = ("quit", "branch")  # a branch begins a run, beside the one that is looked at
GROUPS = {"look": (LOOK, TIME, FILES), "train": (TRAIN, LOOK), "build": (BUILD, TRAIN)}


def drive() -> None:
    """Make `tui-nn TARGET` what this process does next, its keys pressed by a pilot."""
    target, groups, count, seed = sys.argv[2:]
    known = [key for key in KEYS if key.group in GROUPS[groups] and key.action not in LEFT_OUT]
    keys = [key.keys.split(",")[0] for key in random.Random(seed).sample(known, int(count))]
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
