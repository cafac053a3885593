"""Plugin files that an experiment names: code, which runs only if somebody has looked at it and said so.

A file is trusted by its path and its bytes, so an edit asks again. To name it on the command line is to trust it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui_nn.errors import PluginError, StorageError
from tui_nn.plugin import userfiles
from tui_nn.plugin.sources import sha256_of_file

FILE = "trusted.json"


def trust(path: Path) -> str:
    """Trust this file as it is now. Returns its sha256."""
    sha256 = sha256_of_file(path)
    if not sha256:
        raise PluginError(f"plugin '{path}': there is no such file.")
    try:
        userfiles.write(FILE, {**userfiles.read(FILE), str(path.resolve()): sha256})
    except OSError as error:
        raise StorageError(f"{userfiles.state_path()}: {error.strerror or error}.") from None
    return sha256


def is_trusted(path: Path) -> bool:
    """Whether this file was trusted as it is now."""
    known = userfiles.read(FILE).get(str(path.resolve()))
    return known is not None and known == sha256_of_file(path)


def allowed(wanted: Sequence[str], named: Sequence[str], experiment: str) -> tuple[str, ...]:
    """The files to load: those `named` on the command line, and those that the experiment wants, if trusted.

    Raises PluginError for one that is neither named nor trusted as it is now.
    """
    trusted = userfiles.read(FILE)
    given = {Path(file).resolve() for file in named}
    more = []
    for file in wanted:
        path = Path(file).resolve()
        if path in given:
            continue
        if not path.is_file():
            raise PluginError(f"{experiment}, plugins: '{file}': there is no such file.")
        known = trusted.get(str(path))
        if known != sha256_of_file(path):
            what = "has changed since you trusted it" if known else "is code that this experiment wants to run"
            raise PluginError(
                f"{experiment}, plugins: '{file}' {what}. Inspect it, then run `tui-nn plugins trust {file}`, "
                f"or allow it once with --plugin {file}."
            )
        more.append(str(path))
    return (*more, *named)
