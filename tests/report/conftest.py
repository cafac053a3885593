"""Runs to make artefacts of: trained once, as a user would."""

from __future__ import annotations

from pathlib import Path

import pytest

EXPERIMENT = """
[data]
source = "digits"
test = 0.1
[training]
epochs = 4
[require]
"accuracy@validation" = ">= 0.5"
"confusion[4,9]" = "<= -1"
"""


@pytest.fixture(scope="session")
def trained(tmp_path_factory, command) -> Path:
    """A run of digits with one requirement that is met and one that cannot be."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "d.toml").write_text(EXPERIMENT)
    command("train", "d.toml", "--run-dir", "run", "--report", "out", cwd=folder, code=5)
    return folder


@pytest.fixture(scope="session")
def diverged(tmp_path_factory, command) -> Path:
    """A run whose loss became NaN, with a requirement that NaN must not pass."""
    folder = tmp_path_factory.mktemp("diverged")
    settings = ("training.optimizer.rate=1e30", "data.scale=none", "network.layers[0].activation=identity")
    words = [word for setting in settings for word in ("--set", setting)]
    command("train", "wine", "--run-dir", "run", "--require", "loss@train >= 0", *words, cwd=folder, code=4)
    return folder
