"""A circuit as a program on the screen: the lines of the step lit up, the numbers that are not known yet left out."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from tui_nn.graph.circuits import Evaluation, code_width, names_in, order, program
from tui_nn.render.look import Look
from tui_nn.render.palette import BACKWARD, DIM, FORWARD, accent


def circuit_code(evaluation: Evaluation, look: Look | None = None, done: int | None = None) -> tuple[Text, int]:
    """(the program, the line to have in sight). done: how many steps have been taken, None for all with none lit."""
    look = look or Look()
    lines, every = program(evaluation), order(evaluation.circuit)
    known = set(every if done is None else every[:done])
    here = every[done - 1] if done else None
    gates = evaluation.circuit.gates
    # The step of a branch is where its gradients are added up: every line that adds to it.
    added = ""
    if here is not None and gates[here[1]].operation == "branch" and here[0] == "backward":
        added = names_in(evaluation.circuit).gradients[gates[here[1]].name]
    width, current = code_width(lines), 0
    text = Text()
    for number, line in enumerate(lines):
        step = (line.phase, line.gate)
        lit = bool(line.name) and (step == here or line.name == added)
        current = number if lit or (not added and line.name and step in known) else current
        comment = line.source.startswith("#")
        row = Text(line.source if comment or not line.name else f"{line.source:<{width}}")
        if comment or (line.name and step not in known):
            row.stylize(accent(DIM, look))
        if line.name and (step in known or not every):
            row.append(line.behind(), accent(FORWARD if line.phase == "forward" else BACKWARD, look))
        if lit:
            row.stylize(Style(reverse=True, bold=True) if look.depth != "none" else Style(reverse=True))
        row.rstrip()
        text.append_text(row).append("\n" if number < len(lines) - 1 else "")
    return text, current
