"""Whether the first row of a table names its columns."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from tui_nn.datasets.text.numbers import NumberForm, floats, is_missing
from tui_nn.datasets.text.wrong import wrong


def has_header(name: str, rows: Sequence[Sequence[str]], numbers: NumberForm, line: int) -> bool:
    """Whether the first of these rows is a header; `line` is where it stands.

    Raises DataError for a row that is half names and half numbers.
    """
    first, body = rows[0], rows[1:]
    if all(numbers.is_number(cell) for cell in first):
        return False
    if not body or len(first) != len(body[0]):
        return True
    # A table of text answers without a header has numbers in its first row too.
    numeric = list(range(len(first)))
    if not _are_numeric(body, numbers):
        numeric = [index for index in numeric if _is_numeric(index, body, numbers)]
    names = [index for index in numeric if not numbers.is_number(first[index]) and not is_missing(first[index])]
    found = [first[index].strip() for index in numeric if numbers.is_number(first[index])]
    if not found:
        return bool(names) or not numeric
    counted = [str(number) for number in range(len(found) + 1)]
    are_counted = len(found) > 1 and found in (counted[:-1], counted[1:])
    if names and are_counted:
        return True  # columns of pixels are often just counted
    if not names:
        texts = [index for index in range(len(first)) if index not in numeric]
        are_years = _are_years(found)
        if not (are_counted or are_years):
            return False
        repeated = _are_names(first, body, texts)
        if repeated is None and are_years:
            message = (
                f'"{first[texts[0]]}" may name its column, or be in the first row: set data.header to true or false.'
            )
            raise wrong(name, line, texts[0] + 1, message)
        return bool(repeated)
    odd = names[0]
    raise wrong(
        name, line, odd + 1,
        f'"{first[odd]}" is not a number, unlike others in the first line: name all columns, or set data.header.',
    )  # fmt: skip


def _are_years(found: Sequence[str]) -> bool:
    """Whether these numbers are years, one after another."""
    years = [int(one) for one in found if one.isdecimal() and len(one) == 4 and "1800" <= one <= "2200"]
    steps = {later - earlier for earlier, later in itertools.pairwise(years)}
    return len(years) == len(found) and steps in ({1}, {-1})


def _are_names(first: Sequence[str], body: Sequence[Sequence[str]], texts: Sequence[int]) -> bool | None:
    """Whether the texts above columns of texts name them: none of them is below, where others repeat.

    None where nothing repeats: the first row may begin with a text that comes once, like all others.
    """
    columns = [[row[index] for row in body if index < len(row)] for index in texts]
    if not texts or any(first[index] in cells for index, cells in zip(texts, columns, strict=True)):
        return False
    return True if any(len(set(cells)) < len(cells) for cells in columns) else None


def _are_numeric(body: Sequence[Sequence[str]], numbers: NumberForm) -> bool:
    """Whether all cells below the first row are numbers: asked at once, where there are many columns."""
    values, are_numbers = floats(list(set(itertools.chain.from_iterable(body))), numbers)
    return are_numbers and not np.isnan(values).any() and len({len(row) for row in body}) == 1


def _is_numeric(index: int, body: Sequence[Sequence[str]], numbers: NumberForm) -> bool:
    """Whether a column holds numbers below its first row: most of those that are no gaps."""
    cells = [row[index] for row in body if index < len(row)]
    values, are_numbers = floats(cells, numbers)
    if are_numbers and not np.isnan(values).any():
        return bool(cells)
    cells = [cell for cell in cells if not is_missing(cell)]
    return bool(cells) and 2 * sum(numbers.is_number(cell) for cell in cells) > len(cells)
