"""An experiment as TOML text, every default written out: enough to repeat the run from this file alone."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

from tui_nn.experiment.schema import Experiment
from tui_nn.printable import OBEYED


def dump_experiment(experiment: Experiment) -> str:
    """TOML text that `load_experiment` reads back as the same experiment."""
    tree: dict[str, Any] = msgspec.to_builtins(experiment)
    lines = [f"name = {toml_value(tree.pop('name'))}"]
    plugins = tree.pop("plugins")
    if plugins:
        lines.append(f"plugins = {toml_value(plugins)}")
    for section, table in tree.items():
        if not table:
            continue
        lines += ["", f"[{section}]"]
        for key, value in table.items():
            if value is None:
                continue
            if key == "layers":
                lines += ["layers = [", *(f"  {toml_value(layer)}," for layer in value), "]"]
            else:
                lines.append(f"{_key(key)} = {toml_value(value)}")
    return "\n".join(lines) + "\n"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _text(value: str) -> str:
    # A JSON string is a TOML basic string, but for what JSON leaves as it is and TOML, or a terminal, does not.
    return OBEYED.sub(
        lambda found: "".join(f"\\U{ord(one):08x}" for one in found[0]), json.dumps(value, ensure_ascii=False)
    )


def toml_value(value: Any) -> str:
    """One value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        # TOML has no null: a key that is left out stands for it.
        pairs = ", ".join(f"{_key(key)} = {toml_value(item)}" for key, item in value.items() if item is not None)
        return f"{{ {pairs} }}"
    return f"[{', '.join(toml_value(item) for item in value)}]"
