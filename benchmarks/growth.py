"""python -m benchmarks.growth: what a row costs as the data, the width and the depth grow; one thread.

Rows lie in a file that is mapped into memory, as `tui-nn train` has them of an archive. `--out FILE` keeps the
figures as JSON, `--draw FILE SVG` makes the picture of them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from math import log10
from pathlib import Path
from typing import Any

INPUTS, BATCH = 20, 128
ROWS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
WIDTHS = (16, 32, 64, 128, 256, 512, 1024, 2048)
DEPTHS = (1, 2, 4, 8, 16, 30)
LEAST = 0.3  # seconds of a round
NAMES = {"numpy": None, "fast": "fast"}
Point = tuple[float, float]


def mapped(folder: Path, rows: int) -> Any:
    """So many rows in a file, (rows, INPUTS) float32, and their labels."""
    import numpy as np

    path, random = folder / f"{rows}.npy", np.random.default_rng(0)
    block = random.random((min(rows, 100_000), INPUTS), np.float32)
    x = np.lib.format.open_memmap(path, "w+", np.float32, (rows, INPUTS))
    for start in range(0, rows, len(block)):
        x[start : start + len(block)] = block[: rows - start]
    x.flush()
    return np.load(path, mmap_mode="r"), random.integers(0, 2, rows)


def training(x: Any, y: Any, hidden: list[int], accelerator: str | None) -> Callable[[int], int]:
    """Gives a function that learns a number of rows of the next epochs, and says how many it learnt."""
    import numpy as np

    from tui_nn.engine.batches import Batches, TrainingSet
    from tui_nn.engine.data import Part
    from tui_nn.engine.network import Network
    from tui_nn.engine.penalty import Penalty
    from tui_nn.engine.random import stream
    from tui_nn.engine.stepper import Stepper
    from tui_nn.plugin.registry import load_registry

    registry = load_registry()
    sizes = [*((units, "relu") for units in hidden), (2, "softmax")]
    layers = [registry.create("layer", {"kind": "dense", "units": units, "activation": name}) for units, name in sizes]
    network = Network(x.shape[1], layers)
    network.initialize(registry.get("initializer", "he_normal"), 0)
    compiled = registry.get("accelerator", accelerator) if accelerator else None
    stepper = Stepper(
        network, registry.get("loss", "softmax_cross_entropy"), registry.create("optimizer", "adam"), BATCH, Penalty(),
        compiled,
    )  # fmt: skip
    batches = Batches(TrainingSet(Part(x, y), np.eye(2, dtype=np.float32)[y]), BATCH, np.float32)
    state = {"epoch": 0, "step": 0}

    def learn(rows: int) -> int:
        done = 0
        while done < rows:
            state["epoch"] += 1
            order = stream(0, "shuffle", state["epoch"]).permutation(len(x))
            for block in batches.blocks(order[: rows - done], 1 << 30, gathered=stepper.gathers):
                state["step"] += len(stepper.run(block, state["step"] + 1, lambda step: 1e-4))
            done += min(len(order), rows - done)
        return done

    return learn


def nanoseconds(learn: Callable[[int], int], rows: int) -> float:
    """Of a row: the median of three rounds of at least LEAST seconds each, order and all."""
    began = time.perf_counter()
    learn(min(rows, 4 * BATCH))  # page faults, caches
    pace = (time.perf_counter() - began) / min(rows, 4 * BATCH)
    count = max(rows, int(LEAST / pace))
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        done = learn(count)
        taken.append((time.perf_counter() - began) / done * 1e9)
    return statistics.median(taken)


def multiplications(hidden: list[int]) -> int:
    """Of a row, forward and back."""
    sizes = [INPUTS, *hidden, 2]
    products = [(inputs + 1) * units for inputs, units in pairwise(sizes)]
    return 3 * sum(products) - products[0]


def measure(most: int) -> dict[str, dict[str, list[Point]]]:
    """Nanoseconds of a row by rows; and of a multiply-add by width and by depth."""
    figures: dict[str, dict[str, list[Point]]] = {what: {name: [] for name in NAMES} for what in FRAMES}

    def add(what: str, name: str, at: int, value: float) -> None:
        figures[what][name].append((at, value))
        print(f"{what:6} {at:>10,} {name:6} {value:10.3f} ns", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        for rows in (each for each in ROWS if each <= most):
            x, y = mapped(Path(folder), rows)
            for name, accelerator in NAMES.items():
                add("rows", name, rows, nanoseconds(training(x, y, [32], accelerator), rows))
            del x
            (Path(folder) / f"{rows}.npy").unlink()
        x, y = mapped(Path(folder), 10_000)
        for what, shapes in (
            ("width", {units: [units, units] for units in WIDTHS}),
            ("depth", {layers: [64] * layers for layers in DEPTHS}),
        ):
            for at, hidden in shapes.items():
                for name, accelerator in NAMES.items():
                    cost = nanoseconds(training(x, y, hidden, accelerator), BATCH)
                    add(what, name, at, cost / multiplications(hidden))
    return figures


FRAMES = {
    "rows": ("rows of data, in a file", "ns a row", "20-32-2 relu, Adam, batches of 128"),
    "width": ("units of each of two hidden layers", "ns a multiply-add", "the same with two hidden layers"),
    "depth": ("hidden layers of 64 units", "ns a multiply-add", "the same, deeper"),
}
COLOURS = {"numpy": "#c05020", "fast": "#2060a0"}
WIDE, HIGH, LEFT, TOP = 300, 200, 55, 34


def drawn(figures: dict[str, dict[str, list[Point]]]) -> str:
    """Three frames side by side, both axes in powers; what a net is trained with in a colour and by its name."""
    parts = []
    for number, (what, (below, beside, above)) in enumerate(FRAMES.items()):
        lines = figures[what]
        values = [value for line in lines.values() for _, value in line]
        ats = [at for at, _ in lines["numpy"]]
        low, high = min(values) / 1.5, max(values) * 1.5
        x0 = number * (WIDE + LEFT + 20) + LEFT

        def x(at: float, x0: int = x0, ats: list[float] = ats) -> float:
            return x0 + 12 + (WIDE - 24) * log10(at / ats[0]) / log10(ats[-1] / ats[0])

        def y(value: float, low: float = low, high: float = high) -> float:
            return TOP + HIGH * (1 - log10(value / low) / log10(high / low))

        parts.append(f'<rect x="{x0}" y="{TOP}" width="{WIDE}" height="{HIGH}" fill="none" stroke="#888"/>')
        parts.append(f'<text x="{x0 + WIDE / 2}" y="{TOP - 10}" text-anchor="middle">{above}</text>')
        parts.append(f'<text x="{x0 + WIDE / 2}" y="{TOP + HIGH + 36}" text-anchor="middle">{below}</text>')
        middle = TOP + HIGH / 2
        parts.append(
            f'<text x="{x0 - 40}" y="{middle}" text-anchor="middle" '
            f'transform="rotate(-90 {x0 - 40} {middle})">{beside}</text>'
        )
        for at in ats:
            parts.append(f'<text x="{x(at):.1f}" y="{TOP + HIGH + 16}" text-anchor="middle">{_short(at)}</text>')
        for tick in (factor * 10.0**power for power in range(-4, 8) for factor in (1, 2, 5)):
            if low <= tick <= high:
                parts.append(
                    f'<path d="M{x0} {y(tick):.1f}h{WIDE}" stroke="#ccc"/>'
                    f'<text x="{x0 - 5}" y="{y(tick) + 4:.1f}" text-anchor="end">{_short(tick)}</text>'
                )
        for name, line in lines.items():
            path = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in line)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
            parts += [
                f'<circle cx="{x(at):.1f}" cy="{y(value):.1f}" r="3" fill="{COLOURS[name]}"/>' for at, value in line
            ]
            at, value = line[len(line) // 2]
            parts.append(f'<text x="{x(at):.1f}" y="{y(value) - 8:.1f}" fill="{COLOURS[name]}">{name}</text>')
    width, height = 3 * (WIDE + LEFT + 20), TOP + HIGH + 46
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="What a row costs as it all grows">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _short(value: float) -> str:
    """A number of few characters: 10M, 1k, 0.05."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value % size == 0 and value > 0:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def main() -> None:
    """Measure, or draw what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--most", type=int, default=ROWS[-1], help="rows (10,000,000)")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--draw", type=Path, nargs=2, metavar=("JSON", "SVG"))
    options = parser.parse_args()
    if options.draw:
        figures = json.loads(options.draw[0].read_text("utf-8"))
        options.draw[1].write_text(drawn(figures), "utf-8")
        sys.exit()
    figures = measure(options.most)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
