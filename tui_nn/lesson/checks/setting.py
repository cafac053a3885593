"""`inputs` and `weights`: the student sets numbers, and what the circuit or the network makes of them is judged."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, ClassVar

import msgspec
import numpy as np
from rich.text import Text

from tui_nn.engine.data import Part
from tui_nn.engine.network import Network
from tui_nn.errors import ExperimentError, TuiNNError, did_you_mean
from tui_nn.experiment.toml import toml_value
from tui_nn.graph.circuits import CircuitError
from tui_nn.lesson.checks.comparing import compared, holds
from tui_nn.lesson.checks.judgement import Check, Judgement, Unreadable, named
from tui_nn.lesson.checks.number import typed
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.render.truth_table import TruthTable, TruthUnit, truth_table


class InputsCheck(Check):
    """inputs: those of the circuit that may be moved. holds: comparisons that all have to hold then."""

    form: ClassVar[str] = "inputs, such as x=1 y=-2"
    inputs: list[str]
    holds: list[str]

    @property
    def asks_for(self) -> str:
        return " ".join(f"{name}=..." for name in self.inputs)

    def read(self, answer: Any) -> tuple[tuple[str, float], ...]:
        moved = named(answer, self.inputs, self.asks_for)
        for name in moved:
            if name not in self.inputs:
                raise Unreadable(f"'{name}' cannot be moved.{did_you_mean(name, self.inputs)}")
        return tuple(sorted((name, typed(value).value) for name, value in moved.items()))

    def judge(self, read: tuple[tuple[str, float], ...], exhibit: Exhibit) -> Judgement:
        if exhibit.circuit is None:
            raise ExperimentError("`inputs` moves those of a circuit, and the step shows none.")
        try:
            moved = exhibit.at(dict(read))
        except CircuitError as error:
            return Judgement("incorrect", error.message)
        missed = next((one for one in self.holds if not holds(one, moved)), "")
        if not missed:
            return Judgement("correct")
        left, _, right = compared(missed, moved)
        return Judgement("incorrect", f"It wants {missed}, and that is {left:.3g} against {right:.3g}.")

    def as_set(self, read: tuple[tuple[str, float], ...], exhibit: Exhibit) -> Exhibit | None:
        try:
            return exhibit.at(dict(read))
        except CircuitError:
            return None


class WeightsCheck(Check):
    """weights: [rows, columns] of each Theta, the bias in column 0. gives: the class of every row of binary inputs, the
    last input changing fastest. sure: how sure each answer has to be, from 0.5 to 1. activation: of all units.
    """

    form: ClassVar[str] = "the numbers of each matrix row by row, such as 0.5 1 -2"
    weights: list[tuple[int, int]]
    gives: list[int]
    activation: str
    sure: float = 0.5

    @property
    def asks_for(self) -> str:
        sizes = [f"Theta{layer} {rows}x{columns}" for layer, (rows, columns) in enumerate(self.weights, start=1)]
        count = sum(rows * columns for rows, columns in self.weights)
        return f"{plural(count, 'number')}, the bias of a row first: {', '.join(sizes)}"

    def read(self, answer: Any) -> tuple[tuple[tuple[float, ...], ...], ...]:
        if isinstance(answer, str):
            try:
                numbers = [float(word) for word in answer.replace(";", " ").replace(",", " ").split()]
            except ValueError:
                raise Unreadable(f"'{answer}' is not all numbers; expected {self.form}.") from None
            wanted = sum(rows * columns for rows, columns in self.weights)
            if len(numbers) != wanted:
                raise Unreadable(f"found {plural(len(numbers), 'number')}; expected {wanted}.")
            flat = iter(numbers)
            answer = [[list(itertools.islice(flat, columns)) for _ in range(rows)] for rows, columns in self.weights]
        try:
            matrices = [np.array(matrix, np.float64) for matrix in answer]
        except (TypeError, ValueError):
            raise Unreadable(f"expected {self.form}.") from None
        shapes = [list(matrix.shape) for matrix in matrices]
        if shapes != [list(shape) for shape in self.weights]:
            raise Unreadable(f"found matrices of {shapes}; expected {[list(shape) for shape in self.weights]}.")
        return tuple(tuple(tuple(row) for row in matrix.tolist()) for matrix in matrices)

    def sketch(self, look: Look, box: tuple[int, int]) -> Text | None:
        """The truth table that is wanted, and what each matrix is made of."""
        inputs = self.weights[0][1] - 1
        names = [f"x{number}" for number in range(1, inputs + 1)]
        rows = [list(row) for row in itertools.product("01", repeat=inputs)]
        wanted = np.array(self.gives, np.float64)
        if len(rows) != len(wanted):
            return None
        unit = TruthUnit("wanted", None, wanted, wanted == 1, "")
        said = [str(one) for one in self.gives]
        table = TruthTable(names, rows, [unit], ["?"] * len(rows), said, [None] * len(rows), f"{self.activation} units")
        lines, coming = [Text()], names
        for number, (units, columns) in enumerate(self.weights, start=1):
            lines.append(Text(f"Theta{number}, {units} x {columns}: bias, {', '.join(coming)}"))
            coming = [f"a{unit}" for unit in range(1, units + 1)]
        drawn = truth_table(table, box[0], max(len(rows) + 2, box[1] - len(lines)), look).text
        return Text("\n", no_wrap=True, end="").join([drawn, *lines])

    def judge(self, read: tuple[tuple[tuple[float, ...], ...], ...], exhibit: Exhibit) -> Judgement:
        outputs = self._outputs(read, exhibit)
        if len(outputs) != len(self.gives):
            raise ExperimentError(f"found {len(self.gives)} answers in `gives`; expected {len(outputs)}.")
        wanted = np.array(self.gives)
        right = np.where(wanted == 1, outputs >= self.sure, outputs <= 1 - self.sure) & (outputs != 0.5)
        if right.all():
            return Judgement("correct")
        first = int(np.flatnonzero(~right)[0])
        inputs = f"{first:0{self.weights[0][1] - 1}b}"
        said = f"{right.sum()} of {len(right)} rows are right. At {' '.join(inputs)} it gives {outputs[first]:.3g}."
        return Judgement("incorrect", said)

    def as_set(self, read: tuple[tuple[tuple[float, ...], ...], ...], exhibit: Exhibit) -> Exhibit | None:
        """The experiment of the step with this net in the place of its own; nothing of it is hidden any more."""
        if not exhibit.show.experiment:
            return None
        layers = [{"kind": "dense", "units": rows, "activation": self.activation} for rows, _ in self.weights]
        thetas = [[list(row) for row in matrix] for matrix in read]
        own = [f"network.layers={toml_value(layers)}", f"network.weights={toml_value(thetas)}"]
        show = msgspec.structs.replace(exhibit.show, set=[*exhibit.show.set, *own], hide=[])
        made = replace(exhibit, show=show)
        try:
            _ = made.setup
        except TuiNNError:
            return None
        return made

    def _outputs(self, read: tuple[tuple[tuple[float, ...], ...], ...], exhibit: Exhibit) -> np.ndarray[Any, Any]:
        """Of the engine's own network with these matrices, (2^n,)."""
        inputs = self.weights[0][1] - 1
        made = [
            exhibit.registry.create("layer", {"kind": "dense", "units": rows, "activation": self.activation})
            for rows, _ in self.weights
        ]
        network = Network(inputs, made, np.float64)
        for theta, given in zip(network.parameters.thetas, read, strict=True):
            assert theta is not None
            theta[...] = given
        rows = np.array(list(itertools.product((0.0, 1.0), repeat=inputs)))
        with np.errstate(over="ignore", invalid="ignore"):
            return network.predict(Part(rows, np.zeros(len(rows))))[:, 0]
