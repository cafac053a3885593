"""The end of stdout and stderr: what cannot be written is an exit code, and never an exception."""

from __future__ import annotations

import errno
import io
import sys

import pytest

from tui_nn.cli import streams


class Full(io.StringIO):
    """A file on a disk that is full, flushed with every line as stderr is."""

    def write(self, text):
        count = super().write(text)
        if "\n" in text:
            self.flush()
        return count

    def flush(self):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("err", [io.StringIO, Full])
def test_a_disk_that_is_full_under_stdout_is_an_exit_code(monkeypatch, err):
    said = err()
    monkeypatch.setattr(sys, "stdout", Full())
    monkeypatch.setattr(sys, "stderr", said)
    assert streams.flush() == 6
    assert said.getvalue() == "tui-nn: error: stdout: No space left on device.\n"
