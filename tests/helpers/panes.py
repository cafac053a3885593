"""The application on a recorded run, its first pane ready for keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from tui_nn.runs import open_run
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.widgets.view import ViewPane


@asynccontextmanager
async def first_pane(app: WorkbenchApp, run: Path) -> AsyncIterator[tuple[Pilot[None], ViewPane]]:
    """The application in a terminal of 120 x 40, and its first pane, which has the focus and shows the run."""
    async with app.run_test(size=(120, 40)) as pilot:
        app.bench.client.show(open_run(run))
        app.bench.poll()
        app.workbench.redraw()
        pane = next(iter(app.screen.query(ViewPane)))
        pane.focus()
        await pilot.pause()
        yield pilot, pane
