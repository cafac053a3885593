"""Many rows at once: the same numbers as float() to the bit, the same table as row by row, whatever is between them."""

from __future__ import annotations

import csv
import io
import math
import random
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.datasets.source import Source
from tui_nn.datasets.text import cursor, pieces
from tui_nn.datasets.text.cells import cells_in
from tui_nn.datasets.text.charset import charset_of
from tui_nn.datasets.text.decimals import decimals
from tui_nn.datasets.text.dialect import TextSettings, layout_of
from tui_nn.datasets.text.layout import TextLayout
from tui_nn.datasets.text.reading import Reading
from tui_nn.errors import DataError

LAYOUT = TextLayout("utf-8-sig", names=("a", "b"))


def read_at_once(texts):
    """What decimals() makes of these cells: None where it leaves one to float()."""
    cells = cells_in("".join(f"{text},x\n" for text in texts).encode(), LAYOUT)
    values, known = decimals(cells, [0])
    return [value if is_known else None for value, is_known in zip(values[:, 0], known[:, 0], strict=True)]


def bits(value):
    return struct.pack("<d", value)


def check_bits(texts, least):
    """All that are read at once are what float() gives; and at least this share is."""
    found = read_at_once(texts)
    wrong = [(text, value) for text, value in zip(texts, found, strict=True)
             if value is not None and bits(value) != bits(float(text))]  # fmt: skip
    assert wrong == []
    assert sum(value is not None for value in found) >= least * len(texts)


FORMS = ("{!r}", "{:.6f}", "{:+.3f}", "{:.18e}", "{:.10E}", "{:g}", "{:.0f}", "{:.12f}", "{:.17g}")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e4, 1e15])
def test_numbers_as_programs_write_them(form, size):
    choose = random.Random(f"{form} {size}")
    texts = [form.format(choose.gauss(0, size)) for _ in range(2000)]
    fitting = [text for text in texts if len(text.lower().split("e")[0].strip("+-").replace(".", "")) <= 19]
    # What has a positive power beyond its digits is float()'s.
    check_bits(fitting or ["1"], 0.9 if not {"e", "E"} & set("".join(fitting)) or size < 1e4 else 0)


def near_the_middle(choose):
    """The middle between two numbers of float64, or next to it, with as many digits as fit or more."""
    low = abs(choose.gauss(0, 10.0 ** choose.randint(-3, 15)))
    high = math.nextafter(low, math.inf)
    (low_top, low_bottom), (high_top, high_bottom) = low.as_integer_ratio(), high.as_integer_ratio()
    digits = choose.randint(10, 19)
    shift = max(0, digits - len(str(int(low))))
    middle = (low_top * high_bottom + high_top * low_bottom) * 10**shift // (2 * low_bottom * high_bottom)
    text = str(middle + choose.choice((0, 0, 1, -1))).rjust(shift + 1, "0")
    return f"{text[:-shift]}.{text[-shift:]}" if shift else text


def test_numbers_between_two_of_float64():
    choose = random.Random(3)
    check_bits([near_the_middle(choose) for _ in range(20_000)], 0.5)
    check_bits(["9007199254740993", "9007199254740991", "9007199254740995", "18014398509481985", "0.5"], 0.5)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.text("0123456789+-.eE", min_size=0, max_size=24), min_size=1, max_size=40))
def test_what_is_read_at_once_is_a_number(texts):
    for text, value in zip(texts, read_at_once(texts), strict=True):
        if value is not None:
            assert bits(value) == bits(float(text))


@pytest.mark.parametrize(
    "text", ["", "-", "+", ".", "-.", "1.2.3", "1e5", "1e", "e-05", "1.e.-5", "1e-.5", "--1", "1-", "nan", "inf",
             "0x10", "1_0", "1e-05x", "1,5", "\u0661", "12345678901234567890", "0." + "0" * 25 + "1", "1\0", "1e-99"],
)  # fmt: skip
def test_what_is_left_over(text):
    """Many of them or few, which are looked at in two ways."""
    for count in (1, 150):
        assert read_at_once([text.replace(",", ";")] * count + ["1.5"]) == [None] * count + [1.5]


def test_forms_that_are_taken():
    texts = ["0", "-0", "+1", "007", "1.", ".5", "-.5", "1234567890123456789", "00000000.5"]
    assert [bits(value) for value in read_at_once(texts)] == [bits(float(text)) for text in texts]
    assert read_at_once([" 1.5", "2 ", '"3.5"', '" 4 "']) == [1.5, 2, 3.5, 4]
    texts = ["1.5e-05", "1E-05", "1e+00", "-2.e-10", "+.5e-03"] * 40
    assert [bits(value) for value in read_at_once(texts)] == [bits(float(text)) for text in texts]


# Whole tables


