"""python -m benchmarks.screen [WORD ...]: what the workbench costs the training, and how fast it answers a key.

The real application on a pseudo-terminal, the real trainer as its child: training speed with the screen open against
headless in turns, key to handler, first paint, memory over many updates, and a run of ten million epochs. Words choose
parts: `memory` takes a minute, all of them take five.
"""

from __future__ import annotations

import contextlib
import math
import os
import pty
import re
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

from benchmarks import program
from tui_nn.runs import RunReader, open_run
from tui_nn.runs.lock import is_locked

ROUNDS = 5
TURNS = 7  # of training without the screen and with it
SECONDS = 4.0  # a turn
SETTLE = 2.0  # before counting begins
KEYS = 300  # of which the worst three are beyond the 99th percentile
UPDATES = 100_000
EPOCHS = 10_000_000  # of a long run
NET = [
    "training.epochs=1000000",
    'network.layers=[{kind="dense",units=100,activation="sigmoid"},{kind="dense",units=10,activation="sigmoid"}]',
]
FASTER = "+++"  # from 10 epochs a second to as fast as it goes


class Terminal:
    """A program on a pseudo-terminal of 120 x 40; what it draws is read and thrown away, as a terminal would."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.began = time.monotonic()
        self.seen = b""
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environment |= {"XDG_CONFIG_HOME": str(folder / "config"), "OPENBLAS_NUM_THREADS": "1"}
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)
        ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._file, 1 << 16):
                self.seen = (self.seen + data)[-200_000:]

    def press(self, keys: str) -> None:
        os.write(self._file, keys.encode())

    def write(self, data: memoryview) -> int:
        """Send some of it, as much as the terminal takes. Returns how much."""
        return os.write(self._file, data)

    def wait_for(self, text: bytes, seconds: float = 20.0) -> float:
        """Seconds from the start until this text was drawn."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{text!r} was not drawn within {seconds} s")
            time.sleep(0.005)
        return time.monotonic() - self.began

    def memory(self) -> float:
        """MiB that are resident."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", text)
        return int(found.group(1)) / 1024 if found else float("nan")

    def close(self) -> None:
        """End the program. What it trains goes on."""
        with contextlib.suppress(OSError):  # it has ended already
            os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + 8
        with contextlib.suppress(OSError):  # somebody has waited for its end already
            while time.monotonic() < deadline and os.waitpid(self.pid, os.WNOHANG) == (0, 0):
                time.sleep(0.05)
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self._file)


def tui_nn(*arguments: str) -> list[str]:
    """The command line of this installation."""
    return [sys.executable, "-m", "tui_nn", *arguments]


@dataclass(frozen=True)
class Speed:
    """What a training did meanwhile: samples a second, and the share of it in which it waited for a processor."""

    samples: float
    waited: float


def speed_of(run: Path) -> Speed:
    """How fast a run under way is, by its own clock."""
    reader = RunReader(run)
    time.sleep(SETTLE)
    first = reader.live()
    assert first is not None
    waited = _waited(first.pid)
    time.sleep(SECONDS)
    last = reader.live()
    assert last is not None
    took = last.heartbeat - first.heartbeat
    return Speed((last.samples - first.samples) / took, (_waited(first.pid) - waited) / took)


def _waited(pid: int) -> float:
    """Seconds in which the first thread of a process could have gone on, and had no processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def _computed(pid: int) -> float:
    """Seconds of the processor that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def headless(folder: Path, experiment: Path) -> Iterator[Path]:
    """A run by `tui-nn train`."""
    run = folder / f"headless-{time.monotonic_ns()}"
    process = subprocess.Popen(
        tui_nn("train", str(experiment), "--quiet", "--run-dir", str(run)), stdout=subprocess.DEVNULL, cwd=folder
    )
    try:
        yield _ready(lambda: run if (run / "live").exists() else None)
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def on_screen(folder: Path, experiment: Path, command: list[str] | None = None) -> Iterator[tuple[Terminal, Path]]:
    """The same by the workbench, at full speed; by `command` if given. Nothing of it is left running."""
    before = set(folder.glob("runs/*/live"))
    terminal = Terminal(command or tui_nn(str(experiment)), folder)

    def started() -> Path | None:
        return next((live.parent for live in folder.glob("runs/*/live") if live not in before), None)

    try:
        terminal.wait_for(b"experiment")
        time.sleep(0.5)
        terminal.press(" " + FASTER)
        yield terminal, _ready(started)
    finally:
        terminal.close()
        if run := started():
            _end(run)


def _end(run: Path) -> None:
    """End a trainer whose workbench is gone."""
    live, deadline = RunReader(run).live(), time.monotonic() + 10
    while live is not None and is_locked(run):
        with contextlib.suppress(ProcessLookupError):
            os.kill(live.pid, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(0.1)


def _ready(find) -> Path:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if (found := find()) is not None:
            return Path(found)
        time.sleep(0.02)
    raise TimeoutError("the trainer did not begin within 20 s")


def throughput(folder: Path, experiment: Path) -> dict[str, float]:
    """Samples a second, headless and with the screen: in turns, and each first in every other one of them.

    A trainer that waited for a processor shared it with others: then the ratio says more of them than of the screen.
    One that did not is still faster or slower from turn to turn where the machine is a virtual one: `headless` shows
    by how much.
    """
    plain: list[Speed] = []
    watched: list[Speed] = []
    shares: list[float] = []

    def without() -> None:
        with headless(folder, experiment) as run:
            plain.append(speed_of(run))

    def with_screen() -> None:
        with on_screen(folder, experiment) as (terminal, run):
            before = _computed(terminal.pid)
            watched.append(speed_of(run))
            shares.append((_computed(terminal.pid) - before) / (SETTLE + SECONDS))

    for turn in range(TURNS):
        for side in (without, with_screen) if turn % 2 else (with_screen, without):
            side()
    return {
        **_spread("headless samples/s", [one.samples for one in plain]),
        **_spread("workbench samples/s", [one.samples for one in watched]),
        **_spread("ratio", [one.samples / other.samples for one, other in zip(watched, plain, strict=True)]),
        "of a processor, by the workbench": statistics.median(shares),
        "waited for one, headless": statistics.median(one.waited for one in plain),
        "waited for one, beside the workbench": statistics.median(one.waited for one in watched),
    }


def _spread(name: str, values: Sequence[float]) -> dict[str, float]:
    """The median, the least and the most of them."""
    return {name: statistics.median(values), f"{name}, least": min(values), f"{name}, most": max(values)}


def memory(folder: Path, experiment: Path) -> dict[str, float]:
    """MiB of the workbench after 10,000 updates, and after 100,000 more."""
    with on_screen(folder, experiment) as (terminal, run):
        reader = RunReader(run)
        _until(reader, 10_000)
        before = terminal.memory()
        _until(reader, 10_000 + UPDATES)
        after = terminal.memory()
    return {"MiB after 10,000 updates": before, "MiB after 110,000 updates": after, "growth": after / before}


def _until(reader: RunReader, step: int) -> None:
    while (live := reader.live()) is None or live.step < step:
        time.sleep(0.05)


# Runs the workbench, and writes down when the handler of the key ? is called, which works at any time.
TIMED = """
import sys, time
from tui_nn.tui.screens.workbench import WorkbenchScreen
from tui_nn.tui.app import run_workbench
times = open(sys.argv[2], "w", buffering=1)
WorkbenchScreen.action_help = lambda self: print(time.monotonic(), file=times)
sys.exit(run_workbench(sys.argv[1]))
"""


@contextlib.contextmanager
def timed(folder: Path, experiment: Path) -> Iterator[tuple[Terminal, Path, Path]]:
    """The workbench training at full speed, its run, and where it writes down when a key was handled."""
    log = folder / "keys"
    log.write_text("")
    with on_screen(folder, experiment, [sys.executable, "-c", TIMED, str(experiment), str(log)]) as (terminal, run):
        time.sleep(SETTLE)
        yield terminal, run, log


def latency(folder: Path, experiment: Path) -> dict[str, float]:
    """Milliseconds from a key's arrival at the terminal to its handler, while training at full speed."""
    with timed(folder, experiment) as (terminal, _, log):
        return key_waits(terminal, log, KEYS)


