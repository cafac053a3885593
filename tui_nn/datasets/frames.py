"""Whether a file of zstd is whole: its library reads one that was cut off as if nothing were missing.

Reference: RFC 8878, Zstandard Compression, section 3.1.
"""

from __future__ import annotations

from typing import BinaryIO

MAGIC, SKIPPED, ANY = (
    0xFD2FB528,
    0x184D2A50,
    0xF,
)  # what a frame begins with; one that is skipped, whatever its last digit
SIZES = (0, 2, 4, 8)  # bytes that a field of the header may have
RUN = 1  # the type of a block that is one byte, many times


def check_frames(file: BinaryIO) -> None:
    """Raise EOFError if it ends within a frame, ValueError for what is not a frame; the file is at its start again."""
    size = file.seek(0, 2)
    file.seek(0)
    while file.tell() < size:
        magic = _number(file, 4)
        if magic == MAGIC:
            _pass_frame(file)
        elif magic & ~ANY == SKIPPED:
            file.seek(_number(file, 4), 1)
        else:
            raise ValueError("what follows a frame is not another frame")
        if file.tell() > size:
            raise EOFError("it ends within a frame")
    file.seek(0)


def _pass_frame(file: BinaryIO) -> None:
    described = _number(file, 1)
    is_single, has_checksum = described >> 5 & 1, described >> 2 & 1
    of_dictionary = (0, 1, 2, 4)[described & 3]
    of_content = SIZES[described >> 6] or is_single
    file.seek((not is_single) + of_dictionary + of_content, 1)
    is_last = 0
    while not is_last:
        block = _number(file, 3)
        is_last, kind, length = block & 1, block >> 1 & 3, block >> 3
        file.seek(1 if kind == RUN else length, 1)
    file.seek(4 * has_checksum, 1)


def _number(file: BinaryIO, count: int) -> int:
    found = file.read(count)
    if len(found) < count:
        raise EOFError("it ends within a frame")
    return int.from_bytes(found, "little")
