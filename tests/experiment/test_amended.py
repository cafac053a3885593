"""The experiment of a run as it is now, and how its settings came to be what they are."""

from __future__ import annotations

import msgspec

from tui_nn.engine.events import Remeasured, SettingChanged
from tui_nn.experiment import load_experiment
from tui_nn.experiment.amended import amended, amendments

BY_HAND = [
    SettingChanged(900, 20, "training.optimizer.rate", "0.8"),
    SettingChanged(900, 20, "theta[1][1][0]", "3.0"),
    Remeasured(900, 20, {}, {}, None),
    SettingChanged(1000, 22, "training.schedule", '{ kind = "stair", factor = 0.5 }'),
    SettingChanged(1100, 25, "training.optimizer.rate", "0.1"),
    SettingChanged(1100, 25, "training.clip_norm", "1.5"),
]


def test_changes_are_applied_in_their_order():
    experiment = load_experiment("digits")
    assert amended(experiment, []) == experiment
    now = amended(experiment, BY_HAND[:3])
    assert now.training.optimizer == {"kind": "sgd", "rate": 0.8, "momentum": 0.9}
    now = amended(experiment, BY_HAND)
    assert (now.training.optimizer["rate"], now.training.clip_norm) == (0.1, 1.5)
    assert now.training.schedule == {"kind": "stair", "factor": 0.5}
    assert now.network == experiment.network


def test_the_way_of_each_setting_is_told():
    found = amendments(msgspec.to_builtins(load_experiment("digits")), BY_HAND)
    assert {key: str(one) for key, one in found.items()} == {
        "training.optimizer.rate": "0.1 -> 0.8 from epoch 20 -> 0.1 from epoch 25",
        "training.schedule": "constant -> stair from epoch 22",
        "training.schedule.factor": "- -> 0.5 from epoch 22",
        "training.clip_norm": "- -> 1.5 from epoch 25",
    }


def test_a_change_to_the_same_is_none():
    same = [SettingChanged(5, 1, "training.optimizer.rate", "0.1")]
    assert amendments(msgspec.to_builtins(load_experiment("digits")), same) == {}
