"""Starting a trainer that somebody watches: a child process of a new run, or one that goes on with a run."""

from __future__ import annotations

import os
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from tui_nn.confined import is_served
from tui_nn.errors import refused_by_disk
from tui_nn.experiment import Experiment, dump_experiment
from tui_nn.experiment.folds import one_fold
from tui_nn.files import open_new, open_to_append
from tui_nn.runs import layout
from tui_nn.runs.family import write_branch
from tui_nn.system import APART
from tui_nn.training.child import child_command, resuming_command
from tui_nn.tui.bench.branch import Branch

HOLDS = 30.0  # seconds that a speed holds which is not asked for again: a viewer that is gone leaves none behind
Launched = tuple[Path, "subprocess.Popen[bytes]"]  # the directory of a run, and its trainer
_RUNNING: list[subprocess.Popen[bytes]] = []  # whoever else lets go of one, its leash is held until it has ended


def begin(
    base: Path, experiment: Experiment, paused: bool, speed: float, branch: Branch | None, plugins: Sequence[str]
) -> Launched:
    """A new run under `base`, from the weights of a branch if given; of an experiment with folds, the first of them.

    Raises StorageError, and ExperimentError for data that cannot be divided into folds.
    """
    experiment = one_fold(experiment)
    text = dump_experiment(experiment)
    run = layout.make_new_run(experiment.name, text, base)
    if branch is not None:
        weights = write_branch(run, branch.parent, branch.thetas)
        if weights is not None:
            network = msgspec.structs.replace(experiment.network, weights=str(weights), weights_by_columns=None)
            text = dump_experiment(msgspec.structs.replace(experiment, network=network))
    with refused_by_disk(run, "the trainer cannot be started"), open_new(run / layout.EXPERIMENT) as file:
        file.write(text.encode())
    pace, served = _pace(paused, speed), is_served()
    command = child_command(run / layout.EXPERIMENT, run, *pace, plugins=plugins, leash=served, watched=not served)
    return _started(run, command)


def go_on(run: Path, changes: Mapping[str, str], paused: bool, speed: float, plugins: Sequence[str]) -> Launched:
    """A run from its last checkpoint, with changes as TOML has them. Raises StorageError."""
    overrides = [f"{key}={value}" for key, value in changes.items()]
    pace, served = _pace(paused, speed), is_served()
    command = resuming_command(run, *pace, plugins=plugins, overrides=overrides, leash=served, watched=not served)
    return _started(run, command)


def _pace(paused: bool, speed: float) -> list[str]:
    return ["--speed", str(speed), "--speed-for", f"{HOLDS:g}s", *(["--paused"] if paused else [])]


def _started(run: Path, command: list[str]) -> Launched:
    with refused_by_disk(run, "the trainer cannot be started"), open_to_append(run / layout.LOG) as log:
        # Its own session: closing this terminal does not take the training with it. No descriptor of the screen
        # goes along, so a stray print ends in the log. Who is served has no terminal to come back to: there the
        # trainer ends with the screen, in its group. All have a leash, whose other end this process holds.
        theirs, ours = os.pipe()
        try:
            process = subprocess.Popen(command, stdin=theirs, stdout=log, stderr=log, **({} if is_served() else APART))
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        weakref.finalize(process, os.close, ours)
        _RUNNING[:] = [process, *(one for one in _RUNNING if one.poll() is None)]
        return run, process
