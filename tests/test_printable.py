"""What a reader of a terminal could be deceived by is seen, and what people write is left alone."""

from __future__ import annotations

import json
import unicodedata

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from tui_nn.printable import OBEYED, REPLACEMENT, escaped, in_a_line, obeyed_by_nobody, printable
from tui_nn.tui.terminal_app import NothingToObey

TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
ENDS = [0x2028, 0x2029]
UNSEEN = [0x200B, *range(0x2060, 0x2065), *range(0x206A, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC)]
TAGS = [0xE0001, *range(0xE0020, 0xE0080)]
CONTROLS = [*(c for c in range(32) if chr(c) not in "\t\n\r"), *range(0x7F, 0xA0)]
HIDDEN = [*TURNS, *ENDS, *UNSEEN, *TAGS, *CONTROLS]

KEPT = {
    "a family": "👩‍👩‍👧‍👦",
    "a heart in colour": "❤️ ❤︎",
    "a skin": "👍🏽",
    "a flag of letters": "🇩🇪",
    "a flag of tags": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "Hebrew": "שלום עולם",
    "Hebrew with a mark": "C++\u200e שלום",
    "Arabic": "السلام عليكم \u061c١٢٣",
    "Persian": "می\u200cخواهم",
    "Hindi": "क्\u200dष",
    "Thai": "สวัสดี",
    "combining": "e\u0301 n\u0303",
    "ideographs": "東京 葛󠄀",
    "lines": "one\ttwo\nthree\r\n",
}


@pytest.mark.parametrize("number", HIDDEN, ids=lambda number: f"U+{number:04X}")
def test_what_is_hidden_is_seen(number):
    for clean in (printable, in_a_line, obeyed_by_nobody):
        assert clean(f"a{chr(number)}b") == f"a{REPLACEMENT}b"
    assert cell_len(printable(f"a{chr(number)}b")) == 3, "columns stay under each other"
    (left,) = NothingToObey().apply([Segment(f"a{chr(number)}b")], Color(0, 0, 0))
    assert left.text == "ab"
    assert cell_len(f"a{chr(number)}b") == 2, "what is taken out last has had no width"
    said = escaped(json.dumps(f"a{chr(number)}b", ensure_ascii=False))
    assert said.isascii()
    assert json.loads(said) == f"a{chr(number)}b"


def test_no_other_character_turns_the_direction():
    """By the names that Unicode itself has for such characters."""
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B"}
    found = [number for number in range(0x110000) if unicodedata.bidirectional(chr(number)) in turning]
    assert set(found) - {0x0A, 0x0D} <= set(HIDDEN)


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_people_write_stays(text):
    assert printable(text) == obeyed_by_nobody(text) == text
    assert escaped(text) == text


@pytest.mark.parametrize("number", [0xD800, 0xDBFF, 0xDC80, 0xDFFF])
def test_lone_surrogates(number):
    assert printable(f"a{chr(number)}b") == f"a{REPLACEMENT}b"
    assert obeyed_by_nobody(f"a{chr(number)}b") == f"a{chr(number)}b", "the bytes of a name that is not UTF-8"


def test_a_name_that_reads_backwards():
    assert printable("invoice\u202efdp.exe") == "invoice�fdp.exe"
    assert in_a_line("one\u2028two") == "one�two"
    assert not OBEYED.search(obeyed_by_nobody("".join(map(chr, HIDDEN))))
