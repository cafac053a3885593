"""Where in a TOML text each key stands, so that an error about a key can name its line and column.

The standard library's reader keeps no positions. This one walks over text that it has accepted already, so it only
has to know where keys and values begin and end.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tui_nn.errors import ExperimentError
from tui_nn.files import read_bytes

BLANK = re.compile(r"(?:\s|#[^\n]*)*")
STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL)
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^,\]}\n#]*")

Place = tuple[int, int]  # line and column, from 1


def places(text: str) -> dict[str, Place]:
    """Key, such as `network.layers[1].units` -> where it stands. `text` must be valid TOML."""
    walk = _Walk(text)
    walk.document()
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    lines = {key: bisect.bisect_right(starts, offset) for key, offset in walk.offsets.items()}
    return {key: (line, walk.offsets[key] - starts[line - 1] + 1) for key, line in lines.items()}


def nearest(found: dict[str, Place], key: str) -> Place | None:
    """The place of a key, or of what encloses it where the key itself is not written in the file."""
    while key and key not in found:
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return found.get(key)


@contextlib.contextmanager
def located(name_or_path: str, overrides: Sequence[str] = ()) -> Iterator[None]:
    """Errors about a key that arise within name its line and column in this experiment file.

    Nothing is added for a bundled example, nor for a key that `--set` has changed: the file is not to blame.
    """
    try:
        yield
    except ExperimentError as error:
        place = place_of(name_or_path, error.key, overrides)
        raise (error.at(name_or_path, *place) if place else error) from None


def place_of(name_or_path: str, key: str, overrides: Sequence[str] = ()) -> Place | None:
    """Where a key stands in an experiment file; None if it is not from there."""
    path = Path(name_or_path)
    if not key or not path.is_file():
        return None
    for override in overrides:
        changed = override.partition("=")[0].strip()
        if key.startswith(changed) or changed.startswith(key):
            return None
    try:
        return nearest(places(read_bytes(path, sys.maxsize, links=True).decode()), key)
    except (OSError, UnicodeDecodeError, RecursionError):
        return None


class _Walk:
    """One pass over the text; `offsets` says where each key begins."""

    def __init__(self, text: str) -> None:
        self.offsets: dict[str, int] = {}
        self._text = text
        self._at = 0
        self._elements: dict[str, int] = {}  # array of tables -> index of its newest element

    def document(self) -> None:
        """Table headers and key-value pairs, to the end."""
        table = ""
        while self._skip():
            if self._text.startswith("[[", self._at):
                table = self._header(2)
            elif self._peek() == "[":
                table = self._header(1)
            else:
                self._pair(table)

    def _skip(self) -> bool:
        """Over blanks, line ends and comments. False at the end of the text."""
        self._take(BLANK)
        return self._at < len(self._text)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        return match.group()

    def _header(self, brackets: int) -> str:
        """`[table]`, or `[[element of an array of tables]]`. Returns its full name."""
        self._at += brackets
        self._skip()
        offset = self._at
        table = ""
        for part in self._key():
            if table in self._elements:
                table += f"[{self._elements[table]}]"
            table = _join(table, part)
        self._at += brackets
        if brackets == 2:
            self._elements[table] = self._elements.get(table, -1) + 1
            self.offsets.setdefault(table, offset)
        if table in self._elements:
            table += f"[{self._elements[table]}]"
        self.offsets.setdefault(table, offset)
        return table

    def _key(self) -> list[str]:
        """A dotted key, `a."b c".d`, and the blanks behind it."""
        parts = []
        while True:
            self._skip()
            if self._peek() in ('"', "'"):
                parts.append(str(tomllib.loads(f"key = {self._take(STRING)}")["key"]))
            else:
                parts.append(self._take(BARE_KEY))
            self._skip()
            if self._peek() != ".":
                return parts
            self._at += 1

    def _pair(self, table: str) -> None:
        self._skip()
        offset, name = self._at, table
        for part in self._key():
            name = _join(name, part)
            self.offsets.setdefault(name, offset)
        self._at += 1  # the equals sign
        self._value(name)

    def _value(self, name: str) -> None:
        self._skip()
        opening = self._peek()
        if opening in ('"', "'"):
            self._take(STRING)
        elif opening in ("[", "{"):
            self._several(name, opening)
        else:
            self._take(SCALAR)

    def _several(self, name: str, opening: str) -> None:
        """An array, or an inline table."""
        self._at += 1
        for index in itertools.count():
            self._skip()
            if self._peek() == ",":
                self._at += 1
                self._skip()
            if self._peek() in ("]", "}"):
                self._at += 1
                return
            if opening == "{":
                self._pair(name)
            else:
                self.offsets.setdefault(f"{name}[{index}]", self._at)
                self._value(f"{name}[{index}]")


def _join(table: str, part: str) -> str:
    return f"{table}.{part}" if table else part
