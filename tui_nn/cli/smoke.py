"""What `--dry-run` and `--overfit N` print: two looks before a long run. Nothing of either is recorded."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from tui_nn.plurals import plural

if TYPE_CHECKING:
    from tui_nn.experiment import Experiment
    from tui_nn.experiment.build import Setup
    from tui_nn.training.dry_run import DryRun


def look(experiment: Experiment, plugins: tuple[str, ...], samples: int | None, *, as_json: bool) -> tuple[str, int]:
    """Try one batch, or memorize some samples: what to print, and the exit code."""
    from tui_nn.experiment.build import build
    from tui_nn.training import opened

    if samples is None:
        with opened(experiment, plugins) as session:
            return dry_run(build(experiment, session.registry), as_json=as_json), 0
    from tui_nn.training.by_heart import for_overfit

    with opened(experiment, plugins) as session:
        experiment = for_overfit(experiment, session.registry)
        return overfit(experiment, build(experiment, session.registry), samples, as_json=as_json)


def dry_run(setup: Setup, *, as_json: bool) -> str:
    """Shapes, sizes, memory, time, and what cannot go well, to be printed. Raises what training would raise."""
    from tui_nn.diagnosis import before_training
    from tui_nn.training.dry_run import estimated

    estimate = estimated(setup)
    verdicts = before_training(setup.trainer.started(), setup.experiment)
    if as_json:
        return json.dumps({**asdict(estimate), "verdicts": [asdict(one) for one in verdicts]}, indent=2)
    text = _described(setup, estimate)
    return "\n".join([text, "", *(verdict.sentence for verdict in verdicts)]) if verdicts else text


def _described(setup: Setup, found: DryRun) -> str:
    from tui_nn.cli.table import table
    from tui_nn.views.stack import counted

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
            f"data        {setup.splits.name}: {parts} samples of {plural(setup.network.inputs, 'input')}",
            f"size        {counted(setup.network.shapes())[0]}",
            f"batch       {plural(found.batch, 'sample')}, {found.batches} an epoch; "
            f"before the first step: cost {found.loss:.4g}, gradient {found.gradient:.3g} long",
            f"memory      about {_size(sum(found.bytes.values()))}: {memory}",
            f"time        about {_duration(found.seconds)} for {plural(found.epochs, 'epoch')}: "
            f"{1e6 * found.seconds_a_step:.0f} us a step, {1e3 * found.seconds_a_measurement:.1f} ms a measurement",
        ]
    )


def overfit(experiment: Experiment, setup: Setup, samples: int, *, as_json: bool) -> tuple[str, int]:
    """Memorize this many training samples; if that fails, say why. Returns what to print, and the exit code."""
    from tui_nn.diagnosis import diagnose
    from tui_nn.errors import ExitCode
    from tui_nn.training.by_heart import by_heart, learnt

    trainer = by_heart(setup, samples)
    history, reached = learnt(trainer)
    first, last = history.train["loss"][0], history.train["loss"][-1]
    count = len(trainer.splits.train)
    result = {"samples": count, "reached": reached, "steps": history.epoch_steps[-1], "first_loss": first, "loss": last}
    verdicts = [] if reached else diagnose(history, experiment)
    code = ExitCode.DONE if reached else ExitCode.REQUIREMENT
    if as_json:
        return json.dumps({**result, "verdicts": [asdict(one) for one in verdicts]}, indent=2), code
    how = "memorized" if reached else "not memorized"
    after = plural(history.epoch_steps[-1], "step")
    text = f"{plural(count, 'sample')} {how} after {after}: loss {first:.4g} -> {last:.4g}"
    if verdicts:
        from tui_nn import render
        from tui_nn.render import Look, to_plain

        text += f"\n\n{to_plain(render.verdicts(verdicts, '', 100, 1000, Look('none')))}"
    elif not reached:
        text += "\nNo rule explains it. Try more units, another rate, or more --max-steps."
    return text, code


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
