"""What the circuit's screen shows, as data: an expression, its inputs, how far one has stepped. Each change gives a new
state with all numbers worked out, or raises CircuitError and leaves the old one as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from tui_nn.graph.circuits import Circuit, CircuitError, Evaluation, evaluate, fold, order, parse, unfold

FOLDING = ("as written", "folded", "unfolded")
GUESSES = (1.0, 2.0, 0.5, -1.0)  # for an input that has no value yet: the first for which all is finite


@dataclass(frozen=True)
class CircuitState:
    """done: steps taken, at most `total`. chosen: the input that keys change. folding: one of FOLDING."""

    evaluation: Evaluation
    done: int = 0
    chosen: str = ""
    folding: str = FOLDING[0]

    @property
    def circuit(self) -> Circuit:
        """The circuit as it is drawn."""
        return self.evaluation.circuit

    @cached_property
    def order(self) -> list[tuple[str, int]]:
        """All steps: (phase, gate)."""
        return order(self.circuit)

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.order)

    @property
    def selected(self) -> int | None:
        """The gate of the last step; none before the first."""
        return self.order[self.done - 1][1] if self.done and self.total else None

    def step(self, by: int) -> CircuitState:
        """Forward or back; after the last step the first comes again."""
        if by > 0 and self.done >= self.total:
            return replace(self, done=min(1, self.total))
        return replace(self, done=min(max(self.done + by, 0), self.total))

    def at(self, done: int) -> CircuitState:
        """After so many steps."""
        return replace(self, done=min(max(done, 0), self.total))

    def at_gate(self, gate: int) -> CircuitState:
        """At the step of this gate: on the way back, if that has begun. An input is chosen instead."""
        name = self.circuit.gates[gate].name
        if self.circuit.gates[gate].operation == "input":
            return replace(self, chosen=name)
        phase = "backward" if self.done > self.total // 2 else "forward"
        return replace(self, done=self.order.index((phase, gate)) + 1)

    def choose(self, by: int) -> CircuitState:
        """The next input, or the one before."""
        names = self.circuit.inputs
        return replace(self, chosen=names[(names.index(self.chosen) + by) % len(names)])

    def set(self, name: str, value: float) -> CircuitState:
        """One input changed. Raises CircuitError if a result is then no finite number."""
        found = evaluate(self.circuit, {**self.evaluation.inputs, name: value})
        return replace(self, evaluation=found, chosen=name)

    def nudge(self, by: float) -> CircuitState:
        """The chosen input changed by a little, without the dust of binary fractions."""
        return self.set(self.chosen, round(self.evaluation.inputs[self.chosen] + by, 10))

    def refold(self) -> CircuitState:
        """As written, folded, unfolded, and round again."""
        folding = FOLDING[(FOLDING.index(self.folding) + 1) % len(FOLDING)]
        circuit = folded(parse(self.circuit.expression), folding)
        found = evaluate(circuit, self.evaluation.inputs)
        changed = replace(self, evaluation=found, folding=folding)
        return changed.at(changed.total if self.done == self.total else self.done)


def folded(circuit: Circuit, folding: str) -> Circuit:
    """A circuit in one of the ways of FOLDING."""
    if folding == "as written":
        return circuit
    return fold(circuit) if folding == "folded" else unfold(circuit)


def open_circuit(expression: str, inputs: Mapping[str, float], folding: str = FOLDING[0]) -> CircuitState:
    """A circuit with all its numbers. Inputs without a value get one. Raises CircuitError."""
    circuit = folded(parse(expression), folding)
    problem: CircuitError | None = None
    for guess in GUESSES:
        values = {name: inputs.get(name, guess) for name in circuit.inputs}
        try:
            state = CircuitState(evaluate(circuit, values), 0, circuit.inputs[0], folding)
        except CircuitError as error:
            problem = problem or error
        else:
            return state.at(state.total)
    assert problem is not None
    raise problem
