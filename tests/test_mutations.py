"""Files with bytes changed at random, read as fast as they can be made: only typed errors, and little memory.

Five thousand by default; `TUI_NN_EXECUTIONS=1000000 python3 run.py test tests/test_mutations.py` is the long job.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import struct
import tracemalloc

import numpy as np
import pytest
from recording import train

from tui_nn.datasets import load_path
from tui_nn.datasets.idx import read_idx
from tui_nn.errors import TuiNNError
from tui_nn.experiment import example_text, load_experiment
from tui_nn.model.tensors import DamagedTensors
from tui_nn.runs.checkpoint import read_checkpoint

EXECUTIONS = int(os.environ.get("TUI_NN_EXECUTIONS", "5000"))
MOST_MEMORY = 16  # MiB that reading one of these small files takes at most
WATCHED = 10  # every tenth is read with its memory counted, which takes three times as long
TABLE = b"a,b,kind\n1,2,x\n3,4,y\n5.5,-6e1,x\n7,8,y\n"
TELLING = (b"", b"\0", b"\xff", b"\xff" * 4, b"\x7f\xff\xff\xff", b"-1", b"1e999", b"nan", b'"', b"'", b"[", b"{",
           b"\n", b"9" * 30, b"=", b",", b"\x80\x04N.")  # fmt: skip


def mutated(content, choose):
    """A few bytes replaced, cut out or put in; now and then only the beginning of it."""
    changed = bytearray(content)
    for _ in range(choose.randint(1, 5)):
        at = choose.randrange(len(changed) + 1)
        new = choose.choice(TELLING) if choose.random() < 0.5 else bytes([choose.randrange(256)])
        changed[at : at + choose.choice((0, 1, 1, 1, 4))] = new
    return bytes(changed[: choose.randrange(len(changed) + 1)] if choose.random() < 0.1 else changed)


def idx(shape, body):
    return b"\0\0\x08" + bytes([len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + body


def npz():
    file = io.BytesIO()
    np.savez(file, x=np.arange(12.0).reshape(3, 2, 2), y=np.array([5, 7, 5]))
    return file.getvalue()


@pytest.fixture
def formats(tmp_path, registry):
    """Name -> (a sound file, its ending, what reads it)."""
    run = train(tmp_path / "run", registry, "iris", "training.epochs=1")
    checkpoint = next(path for path in run.glob("checkpoint*")).read_bytes()
    return {
        "experiment": (example_text("digits").encode(), ".toml", lambda path: load_experiment(str(path))),
        "table": (TABLE, ".csv", load_path),
        "idx": (idx((3, 2, 2), bytes(range(12))), "", read_idx),
        "packed idx": (gzip.compress(idx((5,), bytes(5)), mtime=0), ".gz", read_idx),
        "npz": (npz(), ".npz", load_path),
        "checkpoint": (checkpoint, ".safetensors", read_checkpoint),
    }


@pytest.mark.long
@pytest.mark.slow
def test_files_with_changed_bytes_end_in_typed_errors(formats, tmp_path):
    choose = random.Random(EXECUTIONS)
    refused, most = dict.fromkeys(formats, 0), 0.0
    for number in range(EXECUTIONS):
        name = list(formats)[number % len(formats)]
        content, ending, reader = formats[name]
        path = tmp_path / f"file{ending}"
        path.write_bytes(mutated(content, choose))
        watched = number // len(formats) % WATCHED == 0
        try:
            if watched:
                tracemalloc.start()
            reader(path)
        except (TuiNNError, DamagedTensors):
            refused[name] += 1
        except Exception as error:
            kept = tmp_path / f"broken-{number}{ending}"
            kept.write_bytes(path.read_bytes())
            pytest.fail(f"{name}: {type(error).__name__}: {error}; the file is {kept}")
        finally:
            if watched:
                most = max(most, tracemalloc.get_traced_memory()[1] / 2**20)
                tracemalloc.stop()
    print(f"{EXECUTIONS} executions, {most:.1f} MiB for one file at most, refused: {refused}")
    assert all(count > EXECUTIONS // len(formats) // 4 for count in refused.values()), refused
    assert most < MOST_MEMORY
