"""The kernels that are in the package: they load, and compute what numpy computes."""

from __future__ import annotations

import pytest
import tui_nn_fast
from tui_nn_fast import library
from tui_nn_fast.accelerator import Fast

from tui_nn.plugin.registry import load_registry


def test_it_is_proved():
    pytest.importorskip("tui_nn.testing").check_plugin(tui_nn_fast)


def test_it_is_there_and_has_kernels_for_this_processor():
    assert load_registry().names("accelerator") == ["fast"]
    assert library.levels()
    assert Fast().bits.startswith(library.levels()[-1])
