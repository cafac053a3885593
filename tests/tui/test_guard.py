"""The real application on a pseudo-terminal, ended in ways in which it cannot clean up: the terminal is as before."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import time

import pytest

pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

MODES = (1049, 1000, 1003, 1006, 2004, 1004)  # the other screen, the mouse, pastes, focus
# An application as bare as can be: it starts in a fifth of the workbench's time.
BARE = """
import ctypes, os, signal, sys
from tui_nn.tui.terminal_app import TerminalApp

class Bare(TerminalApp):
    BINDINGS = [(key, f"end('{key}')", "") for key in "asxezq"]
    def on_mount(self):
        self.prepare("")
    def action_end(self, key):
        match key:
            case "a": os.abort()
            case "s": ctypes.string_at(0)
            case "x": os._exit(9)
            case "e": raise SystemExit(3)
            case "z": self.action_suspend_process()
            case "q": self.exit(return_code=0)

signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # which shells have ignored by what runs behind them
raise SystemExit(Bare().run_in_terminal())
"""


class Terminal:
    """A program on a pseudo-terminal of 80 x 24."""

    def __init__(self, *command, folder):
        environment = {**os.environ, "TERM": "xterm-256color", "XDG_CONFIG_HOME": str(folder)}
        self.file, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(child)
        self.process = subprocess.Popen(
            command, stdin=child, stdout=child, stderr=child, cwd=folder, env=environment, start_new_session=True
        )  # fmt: skip
        self.child = child  # held, so that what is set can be asked for afterwards
        self.seen = b""

    def read(self, seconds=0.0):
        while select.select([self.file], [], [], seconds)[0]:
            try:
                self.seen += os.read(self.file, 1 << 16)
            except OSError:
                return

    def until_it_is_taken(self):
        deadline = time.monotonic() + 30
        while self.still_set() != [*MODES, "cursor"]:
            assert time.monotonic() < deadline, self.seen[-500:]
            self.read(0.05)

    def press(self, keys):
        os.write(self.file, keys)

    def still_set(self):
        """Which modes of the terminal the last word about switched on."""
        found = [mode for mode in MODES if self.seen.rfind(b"[?%dh" % mode) > self.seen.rfind(b"[?%dl" % mode)]
        return found + (["cursor"] if self.seen.rfind(b"[?25l") > self.seen.rfind(b"[?25h") else [])

    def is_as_before(self, seconds=5):
        deadline = time.monotonic() + seconds
        while self.still_set() or termios.tcgetattr(self.child) != self.before:
            if time.monotonic() > deadline:
                return False
            self.read(0.02)
        return True

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.child)
        os.close(self.file)


@pytest.fixture
def terminals(tmp_path):
    with contextlib.ExitStack() as stack:

        def start(*command):
            terminal = Terminal(*command, folder=tmp_path)
            stack.callback(terminal.close)
            return terminal

        yield start


KILLS = [signal.SIGKILL, signal.SIGBUS, signal.SIGSEGV, signal.SIGQUIT, signal.SIGABRT]


@pytest.mark.parametrize("end", [*KILLS, b"a", b"s", b"x"], ids=str)
def test_whatever_kills_it_the_terminal_is_as_before(terminals, end):
    terminal = terminals(sys.executable, "-c", BARE)
    terminal.until_it_is_taken()
    assert termios.tcgetattr(terminal.child) != terminal.before
    terminal.press(end) if isinstance(end, bytes) else terminal.process.send_signal(end)
    assert terminal.process.wait(10) in (9, -end if isinstance(end, int) else {b"a": -6, b"s": -11}.get(end))
    assert terminal.is_as_before(), terminal.still_set()


def test_an_application_whose_terminal_is_gone_ends_though_nobody_tells_it(tmp_path):
    """The terminal is not its session's own, so no SIGHUP comes."""
    terminal = Terminal(sys.executable, "-c", BARE, folder=tmp_path)
    try:
        terminal.until_it_is_taken()
        os.close(terminal.child)
        os.close(terminal.file)
        assert terminal.process.wait(15) == 129
    finally:
        terminal.process.kill()
        terminal.process.wait()


@pytest.mark.parametrize(("key", "code"), [(b"q", 0), (b"e", 3)])
def test_an_application_that_ends_by_itself_leaves_the_terminal_as_it_was(terminals, key, code):
    terminal = terminals(sys.executable, "-c", BARE)
    terminal.until_it_is_taken()
    terminal.press(key)
    assert terminal.process.wait(10) == code
    assert terminal.is_as_before(), terminal.still_set()
    if key == b"q":
        terminal.read(0.3)
        assert terminal.seen.count(b"[?1049l") == 1, "twice would move the cursor of the former screen"


def test_a_suspended_application_that_is_killed_has_left_the_terminal_already(terminals):
    terminal = terminals(sys.executable, "-c", BARE)
    terminal.until_it_is_taken()
    terminal.press(b"z")
    _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    assert terminal.is_as_before()
    terminal.process.send_signal(signal.SIGCONT)
    terminal.until_it_is_taken()
    terminal.press(b"z")
    _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
    assert terminal.is_as_before()
    written = terminal.seen.count(b"[?1049l")
    terminal.process.kill()
    terminal.process.wait()
    terminal.read(0.5)
    assert terminal.seen.count(b"[?1049l") == written, "the shell's screen is left alone"
