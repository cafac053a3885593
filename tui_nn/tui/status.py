"""The line that says at a glance what the trainer does."""

from __future__ import annotations

from tui_nn.tui.trainer_client import TrainerClient

MARKS = {"idle": "·", "starting": "…", "running": "▶", "paused": "⏸", "ended": "■", "crashed": "✗"}
ASCII_MARKS = {"idle": ".", "starting": "~", "running": ">", "paused": "=", "ended": "#", "crashed": "X"}


def status_line(client: TrainerClient, speed: float, ascii_only: bool) -> str:
    """State, epoch, step, loss, accuracy and speed of a run."""
    marks = ASCII_MARKS if ascii_only else MARKS
    words = [f"{marks[client.state]} {client.state}".ljust(10)]
    reader = client.reader
    if reader is not None and reader.history.started is not None:
        history, live = reader.history, reader.live()
        started = reader.history.started
        epoch = history.epochs[-1] if history.epochs else 0
        step = max(live.step if live is not None else 0, history.last_step)
        words += [f"epoch {epoch}/{started.epochs}", f"step {step}"]
        part = history.validation if history.validation else history.train
        for name, short in (("loss", "loss"), ("accuracy", "acc")):
            if part.get(name):
                words.append(f"{'val ' if history.validation else ''}{short} {part[name][-1]:.4f}")
        if live is not None and history.seconds and live.samples:
            words.append(f"{live.samples / history.seconds / 1000:.0f}k samples/s")
    words.append("full speed" if not speed else f"{speed:g} epochs/s")
    return "  ".join(words)
