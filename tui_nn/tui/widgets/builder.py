"""The experiment as rows, in the direction of the data: data set, layers, training. Each row can be changed.

Row ids: data, layer-N, the keys of the sections, and CHOICE.OPTION for the options of what was chosen.
"""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_nn.experiment.schema import Choice
from tui_nn.tui.model import Draft, kind_of

WIDTH = 27  # cells of a row


class Builder(OptionList):
    """Rows are filled in by `show`; the selected one stays selected."""

    ascii_only = False

    def show(self, draft: Draft) -> None:
        """Fill in, keeping the selected row."""
        chosen = self.highlighted
        row = self.row
        self.clear_options()
        options = _rows(draft, "v" if self.ascii_only else "↓")
        self.add_options(options)
        names = [option.id for option in options]
        if row and row in names:
            self.highlighted = names.index(row)
        elif chosen is not None and self.option_count:
            self.highlighted = min(chosen, self.option_count - 1)

    def select(self, row: str) -> None:
        """Put the bar on the row of this id."""
        for index in range(self.option_count):
            if self.get_option_at_index(index).id == row:
                self.highlighted = index

    @property
    def row(self) -> str:
        """The id of the selected row."""
        if self.highlighted is None or self.highlighted >= self.option_count:
            return ""
        return self.get_option_at_index(self.highlighted).id or ""

    @property
    def selected_layer(self) -> int | None:
        """The number of the selected layer, from 0."""
        return int(self.row.removeprefix("layer-")) if self.row.startswith("layer-") else None


def _rows(draft: Draft, arrow: str) -> list[Option]:
    experiment, shapes = draft.experiment, draft.shapes
    training, data = experiment.training, experiment.data
    source = kind_of(data.source).rsplit("/", 1)[-1]
    rows = [_heading("DATA"), _row("data", source, f"{shapes.samples} x {shapes.inputs}" if shapes else "")]
    rows += _options("data", data.source)
    rows += [_row("scale", "  scale", data.scale), _row("validation", "  validation", f"{data.validation:g}")]
    total = f"{shapes.parameters} parameters" if shapes else ""
    rows.append(_heading("LAYERS", total))
    for index, layer in enumerate(experiment.network.layers):
        theta = shapes.layers[index].theta if shapes else None
        size = f"{theta[0]}x{theta[1]}" if theta else ""
        rows.append(_row(f"layer-{index}", f"{arrow}{index + 1} {_layer(layer)}", size))
    rows.append(_row("initialiser", "  weights", kind_of(experiment.network.initialiser)))
    rows += _options("initialiser", experiment.network.initialiser)
    rows += [_heading("TRAINING"), _row("loss", "loss", kind_of(training.loss)), *_options("loss", training.loss)]
    rows += [_row("optimizer", "optimizer", kind_of(training.optimizer)), *_options("optimizer", training.optimizer)]
    rows += [_row("schedule", "schedule", kind_of(training.schedule)), *_options("schedule", training.schedule)]
    rows += [
        _row("lambda", "lambda", f"{training.lambda_:g}"),
        _row("batch", "batch", f"{training.batch}"),
        _row("epochs", "epochs", f"{training.epochs}"),
        _row("seed", "seed", f"{training.seed}"),
    ]
    return rows


def _layer(layer: dict[str, Any]) -> str:
    """`25 sigmoid` for a dense layer, `dropout 0.5` for another kind."""
    kind = str(layer.get("kind", "dense"))
    words = [] if kind == "dense" else [kind]
    if "units" in layer:
        words.append(str(layer["units"]))
    words += [str(value) for key, value in layer.items() if key not in ("kind", "units", "activation")]
    if "activation" in layer or kind == "dense":
        words.append(kind_of(layer.get("activation", "identity")))
    return " ".join(words)


def _options(name: str, choice: Choice) -> list[Option]:
    if not isinstance(choice, dict):
        return []
    return [_row(f"{name}.{key}", f"  {key}", f"{value}") for key, value in choice.items() if key != "kind"]


def _row(name: str, left: str, right: str) -> Option:
    right = right[: WIDTH - 6]
    left = left[: WIDTH - len(right) - 1] if right else left[:WIDTH]
    gap = max(1, WIDTH - len(left) - len(right))
    return Option(Content.assemble(left, " " * gap, (right, "dim")), id=name)


def _heading(text: str, right: str = "") -> Option:
    gap = max(1, WIDTH - len(text) - len(right))
    return Option(Content.assemble((text, "bold"), " " * gap, (right, "dim")), disabled=True)
