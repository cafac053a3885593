"""Whose fault it is: a plugin's, if a line of that plugin raised it, or never comes to an end."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tui_nn.errors import PluginError, TuiNNError
from tui_nn.plugin.registry import PluginInfo

BUILT_IN = ("tui_nn_standard", "tui_nn_fast")


@dataclass(frozen=True)
class Culprit:
    """The innermost line of a plugin."""

    plugin: PluginInfo
    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line}, in {self.function}"


@contextlib.contextmanager
def blaming(plugins: Iterable[PluginInfo]) -> Iterator[None]:
    """Turn whatever a plugin raises, an attempt to end the process included, into a PluginError that names it.

    A person's interrupt may come in the middle of a plugin and is nobody's fault.
    """
    try:
        yield
    except PluginError as error:  # what was asked is known already, and what it raised stands behind it
        found = None if error.file else _raised_in(plugins, error.__cause__)
        if found is None:
            raise
        raise PluginError(f"{error} (plugin '{found.plugin.name}', {found})", found.file, found.line) from error
    except (TuiNNError, KeyboardInterrupt):
        raise
    except BaseException as error:
        found = _raised_in(plugins, error)
        if found is None:
            raise
        origin = found.plugin.origin
        raise PluginError(
            f"plugin '{found.plugin.name}' raised {type(error).__name__}: {error} ({found}). "
            f"`tui-nn plugins check {origin if origin.endswith('.py') else found.plugin.name}` says more.",
            found.file,
            found.line,
        ) from error


def _raised_in(plugins: Iterable[PluginInfo], error: BaseException | None) -> Culprit | None:
    """The innermost line of a plugin that the error came through."""
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    return culprit(plugins, ((frame.filename, frame.lineno or 0, frame.name) for frame in reversed(frames)))


def culprit(plugins: Iterable[PluginInfo], frames: Iterable[tuple[str, int, str]]) -> Culprit | None:
    """The first of these frames (file, line, function) that is of a plugin, the built-in ones left out."""
    suspects = [plugin for plugin in plugins if plugin.name not in BUILT_IN]
    for file, line, function in frames:
        for plugin in suspects:
            if _is_of(plugin, Path(file)):
                return Culprit(plugin, file, line, function)
    return None


def _is_of(plugin: PluginInfo, file: Path) -> bool:
    module = sys.modules.get(plugin.module)
    own = getattr(module, "__file__", None)
    if own is None:
        return False
    path = Path(own)
    return file == path or (path.name == "__init__.py" and path.parent in file.parents)
