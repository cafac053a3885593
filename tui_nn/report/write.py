"""Where artefacts go, and the writing of them: the one function behind `tui-nn train` and `tui-nn report`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.files import open_new
from tui_nn.report.finished import Finished
from tui_nn.report.junit import as_junit
from tui_nn.report.markdown import as_markdown
from tui_nn.report.metrics import as_csv, as_jsonl
from tui_nn.report.tensorboard import need_tensorboard, write_event_files
from tui_nn.runs.summary import to_json

PICTURE = (100, 24)  # cells of an SVG picture


@dataclass(frozen=True)
class Destinations:
    """Files and folders that somebody asked for. `folder` gets one of each kind, under its usual name."""

    folder: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None
    csv: Path | None = None
    jsonl: Path | None = None
    tensorboard: Path | None = None

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def check(self) -> None:
        """Raises TuiNNError, before anything is trained, for what could only fail afterwards."""
        if self.tensorboard is not None:
            need_tensorboard()
        for path in (self.junit, self.markdown, self.csv, self.jsonl):
            if path is not None and path.is_dir():
                raise StorageError(f"{path}: is a folder; expected a file name.")
        for path in (self.folder, self.tensorboard):
            if path is not None and path.exists() and not path.is_dir():
                raise StorageError(f"{path}: is a file; expected a folder name.")


def write(run: Finished, to: Destinations) -> list[Path]:
    """Write what was asked for, and return the names. Raises StorageError with the file that could not be written."""
    history = run.reader.history
    written: list[Path] = []

    def put(path: Path | None, name: str, content: str) -> None:
        for target in (path, to.folder / name if to.folder is not None else None):
            if target is not None:
                write_text(target, content, followed=target is path)
                written.append(target)

    put(None, "summary.json", to_json(run.summary).decode())
    put(to.jsonl, "metrics.jsonl", as_jsonl(history))
    put(to.csv, "metrics.csv", as_csv(history))
    put(to.junit, "junit.xml", as_junit(run.summary, run.name))
    put(to.markdown, "summary.md", as_markdown(run))
    if to.folder is not None:
        for name, picture in _pictures(run):
            put(None, name, picture)
    if to.tensorboard is not None:
        write_event_files(run, to.tensorboard)
        written.append(to.tensorboard)
    return written


def _pictures(run: Finished) -> Iterator[tuple[str, str]]:
    """An SVG file of every view that suits this run and can be drawn from what it recorded."""
    from tui_nn.render import Look, to_svg
    from tui_nn.views import Knobs, Missing, Subject, suitable

    subject = Subject(run.reader)
    for view in suitable(subject):
        if view.slow or view.name == "metrics":  # the former need the network, the latter is one metric at a time
            continue
        with contextlib.suppress(Missing):
            text = view.draw(subject, Knobs(), PICTURE, Look(vectors=True))
            yield f"{view.name}.svg", to_svg(text, f"{run.name}: {view.heading(subject, Knobs())}")


def write_text(path: Path, content: str, *, followed: bool = True) -> None:
    """Write a file, and the folders above it. A link is replaced unless it is `followed`: somebody gave its very name.

    Raises StorageError that names the file.
    """
    with refused_by_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if followed:
            path.write_text(content, "utf-8")
            return
        with open_new(path) as file:
            file.write(content.encode())
