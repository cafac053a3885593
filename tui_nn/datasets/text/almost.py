"""Numbers that are written in a way that is not read: with a unit, a currency, a per cent sign, in another script.

As texts they would become categories, or be left out: a quantity lost without a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from tui_nn.datasets.text.numbers import BLANKS, NumberForm, is_missing

Array = np.ndarray[Any, np.dtype[Any]]

SHARE = 0.95  # of the cells that are numbers in some writing, from which on all are meant as such
CURRENCY = r"(?:[€$£¥₹₽₩₺]|US\$|USD|EUR|GBP|CHF|JPY|CNY|INR|Fr\.|kr)"
UNITS = (  # as a pattern, the longer before what they begin with
    r"mm|cm|dm|m[²2s]|min|mg|mi|ml|m/s|mph|mpg|months|m|km[²2]|km/h|kmpl|km|kg|kB|kHz|kW|kWh|kPa|kcal|kJ|k|KB|K|"
    r"in|ft|yd|g|gal|t|lbs|lb|l|oz|cl|cc\.?|hl|hours|hrs|hr|ha|hp|hPa|h|sec|s|sqft|days|day|d|weeks|years|yrs|yr|"
    r"Mio|Mrd|MHz|MB|MW|M|bn|bhp|bar|bps|°C|°F|°|Hz|GHz|GB|TB|rpm|px|pts|pt|ppm|ppb|pp|%|‰"
)
SIGN = "[+\N{MINUS SIGN}-]?"
DIGITS = rf"(?:\d+(?:[.,'’_{BLANKS}]\d+)*[.,]?|[.,]\d+)(?:[eE][+-]?\d+)?"
PLAIN_DIGITS = re.compile(r"[0-9.,+\-eE]*")
GROUPED = re.compile(rf"{SIGN}\d{{1,3}}(?P<mark>[.,'’_{BLANKS}])\d{{3}}(?:(?P=mark)\d{{3}})*(?:[.,]\d+)?")
DECADE = re.compile(r"(?:1[0-9]|20)[0-9]0s")  # which are no seconds where a column has nothing else
HEX = re.compile(r"0[xX][0-9a-fA-F]+")
FORMULA = re.compile(rf'="{SIGN}{DIGITS}"')
WRAPPED = re.compile(
    rf"(?P<before>\(|{SIGN}\s*{CURRENCY})?\s*(?P<number>{SIGN}{DIGITS})\s*"
    rf"(?P<after>{CURRENCY}|{UNITS}|\)|[-\N{{MINUS SIGN}}])?"
)


def written_oddly(words: Sequence[str], counts: Array, form: NumberForm) -> tuple[int, str] | None:
    """Which word is a number that is written oddly, by its place, and how; None where the words are no such numbers.

    counts: (words,) how many cells hold each. Nearly all cells have to be numbers in some writing, so that codes such
    as A1 and a few sizes among words stay what they are.
    """
    if all(DECADE.fullmatch(word) or is_missing(word) for word in words):
        return None
    found: tuple[int, str] | None = None
    total, others = int(counts.sum()), 0
    for at, word in enumerate(words):
        if form.is_number(word):
            continue
        how = _how(word, form)
        if not how:
            others += int(counts[at])
            if others > (1 - SHARE) * total:
                return None
        elif found is None:
            found = at, how
    return found


def _how(word: str, form: NumberForm) -> str:
    """What is odd about a number; empty for what is none."""
    if HEX.fullmatch(word):
        return "is a number in base 16; write it in base 10"
    if FORMULA.fullmatch(word):
        return "is a formula of a spreadsheet; write the number itself"
    wrapped = WRAPPED.fullmatch(word)
    if wrapped is None:
        return ""
    if wrapped["before"] == "(" or wrapped["after"] == ")":
        return "stands in parentheses; write -1 where (1) is meant" if wrapped["before"] and wrapped["after"] else ""
    if wrapped["before"] or re.fullmatch(CURRENCY, wrapped["after"] or ""):
        return "is a number with a currency; take the currency off"
    if wrapped["after"] in ("-", "\N{MINUS SIGN}"):
        return "has its sign behind; write it in front"
    if wrapped["after"]:
        unit = "a per cent sign" if wrapped["after"] == "%" else f'the unit "{wrapped["after"]}"'
        return f"is a number with {unit}; take it off"
    return _of_digits(wrapped["number"], form)


def _of_digits(number: str, form: NumberForm) -> str:
    """What is odd about digits and marks alone."""
    digits = number.replace("\N{MINUS SIGN}", "-")
    if not digits.isascii() and any(mark.isdecimal() and not mark.isascii() for mark in digits):
        return "has digits of another script; write 0 to 9"
    if number != digits:
        return 'has a minus sign that is no "-"; write "-"'
    if PLAIN_DIGITS.fullmatch(number):
        if any(other.is_number(number) for other in (NumberForm(","), NumberForm(",", "."), NumberForm(".", ","))) or (
            NumberForm().is_number(number)
        ):
            mark = "comma" if form.decimal == "," else "point"
            how = f"is written another way than numbers with a decimal {mark}"
            return f"{how}; write all of them one way, or set data.decimal and data.thousands"
        return ""
    grouped = GROUPED.fullmatch(number)
    if grouped is None:
        return ""
    mark = " " if grouped["mark"] in BLANKS else grouped["mark"]
    return f'has "{mark}" between thousands; set data.thousands = "{mark}"'
