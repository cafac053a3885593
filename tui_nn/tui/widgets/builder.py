"""The experiment as rows, in the direction of the data: data set, layers, training. Each row can be changed."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_nn.tui.model import Draft, kind_of


class Builder(OptionList):
    """Rows have ids: data, layer-N, and the keys of [training]."""

    def show(self, draft: Draft) -> None:
        """Fill in, keeping the selected row."""
        chosen = self.highlighted
        self.clear_options()
        self.add_options(_rows(draft))
        if chosen is not None and self.option_count:
            self.highlighted = min(chosen, self.option_count - 1)

    @property
    def row(self) -> str:
        """The id of the selected row."""
        if self.highlighted is None:
            return ""
        return self.get_option_at_index(self.highlighted).id or ""

    @property
    def selected_layer(self) -> int | None:
        """The number of the selected layer, from 0."""
        return int(self.row.removeprefix("layer-")) if self.row.startswith("layer-") else None


def _rows(draft: Draft) -> list[Option]:
    experiment, shapes = draft.experiment, draft.shapes
    training, data = experiment.training, experiment.data
    source = kind_of(data.source).rsplit("/", 1)[-1]
    rows = [_heading("DATA"), _row("data", source, f"{shapes.samples} x {shapes.inputs}" if shapes else "")]
    rows += [_row("scale", "  scale", data.scale), _row("validation", "  validation", f"{data.validation:g}")]
    total = f"{shapes.parameters} parameters" if shapes else ""
    rows.append(_heading("LAYERS", total))
    for index, layer in enumerate(experiment.network.layers):
        name = f"{index + 1} {layer.get('units', '?')} {kind_of(layer.get('activation', 'identity'))}"
        theta = shapes.layers[index].theta if shapes else None
        rows.append(_row(f"layer-{index}", name, f"{theta[0]}x{theta[1]}" if theta else ""))
    rows.append(_row("initialiser", "  weights", kind_of(experiment.network.initialiser)))
    optimizer = training.optimizer if isinstance(training.optimizer, dict) else {}
    rows += [_heading("TRAINING"), _row("loss", "loss", kind_of(training.loss))]
    rows.append(_row("optimizer", "optimizer", kind_of(training.optimizer)))
    rows += [_row(f"optimizer.{key}", f"  {key}", f"{value}") for key, value in optimizer.items() if key != "kind"]
    rows += [
        _row("lambda", "lambda", f"{training.lambda_:g}"),
        _row("batch", "batch", f"{training.batch}"),
        _row("epochs", "epochs", f"{training.epochs}"),
        _row("seed", "seed", f"{training.seed}"),
    ]
    return rows


WIDTH = 27  # cells of a row


def _row(name: str, left: str, right: str) -> Option:
    gap = max(1, WIDTH - len(left) - len(right))
    return Option(Content.assemble(left, " " * gap, (right, "dim")), id=name)


def _heading(text: str, right: str = "") -> Option:
    gap = max(1, WIDTH - len(text) - len(right))
    return Option(Content.assemble((text, "bold"), " " * gap, (right, "dim")), disabled=True)
