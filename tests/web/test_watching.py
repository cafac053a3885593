"""Who only watches: keys that look do so, all others say why not, and the trainer's client has nothing to send."""

from __future__ import annotations

import pytest

from tui_nn.confined import WATCHED
from tui_nn.errors import StorageError
from tui_nn.experiment import load_experiment
from tui_nn.runs.control import ControlServer
from tui_nn.tui.key import LOOKS_ALONE, NEEDED, refusal
from tui_nn.tui.keys import KEYS
from tui_nn.tui.watching import WatchedTrainer

LOOK = {
    "edit",
    "data",
    "next_view",
    "choose_view",
    "why",
    "next_layer",
    "next_reading",
    "log_axis",
    "smoothing",
    "window",
    "switch_off",
    "focus_next",
    "time_back",
    "time_forward",
    "time_far_back",
    "time_far_forward",
    "time_now",
    "palette",
    "save_numbers",
    "save_picture",
    "help",
    "quit",
}


def test_a_key_that_trains_changes_or_opens_something_says_why_not():
    everything = {*NEEDED, LOOKS_ALONE}
    refused = {key.action for key in KEYS if refusal(key, everything) == WATCHED}
    assert refused == {key.action for key in KEYS} - LOOK
    assert {"play", "stop", "reset", "weight", "branch", "open", "experiment_file", "freeze", "lessons"} <= refused


def test_its_client_sends_nothing(tmp_path, registry):
    server = ControlServer(tmp_path)
    try:
        client = WatchedTrainer(tmp_path, registry)
        with pytest.raises(StorageError, match="Read only"):
            client.start(load_experiment("xor"), paused=False, speed=0.0)
        with pytest.raises(StorageError, match="Read only"):
            client.resume({}, paused=False, speed=0.0)
        with pytest.raises(StorageError, match="Read only"):
            client.set({"training.rate": "0.1"})
        client.send("stop")
        client.forget()
        client.wait_until_sent(1.0)
        assert server.requests.empty()
    finally:
        server.close()
