"""A path as a data set: whatever a reader makes a table of, an archive of arrays, or a folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.arrays import load_arrays
from tui_nn.datasets.choice import USUAL_TARGETS, TableSettings
from tui_nn.datasets.cifar import is_cifar, load_cifar
from tui_nn.datasets.encoding import Input, Unknown, encode
from tui_nn.datasets.fetch import fetched
from tui_nn.datasets.formats import READERS, delimited
from tui_nn.datasets.idx import load_idx_folder
from tui_nn.datasets.pictures import is_picture_folder, load_picture_folder
from tui_nn.datasets.reader import Reader
from tui_nn.datasets.remotes import REMOTES
from tui_nn.datasets.seen import seen_or_read
from tui_nn.datasets.source import ARRAYS, STDIN, Source
from tui_nn.datasets.table import Table
from tui_nn.datasets.table_cache import through_cache
from tui_nn.datasets.table_dataset import dataset_of, with_features
from tui_nn.engine.data import Dataset
from tui_nn.engine.options import accepts
from tui_nn.errors import MOST_KNOWN, DataError, did_you_mean
from tui_nn.files import is_there
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

NUMBERED = re.compile(r"column \d+")  # what a column is called that has no name
START, PICKLED = ("train-", "t10k-"), "data_batch_1"  # files of MNIST; one of CIFAR's pickled version
TABLES = {*(suffix for one in READERS for suffix in one.suffixes), *ARRAYS}
FEW = 8  # names of files that an error lists
HEAD = 4096  # bytes that are looked at to tell text from anything else


def load_path(
    path: Path, target: str | int | Sequence[str | int] | None = None, missing: str = "error", *,
    settings: TableSettings | None = None, readers: Sequence[Reader] = READERS, inputs: Sequence[Input] | None = None,
    test: Path | None = None,
) -> Dataset:  # fmt: skip
    """The data set at `path`, or the one that was fetched, if `path` is its name and no file's.

    settings: what is made of a table; `target` and `missing` alone, where they are not given. inputs: those of a
    network that is asked about it. test: a file of the same columns, set aside for the end. Raises DataError with what
    was found, what can be read, and where.
    """
    settings = settings or TableSettings(target, missing=missing)  # type: ignore[arg-type]
    path = _there(path)
    source = Source(path)
    if path.is_dir() or source.suffix in ARRAYS:
        data = _folder(path, settings) if path.is_dir() else load_arrays(path, settings)
        if test is not None:
            data = _with_test(data, load_path(test, settings=replace(settings, features=None), readers=readers))
        return with_features(data, settings, inputs)
    if settings.variables is not None and inputs is None:
        raise DataError(f"data.variables: {source.name} is no archive of arrays; columns are chosen with data.inputs.")
    table = read_table(source, settings, readers, strict=inputs is None)
    if inputs is not None:
        table = _by_place(table, inputs, settings)
    if test is not None:
        table = replace(table, test=_same_columns(read_table(Source(_there(test)), settings, readers), table))
    return dataset_of(table, settings, source.stem, inputs)


def _same_columns(test: Table, table: Table) -> Table:
    """A table of rows for the test. Raises DataError if its columns are not those of the others."""
    for place, (found, wanted) in enumerate(zip_longest(test.names, table.names), start=1):
        if found != wanted:
            is_ = f"column {place} is '{found}'" if found is not None else f"there is no column {place}"
            expected = f"'{wanted}'" if wanted is not None else f"no more than the {len(table.names)}"
            raise DataError(f"{test.name}: {is_}; expected {expected}, as in {table.name}.")
    return test


def _with_test(data: Dataset, other: Dataset) -> Dataset:
    """Data with those of another file as their test part, classes by their names. Raises DataError."""
    if other.x.shape[1] != data.x.shape[1] or bool(other.classes) != bool(data.classes):
        raise DataError(
            f"{other.name}: has {plural(other.x.shape[1], 'input')} and "
            f"{plural(len(other.classes), 'class', 'classes')}; expected "
            f"{data.x.shape[1]} and {len(data.classes)}, as in {data.name}."
        )
    y = other.y
    if data.classes:
        unknown = [name for name in other.classes if name not in data.classes]
        if unknown:
            raise DataError(f"{other.name}: class '{unknown[0]}' is in the test part alone.")
        y = np.array([data.classes.index(name) for name in other.classes], np.intp)[y]
    return replace(data, test=(other.x, y))


def _folder(path: Path, settings: TableSettings) -> Dataset:
    """IDX files, CIFAR-10, or pictures, one folder a class."""
    if is_cifar(path):
        return load_cifar(path)
    if is_picture_folder(path):
        return load_picture_folder(path, settings.picture)
    check_folder(path)
    return load_idx_folder(path)


def check_folder(path: Path) -> None:
    """Raise DataError for a folder that has nothing that folders are read for, with what it has."""
    names = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
    if any(name.startswith(START) for name in names):
        return  # which file of MNIST is missing is said where they are read
    if PICKLED in names:
        raise DataError(f"{path}: has CIFAR's pickled files, which are never read; fetch its binary version.")
    tables = [name for name in names if Source(Path(name)).suffix in TABLES]
    hint = f" Name the file: {path / tables[0]}." if tables else ""
    found = ", ".join(names[:MOST_KNOWN]) or "nothing"
    raise DataError(
        f"{path}: expected files of MNIST (train-images-idx3-ubyte, ...), of CIFAR-10 (data_batch_1.bin, ...), or a "
        f"folder of PNG or JPEG files for each class; found {found}.{hint}"
    )


def read_table(
    source: Source, settings: TableSettings, readers: Sequence[Reader] = READERS, *, strict: bool = True
) -> Table:
    """The table in a file, by the reader of its suffix, of what it begins with, or as text.

    Raises DataError, if `strict` also for a setting that its reader does not have.
    """
    found = _reader(source, readers)
    given = {name: value for name, value in settings.reading.items() if value is not None}
    for name in given if strict else ():
        if not accepts(found.function, name):
            raise DataError(f"data.{name}: {source.name} is read as {found.name}, which has no such setting.")
    read = partial(found.read, source, **given)
    if not found.kept:
        return read()
    return seen_or_read(source, found.name, given, partial(through_cache, source, found.name, given, read))


def _reader(source: Source, readers: Sequence[Reader]) -> Reader:
    head = source.head(HEAD)
    signed = next((one for one in readers if one.signature and head.startswith(one.signature)), None)
    by_suffix = next((one for one in reversed(readers) if source.suffix and source.suffix in one.suffixes), None)
    if signed is not None and (by_suffix is None or (by_suffix is delimited and b"\0" in head)):
        return signed  # whatever it is called
    if by_suffix is not None:
        return by_suffix
    if b"\0" not in head or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return delimited
    known = sorted({suffix for one in readers for suffix in one.suffixes} | set(ARRAYS))
    listed = ", ".join(known)
    raise DataError(
        f"{source.name}: '{source.suffix}' is not a kind of data file. Known: a folder of IDX files, {listed}."
    )


def _there(path: Path) -> Path:
    """The path, or where a data set of this name was fetched to. Raises DataError if there is nothing."""
    if str(path) == STDIN or is_there(path):
        return path
    if str(path) in REMOTES:
        return fetched(str(path))
    siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    if len(siblings) > FEW:  # not all that stands in a large folder
        siblings = get_close_matches(path.name, siblings, n=1)
    near = did_you_mean(path.name, siblings)
    raise DataError(f"{path}: there is no such file or folder.{near}")


def load_rows(
    path: Path | Source, features: Sequence[str], inputs: int, target: str | None = None, missing: str = "error", *,
    columns: Sequence[Input] = (), unknown: Unknown = "error", settings: TableSettings | None = None,
    readers: Sequence[Reader] = READERS,
) -> Array:  # fmt: skip
    """Inputs alone, (m, inputs), for a network that was trained on such: answers may be there or not.

    columns: how the network's inputs were made of a table; without them they are its `features`, numbers. missing:
    "keep" makes a NaN of an empty cell, for a network that has something to stand in for it. Raises DataError, also for
    another number of inputs.
    """
    source = path if isinstance(path, Source) else Source(_there(path))
    path = source.path
    if path.is_dir() or source.suffix in ARRAYS:
        known = replace(settings or TableSettings(), features=None)
        x = load_path(path, settings=known, inputs=columns).x
        if x.shape[1] != inputs:
            raise DataError(f"{path}: has {plural(x.shape[1], 'input')}; the network was trained on {inputs}.")
        return x
    settings = settings or TableSettings()
    table = read_table(source, settings, readers, strict=False)
    fill = "mean" if missing == "keep" else "error"
    wanted = list(columns) or [Input(name) for name in _features(table, features, inputs, target)]
    if not columns:
        wanted = [replace(one, missing=fill) for one in wanted]  # type: ignore[arg-type]
    return encode(_by_place(table, wanted, settings), wanted, unknown)


def _features(table: Table, features: Sequence[str], inputs: int, target: str | None) -> Sequence[str]:
    """The columns that are the inputs of a network that does not say how they were made."""
    if features and table.has_names and any(name in table.places for name in features):
        return features
    if len(table.columns) == inputs:
        return table.names
    if len(table.columns) == inputs + 1:
        lowered = [name.lower() for name in table.names]
        usual = next((lowered.index(name) for name in USUAL_TARGETS if name in lowered), inputs)
        answer = table.index(target) if target is not None else usual
        return [name for at, name in enumerate(table.names) if at != answer]
    raise DataError(
        f"{table.name}: has {plural(len(table.columns), 'column')}; expected the {plural(inputs, 'input')} that the "
        "network was trained on, with or without the target."
    )


def _by_place(table: Table, wanted: Sequence[Input], settings: TableSettings) -> Table:
    """The table with its columns called as the network's, where they are known by their places alone."""
    names = list(dict.fromkeys(name for one in wanted for name in one.columns))
    if all(name in table.places for name in names):
        return table
    numbered = all(NUMBERED.fullmatch(name) for name in names)
    if (numbered or not table.has_names) and len(table.columns) == len(names):
        columns = [replace(column, name=name) for column, name in zip(table.columns, names, strict=True)]
        return table.with_columns(columns)
    if numbered and all(int(name.split()[1]) <= len(table.columns) for name in names) and settings.target is None:
        return table.with_columns(
            replace(column, name=f"column {place}") for place, column in enumerate(table.columns, start=1)
        )
    return table
