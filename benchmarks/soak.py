"""python -m benchmarks.soak [MINUTES]: trainer and workbench at full speed for so long, and the memory of both.

The real application on a pseudo-terminal of 120 x 40 trains a tiny net, some thousand epochs a second, each of which is
measured. One line every half minute; at the end how much each process grew in 10,000 updates once it was warm.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import program
from benchmarks.screen import on_screen, tui_nn
from tui_nn.runs import RunReader

MINUTES = 30.0
EVERY = 30.0  # seconds between two looks
WARM = 0.2  # share of the time
BOUND = 1.0  # MB in 10,000 updates


def resident(pid: int) -> float:
    """MB of a process that are resident."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) * 1024 / 1e6 if found else float("nan")


def soak(folder: Path, minutes: float) -> list[tuple[int, float, float, float]]:
    """Updates made, MB of the trainer, of the workbench, and of the run directory, at each look."""
    experiment = folder / "bench.toml"
    run = folder / "file"
    words = ["--set", "training.epochs=0", "--quiet", "--run-dir", str(run)]
    subprocess.run(tui_nn("train", "xor", *words), check=True, stdout=subprocess.DEVNULL)
    experiment.write_text((run / "experiment.toml").read_text().replace("epochs = 0", "epochs = 100000000"))
    looks = []
    with on_screen(folder, experiment) as (terminal, run):
        reader, began = RunReader(run), time.monotonic()
        while time.monotonic() - began < 60 * minutes:
            time.sleep(min(EVERY, 6 * minutes))
            live = reader.live()
            assert live is not None
            size = sum(path.stat().st_size for path in run.iterdir() if path.is_file()) / 1e6
            looks.append((live.step, resident(live.pid), resident(terminal.pid), size))
            print(
                "{:>11,} updates  trainer {:6.1f} MB  workbench {:6.1f} MB  run {:6.1f} MB".format(*looks[-1]),
                flush=True,
            )
    return looks


def main() -> None:
    """Print every look, and the growth after warm-up with its bound."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    with tempfile.TemporaryDirectory() as name:
        looks = soak(Path(name), minutes)
    first, last = looks[int(len(looks) * WARM)], looks[-1]
    for name, column in (("trainer", 1), ("workbench", 2)):
        growth, made = last[column] - first[column], last[0] - first[0]
        rate = f"{10_000 * growth / made:+.4f} MB in 10,000 (bound {BOUND:g})"
        print(f"{name}: {growth:+.2f} MB in {made:,} updates after warm-up: {rate}")


if __name__ == "__main__":
    program.run(main)