def key_waits(terminal: Terminal, log: Path, keys: int) -> dict[str, float]:
    """Milliseconds from a key's arrival to its handler."""
    before, sent = len(log.read_text().split()), []
    for index in range(keys):
        sent.append(time.monotonic())
        terminal.press("?")
        time.sleep(0.03 + 0.001 * (index * 7 % 40))  # out of step with the screen's own clock
    deadline = time.monotonic() + 60
    while len(handled := log.read_text().split()[before:]) < keys and time.monotonic() < deadline:
        time.sleep(0.05)
    waits = sorted(1000 * (float(one) - other) for one, other in zip(handled, sent, strict=True))
    return {
        "keys": len(waits),
        "p50 ms": waits[len(waits) // 2],
        "p99 ms": waits[math.ceil(len(waits) * 0.99) - 1],
        "worst ms": waits[-1],
    }


def with_a_stopped_trainer(folder: Path, experiment: Path) -> dict[str, float]:
    """The same while the trainer is stopped and has been told to pause; and seconds until SIGTERM ends it."""
    with timed(folder, experiment) as (terminal, run, log):
        live = RunReader(run).live()
        assert live is not None
        os.kill(live.pid, signal.SIGSTOP)
        try:
            terminal.press(" ")
            figures = key_waits(terminal, log, KEYS)
            began = time.monotonic()
            os.kill(terminal.pid, signal.SIGTERM)
            os.waitpid(terminal.pid, 0)
            return {**figures, "SIGTERM s": time.monotonic() - began}
        finally:
            os.kill(live.pid, signal.SIGKILL)


def with_a_dripping_socket(folder: Path, experiment: Path) -> dict[str, float]:
    """The same where what listens at the run's socket says a byte now and then, and was asked to pause."""
    with timed(folder, experiment) as (terminal, run, log):
        _ready(lambda: run / "control" if (run / "control").is_socket() else None).unlink()
        with socket.socket(socket.AF_UNIX) as listener:
            before = Path.cwd()
            os.chdir(run)  # a socket's path is short
            listener.bind("control")
            os.chdir(before)
            listener.listen()
            threading.Thread(target=_drip, args=(listener,), daemon=True).start()
            terminal.press(" ")
            return key_waits(terminal, log, KEYS)


def _drip(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_drip_into, args=(connection,), daemon=True).start()


def _drip_into(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(b" ")
            time.sleep(0.2)


STORMS = {
    "wheel": b"".join(b"\x1b[<%d;80;10M" % (64 + index // 50 % 2) for index in range(5000)),
    "moves": b"".join(b"\x1b[<35;%d;%dM" % (1 + index % 110, 1 + index % 38) for index in range(5000)),
    "paste": b"\x1b[200~" + b"abc def " * 25_000 + b"\x1b[201~",
    "arrows": b"\x1b[B\x1b[A" * 1000,
    "held arrows": b"\x1b[B" * 1000 + b"\x1b[A" * 1000,
    "time keys": b"," * 1000 + b"." * 1000,
}
IN_THE_BUILDER = ("arrows", "held arrows")


def storms(folder: Path, experiment: Path) -> dict[str, float]:
    """Seconds from the end of a storm to the handler of the next key, paused: in the builder, then in a pane."""
    figures = {}
    with timed(folder, experiment) as (terminal, _, log):
        terminal.press(" ")
        time.sleep(1)
        for name in IN_THE_BUILDER:
            figures[f"{name} in the builder s"] = behind(terminal, log, STORMS[name])
        terminal.press("\t" * 5)
        time.sleep(1)
        for name, storm in STORMS.items():
            figures[f"{name} s"] = behind(terminal, log, storm)
    return figures


def behind(terminal: Terminal, log: Path, storm: bytes) -> float:
    """Seconds from the end of a storm to the handler of the next key."""
    before, left = len(log.read_text().split()), memoryview(storm)
    while left:
        left = left[terminal.write(left[:4096]) :]
    ended = time.monotonic()
    terminal.press("?")
    while len(handled := log.read_text().split()) == before and time.monotonic() < ended + 120:
        time.sleep(0.01)
    return float(handled[-1]) - ended


def first_paint(folder: Path, experiment: Path) -> dict[str, float]:
    """Seconds from the command to the first picture."""
    times = []
    for _ in range(ROUNDS):
        terminal = Terminal(tui_nn(str(experiment)), folder)
        try:
            times.append(terminal.wait_for(b"experiment"))
        finally:
            terminal.close()
    return {"seconds": statistics.median(times)}


def long_run(folder: Path) -> dict[str, float]:
    """Seconds to open a run of ten million epochs of one step, to list it, and to draw its loss."""
    from dataclasses import replace

    from tui_nn.engine.events import EpochFinished, Reason, StepFinished
    from tui_nn.render import Look
    from tui_nn.runs.catalogue import run_info
    from tui_nn.runs.codec import encode
    from tui_nn.runs.thinning import DENSITY, distance
    from tui_nn.views import Knobs, Subject, find

    run = folder / "small"
    subprocess.run(tui_nn("train", "xor", "--quiet", "--run-dir", str(run)), check=True, stdout=subprocess.DEVNULL)
    history = open_run(run).history
    assert history.started is not None
    assert history.ended is not None
    values = {name: column[-1] for name, column in history.train.items()}
    (run / "summary.json").unlink()
    number = 0
    with (run / "events.jsonl").open("wb") as file:
        file.write(encode(replace(history.started, epochs=EPOCHS)))
        while number <= EPOCHS:
            loss = 0.7 / (1 + number / 1e5)
            if number:
                file.write(encode(StepFinished(number, number, 1, loss)))
            table = history.confusion
            file.write(encode(EpochFinished(number, number, {**values, "loss": loss}, {}, table, number / 1650)))
            number += distance(number, DENSITY)
        file.write(encode(replace(history.ended, epoch=EPOCHS, step=EPOCHS, reason=Reason.EPOCHS)))
    began = time.perf_counter()
    subject = Subject(open_run(run))
    opened = time.perf_counter()
    find("loss").draw(subject, Knobs(), (100, 30), Look())
    drawn = time.perf_counter()
    run_info(run)
    return {
        "MB": (run / "events.jsonl").stat().st_size / 1e6,
        "epochs recorded": len(subject.history.epochs),
        "open s": opened - began,
        "draw s": drawn - opened,
        "list s": time.perf_counter() - drawn,
    }


def main() -> None:
    """Print every figure with its bound; of those alone whose title has a word that is given."""
    words = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        overrides = [word for setting in NET for word in ("--set", setting)]
        run = folder / "file"
        subprocess.run(
            tui_nn("train", "digits", "--quiet", "--run-dir", str(run), *overrides, "--set", "training.epochs=0"),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        experiment = folder / "bench.toml"
        experiment.write_text((run / "experiment.toml").read_text().replace("epochs = 0", "epochs = 1000000"))
        parts = (
            ("first paint (bound 1.5 s)", lambda: first_paint(folder, experiment)),
            ("a run of 10,000,000 epochs (bound 2 s)", lambda: long_run(folder)),
            ("key to handler while training (bound p99 50 ms)", lambda: latency(folder, experiment)),
            (
                "keys beside a stopped trainer (bound p99 50 ms, 2 s)",
                lambda: with_a_stopped_trainer(folder, experiment),
            ),
            ("keys beside a dripping socket (bound p99 50 ms)", lambda: with_a_dripping_socket(folder, experiment)),
            ("behind after a storm (bound 1 s)", lambda: storms(folder, experiment)),
            ("training with the workbench open (bound 0.95)", lambda: throughput(folder, experiment)),
            ("memory of the workbench over 100,000 updates", lambda: memory(folder, experiment)),
        )
        for title, measure in parts:
            if words and not any(word in title for word in words):
                continue
            figures = "  ".join(f"{key} {value:.4g}" for key, value in measure().items())
            print(f"{title}: {figures}", flush=True)


if __name__ == "__main__":
    program.run(main)
