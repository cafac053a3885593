"""One sample of a run followed through its network, and the update that the optimizer makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.data import Part, Window
from tui_nn.engine.description import documentation, facts_of
from tui_nn.engine.network import with_ones
from tui_nn.engine.optimizer import Minimizer
from tui_nn.engine.tracing import SampleTrace, terms_of, trace
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import DataError
from tui_nn.experiment.study import Study
from tui_nn.model import Net

Array = np.ndarray[Any, np.dtype[Any]]
Matrices = tuple[Array | None, ...]  # one a layer, None for one without Theta

BATCH = "batch"  # the next one
PARTS = (BATCH, "training", "validation", "test")
ROW = "typed row"
MOST = 2000  # samples that the mean cost of a part is taken of


class NoSample(DataError):
    """There is no such sample: the text says why."""


@dataclass(frozen=True)
class Memory:
    """What training remembers beside Theta at one moment: the optimizer's state, and the loss after each epoch."""

    state: Mapping[str, Array]
    losses: Sequence[float]


@dataclass(frozen=True)
class NextUpdate:
    """What the next step does to Theta. mean: dJ/dTheta over the batch, or of the one sample, without the penalty.

    gradient: with penalty and clipping. change: what the optimizer adds to Theta. rate: of this step.
    """

    optimizer: str
    rate: float
    mean: Matrices
    gradient: Matrices
    change: Matrices


@dataclass(frozen=True)
class Traced:
    """part: one of PARTS, or ROW. number: of the sample there, from 0; of: how many it has. index: in the part that it
    is from, as far as it is from another. moment: epoch, batch and batches in an epoch, for the next batch.

    answer: the class that the network takes it for, truth: its class; None for a regression, or where it is not known.
    mean: the mean cost over `costed` samples; penalties: of each layer; J is their sum. loss: its name, and its formula
    if it tells one. without_update: why there is no update. is_scaled: whether outputs and targets are those that the
    network sees, and not in the data's units. own: outputs and targets (k,) of a regression in the data's units.
    """

    part: str
    number: int
    of: int
    index: int
    trace: SampleTrace
    answer: int | None
    truth: int | None
    loss: tuple[str, str]
    moment: tuple[int, int, int] | None = None
    mean: float | None = None
    costed: int = 0
    penalties: tuple[float, ...] = ()
    update: NextUpdate | None = None
    without_update: str = ""
    is_scaled: bool = False
    own: tuple[Array, Array | None] | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether it is taken for another class than its own."""
        return self.answer is not None and self.truth is not None and self.answer != self.truth


def traced(
    study: Study,
    thetas: Sequence[Array],
    step: int,
    part: str,
    number: int,
    *,
    only_wrong: bool = False,
    memory: Memory | None = None,
) -> Traced:
    """Sample `number`, from 0 and counted round, of the batch after this step or of a part.

    only_wrong: of those that are taken for another class, among the first MOST. Raises NoSample where there is none.
    """
    study.put(thetas)
    trainer, net = study.trainer, study.net
    parts = {"training": study.splits.train, "validation": study.splits.validation, "test": study.splits.test}
    whole = study.splits.train if part == BATCH else parts[part]
    if whole is None or not len(whole):
        raise NoSample(f"This run has no {part} part.")
    network, every = trainer.network, trainer.sample_weights()
    moment, batch = None, np.arange(len(whole))
    if part == BATCH:
        epoch, place = divmod(step, trainer.batches)
        batch = trainer.samples_of(epoch + 1, place)
        moment = (epoch + 1, place + 1, trainer.batches)
    numbers = _wrong(trainer, whole, batch[:MOST]) if only_wrong else np.arange(len(batch))
    if not len(numbers):
        looked = f"the first {MOST:,} samples" if len(batch) > MOST else f"the {len(batch):,} samples"
        raise NoSample(f"None of {looked} of the {_called(part)} is taken for another class.")
    of, number = len(batch), int(numbers[number % len(numbers)])
    at, chosen = (number, batch) if part == BATCH else (0, batch[number : number + 1])
    x, y = _samples(trainer, whole, chosen)
    counts = None if every is None or whole is not study.splits.train else every[chosen]
    together = part == BATCH and (network.mixes_samples or any(layer.is_random for layer in network.layers))
    own = slice(None) if together else slice(at, at + 1)
    with network.undisturbed():
        network.step = step + 1  # what is drawn at random is drawn as this step draws it
        one = trace(
            network, trainer.loss, x[:, own], y[:, own], at if together else 0,
            1.0 if counts is None else float(counts[at]), training=together,
        )  # fmt: skip
        mean, costed = _mean(trainer, x, y, counts, whole, part)
        update, why = _update(trainer, step, x, y, counts, memory)
    return Traced(
        part, number, of, int(chosen[at]), *_answered(net, one, whole.y[chosen[at]]), _named(net), moment, mean, costed,
        _penalties(trainer), update, why, net.head.targets.are_scaled, _own(net, one),
    )  # fmt: skip


def _called(part: str) -> str:
    return "next batch" if part == BATCH else f"{part} part"


def _wrong(trainer: Trainer, part: Part, chosen: Array) -> Array:
    """The places in `chosen` of the samples that are taken for another class, or have a wrong label."""
    if not (trainer.targets.classes or trainer.targets.multi_label):
        raise NoSample("The targets are numbers, not classes: no answer is simply right or wrong.")
    rows = part.take(chosen)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        labels = trainer.targets.decode(trainer.network.predict(rows))
    return np.flatnonzero((labels != rows.y).reshape(len(labels), -1).any(axis=1))


def traced_row(net: Net, row: Array, answer: Any = None) -> Traced:
    """A row (n,) in the data's own units; with its class, by its number, or its target also backward."""
    part = net.part(row)
    network = net.network
    x = with_ones(part.x, network.dtype).T
    y = None if answer is None else net.head.targets.encode(np.asarray([answer]), network.dtype).T
    one = trace(network, net.head.cost, x, y)
    return Traced(ROW, 0, 1, 0, *_answered(net, one, answer), _named(net), without_update="a typed row trains nothing",
                  is_scaled=net.head.targets.are_scaled, own=_own(net, one))  # fmt: skip


