"""python -m benchmarks.tables: tables as text read by tui-nn and by what people use, in turn, with the memory of each.

A library has a process of its own. In its turn it reads the file twice, and the second time counts: the first pays for
memory that whoever was before it had and the system took back. The figures are medians of the turns; the ratio is of
turns beside each other. What memory counts is what reading added to the process, its libraries loaded.
Ours is without its cache of tables, but for the row that says so. Of 17 digits it is counted, too, how many numbers are
not those of Python's float(). pandas is needed, polars and pyarrow are not. `--case numbers` picks one, `--share 0.1`
makes smaller files, `--rounds 5` takes more turns. With two it takes one and a half minutes on two quiet processors.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import program
from benchmarks.memory import peak

BLOCK = 10_000  # rows that are made together
MADE = 0.1  # of the rows are made; then they come again
CHECKED = 10_000  # rows whose numbers are compared with those of float()
OURS = "tui-nn"
INPUTS = "tui-nn, to inputs"
EXACT = "pandas, exact"
KEPT = "tui-nn, again"  # the file is known: what the cache of tables has is read
WORDS = (
    ("red", "green", "blue", "yellow"),
    ("female", "male"),
    tuple(f"city {number}" for number in range(60)),
    ("low", "middle", "high", "very high"),
    ("rose", "lily", "tulip"),
)


def _numbers(rows: int, form: Callable[[float], str]) -> Iterator[str]:
    """20 columns: 19 numbers, and a class."""
    random = np.random.default_rng(0)
    yield ",".join([*(f"x{column}" for column in range(19)), "class"])
    for start in range(0, rows, BLOCK):
        many = min(BLOCK, rows - start)
        for numbers, label in zip(random.normal(size=(many, 19)).tolist(), random.integers(0, 3, many), strict=True):
            yield ",".join([*map(form, numbers), str(label)])


def _categories(rows: int) -> Iterator[str]:
    """20 columns: 15 numbers and 5 of words."""
    random = np.random.default_rng(0)
    yield ",".join([*(f"x{column}" for column in range(15)), *(f"c{column}" for column in range(5))])
    for start in range(0, rows, BLOCK):
        many = min(BLOCK, rows - start)
        words = zip(*(random.choice(known, many).tolist() for known in WORDS), strict=True)
        for numbers, texts in zip(random.normal(size=(many, 15)).tolist(), words, strict=True):
            yield ",".join([*map("{:.6f}".format, numbers), *texts])


def _pixels(rows: int) -> Iterator[str]:
    """785 columns: a class and the pixels of a digit, four fifths of them black."""
    random = np.random.default_rng(0)
    yield ",".join(["label", *(f"pixel{column}" for column in range(784))])
    for start in range(0, rows, BLOCK // 10):
        many = min(BLOCK // 10, rows - start)
        pixels = random.integers(0, 256, (many, 784)) * (random.random((many, 784)) < 0.2)
        for shown, label in zip(pixels.tolist(), random.integers(0, 10, many), strict=True):
            yield ",".join(map(str, [label, *shown]))


CASES: dict[str, tuple[int, Callable[[int], Iterator[str]]]] = {
    "numbers": (1_000_000, lambda rows: _numbers(rows, "{:.6f}".format)),
    "digits": (1_000_000, lambda rows: _numbers(rows, repr)),
    "categories": (1_000_000, _categories),
    "pixels": (60_000, _pixels),
}
TITLES = {
    "numbers": "1M x 20 numbers of 7 digits",
    "digits": "1M x 20 numbers of 17 digits",
    "categories": "1M x 20, five columns of words",
    "pixels": "60,000 x 785 pixels",
}


Read = Callable[[Path], Any]
Numbers = Callable[[Any, int], Any]  # of a table the column of this place, as an array


def _tui_nn() -> Read:
    from tui_nn.datasets.choice import TableSettings
    from tui_nn.datasets.from_path import read_table
    from tui_nn.datasets.source import Source

    return lambda path: read_table(Source(path), TableSettings())


def _tui_nn_inputs() -> Read:
    from tui_nn.datasets import load_path

    return load_path


def _pandas() -> Read:
    import pandas

    return pandas.read_csv


def _pandas_exact() -> Read:
    import pandas

    return partial(pandas.read_csv, float_precision="round_trip")


def _polars() -> Read:
    import polars

    return polars.read_csv


def _pyarrow() -> Read:
    from pyarrow import csv

    return csv.read_csv


# Name -> (the library that it needs, what gives a function that reads, and one that gives a column; None where there is
# no table). Their defaults, with all threads they take.
READERS: dict[str, tuple[str, Callable[[], Read], Numbers | None]] = {
    OURS: ("numpy", _tui_nn, lambda table, at: table.columns[at].values),
    KEPT: ("numpy", _tui_nn, lambda table, at: table.columns[at].values),
    INPUTS: ("numpy", _tui_nn_inputs, None),
    "pandas": ("pandas", _pandas, lambda table, at: table.iloc[:, at].to_numpy()),
    EXACT: ("pandas", _pandas_exact, lambda table, at: table.iloc[:, at].to_numpy()),
    "polars": ("polars", _polars, lambda table, at: table[:, at].to_numpy()),
    "pyarrow": ("pyarrow", _pyarrow, lambda table, at: table.column(at).to_numpy()),
}


def is_there(name: str) -> bool:
    """Whether the library is, and reads so: since its third version pandas rounds as float() does, unasked."""
    library = READERS[name][0]
    if importlib.util.find_spec(library) is None:
        return False
    return name != EXACT or int(version(library).split(".")[0]) < 3


def inexact(table: Any, numbers: Numbers, file: Path) -> str:
    """How many numbers of the first rows are not those that float() makes of them."""
    with file.open(encoding="utf-8") as lines:
        next(lines)
        rows = [[float(cell) for cell in line.split(",")[:19]] for line in itertools.islice(lines, CHECKED)]
    wanted = np.array(rows).T
    wrong = sum(int((numbers(table, at)[: len(rows)] != one).sum()) for at, one in enumerate(wanted))
    return f"{wrong:,} of {wanted.size:,} numbers are not those of float()"


def work(name: str, file: Path) -> None:
    """Read the file whenever a line on stdin asks for it."""
    before = time.perf_counter()
    _, loaded, numbers = READERS[name]
    read = loaded()
    loading = time.perf_counter() - before
    start = peak()
    facts: dict[str, Any] = {}
    for _ in sys.stdin:
        table = read(file)
        if not facts:
            facts = {"peak": peak() - start, "loading": loading, "said": ""}
            if name == OURS:
                facts["size"] = sum(column.values.nbytes for column in table.columns) / 2**20
            if numbers is not None and file.stem == "digits":
                facts["said"] = inexact(table, numbers, file)
        del table
        processor, wall = time.process_time(), time.perf_counter()
        table = read(file)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        del table
        print(json.dumps({"wall": wall, "processor": processor, **facts}), flush=True)


def make(file: Path, lines: Iterator[str]) -> None:
    """Write the lines, and all but the first again and again; they are not held, for a child inherits the peak."""
    with file.open("wb+") as out:
        out.write(f"{next(lines)}\n".encode())
        start = out.tell()
        out.writelines(f"{line}\n".encode() for line in lines)
        size = out.tell() - start
        for copy in range(1, round(1 / MADE)):
            for first in range(0, size, 2**20):
                out.seek(start + first)
                block = out.read(min(2**20, size - first))
                out.seek(start + copy * size + first)
                out.write(block)


def measure(names: list[str], file: Path, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Rounds of all, one of each in turn."""
    command = [sys.executable, "-m", "benchmarks.tables", "work"]
    caches = {"TUI_NN_CACHE": str(file.parent / "cache"), "TUI_NN_TABLE_CACHE": "off"}
    workers = {
        name: subprocess.Popen(
            [*command, name, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **caches, **({"TUI_NN_TABLE_CACHE": "on"} if name == KEPT else {})},
        )
        for name in names
    }  # fmt: skip
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, worker in workers.items():
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
            taken[name].append(json.loads(worker.stdout.readline()))
    for worker in workers.values():
        worker.communicate()
    return taken


