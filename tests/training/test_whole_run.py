"""A run is whole: moved, zipped and mailed it answers with the same bits; its own data are the same, or named."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import sys

import pytest

from tui_nn.errors import PluginError
from tui_nn.model.tensors import pack, unpack
from tui_nn.plugin.file import read_plugin_files
from tui_nn.training.provenance import files_beside

SHADOW = """
import numpy as np
from tui_nn.plugin import activation, hookimpl

@activation
def tanh(z):
    "Not tanh at all."
    return np.sin(3 * z) + 1

@hookimpl
def tui_nn_activations():
    return [tanh]
"""
EXPERIMENT = """
[data]
source = "../data/t.csv"
scale = "standard"
missing = "mean"
[network]
layers = [{ kind = "dense", units = 4, activation = "tanh" }, { kind = "dense", units = 2 }]
[training]
loss = "softmax_cross_entropy"
epochs = 4
"""
NEW = "b,a\n0.5,1\n,7\n0.9,3\n"


def table(rows):
    cells = [(n, n * n % 7 if n % 9 else "", ["no", "yes"][n % 3 == 0]) for n in range(rows)]
    return "a,b,kind\n" + "".join(f"{a},{b},{kind}\n" for a, b, kind in cells)


@pytest.fixture(scope="module")
def original(tmp_path_factory, command):
    """A folder with data and an experiment, and a finished run of it."""
    world = tmp_path_factory.mktemp("world")
    (world / "data").mkdir()
    (world / "work").mkdir()
    (world / "data" / "t.csv").write_text(table(60))
    (world / "work" / "e.toml").write_text(EXPERIMENT)
    (world / "work" / "new.csv").write_text(NEW)
    command("train", "e.toml", "--run-dir", "run", "--quiet", cwd=world / "work")
    return world


@pytest.fixture
def world(original, tmp_path):
    """A copy of it, to be spoiled."""
    return shutil.copytree(original, tmp_path / "copy")


def asked(command, run, cwd):
    """Everything that needs no sample of the run's own data, as text."""
    answers = command("predict", run, "new.csv", "--json", cwd=cwd)
    command("export", run, "--to", "csv", "--out", cwd / "out", cwd=cwd)
    exported = {file.name: file.read_text() for file in sorted((cwd / "out").iterdir())}
    kinds = ("boundary", "neurons", "weights", "loss", "confusion")
    views = [command("show", run, "--view", view, "--json", cwd=cwd) for view in kinds]
    others = command("evaluate", run, "other.csv", "--json", cwd=cwd)
    return answers, exported, views, json.loads(others)["metrics"]


@pytest.mark.parametrize("what", ["changed", "deleted", "moved with the run"])
def test_the_network_answers_with_the_same_bits_whatever_became_of_its_data(world, what, command):
    work = world / "work"
    (work / "other.csv").write_text(table(33))
    before = asked(command, "run", work)
    own = json.loads(command("evaluate", "run", "--json", cwd=work))["metrics"]
    data = world / "data" / "t.csv"
    if what == "changed":
        data.write_text(table(61))
        assert asked(command, "run", work) == before
    else:
        data.unlink()
    elsewhere = world / "else" / "where"
    elsewhere.mkdir(parents=True)
    archive = shutil.make_archive(str(world / "mail"), "zip", work, "run")
    shutil.rmtree(work / "run")
    shutil.unpack_archive(archive, elsewhere)
    for name in ("new.csv", "other.csv"):
        shutil.copy(work / name, elsewhere)
    if what == "moved with the run":
        (elsewhere / "t.csv").write_text(table(60))
    assert asked(command, "run", elsewhere) == before
    if what == "moved with the run":
        assert json.loads(command("evaluate", "run", "--json", cwd=elsewhere))["metrics"] == own
        assert "weights  the same, bit for bit" in command("verify", "run", cwd=elsewhere)
    else:
        for words in (["verify", "run"], ["evaluate", "run"], ["show", "run", "--view", "mistakes"]):
            assert "t.csv" in command(*words, cwd=elsewhere, code=3)


