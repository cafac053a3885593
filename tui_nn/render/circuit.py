"""A circuit, drawn left to right: on each wire the value above, in green, and the gradient below, in red.

Where there is no colour the place and an arrow tell them apart: > flows forward, < flows back.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from tui_nn.graph.circuits import Evaluation, label, number, order
from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.circuit_layout import Layout, layout
from tui_nn.render.look import Look
from tui_nn.render.palette import BACKWARD, DIM, FORWARD, accent

LINES = 3  # of a row: value, wire, gradient
FURTHEST, LONGEST = 30, 60  # lines from row to row, and cells by which a wire is longer, where there is room
N, E, S, W = 1, 2, 4, 8
UNICODE = {E | W: "─", N | S: "│", N | W: "┘", S | W: "┐", N | E: "└", S | E: "┌", N | S | E: "├", E: "─", W: "─",
           E | W | S: "┬", E | W | N: "┴", N | S | E | W: "┼", N: "│", S: "│"}  # fmt: skip
ASCII = {bits: {"─": "-", "│": "|"}.get(glyph, "+") for bits, glyph in UNICODE.items()}


# (line, column) -> source of the wire there -> N, E, S, W: where it goes on from this cell.
Wires = dict[tuple[int, int], dict[int, int]]


@dataclass(frozen=True)
class Numbers:
    """What is written at the wires: the value of each gate, the gradient of each wire, and of the output's."""

    values: tuple[str, ...]
    gradients: dict[tuple[int, int], str]
    output: str


