"""Whose fault an exception is: a plugin's, if a line of that plugin raised it."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterable, Iterator
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
    except TuiNNError:
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            for plugin in plugins:
                if not plugin.is_built_in and _is_of(plugin, Path(frame.filename)):
                    where = f"{Path(frame.filename).name}:{frame.lineno}, in {frame.name}"
                    raise PluginError(
                        f"plugin '{plugin.name}' raised {type(error).__name__}: {error} ({where}). "
                        f"`tui-nn plugins check {plugin.origin if plugin.origin.endswith('.py') else plugin.name}` "
                        "says more."
                    ) from error
        raise


def _is_of(plugin: PluginInfo, file: Path) -> bool:
    module = sys.modules.get(plugin.module)
    own = getattr(module, "__file__", None)
    if own is None:
        return False
    path = Path(own)
    return file == path or (path.name == "__init__.py" and path.parent in file.parents)
