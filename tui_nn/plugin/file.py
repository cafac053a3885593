"""A plugin file, read once: the bytes that are hashed and trusted are the bytes that are compiled and run.

Nothing is read again between the check and the import, and no compiled file replaces the source.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

from tui_nn.errors import PluginError
from tui_nn.files import open_to_read

PINNED = re.compile(r"(?P<path>.+)#sha256=(?P<sha256>[0-9a-f]{64})")
MOST = 1 << 19  # bytes of a file of source code: compiling takes some 500 times as much memory


@dataclass(frozen=True)
class PluginFile:
    """A plugin file as it was read."""

    path: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """The sha256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def place(self) -> Path:
        """The path without links, which identifies the file."""
        return Path(self.path).resolve()

    @property
    def name(self) -> str:
        """The name of the plugin."""
        return Path(self.path).stem

    def module(self) -> ModuleType:
        """Run these bytes as a module with a name of its own. Raises whatever they raise."""
        name = f"tui_nn_plugin_{self.name}"
        specification = ModuleSpec(name, _BytesLoader(self), origin=self.path)
        specification.has_location = True  # sets __file__
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        _BytesLoader(self).exec_module(module)
        return module


class _BytesLoader(InspectLoader):
    """Compiles the bytes it was given; tracebacks show their lines."""

    def __init__(self, file: PluginFile) -> None:
        self._file = file

    def is_package(self, fullname: str) -> bool:  # noqa: ARG002
        return False

    def get_source(self, fullname: str) -> str:  # noqa: ARG002
        return importlib.util.decode_source(self._file.content)

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        code: CodeType = self.source_to_code(self._file.content, self._file.path)
        return code


def read_plugin_file(named: str) -> PluginFile:
    """Read the file of a path, or of "PATH#sha256=HEX", whose bytes must have that sha256.

    Raises PluginError for a file that is missing, unreadable, too large, or a different one.
    """
    pinned = PINNED.fullmatch(named)
    path = pinned["path"] if pinned else named
    if not Path(path).is_file():
        raise PluginError(f"plugin '{path}': there is no such file.")
    try:
        with open_to_read(path, sys.maxsize, links=True) as stream:
            content = stream.read(MOST + 1)
    except OSError as error:
        raise PluginError(f"plugin '{path}': {error.strerror}.") from None
    if len(content) > MOST:
        raise PluginError(f"plugin '{path}': it is larger than {MOST >> 10} KiB; keep its data in a file beside it.")
    file = PluginFile(path, content)
    if pinned and pinned["sha256"] != file.sha256:
        raise PluginError(
            f"plugin '{path}' has changed since it was read: its sha256 begins with {file.sha256[:16]}, not with "
            f"{pinned['sha256'][:16]}. Look at it, and read it again."
        )
    return file


def pinned(path: str, sha256: str) -> str:
    """The name with which one process tells another which file and which bytes it means."""
    return f"{path}#sha256={sha256}" if sha256 else path


def read_plugin_files(named: Iterable[str]) -> tuple[PluginFile, ...]:
    """Read each file once. Raises PluginError as `read_plugin_file` does."""
    return tuple(map(read_plugin_file, named))
