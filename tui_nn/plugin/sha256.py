"""The sources of a plugin and their fingerprint: checks and trust hold for these bytes and no others."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tui_nn.files import read_bytes

if TYPE_CHECKING:
    from tui_nn.plugin.registry import PluginInfo


MOST_BYTES = 1 << 30  # of a file of a package: much more than any has


def sha256_of_file(path: Path) -> str:
    """The sha256 in hexadecimal; empty if the file cannot be read."""
    try:
        return hashlib.sha256(read_bytes(path, MOST_BYTES, links=True)).hexdigest()
    except OSError:
        return ""


def sha256_of(plugin: PluginInfo) -> str:
    """The fingerprint of a plugin file as it ran, or of all Python files of a package; empty if there are none."""
    if plugin.sha256:
        return plugin.sha256
    if plugin.origin.endswith(".py"):
        return sha256_of_file(Path(plugin.origin))
    try:
        found = find_spec(plugin.module or plugin.name)
    except (ImportError, ValueError):
        return ""
    if found is None or found.origin is None:
        return ""
    if not found.submodule_search_locations:
        return sha256_of_file(Path(found.origin))
    whole = hashlib.sha256()
    for path in sorted(Path(found.origin).parent.rglob("*.py")):
        whole.update(path.name.encode() + b"\0" + sha256_of_file(path).encode())
    return whole.hexdigest()
