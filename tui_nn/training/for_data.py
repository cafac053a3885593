"""A data file where an experiment is expected: a sensible experiment for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tui_nn.errors import DataError
from tui_nn.experiment.load import apply_override, decode
from tui_nn.experiment.schema import Choice, DataSection, Experiment
from tui_nn.experiment.toml import toml_value

if TYPE_CHECKING:
    from tui_nn.datasets.choice import ColumnChoice
    from tui_nn.datasets.source import Source
    from tui_nn.datasets.table import Table
    from tui_nn.datasets.table_dataset import TableDataset
    from tui_nn.engine.data import Dataset
    from tui_nn.plugin.registry import Registry

STDIN = "-"
NO_DATA = ("", ".toml", ".safetensors")  # suffixes of what is asked for otherwise
OFTEN = 0.05  # share of rows without a value from which on it counts that it is missing


@dataclass(frozen=True)
class Made:
    """An experiment for a data file. text: its TOML, without what is as always. said: what was made of the data.

    data: those of the experiment, where what was read to make it is just them.
    """

    experiment: Experiment
    text: str
    said: tuple[str, ...]
    data: Dataset | None = None


def is_data(target: str | None) -> bool:
    """Whether the word names a file of data, and no experiment."""
    if target is None:
        return False
    path = Path(target)
    return target == STDIN or (path.is_file() and path.suffix.lower() not in NO_DATA)


def experiment_for(file: str, overrides: Sequence[str] = (), plugins: Sequence[str] = ()) -> Made:
    """A sensible experiment for a file of data, with KEY=VALUE overrides applied.

    Raises DataError for data that cannot be read, ExperimentError for an override that does not fit.
    """
    from tui_nn.training.opening import plugins_opened

    with plugins_opened(plugins) as (registry, _):
        return _made_of(file, overrides, registry)


def _made_of(file: str, overrides: Sequence[str], registry: Registry) -> Made:
    stem = "stdin" if file == STDIN else Path(file).stem
    source = file if file == STDIN else str(Path(file).absolute())
    return made_for(stem, source, overrides, registry)


def shown_for(file: str, plugins: Sequence[str] = ()) -> tuple[Experiment, str]:
    """The experiment for a screen, and what it is to tell, with plugins that are loaded for it."""
    from tui_nn.training.opening import plugins_opened

    with plugins_opened(plugins) as (registry, _):
        return shown_with(file, registry)


def shown_with(file: str, registry: Registry) -> tuple[Experiment, str]:
    """The experiment for a screen, and what it is to tell: there is another target a key away, so names are no error.

    Then the last column that can be the target is. Raises DataError for data that cannot be read.
    """
    from tui_nn.datasets.answers import NoClassesError

    try:
        return _made_of(file, (), registry).experiment, ""
    except NoClassesError as error:
        if not error.others:
            raise
        target = error.others[-1]
        told = f"Texts of '{error.column}' hardly repeat, so '{target}' is the target; D shows all columns."
        return _made_of(file, [f"data.target={toml_value(target)}"], registry).experiment, told


def made_for(
    stem: str, source: Choice, overrides: Sequence[str], registry: Registry, *, held: Source | None = None,
    data: Dataset | None = None,
) -> Made:  # fmt: skip
    """The same for `data.source` of any kind. held: its table, where that is in no file; data: all of it."""
    from tui_nn.datasets.table_dataset import TableDataset
    from tui_nn.experiment.data import shape_of, table_settings
    from tui_nn.experiment.default import default_for

    asked = section_asked(stem, source, overrides)
    settings: dict[str, Any] = {}
    if data is None:
        place = asked.source if isinstance(asked.source, str) else source
        data, settings = looked_at(held or Path(str(place)), asked, registry)
    read = msgspec.structs.replace(asked, source=source, **settings)
    made = default_for(stem, read, shape_of(data))
    tree = _differing(made)
    for override in overrides:
        apply_override(tree, override)
    said = described(data) if isinstance(data, TableDataset) else ()
    experiment = decode(tree, f"{stem}.toml")
    own = experiment.data
    same = (own.source, table_settings(own)) == (asked.source, table_settings(read)) and not isinstance(own.test, str)
    return Made(experiment, _text(tree), said, data if same else None)


def section_asked(stem: str, source: Choice, overrides: Sequence[str]) -> DataSection:
    """What the overrides say of the data, before these are read."""
    tree: dict[str, Any] = {"name": stem, "data": {"source": source}}
    for override in overrides:
        if override.lstrip().startswith("data."):
            apply_override(tree, override)
    return decode(tree, f"{stem}.toml").data


def described(data: TableDataset) -> tuple[str, ...]:
    """What was made of the columns in one sentence, then what was guessed and what looks odd."""
    notes = data.table.notes if data.table is not None else ()
    remarks = data.choice.remarks if data.choice is not None else ()
    return (data.description, *notes, *remarks)


def looked_at(
    path: Path | Source, asked: DataSection, registry: Registry, *, strict: bool = False
) -> tuple[Dataset, dict[str, Any]]:
    """The data, and what they need that nobody asked for; nothing is added if `strict`."""
    from tui_nn.datasets.choice import chosen, unknown_names, with_missing
    from tui_nn.datasets.from_path import load_path, read_table
    from tui_nn.datasets.source import Source
    from tui_nn.datasets.table_dataset import dataset_of
    from tui_nn.experiment.data import table_settings

    source = path if isinstance(path, Source) else Source(path)
    settings, readers = table_settings(asked), registry.in_order("reader")
    if not source.is_table:
        return load_path(source.path, settings=settings, readers=readers), {}
    table = read_table(source, settings, readers)
    needed: dict[str, Any] = {}
    settings = replace(settings, dates="parts")
    unknown_names(settings, table)
    choice = chosen(table, settings)
    if not strict and asked.missing == "error" and (missing := _missing(table, choice)):
        needed["missing"] = missing
        settings = replace(settings, missing=missing)
        choice = with_missing(choice, settings)
    data = dataset_of(table, settings, source.stem, choice=choice)
    if any(one.kind == "date" for one in data.inputs):
        needed["dates"] = "parts"
    return data, needed


def _missing(table: Table, choice: ColumnChoice) -> Any:
    """What to do about missing values: "" if there are none."""
    from tui_nn.datasets.meaning import as_input

    gaps = {one.column: max(as_input(table.column(name)).gaps for name in one.columns) for one in choice.inputs}
    how = "indicator" if max(gaps.values(), default=0) > OFTEN * len(table) else "median"
    without_answer = [table.names[at] for at in choice.targets if table.columns[at].gaps]
    if without_answer:
        return {name: how for name, count in gaps.items() if count} | dict.fromkeys(without_answer, "drop")
    return how if any(gaps.values()) else ""


def _differing(experiment: Experiment) -> dict[str, Any]:
    """The experiment as a tree, without what is as always."""
    whole, usual = msgspec.to_builtins(experiment), msgspec.to_builtins(Experiment())
    sections = ("data", "network", "training")
    tree = {name: {key: value for key, value in whole[name].items() if value != usual[name][key]} for name in sections}
    return {"name": experiment.name, **tree}


def _text(tree: dict[str, Any]) -> str:
    lines = [f"name = {toml_value(tree['name'])}"]
    for section in ("data", "network", "training"):
        lines += ["", f"[{section}]"]
        for key, value in tree[section].items():
            if key == "layers":
                lines += ["layers = [", *(f"  {toml_value(layer)}," for layer in value), "]"]
            else:
                lines.append(f"{key} = {toml_value(value)}")
    return "\n".join(lines) + "\n"


def save(made: Made, path: Path) -> None:
    """Write the experiment to a new file. Raises DataError where that cannot be."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(made.text)
    except FileExistsError:
        raise DataError(f"{path}: exists already; choose another name for the experiment.") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}.") from None