def report(title: str, taken: dict[str, list[dict[str, float]]]) -> str:
    """A paragraph: seconds, processor time, memory, and how many times as long as tui-nn each takes."""
    size = taken[OURS][0]["size"]
    lines = [f"{title}; the table holds {size:,.0f} MiB"]
    for name, rounds in taken.items():
        wall, processor = (statistics.median(one[key] for one in rounds) for key in ("wall", "processor"))
        memory = rounds[0]["peak"]
        pairs = [
            [theirs[key] / ours[key] for theirs, ours in zip(rounds, taken[OURS], strict=True)]
            for key in ("wall", "processor")
        ]
        line = (
            f"  {name:18} {wall:6.2f} s  processor {processor:6.2f} s  memory {memory:6,.0f} MiB {memory / size:5.2f} x"
        )
        if name != OURS:
            ratios = sorted(pairs[0])
            line += f"   takes {statistics.median(ratios):5.2f} x ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            line += f", processor {statistics.median(pairs[1]):5.2f} x"
        lines.append(f"{line}   loading {rounds[0]['loading']:.2f} s {rounds[0]['said']}".rstrip())
    return "\n".join(lines)


def main() -> None:
    """Make the files and print what each library takes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--case", action="append", choices=list(CASES))
    parser.add_argument("--share", type=float, default=1.0, help="of the rows")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    names = [name for name in READERS if is_there(name)]
    with tempfile.TemporaryDirectory() as folder:
        for case in options.case or CASES:
            rows, lines = CASES[case]
            file = Path(folder) / f"{case}.csv"
            make(file, lines(max(100, int(MADE * rows * options.share))))
            print(report(TITLES[case], measure(names, file, options.rounds)), flush=True)
            file.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2], Path(sys.argv[3]))
    else:
        program.run(main)
