"""The view of one sample of the batch that comes next, on its way through the network and back."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from tui_nn import render
from tui_nn.engine.walk import Walk
from tui_nn.plugin.knobs import SAMPLE, Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look, Passage, Stage
from tui_nn.views.subject import WALK, Subject


def batch(subject: Subject) -> Walk:
    """The samples of the next batch. Raises Missing while they are not known, or cannot be."""
    if any(change.key == "training.batch" for change in subject.history.changes):
        raise Missing("The batch size was changed during this run, so the next samples are not known.")
    return subject.ask(WALK)


def _passage(subject: Subject, knobs: Knobs) -> Passage:
    walk, started = batch(subject), subject.started
    assert started is not None
    index = knobs.sample % len(walk.numbers)
    lengths = iter(walk.lengths[:, index].tolist())
    stages = [
        Stage(
            f"{number} {shape.units} {shape.activation if shape.activation != 'identity' else shape.kind}",
            a[:, index],
            next(lengths) if shape.theta is not None else None,
            limits,
        )
        for number, (shape, a, limits) in enumerate(
            zip(started.layers, walk.activations, walk.ranges, strict=True), start=1
        )
    ]
    outputs, targets = walk.outputs[:, index], walk.targets[:, index]
    single = len(outputs) == 1
    if started.classes:
        names = (started.classes[-1],) if single else started.classes
    else:
        names = tuple(f"y{number}" for number in range(1, len(outputs) + 1)) if not single else ("y",)
    of = f"{walk.size}" if walk.size == len(walk.numbers) else f"the first {len(walk.numbers)} of {walk.size}"
    head = (
        f"sample {index + 1} of {of}",
        f"batch {walk.batch} of {walk.batches}",
        f"epoch {walk.epoch}",
        f"number {int(walk.numbers[index]) + 1} of the training part",
    )
    return Passage(
        head, walk.inputs[index], walk.input_gradients[index], started.picture, started.features, stages, names,
        outputs, targets, float(walk.costs[index]), walk.cost, float(walk.along[index]),
    )  # fmt: skip


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Everything that is drawn."""
    one = _passage(subject, knobs)
    return {
        "sample": list(one.head),
        "cost": one.cost,
        "cost_of_batch": one.mean_cost,
        "along": one.along,
        "inputs": one.inputs.tolist(),
        "input_gradient": one.backward.tolist(),
        "outputs": one.outputs.tolist(),
        "targets": one.targets.tolist(),
        "gradient_lengths": [stage.gradient for stage in one.stages],
        **{f"activations_{number}": stage.a.tolist() for number, stage in enumerate(one.stages, start=1)},
    }


@view(asks=("walk",), numbers=_numbers, knobs=(SAMPLE,))
def sample(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """One sample of the next batch: forward to its cost, and back to the input."""
    return render.passage(_passage(subject, knobs), *box, look)
