"""What is said of each place of a trace: a name, a number, and how it comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_nn.engine.arithmetic import Arithmetic
from tui_nn.engine.events import Started
from tui_nn.experiment.tracing import BATCH, ROW, Traced
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import At, Here, OpenView
from tui_nn.plugin.view import PHRASES
from tui_nn.render.amount import amount
from tui_nn.render.bars import Term
from tui_nn.render.canvas import wording
from tui_nn.views.trace.words import added, number, symbols, terms_and_others, written

LINE = 76  # cells in a pane of a terminal of 80 columns
TOLD = 3  # outputs of a regression that the first line says in the data's units


@dataclass(frozen=True)
class TraceLine:
    """name, value: of the place. lines: how the value comes about, the last one ends in it. says: the same in words,
    where it is no sum. about: what the data call it, what it should be.
    """

    name: str
    value: float | None
    lines: Sequence[Arithmetic] = ()
    says: str = ""
    about: Sequence[str] = ()

    def text(self, width: int = 1 << 30) -> str:
        """What stands after the name, without its ` = `."""
        if not self.lines:
            short = number(self.value)
            if " = " in self.says and not self.says.startswith(short):
                short = self.says.rpartition(" = ")[2]  # what the sum comes to, not what was added
            return self.says if self.says and len(self.says) <= width else short
        *others, last = self.lines
        name = f"{last.symbols} = " if len(last.factors) == 1 and last.slope is None else ""
        told = f"{name}{written(last, max(1, width - len(name)))}"
        if len(told) > width:
            return written(last, width)
        names = [f"{', ' if number else ', where '}{line.name} = " for number, line in enumerate(others)]
        room = (width - len(told) - sum(map(len, names))) // max(1, len(others))
        sums = [f"{of}{written(line, max(1, room))}" for of, line in zip(names, others, strict=True)]
        return told + "".join(sums) if sum(map(len, sums)) <= width - len(told) else told

    def within(self, width: int) -> str:
        """The whole line, with as many terms as have room."""
        return f"{self.name} = {self.text(max(1, width - len(self.name) - 3))}"


def told(traced: Traced, started: Started, at: At) -> TraceLine:
    """The place `at`."""
    match at:
        case ("x", place):
            return _input(traced, started, place)
        case ("J", line):
            found: TraceLine = costs(traced, started)[line - 1]
            return found
        case ("delta", layer, unit):
            return _of(traced.trace.backward(layer - 1, unit - 1))
        case ("grad", layer, row, column):
            about = [f"no update: {traced.without_update}"] if traced.without_update and traced.part != ROW else []
            return _of(traced.trace.gradient(layer - 1, row - 1, column), about)
        case ("dx", place):
            return _of(traced.trace.of_input(place - 1), _called(started, place))
        case ("update", layer, row, column):
            return _change(traced, layer - 1, row - 1, column)
    layer, unit = at
    lines = traced.trace.forward(layer - 1, unit - 1)
    return TraceLine(lines[-1].name, lines[-1].result, lines, about=_meaning(traced, started, layer, unit))


def _of(line: Arithmetic, about: Sequence[str] = ()) -> TraceLine:
    return TraceLine(line.name, line.result, [line], about=about)


def _input(traced: Traced, started: Started, place: int) -> TraceLine:
    first = traced.trace.passes[0]
    value = float(first.x[place])
    about = [*_called(started, place)]
    if first.backward is not None:
        about.append(f"dJ/dx{place} {number(float(first.backward[place - 1]))}")
    return TraceLine(f"x{place}", value, about=about)


def _called(started: Started, place: int) -> list[str]:
    """What the data call an input."""
    if started.picture is not None:
        row, column = divmod(place - 1, started.picture[1])
        return [f"pixel ({row + 1},{column + 1})"]
    named = len(started.features) >= place and started.features[place - 1] != f"x{place}"
    return [started.features[place - 1]] if named else []


def output_names(traced: Traced, started: Started) -> list[str]:
    """What each output stands for."""
    count = len(traced.trace.outputs)
    if started.labels:
        return list(started.labels)
    if not started.classes:
        scaled = " scaled" if traced.is_scaled else ""
        return [f"y{place}{scaled}" if count > 1 else f"y{scaled}" for place in range(1, count + 1)]
    return list(started.classes[-1:] if count == 1 else started.classes)


def _meaning(traced: Traced, started: Started, layer: int, unit: int) -> list[str]:
    if layer < len(traced.trace.passes):
        return []
    names = output_names(traced, started)
    kind = "class" if started.classes else "label" if started.labels else ""
    about = [f"{kind} {names[unit - 1]}"] if kind else []
    return about if traced.trace.y is None else [*about, f"target {number(float(traced.trace.y[unit - 1]))}"]


def costs(traced: Traced, started: Started) -> list[TraceLine]:
    """J in full: what each output adds, the sample's cost, the mean, the penalty of each layer, and their sum."""
    trace = traced.trace
    if trace.cost is None or trace.y is None:
        return []
    names, found = output_names(traced, started), []
    for place, (h, y) in enumerate(zip(trace.outputs.tolist(), trace.y.tolist(), strict=True)):
        adds = None if trace.terms is None else float(trace.terms[place])
        of = f"h{place + 1} = {number(h)}, y{place + 1} = {number(y)}"
        says = of if adds is None else f"{number(adds)} for {of}"
        found.append(TraceLine(f"cost of {names[place]}" if adds is not None else names[place], adds, says=says))
    name, formula = traced.loss
    weight = "" if trace.count == 1 else f", {number(trace.count)} times for its class"
    says = f"{number(trace.cost)}, {name}{weight}" + (f": {formula}" if formula else "")
    found.append(TraceLine("cost of this sample", trace.cost, says=says))
    if traced.mean is None:
        return found
    of = "the batch's" if traced.part == BATCH else f"the {traced.part} part's"
    of += " first" if traced.costed < traced.of else ""
    found.append(TraceLine("mean cost", traced.mean, says=f"{number(traced.mean)} of {of} {traced.costed:,} samples"))
    weighing = [(layer, one) for layer, one in enumerate(traced.penalties, start=1) if one]
    found += [
        TraceLine(f"penalty of layer {layer}", one, says=f"{number(one)} for the size of Theta^({layer})")
        for layer, one in weighing
    ]
    parts = [traced.mean, *(one for _, one in weighing)]
    says = added(parts) if weighing else f"{number(traced.mean)}, the mean cost: there is no penalty"
    return [*found, TraceLine("J", sum(parts), says=says)]


