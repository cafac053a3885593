"""Assigning blame: a plugin is at fault if one of its lines raised the error or never ends."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

from tui_nn.errors import PluginError, TuiNNError
from tui_nn.plugin.registry import PluginInfo


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
    """Turn whatever a plugin raises, including an attempt to end the process, into a PluginError that names it.

    An interrupt by a person may come in the middle of a plugin and is nobody's fault.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # The engine names the component that raised; where it did is in the cause.
        cause = error.__cause__ if isinstance(error, PluginError) and error.__cause__ is not None else error
        found = None if isinstance(cause, TuiNNError) else _raised_in(plugins, cause)
        if found is None:
            raise
        what = f"{type(cause).__name__}: {cause}".removesuffix(": ").replace("\n", "\\n")
        origin = found.plugin.origin
        raise PluginError(
            f"plugin '{found.plugin.name}' raised {what} ({found}).{_remedy(cause)} "
            f"For details, run `tui-nn plugins check {origin if origin.endswith('.py') else found.plugin.name}`.",
            found.file,
            found.line,
        ) from cause


def _raised_in(plugins: Iterable[PluginInfo], error: BaseException | None) -> Culprit | None:
    """The innermost line of a plugin through which the error came."""
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    return culprit(plugins, ((frame.filename, frame.lineno or 0, frame.name) for frame in reversed(frames)))


def culprit(plugins: Iterable[PluginInfo], frames: Iterable[tuple[str, int, str]]) -> Culprit | None:
    """The first of these frames (file, line, function) that belongs to a plugin other than the built-in ones."""
    suspects = [plugin for plugin in plugins if not plugin.is_built_in]
    for file, line, function in frames:
        for plugin in suspects:
            if _is_of(plugin, Path(file)):
                return Culprit(plugin, file, line, function)
    return None


def _remedy(error: BaseException) -> str:
    if isinstance(error, FrozenInstanceError):
        return " Layers and optimizers have no memory of their own: a layer has its slot, an optimizer its state."
    return ""


def _is_of(plugin: PluginInfo, file: Path) -> bool:
    module = sys.modules.get(plugin.module)
    own = getattr(module, "__file__", None)
    if own is None:
        return False
    path = Path(own)
    return file == path or (path.name == "__init__.py" and path.parent in file.parents)
