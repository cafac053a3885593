"""The name of a Boolean function: AND, OR, NOR, XNOR, x1 AND NOT x2, majority, ..., from its truth table."""

from __future__ import annotations

from collections.abc import Sequence

LISTED = 3  # rows of a function without a name that are told


def name_of(table: Sequence[bool], names: Sequence[str]) -> str:
    """table: 2^n answers, the first for all inputs 0, the last input changing fastest. names: of the n inputs.

    An input that changes nothing is left out. What has no name is told by its few ones or zeros, or not at all.
    """
    table, names = _without_idle(list(table), list(names), plain := list(names))
    count = len(names)
    if not count:
        return "always 1" if table[0] else "always 0"
    among = "" if names == plain else f" of {', '.join(names)}"
    return (
        _literals(table, names, plain)
        or _counted(table, count, among)
        or _listed(table, names, among)
        or f"another function{among}"
    )


def _without_idle(table: list[bool], names: list[str], plain: list[str]) -> tuple[list[bool], list[str]]:
    for name in plain:
        at = names.index(name)
        step = 1 << (len(names) - 1 - at)
        low = [row for row in range(len(table)) if not row & step]
        if all(table[row] == table[row + step] for row in low):
            table, names = [table[row] for row in low], names[:at] + names[at + 1 :]
    return table, names


def _literals(table: Sequence[bool], names: Sequence[str], plain: Sequence[str]) -> str:
    """One row alone is 1, or 0: an AND, or an OR, of inputs and NOTs of inputs."""
    count, rows = len(names), len(table)
    for word, negated, only in (("AND", "NOR", True), ("OR", "NAND", False)):
        if table.count(only) != 1:
            continue
        row = table.index(only)
        # For the AND the inputs are as in its row, for the OR the opposite of those in its row.
        ones = [bool(row >> (count - 1 - at) & 1) == only for at in range(count)]
        if count > 1 and (all(ones) or not any(ones)):
            name = word if all(ones) else negated
            return name if list(names) == list(plain) else f"{f' {name} '.join(names)}"
        parts = [name if one else f"NOT {name}" for name, one in zip(names, ones, strict=True)]
        return f" {word} ".join(sorted(parts, key=lambda part: part.startswith("NOT ")))
    return "" if rows > 2 else names[0]


def _counted(table: Sequence[bool], count: int, among: str) -> str:
    """What depends on the number of ones alone: parity, at least k, exactly k."""
    by_ones: dict[int, bool] = {}
    for row, answer in enumerate(table):
        if by_ones.setdefault(row.bit_count(), answer) != answer:
            return ""
    answers = [by_ones[ones] for ones in range(count + 1)]
    if all(answers[ones] == bool(ones % 2) for ones in range(count + 1)):
        return f"XOR{among}" if count == 2 else f"odd parity{among}"
    if all(answers[ones] != bool(ones % 2) for ones in range(count + 1)):
        return f"XNOR{among}" if count == 2 else f"even parity{among}"
    true = [ones for ones, answer in enumerate(answers) if answer]
    if len(true) == 1:
        return f"exactly {true[0]}{among or f' of {count}'}"
    if true == list(range(true[0], count + 1)):
        return f"majority{among}" if 2 * true[0] == count + 1 else f"at least {true[0]}{among or f' of {count}'}"
    if true == list(range(true[-1] + 1)):
        return f"minority{among}" if 2 * true[-1] == count - 1 else f"at most {true[-1]}{among or f' of {count}'}"
    return ""


def _listed(table: Sequence[bool], names: Sequence[str], among: str) -> str:
    """The few rows that are 1, or 0."""
    for only in (True, False):
        rows = [row for row, answer in enumerate(table) if answer == only]
        if len(rows) <= LISTED:
            shown = ", ".join(f"{row:0{len(names)}b}" for row in rows)
            return f"{int(only)} only at {shown}{among}"
    return ""
