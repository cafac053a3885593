"""python -m benchmarks.tables: tables as text read by tui-nn and by what people use, in turn, with the memory of each.

A library has a process of its own and does a round whenever it is its turn. The figures are medians of the rounds; the
ratio is of rounds beside each other. What memory counts is what reading added to the process, its libraries loaded.
Ours is without its cache of tables, but for the row that says so. `--case numbers` picks one, `--share 0.1` makes
smaller files, `--rounds 5`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.memory import peak

BLOCK = 10_000  # rows that are made together
OURS = "tui-nn"
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


def _tui_nn() -> Callable[[Path], Any]:
    from tui_nn.datasets.choice import TableSettings
    from tui_nn.datasets.from_path import read_table
    from tui_nn.datasets.source import Source

    return lambda path: read_table(Source(path), TableSettings())


def _tui_nn_inputs() -> Callable[[Path], Any]:
    from tui_nn.datasets import load_path

    return load_path


def _pandas() -> Callable[[Path], Any]:
    import pandas

    return pandas.read_csv


def _polars() -> Callable[[Path], Any]:
    import polars

    return polars.read_csv


def _pyarrow() -> Callable[[Path], Any]:
    from pyarrow import csv

    return csv.read_csv


# Name -> (the library that it needs, what gives a function that reads). Their defaults, with all threads they take.
READERS: dict[str, tuple[str, Callable[[], Callable[[Path], Any]]]] = {
    OURS: ("numpy", _tui_nn),
    KEPT: ("numpy", _tui_nn),
    "tui-nn, to inputs": ("numpy", _tui_nn_inputs),
    "pandas": ("pandas", _pandas),
    "polars": ("polars", _polars),
    "pyarrow": ("pyarrow", _pyarrow),
}


def work(name: str, file: Path) -> None:
    """Read the file whenever a line on stdin asks for it."""
    before = time.perf_counter()
    read = READERS[name][1]()
    loading = time.perf_counter() - before
    start = peak()
    for _ in sys.stdin:
        processor, wall = time.process_time(), time.perf_counter()
        table = read(file)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        size = sum(column.values.nbytes for column in table.columns) / 2**20 if name == OURS else 0
        del table
        figures = {"wall": wall, "processor": processor, "peak": peak() - start, "loading": loading, "size": size}
        print(json.dumps(figures), flush=True)


def measure(names: list[str], file: Path, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Rounds of all, one of each in turn; the first is not counted but for its memory."""
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
    for _ in range(rounds + 1):
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
        wall, processor = (statistics.median(one[key] for one in rounds[1:]) for key in ("wall", "processor"))
        memory = rounds[0]["peak"]
        pairs = [
            [theirs[key] / ours[key] for theirs, ours in zip(rounds[1:], taken[OURS][1:], strict=True)]
            for key in ("wall", "processor")
        ]
        line = (
            f"  {name:18} {wall:6.2f} s  processor {processor:6.2f} s  memory {memory:6,.0f} MiB {memory / size:5.2f} x"
        )
        if name != OURS:
            ratios = sorted(pairs[0])
            line += f"   takes {statistics.median(ratios):5.2f} x ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            line += f", processor {statistics.median(pairs[1]):5.2f} x"
        lines.append(f"{line}   loading {rounds[0]['loading']:.2f} s")
    return "\n".join(lines)


def main() -> None:
    """Make the files and print what each library takes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--case", action="append", choices=list(CASES))
    parser.add_argument("--share", type=float, default=1.0, help="of the rows")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    names = [name for name, (library, _) in READERS.items() if importlib.util.find_spec(library) is not None]
    with tempfile.TemporaryDirectory() as folder:
        for case in options.case or CASES:
            rows, lines = CASES[case]
            file = Path(folder) / f"{case}.csv"
            with file.open("w", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in lines(max(100, int(rows * options.share))))
            print(report(TITLES[case], measure(names, file, options.rounds)), flush=True)
            file.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
