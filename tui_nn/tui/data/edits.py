"""Changes of what is made of the columns of a table, as keys of [data]; each is checked as a file's would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec

from tui_nn.datasets.choice import Role
from tui_nn.datasets.encoding import Missing
from tui_nn.datasets.table import Table
from tui_nn.experiment import Experiment
from tui_nn.experiment.load import decode
from tui_nn.experiment.schema import DataSection, Task
from tui_nn.experiment.suited import suited
from tui_nn.plugin.registry import Registry

Changes = Mapping[str, Any]

TASKS = {
    "as the values say": "Texts and few whole numbers are classes, other numbers are quantities.",
    "classification": "Each different value is a class.",
    "multi-label": "Each target is an answer of its own, no or yes.",
    "regression": "The answers are quantities.",
}
HOWS: dict[str, str] = {
    "error": "Refuse them, with file, line and column.",
    "drop": "Leave those rows out.",
    "mean": "Fill in the mean of the training part.",
    "median": "Fill in the median of the training part.",
    "most_frequent": "Fill in the most frequent value of the training part.",
    "indicator": "Fill them in, and add an input that is 1 where the value is missing.",
}
assert set(HOWS) == set(get_args(Missing))
assert set(TASKS) - set(get_args(Task)) == {next(iter(TASKS))}
OF_NUMBERS = ("mean", "median")
OF_TARGETS = ("error", "drop")  # an answer cannot be made up


def changed(experiment: Experiment, registry: Registry, changes: Changes, *, strict: bool) -> Experiment:
    """The experiment with these keys of [data]; its output layer and loss follow.

    Raises what is wrong with it then. Not strict: what cannot be used as it is is mended step by step.
    """
    tree = msgspec.to_builtins(experiment)
    tree["data"] |= changes
    found = decode(tree, experiment.name)
    return suited(found, registry) if strict else found


def with_target(data: DataSection, table: Table, name: str) -> Changes:
    """This column as the only target; it is neither left out nor an input by itself any more."""
    return {
        "target": name,
        "task": None,
        "ignore": _without(data.ignore, table, name) or None,
        "inputs": None if data.inputs is None else _without(data.inputs, table, name),
        "features": None if data.features is None else [one for one in data.features if one != name],
    }


def with_targets(data: DataSection, table: Table, roles: Sequence[Role], name: str) -> Changes:
    """This column as one more target, or no longer as one; the others stay."""
    now = [role.column.name for role in roles if role.role == "target"]
    names = [one for one in now if one != name] if name in now else [*now, name]
    changes = with_target(data, table, name)
    return {**changes, "target": names if len(names) > 1 else names[0]}


def in_or_out(data: DataSection, table: Table, roles: Sequence[Role], name: str) -> Changes:
    """This column left out, if it is an input, else taken in: by name, where nothing else does."""
    if data.features is not None:
        left = [one for one in data.features if one != name]
        return {"features": left if len(left) < len(data.features) else [*data.features, name]}
    role = next(role for role in roles if role.column.name == name)
    if role.role == "input":
        if data.inputs is not None:
            return {"inputs": _without(data.inputs, table, name)}
        return {"ignore": [*(data.ignore or ()), name]}
    ignored = _without(data.ignore, table, name) or None
    if data.inputs is not None:
        return {"ignore": ignored, "inputs": [*data.inputs, name]}
    if ignored != data.ignore and role.why == "ignored":
        return {"ignore": ignored}
    kept = [one.column.name for one in roles if one.role == "input" or one.column.name == name]
    return {"inputs": kept, "ignore": ignored}


def with_categories(data: DataSection, table: Table, name: str) -> Changes:
    """This column as categories, or no longer as such."""
    left = _without(data.categories, table, name)
    return {"categories": (left if left != data.categories and data.categories else [*left, name]) or None}


def with_missing(data: DataSection, roles: Sequence[Role], name: str, how: str) -> Changes:
    """What is done where this column has no value; all others stay as they are."""
    now = data.missing
    of_all = now if isinstance(now, Mapping) else {one.column.name: now for one in roles if one.role != "left out"}
    hows = {**of_all, name: how}
    if not isinstance(now, Mapping) and set(hows.values()) == {how}:
        return {"missing": how}
    return {"missing": {key: value for key, value in hows.items() if value != "error"} or "error"}


def hows_for(role: Role) -> Mapping[str, str]:
    """What can be done where a column of this kind has no value, with what that means."""
    is_number = role.column.kind in ("number", "date")
    return {
        how: text
        for how, text in HOWS.items()
        if (role.role != "target" or how in OF_TARGETS) and (is_number or how not in OF_NUMBERS)
    }


def how_now(data: DataSection, name: str) -> str:
    """What is done about missing values of this column."""
    return data.missing.get(name, "error") if isinstance(data.missing, dict) else data.missing


def _without(names: Sequence[str | int] | None, table: Table, name: str) -> list[str | int]:
    """The columns that are named, by name or by number, without this one."""
    return [one for one in names or () if table.names[table.index(str(one))] != name]
