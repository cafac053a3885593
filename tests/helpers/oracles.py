"""Other libraries that tests take their numbers from, imported when a test first asks one.

Every process that shares the tests reads every file of them: scikit-learn alone would take each a second and a half.
"""

from __future__ import annotations

from typing import Any

import pytest


class Oracle:
    """A module, by its name. A test that asks it is skipped where it is not installed."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what pytest asks of all that it finds in a file
            raise AttributeError(name)
        module = pytest.importorskip(self._module, reason=f"needs {self._module}, an independent source of numbers")
        return getattr(module, name)
