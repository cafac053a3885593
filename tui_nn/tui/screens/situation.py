"""What is so on the workbench now, of all that keys may need; and the footer that follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tui_nn.confined import only_watches
from tui_nn.experiment.tracing import BATCH
from tui_nn.plugin.knobs import LOG, SMOOTHING, WINDOW
from tui_nn.tui import footer, keys
from tui_nn.tui.bench.pace import SPEEDS
from tui_nn.tui.key import LOOK, LOOKS_ALONE, OF_FOCUS, Key
from tui_nn.tui.screens.advice import AdviceActions
from tui_nn.tui.screens.requests import RequestActions
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.cell import CellField
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views.trace.asked import PART, ROW

OF_THE_PANES = frozenset({"view", "enlarged", "several", "unit", "readings", LOG.name, SMOOTHING.name, WINDOW.name})
OVER = ("ended", "crashed")
LAST = next(key for key in keys.KEYS if key.action == "help")


class Situation(AdviceActions, RequestActions):
    """Facts for the key table. They are looked at when a key is pressed, and when the screen is drawn."""

    def facts(self, needed: Collection[str] | None = None) -> frozenset[str]:
        parts = [self._of_the_trainer, self._of_the_time, self._of_the_focus, self._of_the_row]
        if needed is None or not OF_THE_PANES.isdisjoint(needed):  # a key that is held would look at all of them
            parts.append(self._of_the_panes)
        return frozenset(fact for part in parts for fact in part())

    def _of_the_trainer(self) -> Iterator[str]:
        state, reader = self.bench.client.state, self.bench.client.reader
        yield state
        if only_watches():
            yield LOOKS_ALONE
        if self.bench.trains:
            yield "training"
        elif self.bench.draft.error:
            yield footer.UNTRAINABLE
        if state != "starting":
            yield "ready"
        if reader is not None:
            yield "trained"
        begun = reader is not None and not reader.is_removed and reader.history.started is not None
        if begun and state in OVER:
            yield "resumable"
        if state not in OVER:
            speed = self.bench.pace.speed
            yield from ["faster"] * (speed != SPEEDS[-1]) + ["slower"] * (speed != SPEEDS[0])

    def _of_the_time(self) -> Iterator[str]:
        subject = self.bench.subject
        records = subject.snapshots() if subject is not None else None
        if subject is not None and subject.weights() is not None:
            yield "weights"
        if subject is None or records is None or not len(records):
            return
        if subject.epoch is not None:
            yield "past"
        if records.steps[0] < (subject.history.last_step if subject.at is None else subject.at):
            yield "earlier"

    def _of_the_focus(self) -> Iterator[str]:
        editor, at_rows = self.bench.editor, isinstance(self.focused, Builder) and self.enlarged is None
        if at_rows:
            yield from OF_FOCUS
        if self.bench.trains:
            yield from ("steps", "samples")
        elif isinstance(self.focused, ViewPane) and self.focused.takes(PART):
            knobs = self.focused.knobs
            if knobs[PART] != BATCH or knobs[ROW]:
                yield "samples"  # of a part, or instead of a typed row: no run comes of it
        for name, step in (("undo", editor.undo()), ("redo", editor.redo())):
            if step is not None and (at_rows or editor.is_of_views(step)):
                yield name

    def _of_the_row(self) -> Iterator[str]:
        """Of the selected row, whether or not the focus is there."""
        layer, last = self.builder.selected_layer, len(self.bench.experiment.network.layers) - 1
        if layer is None:
            return
        yield "layer"
        if layer < last:
            yield "hidden"
        if 0 < layer < last:
            yield "upwards"
        if layer < last - 1:
            yield "downwards"

    def _of_the_panes(self) -> Iterator[str]:
        if self.pane() is None:
            return
        yield "view"
        if self.enlarged is not None:
            yield "enlarged"
        elif len(self.focus_chain) > 1:
            yield "several"
        for knob in (LOG, SMOOTHING, WINDOW):
            if self.pane(lambda pane, knob=knob: pane.takes(knob)) is not None:  # type: ignore[misc]
                yield knob.name
        pane = self.enlarged or self.focused
        if isinstance(pane, ViewPane) and pane.unit is not None:
            yield "unit"  # in the pane that has the focus: it is frozen, which changes the experiment
        if self.pane(lambda pane: len(pane.readings) > 1) is not None:
            yield "readings"

    def action_leave(self) -> None:
        """A click on the last line's Esc."""
        pane = self.enlarged or self.focused
        if isinstance(pane, ViewPane):
            pane.action_leave()

    def on_view_pane_left(self, event: ViewPane.Left) -> None:
        """Back to the experiment, where it is shown."""
        event.stop()
        if self.builder.region:
            self.set_focus(self.builder)

    # The footer

    def show_keys(self) -> None:
        """Name the keys that are most useful now."""
        facts, width = self.facts(), self.size.width - 2
        self.forgive(facts)
        bar = "|" if self.look.ascii else "│"
        if isinstance(self.focused, CellField):
            shown = footer.markup(keys.CELL, width)
        else:
            own, idle = self.of_the_view()
            shown = footer.markup(footer.offers(facts, own, idle, self.TABLE), width, facts, LAST, bar)
        self.query_one(KeyLine).offer(shown)

    def of_the_view(self) -> tuple[list[Key], list[str]]:
        """Keys that only the view in the focus has, and actions that mean nothing to it."""
        pane = self.enlarged or self.focused
        if not isinstance(pane, ViewPane):
            return [], []
        own, idle = keys.of_view(pane.view, len(pane.readings) > 1)
        here = pane.here()
        if here is not None:
            own = [key for key in own if key.show != "arrows"]
            does = here.does if here.unit is None else "open"  # its own keys need the room, and the view says what
            enter = [Key("", "enter", "edit", does, "", LOOK)] if here.enter is not None else []
            own = [Key("", "arrows", "", "move", "", LOOK), *enter, keys.LEAVE, *(own if here.unit is None else [])]
            idle.append("edit")
        elif self.enlarged is not None:
            own = [keys.LEAVE, *own]
            idle.append("edit")
        return own, idle
