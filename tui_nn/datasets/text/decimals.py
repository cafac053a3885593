"""Decimal numbers of a text, very many at once, by numpy: to the bit what float() gives, or left to it.

Eight digits are a word of 64 bits, which a few products turn into their value; up to nineteen make a whole number w.
The number is w x 10^k. Where w < 2^53 both are exact, and one division rounds once (Clinger, How to Read Floating
Point Numbers Accurately, 1990). Where w is larger the remainder of the division is taken along (Dekker, 1971), and what
lies too close to the middle between two numbers of float64 for that is left over (Ziv's test, 1991).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.datasets.text.cells import LAST, WORD, CellGrid

Array = np.ndarray[Any, np.dtype[Any]]

MOST_DIGITS = 19  # so many fit into 64 bits
TEN = np.array([10.0**power for power in range(23)])  # exact in float64
EXACT = 2**53
SPLIT = 2.0**27 + 1
CLOSE = 2.0**-45  # far larger than the relative error of what is added to a quotient
NO_POINT = 4 * WORD  # more digits than a number has
MANY = 100  # cells that are looked at together once more; one by one where they are fewer
EXPONENT = 4  # bytes of one as programs write it: e-05

ZEROS = np.uint64(0x3030303030303030)
TO_HIGH = np.uint64(0x7676767676767676)  # carries a byte above 9 into its highest bit
HIGH = np.uint64(0x8080808080808080)


def decimals(cells: CellGrid, columns: slice | list[int]) -> tuple[Array, Array]:
    """(rows, columns) float64, and which of them are the numbers of their cells; the others hold anything."""
    starts, ends = cells.starts[:, columns].ravel(), cells.ends[:, columns].ravel()
    first = cells.letters[starts]
    negative = first == ord("-")
    starts = starts + (negative | (first == ord("+")))
    digits, behind = ends - starts, None
    if cells.points is not None and cells.last_points is not None:
        points = cells.points[:, columns].ravel()
        digits = digits - points
        behind = ends - cells.last_points[:, columns].ravel() - 1
        behind[points == 0] = NO_POINT
        digits[points > 1] = 0
    wholes, known = _wholes(cells.words, ends, digits, behind)
    power = None if behind is None else np.where(behind == NO_POINT, 0, behind)
    values, sure = _scaled(wholes, power)
    known &= sure
    if not known.all() and len(left := np.flatnonzero(~known)) >= MANY:
        _with_exponents(cells, left, (ends, digits, behind), values, known)
    values.view(np.uint64)[...] |= negative.astype(np.uint64) << np.uint64(63)
    shape = (len(cells), -1)
    return values.reshape(shape), known.reshape(shape)


def _wholes(words: Array, ends: Array, digits: Array, behind: Array | None) -> tuple[Array, Array]:
    """(m,) uint64: the whole numbers that so many digits before these ends are; and which are nothing else.

    behind: how many of the digits stand behind the decimal point, `NO_POINT` where there is none.
    """
    known = (digits > 0) & (digits <= MOST_DIGITS)
    whole, flaws = _eight(words, ends, np.clip(digits, 0, WORD), behind)
    for done in range(WORD, int(digits.max(initial=0, where=known)), WORD):
        further = None if behind is None else behind - done
        more, flaw = _eight(words, ends - done, np.clip(digits - done, 0, WORD), further)
        more *= np.uint64(10**done)
        whole += more
        flaws |= flaw
    known &= flaws == 0
    if not known.all():
        whole[~known] = 0
    return whole, known


def _eight(words: Array, ends: Array, digits: Array, behind: Array | None) -> tuple[Array, Array]:
    """The value of up to eight digits before each place, and bits that are set where there is anything else."""
    word = words[ends - WORD]
    if behind is not None and len(across := np.flatnonzero(behind < digits)):
        if 2 * len(across) > len(word):
            word = _without_point(words, word, ends, digits, behind)
        else:
            word[across] = _without_point(words, word[across], ends[across], digits[across], behind[across])
    word ^= ZEROS
    word &= LAST[digits]
    flaw = word + TO_HIGH
    flaw |= word
    flaw &= HIGH
    word *= np.uint64(2561)  # 10 x a digit + the next, in every other byte
    word >>= np.uint64(8)
    pairs = word & np.uint64(0x000000FF000000FF)
    pairs *= np.uint64(100 + (1000000 << 32))
    word >>= np.uint64(16)
    word &= np.uint64(0x000000FF000000FF)
    word *= np.uint64(1 + (10000 << 32))
    word += pairs
    word >>= np.uint64(32)
    return word, flaw


def _without_point(words: Array, word: Array, ends: Array, digits: Array, behind: Array) -> Array:
    """The last eight digits before each end: those before the point stand one place further to the front."""
    back = word << np.uint64(8)
    if digits.max(initial=0) == WORD:
        back |= words[ends - WORD - 1] & np.uint64(0xFF)
    own = LAST[np.clip(behind, 0, WORD)]
    word &= own
    back &= ~own
    word |= back
    return word


def _scaled(wholes: Array, power: Array | None) -> tuple[Array, Array]:
    """(m,) float64: the whole numbers / 10^power, rounded once; and which of them are so for sure."""
    exact = int(wholes.max(initial=0)) < EXACT
    values = wholes.astype(np.float64)
    if power is None:
        return values, np.ones(len(values), bool)
    sure = power < len(TEN)
    power = TEN[np.clip(power, 0, len(TEN) - 1)]
    if exact:
        values /= power
        return values, sure
    rest = (wholes - values.astype(np.uint64)).view(np.int64).astype(np.float64)
    quotient = values / power
    # values - quotient x power, exactly: both factors in two halves whose products round nothing.
    one, other = quotient * SPLIT, power * SPLIT
    one, other = one - (one - quotient), other - (other - power)
    low_one, low_other = quotient - one, power - other
    product = quotient * power
    error = one * other - product
    error += one * low_other
    error += low_one * other
    error += low_one * low_other
    more = (((values - product) - error) + rest) / power
    values = quotient + more * (1 + CLOSE)
    sure &= values == quotient + more * (1 - CLOSE)
    return values, sure


def _with_exponents(
    cells: CellGrid, asked: Array, parts: tuple[Array, Array, Array | None], values: Array, known: Array
) -> None:
    """Put in the numbers of those of these cells that end as e-05 does."""
    ends, digits, behind = parts
    letters = cells.letters
    at = asked[digits[asked] > EXPONENT]
    at = at[(letters[ends[at] - EXPONENT] | 0x20) == ord("e")]
    if not len(at):
        return
    sign, tens, ones = (letters[ends[at] - back] for back in (3, 2, 1))
    tens, ones = tens - np.uint8(ord("0")), ones - np.uint8(ord("0"))
    fits = ((sign == ord("-")) | (sign == ord("+"))) & (tens < 10) & (ones < 10)
    power = np.where(sign == ord("-"), 1, -1) * (10 * tens.astype(np.int64) + ones)
    own = None
    if behind is not None:
        own = np.where(behind[at] == NO_POINT, NO_POINT, behind[at] - EXPONENT)
        fits &= own >= 0
        power = power + np.where(own == NO_POINT, 0, own)
    wholes, sound = _wholes(cells.words, ends[at] - EXPONENT, digits[at] - EXPONENT, own)
    found, sure = _scaled(wholes, power)
    sound &= fits & sure & (power >= 0)
    values[at[sound]] = found[sound]
    known[at[sound]] = True
