"""Keys for the hidden unit under the cursor: switched off in what the network answers, or frozen while it trains."""

from __future__ import annotations

from textual import work

from tui_nn.experiment import Experiment
from tui_nn.experiment.frozen import toggled
from tui_nn.experiment.hidden_units import Unit, named
from tui_nn.tui import model
from tui_nn.tui.screens.building import BuildingActions
from tui_nn.tui.screens.looking import LookingActions
from tui_nn.tui.widgets.view import ViewPane


class UnitActions(BuildingActions, LookingActions):
    """Switches off, and freezes."""

    def _chosen(self) -> tuple[ViewPane, Unit] | None:
        pane = self.enlarged or self.focused
        return (pane, pane.unit) if isinstance(pane, ViewPane) and pane.unit is not None else None

    def action_switch_off(self) -> None:
        """In whatever the network answers, here and in the other panes."""
        chosen, subject = self._chosen(), self.bench.shown
        if chosen is not None and subject is not None:
            subject.switch_off(subject.off ^ {chosen[1]})
            self.redraw()

    @work
    async def action_freeze(self) -> None:
        """From now on in a run that trains, which is part of its recipe; else in the next run or branch."""
        chosen, shapes = self._chosen(), self.bench.draft.shapes
        if chosen is None or shapes is None:
            return
        pane, unit = chosen

        def edit(experiment: Experiment) -> Experiment:
            names = toggled(experiment.training.frozen or [], unit, shapes.layers[unit[0] - 1].units)
            return model.set_key(experiment, "training", "frozen", names)

        before = self.bench.experiment.training.frozen
        await self.change_to(edit)
        after = self.bench.experiment.training.frozen
        if after == before:
            return
        name = named([unit])
        is_frozen = name in (after or [])
        where = ""
        if not self.bench.trains:
            where = ", to begin with" if self.bench.subject is None else " in the next run; B trains on from here"
        self.note(pane, f"{name} {'frozen' if is_frozen else 'learns again'}{where}; u undoes")
        pane.draw(self.bench.shown)
