"""What a run depends on besides its experiment: the data by their hash, plugin files by path and hash, who gave what.

`recipe.json` and the file `net` (the network without its weights) make a run directory whole: nothing in it is an
absolute path, so that it can be moved, zipped and mailed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tui_nn.errors import StorageError
from tui_nn.files import open_new
from tui_nn.printable import escaped_file
from tui_nn.runs import layout
from tui_nn.runs.schema import Count, read_json

SCHEMA = 1
FILE = "sha256 "  # a plugin file has no version but its bytes


class DataRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The data that a run was trained on. sha256: of the numbers, names and answers; samples: how many."""

    name: str
    sha256: str
    samples: Count


class PluginRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin file that a run was trained with. file: relative to the run; replaces: what it stood in for."""

    name: str
    file: str
    sha256: str
    replaces: tuple[str, ...] = ()


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """owners: "activation tanh" -> the plugin that gave it; versions: of every plugin that was there."""

    schema: int = SCHEMA
    data: DataRecord
    plugins: tuple[PluginRecord, ...] = ()
    owners: dict[str, str] = {}
    versions: dict[str, str] = {}


@dataclass(frozen=True)
class Whole:
    """All that a recorder writes before the first step.

    experiment: as TOML, paths relative to the run. identity: the experiment without the folders that its files lie
    in, which two runs of it share wherever they are. net: the file of the network, without weights. initial: the file
    of weights that the experiment names, if it does.
    """

    experiment: str
    identity: str
    recipe: Recipe
    net: bytes
    initial: bytes | None = None


def write_recipe(run: Path, recipe: Recipe) -> None:
    """Write `recipe.json` into a run directory. Raises OSError."""
    with open_new(run / layout.RECIPE) as file:
        file.write(msgspec.json.format(escaped_file(msgspec.json.encode(recipe)), indent=2) + b"\n")


def read_recipe(run: Path) -> Recipe | None:
    """The recipe of a run; None for a run of the first version, which has none. Raises StorageError."""
    recipe, path = read_json(run, layout.RECIPE, Recipe, "the recipe of a run"), run / layout.RECIPE
    if recipe is None:
        return None
    if not all(" " in component for component in recipe.owners):
        raise StorageError(f"{path}: not the recipe of a run: its owners are not those of a kind and a name.")
    if recipe.schema > SCHEMA:
        raise StorageError(f"{path}: written by a newer tui-nn (schema {recipe.schema}); update tui-nn.")
    return recipe


def plugin_versions(recipe: Recipe) -> Mapping[str, str]:
    """Name -> version, or the hash of a file: what the bits of a run depend on."""
    return {**recipe.versions, **{plugin.name: f"{FILE}{plugin.sha256}" for plugin in recipe.plugins}}
