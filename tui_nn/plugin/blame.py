"""Whose fault an exception is: a plugin's, if a line of that plugin raised it."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path

from tui_nn.errors import PluginError, TuiNNError
from tui_nn.plugin.registry import PluginInfo


@contextlib.contextmanager
def blaming(plugins: Iterable[PluginInfo]) -> Iterator[None]:
    """Turn whatever a plugin raises, an attempt to end the process included, into a PluginError that names it.

    A person's interrupt may come in the middle of a plugin and is nobody's fault.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # The engine names the component that raised; where it did is in the cause.
        cause = error.__cause__ if isinstance(error, PluginError) and error.__cause__ is not None else error
        if isinstance(cause, TuiNNError):
            raise
        for frame in reversed(traceback.extract_tb(cause.__traceback__)):
            for plugin in plugins:
                if not plugin.is_built_in and _is_of(plugin, Path(frame.filename)):
                    where = f"{Path(frame.filename).name}:{frame.lineno}, in {frame.name}"
                    what = f"{type(cause).__name__}: {cause}".replace("\n", "\\n")
                    raise PluginError(
                        f"plugin '{plugin.name}' raised {what} ({where}).{_remedy(cause)} "
                        f"`tui-nn plugins check {plugin.origin if plugin.origin.endswith('.py') else plugin.name}` "
                        "says more."
                    ) from cause
        raise


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
