"""Commands as processes of their own, with limits, at the price of a fork: see mother.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 120.0  # seconds of the clock: processors are shared, and a machine may be busy with other work
PROCESSOR = 20  # seconds
MEMORY = 6 << 30  # bytes of addresses, so that a mistake costs no machine; what is held is measured
LARGEST = 1 << 28  # bytes of a file


@dataclass(frozen=True)
class Outcome:
    """What came of a command. processor: seconds; memory: MiB held at most; late: it had to be ended."""

    words: tuple[str, ...]
    code: int
    processor: float
    memory: float
    late: bool
    out: bytes
    err: bytes


class Forks:
    """Starts one command at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._out, self._err = folder / "stdout", folder / "stderr"
        self._words: tuple[str, ...] = ()
        self._mother = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("mother.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=folder,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "HOME": str(folder)},
        )  # fmt: skip

    def start(
        self,
        words: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        *,
        largest: int = LARGEST,
        anew: bool = False,
    ) -> int:
        """Returns the number of the process. A file that it writes can grow to `largest` bytes.

        anew: by a new interpreter, as a user starts one, which takes half a second.
        """
        self._words = tuple(words)
        order = {
            "words": words, "cwd": str(cwd), "environment": {"PATH": os.environ["PATH"], **environment},
            "out": str(self._out), "err": str(self._err), "seconds": PATIENCE, "processor": PROCESSOR,
            "memory": MEMORY, "largest": largest, "anew": anew,
        }  # fmt: skip
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(json.dumps(order) + "\n")
        return int(self._mother.stdout.readline())

    def wait(self) -> Outcome:
        """Until the command has ended."""
        assert self._mother.stdout is not None
        code, processor, memory, late = json.loads(self._mother.stdout.readline())
        return Outcome(self._words, code, processor, memory, late, self._out.read_bytes(), self._err.read_bytes())

    def run(self, words: Sequence[str], cwd: Path, environment: Mapping[str, str], **options: Any) -> Outcome:
        """Start it, and wait."""
        self.start(words, cwd, environment, **options)
        return self.wait()

    def close(self) -> None:
        """End the process that forks."""
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.close()
        self._mother.wait(10)
        self._mother.stdout.close()
