"""Which encoding a text has, found by looking at all of it; its size is looked at on the same way."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass

from tui_nn.datasets.source import Source
from tui_nn.datasets.text.compiled import facts_of
from tui_nn.datasets.text.pieces import TextPieces, pieces_of
from tui_nn.datasets.text.wrong import wrong
from tui_nn.errors import DataError

BLOCK = 2**20  # bytes
LONGEST_LINE = 2**24  # bytes
WIDEST = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WINDOWS = "cp1252"
CELLS = (b",", b";", b"\t", b"|")  # what stands between cells
PAIR = re.compile(rb"[\xc0-\xf7][\x80-\xbf]")  # how a letter of UTF-8 begins: text that has it and is none is damaged


@dataclass(frozen=True)
class Charset:
    """encoding: as Python calls it. lines, size: of the whole file. note: what had to be guessed, or empty.

    pieces: where lines begin, if that is known.
    """

    encoding: str
    lines: int
    size: int
    has_quotes: bool
    note: str = ""
    pieces: TextPieces | None = None


def charset_of(source: Source, given: str | None = None) -> Charset:
    """The encoding of a text, `given` or found. Raises DataError with the place for what is no text in it.

    A byte-order mark decides. Text that is valid UTF-8 to its end is that; other text is taken for Windows-1252, if all
    of its bytes are letters there and nothing in it looks like UTF-8, and the note says so.
    """
    if given is not None:
        try:
            codecs.lookup(given)
        except LookupError:
            raise DataError(
                f'data.encoding: there is no encoding "{given}"; such as "utf-8", "utf-16", "cp1252".'
            ) from None
    head = source.head(4096)
    if given is None and head[:4] in WIDEST:
        raise wrong(source.name, 1, 1, "is UTF-32 text. Save it as UTF-8.")
    marked = next((name for mark, name in MARKS.items() if head.startswith(mark)), None)
    encoding = given or marked or _wide(head) or "utf-8"
    if encoding == "utf-8":
        encoding = "utf-8-sig"
    pieces = pieces_of(source) if encoding == "utf-8-sig" else None
    if pieces is not None:
        return Charset(encoding, sum(pieces.ends) + 1, pieces.size, pieces.has_quotes, pieces=pieces)
    lines, size, quotes, bad = _measured(source, encoding)
    if bad is None:
        return Charset(encoding, lines, size, quotes)
    line, column, byte, reason = bad
    if given is None and marked is None and encoding == "utf-8-sig" and _is_windows(source):
        return Charset(
            WINDOWS, lines, size, quotes, f"read as Windows-1252: byte 0x{byte:02x} in line {line} is not UTF-8"
        )
    raise wrong(source.name, line, column, f"is not {encoding.removesuffix('-sig').upper()} text: {reason}.")


def text_of(source: Source, encoding: str, errors: str = "strict") -> io.TextIOWrapper:
    """A text to be read, its ends of lines as they are."""
    return io.TextIOWrapper(source.open(), encoding=encoding, errors=errors, newline="")


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of plain text is 0."""
    even, odd = head[::2], head[1::2]
    if len(head) < 4 or b"\0" not in head:
        return None
    if odd.count(0) > 0.9 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.9 * len(even) and odd.count(0) < 0.1 * len(odd) else None


def _is_windows(source: Source) -> bool:
    """Whether all bytes are letters of Windows-1252, and none of them letters of a damaged UTF-8."""
    last = b""
    with source.open() as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            try:
                block.decode(WINDOWS)
            except UnicodeDecodeError:
                return False
            if b"\0" in block or PAIR.search(last + block):
                return False
            last = block[-1:]
    return not last >= b"\xc0"


def _measured(source: Source, encoding: str) -> tuple[int, int, bool, tuple[int, int, int, str] | None]:
    """(lines, bytes, whether there are quotes, the first place that is no text), from one pass.

    A place is line, column in cells, byte, and why.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    lines = size = since = 0
    quotes, last = False, b""
    bad: tuple[int, int, int, str] | None = None
    is_ascii = encoding == "utf-8-sig"
    with source.open() as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            ends, is_plain, has_quotes = facts_of(block)
            plain = is_ascii and is_plain and not decoder.getstate()[0]
            if bad is None and not plain:
                try:
                    decoder.decode(block)
                    if not wide and b"\0" in block:  # which no text holds
                        at = block.index(b"\0")
                        raise UnicodeDecodeError(encoding, block, at, at + 1, "NUL")
                except UnicodeDecodeError as error:
                    bad = _place(error, lines)
            ends = ends or block.count(b"\r")
            lines += ends
            size += len(block)
            last = last[-BLOCK:] + block if len(block) < BLOCK else block
            quotes = quotes or has_quotes
            since = 0 if ends else since + len(block)
            if since > LONGEST_LINE:
                message = f"is a line of more than {LONGEST_LINE >> 20} MiB; expected a table."
                raise wrong(source.name, lines + 1, 1, message)
    if bad is None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            column = max(re.split(rb"[\r\n]", last)[-1].count(mark) for mark in CELLS) + 1
            bad = lines + 1, column, error.object[error.start], "it ends within a letter"
    return lines + 1, size, quotes, bad


def _place(error: UnicodeDecodeError, lines: int) -> tuple[int, int, int, str]:
    """What a decoder could not read; its object begins with what was left of the block before."""
    before = error.object[: error.start]
    ends = before.count(b"\n") or before.count(b"\r")
    start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
    column = max(before[start:].count(mark) for mark in CELLS) + 1
    byte = error.object[error.start]
    return lines + ends + 1, column, byte, f"byte 0x{byte:02x}. Save it as UTF-8, or set data.encoding"
