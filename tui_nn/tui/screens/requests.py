"""What the places of views ask of the screen, carried out: one branch for each kind of request."""

from __future__ import annotations

from dataclasses import replace

from textual import work

from tui_nn.plugin.places import EditWeight, GoTo, OpenView
from tui_nn.tui.screens.by_hand import HandActions
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.widgets.view import ViewPane


class RequestActions(HandActions):
    """Enter at a place of a view."""

    def on_view_pane_entered(self, event: ViewPane.Entered) -> None:
        request = event.request
        if isinstance(request, OpenView):
            with self.telling():
                self.show_view(event.pane, self.view_of(request.view), request.knobs)
        elif isinstance(request, GoTo):
            self.go_to(request.epoch)
        elif isinstance(request, EditWeight):
            self.edit_weight(event.pane, request, event.text)

    @work
    async def on_view_pane_asked(self, event: ViewPane.Asked) -> None:
        """Have the text of a knob typed."""
        pane, knob = event.pane, event.knob
        text = await self.app.push_screen_wait(EntryScreen(knob.short, pane.knobs[knob], lambda text: "", knob.help))
        if text is not None:
            pane.knobs = replace(pane.knobs.put(knob, text), at=None)
            pane.draw(self.bench.shown)
