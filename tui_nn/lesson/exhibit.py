"""What a step looks at, set up: a circuit with its numbers, or a network as it begins. Queries are asked of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tui_nn.errors import ExperimentError
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.study import Study
from tui_nn.experiment.tracing import Traced, traced
from tui_nn.graph.circuits import CircuitError, Evaluation, bundled, evaluate, fold, order, parse
from tui_nn.lesson.schema import Show
from tui_nn.lesson.source import Fence, LessonStep
from tui_nn.plugin.registry import Registry


@dataclass(frozen=True)
class Exhibit:
    """circuit: None where the step shows none. folder: what paths in the lesson are relative to."""

    show: Show
    registry: Registry
    folder: Path
    circuit: Evaluation | None = None
    fence: Fence | None = None

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment that is shown. Raises ExperimentError, with the place in the lesson."""
        path = self.folder / self.show.experiment
        name = str(path) if path.is_file() else self.show.experiment
        try:
            return load_experiment(name, self.show.set)
        except ExperimentError as error:
            raise self.wrong(str(error), "experiment") from None

    @cached_property
    def study(self) -> Study | None:
        """The network and its data, as it begins; None where the step shows none. Raises TuiNNError."""
        if not self.show.experiment:
            return None
        try:
            return Study(build(self.experiment, self.registry))
        except ExperimentError as error:
            raise self.wrong(str(error), "experiment") from None

    def sample(self, number: int) -> Traced:
        """A sample of the training part, from 1, followed forward and back. Raises ExperimentError where none is."""
        study = self.study
        assert study is not None
        samples = len(study.splits.train)
        if not 1 <= number <= samples:
            raise ExperimentError(f"there is no sample {number}; expected 1 to {samples:,}.")
        network = study.trainer.network
        thetas = [theta for theta in network.parameters.thetas if theta is not None]
        return traced(study, thetas, 0, "training", number - 1)

    @property
    def steps_shown(self) -> int | None:
        """How many steps of the circuit may be seen before the answer is in: forward, then backward. None for all."""
        if self.circuit is None or not {"values", "gradients"} & set(self.show.hide):
            return None
        forward = sum(phase == "forward" for phase, _ in order(self.circuit.circuit))
        return 0 if "values" in self.show.hide else forward

    def at(self, inputs: dict[str, float]) -> Exhibit:
        """The same circuit at other inputs, those that are not given as they are. Raises CircuitError."""
        assert self.circuit is not None
        return replace(self, circuit=evaluate(self.circuit.circuit, {**self.circuit.inputs, **inputs}))

    def wrong(self, message: str, key: str) -> ExperimentError:
        """An error about a key of the fence `toml show`."""
        return self.fence.wrong(message, key) if self.fence is not None else ExperimentError(message, key)


def exhibit_of(step: LessonStep, registry: Registry, folder: Path) -> Exhibit:
    """Set up what a step shows. Raises ExperimentError, with the place in the lesson, for what cannot be."""
    show, fence = step.show, step.shown
    exhibit = Exhibit(show, registry, folder, None, fence)
    if show.circuit and show.experiment:
        raise exhibit.wrong("a step shows a circuit or an experiment, not both.", "experiment")
    if not show.circuit:
        return exhibit
    known = bundled(show.circuit)
    try:
        circuit = parse(known.expression if known is not None else show.circuit)
        inputs = {**(known.inputs if known is not None else {}), **show.at}
        return replace(exhibit, circuit=evaluate(fold(circuit) if show.fold else circuit, inputs))
    except CircuitError as error:
        raise exhibit.wrong(error.message, "circuit") from None