def _change(traced: Traced, layer: int, row: int, column: int) -> TraceLine:
    """A weight, and what the next step makes of it."""
    update, seen = traced.update, traced.trace.passes[layer]
    assert update is not None
    theta, change, gradient, mean = seen.theta, update.change[layer], update.gradient[layer], update.mean[layer]
    assert theta is not None
    assert change is not None
    assert gradient is not None
    assert mean is not None
    parts = [float(theta[row, column]), float(change[row, column])]
    about = [f"{update.optimizer} at rate {number(update.rate)}", f"dJ/dTheta {number(float(gradient[row, column]))}"]
    if traced.part == BATCH:
        about.append(f"of the batch's mean cost {number(float(mean[row, column]))}")
    else:
        about.append("as a batch of this sample alone")
    if seen.gradient is not None:
        about.append(f"of this sample {number(float(seen.gradient[row, column]))}")
    return TraceLine(seen.weight(row, column), parts[1], says=added(parts), about=about)


def head(traced: Traced, started: Started, width: int = 1 << 30) -> list[str]:
    """Which sample it is, what it is, and what it is taken for."""
    classes = started.classes
    by_hand = ROW if started.picture is None else "picture by hand"
    found = [by_hand if traced.part == ROW else f"sample {traced.number + 1} of {traced.of:,}"]
    if traced.answer is not None:
        answer, ways = classes[traced.answer], [f"answer {classes[traced.answer]}"]
        if traced.truth is not None:
            truth, verdict = classes[traced.truth], "wrong" if traced.is_wrong else "right"
            taken = f"{truth} taken for {answer}" if traced.is_wrong else truth
            ways = [f"it is {truth}, {ways[0]}: {verdict}", f"{taken}: {verdict}", verdict]
        found.append(wording(width - len(found[0]) - 2, *ways))
    if traced.own is not None and len(traced.own[0]) <= TOLD:
        outputs, wanted = traced.own
        says = ", ".join(map(amount, outputs))
        found.append(f"answer {says}" if wanted is None else f"answer {says} for {', '.join(map(amount, wanted))}")
    if traced.moment is not None:
        epoch, batch, batches = traced.moment
        found += [f"batch {batch} of {batches}", f"epoch {epoch}", f"number {traced.index + 1} of the training part"]
    elif traced.part != ROW:
        found.append(f"{traced.part} part")
    return found


def here_of(traced: Traced, started: Started, at: At) -> Here:
    """The line of a place, and its weights with Enter."""
    one = told(traced, started, at)
    says = PHRASES.join([one.within(LINE), *one.about])
    weighing = [layer for layer, seen in enumerate(traced.trace.passes, start=1) if seen.theta is not None]
    layer = at[0] if isinstance(at[0], int) else at[1] if at[0] in ("delta", "grad", "update") else None
    hidden = (at[0], at[1]) if isinstance(at[0], int) and at[0] < len(started.layers) else None
    if layer not in weighing:
        return Here(says, unit=hidden)
    shape = started.layers[layer - 1]
    row = at[2] - 1 if at[0] in ("grad", "update") else (at[-1] - 1) * shape.pieces
    column = at[3] if at[0] in ("grad", "update") else 0
    theta = traced.trace.passes[layer - 1].theta
    if theta is None or row >= len(theta):
        return Here(says, unit=hidden)
    weights = OpenView("weights", Knobs(layer=weighing.index(layer), at=(row, column)))
    return Here(says, weights, "shows its weights", hidden)


def largest_terms(one: TraceLine, most: int) -> tuple[list[str], list[Term], tuple[int, float]]:
    """The sum behind a place in symbols, and shorter; its largest terms, and of the others number and sum.

    None where it has no more than one.
    """
    line = next((line for line in one.lines if len(line.factors) > 1), None)
    if line is None:
        return [], [], (0, 0.0)
    return [f"{line.name} = {symbols(line)}", symbols(line)], *terms_and_others(line, most)
