"""What a training leaves that an error ended before there was a run: the same files, as far as they go."""

from __future__ import annotations

from tui_nn.report.junit import as_junit
from tui_nn.report.markdown import headline
from tui_nn.report.write import Destinations, write_text
from tui_nn.runs.summary import SCHEMA, Summary, to_json

REFUSED = "refused"  # the reason of a training that never began


def refusal(experiment: str, message: str, exit_code: int) -> Summary:
    """The summary of a training that never began."""
    return Summary(
        schema=SCHEMA, run="", experiment=experiment, reason=REFUSED, message=message, exit_code=exit_code, epoch=0,
        step=0, seed=0, parameters=0, metrics={}, requirements=[], seconds=0.0, samples_per_second=0.0, environment={},
    )  # fmt: skip


def write_refusal(summary: Summary, to: Destinations) -> None:
    """Summary, JUnit and Markdown where they are asked for. Raises StorageError."""
    contents = (
        (None, "summary.json", to_json(summary).decode()),
        (to.junit, "junit.xml", as_junit(summary, summary.experiment)),
        (to.markdown, "summary.md", headline(summary.experiment, summary)),
    )
    for path, name, content in contents:
        for target in (path, to.folder / name if to.folder is not None else None):
            if target is not None:
                write_text(target, content, followed=target is path)
