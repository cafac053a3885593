"""A circuit: gates in an order in which each comes after those it takes its numbers from; the last one is the output.

A value that is used more than once passes a branch gate, which hands out copies: there the gradients add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tui_nn.errors import ExitCode, TuiNNError, brief
from tui_nn.graph.circuits.lines import in_a_line

MOST_GATES = 500


class CircuitError(TuiNNError):
    """An expression cannot be read or computed. column: where in it, from 1; 0 if at no single place."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, expression: str = "", column: int = 0) -> None:
        super().__init__(message)
        self.message, self.expression, self.column = brief(message), expression, column

    def __str__(self) -> str:
        if not self.column:
            return self.message
        column, lines = self._place()
        start = max(0, column - 40)
        shown = lines[-1][start : start + 72]
        return f"{self.line}\n    {shown}\n    {' ' * (column - 1 - start)}^"

    @property
    def line(self) -> str:
        """The error in one line, where the expression is on the screen anyway."""
        if not self.column:
            return self.message
        column, lines = self._place()
        where = f"line {len(lines)}, " if len(self.expression.splitlines()) > 1 else ""
        return f"{where}column {column}: {self.message}"

    def _place(self) -> tuple[int, list[str]]:
        """The column within its line, from 1, and the lines up to that one, each whole."""
        before = self.expression[: self.column - 1].splitlines(keepends=True) or [""]
        if before[-1].endswith(("\n", "\r")):
            before.append("")
        return len(before[-1]) + 1, self.expression.splitlines()[: len(before)] or [""]


@dataclass(frozen=True)
class Constant:
    """A number that belongs to a gate, as the 1 of the gate +1. No gradient is computed for it."""

    value: float


Operand = int | Constant


@dataclass(frozen=True)
class Gate:
    """operation: "input", "branch", or a key of `operations.OPERATIONS`. operands: numbers of gates, or constants.

    name: what its result is called. column: where it stands in the expression, from 1.
    """

    operation: str
    operands: tuple[Operand, ...] = ()
    name: str = ""
    column: int = 0

    @property
    def sources(self) -> tuple[int, ...]:
        """The gates among the operands."""
        return tuple(operand for operand in self.operands if isinstance(operand, int))

    @property
    def constant(self) -> tuple[int, float] | None:
        """(place, value) of the constant among the operands, None if there is none."""
        found = ((place, one.value) for place, one in enumerate(self.operands) if isinstance(one, Constant))
        return next(found, None)

    def moved(self, where: Sequence[int]) -> Gate:
        """The same gate after its sources have got other numbers."""
        return replace(self, operands=tuple(where[one] if isinstance(one, int) else one for one in self.operands))


@dataclass(frozen=True)
class Circuit:
    """expression: as typed. plain: the gates without branches; `gates`: with them."""

    expression: str
    plain: tuple[Gate, ...]

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        """All gates, branches included, named; the last is the output."""
        return _named(_with_branches(self.plain))

    @property
    def title(self) -> str:
        """The expression as an equation in a line; one that names its parts is one already."""
        expression = in_a_line(self.expression)
        return expression if "=" in expression else f"{self.gates[-1].name} = {expression}"

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in the order in which the expression uses them first."""
        return tuple(gate.name for gate in self.plain if gate.operation == "input")

    @cached_property
    def consumers(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each gate: who uses its result, as (gate, position among its sources)."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.gates]
        for index, gate in enumerate(self.gates):
            for position, source in enumerate(gate.sources):
                found[source].append((index, position))
        return tuple(tuple(one) for one in found)

    def copy_of(self, gate: int, position: int) -> str:
        """What a gate gets at this place: the source's name, and which copy of it behind a branch."""
        source = self.gates[gate].sources[position]
        name = self.gates[source].name
        if self.gates[source].operation != "branch":
            return name
        return f"{name} (copy {self.consumers[source].index((gate, position)) + 1})"


def used(gates: Sequence[Gate]) -> list[int]:
    """How often each gate's result is used; the output counts as used once."""
    counts = [0] * len(gates)
    counts[-1] = 1
    for gate in gates:
        for source in gate.sources:
            counts[source] += 1
    return counts


def _with_branches(plain: Sequence[Gate]) -> list[Gate]:
    counts = used(plain)
    where: list[int] = []
    gates: list[Gate] = []
    for gate, count in zip(plain, counts, strict=True):
        gates.append(gate.moved(where))
        where.append(len(gates) - 1)
        if count > 1:
            gates.append(Gate("branch", (len(gates) - 1,), column=gate.column))
            where[-1] = len(gates) - 1
    return gates


def _named(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    """Results without a name are q1, q2, ...; the output is f. A branch is called like what it copies."""
    taken = {gate.name for gate in gates}
    free = (name for number in range(1, 10**6) if (name := f"q{number}") not in taken)
    named: list[Gate] = []
    for index, gate in enumerate(gates):
        name = gate.name
        if gate.operation == "branch":
            name = named[gate.sources[0]].name
        elif not name:
            name = "f" if index == len(gates) - 1 and "f" not in taken else next(free)
        named.append(replace(gate, name=name))
    return tuple(named)