def test_changed_data_are_named_and_never_used(world, command):
    work, data = world / "work", world / "data" / "t.csv"
    data.write_text(table(61))
    for words in (
        ["verify", "run"],
        ["evaluate", "run"],
        ["show", "run", "--view", "mistakes"],
        ["train", "--resume", "run", "--set", "training.epochs=9"],
    ):
        said = command(*words, cwd=work, code=3)
        assert re.search(r"t\.csv: not the data that run was trained on.*\(60 samples then, 61 now\)", said)
        assert "tui-nn evaluate run DATA" in said
    data.write_text(table(60).replace("yes", "YES"))  # as many samples, another class name
    assert "have changed since. Put" in command("verify", "run", cwd=work, code=3)
    data.write_text(table(60))
    assert "the same, bit for bit" in command("verify", "run", cwd=work)
    command("train", "--resume", "run", "--set", "training.epochs=9", "--quiet", cwd=work)


def test_nothing_in_a_run_says_where_it_was(original):
    files = list((original / "work" / "run").iterdir())
    words = [os.fsencode(word) for word in (original, sys.prefix)]
    assert [file.name for file in files if any(word in file.read_bytes() for word in words)] == []


def test_weights_from_a_file_travel_with_the_run(world, command):
    work = world / "work"
    command("export", "run", "--to", "npz", "--out", "w.npz", cwd=work)
    command("train", "e.toml", "--set", "network.weights=w.npz", "--run-dir", "second", "--quiet", cwd=work)
    (work / "w.npz").unlink()
    (world / "far").mkdir()
    shutil.move(work / "second", world / "far" / "second")
    shutil.copy(world / "data" / "t.csv", world / "far" / "second")
    assert "the same, bit for bit" in command("verify", "second", cwd=world / "far")


@pytest.fixture
def shadowed(world, command):
    """A run of which the tanh is a plugin file's."""
    work = world / "work"
    (work / "shadow.py").write_text(SHADOW)
    (work / "one.csv").write_text(NEW)
    command("train", "e.toml", "--plugin", "shadow.py", "--run-dir", "dark", "--quiet", cwd=work)
    return work


