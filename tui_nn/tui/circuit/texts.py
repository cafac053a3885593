"""What the circuit's screen says, made from its state alone: the step, the gates as a table, the inputs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.table import Table
from rich.text import Text

from tui_nn.graph.circuits import Evaluation, gate_header, gate_rows, label, number, step_at
from tui_nn.render import Look, circuit_legend
from tui_nn.render.palette import BACKWARD, FORWARD, accent
from tui_nn.tui.circuit.state import CircuitState

LINES = 2  # for the inputs
ROOMY = 90  # cells of a page, from which on all that is to be said of a gate stands in one line
LOCAL, BETWEEN = 4, 2  # the column of local gradients, and cells between two columns
GAP = 5  # cells from one input to the next, with its mark


def step_text(state: CircuitState, look: Look) -> Text:
    """Where one is, and what happens there: symbols, numbers, result."""
    text = Text()
    if not state.done:
        text.append(f"step 0/{state.total}: only the inputs are known. Press space.\n")
        return text.append_text(circuit_legend(look))
    step = step_at(state.evaluation, *state.order[state.done - 1])
    gate = state.circuit.gates[step.gate]
    shown = "branch" if gate.operation == "branch" else label(state.circuit, step.gate)
    colour = accent(FORWARD if step.phase == "forward" else BACKWARD, look)
    text.append(f"step {state.done}/{state.total} ").append(step.phase, colour)
    text.append(f", gate {shown} ({gate.name})")
    if step.phase == "backward":
        text.append(f"   {step.pattern}", "italic")
    for line in step.lines:
        body, equals, result = line.rpartition(" = ")
        text.append(f"\n  {body}{equals}").append(result, colour + Style(bold=look.depth != "none"))
    if step.remark:
        text.append(f"\n  {step.remark}", "italic")
    return text


def gate_table(state: CircuitState, width: int) -> tuple[Table, int]:
    """The gates with what is known so far, and the row of the gate one is at."""
    rows, known = gate_rows(state.evaluation), set(state.order[: state.done])
    table = table_of(gate_header(state.evaluation), [])
    # As wide as they will be: nothing moves while the numbers appear. What is wider than the screen is folded.
    wide = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    least = [column.min_width or 0 for column in table.columns]
    wide = [max(pair) for pair in zip(wide, least, strict=True)]
    over = sum(wide) + BETWEEN * (len(wide) - 1) - width
    wide[LOCAL] = max(least[LOCAL], wide[LOCAL] - max(0, over))
    for count, column in zip(wide, table.columns, strict=True):
        column.min_width = count
    current = 0
    for row, (_, gate) in zip(rows, state.order, strict=False):
        here = gate == state.selected
        current = table.row_count if here else current
        shown = 6 if ("backward", gate) in known else 3 if ("forward", gate) in known else 2
        cells = [*row[:shown], *[""] * (6 - shown)]
        table.add_row(*(Text(cell) for cell in cells), style="reverse" if here else "")
    return table, current


def gates_page(evaluation: Evaluation, width: int) -> Table | Text:
    """All gates with all of their numbers: a table, or a block a gate where its columns would be too narrow."""
    header, rows = gate_header(evaluation), gate_rows(evaluation)
    if width >= ROOMY:
        return table_of(header, rows)
    wide = max(len(row[0]) for row in rows)
    page = Text()
    for name, gate, value, gradient, local, pattern in rows:
        back = header[3].replace("...", name)
        page.append(f"{name:<{wide}}  ", "bold").append(f"{gate}   value {value}   {back} = {gradient}\n")
        page.append(f"{' ' * wide}  {local}\n{' ' * wide}  {pattern}\n", "dim")
    page.rstrip()
    return page


def inputs_line(state: CircuitState, width: int) -> str:
    """Markup of as many inputs as fit into two lines of this width, the chosen one among them; each can be clicked."""
    f = state.circuit.gates[-1].name
    words = [f"{name} = {state.evaluation.inputs[name]:g}" for name in state.circuit.inputs]
    chosen = state.circuit.inputs.index(state.chosen)
    if state.done == state.total:
        words[chosen] += f" (d{f}/d{state.chosen} = {number(state.evaluation.gradient(state.chosen))})"
    first, last = _around(chosen, [len(word) + GAP for word in words], max(20, LINES * (width - 10)))
    parts = []
    for index in range(first, last + 1):
        # Words that belong together stay on one line.
        word = words[index].replace(" ", "\N{NO-BREAK SPACE}")
        shown = f"[reverse bold]>{word}[/]" if index == chosen else f" {word}"
        parts.append(f"[@click=screen.choose_input('{state.circuit.inputs[index]}')]{shown}[/]")
    return "  ".join([*["..."] * (first > 0), *parts, *["..."] * (last + 1 < len(words))])


def _around(at: int, sizes: Sequence[int], room: int) -> tuple[int, int]:
    """The first and last of as many neighbours of `at` as have room, later ones before earlier ones."""
    first = last = at
    room -= sizes[at]
    while True:
        more = last + 1 if last + 1 < len(sizes) else first - 1
        if more < 0 or sizes[more] > room:
            return first, last
        room -= sizes[more]
        first, last = min(first, more), max(last, more)


def table_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table without lines."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(header):
        words = [word for cell in (name, *(row[place] for row in rows)) for word in cell.split()]
        table.add_column(name, overflow="fold", min_width=max(map(len, words), default=0))  # no word is broken
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