def _samples(trainer: Trainer, part: Part, chosen: Array) -> tuple[Array, Array]:
    x = Window(part, len(chosen), trainer.network.dtype).read(chosen, len(chosen)).T
    return x, trainer.targets.encode(part.y[chosen], trainer.network.dtype).T


def _answered(net: Net, one: SampleTrace, label: Any) -> tuple[SampleTrace, int | None, int | None]:
    """With the outputs as the network gives them, and the classes of answer and truth."""
    head, raw = net.head, one.outputs[:, None]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        one = replace(one, outputs=head.outputs(raw)[:, 0], link=head.link)
    one = replace(one, terms=terms_of(head.loss, one))
    if not head.classes:
        return one, None, None
    answer = int(head.targets.decode(raw.T)[0]) if np.isfinite(raw).all() else None
    return one, answer, None if label is None else int(label)


def _own(net: Net, one: SampleTrace) -> tuple[Array, Array | None] | None:
    """Outputs and targets (k,) of a regression in the data's own units."""
    targets = net.head.targets
    if targets.classes or targets.multi_label:
        return None
    outputs, wanted = (None if of is None else targets.in_own_units(of[None])[0] for of in (one.outputs, one.y))
    assert outputs is not None
    return outputs, wanted


def _named(net: Net) -> tuple[str, str]:
    """The loss, and its formula."""
    loss = net.head.loss
    return loss.name, facts_of(documentation(loss)).get("formula", "")


def _mean(trainer: Trainer, x: Array, y: Array, counts: Array | None, whole: Part, part: str) -> tuple[float, int]:
    """The mean cost of the batch, or of the first samples of a part; and of how many."""
    network, loss = trainer.network, trainer.loss
    if part != BATCH:
        head = whole.head(MOST)
        x, y = _samples(trainer, head, np.arange(len(head)))
        every = trainer.sample_weights()
        counts = every[: len(head)] if every is not None and part == "training" else None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        costs = network.costs(x, y, loss, training=part == BATCH)
    return float(np.mean(costs if counts is None else costs * counts, dtype=np.float64)), x.shape[1]


def cost_of_training(study: Study) -> float:
    """The mean cost over all training samples, each as much as it counts, without the penalty."""
    trainer, part = study.trainer, study.splits.train
    every, total = trainer.sample_weights(), 0.0
    for first in range(0, len(part), MOST):
        chosen = np.arange(first, min(first + MOST, len(part)))
        x, y = _samples(trainer, part, chosen)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            costs = trainer.network.costs(x, y, trainer.loss, training=False)
        total += float(np.sum(costs if every is None else costs * every[chosen], dtype=np.float64))
    return total / len(part)


def _penalties(trainer: Trainer) -> tuple[float, ...]:
    """What each layer adds to J; 0 for one whose weights lambda leaves alone."""
    parameters, penalty = trainer.network.parameters, trainer.penalty
    found = []
    for theta, mask in zip(parameters.thetas, parameters.views(parameters.decays), strict=True):
        weights = np.zeros(1) if theta is None or mask is None else (theta * mask).astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            square, size = float(np.square(weights).sum()), float(np.abs(weights).sum())
        found.append(0.5 * penalty.decay * square + penalty.absolute * size)
    return tuple(found)


def _update(
    trainer: Trainer, step: int, x: Array, y: Array, counts: Array | None, memory: Memory | None
) -> tuple[NextUpdate | None, str]:
    """The step that these samples make, or why it cannot be told. Leaves the parameters changed."""
    network, optimizer, parameters = trainer.network, trainer.optimizer, trainer.network.parameters
    if isinstance(optimizer, Minimizer):
        return None, f"{optimizer.name} needs all samples at once, and several looks at them, for one step"
    state = optimizer.fresh_state(parameters.values, parameters.decays)
    if step and (state or trainer.schedule.wants_losses) and memory is None:
        return None, f"what {optimizer.name} remembers is recorded only at checkpoints"
    if memory is not None and step:
        state = {name: memory.state[name].copy() if name in memory.state else fresh for name, fresh in state.items()}
    if network.mixes_samples and x.shape[1] == 1:
        return None, "a layer mixes the samples of a batch: look at those of the next batch"
    following = min(step + 1, max(1, trainer.steps))
    losses = memory.losses if memory is not None else ()
    rate = optimizer.rate * trainer.schedule.factor(following, max(1, trainer.steps), trainer.batches, losses)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        network.loss_and_grad(x, y, trainer.loss, weights=counts)
        mean = _copies(parameters.gradients)
        trainer.penalty.apply(parameters)
        gradient, before = _copies(parameters.gradients), parameters.values.copy()
        parameters.holding(optimizer.update)(parameters.values, parameters.gradient, state, rate, step + 1)
        change = _copies(parameters.views(parameters.values - before))
    return NextUpdate(optimizer.name, rate, mean, gradient, change), ""


def _copies(matrices: Matrices) -> Matrices:
    return tuple(None if one is None else one.copy() for one in matrices)
