"""What the world exports: each file is read right, or refused in one clear message; none is misread in silence."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from tui_nn.datasets import load_path
from tui_nn.datasets.choice import TableSettings
from tui_nn.errors import LONGEST_LINE, DataError
from tui_nn.training.for_data import experiment_for

ROWS = [f"{n},{n % 7}.5,{('red', 'green', 'blue')[n % 3]}" for n in range(1, 61)]
HEAD = "a,b,kind"


def table(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def cells(column: list[str], head: str = "a,w,kind") -> bytes:
    """A table whose second column holds these, one after another."""
    return table(*(f"{n},{column[n % len(column)]},{'xy'[n % 2]}" for n in range(40)), head=head)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def tarred(content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("t.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def npy(array, **options) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


SOUND = table(*ROWS)
ARFF = "@relation r\n@attribute a numeric\n@attribute w numeric\n@attribute kind {x,y}\n@data\n"
# What went wrong -> the file's name, what is in it, where that is, and what is said.
REFUSED: dict[str, tuple[str, bytes, str, str]] = {
    "a page to log in": ("t.csv", b"<!DOCTYPE html>\n<html><body>Log in, please</body></html>", "1:1", "is HTML"),
    "a page with its mark": ("t.csv", b"\xef\xbb\xbf\n  <table><tr><td>1</td></tr></table>", "1:1", "is HTML"),
    "XML": ("t.csv", b'<?xml version="1.0"?>\n<rows><row a="1"/></rows>', "1:1", "is XML"),
    "JSON": ("t.csv", b'[{"a": 1, "b": 2}, {"a": 3, "b": 4}]', "1:1", "is JSON"),
    "lines of JSON": ("t.txt", b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n', "1:1", "is JSON"),
    "a workbook": ("t.csv", zipped(xl__workbook=b"x", xl__sheet=b"y"), "1:1", "is a workbook of Excel"),
    "an old workbook": ("t.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "1:1", "is an old workbook"),
    "a ZIP archive": ("t.csv", zipped(t=SOUND), "1:1", "is a ZIP archive"),
    "arrays": ("t.csv", zipped(**{"x.npy": npy(np.eye(2))}), "1:1", "call it .npz"),
    "a tar archive": ("t.csv.gz", gzip.compress(tarred(SOUND)), "1:1", "is a tar archive"),
    "gzip in gzip": ("t.csv.gz", gzip.compress(gzip.compress(SOUND)), "1:1", "compressed by gzip a second time"),
    "bzip2": ("t.csv", b"BZh91AY&SY\0\0\0\0", "1:1", "is compressed by bzip2"),
    "a database": ("t.csv", b"SQLite format 3\0" + bytes(100), "1:1", "is a database of SQLite"),
    "a PDF": ("t.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "1:1", "is a PDF"),
    "a pickle": ("t.csv", pickle.dumps({"a": 1}), "1:1", "is a pickle, which is never read"),
    "a pointer": ("t.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\n", "1:1", "pointer of Git LFS"),
    "ARFF": ("t.csv", ARFF.encode() + b"1,2,x\n", "1:1", "call it .arff"),
    "gzip that was cut off": ("t.csv.gz", gzip.compress(SOUND)[:-20], "", "cannot be unpacked"),
    "gzip with dirt behind": ("t.csv.gz", gzip.compress(SOUND) + b"dirt", "", "cannot be unpacked"),
    "a quote in line 30": (
        "t.csv", table(*ROWS[:28], '29,1.5,"red', *ROWS[29:50], '51,2.5,red"', *ROWS[51:]), "30:3",
        "a quote is opened here and closed in line 52, beyond lines that look like rows",
    ),
    "a quote that another one ends": (
        "t.csv", table(*ROWS[:28], '29,1.5,"red', *ROWS[29:50], '51,2.5,"red"', *ROWS[51:]), "30:3",
        "a quote is opened here, and what follows its end in a later line is no cell",
    ),
    "two files joined": ("t.csv", table(*ROWS[:9], HEAD, *ROWS[9:]), "11:1", "repeats the header of line 1"),
    "joined, of texts alone": (
        "t.csv", table(*["x,y,z", "u,v,w"] * 9, HEAD, "x,y,w"), "20:1", "repeats the header of line 1",
    ),
    "joined, of numbered pixels": (
        "t.csv", table(*["7,1,2", "8,3,4"] * 9, "label,0,1", head="label,0,1"), "20:1", "repeats the header of line 1",
    ),
    "joined, each with its mark": (
        "t.csv", table(*["x,y,z", "u,v,w"] * 9, f"\ufeff{HEAD}", "x,y,w"), "20:1", "repeats the header of line 1",
    ),
    "years above names that come once": (
        "t.csv", table("France,1,2", "Spain,3,4", "Italy,5,7", head="country,2019,2020"), "1:1",
        '"country" may name its column, or be in the first row: set data.header',
    ),
    "a name for each row as the target": (
        "t.csv", table(*(f"{n},{n % 5},name{n}" for n in range(40))), "",
        "has 40 different texts in 40 rows, which are no classes. Name another with data.target: 'a', 'b'",
    ),
    "a line of units": ("t.csv", table("cm,kg,colour", *ROWS), "2:1", '"cm" is not a number'),
    "a sum at the end": (
        "t.csv", table("n,3,4", "s,5,7", "e,6,1", "w,7,9", "Total,21,21", head="region,sales,kind"), "6:1",
        'ends the table with "Total", with the sum or mean of column "sales": remove this line',
    ),
    "a mean at the end": (
        "t.csv", table("n,3.5,x", "s,5,y", "e,6.5,x", "w,8,y", "Mean:,5.75,", head="region,sales,kind"), "6:1",
        'ends the table with "Mean:"',
    ),
    "a sum without a word": (
        "t.csv", table("n,3,4", "s,5,7", "e,6,1", "w,7,9", ",21,21", head="region,sales,costs"), "6:2",
        "ends the table with the sum",
    ),
    "rows affected": ("t.csv", table(*ROWS, "(60 rows affected)"), "62:2", "has 1 cell; expected 3"),
    "units in cells": ("t.csv", cells(["12 kg", "13.5 kg", "11 kg"]), "2:2", 'is a number with the unit "kg"'),
    "not decades alone": ("t.csv", cells(["1990s", "1995s", "2000s"]), "2:2", 'is a number with the unit "s"'),
    "two units in cells": ("t.csv", cells(["12 kg", "300 g"]), "2:2", 'is a number with the unit "kg"'),
    "per cent": ("t.csv", cells(["12%", "13.5%", "99%", "5"]), "2:2", "a per cent sign"),
    "a currency": ("t.csv", cells(["$12", "$13.50", "-$4"]), "2:2", "is a number with a currency"),
    "a currency to predict": (
        "t.csv", table(*(f"{n},€{n * 7 % 40}.99" for n in range(40)), head="size,price"), "2:2", "with a currency",
    ),
    "millions": ("t.csv", cells(["€110.5M", "€90K"]), "2:2", "is a number with a currency"),
    "parentheses for minus": ("t.csv", cells(["(12)", "13", "(1.5)"]), "2:2", "stands in parentheses"),
    "the sign behind": ("t.csv", cells(["12-", "13", "1.5-"]), "2:2", "has its sign behind"),
    "a minus of typesetters": ("t.csv", cells(["−12", "13", "−1.5"]), "2:2", 'has a minus sign that is no "-"'),
    "formulas of spreadsheets": ("t.csv", cells(['="12"', '="13"']), "2:2", "is a formula of a spreadsheet"),
    "digits of another script": ("t.csv", cells(["١٢", "١٣"]), "2:2", "has digits of another script"),
    "base 16": ("t.csv", cells(["0x1F", "0xFF"]), "2:2", "is a number in base 16"),
    "blanks between thousands": ("t.csv", cells(["1 200", "13 400", "900"]), "2:2", 'set data.thousands = " "'),
    "apostrophes between thousands": ("t.csv", cells(["1'200", "13'400"]), "2:2", "set data.thousands = \"'\""),
    "two decimal marks in a column": (
        "t.csv", table(*(f"{n};{n},5;{'xy'[n % 2]}" if n % 2 else f"{n};{n}.5;x" for n in range(40)), head="a;w;kind"),
        "2:2", "is written another way than numbers with a decimal comma",
    ),
    "two decimal marks in two columns": (
        "t.csv", table(*(f"{n},25;{n}.5;{'xy'[n % 2]}" for n in range(40)), head="a;w;kind"), "2:2", "another way",
    ),
    "fewer names than cells": ("t.csv", table("1,2,3", "4,5,6", head="a,b"), "1:3", "names 2 columns"),
    "more names than cells": ("t.csv", table("1,2", "4,5", head="a,b,c"), "1:3", "the rows below have 2 cells"),
    "a title above": ("t.csv", table("a,b,kind", *ROWS, head="Report of May"), "1:2", "names 1 column"),
    "a name twice": ("t.csv", table(*ROWS, head="a,b,a"), "1:3", 'two columns are called "a"'),
    "NUL in a word": ("t.csv", table(*ROWS, "61,1,r\0ed"), "62:3", "byte 0x00"),
    "UTF-16 of Cyrillic": ("t.csv", "а,б\n1,да\n2,нет\n".encode("utf-16-le"), "1:2", "byte 0x00"),
    "sparse ARFF": ("t.arff", f"{ARFF}{{0 1.5, 2 y}}\n".encode(), "6:1", "is a row of sparse ARFF"),
    "a word that ARFF does not declare": ("t.arff", f"{ARFF}1,2,z\n".encode(), "6:3", '"z" is none of its declared'),
    "objects of numpy": ("t.npy", npy(np.array([[1, "x"]], object), allow_pickle=True), "", "holds pickled objects"),
    "infinite numbers of numpy": ("t.npy", npy(np.array([[1, 2], [np.inf, 4]])), "", "row 2: column 1 is inf"),
    "NaN of numpy": ("t.npy", npy(np.array([[1.5, 2], [np.nan, 4], [3, 2]])), "", 'row 2: column "column 1": is empty'),
    "numpy that was cut off": ("t.npy", npy(np.eye(9))[:-8], "", "declares 648 bytes"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_one_clear_message(tmp_path, name):
    called, content, place, message = REFUSED[name]
    path = tmp_path / called
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        load_path(path)
    first = str(error.value).splitlines()[0]
    assert first.startswith(f"{path}:{place}: " if place else str(path))
    assert message in first
    assert all(len(line) <= LONGEST_LINE for line in str(error.value).splitlines())


# A gap is filled by the experiment that is made for a file, which says so; all else stays refused.
FILLED = ("NaN of numpy",)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in REFUSED if name not in FILLED])
def test_no_experiment_is_made_for_it(tmp_path, name):
    called, content, _, message = REFUSED[name]
    (tmp_path / called).write_bytes(content)
    with pytest.raises(DataError) as error:
        experiment_for(str(tmp_path / called))
    assert message in str(error.value)


def test_there_are_more_than_thirty():
    assert len(REFUSED) > 30


# What is in it, its inputs' names, their numbers, and the answers
READ: dict[str, tuple[str, bytes, list[str], list[list[float]], list[str]]] = {
    "every end of a line": ("t.csv", b"a,kind\r\n1,x\n2,y\r3,x\r\n4,y", ["a"], [[1], [2], [3], [4]], list("xyxy")),
    "returns twice": ("t.csv", b"a,kind\r\r\n1,x\r\r\n2,y\r\r\n", ["a"], [[1], [2]], ["x", "y"]),
    "letters that end lines elsewhere": (
        "t.csv", "a,kind\n1,x\u2028y\n2,z\n3,v\x0bw\n".encode(), ["a"], [[1], [2], [3]], ["x\u2028y", "z", "v\x0bw"],
    ),
    "UTF-16 without a mark": ("t.csv", "a,kind\n1,x\n2,y\n".encode("utf-16-le"), ["a"], [[1], [2]], ["x", "y"]),
    "an array called .csv": ("t.csv", npy(np.array([[1.5, 0], [2.5, 1]])), ["column 1"], [[1.5], [2.5]], ["0", "1"]),
    "a column called #": (
        "t.csv", b"#,a,kind\n7,1,x\n9,2,y\n8,3,x\n", ["column 1", "a"], [[7, 1], [9, 2], [8, 3]], list("xyx"),
    ),
    "short lines in a quote": (
        "t.csv", b'a,kind\n1,"one, two\nthree\nfour\nfive"\n2,y\n', ["a"], [[1], [2]],
        ["one, two\nthree\nfour\nfive", "y"],
    ),
    "texts between apostrophes": ("t.csv", b"a,kind\n1,'x'\n2,'y'\n", ["a"], [[1], [2]], ["x", "y"]),
    "years above": (
        "t.csv", table(*["x,1,2,x", "y,3,4,y"] * 3, head="land,2019,2020,kind"), ["land=x", "land=y", "2019", "2020"],
        [[1, 0, 1, 2], [0, 1, 3, 4]] * 3, list("xyxyxy"),
    ),
    "counted names beside a text": (
        "t.csv", table(*["x,1,2", "y,3,4"] * 3, head="label,0,1"), ["0", "1"], [[1, 2], [3, 4]] * 3, list("xyxyxy"),
    ),
    "no names, and numbers that follow each other": (
        "t.csv", table(*["y,3,4"] * 2, "x,1,2", head="x,5,6"), ["column 1=x", "column 1=y", "column 2"],
        [[1, 0, 5], [0, 1, 3], [0, 1, 3], [1, 0, 1]], list("6442"),
    ),
    "apostrophes and returns": ("t.csv", b"'a','kind'\r'1','x'\r'2','y'\r", ["a"], [[1], [2]], ["x", "y"]),
    "a region called total": (
        "t.csv", table(*["n,3,x", "s,5,y"] * 3, "Total,9,x", head="region,sales,kind"),
        ["region=Total", "region=n", "region=s", "sales"],
        [[0, 1, 0, 3], [0, 0, 1, 5]] * 3 + [[1, 0, 0, 9]], list("xyxyxyx"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_it_is_read_right(tmp_path, name):
    called, content, features, x, answers = READ[name]
    (tmp_path / called).write_bytes(content)
    settings = TableSettings(inputs=features) if name == "a column called #" else TableSettings()
    data = load_path(tmp_path / called, settings=settings)
    assert list(data.features) == features
    assert data.x.tolist() == x
    assert [data.classes[label] for label in data.y] == answers


@pytest.mark.parametrize(
    ("keys", "column", "first"),
    [
        ({"reading": {"thousands": " "}}, ["1 200", "13\u00a0400", "900"], 1200),
        ({"reading": {"thousands": "'"}}, ["1'200", "13'400"], 1200),
        ({"categories": ["w"]}, ["12 kg", "13 kg"], 1),
    ],
)
def test_the_remedy_works(tmp_path, keys, column, first):
    (tmp_path / "t.csv").write_bytes(cells(column))
    data = load_path(tmp_path / "t.csv", settings=TableSettings(ignore=["a"], **keys))
    assert data.x[0, 0] == first


@pytest.mark.parametrize(
    "column",
    [["1 door", "2 doors"], ["A1", "B2", "3"], ["5-door", "3-door"], ["10-20", "20-30"], ["1.2.3", "1.2.4"],
     ["2", "4", "more"], ["1990s", "2000s"]],
)  # fmt: skip
def test_codes_and_words_with_digits_stay_categories(tmp_path, column):
    (tmp_path / "t.csv").write_bytes(cells(column))
    data = load_path(tmp_path / "t.csv", settings=TableSettings(ignore=["a"]))
    assert sorted(data.features) == sorted(f"w={word}" for word in column)


# What is kept, and said


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["Male", "male", "female"], "'w' has 'Male' and 'male': two values, which look the same"),
        (["caf\u00e9", "cafe\u0301", "tea"], "two values, which look the same"),
        (["red", "\ufeffred", "blue"], "two values, which look the same"),
        (["New  York", "New York", "Rome"], "two values, which look the same"),
        (["3.5", "4.5", "-999", "5.5"], "'w' is -999 in 10 rows, far from all others: is it missing there?"),
    ],
)
def test_what_looks_odd_is_said(tmp_path, column, said):
    (tmp_path / "t.csv").write_bytes(cells(column))
    remarks = load_path(tmp_path / "t.csv").choice.remarks
    assert any(said in remark for remark in remarks)


@pytest.mark.parametrize("column", [["3.5", "4.5", "-9", "5.5", "-8"], ["99", "98", "97"], ["red", "blue", "green"]])
def test_what_is_not_odd_is_not_said(tmp_path, column):
    (tmp_path / "t.csv").write_bytes(cells(column))
    assert not load_path(tmp_path / "t.csv").choice.remarks


@pytest.mark.parametrize("word", [".", "#N/A", "\\N", "<NA>", "n.a.", "--"])
def test_words_of_other_programs_for_a_missing_number(tmp_path, word):
    (tmp_path / "t.csv").write_bytes(cells(["1.5", word, "2.5", word]))
    data = load_path(tmp_path / "t.csv", settings=TableSettings(ignore=["a"], missing="mean"))
    assert np.isnan(data.x[:, 0]).tolist() == [False, True] * 20


def test_numbers_that_begin_with_0_are_said(tmp_path):
    (tmp_path / "t.csv").write_bytes(cells(["01234", "98765"]))
    notes = load_path(tmp_path / "t.csv").table.notes
    assert notes == ('some numbers of "w" begin with 0: if they are codes, set data.categories = ["w"]',)


def test_numbers_beyond_64_bits_are_said_to_lose_digits(tmp_path):
    (tmp_path / "t.csv").write_bytes(cells([f"{2**70 + n}" for n in range(3)]))
    assert any("of which float64 tells 1 apart" in one for one in load_path(tmp_path / "t.csv").choice.remarks)


# zstd: what its library reads without a word


def test_zstd_that_was_cut_off_is_refused_and_frames_are_joined(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    compress = zstandard.ZstdCompressor(write_checksum=True).compress
    path = tmp_path / "t.csv.zst"
    half = SOUND.index(b"\n30,") + 1
    path.write_bytes(compress(SOUND[:half]) + struct.pack("<II", 0x184D2A53, 3) + b"abc" + compress(SOUND[half:]))
    assert len(load_path(path).x) == 60
    large = compress(np.random.default_rng(0).bytes(400_000).hex().encode())
    for content in (large[:-1], large[:-4], large[:100_000], compress(SOUND)[:-4], compress(SOUND)[:9]):
        path.write_bytes(content)
        with pytest.raises(DataError, match="cannot be unpacked: it ends within a frame"):
            load_path(path)
    path.write_bytes(compress(SOUND) + b"dirt")
    with pytest.raises(DataError, match="cannot be unpacked: what follows a frame is not another frame"):
        load_path(path)


# Parquet


def test_parquet_of_every_type(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path, rows = tmp_path / "t.parquet", 4

    def read(**columns):
        parquet.write_table(pyarrow.table({**columns, "kind": ["x", "y", "x", "y"]}), path)
        return load_path(path, settings=TableSettings(dates="parts"))

    stamps = pyarrow.array([1_600_000_000_123_456_789 + n for n in range(rows)], pyarrow.timestamp("ns", "UTC"))
    data = read(
        when=stamps, nothing=pyarrow.nulls(rows), half=pyarrow.array(np.arange(rows, dtype=np.float16)),
        code=pyarrow.array(["u", "v", "u", "v"]).dictionary_encode(), __index_level_0__=[4, 5, 6, 7],
    )  # fmt: skip
    assert data.features[:4] == ("when.year", "when.month", "when.day", "when.weekday")
    assert data.x[0, :4].tolist() == [2020, 9, 13, 7]
    assert "half" in data.features
    assert "code=u" in data.features
    assert "nothing (empty), __index_level_0__ (counts the rows)" in data.description
    for odd in (pyarrow.array([1, 2, 3, 4], pyarrow.time32("s")), pyarrow.array([[1]] * 4), pyarrow.array([b"x"] * 4)):
        with pytest.raises(DataError, match="column 'odd' is of type"):
            read(odd=odd)
    content = path.read_bytes()
    for damaged in (content[: len(content) // 2], content[:4] + bytes(len(content) - 8) + content[-4:]):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="not a readable Parquet file"):
            load_path(path)
    read(a=[1, 2, 3, 4])
    (tmp_path / "t.csv").write_bytes(path.read_bytes())
    assert load_path(tmp_path / "t.csv").x.ravel().tolist() == [1, 2, 3, 4]


# Pictures


def picture(path, pixels, **options):
    image = pytest.importorskip("PIL.Image")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.fromarray(np.asarray(pixels)).save(path, **options)


def test_pictures_are_read_as_they_are_seen(tmp_path):
    ramp = np.array([[0, 1000, 65535]], np.uint16)
    clear = np.zeros((1, 3, 4), np.uint8)
    clear[0, 0, 3] = 255  # black where it is not clear
    picture(tmp_path / "deep" / "1.png", ramp)
    picture(tmp_path / "drawn" / "1.png", clear)
    (tmp_path / "deep" / "._1.png").write_bytes(b"what a Mac leaves behind")
    (tmp_path / "__MACOSX").mkdir()
    data = load_path(tmp_path)
    assert data.classes == ("deep", "drawn")
    assert data.x.tolist() == [[0, 4, 255], [0, 255, 255]]


def test_a_turned_picture_is_read_upright(tmp_path):
    image = pytest.importorskip("PIL.Image")
    exif = image.Exif()
    exif[0x0112] = 6  # a quarter to the right
    for name in ("a", "b"):
        picture(tmp_path / name / "1.png", np.array([[0, 100, 200]], np.uint8), exif=exif)
    data = load_path(tmp_path)
    assert (data.picture, data.x[0].tolist()) == ((3, 1), [0, 100, 200])


def test_folders_of_pictures_that_are_not_all_read(tmp_path):
    for name in ("cat", "dog"):
        picture(tmp_path / name / "1.png", np.zeros((2, 2), np.uint8))
    (tmp_path / "bird").mkdir()
    with pytest.raises(DataError, match="bird: there is no PNG or JPEG file in this class"):
        load_path(tmp_path)
    (tmp_path / "bird" / "1.webp").write_bytes(b"RIFF")
    with pytest.raises(DataError, match=r"1\.webp: expected PNG or JPEG; convert it"):
        load_path(tmp_path)
    (tmp_path / "bird" / "1.webp").rename(tmp_path / "bird" / "1.png")
    with pytest.raises(DataError, match=r"bird/1\.png: not a readable picture"):
        load_path(tmp_path)
    picture(tmp_path / "bird" / "1.png", np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8))
    content = (tmp_path / "bird" / "1.png").read_bytes()
    (tmp_path / "bird" / "1.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"bird/1\.png: not a readable picture"):
        load_path(tmp_path)


# Folders and archives


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["data_batch_1", "batches.meta"], "has CIFAR's pickled files, which are never read"),
        (["t.csv", "notes.md"], "found notes.md, t.csv. Name the file: "),
        ([], "found nothing."),
        (["train-images-idx3-ubyte"], "train-images-idx3-ubyte: starts with nothing"),
    ],
)
def test_a_folder_of_something_else(tmp_path, names, said):
    for name in names:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError) as error:
        load_path(tmp_path)
    assert said in str(error.value)


def test_an_archive_that_was_cut_off(tmp_path):
    np.savez(tmp_path / "d.npz", x=np.eye(4), y=np.arange(4))
    content = (tmp_path / "d.npz").read_bytes()
    for size in (len(content) - 1, len(content) // 2, 30):
        (tmp_path / "d.npz").write_bytes(content[:size])
        with pytest.raises(DataError, match=r"not a readable \.npz archive"):
            load_path(tmp_path / "d.npz")


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        ((2, 2, 2), (3,), "train has images of shape (2, 2, 2) and labels of shape (3,)"),
        ((2, 4), (2,), "expected (m, rows, columns) and (m,)"),
        ((2, 2, 3), (2,), "its header declares 12 bytes"),
    ],
)
def test_idx_of_sizes_that_do_not_fit(tmp_path, images, labels, said):
    for part in ("train", "t10k"):
        body = bytes(8 if len(images) == 3 else int(np.prod(images)))
        for name, shape, content in (("images-idx3", images, body), ("labels-idx1", labels, bytes(labels[0]))):
            head = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
            (tmp_path / f"{part}-{name}-ubyte").write_bytes(head + content)
    with pytest.raises(DataError) as error:
        load_path(tmp_path)
    assert said in str(error.value)
