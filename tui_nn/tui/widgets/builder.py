"""The experiment as rows, in the direction of the data: data set, layers, training. Each row can be changed.

Row ids: data, layer-N, the keys of the sections, and CHOICE.OPTION for the options of what was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Any

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_nn.experiment.amended import Amendment
from tui_nn.experiment.schema import Choice, chosen_kind
from tui_nn.tui.model import Draft
from tui_nn.views.stack import tally

WIDTH = 27  # cells of a row
CUT = "..."  # for the end of a name that has no room
SHORT = 12  # cells of a name that needs all of them


@dataclass(frozen=True)
class Row:
    """One line. name: its id; empty for a heading."""

    name: str
    left: str
    right: str = ""

    def marked(self, amendment: Amendment | None, arrow: str) -> Row:
        """With the former value of a setting that was changed: `rate  0.1→0.8 from 20`."""
        if amendment is None:
            return self
        former = [amendment.first, *(value for value, _ in amendment.later)][-2]
        value, epoch = amendment.later[-1]
        return replace(self, right=f"{former}{arrow}{value} from {epoch}")

    def option(self) -> Option:
        """As the list takes it."""
        if not self.name:
            gap = max(1, WIDTH - len(self.left) - len(self.right))
            return Option(Content.assemble((self.left, "bold"), " " * gap, (self.right, "dim")), disabled=True)
        right = self.right[: WIDTH - 6]
        room = WIDTH - len(right) - 1 if right else WIDTH
        cut = CUT if room > SHORT else ""
        left = self.left if len(self.left) <= room else f"{self.left[: room - len(cut)]}{cut}"
        gap = max(1, WIDTH - len(left) - len(right))
        return Option(Content.assemble(left, " " * gap, (right, "dim")), id=self.name)


class Builder(OptionList):
    """Rows are filled in by `show`; the selected one stays selected."""

    ascii_only = False
    takes_moves = True
    _shown: Sequence[Row] = ()

    def show(self, draft: Draft, weights: str, amendments: Mapping[str, Amendment]) -> None:
        """Fill in, keeping the selected row; settings that were changed while the run trained say since when.

        weights: where those of a new run come from.
        """
        chosen = self.highlighted
        row = self.row
        self.clear_options()
        rows = rows_of(draft, weights, "v" if self.ascii_only else "↓")
        arrow = "->" if self.ascii_only else "→"
        self._shown = [row.marked(amendments.get(f"training.{row.name}"), arrow) for row in rows]
        options = [row.option() for row in self._shown]
        self.add_options(options)
        names = [option.id for option in options]
        if row and row in names:
            self.highlighted = names.index(row)
        elif chosen is not None and self.option_count:
            self.highlighted = min(chosen, self.option_count - 1)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """The bar follows; nobody is told, which costs more than all the rest where a key is held."""
        with self.prevent(OptionList.OptionHighlighted):
            super().watch_highlighted(highlighted)

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

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Id, name and value of everything that can be changed."""
        for row in self._shown:
            if row.name.startswith("layer-"):
                number, _, value = row.left.partition(" ")
                yield row.name, f"layer {number.lstrip('↓v')}", f"{value}, Theta {row.right}" if row.right else value
            elif row.name == "data":
                yield row.name, "data", f"{row.left} {row.right}"
            elif row.name:
                yield row.name, row.left.strip(), row.right

    @property
    def selected_layer(self) -> int | None:
        """The number of the selected layer, from 0."""
        return int(self.row.removeprefix("layer-")) if self.row.startswith("layer-") else None


def rows_of(draft: Draft, weights: str, arrow: str) -> list[Row]:
    """What the list shows. weights: where those of a new run come from; arrow: stands before the number of a layer."""
    experiment, shapes = draft.experiment, draft.shapes
    training, data = experiment.training, experiment.data
    source = chosen_kind(data.source).rsplit("/", 1)[-1]
    rows = [Row("", "DATA"), Row("data", source, f"{shapes.samples} x {shapes.inputs}" if shapes else "")]
    rows += _options("data", data.source)
    rows += [
        Row("scale", "  scale", data.scale if isinstance(data.scale, str) else "by column"),
        Row("validation", "  validation", f"{data.validation:g}"),
    ]
    neurons, parts, total = tally(shapes.layers) if shapes else ("", "", "")
    rows.append(Row("", "LAYERS", neurons))
    if shapes:
        whole = f"{parts} = {total}"
        lines = [whole] if len(whole) < WIDTH else [*wrap(parts, WIDTH - 1), f"= {total}"]
        rows += [Row("", "", line) for line in lines]
    for index, layer in enumerate(experiment.network.layers):
        theta = shapes.layers[index].theta if shapes else None
        size = f"{theta[0]}x{theta[1]}" if theta else ""
        rows.append(Row(f"layer-{index}", f"{arrow}{index + 1} {_layer(layer)}", size))
    rows.append(Row("initializer", "  weights", weights))
    if weights == chosen_kind(experiment.network.initializer):
        rows += _options("initializer", experiment.network.initializer)
    rows += [Row("", "TRAINING"), Row("loss", "loss", chosen_kind(training.loss)), *_options("loss", training.loss)]
    rows += [Row("optimizer", "optimizer", chosen_kind(training.optimizer)), *_options("optimizer", training.optimizer)]
    rows += [Row("schedule", "schedule", chosen_kind(training.schedule)), *_options("schedule", training.schedule)]
    rows += [
        Row("lambda", "lambda", f"{training.lambda_:g}"),
        Row("batch", "batch", f"{training.batch}"),
        Row("epochs", "epochs", f"{training.epochs}"),
        Row("seed", "seed", f"{training.seed}"),
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
        words.append(chosen_kind(layer.get("activation", "identity")))
    return " ".join(words)


def _options(name: str, choice: Choice) -> list[Row]:
    if not isinstance(choice, dict):
        return []
    return [Row(f"{name}.{key}", f"  {key}", f"{value}") for key, value in choice.items() if key != "kind"]