@pytest.fixture(params=[40, 1000])
def small_blocks(monkeypatch, request):
    monkeypatch.setattr(cursor, "BLOCK", request.param)
    monkeypatch.setattr(pieces, "PIECE", request.param)


def readings(path, **given):
    """The table many rows at once, None where that is declined, and row by row."""
    source = Source(path)
    charset = charset_of(source)
    layout = layout_of(source, charset, TextSettings(**given))
    at_once, one_by_one = (Reading(source, layout, charset, (), {len(layout.names) - 1}) for _ in range(2))
    declined = not at_once.quick()
    one_by_one.strict()
    return None if declined else at_once, one_by_one


def same(one, other):
    assert one.lines.tolist() == other.lines.tolist()
    for mine, theirs in zip(one.columns(), other.columns(), strict=True):
        assert (mine.name, mine.kind, mine.words) == (theirs.name, theirs.kind, theirs.words)
        assert mine.values.dtype == theirs.values.dtype
        assert mine.values.tobytes() == theirs.values.tobytes()
        assert (mine.missing is None) == (theirs.missing is None)
        assert mine.missing is None or mine.missing.tolist() == theirs.missing.tolist()


ROWS = [f"{n},{n / 7!r},{'xyz'[n % 3]}" for n in range(300)]
TABLES = {
    "plain": "\n".join(ROWS) + "\n",
    "without an end": "\n".join(ROWS),
    "ends of Windows": "\r\n".join(ROWS) + "\r\n",
    "an empty line": "\n".join([*ROWS[:50], "", *ROWS[50:], "", ""]),
    "names in quotes": '"a","b","kind"\n' + "\n".join(ROWS),
    "words in quotes": "\n".join(f'{n},"{n / 3!r}","w {n % 5}, {n % 2}"' for n in range(300)),
    "a cell of two lines": "\n".join([*ROWS[:50], '1,2,"x\ny"', *ROWS[50:], '3,"4\n",x', *ROWS[:9]]),
    "a quote within": "\n".join([*ROWS[:50], '1,2,"x""y"', *ROWS[50:], '1,2,5"', '3,4,x"y"']),
    "gaps": "\n".join([*ROWS, "NA,,x", "?,-,", *ROWS, "none,nan,NA"]),
    "blanks": "\n".join(f" {n} ,  {n / 8!r},      {'x y'[n % 3]}   " for n in range(300)),
    "semicolons and commas": "\n".join(f"{n};{n / 8!r};{n % 3}".replace(".", ",") for n in range(300)),
    "thousands": "\n".join(f"{n * 1001:,};{n};x".replace(",", ".") + ",5;1" for n in range(1, 300)),
    "a comma at the end": "\n".join(f"{row}," for row in ROWS),
    "comments": "# made by hand\n" + "\n".join([*ROWS[:50], "# half", *ROWS[50:]]),
    "sep": "sep=;\n" + "\n".join(row.replace(",", ";") for row in ROWS),
    "large whole numbers": "\n".join(f"{2**60 + n},{n},{2**55 + n}" for n in range(300)),
    "texts from the middle on": "\n".join([*ROWS, *(f"{n},w{n},x" for n in range(50)), *ROWS]),
    "numbers of every kind": "\n".join(f"{n}e{n % 9 - 4},+{n}.,{n / 3:.18e}" for n in range(300)),
    "long words": "\n".join(f"{n},{'ab' * (n % 14)},{'é' * (n % 9)}{n % 2}" for n in range(300)),
    "separators of ASCII": "\n".join(f"{n}.\x1f,\x1c{n},x" for n in range(300)),
    "one of every word": "\n".join(f"{n},{n},name {n}" for n in range(1200)),
    "more answers than classes": "\n".join(f"{n % 7},{n},{n / 64!r}" for n in range(1200)),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("name", TABLES)
def test_both_ways_are_the_same_table(tmp_path, name):
    (tmp_path / "t.csv").write_text(TABLES[name], encoding="utf-8", newline="")
    at_once, one_by_one = readings(tmp_path / "t.csv")
    assert at_once is not None
    same(at_once, one_by_one)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_and_in_every_encoding(tmp_path, encoding):
    text = "".join(f"{n},{n / 7!r},{('süß', 'herb')[n % 2]}\n" for n in range(300))
    (tmp_path / "t.csv").write_bytes(("größe,b,art\n" + text).encode(encoding))
    at_once, one_by_one = readings(tmp_path / "t.csv")
    same(at_once, one_by_one)
    assert at_once.columns()[2].words == ("süß", "herb")


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("odd", ["1,2", "1,2,3,4", '1,"2,x', '1,"2"3,x', "   "])
def test_a_row_that_is_wrong_is_told_by_the_reader_of_rows(tmp_path, odd):
    path = tmp_path / "t.csv"
    path.write_text("\n".join([*ROWS[:120], odd, *ROWS[120:]]))
    source = Source(path)
    charset = charset_of(source)
    reading = Reading(source, layout_of(source, charset, TextSettings()), charset, ())
    with pytest.raises(DataError, match=r"t\.csv:121:"):
        reading.read()


@pytest.mark.usefixtures("small_blocks")
def test_behind_the_last_mark_of_a_row_there_is_not_even_a_blank(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{row}," for row in ROWS * 5]  # more than the layout is found by
    path.write_text("\n".join([*rows[:1200], "1,2,x, ", *rows[1200:]]))
    source = Source(path)
    charset = charset_of(source)
    reading = Reading(source, layout_of(source, charset, TextSettings()), charset, ())
    with pytest.raises(DataError, match=r"t\.csv:1201:"):
        reading.read()


marks = st.sampled_from(
    ["1", "-2.5", "3e-07", "", " 4", "x", '"5"', '"a,b"', '"a\nb"', '"', "NA", "\n", "\r\n", "\r", "é", "5.\x1f",
     "0.1234567890123", "7" * 19, "12 ", "'q'", "#"]
)  # fmt: skip


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(st.lists(marks, min_size=2, max_size=3), min_size=1, max_size=12), st.sampled_from([8, 30, 2**18]))
def test_whatever_is_read_at_once_is_read_so_row_by_row(tmp_path_factory, rows, size):
    path = tmp_path_factory.mktemp("rows") / "t.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cursor, "BLOCK", size)
        patch.setattr(pieces, "PIECE", size)
        try:
            at_once, one_by_one = readings(path, header=False, delimiter=",")
        except DataError:
            return
        if at_once is not None:
            same(at_once, one_by_one)


@pytest.mark.parametrize("skipped", [0, 1, 3])
@pytest.mark.parametrize("last", ["", "\n", "\n\n", "\n1"])
@pytest.mark.parametrize("size", [25, 64, 1000])
def test_pieces_have_every_line_once(tmp_path, monkeypatch, skipped, last, size):
    monkeypatch.setattr(pieces, "PIECE", size)
    monkeypatch.setattr(pieces, "is_compiled", lambda: True)
    choose = random.Random(f"{skipped}{last}{size}")
    for case in range(20):
        path = tmp_path / f"{case}.csv"
        lines = ["x" * choose.randint(0, 11) for _ in range(choose.randint(5, 200))]
        path.write_text("\n".join(lines) + last, newline="")
        text = path.read_bytes()
        found = pieces.pieces_of(Source(path))
        assert found.size == len(text)
        assert sum(found.ends) == text.count(b"\n")
        begins = sum(len(line) + 1 for line in lines[:skipped]) - 1
        read = []
        for first, end, count in found.lines(skipped):
            if count:
                start, block = pieces.lines_behind(Source(path), first or begins, end)
                assert text[start : start + len(block)] == block
                assert len(bytes(block).splitlines()) == count
                read.append(bytes(block))
        assert b"".join(read) == text[begins + 1 :]


@pytest.mark.parametrize("text", ["a,é\n1,2\n", "a,b\r1,2\r", "a,b\n1,\0\n", "\ufeffa,b\n1,2\n", "a" * 300 + "\n1", ""])
def test_texts_that_have_no_pieces(tmp_path, monkeypatch, text):
    monkeypatch.setattr(pieces, "PIECE", 100)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8", newline="")
    assert pieces.pieces_of(Source(tmp_path / "t.csv")) is None


def test_most_tables_of_the_world_are_read_at_once(tmp_path):
    """As the csv module, pandas, numpy and R write them."""
    text = io.StringIO()
    csv.writer(text).writerows([["a", "b"], *([n / 3, "x, y"] for n in range(50))])
    numbers = io.StringIO()
    np.savetxt(numbers, np.random.default_rng(0).normal(size=(50, 3)), delimiter=",")
    quoted = '"","a","kind"\n' + "".join(f'"{n}",{n / 3:.5g},"x"\n' for n in range(1, 50))
    for content in (text.getvalue(), numbers.getvalue(), quoted):
        path = tmp_path / "t.csv"
        path.write_text(content, newline="")
        source = Source(path)
        charset = charset_of(source)
        layout = layout_of(source, charset, TextSettings())
        body = content.split("\n", layout.header)[-1]
        assert cells_in(body.encode(), layout) is not None


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("names", ["a,b,kind", "x0,7,x", "kind,,y"])
def test_a_header_among_the_rows_is_found_in_every_block(tmp_path, names):
    path = tmp_path / "t.csv"
    path.write_text("\n".join([names, *ROWS[:120], names, *ROWS[120:]]))
    source = Source(path)
    charset = charset_of(source)
    layout = layout_of(source, charset, TextSettings(header=True))
    with pytest.raises(DataError, match=r"t\.csv:122:1: repeats the header of line 1"):
        Reading(source, layout, charset, ()).read()
