"""Keys that change what is made of the columns: edits of the experiment, by the workbench's one path of changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from textual import work

from tui_nn.datasets.report import DataReport
from tui_nn.datasets.table import Table
from tui_nn.experiment import Experiment
from tui_nn.experiment.schema import DataSection
from tui_nn.printable import in_a_line
from tui_nn.tui.data import edits
from tui_nn.tui.data.base import Changing, DataBase
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.widgets.filter_list import Entry


class ChangingActions(DataBase):
    """After each change the data are read, and measured, anew."""

    def __init__(self, workbench: Changing) -> None:
        super().__init__(workbench)
        self._changing = asyncio.Lock()  # one change after another: each is of what the one before has left

    @property
    def column(self) -> str:
        """The name of the column that has the cursor."""
        assert self.report is not None
        return self.report.roles[self.at].column.name

    @work
    async def _change(self, change: Callable[[DataReport], edits.Changes]) -> None:
        await self._edit(change)

    async def _edit(self, change: Callable[[DataReport], edits.Changes]) -> None:
        """What cannot be is refused with the error of the command line, and changes nothing."""
        async with self._changing:
            report = self.report
            if report is not None and report.table is not None:
                changes, registry, strict = change(report), self.bench.registry, not self.bench.draft.error
                await self._carried_out(lambda one: edits.changed(one, registry, changes, strict=strict))

    async def _carried_out(self, edit: Callable[[Experiment], Experiment]) -> None:
        """Change the experiment, and read its data again before anything else is changed."""
        await self.workbench.change_to(edit)
        await self._follow()

    async def _follow(self) -> None:
        if self.bench.experiment is not self.read_of:
            await self.read()
        self.show_keys()

    def action_target(self) -> None:
        name = self.column
        self._change(lambda report: edits.with_target(self._data, _table(report), name))

    def action_targets(self) -> None:
        name = self.column
        self._change(lambda report: edits.with_targets(self._data, _table(report), report.roles, name))

    def action_in_or_out(self) -> None:
        name = self.column
        self._change(lambda report: edits.in_or_out(self._data, _table(report), report.roles, name))

    def action_categories(self) -> None:
        name = self.column
        self._change(lambda report: edits.with_categories(self._data, _table(report), name))

    @property
    def _data(self) -> DataSection:
        return self.bench.experiment.data

    @work
    async def action_missing(self) -> None:
        report = self.report
        if report is None:
            return
        name, now = self.column, edits.how_now(self._data, self.column)
        entries = _entries(edits.hows_for(report.roles[self.at]))
        how = await self.app.push_screen_wait(ChooseScreen(f"missing in {in_a_line(name)}", entries, now))
        if how is not None:
            await self._edit(lambda report: edits.with_missing(self._data, report.roles, name, how))

    @work
    async def action_missing_anywhere(self) -> None:
        now = self._data.missing
        how = await self.app.push_screen_wait(
            ChooseScreen("missing in any column", _entries(edits.HOWS), now if isinstance(now, str) else "")
        )
        if how is not None:
            await self._edit(lambda report: {"missing": how})

    @work
    async def action_task(self) -> None:
        first = next(iter(edits.TASKS))
        now: str = self._data.task or first
        task = await self.app.push_screen_wait(ChooseScreen("the answers are", _entries(edits.TASKS), now))
        if task is not None:
            await self._edit(lambda report: {"task": None if task == first else task})

    @work
    async def action_data_set(self) -> None:
        await self.workbench.pick_data()
        await self._follow()

    @work
    async def action_undo(self) -> None:
        async with self._changing:
            step = self.bench.editor.undo()
            if isinstance(step, Experiment):
                await self._carried_out(lambda _: step)

    @work
    async def action_redo(self) -> None:
        async with self._changing:
            step = self.bench.editor.redo()
            if isinstance(step, Experiment):
                await self._carried_out(lambda _: step)


def _entries(meanings: Mapping[str, str]) -> list[Entry]:
    return [Entry(name, detail=text) for name, text in meanings.items()]


def _table(report: DataReport) -> Table:
    assert report.table is not None
    return report.table
