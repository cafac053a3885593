"""The key that sets weights by hand."""

from __future__ import annotations

from textual import work

from tui_nn.plugin.places import EditWeight
from tui_nn.tui.bench.by_hand import FORM, parse
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.training import TrainingActions


class HandActions(TrainingActions):
    """Asks for weights, and has them set."""

    def action_weight(self) -> None:
        self._ask_for(None)

    def edit_weight(self, wanted: EditWeight) -> None:
        """Have this weight typed anew."""
        self._ask_for(wanted)

    @work
    async def _ask_for(self, wanted: EditWeight | None) -> None:
        subject = self.bench.subject
        if not self.bench.trains:
            self.notify("Weights can be set while a run trains or is paused; r starts one, paused.")
            return
        if subject is None or subject.started is None:
            self.notify("The trainer is still starting: try again in a moment.")
            return
        layers = subject.started.layers
        sizes = ", ".join(
            f"{number}: {layer.theta[0]} x {layer.theta[1]}"
            for number, layer in enumerate(layers, start=1)
            if layer.theta is not None
        )

        def problem(text: str) -> str:
            try:
                parse(text, layers)
            except ValueError as error:
                return str(error)
            return ""

        numbered = [number for number, layer in enumerate(layers, start=1) if layer.theta is not None]
        if wanted is None:
            wanted = EditWeight(numbered[0] if numbered else 1, 1, 0)
        now, weight = subject.reader.weights(), "0"
        if now is not None and wanted.layer in numbered:
            weight = f"{now.thetas[numbered.index(wanted.layer)][wanted.unit - 1, wanted.input]:.4g}"
        note = f"{FORM}; several with ;. Input 0 is the bias. Theta {sizes}"
        value = f"{wanted.layer} {wanted.unit} {wanted.input} {weight}"
        text = await self.app.push_screen_wait(EntryScreen("weights by hand", value, problem, note))
        if text is None:
            return
        with self.telling():
            done = (await self.bench.set_weights(parse(text, layers))).after
            key, value = next(iter(done.items()))
            said = f"{key} = {float(value):g}" if len(done) == 1 else f"{len(done)} weights were set"
            self.notify(f"{said}, recorded in the run's recipe. Press u to undo.", markup=False)
