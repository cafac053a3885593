"""Damage that only somebody does who knows the files of a run: sound in form, with checksums, and not what they say."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from corruptions import put

from tui_nn.model.tensors import pack, unpack
from tui_nn.runs import layout
from tui_nn.runs.live import HEADER
from tui_nn.runs.snapshots import HEADER as SNAPSHOT_HEADER

NUMBERS = (0, 1, 2, 3, 4, 8, 255, 4096, 2**31 - 1, 2**31, 2**32, 2**52, 2**62, 2**63 - 1)
PIDS = (1, 0, -1, -(2**31), 2**31, 2**62)
TIMES = (0.0, -1.0, 1e308, float("nan"), float("inf"), 4e9, 253_402_300_800.0)
TREES: tuple[Any, ...] = (None, True, [], {}, [1], "", "x", -1, 0, 1.5, 1e308, 10**30, [[1, 2], [3]], {"a": {}}, [None])
DEEP_TREE = json.loads("[" * 300 + "]" * 300)


def another_tree(tree: Any, chance: random.Random) -> Any:
    """The same with one node replaced, missing or added."""
    if isinstance(tree, dict) and tree and chance.random() < 0.85:
        key = chance.choice(list(tree))
        if chance.random() < 0.15:
            return {name: value for name, value in tree.items() if name != key}
        return {**tree, key: another_tree(tree[key], chance)}
    if isinstance(tree, list) and tree and chance.random() < 0.7:
        at = chance.randrange(len(tree))
        how = chance.random()
        if how < 0.15:
            return tree[:at] + tree[at + 1 :]
        if how < 0.3:
            return tree + tree[at : at + 1] * chance.choice([1, 1000])
        return [*tree[:at], another_tree(tree[at], chance), *tree[at + 1 :]]
    return chance.choice([*TREES, DEEP_TREE])


def of_json(path: Path, chance: random.Random) -> None:
    """A file of JSON, or of one a line."""
    lines = path.read_bytes().splitlines() if path.suffix == ".jsonl" else [path.read_bytes()]
    at = chance.choice([0, chance.randrange(len(lines)), len(lines) - 1])
    lines[at] = json.dumps(another_tree(json.loads(lines[at]), chance)).encode()
    put(path, b"\n".join(lines) + b"\n")


def of_tensors(path: Path, chance: random.Random) -> None:
    """Weights, shapes or facts of a file whose checksum holds."""
    tensors, facts = unpack(path.read_bytes())
    if facts and (not tensors or chance.random() < 0.5):
        key = chance.choice(list(facts))
        tree = json.loads(facts[key]) if facts[key].startswith("{") else facts[key]
        facts[key] = json.dumps(another_tree(tree, chance))
    else:
        name = chance.choice(list(tensors))
        tensors[name] = another_array(tensors[name], chance)
        if chance.random() < 0.1:
            del tensors[name]
    put(path, pack(tensors, facts))


def another_array(array: Any, chance: random.Random) -> Any:
    """Other numbers, another shape, another type."""
    changed = array.copy()
    kind = chance.randrange(6)
    if kind == 0 and changed.size:
        with np.errstate(all="ignore"):
            changed.flat[chance.randrange(changed.size)] = chance.choice([0, 1, 255])
    elif kind == 1 and changed.dtype.kind == "f":
        changed[...] = chance.choice([np.nan, np.inf, 3e38, -3e38, 0.0])
    elif kind == 2:
        changed = changed.ravel()[:-1]
    elif kind == 3:
        changed = np.concatenate([changed.ravel()] * 2)
    elif kind == 4:
        changed = changed.reshape(*changed.shape, 1)
    else:
        changed = changed.ravel()[:0] if chance.random() < 0.5 else changed.view(np.uint8)
    return changed


def of_live(path: Path, chance: random.Random) -> None:
    """The header of the window into a trainer: another process's number, another time, other sizes."""
    content = bytearray(path.read_bytes())
    header = np.frombuffer(content, HEADER, 1)
    for name in chance.sample(HEADER.names or (), 2):
        values: tuple[Any, ...] = PIDS if name == "pid" else TIMES if name == "heartbeat" else NUMBERS
        header[name][...] = chance.choice(values)
    put(path, bytes(content))


def of_snapshots(path: Path, chance: random.Random) -> None:
    """The header, or the epoch, step and numbers of a record."""
    content = bytearray(path.read_bytes())
    if chance.random() < 0.5:
        header = np.frombuffer(content, SNAPSHOT_HEADER, 1)
        header[chance.choice(["parameters", "item"])][...] = chance.choice(NUMBERS)
    else:
        words = np.frombuffer(content, "<u8", (len(content) - SNAPSHOT_HEADER.itemsize) // 8, SNAPSHOT_HEADER.itemsize)
        for _ in range(8):
            words[chance.randrange(len(words))] = chance.choice([*NUMBERS, 0x7FEFFFFFFFFFFFFF, 0x7FF0000000000000])
    put(path, bytes(content))


def of_arrays(path: Path, chance: random.Random) -> None:
    """An archive of numpy."""
    with np.load(path) as archive:
        arrays = dict(archive)
    name = chance.choice(list(arrays))
    arrays[name] = another_array(arrays[name], chance)
    if chance.random() < 0.2:
        arrays[chance.choice(["theta_1", "theta_9999", "x"])] = arrays.pop(name)
    path.unlink()
    np.savez(path, **arrays)


KNOWING: dict[str, Callable[[Path, random.Random], None]] = {
    layout.EVENTS: of_json, layout.SUMMARY: of_json, layout.ENVIRONMENT: of_json, layout.RECIPE: of_json,
    layout.PARENT: of_json, layout.CHECKPOINT: of_tensors, layout.BEST: of_tensors, layout.NET: of_tensors,
    layout.LIVE: of_live, layout.SNAPSHOTS: of_snapshots, layout.INITIAL: of_arrays,
}  # fmt: skip
