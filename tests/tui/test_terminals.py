"""The real application on a pseudo-terminal, as different terminals announce themselves; and how it leaves them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time

import pytest

pty = pytest.importorskip("pty")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

ENVIRONMENTS = {
    "truecolor": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    "256": {"TERM": "xterm-256color"},
    "16": {"TERM": "xterm"},
    "no colour": {"TERM": "xterm-256color", "NO_COLOR": "1"},
}


class Terminal:
    """The workbench in a pseudo-terminal of 80 x 24."""

    def __init__(self, folder, environment):
        kept = {k: v for k, v in os.environ.items() if k not in ("TERM", "COLORTERM", "NO_COLOR")}
        env = {**kept, **environment, "XDG_CONFIG_HOME": str(folder / "config"), "OPENBLAS_NUM_THREADS": "1"}
        self.file, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui_nn", "spiral"],
            stdin=child, stdout=child, stderr=child, cwd=folder, env=env, start_new_session=True,
        )  # fmt: skip
        os.close(child)
        self.seen = b""
        self.thread = threading.Thread(target=self._drain, daemon=True)
        self.thread.start()

    def _drain(self):
        with contextlib.suppress(OSError):
            while data := os.read(self.file, 65536):
                self.seen += data

    def until(self, text, seconds=20):
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < deadline, (text, self.seen[-500:])
            time.sleep(0.02)

    def press(self, keys):
        os.write(self.file, keys)

    def read_to_the_end(self):
        """After the process has ended: the other side of the terminal is closed then."""
        self.thread.join(10)
        assert not self.thread.is_alive()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.thread.join(5)
        os.close(self.file)


@pytest.fixture
def terminals(tmp_path):
    made = []

    def make(name):
        folder = tmp_path / name.replace(" ", "-")
        folder.mkdir()
        made.append(Terminal(folder, ENVIRONMENTS[name]))
        return made[-1]

    yield make
    for terminal in made:
        terminal.close()


def colours(seen):
    """Foreground colours of 24 bits that are no grey, and whether any of 256 or of 16 is used."""
    deep = {tuple(map(int, found)) for found in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", seen) if len(set(found)) > 1}
    return deep, bool(re.search(rb"[34]8;5;\d+", seen)), bool(re.search(rb"\x1b\[(\d+;)*(3[0-7]|9[0-7])[;m]", seen))


def test_each_terminal_gets_what_it_can_show(terminals):
    """All at once, for starting takes most of the time."""
    running = {name: terminals(name) for name in ENVIRONMENTS}
    for terminal in running.values():
        terminal.until(b"experiment")
        terminal.press(b"b")
    for terminal in running.values():
        terminal.until(b"paused")
        terminal.until(b"sample 1 is")  # in the picture of the network
    seen = {name: colours(terminal.seen) for name, terminal in running.items()}
    assert seen["truecolor"][0]
    assert not seen["256"][0]
    assert seen["256"][1]
    assert not seen["16"][0]
    assert not seen["16"][1]
    assert seen["16"][2]
    assert not seen["no colour"][0]
    for terminal in running.values():
        terminal.press(b"x")
    for terminal in running.values():
        terminal.until(b"ended")  # a paused trainer would wait for ever


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_leaves_the_terminal_as_it_was(terminals, number, code):
    terminal = terminals("256")
    terminal.until(b"experiment")
    assert b"\x1b[?1049h" in terminal.seen, "the alternate screen"
    terminal.until(b"\x1b[?1000h")  # the mouse is the last that it asks for
    terminal.process.send_signal(number)
    assert terminal.process.wait(10) == code
    terminal.read_to_the_end()
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1000h", b"\x1b[?1000l")):
        assert terminal.seen.rfind(off) > terminal.seen.rfind(on), off


def test_a_dumb_terminal_is_told_what_to_do_instead(tmp_path):
    parent, child = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tui_nn"], stdin=child, stdout=child, stderr=subprocess.PIPE, text=True,
            cwd=tmp_path, env={**os.environ, "TERM": "dumb"}, timeout=20, check=False,
        )  # fmt: skip
    finally:
        os.close(parent)
        os.close(child)
    assert done.returncode == 2
    assert "tui-nn train digits" in done.stderr


def test_every_terminal_gets_readable_views_from_show(tmp_path, command):
    """`show` on a terminal: the numbers of the legend are there, in colours that it has."""
    command("train", "iris", "--quiet", "--set", "training.epochs=3", cwd=tmp_path)
    for name, environment in {**ENVIRONMENTS, "dumb": {"TERM": "dumb"}}.items():
        parent, child = pty.openpty()
        kept = {k: v for k, v in os.environ.items() if k not in ("TERM", "COLORTERM", "NO_COLOR")}
        process = subprocess.Popen(
            [sys.executable, "-m", "tui_nn", "show", "latest", "--view", "confusion", "--width", "70"],
            stdin=child, stdout=child, stderr=child, cwd=tmp_path, env={**kept, **environment},
        )  # fmt: skip
        os.close(child)
        seen = b""
        with contextlib.suppress(OSError):
            while data := os.read(parent, 65536):
                seen += data
        assert process.wait(20) == 0
        os.close(parent)
        plain = re.sub(rb"\x1b\[[0-9;]*m", b"", seen).decode()
        assert "accuracy" in plain, name
        assert "most confused" in plain, name
        deep, many, few = colours(seen)
        assert bool(deep) is (name == "truecolor"), name
        if name in ("no colour", "dumb"):
            assert b"\x1b" not in seen, name
        if name == "16":
            assert few
            assert not many
