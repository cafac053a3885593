"""Weights edited by hand in their matrix: typed over a cell, or pasted."""

from __future__ import annotations

import asyncio
import contextlib

from textual import work

from tui_nn.plugin.places import EditWeight
from tui_nn.tui.bench.by_hand import fitting_rows, parts_of, placed
from tui_nn.tui.bench.editing import Array, NotYet, edit_weights, shown_weights
from tui_nn.tui.bench.pasted import read_rows, written_out
from tui_nn.tui.screens.looking import LookingActions
from tui_nn.tui.widgets.cell import CellQuestion
from tui_nn.tui.widgets.view import ViewPane

VIEW = "weights"
TICK, PATIENCE = 0.05, 100  # seconds, and how many of them


class HandActions(LookingActions):
    """Asks for weights, and has them set."""

    @work
    async def action_weight(self) -> None:
        """The matrix with its cursor; where that is already, the weight under it."""
        pane = self.pane(lambda pane: pane.view.name == VIEW) or self.pane()
        if pane is None:
            return
        with self.telling():
            if pane.view.name != VIEW:
                self.show_view(pane, self.view_of(VIEW))
            self.set_focus(pane)
            await self._weights()
            pane.draw(self.bench.shown)
            if pane.knobs.at is None:
                pane.action_go("up")
            else:
                pane.action_enter()

    async def _weights(self) -> dict[int, Array]:
        """Those that are shown; edits may follow each other faster than a network is built. Raises Unavailable."""
        for _ in range(PATIENCE):
            with contextlib.suppress(NotYet):
                return shown_weights(self.bench)[1]
            await asyncio.sleep(TICK)
        return shown_weights(self.bench)[1]

    @work
    async def edit_weight(self, pane: ViewPane, wanted: EditWeight, pasted: str = "") -> None:
        """Have this weight typed anew over its cell. pasted: what the field begins with."""
        with self.telling():
            theta = (await self._weights())[wanted.layer]
            rows, columns = theta.shape

            def problem(text: str) -> str:
                try:
                    fitting_rows(text, (rows, columns))
                except ValueError as error:
                    return str(error)
                return ""

            def joined(text: str) -> str:
                for read in (lambda: fitting_rows(text, (rows, columns)), lambda: read_rows(text)[0]):
                    try:
                        return written_out(read())
                    except ValueError:
                        continue
                return " ".join(text.split())

            now = str(theta[wanted.unit - 1, wanted.input]).removesuffix(".0")
            value = joined(pasted) if len(pasted.splitlines()) > 1 else pasted.strip() or now
            hint = f"Type or paste {parts_of((rows, columns))}, or all."
            text = await pane.ask(CellQuestion(value, hint, problem, joined))
            if text is not None and text != now:
                place = (wanted.layer, wanted.unit, wanted.input)
                weights = placed(fitting_rows(text, (rows, columns)), place, (rows, columns))
                run = self.bench.client.reader
                done = await edit_weights(self.bench, weights)
                if self.bench.client.reader is run:
                    self.note(pane, done)
                else:
                    self.notify(done, markup=False)
