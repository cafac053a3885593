"""The proof of a lesson, as a test of its author's."""

from __future__ import annotations

from pathlib import Path

from tui_nn.errors import ExperimentError
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.proof import Proof, prove
from tui_nn.plugin.registry import load_registry


def check_lesson(lesson: str | Path) -> Proof:
    """Prove a lesson, a file or an installed one, as `tui-nn lesson check` does.

    Raises AssertionError that says, line by line, what does not hold.
    """
    try:
        found, folder = lesson_at(str(lesson))
        proof = prove(found, load_registry(), folder)
    except ExperimentError as error:
        raise AssertionError(f"\n{error}") from None
    assert not proof.faults, "\n" + "\n".join(proof.said)
    return proof
