"""What a reader must keep to: it reads its own sample alike each time, and refuses a damaged one in words."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from tui_nn.datasets.reader import Reader
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Table
from tui_nn.errors import TuiNNError
from tui_nn.testing.report import CheckResult, failed, noted, passed

CUTS = 20  # places at which the sample is cut off


def _sample(reader: Reader) -> bytes:
    return reader.sample() if callable(reader.sample) else reader.sample


def _read(reader: Reader, content: bytes) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sample{(reader.suffixes or ('',))[0]}"
        path.write_bytes(content)
        return reader.read(Source(path))


def reads_its_sample(reader: Reader) -> CheckResult:
    """The same columns each time."""
    content = _sample(reader)
    if not content:
        return noted("its sample", "there is none", "give one: @reader(..., sample=b'...'), a small file of the format")
    one, again = _read(reader, content), _read(reader, content)
    tried = f"{len(one)} rows of {len(one.columns)} columns, twice"
    for column, other in zip(one.columns, again.columns, strict=True):
        if not np.array_equal(column.numbers if column.kind == "number" else column.values,
                              other.numbers if other.kind == "number" else other.values, equal_nan=True):  # fmt: skip
            return failed(tried, f"column '{column.name}' differs", "let it depend on the file alone")
    return passed(tried)


def refuses_what_is_damaged(reader: Reader) -> CheckResult:
    """A file that was cut off is read as what is left of it, or refused with a DataError; nothing else."""
    content = _sample(reader)
    cuts = sorted({len(content) * number // CUTS for number in range(CUTS)})
    refused = 0
    for cut in cuts if content else []:
        try:
            _read(reader, content[:cut])
        except TuiNNError:
            refused += 1
        except Exception as error:
            worst = f"its first {cut} bytes: {type(error).__name__}: {error}"
            return failed(f"its sample, cut off at {len(cuts)} places", worst, "raise DataError of tui_nn.plugin")
    return passed(f"its sample, cut off at {len(cuts)} places", f"{refused} refused")


CHECKS = (reads_its_sample, refuses_what_is_damaged)
