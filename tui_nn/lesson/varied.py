"""`vary`: numbers of each student's own, drawn from the name; keys follow, since they are asked of the engine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal

from tui_nn.engine.random import stream
from tui_nn.errors import ExperimentError

RANGE = re.compile(r"(?P<low>-?\d+(?:\.\d+)?)\.\.(?P<high>-?\d+(?:\.\d+)?)")
TRIES = 100  # draws until an answer that is wrong for everybody else is wrong for this student too


def drawn(vary: Mapping[str, str], student: str, step: str, number: int = 0) -> dict[str, Decimal]:
    """A number for each name, with as many decimals as its range has. number: of the draw, if one was no good.

    Raises ExperimentError for what is no range.
    """
    digest = hashlib.sha256(f"{student}\n{step}".encode()).digest()
    random = stream(int.from_bytes(digest[:4]), f"lesson/vary/{number}")
    values = {}
    for name, text in sorted(vary.items()):
        found = RANGE.fullmatch(text.replace(" ", ""))
        if found is None or Decimal(found["low"]) > Decimal(found["high"]):
            raise ExperimentError(f"found '{text}' for {name}; expected a range such as -5..5 or 0.1..0.9.")
        low, high = Decimal(found["low"]), Decimal(found["high"])
        unit = Decimal(1).scaleb(-max(len(one.partition(".")[2]) for one in found.groups()))
        values[name] = low + unit * int(random.integers(0, int((high - low) / unit) + 1))
    return values