class CircuitPicture:
    """A drawing of any size, of which a window is shown. places: gate -> (column, line, cells) of its label.

    wires: what goes where. Two wires in one cell cross there, one across and one down; they never share a way.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        look: Look | None = None,
        *,
        width: int | None = None,
        height: int | None = None,
        done: int | None = None,
        selected: int | None = None,
        digits: int = 2,
    ) -> None:
        """done: how many steps have been taken, None for all; numbers that come later are not shown yet.

        Each number has an arrow that says which way it flows, unless the drawing is then wider than `width`. With
        `height` wires are as long, and rows as far apart, as that box has room for.
        """
        self._look = look or Look()
        self._selected = selected
        self._circuit = evaluation.circuit
        self._name = self._circuit.gates[-1].name
        self._labels = [self._label(index) for index in range(len(self._circuit.gates))]
        full = _numbers(evaluation, None, digits)
        self._arrows = (">", "<") if self._look.ascii else ("→", "←")
        self._arrange(full)
        if width is not None and self.width > width:
            self._arrows = ("", "")
            self._arrange(full)
        self._apart = LINES
        if width is not None and height is not None:
            self._apart = max(LINES, min(FURTHEST, (height - LINES) // max(1, self._layout.count - 1)))
            self._arrange(full, max(0, min(LONGEST, (width - self.width) // len(set(self._layout.texts)))))
        self.height = self._apart * (self._layout.count - 1) + LINES
        self.places: dict[int, tuple[int, int, int]] = {}
        self.wires: Wires = {}
        self._cells: dict[int, dict[int, tuple[str, Style]]] = {}
        self._draw(full if done is None else _numbers(evaluation, done, digits))

    def _arrange(self, numbers: Numbers, longer: int = 0) -> None:
        """Lay out for all numbers, so that nothing moves while one after the other appears; wires so much longer."""
        arrow = len(self._arrows[0])
        longest = [
            longer + arrow + max([len(numbers.values[gate]), *(len(numbers.gradients[edge]) for edge in users)])
            for gate, users in enumerate(self._circuit.consumers)
        ]
        longest[-1] = max(longest[-1], arrow + len(numbers.output))
        self._layout = layout(self._circuit, [len(one) for one in self._labels], longest)
        self.width = self._layout.width + 1 + len(self._name)

    def window(self, left: int, top: int, width: int, height: int) -> Text:
        """The part of the drawing that begins at this column and line."""
        lines = []
        for y in range(top, min(top + height, self.height)):
            row = self._cells.get(y, {})
            line = Text(no_wrap=True)
            blank = (" ", Style.null())
            cells = (row.get(x, blank) for x in range(left, min(left + width, self.width)))
            for style, run in itertools.groupby(cells, key=lambda cell: cell[1]):
                line.append("".join(character for character, _ in run), style)
            line.rstrip()
            lines.append(line)
        return boxed(lines, width, height)

    def at(self, column: int, line: int) -> int | None:
        """The gate whose label is at this cell, if there is one."""
        for gate, (x, y, cells) in self.places.items():
            if y == line and x <= column < x + cells:
                return gate
        return None

    def _label(self, index: int) -> str:
        gate = self._circuit.gates[index]
        if gate.operation == "input":
            return f"{gate.name} "
        if gate.operation == "branch":
            dot = "o" if self._look.ascii else "•"
            return f"[{dot}]" if index == self._selected and self._look.depth == "none" else dot
        text = label(self._circuit, index)
        return f"[{text}]" if index == self._selected else f"({text})"

    def _draw(self, numbers: Numbers) -> None:
        circuit, plan = self._circuit, self._layout
        wires = self.wires
        for index, gate in enumerate(circuit.gates):
            for position, source in enumerate(gate.sources):
                row = plan.edge_rows[index, position]
                self._wire(wires, plan, source, index, row)
                self._text(row, source, numbers.values[source], numbers.gradients[index, position])
        last = len(circuit.gates) - 1
        line = self._apart * plan.rows[last] + 1
        _across(wires, last, line, self._end(last), plan.width - 1)
        self._text(plan.rows[last], last, numbers.values[last], numbers.output)
        dim = accent(DIM, self._look)
        glyphs = ASCII if self._look.ascii else UNICODE
        for (y, x), nets in wires.items():
            bits = next(iter(nets.values()))
            # Two nets in a cell cross; only a branch joins.
            self._put(y, x, glyphs[bits] if len(nets) == 1 else "|" if self._look.ascii else "┼", dim)
        bold = Style(bold=True)
        for index, text in enumerate(self._labels):
            start = plan.columns[index] - (len(text) - 1) // 2
            y = self._apart * plan.rows[index] + 1
            chosen = index == self._selected and self._look.depth != "none"
            self._put(y, start, text.rstrip(), Style(bold=True, reverse=True) if chosen else self._plain(bold))
            self.places[index] = (start, y, len(text))
        self._put(line, plan.width + 1, self._name, self._plain(bold))

    def _plain(self, style: Style) -> Style:
        return Style.null() if self._look.depth == "none" else style

    def _end(self, gate: int) -> int:
        """The first cell behind a gate's label."""
        text = self._labels[gate]
        return self._layout.columns[gate] - (len(text) - 1) // 2 + len(text)

    def _wire(self, wires: Wires, plan: Layout, source: int, target: int, row: int) -> None:
        """From a gate along its row, then up or down to the gate that takes it."""
        line, middle, goal = self._apart * row + 1, plan.columns[target], self._apart * plan.rows[target] + 1
        start = self._end(source)
        if self._circuit.gates[source].operation == "branch":
            start = plan.columns[source]
            from_line = self._apart * plan.rows[source] + 1
            if from_line != line:
                _down(wires, source, start, from_line, line)
        if line == goal:
            _across(wires, source, line, start, middle - (len(self._labels[target]) - 1) // 2 - 1)
        else:
            _across(wires, source, line, start, middle)
            _down(wires, source, middle, line, goal)

    def _text(self, row: int, source: int, value: str, gradient: str) -> None:
        x, y = self._layout.texts[source], self._apart * row
        forward, back = self._arrows
        if value:
            self._put(y, x, f"{forward}{value}", accent(FORWARD, self._look))
        if gradient:
            self._put(y + 2, x, f"{back}{gradient}", accent(BACKWARD, self._look))

    def _put(self, y: int, x: int, text: str, style: Style) -> None:
        line = self._cells.setdefault(y, {})
        for offset, character in enumerate(text):
            line[x + offset] = (character, style)


def circuit(
    evaluation: Evaluation,
    width: int,
    height: int,
    look: Look | None = None,
    *,
    done: int | None = None,
    selected: int | None = None,
) -> Text:
    """The drawing, cut to width x height cells: values above the wires, gradients below."""
    if width < 10 or height < LINES:
        return too_small(width, height)
    picture = CircuitPicture(evaluation, look, width=width, done=done, selected=selected)
    return picture.window(0, 0, width, height)


def circuit_legend(look: Look) -> Text:
    """What is above and what is below."""
    forward, back = (">", "<") if look.ascii else ("→", "←")
    text = Text(no_wrap=True)
    text.append(f"above {forward} value, forward", accent(FORWARD, look)).append("   ")
    return text.append(f"below {back} gradient, backward", accent(BACKWARD, look))


def _numbers(evaluation: Evaluation, done: int | None, digits: int) -> Numbers:
    """The numbers known after `done` steps."""
    circuit = evaluation.circuit
    taken = order(circuit)[:done]
    forward = {gate for phase, gate in taken if phase == "forward"}
    backward = {gate for phase, gate in taken if phase == "backward"}
    if done is None:
        forward = backward = set(range(len(circuit.gates)))
    known = [gate.operation == "input" or index in forward for index, gate in enumerate(circuit.gates)]
    values = [number(value, digits) if there else "" for value, there in zip(evaluation.values, known, strict=True)]
    gradients = {
        (index, position): number(evaluation.edges[index][position], digits) if index in backward else ""
        for index, gate in enumerate(circuit.gates)
        for position in range(len(gate.sources))
    }
    return Numbers(tuple(values), gradients, "1" if backward or done is None else "")


def _join(wires: Wires, net: int, y: int, x: int, bits: int) -> None:
    nets = wires.setdefault((y, x), {})
    nets[net] = nets.get(net, 0) | bits


def _across(wires: Wires, net: int, y: int, start: int, end: int) -> None:
    for x in range(start, end + 1):
        _join(wires, net, y, x, (W if x > start else 0) | (E if x < end else 0) or E | W)


def _down(wires: Wires, net: int, x: int, start: int, end: int) -> None:
    """Vertical from one line to another, in either direction; both ends included."""
    low, high = min(start, end), max(start, end)
    for y in range(low, high + 1):
        _join(wires, net, y, x, (N if y > low else 0) | (S if y < high else 0))
