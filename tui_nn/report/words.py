"""Words that all artefacts share: how a run ended, and what a requirement found."""

from __future__ import annotations

from collections.abc import Callable

from tui_nn.engine.events import Reason
from tui_nn.errors import Finding
from tui_nn.runs.summary import Checked, Summary

# After the others something, or somebody, broke the training off.
COMPLETE = (
    Reason.EPOCHS,
    Reason.EARLY_STOPPING,
    Reason.PLATEAU,
    Reason.MAX_STEPS,
    Reason.MAX_TIME,
    Reason.STOPPED,
)


def found(check: Checked) -> str:
    """`is 0.9331`, `is missing`; and the bound where it came from a baseline."""
    words = "is missing, or not a number" if check.value is None else f"is {check.value:.4g}"
    if check.bound is not None and "base" in check.requirement:
        words += f", and the bound {check.bound:.4g}"
    return words


def problems(
    summary: Summary, place: Callable[[Checked], tuple[int, int] | None] = lambda check: None, file: str = ""
) -> list[Finding]:
    """Why a run is not as it should be, one by one: that it broke off, and each requirement that is not met.

    place: line and column of a requirement in the experiment file `file`, None if it is not from there.
    """
    broken = [] if summary.reason in COMPLETE else [Finding(summary.message or summary.reason)]
    for check in summary.requirements:
        if not check.met:
            message = f"requirement not met: {check.requirement}: it {found(check)}"
            at = place(check)
            broken.append(Finding(message, file, *at) if at is not None else Finding(message))
    return broken
