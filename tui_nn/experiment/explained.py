"""A decoder's message about a file that a person wrote, in this project's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec

from tui_nn.errors import ExperimentError, did_you_mean

LAYER = '{ kind = "dense", units = 10, activation = "sigmoid" }'
WORDS = {"int": "a whole number", "float": "a number", "str": "text", "array": "a list", "object": "a table"}


def explained(message: str, root: Any, choices: Mapping[str, Sequence[str]]) -> ExperimentError:
    """The key in front, the nearest name behind.

    root: the struct that was decoded. choices: key -> what may stand there, where the decoder does not say it.
    """
    message, _, where = message.partition(" - at `$")
    key = where.rstrip("`").lstrip(".").replace("[...]", "")
    unknown = re.search(r"unknown field `(.*)`", message, re.DOTALL)
    if unknown:
        struct: Any = root
        for part in key.split(".") if key else []:
            struct = _tables(struct).get(part.partition("[")[0], struct)
        name = unknown.group(1)
        elsewhere = [f"{section}.{name}" for section, table in _tables(root).items() if name in _keys(table)]
        hint = did_you_mean(name, _keys(struct)) + (f" There is {' and '.join(elsewhere)}." if elsewhere else "")
        return ExperimentError(f"unknown key.{hint}", f"{key}.{name}" if key else name)
    found = re.fullmatch(r"Expected `(.*)`, got `(.*)`", message)
    if found:
        wanted = " or ".join(WORDS.get(word, word) for word in found.group(1).split(" | ") if word != "null")
        such = f", such as {LAYER}" if re.fullmatch(r"network\.layers\[\d+\]", key) else ""
        return ExperimentError(f"found {WORDS.get(found.group(2), found.group(2))}; expected {wanted}{such}.", key)
    enum = re.fullmatch(r"Invalid enum value '(.*)'", message, re.DOTALL)
    if enum:
        return ExperimentError(
            f"found '{enum.group(1)}'.{did_you_mean(enum.group(1), choices.get(key, ['full']))}", key
        )
    missing = re.fullmatch(r"Object missing required field `(.*)`", message)
    if missing:
        return ExperimentError(f"the key '{missing.group(1)}' is missing.", key)
    return ExperimentError(message, key)


def _keys(struct: Any) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def _tables(struct: Any) -> dict[str, Any]:
    """The keys of a struct that hold a table or a list of them, each with the struct of the table."""
    return {
        field.encode_name: kind
        for field in msgspec.structs.fields(struct)
        for kind in (field.type, *get_args(field.type))
        if hasattr(kind, "__struct_fields__")
    }
