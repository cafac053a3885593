"""The workbench for a projector: one or two views, no panel, few words above; a clicker goes from view to view."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Resize

from tui_nn.render import Look
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.first_keys import PRESENTED
from tui_nn.tui.key import OF_FOCUS, Key
from tui_nn.tui.keys import LESSON
from tui_nn.tui.layout import default_views
from tui_nn.tui.screens.workbench import WorkbenchScreen
from tui_nn.tui.widgets.view import ViewPane

AT_ONCE = 2  # panes, beside each other or, in a narrow terminal, one above the other
HIGH = 36  # lines of a narrow terminal from which on both are readable from afar; below, one has the screen
HIDDEN = "The experiment is not shown here: ctrl+p changes it."


class PresentScreen(WorkbenchScreen):
    """views: those of the lesson in their order. Those that have room are shown; PgDn goes on in the pane with the
    focus.
    """

    TABLE = LESSON
    FIRST_KEYS = PRESENTED
    LAYOUT = "Views of a lesson, one or two at a time. What is trained is not shown here: ctrl+p changes it."
    MOVES = "Arrows move the cursor of a view; Esc goes back by one."
    BARE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "press('page_on')", show=False, priority=True),
        Binding("pageup", "press('page_back')", show=False, priority=True),
    ]

    def __init__(self, bench: Bench, look: Look, views: Sequence[str]) -> None:
        super().__init__(bench, look)
        self._named = tuple(views)
        self.add_class("present")
        self.set_class(len(self._views()) == 1, "single")

    @property
    def _lesson(self) -> tuple[str, ...]:
        """The views that were named, else the usual ones: the net, what it answers, and how it got there."""
        first, second, third, *rest = default_views(self.bench.draft.shapes)
        return self._named or (first, third, second, *rest)

    def _views(self) -> tuple[str, ...]:
        return self._lesson[:AT_ONCE]

    def on_mount(self) -> None:
        """Textual has called that of the workbench before."""
        self.call_after_refresh(self.query(ViewPane).first().focus)

    def on_resize(self, event: Resize) -> None:
        """Textual calls that of the workbench too."""
        self.set_class(event.size.height < HIGH, "low")

    def press(self, action: str, granted: frozenset[str] = frozenset()) -> None:
        needed = next((key.needs for key in self.TABLE if key.action == action), ())
        if "experiment" in needed and "experiment" not in self.facts(needed) | granted:
            self.notify(HIDDEN)
        else:
            super().press(action, granted)

    def of_use(self) -> Sequence[Key]:
        return [key for key in self.TABLE if "experiment" not in key.needs]

    def facts(self, needed: Collection[str] | None = None) -> frozenset[str]:
        return super().facts(needed) | {"lesson"} | (OF_FOCUS - {"experiment"})

    def of_the_view(self) -> tuple[list[Key], list[str]]:
        own, idle = super().of_the_view()
        seen = sum(pane.display for pane in self.panes)
        idle += ["edit"] * (seen == 1 and self.enlarged is None)
        idle += ["page_on", "page_back"] * (len(self._lesson) <= seen)
        return own, idle

    def action_page_on(self) -> None:
        self._turn_page(1)

    def action_page_back(self) -> None:
        self._turn_page(-1)

    def _turn_page(self, by: int) -> None:
        """The next view of the lesson that is not on the screen already, or the one before."""
        pane = self.pane()
        if pane is None:
            return
        seen = {other.view.name for other in self.panes if other is not pane and other.display}
        rest = [name for name in self._lesson if name not in seen]
        at = rest.index(pane.view.name) if pane.view.name in rest else -1 if by > 0 else 0
        if rest:
            self.show_view(pane, self.view_of(rest[(at + by) % len(rest)]))
