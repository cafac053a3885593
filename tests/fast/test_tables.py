"""The compiled reader of tables beside numpy's: the same bits, words, and sentence about what is wrong."""

from __future__ import annotations

import math
import os
import random
import struct
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.from_path import read_table
from tui_nn.datasets.source import Source
from tui_nn.datasets.text import cursor, pieces
from tui_nn.datasets.text.compiled import compiled_reader
from tui_nn.datasets.text.layout import TextLayout
from tui_nn.datasets.text.numbers import LARGEST_FLOAT, NumberForm, numbers_of
from tui_nn.errors import DataError

tables = pytest.importorskip("tui_nn_fast.tables", reason="needs the extra 'fast'")
pytestmark = pytest.mark.skipif(not tables.is_used(), reason="needs the compiled reader")

CASES = int(os.environ.get("TUI_NN_CASES", "60"))


def bits(value):
    return struct.pack("<d", value)


def found_in(cells, **layout):
    """Of each cell the number that the compiled reader makes of it, None where it leaves it to Python."""
    read = compiled_reader(TextLayout("utf-8-sig", names=("a", "b"), **layout))
    block = read("".join(f"{cell},x\n" for cell in cells).encode(), (0,), [1], len(cells))
    assert len(block) == len(cells)
    values = block.values[:, 0].tolist()
    for row in block.rows.tolist():
        values[row] = None
    return values


def check_bits(cells):
    """What is read is what float() gives; and all that fits 19 digits and 27 places is read."""
    found = found_in(cells)
    for cell, value in zip(cells, found, strict=True):
        assert value is None or bits(value) == bits(float(cell)), cell
        number = Decimal(cell).as_tuple()
        if len(number.digits) <= 19 and abs(int(number.exponent)) <= 27 and abs(float(cell)) <= LARGEST_FLOAT:
            assert value is not None, cell


@pytest.mark.parametrize("form", ["{!r}", "{:.6f}", "{:+.3f}", "{:.18e}", "{:.10E}", "{:g}", "{:.0f}", "{:.17g}"])
@pytest.mark.parametrize("size", [1e-8, 1e-3, 1.0, 1e4, 1e15, 1e25])
def test_numbers_as_programs_write_them(form, size):
    choose = random.Random(f"{form} {size}")
    check_bits([form.format(choose.gauss(0, size)) for _ in range(2000)])


def near_the_middle(choose):
    """The middle between two numbers of float64, or next to it, with as many digits as fit or more."""
    low = abs(choose.gauss(0, 10.0 ** choose.randint(-6, 30)))
    high = math.nextafter(low, math.inf)
    (low_top, low_bottom), (high_top, high_bottom) = low.as_integer_ratio(), high.as_integer_ratio()
    power = choose.randint(10, 19) - 1 - math.floor(math.log10(low))
    top = (low_top * high_bottom + high_top * low_bottom) * 10 ** max(power, 0)
    whole = top // (2 * low_bottom * high_bottom * 10 ** max(-power, 0)) + choose.choice((0, 0, 1, -1))
    return f"{whole}e{-power:+d}"


def test_numbers_between_two_of_float64():
    choose = random.Random(3)
    check_bits([near_the_middle(choose) for _ in range(20_000)])


def test_every_power_and_the_ends_of_what_is_exact():
    wholes = [1, 2, 5, 2**53 - 1, 2**53, 2**53 + 1, 10**18, 10**19 - 1, 2**63, 2**63 - 1, 2**63 + 1, 9 * 10**18 + 1]
    check_bits([f"{whole}e{power}" for whole in wholes for power in range(-60, 45)])


@settings(derandomize=True, deadline=None, max_examples=5 * CASES)
@given(st.lists(st.text("0123456789+-.eE ", min_size=0, max_size=26), min_size=1, max_size=40))
def test_what_is_read_is_a_number(cells):
    for cell, value, wanted in zip(
        cells, found_in(cells), numbers_of([cell.encode() for cell in cells], NumberForm()), strict=True
    ):
        assert value is None or bits(value) == bits(wanted), cell


