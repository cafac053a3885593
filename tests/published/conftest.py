"""What tests of published numbers share: a table of them, printed at the end of the run."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

PUBLISHED = "published"
HEADINGS = ("source", "configuration", "published", "ours")


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[str, str, object, object], None]:
    """record(source, configuration, published, ours): a row of the table, before it is asserted."""

    def add(source: str, configuration: str, published: object, ours: object) -> None:
        # With the report of the test, so that it also comes from another process.
        request.node.user_properties.append((PUBLISHED, (source, configuration, str(published), str(ours))))

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    reports.sort(key=lambda report: report.location)
    rows = [value for report in reports for name, value in report.user_properties if name == PUBLISHED]
    if not rows:
        return
    table = [HEADINGS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    terminalreporter.section("published numbers")
    for row in table:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


def idx(path: Path) -> np.ndarray:
    """An IDX file as it lies in the reference data."""
    data = gzip.decompress(path.read_bytes())
    sizes = np.frombuffer(data, ">i4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)


@pytest.fixture(scope="session")
def mnist(reference: Path) -> dict[str, np.ndarray]:
    """x, y: 70,000 pictures as rows of 784 bytes and their digits, the training images first."""
    folder = reference / "mnist"
    parts = [
        (idx(folder / f"{part}-images-idx3-ubyte.gz"), idx(folder / f"{part}-labels-idx1-ubyte.gz"))
        for part in ("train", "t10k")
    ]
    x = np.concatenate([images.reshape(len(images), -1) for images, _ in parts])
    return {"x": x, "y": np.concatenate([labels for _, labels in parts]).astype(np.intp)}
