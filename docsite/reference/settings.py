"""Every key of an experiment: type and default from the schema, the meaning from docs/experiment.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from docsite import markdown
from tui_nn.experiment.schema import Experiment

DOCUMENT = Path(__file__).parents[2] / "docs" / "experiment.md"
INTRODUCTION = """Every key with its type and default: for the experiment file, for `--set`, and as keywords in
Python. [The experiment file](../experiment.md) explains them; [Components](components.md) lists what you can name
there."""
WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}


def page() -> str:
    said = meanings(DOCUMENT.read_text("utf-8"))
    return markdown.page(
        "Settings of an experiment",
        INTRODUCTION,
        *(part for section, found in sections(said).items() for part in (f"## {section}", *found)),
    )


def meanings(document: str) -> dict[str, tuple[str, str]]:
    """Key -> the cells of its row in the document: default and meaning."""
    # The page of the site is a folder deeper, and calls others by their titles.
    document = re.sub(r"\[(?:[\w-]+\.md)?([^]]*)\]\(([\w-]+\.md)", r"[\1](../\2", document)
    document = re.sub(r"listed below\b", "listed in [](../experiment.md)", document)
    document = re.sub(r"(see |\()below\b", r"\1[](../experiment.md)", document)
    found: dict[str, tuple[str, str]] = {}
    for key, row in re.findall(r"^\| `([\w.]+)` \|(.*)\|$", document, re.MULTILINE):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)]
        if len(cells) == 2:  # other tables have two columns
            found.setdefault(key, (cells[0], cells[1]))
    return found


def sections(said: dict[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Section of the file -> its keys. Raises KeyError for a key that the document does not explain."""
    found: dict[str, list[str]] = {}
    for key, kind, default in keys(Experiment):
        if kind is dict and key not in said:
            continue  # a section that is explained key by key
        section, dot, _ = key.rpartition(".")
        by_default, meaning = ("none", f"See `{section}`.") if section in said else said[key]
        parts = found.setdefault(f"[{section}]" if dot else "At the top", [])
        parts += [f"### {key}", f"*{type_words(kind)}; {_default(default, by_default)}*", meaning]
    return found


def keys(struct: Any, before: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(key with dots, type, default) of a section and those in it."""
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        key = f"{before}{field.encode_name}"
        kind = hints[field.name]
        inner = [one for one in (kind, *get_args(kind)) if hasattr(one, "__struct_fields__")]
        if field.required:
            default = msgspec.NODEFAULT
        else:
            default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
        if inner:
            if default is None:
                yield key, dict, None
            yield from keys(inner[0], f"{key}.")
        else:
            yield key, kind, default


def _default(value: Any, said: str) -> str:
    """said: of one that the schema leaves open, by the document."""
    if value is msgspec.NODEFAULT:
        return "must be given"
    return f"by default {said if value is None else markdown.code(_toml(value))}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return f"[{', '.join(map(_toml, value))}]" if isinstance(value, list) else json.dumps(value)


def type_words(kind: Any) -> str:
    """A type as a person says it."""
    if kind in WORDS:
        return WORDS[kind]
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(markdown.code(json.dumps(one)) for one in inside)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(type_words(one) for one in inside if one is not NoneType))
    if origin is tuple:
        return f"[{', '.join(map(type_words, inside))}]"
    if origin is list:
        return f"list of {type_words(inside[0])}"
    return "table"
