"""What is served: the words of a visitor's `tui-nn`, and which files of whoever serves these need.

It is opened here first, under the trust of whoever serves: what is wrong with it is said before there is a visitor, and
the plugin files that were looked at are named by their bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui_nn.errors import ExperimentError
from tui_nn.experiment import Experiment, example_names, load_experiment
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.plugin.file import pinned
from tui_nn.plugin.trust import allowed
from tui_nn.runs import open_run
from tui_nn.runs.layout import EXPERIMENT
from tui_nn.runs.reader import names_run
from tui_nn.training import opened
from tui_nn.training.for_data import is_data, shown_for
from tui_nn.training.provenance import files_beside
from tui_nn.web.house import Served


def of_lesson(lesson: str) -> Served:
    """A lesson by its name or from a file, whose folder it may take data from. Raises ExperimentError."""
    _, folder = lesson_at(lesson)
    if not Path(lesson).name.endswith(".md"):
        return Served(("lesson", lesson), asks=True)
    return Served(("lesson", str(Path(lesson).absolute())), (str(folder.absolute()),), asks=True)


def of_target(target: str | None, plugins: tuple[str, ...], *, read_only: bool) -> Served:
    """An experiment, an example, a file of data or a run, as the workbench takes them. Raises TuiNNError."""
    is_run = target is not None and names_run(target)
    if read_only and not is_run:
        raise ExperimentError("--read-only is for watching: name a run, such as `latest`.")
    experiment: Experiment | None = None
    file, known = "", list[str]()
    if target is None:
        pass
    elif is_run:
        run = open_run(target).path.absolute()
        file, known = str(run / EXPERIMENT), [str(run)]
        experiment, target = load_experiment(file), str(run)
    elif is_data(target):
        experiment, file = shown_for(target, plugins)[0], target
        target = str(Path(target).absolute())
        known = [target]
    else:
        experiment, file = load_experiment(target), target
        if target not in [name for name, _ in example_names()]:
            target = str(Path(target).absolute())
            known = [target]
    named = _pinned(experiment, files_beside(file, plugins))
    words = [word for plugin in named for word in ("--plugin", plugin)]
    if experiment is not None:
        with opened(experiment, named):
            pass  # raises what a visitor would be told
        known += _files_of(experiment)
    readable = (*known, *(plugin.rpartition("#sha256=")[0] for plugin in named))
    return Served((*words, *([target] if target is not None else [])), tuple(dict.fromkeys(readable)), read_only)


def _pinned(experiment: Experiment | None, plugins: tuple[str, ...]) -> list[str]:
    """All plugin files by path and bytes: those that are named, and those of the experiment that are trusted."""
    wanted = experiment.plugins if experiment is not None else []
    files = allowed(wanted, plugins, experiment.name if experiment is not None else "")
    return [pinned(str(Path(file.path).absolute()), file.sha256) for file in files]


def _files_of(experiment: Experiment) -> Iterator[str]:
    """Data and weights that an experiment names."""
    for name in (experiment.data.source, experiment.data.test, experiment.network.weights):
        if isinstance(name, str) and Path(name).is_absolute() and Path(name).exists():
            yield name
