"""Two looks before a long run: `--dry-run`, one batch forward and back, and `--overfit N`, a few samples by heart.

A net that cannot learn twenty samples by heart will not learn thousands. Nothing of either is recorded.

Reference: cs231n, Neural Networks 3, sanity checks
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_nn.engine.trainer import Trainer
    from tui_nn.experiment import Experiment
    from tui_nn.experiment.build import Setup
    from tui_nn.plugin.registry import Registry
    from tui_nn.runs.history import History

TRIED = 0.3  # seconds of training from which the rest is estimated
MOST_STEPS = 5000  # of learning by heart
UNCHANGED = "constant"  # the schedule
LEFT = 0.02  # the share of the first loss that may be left: near enough to zero


@dataclass(frozen=True)
class Estimate:
    """What a run would need. seconds and bytes are estimates; loss is of the first batch, gradient its length."""

    samples: dict[str, int]
    layers: list[dict[str, Any]]
    parameters: int
    batch: int
    batches: int
    epochs: int
    loss: float
    gradient: float
    bytes: dict[str, int]
    seconds_a_step: float
    seconds_a_measurement: float
    seconds: float


def look(experiment: Experiment, plugins: tuple[str, ...], samples: int | None, *, as_json: bool) -> tuple[str, int]:
    """One batch, or so many samples by heart: what to print, and the exit code."""
    from tui_nn.experiment.build import build
    from tui_nn.plugin.prints import captured_prints
    from tui_nn.plugin.registry import load_registry
    from tui_nn.plugin.trust import allowed

    with captured_prints():
        registry = load_registry(allowed(experiment.plugins, plugins, experiment.name))
        if samples is not None:
            experiment = for_overfit(experiment, registry)
        setup = build(experiment, registry)
        if samples is None:
            return dry_run(setup, as_json=as_json), 0
        return overfit(experiment, setup, samples, as_json=as_json)


def dry_run(setup: Setup, *, as_json: bool) -> str:
    """Shapes, sizes, memory and time, to be printed. Raises what training would raise."""
    estimate = estimated(setup)
    return json.dumps(asdict(estimate), indent=2) if as_json else _described(setup, estimate)


def estimated(setup: Setup) -> Estimate:
    """One batch forward and back, and a short try at training."""
    import numpy as np

    from tui_nn.engine.network import with_ones

    trainer = setup.trainer
    network, part = trainer.network, trainer.splits.train.head(min(trainer.batch, len(trainer.splits.train)))
    x = with_ones(part.x, network.dtype).T
    y = trainer.targets.encode(part.y, network.dtype).T
    loss, gradient = network.loss_and_grad(x, y, trainer.loss)
    layers = [
        {"kind": shape.kind, "units": shape.units, "activation": shape.activation, "theta": shape.theta,
         "parameters": shape.theta[0] * shape.theta[1] if shape.theta else 0, "output": [shape.units, x.shape[1]]}
        for shape in network.shapes()
    ]  # fmt: skip
    step, measurement = _timed(trainer)
    steps = trainer.steps
    return Estimate(
        samples={
            "train": len(setup.splits.train),
            "validation": len(setup.splits.validation),
            "test": len(setup.splits.test) if setup.splits.test else 0,
        },
        layers=layers,
        parameters=len(network.parameters),
        batch=trainer.batch,
        batches=trainer.batches,
        epochs=trainer.epochs,
        loss=loss,
        gradient=float(np.sqrt(np.square(gradient.astype(np.float64)).sum())),
        bytes=_memory(trainer),
        seconds_a_step=step,
        seconds_a_measurement=measurement,
        seconds=steps * step + (1 + steps / max(1, trainer.batches)) * measurement,
    )


def _timed(trainer: Trainer) -> tuple[float, float]:
    """(seconds a step, seconds a measurement), from the first moments of training."""
    from tui_nn.engine.events import EpochFinished, StepsFinished
    from tui_nn.engine.stopping import Limits

    tried = replace(trainer, limits=Limits(seconds=TRIED), health=False)
    steps, began, spent, measurements = 0, time.perf_counter(), 0.0, []
    for event in tried.events():
        now = time.perf_counter()
        if isinstance(event, StepsFinished):
            steps, spent = steps + len(event.losses), spent + now - began
        elif isinstance(event, EpochFinished):
            measurements.append(now - began)
        began = time.perf_counter()
    return spent / max(1, steps), min(measurements)


def _memory(trainer: Trainer) -> dict[str, int]:
    """Bytes of the data, of parameters with gradient and optimiser, and of the buffers of a batch."""
    from tui_nn.engine.network import CHUNK

    network, parts = trainer.network, [trainer.splits.train, trainer.splits.validation, trainer.splits.test]
    sources = {id(part.source): part.source.nbytes for part in parts if part is not None}
    vector = network.parameters.values.nbytes
    samples = max(min(trainer.batch, CHUNK), min(CHUNK, len(trainer.splits.train)))
    units = sum(4 * size for size in network.sizes[1:]) + sum(2 * size for size in network.sizes[:-1])
    return {
        "data": sum(sources.values()) + sum(part.y.nbytes for part in parts if part is not None),
        "parameters": 4 * vector + sum(array.nbytes for array in trainer.stepper.state.values()),
        "buffers": samples * units * network.dtype.itemsize,
    }


def _described(setup: Setup, found: Estimate) -> str:
    from tui_nn.cli.table import table

    rows = [
        [
            str(number), layer["kind"], str(layer["units"]), layer["activation"],
            " x ".join(map(str, layer["theta"])) if layer["theta"] else "-", str(layer["parameters"]),
            " x ".join(map(str, layer["output"])),
        ]
        for number, layer in enumerate(found.layers, start=1)
    ]  # fmt: skip
    parts = ", ".join(f"{count} {part}" for part, count in found.samples.items() if count)
    memory = ", ".join(f"{name} {_size(count)}" for name, count in found.bytes.items())
    return "\n".join(
        [
            table(["layer", "kind", "units", "activation", "Theta", "parameters", "outputs of a batch"], rows),
            "",
            f"data        {setup.splits.name}: {parts} samples of {setup.network.inputs} inputs",
            f"parameters  {found.parameters}",
            f"batch       {found.batch} samples, {found.batches} an epoch; "
            f"before the first step: cost {found.loss:.4g}, gradient {found.gradient:.3g} long",
            f"memory      about {_size(sum(found.bytes.values()))}: {memory}",
            f"time        about {_duration(found.seconds)} for {found.epochs} epochs: "
            f"{1e6 * found.seconds_a_step:.0f} us a step, {1e3 * found.seconds_a_measurement:.1f} ms a measurement",
        ]
    )


def overfit(experiment: Experiment, setup: Setup, samples: int, *, as_json: bool) -> tuple[str, int]:
    """Learn so many training samples by heart; if that fails, say why. Returns what to print, and the exit code."""
    from tui_nn.diagnosis import diagnose
    from tui_nn.errors import ExitCode

    trainer = by_heart(setup, samples)
    history, reached = _learnt(trainer)
    first, last = history.train["loss"][0], history.train["loss"][-1]
    count = len(trainer.splits.train)
    result = {"samples": count, "reached": reached, "steps": history.epoch_steps[-1], "first_loss": first, "loss": last}
    verdicts = [] if reached else diagnose(history, experiment)
    code = ExitCode.DONE if reached else ExitCode.REQUIREMENT
    if as_json:
        return json.dumps({**result, "verdicts": [asdict(one) for one in verdicts]}, indent=2), code
    learnt = "learnt" if reached else "not learnt"
    text = (
        f"{count} samples are {learnt} by heart after {history.epoch_steps[-1]} steps: loss {first:.4g} -> {last:.4g}"
    )
    if verdicts:
        from tui_nn import render
        from tui_nn.render import Look, to_plain

        text += f"\n\n{to_plain(render.verdicts(verdicts, '', 100, 1000, Look('none')))}"
    elif not reached:
        text += "\nNo rule says why. Try more units, another rate, or --max-steps for a longer try."
    return text, code


def for_overfit(experiment: Experiment, registry: Registry) -> Experiment:
    """The same experiment without whatever keeps a net from learning by heart: penalties, chance, early ends."""
    import msgspec

    known = registry.names("layer")
    layers = [
        {**layer, **registry.get("layer", layer["kind"]).off} if layer.get("kind") in known else layer
        for layer in experiment.network.layers
    ]
    training = msgspec.structs.replace(
        experiment.training, lambda_=0.0, l1=0.0, early_stopping=None, plateau=None, schedule=UNCHANGED,
        epochs=max(1, experiment.training.epochs),
    )  # fmt: skip
    network = msgspec.structs.replace(experiment.network, layers=layers)
    return msgspec.structs.replace(experiment, network=network, training=training)


def by_heart(setup: Setup, samples: int) -> Trainer:
    """The trainer of the experiment on a few samples, spread over the training part, and no others."""
    import numpy as np

    from tui_nn.engine.data import spread_rows
    from tui_nn.engine.stopping import Limits

    trainer, part = setup.trainer, setup.splits.train
    rows = spread_rows(len(part), samples)
    few = replace(part, y=part.y[rows], rows=rows if part.rows is None else part.rows[rows])
    none = replace(few, y=few.y[:0], rows=np.arange(0))
    batch = min(trainer.batch, len(few))
    steps = trainer.limits.steps or MOST_STEPS
    return replace(
        trainer,
        splits=replace(setup.splits, train=few, validation=none, test=None),
        batch=batch,
        epochs=-(-steps * batch // len(few)) + 1,
        limits=Limits(steps, trainer.limits.seconds),
    )


def _learnt(trainer: Trainer) -> tuple[History, bool]:
    """Train until next to nothing of the loss is left."""
    from tui_nn.engine.events import EpochFinished, StepsFinished
    from tui_nn.runs.history import History

    history = History()
    for event in trainer.events():
        for one in event.each() if isinstance(event, StepsFinished) else (event,):
            history.apply(one)
        if isinstance(event, EpochFinished):
            losses = history.train["loss"]
            right = history.train.get("accuracy", [1.0])[-1] == 1
            if len(losses) > 1 and right and losses[-1] <= LEFT * losses[0]:
                return history, True
    return history, False


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1024
    return f"{count:.3g} GiB"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
