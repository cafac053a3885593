"""A text from one place on: a block of whole lines for who reads many at once, or line by line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

BLOCK = 2**19  # bytes: what is made of one nearly fits the cache of a processor
UTF8 = ("utf-8", "utf-8-sig")


class Declined(Exception):
    """What is here has to be read from the first line on, cell by cell."""


class TextCursor:
    """`size` bytes, UTF-8, have been taken. line: that of the last row which was given on.

    It begins where the file is, before line `line` + 1.
    """

    def __init__(self, file: BinaryIO, encoding: str, line: int = 0) -> None:
        self._file = file
        self._decoder = None if encoding in UTF8 else codecs.getincrementaldecoder(encoding)()
        self._held = b""
        self._at = 0
        self._ended = False
        self.line, self.size = line, 0
        self._more()
        if encoding == "utf-8-sig" and self._held.startswith(codecs.BOM_UTF8):
            self._at = len(codecs.BOM_UTF8)

    def block(self, blocks: int = 1) -> bytes:
        """The next lines, all whole, about so many times `BLOCK` bytes, which are taken. Empty at the end."""
        size = blocks * BLOCK
        is_held = len(self._held) - self._at >= size  # where it was given back
        if is_held and (end := self._held.rfind(b"\n", self._at, self._at + size) + 1):
            block = self._held[self._at : end]
            self._at = end
            self.size += len(block)
            return block
        kept: list[memoryview] = []  # put together once: to copy megabytes takes time
        while not self._ended:
            kept.append(memoryview(self._held)[self._at :])
            self._held, self._at = self._read(size), 0
            if end := self._held.rfind(b"\n") + 1:
                kept.append(memoryview(self._held)[:end])
                self._at = end
                break
        else:
            kept.append(memoryview(self._held)[self._at :])
            self._at = len(self._held)
        block = b"".join(kept)
        self.size += len(block)
        return block

    def give_back(self, block: bytes) -> None:
        """Go on before this block, which was taken last."""
        self._held, self._at = block + self._held[self._at :], 0
        self.size -= len(block)

    def lines(self) -> Iterator[str]:
        """One line after another, each taken as it is given. Raises Declined where lines end with a bare CR."""
        while True:
            while (end := self._held.find(b"\n", self._at) + 1) == 0 and not self._ended:
                self._more()
            line = self._held[self._at : end or len(self._held)]
            if not line:
                return
            if b"\r" in line.removesuffix(b"\n").removesuffix(b"\r"):
                raise Declined
            self._at += len(line)
            self.size += len(line)
            self.line += 1
            yield line.decode()

    def _more(self) -> None:
        self._held, self._at = self._held[self._at :] + self._read(BLOCK), 0

    def _read(self, size: int) -> bytes:
        read = self._file.read(size)
        self._ended = not read
        return read if self._decoder is None else self._decoder.decode(read, self._ended).encode()
