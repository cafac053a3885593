"""What the palette of the workbench finds: settings with values, views, components, runs, lessons, themes, keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import work

from tui_nn.errors import TuiNNError
from tui_nn.plugin.knobs import STANDARD
from tui_nn.tui.aside import soon
from tui_nn.tui.facts import RANGES
from tui_nn.tui.findings import WORDS, Hit, of_keys, of_themes
from tui_nn.tui.key import OF_FOCUS, Key
from tui_nn.tui.keys import KEYS
from tui_nn.tui.layout import default_views
from tui_nn.tui.screens.palette import RECENT, PaletteScreen
from tui_nn.tui.screens.rows import RowActions
from tui_nn.tui.screens.situation import Situation
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import find
from tui_nn.views.finding import fitness

if TYPE_CHECKING:
    from tui_nn.tui.app import WorkbenchApp

PICKED = ("loss", "optimizer", "schedule", "initializer", "dataset", "activation")  # kinds with a list to pick from


class FindingActions(Situation, RowActions):
    """Opens the palette, and does what was found."""

    _recent: Sequence[str] = ()

    @work
    async def action_palette(self) -> None:
        more = soon(self._openable)
        found = await self.app.push_screen_wait(PaletteScreen(list(self.findings()), self._recent, more))
        if found is not None:
            self._recent = [found.name, *(name for name in self._recent if name != found.name)][:RECENT]
            found.do()

    def findings(self) -> Iterator[Hit]:
        """All but what has to be read from the disk."""
        yield from self._settings()
        yield from self._view_findings()
        yield from of_keys(KEYS, self._press)
        yield from self._components()
        yield from of_themes(self.app)
        yield Hit("look: ASCII", "Draw with ASCII only, or with blocks and braille.", self._ascii, WORDS["ascii"])

    def _settings(self) -> Iterator[Hit]:
        for row, name, value in self.builder.rows():
            kind = "layer" if row.startswith("layer-") else row.rpartition(".")[2]
            beside = f"{value}   {RANGES.get(kind, '')}".rstrip()
            words = f"{WORDS.get(kind, '')} {WORDS.get(row, '')} change value setting"
            yield Hit(f"setting: {name}", beside, partial(self._edit_row, row), words)

    def _edit_row(self, row: str) -> None:
        self.builder.select(row)
        self.builder.action_select()

    def _view_findings(self) -> Iterator[Hit]:
        """Each view, or why it cannot show this run, and what only the one in the focus has."""
        pane = self.pane()
        if pane is None:
            return
        for view, why in fitness(self.bench.shown, self.bench.registry):
            show = partial(self.notify, why, markup=False) if why else partial(self.show_view, pane, view)
            yield Hit(f"view: {view.name}", why or view.description, show, WORDS.get(view.name, ""))
        for knob in pane.view.knobs:
            if knob not in STANDARD:
                name = f"view {pane.view.name}: {knob.short} ({knob.key})"
                yield Hit(name, knob.help, partial(pane.turn, knob))
        yield Hit("views: as at first", "The views that show most of this kind of data.", self._default_views)

    def _default_views(self) -> None:
        names = default_views(self.bench.draft.shapes)
        for pane, name in zip(self.query(ViewPane), names, strict=False):
            pane.take(find(name, self.bench.registry))
        self.keep_views()
        self.redraw()

    def _press(self, key: Key) -> None:
        """What a key does; it is named here, so that the focus is no matter, but an experiment that changes is seen."""
        if "experiment" in key.needs:
            if self.enlarged is not None:
                self.enlarged.action_enlarge()
            self.set_focus(self.builder)
        self.press(key.action, OF_FOCUS)

    def _components(self) -> Iterator[Hit]:
        registry = self.bench.registry
        for kind in PICKED:
            for name in registry.names(kind):
                words = f"{kind} {WORDS.get(kind, '')}"
                about = registry.get(kind, name).description
                yield Hit(f"{kind}: {name}", about, partial(self.pick_of, kind, name), words)

    def _openable(self) -> list[Hit]:
        """Examples, experiment files, sweeps and runs; and lessons. Waits for the disk."""
        from tui_nn.tui.lesson.choosing import lesson_hits
        from tui_nn.tui.screens.launch import openable

        found = [
            Hit(f"{kind}: {name}", beside, partial(self.open_soon, what))
            for kind, name, beside, what in openable(self.bench.runs_folder)
        ]
        return [*found, *(replace(hit, name=f"lesson: {hit.name}") for hit in lesson_hits(self.begin_lesson))]

    @work
    async def action_lessons(self) -> None:
        """A lesson stands over the workbench, which goes on below."""
        from tui_nn.tui.lesson.choosing import lesson_hits

        listed = soon(lesson_hits, self.begin_lesson)
        found = await self.app.push_screen_wait(PaletteScreen([], [], listed, "lesson"))
        if found is not None:
            found.do()

    @work
    async def begin_lesson(self, name: str) -> None:
        from tui_nn.lesson.walk import begun
        from tui_nn.tui.lesson.screen import LessonScreen

        try:
            walk = await soon(begun, name, self.bench.registry)
        except TuiNNError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.app.push_screen(LessonScreen(walk, self.look))

    def _ascii(self) -> None:
        cast("WorkbenchApp", self.app).toggle_ascii()
