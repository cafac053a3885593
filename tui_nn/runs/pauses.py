"""Where a run is paused for a breakpoint: the line of its log that says so, and what is read of it later."""

from __future__ import annotations

from tui_nn.runs.run import Run

_BEFORE = "paused before step {}: "


def paused_for(step: int, why: str) -> str:
    """What is said when the batch after `step` updates has what was looked for."""
    return f"{_BEFORE.format(step + 1)}{why}."


def pause_of(run: Run) -> str:
    """The same, while the run stands there with the weights that it was said of; else nothing."""
    live = run.live()
    if live is None or live.state != "paused" or any(event.step == live.step for event in run.history.by_hand):
        return ""
    before = _BEFORE.format(live.step + 1)
    lines = [line.partition(before)[2] for line in run.log_tail().splitlines() if before in line]
    return f"{before.capitalize()}{lines[-1]}" if lines else ""
