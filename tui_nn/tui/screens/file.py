"""The experiment file: what `tui-nn train` takes, to be read, edited, saved and loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label, TextArea

from tui_nn.errors import TuiNNError, refused_by_disk
from tui_nn.experiment import Experiment, dump_experiment, load_experiment
from tui_nn.experiment.load import decode, parse
from tui_nn.plurals import plural
from tui_nn.tui.aside import soon
from tui_nn.tui.handing import hand_over, place_of
from tui_nn.tui.model import Draft
from tui_nn.tui.screens.dialog import Dialog, key
from tui_nn.tui.widgets.field import Field


class FileScreen(Dialog[Experiment]):
    """Dismissed with the experiment that the text says, or None. check: experiment -> its draft."""

    BOX = "wide"
    KEYS = (key("ctrl+t", "take", "accept"), key("ctrl+s", "save", "save"), key("ctrl+l", "load", "load"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", priority=True),
        Binding("ctrl+t", "take", "accept", priority=True),
        Binding("ctrl+s", "save", "save", priority=True),
        Binding("ctrl+l", "load", "load", priority=True),
    ]

    def __init__(self, experiment: Experiment, check: Callable[[Experiment], Draft]) -> None:
        super().__init__("experiment file")
        self._experiment, self._check = experiment, check

    def content(self) -> Iterable[Widget]:
        yield TextArea(dump_experiment(self._experiment), id="text", compact=True, show_line_numbers=False)
        yield Label("", id="problem", markup=False)
        name = f"{Path(self._experiment.name).stem or 'experiment'}.toml"
        yield Horizontal(Label("file ", classes="name"), Field(name, id="path", compact=True), classes="buttons")

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()
        self._say()

    def experiment(self, text: str) -> Experiment:
        """What the text says. Raises ExperimentError with the line or key."""
        name = self._experiment.name or "experiment"
        return decode(parse(text, name), name)

    @work(exclusive=True, group="say")
    async def _say(self) -> None:
        await self._checked()

    async def _checked(self) -> Experiment | None:
        """Say what is wrong below the text, or how large the network is. None if something is wrong."""
        text = self.query_one(TextArea).text
        try:
            draft = await soon(lambda: self._check(self.experiment(text)))
            problem = draft.error
        except TuiNNError as error:
            draft, problem = None, str(error)
        label = self.query_one("#problem", Label)
        label.set_class(not problem, "good")
        if draft is not None and draft.shapes is not None:
            layers = plural(len(draft.shapes.layers), "layer")
            label.update(f"{plural(draft.shapes.parameters, 'parameter')}, {layers}: ready to train")
        else:
            label.update(problem)
        return draft.experiment if draft is not None and not problem else None

    def on_text_area_changed(self) -> None:
        self._say()

    @work(exclusive=True, group="take")
    async def action_take(self) -> None:
        experiment = await self._checked()
        if experiment is not None:
            self.dismiss(experiment)

    def _path(self) -> Path:
        return Path(self.query_one("#path", Input).value.strip() or "experiment.toml")

    @work(group="save")
    async def action_save(self) -> None:
        text = self.query_one(TextArea).text
        try:
            self.experiment(text)
            path, new = await soon(_saved, self._path(), text)
        except (OSError, TuiNNError) as error:
            self.notify(f"{error}", title="Not saved", severity="error", markup=False)
            return
        hand_over(self.app, path)
        self.notify(place_of(path), title="Experiment saved" if new else "Experiment overwritten", markup=False)

    @work(exclusive=True, group="load")
    async def action_load(self) -> None:
        try:
            path, self._experiment = await soon(_loaded, self._path())
        except TuiNNError as error:
            self.notify(str(error), title="Not loaded", severity="error", markup=False)
            return
        self.query_one(TextArea).text = dump_experiment(self._experiment)
        self.notify(place_of(path), title="Experiment loaded", markup=False)

    def on_input_submitted(self) -> None:
        self.action_save()


def _saved(path: Path, text: str) -> tuple[Path, bool]:
    """Where it is now, and whether there was no such file."""
    path = path.expanduser()
    new = not path.exists()
    with refused_by_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return path.resolve(), new


def _loaded(path: Path) -> tuple[Path, Experiment]:
    """Where it is, and what it says. Raises ExperimentError."""
    path = path.expanduser()
    return path.resolve(), load_experiment(str(path))
