"""Events as JSON lines: one object a line, tagged with the name of the event, the schema version in the first.

JSON has no NaN: a number that is not finite is written as null and read back as NaN.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from tui_nn.engine.events import (
    SCHEMA,
    Ended,
    EpochFinished,
    EpochsSkipped,
    Event,
    Remeasured,
    SettingChanged,
    Started,
    StepFinished,
)
from tui_nn.errors import StorageError
from tui_nn.printable import escaped_file
from tui_nn.runs.schema import LONG, Count, check_integers

TAGS: dict[str, type[Any]] = {
    "started": Started,
    "step": StepFinished,
    "skipped": EpochsSkipped,
    "epoch": EpochFinished,
    "changed": SettingChanged,
    "remeasured": Remeasured,
    "ended": Ended,
}
NAMES = {kind: tag for tag, kind in TAGS.items()}


def encode(event: Event) -> bytes:
    """One line, with its line feed."""
    return escaped_file(msgspec.json.encode({"event": NAMES[type(event)], **msgspec.to_builtins(event)})) + b"\n"


def decode(line: bytes) -> Event | None:
    """The event of a line; None for an event of a kind that this version does not know.

    Raises StorageError for a line that is no event, or a run of a newer schema.
    """
    if line.startswith(EPOCH) and not LONG.search(line):
        with contextlib.suppress(ValueError, RecursionError):  # a number that is not finite: as any other event
            return _EPOCH.decode(line)
    try:
        tree = msgspec.json.decode(line)
        if LONG.search(line):
            check_integers(tree)
        kind = TAGS.get(tree.pop("event"))
        if kind is None:
            return None
        for name in ("train", "validation", "test"):
            if isinstance(tree.get(name), dict):
                tree[name] = {key: _number(value) for key, value in tree[name].items()}
        if kind is StepFinished:
            tree["loss"] = _number(tree["loss"])
        if isinstance(tree.get("data"), dict):
            tree["data"] = {key: _number(value) if key != "targets" else value for key, value in tree["data"].items()}
        event: Event = msgspec.convert(tree, kind)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise StorageError(f"not an event: {line[:80]!r} ({error})") from None
    if isinstance(event, Started) and event.schema > SCHEMA:
        raise StorageError(f"the run was written with schema {event.schema}; this version reads up to {SCHEMA}.")
    return event


class _Step(msgspec.Struct):
    """What a reader keeps of a step's line."""

    step: Count
    loss: float | None


# How the lines of steps and epochs begin: a long run has very many, and decoding each as any other event is slow.
STEP = encode(StepFinished(0, 0, 0, 0.0))[:15]
ENDED = b'{"event":"ended"'
EPOCH = encode(EpochFinished(0, 0, {}, {}, None))[:16]
_EPOCH = msgspec.json.Decoder(EpochFinished)
_STEPS = msgspec.json.Decoder(list[_Step])


def decode_steps(lines: Sequence[bytes]) -> tuple[list[int], list[float]]:
    """Steps and losses of many lines of steps at once.

    Raises StorageError if one of them is no such line.
    """
    try:
        steps = _STEPS.decode(b"[" + b",".join(lines) + b"]")
    except (ValueError, RecursionError) as error:
        raise StorageError(f"not events of steps: {lines[0][:80]!r} ... ({error})") from None
    return [one.step for one in steps], [math.nan if one.loss is None else one.loss for one in steps]


def _number(value: Any) -> Any:
    return math.nan if value is None else value
