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
            found = {field.name: field.type for field in msgspec.structs.fields(struct)}.get(
                part.partition("[")[0], struct
            )
            struct = next((one for one in get_args(found) if hasattr(one, "__struct_fields__")), found)
        known = [field.encode_name for field in msgspec.structs.fields(struct)]
        name = unknown.group(1)
        return ExperimentError(f"unknown key.{did_you_mean(name, known)}", f"{key}.{name}" if key else name)
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
