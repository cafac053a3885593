"""The runs that the gallery shows: trained for it, in some seconds, on what comes with tui-nn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import tui_nn
from tui_nn.engine.random import stream


@dataclass(frozen=True)
class Training:
    """says: what was trained, for the reader. data: what `tui_nn.train` takes, or makes (x, y)."""

    says: str
    data: str | Callable[[], tuple[Any, Any]]
    keywords: dict[str, Any] = field(default_factory=dict)

    def into(self, folder: Path) -> tui_nn.RecordedRun:
        given = (self.data,) if isinstance(self.data, str) else self.data()
        tui_nn.train(*given, run=folder, progress=False, **self.keywords)
        return tui_nn.open(folder)


def _signs() -> tuple[Any, Any]:
    """Three labels of 300 points, some of them wrong: which of three sums of their coordinates are positive."""
    random = stream(0, "docsite/signs")
    x = random.normal(size=(300, 2))
    sums = np.stack([x[:, 0], x[:, 1], x[:, 0] + x[:, 1]], axis=1) + random.normal(size=(300, 3)) * (0.2, 0.5, 1.0)
    return x, (sums > 0).astype(int)


MAXOUT = [{"kind": "maxout", "units": 4, "pieces": 3}, "sigmoid"]
# A view is drawn of the first of these that can show it.
TRAININGS = {
    "digits": Training("`tui-nn train digits`", "digits"),
    "spiral": Training("`tui-nn train spiral`", "spiral"),
    "iris": Training("`tui-nn train iris`", "iris"),
    "xor": Training("`tui-nn train xor`", "xor"),
    "sine": Training("`tui-nn train sine`", "sine"),
    "bumps": Training("`tui-nn train bumps`", "bumps"),
    "forward-3-4-2": Training("`tui-nn train forward-3-4-2`", "forward-3-4-2"),
    "labels": Training("300 points with three labels each", _signs, {"layers": ["8 tanh", "sigmoid"]}),
    "sick": Training("`tui-nn train digits --set training.optimizer.rate=50`", "digits", {"rate": 50.0}),
    "maxout": Training("`tui-nn train spiral`, with a layer of four maxout units", "spiral", {"layers": MAXOUT}),
}
