"""How `data.split` and `data.fold` divide the samples, checked before any are read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tui_nn.datasets.divisions import BY_COLUMN, KINDS, Division
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.ranges import MOST_FOLDS
from tui_nn.experiment.schema import DataSection

OPTIONS = {"column": BY_COLUMN, "samples": ("first",), "validation": ("first",)}  # option -> the kinds that take it
SPLIT, FOLD = "data.split", "data.fold"


def division_of(data: DataSection) -> Division:
    """What the two keys say. Raises ExperimentError with the key."""
    spec = data.split if data.split is not None else "stratified"
    options: dict[str, Any] = {"kind": spec} if isinstance(spec, str) else dict(spec)
    kind = options.pop("kind", None)
    if kind not in KINDS:
        key = SPLIT if isinstance(spec, str) else f"{SPLIT}.kind"
        raise ExperimentError(f"found '{kind}'.{did_you_mean(str(kind), KINDS)}", key)
    known = [name for name, kinds in OPTIONS.items() if kind in kinds]
    for name, value in options.items():
        if name not in known:
            takes = did_you_mean(name, known) if known else f" '{kind}' has no options."
            raise ExperimentError(f"unknown option.{takes}", f"{SPLIT}.{name}")
        is_column = name == "column"
        if not (isinstance(value, str) and value if is_column else type(value) is int and value >= 1):
            expected = "a column by its name" if is_column else "a number of samples, from 1"
            raise ExperimentError(f"found {value!r}; expected {expected}.", f"{SPLIT}.{name}")
    missing = [name for name in ("column", "samples") if name in known and name not in options]
    if missing:
        example = 'column = "patient"' if missing == ["column"] else "samples = 4000"
        raise ExperimentError(f"'{kind}' needs one: {{ kind = \"{kind}\", {example} }}.", f"{SPLIT}.{missing[0]}")
    division = Division(kind, **options)
    if data.fold is None:
        return division
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", data.fold, re.ASCII)
    fold, folds = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= fold <= folds or not 2 <= folds <= MOST_FOLDS:
        raise ExperimentError(f"found '{data.fold}'; expected such as \"3/10\", the third of ten.", FOLD)
    if kind in ("column", "first"):
        raise ExperimentError(f"'{kind}' says which samples validate, and has no folds.", FOLD)
    return replace(division, fold=fold, folds=folds)