@pytest.mark.parametrize("point", [".", ","])
def test_each_character_in_each_place_of_a_cell(point):
    """What is no digit, alone or beside another, in cells of every length that has a way of its own, and longer."""
    form = NumberForm(point)
    marks = [chr(code) for code in range(32, 127) if chr(code) not in ';"']
    cells = []
    for size in range(1, 26):
        for at in range(size):
            digits = "9081726354" * 3
            cells += [digits[:at] + mark + digits[at + 1 : size] for mark in marks]
            cells += [cells[-1][:other] + point + cells[-1][other + 1 :] for other in range(size)]
            cells += [digits[:at] + point + digits[at + 1 : other] + "e-5" for other in range(at + 1, size)]
    read = compiled_reader(TextLayout("utf-8-sig", delimiter=";", names=("a", "b"), numbers=form))
    block = read("".join(f"{cell};x\n" for cell in cells).encode(), (0,), [1], len(cells))
    left = set(block.rows.tolist())
    wanted = numbers_of([cell.strip(" ").encode() for cell in cells], form)
    for row, (cell, value) in enumerate(zip(cells, wanted, strict=True)):
        if row not in left and cell.strip(" "):
            assert value is not None, cell
            assert bits(block.values[row, 0]) == bits(value), cell
    plain = [row for row, cell in enumerate(cells) if cell.replace(point, "0", 1).isdecimal() and 1 < len(cell) < 20]
    assert len(plain) > 200
    assert not left & set(plain)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "end"])
def test_marks_may_stand_anywhere(end, last):
    """Cells of every length, so that delimiters, quotes and ends lie on every place of what is compared at once."""
    choose = random.Random(5)
    rows = [[f"{'w' * choose.randint(0, 70)}{n}", f"{n}.5", ("x", '"a,b"', '""')[n % 3]] for n in range(2000)]
    for cut in range(130):
        part = rows[cut : cut + choose.randint(1, 20)]
        text = end.join(map(",".join, part)) + (end if last else "")
        read = compiled_reader(TextLayout("utf-8-sig", names=("a", "b", "c")))
        block = read(text.encode(), (1,), [0, 2], len(part))
        assert block.values[:, 0].tolist() == [float(row[1]) for row in part]
        for column in (0, 2):
            words = block.words[column]
            assert [words.texts[code].decode() for code in words.codes] == [row[column].strip('"') for row in part]


LEFT = ["-", "+", ".", "-.", "1.2.3", "1e", "e-05", "1.e.-5", "1e-.5", "--1", "1-", "nan", "inf", "0x10", "1_0", "1 2",
        "1e-05x", "1,5", "\u0661", "12345678901234567890", "0." + "0" * 25 + "1234", "1\0", "1e400", "1e99999999999",
        "0.1e-99999999999", "1e-400", "3.5e38", "0." + "0" * 20001 + "1e200000", "1\u00a0"]  # fmt: skip


@pytest.mark.parametrize("cell", LEFT)
def test_what_is_left_to_python(cell):
    assert found_in([cell.replace(",", ";"), "1.5"]) == [None, 1.5]


def test_forms_that_are_taken():
    cells = ["0", "-0", "-0.0", "+1", "007", "1.", ".5", "-.5", "1234567890123456789", "0" * 40 + ".5", "1e5", "1E+05",
             "  1.5", "2  ", "3.4028234663852886e38", "0e-400", "0." + "0" * 30 + "e5", "9007199254740993"]  # fmt: skip
    assert [bits(value) for value in found_in(cells)] == [bits(float(cell)) for cell in cells]
    assert found_in(['"3.5"', '" 4 "']) == [3.5, 4]
    assert found_in(["1.5", ""])[0] == 1.5
    assert bits(found_in([""])[0]) == bits(math.nan)


def test_columns_may_be_asked_for_in_any_order():
    read = compiled_reader(TextLayout("utf-8-sig", names=("a", "b", "c")))
    block = read(b"1,red,2\n3,green,4\n", (0, 2), [2, 1], 2)
    assert block.values.tolist() == [[1, 2], [3, 4]]
    assert {column: words.texts for column, words in block.words.items()} == {1: [b"red", b"green"], 2: [b"2", b"4"]}


@pytest.mark.parametrize("mark", ["0", "5", "e", "-", "+", "."])
def test_a_mark_that_is_part_of_numbers_is_left_to_numpy(mark):
    assert compiled_reader(TextLayout("utf-8-sig", delimiter=mark, names=("a", "b"))) is None


@pytest.mark.parametrize("length", [1, 7, 8, 9, 16, 17, 40])
def test_words_are_told_apart_by_all_of_their_letters(length):
    words = [f"{'x' * (length - 1)}{end}" for end in "abc"] + ["", "x" * (length + 1), "é" * length]
    read = compiled_reader(TextLayout("utf-8-sig", names=("a", "b")))
    rows = [words[at % len(words)] for at in range(300)]
    found = read("".join(f"{word},1\n" for word in rows).encode(), (1,), [0], 300).words[0]
    assert [text.decode() for text in found.texts] == list(dict.fromkeys(rows))
    assert [found.texts[code].decode() for code in found.codes.tolist()] == rows


