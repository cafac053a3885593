"""Trust in plugin files that an experiment names: code that runs only if somebody has looked at it and said so.

A file is trusted by its path and its bytes, so after an edit it must be trusted again. Naming it on the command line
trusts it once. The bytes checked here are those that will run: swapping the file afterwards changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui_nn import userfiles
from tui_nn.errors import PluginError, refused_by_disk
from tui_nn.plugin.file import PluginFile, read_plugin_file, read_plugin_files

FILE = "trusted.json"


def trust(path: Path) -> str:
    """Trust this file as it is now, and return its sha256. Raises PluginError if it cannot be read."""
    file = read_plugin_file(str(path))
    with refused_by_disk(userfiles.state_path()):
        userfiles.update(FILE, lambda known: {**known, str(file.place): file.sha256})
    return file.sha256


def is_trusted(file: PluginFile) -> bool:
    """Whether this file is trusted with the bytes that were read."""
    return userfiles.read(FILE).get(str(file.place)) == file.sha256


def allowed(wanted: Sequence[str], named: Sequence[str], experiment: str) -> tuple[PluginFile, ...]:
    """The files to load: those `named` on the command line, and those that the experiment wants, if trusted.

    Raises PluginError for one that is neither named nor trusted as it is now.
    """
    trusted = userfiles.read(FILE)
    given = read_plugin_files(named)
    places = {file.place for file in given}
    more = []
    for name in wanted:
        if Path(name).resolve() in places:
            continue
        if not Path(name).is_file():
            raise PluginError(f"{experiment}, plugins: '{name}': there is no such file.")
        file = read_plugin_file(name)
        known = trusted.get(str(file.place))
        if known != file.sha256:
            what = "has changed since you trusted it" if known else "is code that this experiment wants to run"
            raise PluginError(
                f"{experiment}, plugins: '{name}' {what}. Inspect it, then run `tui-nn plugins trust {name}`, "
                f"or allow it once with --plugin {name}."
            )
        more.append(file)
    return (*more, *given)
