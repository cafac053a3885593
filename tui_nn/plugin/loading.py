"""Finding and importing plugins: installed ones by entry point, single files by path.

Each plugin is imported separately: pluggy's loader would stop at the first that fails, and silently register a misspelt
hook. Whatever ends an import, other than an interrupt by a person, is that plugin's failure.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

import pluggy

import tui_nn
from tui_nn.errors import PluginError, did_you_mean
from tui_nn.plugin import own
from tui_nn.plugin.file import PluginFile, read_plugin_file
from tui_nn.plugin.kinds import HOOKSPECS, KINDS
from tui_nn.spelling import understand

GROUP = "tui_nn"
OWN = "tui-nn"  # the distribution whose plugins are the built-ins
SWITCH = "TUI_NN_PLUGINS"  # set to nothing: no third-party plugin; to names with commas: only those


@dataclass(frozen=True)
class LoadedPlugin:
    """An imported module, or the reason why it was not imported. sha256: for a file, that of the bytes that ran."""

    name: str
    origin: str
    version: str
    module: ModuleType | None
    reason: str = ""
    traceback: str = ""
    asked_for: bool = False
    is_built_in: bool = False
    sha256: str = ""


def own_plugin() -> LoadedPlugin:
    """The plugin of the core itself."""
    return LoadedPlugin(own.NAME, OWN, tui_nn.__version__, own, is_built_in=True)


def load_plugins(files: Sequence[str | PluginFile] = ()) -> Iterator[LoadedPlugin]:
    """Load the built-ins first, then other installed plugins by name, then files in the order given.

    A file is a path, which is read here, or a PluginFile that was read and checked before.
    """
    points = sorted(entry_points(group=GROUP), key=lambda point: (not _is_built_in(point), point.name))
    wanted = os.environ.get(SWITCH)
    for point in points:
        if wanted is not None and not _is_built_in(point) and point.name not in wanted.split(","):
            continue
        yield _load_entry_point(point)
    for file in files:
        yield _load_file(file if isinstance(file, PluginFile) else read_plugin_file(file))


def _is_built_in(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == OWN


def _load_entry_point(point: EntryPoint) -> LoadedPlugin:
    version = point.dist.version if point.dist else ""
    origin = point.dist.name if point.dist else point.value
    try:
        module = point.load()
        _check_hooks(module)
    except PluginError as error:
        return LoadedPlugin(point.name, origin, version, None, str(error))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return LoadedPlugin(point.name, origin, version, None, reason(error, point.module), traceback.format_exc())
    return LoadedPlugin(point.name, origin, version, module, is_built_in=_is_built_in(point))


def _load_file(file: PluginFile) -> LoadedPlugin:
    name, path, sha256 = file.name, file.path, file.sha256
    try:
        if not path.endswith(".py"):
            raise PluginError("a plugin file must be Python, with a name ending in .py")
        module = file.module()
        _check_hooks(module)
    except PluginError as error:
        return LoadedPlugin(name, path, "", None, str(error), asked_for=True, sha256=sha256)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        why = reason(error, name)
        return LoadedPlugin(name, path, "", None, why, traceback.format_exc(), asked_for=True, sha256=sha256)
    version = str(getattr(module, "__version__", ""))
    return LoadedPlugin(name, path, version, module, asked_for=True, sha256=sha256)


def reason(error: BaseException, module: str) -> str:
    """What went wrong, with the file and line of this module or package where it happened."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {error.msg}"
    own = module.partition(".")[0]
    files = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    lines = [(file, line) for file, line in files if file.stem == own or own in file.parts]
    where = f"{lines[-1][0]}:{lines[-1][1]}: " if lines else ""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    # A script with a main part, say, or one that leaves because a library is missing.
    hint = ". A plugin is imported: it must raise an exception, never exit." if isinstance(error, SystemExit) else ""
    return f"{where}{what}{hint}"


def _check_hooks(module: ModuleType) -> None:
    """Raise PluginError for a hook that is never called."""
    understand(module, [kind.hook for kind in KINDS.values()])
    manager = pluggy.PluginManager("tui_nn")
    manager.add_hookspecs(HOOKSPECS)
    try:
        manager.register(module)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        known = [kind.hook for kind in KINDS.values()]
        for name in vars(module):
            if name.startswith("tui_nn_") and name not in known and hasattr(vars(module)[name], "tui_nn_impl"):
                raise PluginError(f"unknown hook '{name}'.{did_you_mean(name, known)}") from None
        raise PluginError(str(error).replace("\n", " ")) from None
    if not manager.get_hookcallers(module):
        raise PluginError("it implements no hook. Mark a function such as tui_nn_activations with @hookimpl.")