# Whole tables

NUMBERS = ("0", "-0.0", "1", "+2", "3.25", "-1e-07", "1e400", "1e38", "4e38", "5e-324", "1e-400", ".5", "6.", " 7",
           "8 ", "9" * 17, "0.1234567890123456", "12345678901234567890123", "1.7976931348623157e+308", str(2**53 + 1),
           str(2**63), "007", "1_0", "nan", "inf", "0x1F")  # fmt: skip
MISSING = ("", "NA", "?", "null", " ", "-", "n/a")
WORDS = ("red", "green", "a longer word than sixteen bytes", "süß", "1990s", "x y", " pad", "NA", "é\u00a0", "'q'")
ODD = ("a,b", 'say ""no""', "two\nlines", "c\rd", "")


def a_table(choose):
    """The text of a table, its encoding, and settings: of any kind, and every fifth with something wrong in it."""
    delimiter = choose.choice(",,,;\t|")
    decimal = "," if delimiter == ";" and choose.random() < 0.5 else "."
    columns, rows = choose.randint(2, 6), choose.randint(1, 120)
    kinds = [choose.choice("nnnnmwwdo") for _ in range(columns)]
    quoted = [choose.random() < 0.2 for _ in range(columns)]

    def cell(kind):
        if kind == "n":
            return f"{choose.gauss(0, 10.0 ** choose.randint(-5, 12)):.{choose.randint(0, 17)}g}"
        if kind == "m":
            return choose.choice(MISSING) if choose.random() < 0.3 else repr(choose.random())
        if kind == "w":
            return choose.choice(WORDS)
        if kind == "d":
            return repr(choose.uniform(-1, 1)) if choose.random() < 0.9 else choose.choice(NUMBERS)
        return str(choose.randint(0, 3))

    names = [choose.choice(("x", "name ", "größe", "c")) + str(at) for at in range(columns)]
    if choose.random() < 0.3:
        names[choose.randrange(columns)] = choose.choice(("y", "class"))  # whose texts are kept, too
    lines = [delimiter.join(names)]
    for _ in range(rows):
        cells = [cell(kind).replace(".", decimal) for kind in kinds]
        lines.append(delimiter.join(f'"{one}"' if quote else one for one, quote in zip(cells, quoted, strict=True)))
    if choose.random() < 0.1:
        lines = [f"{line}{delimiter}" for line in lines]
    if choose.random() < 0.2:
        at = choose.randrange(len(lines))
        lines.insert(at, choose.choice(("", "# note", lines[0], delimiter, '"open', f'a"b{delimiter}1', "1", "\x1f")))
    if choose.random() < 0.2:
        at = choose.randrange(len(lines))
        lines[at] = delimiter.join([f'"{choose.choice(ODD)}"', *lines[at].split(delimiter)[1:]])
    end = choose.choice(("\n", "\n", "\r\n", "\r"))
    text = end.join(lines) + choose.choice((end, "", " ", end + end))
    given = {}
    if choose.random() < 0.3:
        given["header"] = choose.random() < 0.9
    if decimal == ",":
        given["decimal"] = ","
    if choose.random() < 0.1:
        given["thousands"] = "," if decimal == "." else "."
    if choose.random() < 0.1:
        given["comment"] = "#"
    return text, choose.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252")), given


def what_is_read(path, given):
    """All of a table that anybody sees, or the error."""
    try:
        table = read_table(Source(path), TableSettings(reading=given))
    except DataError as error:
        return str(error)
    texts = [table.texts(at) for at in range(len(table.columns))]
    return [table.names, table.lines.tolist(), table.notes, table.has_names, *map(seen, [*table.columns, *texts])]


def seen(column):
    missing = None if column.missing is None else column.missing.tolist()
    return column.name, column.kind, column.words, column.values.dtype.str, column.values.tobytes(), missing


