"""What the trainer and its plugins print: captured in the run directory, so that it never disturbs the screen."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Box, view
from tui_nn.render import Look
from tui_nn.render.canvas import boxed, paragraph
from tui_nn.views.subject import Subject

KEPT = 1000  # lines that are given as numbers
NOTHING = (
    "No output here: what a plugin prints while the workbench or a sweep trains, say by print(loss), stands here line "
    "by line. `tui-nn train` prints it in its own terminal."
)


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """The lines."""
    return {"line": subject.reader.log_tail(KEPT).splitlines()}


@view(asks=("output",), numbers=_numbers)
def output(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:  # noqa: ARG001 - text has no colours
    """What the trainer and its plugins print."""
    lines = subject.reader.log_tail(box[1]).splitlines()
    shown = [line.encode("ascii", "replace").decode() if look.ascii else line for line in lines]
    return boxed([Text(line) for line in shown or paragraph(NOTHING, box[0]).splitlines()], *box)
