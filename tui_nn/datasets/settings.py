"""What an experiment, or a command, says about a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tui_nn.datasets.encoding import Missing, Unknown

Names = Sequence[str | int]


@dataclass(frozen=True)
class TableSettings:
    """The keys of [data] that say what is made of a table. missing: for all columns, or by their names.

    features: the inputs as formulas of columns, instead of `inputs`. variables: of an archive, those with the inputs
    and the answers, and perhaps those of a test part.
    """

    target: str | int | Names | None = None
    task: Literal["classification", "multi-label", "regression"] | None = None
    inputs: Names | None = None
    ignore: Names = ()
    categories: Names = ()
    missing: Missing | Mapping[str, Missing] = "error"
    unknown: Unknown = "error"
    dates: Literal["error", "parts"] = "error"
    reading: Mapping[str, Any] = field(default_factory=dict)
    picture: tuple[int, int] | None = None
    features: Sequence[str] | None = None
    variables: Sequence[str] | None = None
