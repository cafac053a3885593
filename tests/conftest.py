"""What every test may use: the registry of the built-ins, and the folder of reference data where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_nn.plugin.registry import Registry, load_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="session")
def reference() -> Path:
    """Real data and published numbers, which are not part of the project."""
    named = os.environ.get("TUI_NN_REFERENCE")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("needs the reference data: set TUI_NN_REFERENCE to their folder")
    return folder
