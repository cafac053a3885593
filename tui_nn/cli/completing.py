"""What a shell completes: runs, experiments, views, keys of an experiment, lessons.

Each is called by click while somebody waits for the Tab key, with the word so far; it imports what it needs, and no
more. Where nothing of ours begins with that word, the shell completes names of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from click import Context, Parameter
from click.shell_completion import CompletionItem

RUNS = Path("runs")  # where `train` puts them


def _beginning(word: str, known: Iterable[tuple[str, str]], otherwise: str = "file") -> list[CompletionItem]:
    """(value, help) of what begins with the word; if nothing does, the shell's own completion: file, dir or plain."""
    found = [CompletionItem(value, help=words or None) for value, words in known if value.startswith(word)]
    return found or [CompletionItem(word, type=otherwise)]


def complete_run(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """`latest`, and the runs in ./runs, newest first."""
    try:
        folders = sorted((path.name for path in RUNS.iterdir() if path.is_dir()), reverse=True)
    except OSError:
        folders = []
    known = [("latest", "the newest run"), *((f"{RUNS}/{name}", "") for name in folders if name.isprintable())]
    return _beginning(incomplete, known, "dir")


def complete_experiment(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The bundled experiments."""
    from tui_nn.experiment.examples_list import example_names

    return _beginning(incomplete, example_names())


def complete_lesson(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The bundled lessons."""
    from tui_nn.lesson.catalogue import lesson_names

    return _beginning(incomplete, [(name, "") for name in lesson_names()])


def complete_view(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The views that are built in; those of plugins only a registry knows."""
    from tui_nn.views import views_of

    return _beginning(
        incomplete, [("list", "all of them"), *((view.name, view.description) for view in views_of())], "plain"
    )


def complete_key(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Keys of an experiment, as KEY= ; a value that is begun is the user's own."""
    from tui_nn.experiment.schema import Experiment

    return _beginning(incomplete, [(f"{key}=", "") for key in keys_of(Experiment)], "plain")


def keys_of(section: type, before: str = "") -> Iterator[str]:
    """The dotted keys of a section and of the sections in it."""
    import msgspec

    from tui_nn.experiment.schema import Section

    for field in msgspec.structs.fields(section):
        kinds = [field.type, *get_args(field.type)]
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section)]
        for kind in inner:
            yield from keys_of(kind, f"{before}{field.encode_name}.")
        if not inner:
            yield before + field.encode_name