def test_tables_of_every_kind_are_the_same(tmp_path, monkeypatch):
    read, refused = 0, 0
    for case in range(CASES):
        choose = random.Random(case)
        text, encoding, given = a_table(choose)
        path = tmp_path / f"{case}.csv"
        path.write_bytes(text.encode(encoding, "replace"))
        monkeypatch.setattr(cursor, "BLOCK", choose.choice((30, 1000, 2**19)))
        monkeypatch.setattr(pieces, "PIECE", choose.choice((30, 300, 1000, 2**21)))
        monkeypatch.setenv(tables.SWITCH, "on")
        compiled = what_is_read(path, given)
        monkeypatch.setenv(tables.SWITCH, "off")
        assert compiled == what_is_read(path, given), f"case {case}: {text[:500]!r} {given}"
        read, refused = read + isinstance(compiled, list), refused + isinstance(compiled, str)
    assert read > CASES / 3
    assert refused > CASES / 20


@settings(derandomize=True, deadline=None, max_examples=3 * CASES)
@given(st.binary(max_size=700))
def test_what_a_text_says_of_itself(text):
    for one in (text, text * 9, bytes(byte % 64 + 33 for byte in text)):
        expected = one.count(b"\n"), one.isascii() and b"\0" not in one, b'"' in one
        assert tables.facts(one) == expected


def test_lines_beyond_what_one_byte_counts():
    assert tables.facts(b"\n" * 100_003) == (100_003, True, False)


def test_a_library_that_was_not_built_anew_is_not_used(monkeypatch):
    monkeypatch.setattr(tables, "VERSION", tables.VERSION + 1)
    tables.library.cache_clear()
    assert not tables.is_used()
    monkeypatch.undo()
    tables.library.cache_clear()
    assert tables.is_used()


def test_it_is_what_reads_plain_tables(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{n / 7!r},{n},{'xyz'[n % 3]}\n" for n in range(3000)))
    blocks = []
    known = tables.read_block
    monkeypatch.setattr(tables, "read_block", lambda *asked: blocks.append(known(*asked)) or blocks[-1])
    monkeypatch.setattr(cursor, "BLOCK", 1000)
    monkeypatch.setattr(pieces, "PIECE", 1000)
    read_table(Source(path), TableSettings())
    assert len(blocks) > 10
    assert None not in blocks


@pytest.mark.parametrize("odd", ['"two\nlines",1,x', '"say ""no""",1,x', "", '"1,2,3\n4,5,6\n7",8,x', "é,1,x"])
def test_what_is_odd_in_any_piece_is_read_as_by_numpy(tmp_path, monkeypatch, odd):
    monkeypatch.setattr(cursor, "BLOCK", 300)
    monkeypatch.setattr(pieces, "PIECE", 300)
    path = tmp_path / "t.csv"
    for at in (0, 1, 13, 100, 398, 399):
        lines = [f"{n % 7},{n / 7!r},{'xyz'[n % 3]}" for n in range(400)]
        lines.insert(at, odd)
        path.write_text("\n".join(["a,b,c", *lines]), encoding="utf-8")
        monkeypatch.setenv(tables.SWITCH, "on")
        compiled = what_is_read(path, {})
        monkeypatch.setenv(tables.SWITCH, "off")
        assert compiled == what_is_read(path, {})


def words_of_near_slots(many, slots):
    """Words of eight letters that all belong into the first few slots, as one may write them who knows the hash."""
    letters = np.random.default_rng(0).integers(97, 123, (64 * many * 3, 8)).astype(np.uint8)
    hashed = np.full(len(letters), 8, np.uint64)
    for part in (letters.view("<u8")[:, 0], np.uint64(0)):
        hashed = (hashed ^ part) * np.uint64(0x9E3779B97F4A7C15)
        hashed ^= hashed >> np.uint64(29)
    hashed = hashed * np.uint64(0xC2B2AE3D27D4EB4F) >> np.uint64(32)
    chosen = letters[hashed % np.uint64(slots) < slots // 64][:many]
    assert len(chosen) == many
    return [bytes(word).decode() for word in chosen]


def test_words_that_were_made_to_have_one_hash_take_no_longer(tmp_path, monkeypatch):
    words = words_of_near_slots(4000, 8192)
    text = "".join(f"{word},{at}\n" for at, word in enumerate(words))
    read = compiled_reader(TextLayout("utf-8-sig", names=("a", "b")))
    assert read(text.encode(), (1,), [0], len(words)) is None
    path = tmp_path / "t.csv"
    path.write_text(text)
    declined = what_is_read(path, {"header": False})
    monkeypatch.setenv(tables.SWITCH, "off")
    assert declined == what_is_read(path, {"header": False})


@pytest.mark.slow
def test_tests_of_tables_pass_without_it():
    """Malformed files among them: what is expected of both is one table, or one message."""
    folder = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", "-m", "not slow", "datasets"],
        cwd=folder, env={**os.environ, tables.SWITCH: "off"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
