"""The line that says at a glance what the trainer does."""

from __future__ import annotations

from tui_nn.render.canvas import fitting
from tui_nn.tui.trainer_client import TrainerClient

MARKS = {"idle": "·", "starting": "…", "running": "▶", "paused": "⏸", "ended": "■", "crashed": "✗"}
SHORT = (("loss", "loss"), ("accuracy", "acc"))
ASCII_MARKS = {"idle": ".", "starting": "~", "running": ">", "paused": "=", "ended": "#", "crashed": "X"}


def status_line(client: TrainerClient, speed: float, ascii_only: bool, width: int) -> str:
    """State, epoch, step, loss, accuracy, epochs shown a second, thousand samples trained a second: what fits whole."""
    marks = ASCII_MARKS if ascii_only else MARKS
    words = [f"{marks[client.state]} {client.state}"]
    reader = client.reader
    if reader is not None and reader.history.started is not None:
        history, live = reader.history, reader.live()
        epoch = history.epochs[-1] if history.epochs else 0
        step = max(live.step if live is not None else 0, history.last_step)
        words += [f"epoch {epoch}/{history.planned}", f"step {step}"]
        part = history.validation if history.validation else history.train
        values = [f"{short} {part[name][-1]:.4f}" for name, short in SHORT if part.get(name)]
        before = " before your weights" if history.edited else ""
        words.append(f"{'val ' if history.validation else ''}{' '.join(values)}{before}")
    words.append("full speed" if not speed else f"{speed:g} ep/s")
    if reader is not None and (live := reader.live()) is not None and reader.history.seconds and live.samples:
        words.append(f"{live.samples / reader.history.seconds / 1000:.0f}k/s")
    return fitting(width, *words, gap="  ")
