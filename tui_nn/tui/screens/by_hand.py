"""The key that sets weights by hand."""

from __future__ import annotations

from textual import work

from tui_nn.tui.bench.by_hand import FORM, parse
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.training import TrainingActions


class HandActions(TrainingActions):
    """Asks for weights, and has them set."""

    @work
    async def action_weight(self) -> None:
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

        first = next((number for number, layer in enumerate(layers, start=1) if layer.theta is not None), 1)
        now = subject.reader.weights()
        weight = f"{now.thetas[0][0, 0]:.4g}" if now is not None and now.thetas else "0"
        note = f"{FORM}; several with ;. Input 0 is the bias. Theta {sizes}"
        text = await self.app.push_screen_wait(EntryScreen("weights by hand", f"{first} 1 0 {weight}", problem, note))
        if text is None:
            return
        with self.telling():
            done = (await self.bench.set_weights(parse(text, layers))).after
            key, value = next(iter(done.items()))
            said = f"{key} = {float(value):g}" if len(done) == 1 else f"{len(done)} weights were set"
            self.notify(f"{said}, recorded in the run's recipe. Press u to undo.", markup=False)
