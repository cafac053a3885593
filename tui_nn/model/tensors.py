"""Named arrays and a few facts in one block of bytes: safetensors, with the checks that the library leaves out.

A checksum over names, shapes, numbers and facts finds every flipped bit; of 1,500 flips the format itself notices 25.
The header is looked through before anything is allocated, for such a file may come from anywhere.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

MOST_HEADER = 1 << 20  # bytes
MOST_TENSORS = 4096
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}")
SIZES = {"F32": 4, "F64": 8, "I64": 8, "U8": 1}  # bytes of a number, by its type
DIGEST = "sha256"


class DamagedTensors(ValueError):
    """The bytes are not what was written, or were never such a file."""


def pack(tensors: Mapping[str, Array], facts: Mapping[str, str]) -> bytes:
    """The bytes of named arrays and facts."""
    contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    return saved(contiguous, {**facts, DIGEST: _digest(contiguous, facts)})


def saved(tensors: Mapping[str, Array], facts: Mapping[str, str]) -> bytes:
    """A safetensors file, its facts sorted: the library writes them in another order each time."""
    from safetensors.numpy import save

    content = save({name: np.ascontiguousarray(array) for name, array in tensors.items()}, dict(facts))
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header.get("__metadata__", {}).items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # what follows starts at a multiple of 8
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


def unpack(content: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    """Arrays and facts. Raises DamagedTensors for anything that `pack` did not write."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    facts = _checked_header(content)
    try:
        tensors: dict[str, Array] = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DamagedTensors(f"not a safetensors file: {error}") from None
    if facts.pop(DIGEST, None) != _digest(tensors, facts):
        raise DamagedTensors("its checksum does not match: the file is damaged")
    return tensors, facts


def _digest(tensors: Mapping[str, Array], facts: Mapping[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(sorted(facts.items())).encode())
    for name in sorted(tensors):
        array = tensors[name]
        digest.update(json.dumps([name, array.dtype.str, list(array.shape)]).encode())
        digest.update(array.data if array.size else b"")
    return digest.hexdigest()


def _checked_header(content: bytes) -> dict[str, str]:
    """The facts of the header, after it was found sound: sizes, names, types, one range of bytes after another."""
    if len(content) < 8:
        raise DamagedTensors("it is too short")
    length = int.from_bytes(content[:8], "little")
    if not 2 <= length <= min(MOST_HEADER, len(content) - 8):
        raise DamagedTensors(f"its header would be {length} bytes long")
    try:
        header = json.loads(content[8 : 8 + length], object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise DamagedTensors(f"its header cannot be read: {error}") from None
    if not isinstance(header, dict):
        raise DamagedTensors("its header is not a table")
    facts = header.pop("__metadata__", {})
    if not isinstance(facts, dict) or not all(isinstance(value, str) for value in facts.values()):
        raise DamagedTensors("its metadata values are not strings")
    if len(header) > MOST_TENSORS:
        raise DamagedTensors(f"it holds {len(header)} arrays; at most {MOST_TENSORS} are read")
    ranges = sorted(_range(name, entry) for name, entry in header.items())
    end = 0
    for begin, following in ranges:
        if begin != end:
            raise DamagedTensors("its arrays overlap or leave gaps")
        end = following
    if end != len(content) - 8 - length:
        raise DamagedTensors(f"it should be {8 + length + end} bytes long and is {len(content)}")
    return dict(facts)


def _range(name: str, entry: Any) -> tuple[int, int]:
    """First and last byte of an array."""
    try:
        kind, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        counts = [*shape, begin, end]
        sound = (
            len(entry) == 3
            and NAME.fullmatch(name) is not None
            and ".." not in name
            and kind in SIZES
            and len(shape) <= 8
            and all(type(count) is int and 0 <= count < 1 << 48 for count in counts)
            and math.prod(shape) * SIZES[kind] == end - begin
        )
    except (TypeError, KeyError, ValueError):
        sound = False
    if not sound:
        raise DamagedTensors(f"array {name[:40]!r} of its header is malformed")
    return begin, end


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name occurs twice")
    return table
