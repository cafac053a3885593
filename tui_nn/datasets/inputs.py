"""What a column of a table becomes: an input, one a category, one a part of a date, or a part of formulas."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.datasets.encoding import Input, Missing, date_input
from tui_nn.datasets.features import KEY, columns_of
from tui_nn.datasets.meaning import meant, odd_words
from tui_nn.datasets.settings import TableSettings
from tui_nn.datasets.table import NUMBERS, Column, Table
from tui_nn.errors import DataError


def input_of(table: Table, at: int, column: Column, settings: TableSettings) -> Input:
    """The input that a column becomes, seen as `column`. Raises DataError for dates that nobody has decided about."""
    missing = missing_of(settings, (column,), column.name)
    if column.kind == "picture":
        return Input(column.name, "picture", size=column.values.shape[1])
    if column.kind == "truth value":
        return Input(column.name, "truth value", missing=missing)
    if column.kind == "category" and not odd_words(column, table.numbers):
        return Input(column.name, "category", tuple(sorted(column.words, key=_order)), missing)
    if column.kind == "category" and _is_category(table, at, settings):
        return Input(column.name, "category", tuple(sorted(column.words, key=_order)), missing)
    if column.kind == "date":
        if settings.dates == "error":
            raise DataError(
                f"{table.name}: column '{column.name}' holds dates, such as {column.words[0]}: leave it out "
                f'(data.ignore = ["{column.name}"]), or set data.dates = "parts" for year, month, day and weekday.'
            )
        try:
            return date_input(column, missing)
        except DataError as error:
            raise DataError(f"{table.name}: {error}") from None
    return Input(column.name, "number", missing=missing)


def by_features(table: Table, settings: TableSettings, targets: Sequence[int]) -> list[Input] | None:
    """The inputs that `data.features` lists, in its order: a column by its name, as a number for now, or a formula.

    None where it is not given. Raises DataError with the formula and what is wrong with it.
    """
    if settings.features is None:
        return None
    if settings.inputs is not None:
        raise DataError(f"{KEY} lists all inputs: remove data.inputs, or name its columns among the features.")
    if not settings.features:
        raise DataError(f"{KEY}: names no input.")
    found = []
    for formula in dict.fromkeys(settings.features):
        sources = columns_of(formula, table)
        for name in sources:
            if table.index(name) in targets:
                raise DataError(f"{KEY}: '{formula}': '{name}' is the target.")
            if any(table.index(str(one)) == table.index(name) for one in settings.ignore):
                raise DataError(f"{KEY}: '{formula}': '{name}' is left out by data.ignore.")
        alone = len(sources) == 1 and (formula == sources[0] or formula.isidentifier())
        if alone:
            found.append(Input(sources[0]))
            continue
        columns = [_numbers(table, name, formula) for name in sources]
        found.append(Input(formula, "formula", missing=missing_of(settings, columns, formula), sources=sources))
    return found


def _numbers(table: Table, name: str, formula: str) -> Column:
    """A column that a formula is made of. Raises DataError for one that holds no numbers."""
    column = table.column(name)
    if column.kind in NUMBERS[:2] or odd_words(column, table.numbers):  # whose odd cells are named when it is computed
        return column
    kind = meant(column).kind
    held = {"category": "texts", "text": "texts", "date": "dates", "picture": "pictures"}.get(kind, "truth values")
    such = f", such as {column.words[0][:40]}" if column.words else ""
    raise DataError(f"{KEY}: '{formula}': column '{name}' holds {held}{such}; a formula needs numbers.")


def missing_of(settings: TableSettings, columns: Sequence[Column], name: str) -> Missing:
    """What is done about a row without a value: as is said of this name, or of the columns that it is made of."""
    gaps = any(column.gaps for column in columns)
    if isinstance(settings.missing, str):
        # An input that is always 0 says nothing.
        return "mean" if settings.missing == "indicator" and not gaps else settings.missing
    names = [name, *(column.name for column in columns)]
    return next((settings.missing[one] for one in names if one in settings.missing), "error")


def _is_category(table: Table, at: int, settings: TableSettings) -> bool:
    return any(table.index(str(name)) == at for name in settings.categories)


def _order(word: str) -> tuple[int, float, str]:
    """Numbers by their size, before texts."""
    try:
        return 0, float(word), word
    except ValueError:
        return 1, 0.0, word
