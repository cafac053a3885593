"""The run that is damaged: it has each file that a run may have."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from cases import EXPERIMENT
from data_files import TABLE
from recording import train

from tui_nn.plugin.registry import Registry
from tui_nn.runs import layout

CHANGES = [(6, 2, "training.optimizer.rate", "0.05"), (9, 3, "theta[1][1][0]", "0.25")]


def make_run(folder: Path, registry: Registry) -> Path:
    """Returns `folder`/whole: changed by hand on its way, from weights of a file, with a parent."""
    (folder / "data.csv").write_bytes(TABLE)
    random = np.random.default_rng(0)
    np.savez(folder / "w.npz", theta_1=random.normal(size=(4, 3)), theta_2=random.normal(size=(3, 5)))
    weights = json.dumps(str(folder / "w.npz"))
    text = EXPERIMENT.format(name='"e"', source='"data.csv"', classes=3, weights=f"weights = {weights}")
    (folder / "e.toml").write_text(text)
    run = train(folder / "whole", registry, str(folder / "e.toml"), changes=CHANGES)
    (run / layout.PARENT).write_text(json.dumps({"run": "sound", "step": 4, "epoch": 1}))
    (run / "log").write_text("said by a plugin\n")
    return run
