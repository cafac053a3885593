"""Names cut to a width so that no two different ones read the same."""

from __future__ import annotations

import re
from collections.abc import Sequence


def short_names(names: Sequence[str], width: int) -> list[str]:
    """Each name in at most `width` cells: its beginning, or where others begin alike, what tells it from them.

    Where that does not do they are pieces of their words, or numbered, "#1" the first, and left empty where not even
    that has room: no name is better than another's.
    """
    different = list(dict.fromkeys(names))
    cuts = (
        _beginnings, _where_one_beginning_is_common, _where_few_are_alike, _words, _without_common_beginning, _numbers,
    )  # fmt: skip
    for cut in cuts:
        short = cut(different, width)
        if len(set(short)) == len(different) and max(map(len, short), default=0) <= width:
            by_name = dict(zip(different, short, strict=True))
            return [by_name[name] for name in names]
    return [""] * len(names)


def _beginnings(names: Sequence[str], width: int) -> list[str]:
    return [_cut(name, width) for name in names]


def _cut(name: str, width: int) -> str:
    """Its beginning; where it is cut, without a bracket that does not close: `age` of age (years)."""
    return name if len(name) <= width else re.sub(r"[\s_]*([(\[{][^)\]}]*)?$", "", name[:width]) or name[:width]


def _without_common_beginning(names: Sequence[str], width: int) -> list[str]:
    """setosa, versicolor of Iris-setosa, Iris-versicolor. Names that begin with nobody else stay as they are."""
    return [_cut(rest, width) for rest in _rests(names, width)]


def _rests(names: Sequence[str], width: int) -> list[str]:
    """Without what others of so many first characters begin with too."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(name[:width], []).append(name)
    starts = [
        _common(alike[name[:width]]) if len(alike[name[:width]]) > 1 and len(name) > width else 0 for name in names
    ]
    return [name[start:] for name, start in zip(names, starts, strict=True)]


def _where_one_beginning_is_common(names: Sequence[str], width: int) -> list[str]:
    """The same, unless that leaves `length` of sepal length where another name is petal length."""
    short = _without_common_beginning(names, width)
    return short if _is_clear(names, short) else []


def _where_few_are_alike(names: Sequence[str], width: int) -> list[str]:
    """The same, and of two that are alike still pieces of their words: `di h` of district heating beside `dist`."""
    rests = _rests(names, width)
    cut = [_cut(rest, width) for rest in rests]
    pairs = zip(rests, cut, strict=True)
    short = [_pieces(re.findall(r"\w+", rest), width) if cut.count(one) > 1 else one for rest, one in pairs]
    return short if _is_clear(names, short) else []


def _is_clear(names: Sequence[str], short: Sequence[str]) -> bool:
    """Whether what is left of those whose beginning is gone is part of no other name."""
    ends = [name for name, one in zip(names, short, strict=True) if name.startswith(one)]
    left = [one for name, one in zip(names, short, strict=True) if not name.startswith(one)]
    return not any(one in name for name in ends for one in left)


def _words(names: Sequence[str], width: int) -> list[str]:
    """`sep le` of sepal length: a piece of each word that tells some of the names apart."""
    words = [re.findall(r"\w+", name) for name in names]
    places = range(max(map(len, words), default=0))
    telling = [place for place in places if len({tuple(one[place : place + 1]) for one in words}) > 1]
    return [_pieces([one[place] for place in telling if place < len(one)], width) for one in words]


def _pieces(words: Sequence[str], width: int) -> str:
    """The beginnings of the words, blanks between them where they have room."""
    gap = " " if 2 * len(words) - 1 <= width else ""
    room = width - len(gap) * (len(words) - 1)
    pieces = []
    for number, word in enumerate(words):
        pieces.append(word[: max(1, -(-room // (len(words) - number)))])
        room -= len(pieces[-1])
    return gap.join(pieces)


def _common(names: Sequence[str]) -> int:
    """How many characters all begin with, up to the start of a word or number: a class 10 is no class 0."""
    first, last = min(names), max(names)
    count = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    words = re.match(r".*[^a-zA-Z0-9]", first[:count])
    return words.end() if words else len(re.sub(r"\d+$", "", first[:count]))


def _numbers(names: Sequence[str], width: int) -> list[str]:  # noqa: ARG001 - each cut has the same form
    return [f"#{number}" for number in range(1, len(names) + 1)]
