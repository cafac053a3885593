"""Names that somebody may give to a run, an experiment, a class, a column, a file."""

from __future__ import annotations

import random

NAMES = {
    "a title": "\x1b]0;owned\x07",
    "a clipboard": "\x1b]52;c;b3duZWQ=\x1b\\",
    "colours": "\x1b[31mred\x1b[0m",
    "a screen cleared": "\x1b[2J\x1b[H\x1b[?1049l",
    "a question to the terminal": "\x1b[6n\x1b[c\x05",
    "one byte of C1": "\x9b31mred\x9d0;owned\x9c",
    "bells": "\x07" * 3,
    "back": "good\b\b\b\bevil",
    "deleted": "a\x7fb",
    "shift out": "\x0e\x0f",
    "settings in brackets": "digits[rate=0.1,batch=32]",
    "a link": "[link=https://example.org]x",
    "a click": "[@click=app.quit]y[/]",
    "an end of nothing": "[/]",
    "half a tag": "a [bold",
    "tags of XML": "</text><script>alert(1)</script><!-- ]]> &amp; &#27;",
    "Markdown": "![x](https://example.org/a.png) | `a` | **b** <b>",
    "over a line": "red\rgreen",
    "two lines": "one\ntui-nn: error: two",
    "other ends of lines": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "a tab": "a\tb",
    "right to left": "abc\u202egnp.exe\u2066x\u2069\u200f",
    "no width": "a\u200b\u200d\ufeffb\u0301\u0301\u0301",
    "wide": "größe 東京 🙂👩‍👩‍👧",
    "no character": "\ufffe\uffff\U0010ffff",
    "very long": "long" * 60,
    "longer than a line may be": "x" * 200_000,
    "a dash": "-",
    "an option": "--help",
    "two dots": "..",
    "a dot": ".",
    "quotes": "\"'`\\",
    "commas": "a,b;c\td|e",
    "a formula": "=cmd|' /C calc'!A0",
    "a formula by plus": "+1+1",
    "a formula by at": "@SUM(1+1)",
    "a shell": "$(touch owned); `touch owned` & rm -rf ~ #",
    "a format": "{run} {0.__class__} %s %n %(x)s",
    "a path": "../../outside/precious.bin",
    "a path from the root": "/etc/passwd",
    "a home": "~/.profile",
    "nothing": "",
    "a blank": " ",
    "a number": "1e308",
    "no number": "nan",
    "a zero": "a\0b",
    "half a pair": "\ud800x",
    "not UTF-8": "a\udcff\udc9b",
    "a word of the product": "latest",
}


def name_of(chance: random.Random, number: int) -> tuple[str, str]:
    """What it is called, and the name: each in turn, then two together."""
    known = list(NAMES.items())
    chance.shuffle(known)
    if number < len(known):
        return list(NAMES.items())[number]
    (first, one), (second, other) = known[:2]
    return f"{first} and {second}", one[:1000] + other[:1000]


def fit_for_a_file(name: str) -> str:
    """The same, as a file may be called."""
    short = name.replace("\0", "").replace("/", "|").replace("\ud800", "?")
    while len(short.encode("utf-8", "surrogateescape")) > 200:
        short = short[: len(short) * 2 // 3]
    return short if short.strip(".") else f"{short}x"


def fit_for_text(name: str) -> str:
    """The same without what UTF-8 cannot say."""
    return name.encode("utf-8", "replace").decode()
