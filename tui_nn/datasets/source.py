"""Where data come from: a file, plain or compressed, or stdin. A reader opens it as often as it likes."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import BinaryIO

from tui_nn.datasets.frames import check_frames
from tui_nn.datasets.limits import ANY, LARGEST, opened
from tui_nn.errors import DataError
from tui_nn.memory import lacking

BLOCK = 2**20  # bytes
RATIO = 200  # a compressed file may not expand to more than this many times its size, beyond the first `FREE` bytes
FREE = 2**26
STDIN = "-"
ARRAYS = (".npz", ".mat")  # suffixes of archives of arrays
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"  # what compressed files begin with


@dataclass(frozen=True)
class Source:
    """The source that a reader reads. path: as given; "-" is stdin, which is read once and kept."""

    path: Path

    @property
    def name(self) -> str:
        """As errors say it."""
        return "stdin" if str(self.path) == STDIN else str(self.path)

    @property
    def stem(self) -> str:
        """What a data set that is read from it is called."""
        if str(self.path) == STDIN:
            return "stdin"
        return Path(self.path.stem).stem if self.is_compressed else self.path.stem

    @property
    def is_compressed(self) -> bool:
        """Whether its name says so."""
        return self.path.suffix.lower() in (".gz", ".zst")

    @property
    def is_table(self) -> bool:
        """Whether a reader makes a table of it, unlike a folder or an archive of arrays, or nothing at all."""
        return str(self.path) == STDIN or (self.path.is_file() and self.suffix not in ARRAYS)

    @property
    def is_plain(self) -> bool:
        """Whether its bytes are those of a file as it lies there, which can be mapped into memory."""
        return self._unpacked is None

    @property
    def suffix(self) -> str:
        """Of what is in it, in small letters: ".csv" of table.csv.gz; empty where there is none."""
        return Path(self.path.stem if self.is_compressed else self.path.name).suffix.lower()

    def open(self) -> BinaryIO:
        """Its bytes, unpacked, from the first; can be sought in. Raises DataError for what cannot be read.

        A plain file may be larger than the memory: a reader takes blocks of it, or estimates what it will hold.
        """
        return opened(self.path, ANY) if self._unpacked is None else io.BytesIO(self._unpacked)

    def head(self, most: int) -> bytes:
        """So many of its first bytes."""
        with self.open() as file:
            return file.read(most)

    @cached_property
    def _unpacked(self) -> bytes | None:
        """All of it, where it has to be held: of a compressed file, and of stdin. None for a plain file."""
        if str(self.path) == STDIN:
            content = _stdin()
            return _unpacked(io.BytesIO(content), self.name, len(content)) or content
        with opened(self.path, ANY) as file:
            size = file.seek(0, 2)
            file.seek(0)
            return _unpacked(file, self.name, size)


@dataclass(frozen=True)
class HeldSource(Source):
    """A table that is held in memory, not in a file. path: what it is called, whose suffix says how it is read."""

    content: bytes = b""

    @property
    def is_table(self) -> bool:
        """It is nothing else."""
        return True

    @cached_property
    def _unpacked(self) -> bytes | None:
        return self.content


@cache
def _stdin() -> bytes:
    content = sys.stdin.buffer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise DataError(f"stdin: has more than {LARGEST:,} bytes; at most so many are read.")
    return content


def _unpacked(file: BinaryIO, name: str, size: int) -> bytes | None:
    """What a compressed file holds; None if it is none, whatever its name is."""
    start = file.read(4)
    file.seek(0)
    if start[:2] == GZIP:
        stream: BinaryIO = gzip.GzipFile(fileobj=file)  # type: ignore[assignment]
    elif start == ZSTD:
        stream = _zstd(file, name)
    else:
        return None
    most = min(LARGEST, max(FREE, RATIO * size))
    content = bytearray()
    try:
        while block := stream.read(BLOCK):
            content += block
            if len(content) > most:
                raise DataError(f"{name}: would expand to more than {most:,} bytes; it has {size:,}.")
            if short := lacking(2 * len(block)):
                raise DataError(f"{name}: to unpack it {short}.")
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise DataError(f"{name}: cannot be unpacked: {error}.") from None
    except Exception as error:  # the library of zstd has an error of its own
        if isinstance(error, DataError):
            raise
        raise DataError(f"{name}: cannot be unpacked: {error}.") from None
    return bytes(content)


def _zstd(file: BinaryIO, name: str) -> BinaryIO:
    try:
        import zstandard
    except ImportError:
        raise DataError(f"{name}: is compressed by zstd; reading it needs: pip install 'tui-nn[zstd]'.") from None
    try:
        check_frames(file)
    except (EOFError, ValueError, zstandard.ZstdError) as error:
        raise DataError(f"{name}: cannot be unpacked: {error}.") from None
    stream: BinaryIO = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
    return stream
