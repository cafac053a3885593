"""Keys that save what is seen: the picture of a view, or its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual import work

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.tui.aside import soon
from tui_nn.tui.handing import hand_over, place_of
from tui_nn.tui.pictures import free, save_picture
from tui_nn.tui.screens.looking import LookingActions
from tui_nn.views import Missing
from tui_nn.views.numbers import numbers_as_csv


class SavingActions(LookingActions):
    """Writes files into the working directory, each under a new name."""

    @work
    async def action_save_picture(self) -> None:
        """The view in the focus as it is, in all colours whatever the terminal has."""
        pane, subject = self.pane(), self.bench.subject
        if pane is None:
            return
        try:
            title, text = pane.picture(replace(self.look, depth="truecolor", vectors=True))
        except Missing as missing:
            self.notify(str(missing))
            return
        name = Path(self.bench.experiment.name).stem or "experiment"
        stem = f"{name}-untrained" if subject is None else subject.reader.path.name
        await save_picture(self, f"{stem}-{pane.view.name}", title, text, light=self.look.light)

    @work
    async def action_save_numbers(self) -> None:
        pane, subject = self.pane(), self.bench.subject
        if pane is None or subject is None:
            self.notify("There are no numbers yet.")
            return
        try:
            text = numbers_as_csv(pane.view.numbers(subject, pane.knobs))
            path = await soon(_written, f"{subject.reader.path.name}-{pane.view.name}.csv", text)
            hand_over(self.app, path)
        except (Missing, StorageError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.notify(place_of(path), title="Numbers saved", markup=False)


def _written(name: str, text: str) -> Path:
    """The new file."""
    path = free(Path(name))
    with refused_by_disk(path):
        path.write_text(text + "\n", "utf-8")
    return path
