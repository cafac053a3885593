"""stdout and stderr as they are: narrow, closed at the other end, full. None of that is a defect of the program."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO, cast

from tui_nn.confined import is_served
from tui_nn.errors import StorageError
from tui_nn.printable import escaped, obeyed_by_nobody

UTF8 = "utf-8"


def no_terminal() -> str:
    """Why no screen can be opened here; empty if one can. Textual reads stdin, and draws on stderr.

    A served screen is drawn in a browser, which both are pipes to.
    """
    if is_served():
        return ""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        return "needs a terminal"
    return "" if sys.stderr.isatty() else "draws on stderr, which is redirected"


def prepare(*, as_json: bool) -> None:
    """Never fail on a character that stdout cannot show: it is replaced, and pictures are drawn with ASCII.

    JSON is UTF-8 whatever the stream is. Names of files that are not UTF-8 come out as they went in.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not is_utf8(stream):
            stream.reconfigure(errors="replace")
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if not is_utf8(sys.stdout):
        os.environ.setdefault("TUI_NN_ASCII", "1")
    if as_json or is_utf8(sys.stdout):
        utf8_stdout()


def utf8_stdout() -> None:
    """What follows is for programs: UTF-8."""
    for stream in map(unguarded, filter(None, (sys.stdout, sys.__stdout__))):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=UTF8, errors="surrogateescape")


class Guarded:
    """A stream that a terminal may be behind. Names, messages and logs of others go out as characters to be seen.

    What draws in colour writes to `unguarded`, and has to see to that itself.
    """

    def __init__(self, stream: TextIO, clean: Callable[[str], str]) -> None:
        self.stream, self._clean = stream, clean

    def write(self, text: str) -> int:
        self.stream.write(self._clean(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def guarded(*, as_json: bool) -> Iterator[None]:
    """Within, nothing that is written to stdout or stderr steers a terminal. JSON keeps what it says, escaped."""
    before = sys.stdout, sys.stderr, sys.__stdout__
    out = escaped if as_json else obeyed_by_nobody
    sys.stdout = cast(TextIO, Guarded(sys.stdout, out))
    sys.stderr = cast(TextIO, Guarded(sys.stderr, obeyed_by_nobody))
    if sys.__stdout__ is not None:
        sys.__stdout__ = cast(Any, Guarded(sys.__stdout__, out))  # type: ignore[misc]
    try:
        yield
    finally:
        sys.stdout, sys.stderr, sys.__stdout__ = before  # type: ignore[misc]


def unguarded(stream: TextIO) -> TextIO:
    """The stream itself, for pictures in colour whose text was made printable, and for bars."""
    return stream.stream if isinstance(stream, Guarded) else stream


def is_utf8(stream: io.TextIOWrapper) -> bool:
    """Whether every character can be written to it."""
    return stream.encoding.lower().replace("_", "-") in (UTF8, "utf8")


def flush() -> int:
    """Write what is left on stdout, and then on stderr. Returns 0, or the exit code of what is in the way."""
    code = 0
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except BrokenPipeError:  # the reader has seen enough
            give_up(stream)
        except OSError as error:
            give_up(stream)
            code = StorageError.exit_code
            if stream is sys.stdout:
                with contextlib.suppress(OSError):  # stderr may lie on the same full disk
                    print(f"tui-nn: error: {said(error)}", file=sys.stderr, flush=True)
    return code


def give_up(stream: TextIO | None) -> None:
    """Nothing more can be written there; what is still in its buffer goes nowhere, without a word at the exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[union-attr]


def said(error: OSError) -> str:
    """What the system refused, and where."""
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    where = " -> ".join(names) or ("stdout" if is_of_output(error) else "the system")
    return f"{where}: {error.strerror or error}."


def is_of_output(error: OSError) -> bool:
    """Whether an error is of writing, and of no file that has a name: then it is stdout's."""
    return error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
