"""What a step looks at, set up: a circuit with its numbers, a network as it begins, or one that was trained first.

Queries are asked of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import msgspec

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.experiment.build import Setup, build
from tui_nn.experiment.study import Study
from tui_nn.experiment.tracing import Traced, traced
from tui_nn.graph.circuits import CircuitError, Evaluation, bundled, evaluate, fold, order, parse
from tui_nn.lesson.schema import Show
from tui_nn.lesson.source import Fence, LessonStep
from tui_nn.lesson.training import LONGEST, Trained, Watch, trained
from tui_nn.lesson.varied import drawn
from tui_nn.plugin.registry import Registry
from tui_nn.training import Recorded, recorded_network


@dataclass(frozen=True)
class Did:
    """What a student has trained in a step: what that showed, and the settings that were right."""

    show: Show
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Exhibit:
    """circuit: None where the step shows none. folder: what paths in the lesson are relative to.

    watch: told of each moment of whatever is trained here. longest: seconds that a training may take.
    """

    show: Show
    registry: Registry
    folder: Path
    circuit: Evaluation | None = None
    fence: Fence | None = None
    watch: Watch | None = None
    longest: float = LONGEST

    def experiment_with(self, settings: tuple[str, ...]) -> Experiment:
        """The experiment with changes more, as --set has them. Raises ExperimentError for one that does not fit."""
        path = self.folder / self.show.experiment
        name = str(path) if path.is_file() else self.show.experiment
        return load_experiment(name, [*self.show.set, *settings])

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment that is shown. Raises ExperimentError, with the place in the lesson."""
        try:
            return self.experiment_with(())
        except ExperimentError as error:
            raise self.wrong(str(error), "experiment") from None

    @cached_property
    def setup(self) -> Setup:
        """The experiment as it begins, with its data. Raises TuiNNError."""
        try:
            return build(self.experiment, self.registry)
        except ExperimentError as error:
            raise self.wrong(str(error), "experiment") from None

    def train(self, settings: tuple[str, ...]) -> Trained:
        """The experiment trained with changes more. Raises TuiNNError for one that does not fit."""
        changed = self.experiment_with(settings)
        data = self.setup.data if changed.data == self.experiment.data else None
        return trained(changed, self.registry, data, self.watch, self.longest)

    @cached_property
    def run(self) -> Trained | None:
        """The run that is shown; None where the network is shown as it begins. Raises TuiNNError."""
        return self.train(()) if self.show.trained else None

    @cached_property
    def recorded(self) -> Recorded | None:
        """The network of the run that is shown."""
        return None if self.run is None else recorded_network(self.run.reader, self.registry)

    @cached_property
    def study(self) -> Study | None:
        """The network and its data; None where the step shows none. Raises TuiNNError."""
        if not self.show.experiment:
            return None
        if self.recorded is None:
            return Study(self.setup)
        weights, study = self.recorded.reader.weights(), self.recorded.study
        assert weights is not None
        study.put(weights.thetas)
        return study

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


def exhibit_of(
    step: LessonStep,
    registry: Registry,
    folder: Path,
    *,
    did: Mapping[str, Did] | None = None,
    student: str = "",
    draw: int = 0,
) -> Exhibit:
    """Set up what a step shows. Raises ExperimentError, with the place in the lesson, for what cannot be.

    did: what the student has trained in other steps, by the id of their questions. student: whose numbers those are
    that vary, nobody's are as the lesson has them; draw: which draw of these.
    """
    show, fence = step.show, step.shown
    exhibit = Exhibit(show, registry, folder, None, fence)
    if show.vary and student:
        show = _varied(exhibit, _drawn_for(exhibit, step, student, draw))
        exhibit = replace(exhibit, show=show)
    kinds = [name for name in ("circuit", "experiment", "run") if getattr(show, name)]
    if len(kinds) > 1:
        raise exhibit.wrong("a step shows a circuit, an experiment or a run: one of them.", kinds[1])
    if show.run:
        return replace(exhibit, show=_of_run(exhibit, did or {}))
    if not show.circuit:
        return exhibit
    known = bundled(show.circuit)
    try:
        circuit = parse(known.expression if known is not None else show.circuit)
        inputs = {**(known.inputs if known is not None else {}), **show.at}
        return replace(exhibit, circuit=evaluate(fold(circuit) if show.fold else circuit, inputs))
    except CircuitError as error:
        raise exhibit.wrong(error.message, "circuit") from None


def _of_run(exhibit: Exhibit, did: Mapping[str, Did]) -> Show:
    """What is shown of a run that was trained in another step."""
    show = exhibit.show
    if show.run not in did:
        raise exhibit.wrong(f"no step before trains '{show.run}'.{did_you_mean(show.run, did)}", "run")
    done = did[show.run]
    settings = [*done.show.set, *done.settings, *show.set]
    return msgspec.structs.replace(show, experiment=done.show.experiment, set=settings, trained=True)


def _drawn_for(exhibit: Exhibit, step: LessonStep, student: str, draw: int) -> Mapping[str, Decimal]:
    """A student's own numbers. Raises ExperimentError, with the place, for what is no range."""
    try:
        return drawn(exhibit.show.vary, student, step.title, draw)
    except ExperimentError as error:
        raise exhibit.wrong(error.message, "vary") from None


def _varied(exhibit: Exhibit, values: Mapping[str, Decimal]) -> Show:
    """With these numbers: a name with a dot is a key of the experiment, any other an input of the circuit."""
    show = exhibit.show
    inputs = {name: float(value) for name, value in values.items() if "." not in name}
    settings = [f"{name}={value}" for name, value in values.items() if "." in name]
    return msgspec.structs.replace(show, at={**show.at, **inputs}, set=[*show.set, *settings])