COMMANDS = (
    ["evaluate", "dark"],
    ["predict", "dark", "one.csv"],
    ["verify", "dark"],
    ["export", "dark", "--to", "npz"],
    ["show", "dark", "--view", "neurons"],
    ["train", "--resume", "dark", "--set", "training.epochs=6", "--quiet"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_built_in_never_stands_in_for_a_plugin_file(shadowed, words, command):
    said = command(*words, cwd=shadowed, code=7)
    assert "dark was trained with the plugin file shadow.py, which replaced activation 'tanh'" in said
    option = re.search(r"--plugin \S+shadow\.py", said)
    assert option is not None
    command(*words, *option.group().split(), cwd=shadowed)


def test_a_trusted_file_is_used_and_a_changed_one_is_not(shadowed, command):
    right = command("predict", "dark", "one.csv", "--plugin", "shadow.py", cwd=shadowed)
    command("plugins", "trust", "shadow.py", cwd=shadowed)
    assert command("predict", "dark", "one.csv", cwd=shadowed) == right
    assert command("predict", "run", "one.csv", cwd=shadowed) != right
    (shadowed / "shadow.py").write_text(SHADOW.replace("sin(3", "sin(4"))
    assert "it has changed since" in command("predict", "dark", "one.csv", cwd=shadowed, code=7)
    said = command("predict", "dark", "one.csv", "--plugin", "shadow.py", cwd=shadowed, code=7)
    assert "has changed since" in said
    (shadowed / "shadow.py").unlink()
    assert "it is no longer at" in command("predict", "dark", "one.csv", cwd=shadowed, code=7)


def test_the_same_bytes_elsewhere_are_the_same_plugin(shadowed, command):
    right = command("predict", "dark", "one.csv", "--plugin", "shadow.py", cwd=shadowed)
    (shadowed / "away").mkdir()
    shutil.move(shadowed / "shadow.py", shadowed / "away")
    assert command("predict", "dark", "one.csv", "--plugin", "away/shadow.py", cwd=shadowed) == right


def test_a_plugin_never_stands_in_for_a_built_in(shadowed, command):
    for words in (["evaluate", "run"], ["predict", "run", "one.csv"], ["verify", "run"]):
        said = command(*words, "--plugin", "shadow.py", cwd=shadowed, code=7)
        assert "activation 'tanh' came from the plugin 'tui_nn_standard" in said
        assert "Remove the plugin shadow" in said


def test_the_same_bytes_under_another_name_are_the_same_plugin(shadowed, command):
    right = command("predict", "dark", "one.csv", "--plugin", "shadow.py", cwd=shadowed)
    shutil.move(shadowed / "shadow.py", shadowed / "other.py")
    assert command("predict", "dark", "one.csv", "--plugin", "other.py", cwd=shadowed) == right
    assert "the same, bit for bit" in command("verify", "dark", "--plugin", "other.py", cwd=shadowed)


@pytest.mark.parametrize(
    "words",
    [
        ["train", "dark/experiment.toml", "--run-dir", "anew", "--quiet"],
        ["train", "dark/experiment.toml", "--dry-run"],
        ["gradcheck", "dark/experiment.toml"],
        ["sweep", "dark/experiment.toml", "--grid", "training.epochs=1", "--out", "swept"],
    ],
    ids=["train", "dry run", "gradcheck", "sweep"],
)
def test_a_runs_experiment_asks_for_its_plugin_files(shadowed, words, command):
    """It names tanh, and does not say whose: a training of it has the run's, or an edited one that is named."""
    said = command(*words, cwd=shadowed, code=7)
    option = re.search(r"--plugin \S+shadow\.py", said)
    assert option is not None
    (shadowed / "shadow.py").write_text(SHADOW.replace("sin(3", "sin(4"))
    assert "it has changed since" in command(*words, cwd=shadowed, code=7)
    command(*words, *option.group().split(), cwd=shadowed)


def test_a_plugin_file_of_a_run_that_is_swapped_after_the_check_is_not_run(shadowed, command):
    command("plugins", "trust", "shadow.py", cwd=shadowed)
    files = files_beside(str(shadowed / "dark" / "experiment.toml"), ())
    swapped = "from pathlib import Path\nPath(__file__).with_name('swapped').touch()\n"
    (shadowed / "shadow.py").write_text(swapped + SHADOW)
    with pytest.raises(PluginError, match="has changed since it was read"):
        read_plugin_files(files)
    assert "has changed since it was read" in command(
        "train", "e.toml", *(word for file in files for word in ("--plugin", file)), cwd=shadowed, code=7
    )
    assert not (shadowed / "swapped").exists()


def test_a_command_that_is_proposed_names_the_plugin_files(shadowed, command):
    far = ["--plugin", "shadow.py", "--run-dir", "far", "--quiet"]
    too_high, early = "training.optimizer.rate=1e6", "training.early_stopping={patience = 1}"
    command("train", "e.toml", "--set", too_high, "--set", early, "--set", "training.epochs=99", *far, cwd=shadowed)
    proposed = command("doctor", "far", cwd=shadowed).splitlines()[-1].removeprefix("try: tui-nn ")
    assert "--plugin" in proposed
    command(*shlex.split(proposed), "--run-dir", "tried", "--quiet", cwd=shadowed)
    said = command("train", "--resume", "far", "--plugin", "shadow.py", cwd=shadowed, code=6)
    assert re.search(
        r"tui-nn train far/experiment.toml --set training.early_stopping.patience=N --plugin \S+shadow.py", said
    )


def test_an_exported_network_asks_for_its_plugin(shadowed, command):
    right = command("predict", "dark", "one.csv", "--plugin", "shadow.py", cwd=shadowed)
    command("export", "dark", "--to", "safetensors", "--out", "m.safetensors", "--plugin", "shadow.py", cwd=shadowed)
    said = command("predict", "m.safetensors", "one.csv", cwd=shadowed, code=7)
    assert "activation 'tanh' came from the plugin file shadow.py" in said
    assert command("predict", "m.safetensors", "one.csv", "--plugin", "shadow.py", cwd=shadowed) == right
    (shadowed / "shadow.py").write_text(SHADOW.replace("sin(3", "sin(4"))
    said = command("predict", "m.safetensors", "one.csv", "--plugin", "shadow.py", cwd=shadowed, code=7)
    assert "which has changed since" in said


def as_first_version(run):
    """Turn a run into one of the first version, which knew neither recipe nor network, and hashed otherwise."""
    for name in ("recipe.json", "net"):
        (run / name).unlink()
    events = run / "events.jsonl"
    first, others = events.read_text().split("\n", 1)
    started = {**json.loads(first), "schema": 1}
    del started["chance"], started["measured"]
    events.write_text(json.dumps(started) + "\n" + re.sub(r'"loss":[0-9.e-]+', '"loss":0.5', others))
    noted = json.loads((run / "environment.json").read_text())
    files = [name for name in noted["plugins"] if not name.startswith("tui_nn")]
    noted["plugins"] |= dict.fromkeys(files, "")
    (run / "environment.json").write_text(json.dumps(noted))
    tensors, texts = unpack((run / "checkpoint").read_bytes())
    facts = json.loads(texts["facts"])
    former = (run / "experiment.toml").read_text().replace("\ninitializer = ", "\ninitialiser = ")
    (run / "experiment.toml").write_text(former)
    experiment = hashlib.sha256(former.encode()).hexdigest()[:16]
    plugins = {f"plugin {name}": "-" for name in files}
    facts["fingerprint"] |= {"experiment": experiment, "data": "of another hash", **plugins}
    facts["events"] = events.stat().st_size
    (run / "checkpoint").write_bytes(pack(tensors, {"facts": json.dumps(facts)}))


def test_a_run_of_the_first_version_is_still_read(world, command):
    """Without recipe and network by themselves: its experiment and its data say what it was."""
    work = world / "work"
    before = command("predict", "run", "new.csv", cwd=work)
    as_first_version(work / "run")
    assert command("predict", "run", "new.csv", cwd=work) == before
    said = command("verify", "run", cwd=work)
    assert "the same in kind and step" in said
    assert "the same, bit for bit" in said
    assert "differs" not in said
    command("show", "run", "--view", "boundary", cwd=work)


def test_a_run_of_the_first_version_asks_for_its_plugin_file(shadowed, command):
    right = command("predict", "dark", "one.csv", "--plugin", "shadow.py", cwd=shadowed)
    as_first_version(shadowed / "dark")
    for words in COMMANDS:
        assert "dark was trained with the plugin file shadow.py" in command(*words, cwd=shadowed, code=7)
    assert command("predict", "dark", "one.csv", "--plugin", "shadow.py", cwd=shadowed) == right
    assert "differs" not in command("verify", "dark", "--plugin", "shadow.py", cwd=shadowed)


@pytest.mark.parametrize("name", ["recipe.json", "net"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"schema": 99}', b"\xff\xfe", b"[" * 5000])
def test_a_damaged_run_is_named(world, name, content, command):
    (world / "work" / "run" / name).write_bytes(content)
    said = command("predict", "run", "new.csv", cwd=world / "work", code=6)
    assert f"run/{name}: " in said


def test_the_network_of_another_run_is_no_defect(world, command):
    work = world / "work"
    command("train", "xor", "--set", "training.epochs=1", "--run-dir", "other", "--quiet", cwd=work)
    shutil.copy(work / "other" / "net", work / "run" / "net")
    for words in (["predict", "run", "new.csv"], ["export", "run", "--to", "csv", "--out", "o.csv"], ["verify", "run"]):
        assert "run/net: is of another network than the run was trained with" in command(*words, cwd=work, code=6)
