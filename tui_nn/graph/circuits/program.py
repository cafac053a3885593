"""A circuit as a program: its forward pass line by line, then its backward pass, with the number behind each line.

It runs in plain Python and gives the numbers of the circuit, each to its last bit. Names are those of the expression:
the gradient of den is dden. Where a value is used twice the second gradient is added to the first, with +=.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from tui_nn.graph.circuits.circuit import Circuit
from tui_nn.graph.circuits.evaluate import Evaluation
from tui_nn.graph.circuits.forms import written
from tui_nn.graph.circuits.steps import number

RESERVED = frozenset({"math", "print", "abs", "max", "min"})  # what the program itself calls
WIDEST = 44  # columns of code before the numbers, where no line is longer
DIGITS = 4


@dataclass(frozen=True)
class Line:
    """source: a line of Python, or a comment. For what computes, name: what it assigns; value: the number then.

    phase and gate: the step that it belongs to, as `steps` counts them; stage: the gate's number, from 1, in both
    passes the same.
    """

    source: str
    name: str = ""
    value: float = 0.0
    phase: str = ""
    gate: int = -1
    stage: int = 0

    def behind(self) -> str:
        """The comment behind the line: which gate, and the number."""
        stage = f"({self.stage}) " if self.stage else ""
        return f"# {stage}{number(self.value, DIGITS)}" if self.name else ""


@dataclass(frozen=True)
class Names:
    """What a result of the circuit, and its gradient, are called in the program."""

    values: dict[str, str]
    gradients: dict[str, str]


def program(evaluation: Evaluation) -> list[Line]:
    """All lines of the program; those of the inputs, which have their number in the code, have none behind it."""
    circuit = evaluation.circuit
    names = names_in(circuit)
    stages = {index: stage for stage, index in enumerate((i for i, form in enumerate(evaluation.forms) if form), 1)}
    forward, backward = _forward(evaluation, names, stages), _backward(evaluation, names, stages)
    called = any("math." in line.source for line in [*forward, *backward])
    lines = [Line(f"# {part}") for part in textwrap.wrap(circuit.title, 100)]
    lines += [Line("import math"), Line("")] if called else [Line("")]
    lines += [Line(f"{names.values[name]} = {float(value)!r}") for name, value in evaluation.inputs.items()]
    lines += [Line(""), Line("# forward: the number of the gate, and its value"), *forward] if forward else []
    lines += [Line(""), Line("# backward: local gradient * gradient from above; += where gradients add up"), *backward]
    printed = [names.values[circuit.gates[-1].name], *(names.gradients[name] for name in evaluation.inputs)]
    return [*lines, Line(""), *(Line(f'print("{name} =", {name})') for name in printed)]


def code(evaluation: Evaluation) -> str:
    """The program as a text."""
    lines = program(evaluation)
    width = code_width(lines)
    return "".join(f"{f'{line.source:<{width}}{line.behind()}'.rstrip()}\n" for line in lines)


def code_width(lines: list[Line]) -> int:
    """The column at which the numbers behind the lines stand."""
    return min(max((len(line.source) + 2 for line in lines if line.name), default=0), WIDEST)


def _forward(evaluation: Evaluation, names: Names, stages: dict[int, int]) -> list[Line]:
    gates = evaluation.circuit.gates
    lines = []
    for index, stage in stages.items():
        gate, name = gates[index], names.values[gates[index].name]
        operands = [names.values[gates[one].name] for one in gate.sources]
        source = written(evaluation.forms[index][0], gate, operands, name)
        lines.append(Line(f"{name} = {source}", name, evaluation.values[index], "forward", index, stage))
    return lines


def _backward(evaluation: Evaluation, names: Names, stages: dict[int, int]) -> list[Line]:
    gates, last = evaluation.circuit.gates, len(evaluation.circuit.gates) - 1
    output = names.gradients[gates[last].name]
    lines = [Line(f"{output} = 1.0", output, 1.0, "backward", last)]
    sums: dict[str, float] = {}
    for index in sorted(stages, reverse=True):
        gate, above = gates[index], names.gradients[gates[index].name]
        operands = [names.values[gates[one].name] for one in gate.sources]
        for position, source in enumerate(gate.sources):
            name = names.gradients[gates[source].name]
            slope = written(evaluation.forms[index][1 + position], gate, operands, names.values[gate.name])
            assigned = "+=" if name in sums else "="
            sums[name] = sums.get(name, 0.0) + evaluation.edges[index][position]
            bracketed = f"({slope})" if " " in slope or slope.startswith("-") else slope
            text = f"{name} {assigned} {bracketed} * {above}"
            lines.append(Line(text, name, sums[name], "backward", index, stages[index]))
    return lines


def names_in(circuit: Circuit) -> Names:
    """Names that are nothing else in the program: `dx` is the gradient of x, unless the expression has a dx."""
    results = [gate.name for gate in circuit.gates if gate.operation != "branch"]
    taken = RESERVED | set(results)

    def free(name: str) -> str:
        nonlocal taken
        while name in taken:
            name += "_"
        taken |= {name}
        return name

    values = {name: free(name) if name in RESERVED else name for name in results}
    return Names(values, {name: free(f"d{name}") for name in results})
