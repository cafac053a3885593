"""Runs that had more to do: one that a signal ended, one whose trainer was killed."""

from __future__ import annotations

from pathlib import Path

from tui_nn.engine.events import EpochFinished, Event
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.registry import Registry
from tui_nn.runs import layout
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training.whole import whole_of


def interrupted(folder: Path, registry: Registry, name: str, *overrides: str, epoch: int) -> Path:
    """Train an example with these KEY=VALUE until this epoch is done, where a signal comes; returns `folder`."""
    setup = build(load_experiment(name, overrides), registry)
    recorder = RunRecorder(folder, setup.trainer, whole_of(setup, registry, folder))

    def interrupt(event: Event) -> None:
        if isinstance(event, EpochFinished) and event.epoch == epoch:
            session.interrupt()

    session = Session(setup.trainer, recorder, observers=[interrupt])
    recorder.finish(session.run(), [], 130)
    return folder


def killed(folder: Path, registry: Registry, name: str, *overrides: str, epoch: int) -> Path:
    """The same by SIGKILL: neither a last event nor a summary."""
    run = interrupted(folder, registry, name, *overrides, epoch=epoch)
    (run / layout.SUMMARY).unlink()
    log = run / layout.EVENTS
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    return run
