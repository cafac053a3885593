"""Code runs only if somebody asked for it: not from the working directory, and not because a file names it."""

from __future__ import annotations

import importlib.util
import json
import os
import py_compile
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from warm import anew

from tui_nn import userfiles
from tui_nn.cli.main import main
from tui_nn.errors import PluginError
from tui_nn.experiment import dump_experiment, load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.file import pinned
from tui_nn.plugin.registry import load_registry
from tui_nn.plugin.trust import FILE, allowed, trust
from tui_nn.training.whole import whole_of

PLUGIN = (
    "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
    "from tui_nn.plugin import activation, hookimpl\n@activation\ndef bump(z):\n    'Bump.'\n    return z * 0.5\n"
    "@hookimpl\ndef tui_nn_activations():\n    return [bump]\n"
)
EXPERIMENT = """
plugins = ["mine.py"]
[data]
source = "iris"
[network]
layers = [{ kind = "dense", units = 4, activation = "bump" }, { kind = "dense", units = 3, activation = "sigmoid" }]
[training]
epochs = 1
"""


@pytest.fixture
def experiment(tmp_path):
    (tmp_path / "mine.py").write_text(PLUGIN)
    path = tmp_path / "exp.toml"
    path.write_text(EXPERIMENT)
    return path


def train(experiment, *options):
    out = str(experiment.parent / "runs")
    return CliRunner().invoke(main, ["train", str(experiment), "--out", out, "--quiet", *options])


def test_an_experiment_cannot_run_code_that_nobody_trusted(experiment):
    result = train(experiment)
    assert isinstance(result.exception, PluginError)
    assert "is code that this experiment wants to run" in str(result.exception)
    assert "plugins trust" in str(result.exception)
    assert not experiment.with_name("ran").exists()
    assert train(experiment, "--plugin", str(experiment.with_name("mine.py"))).exit_code == 0
    assert isinstance(train(experiment).exception, PluginError), "naming it was for that time"


def test_trust_is_given_to_bytes_and_an_edit_asks_again(experiment):
    plugin = experiment.with_name("mine.py")
    assert CliRunner().invoke(main, ["plugins", "trust", str(plugin)]).exit_code == 0
    assert train(experiment).exit_code == 0
    plugin.write_text(PLUGIN + "# another byte\n")
    with pytest.raises(PluginError, match="has changed since you trusted it"):
        allowed([str(plugin)], (), "exp.toml")
    trust(plugin)
    assert [file.path for file in allowed([str(plugin)], (), "exp.toml")] == [str(plugin)]
    with pytest.raises(PluginError, match="no such file"):
        allowed([str(plugin.with_name("nowhere.py"))], (), "exp.toml")


def test_plugins_of_an_experiment_are_written_out_with_their_place(experiment):
    loaded = load_experiment(str(experiment))
    assert loaded.plugins == [str(experiment.with_name("mine.py"))]
    copy = experiment.with_name("copy.toml")
    copy.write_text(dump_experiment(loaded))
    assert load_experiment(str(copy)).plugins == loaded.plugins


def test_nothing_is_imported_from_the_working_directory(tmp_path):
    trap = "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
    for name in ("click", "msgspec", "numpy", "pluggy", "safetensors", "sprung"):
        (tmp_path / f"{name}.py").write_text(trap)
    info = tmp_path / "sprung-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sprung\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tui_nn]\nsprung = sprung\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with anew():
        done = subprocess.run(
            [sys.executable, "-m", "tui_nn", "plugins", "list", "--json"],
            cwd=tmp_path, env=environment, capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = {plugin["name"] for plugin in json.loads(done.stdout)}
    assert names - {"tui_nn_fast"} == {"tui_nn", "tui_nn_standard"}  # the accelerator may be installed beside it
    assert not (tmp_path / "ran").exists()


def poison(source, mode, optimized):
    """A compiled file beside the source, which Python itself would take for it: what it runs leaves a mark."""
    evil = source.with_name("evil.py")
    evil.write_text(PLUGIN.replace("'ran'", "'poisoned'").ljust(source.stat().st_size - 1) + "\n")
    os.utime(evil, (source.stat().st_mtime,) * 2)
    cached = importlib.util.cache_from_source(str(source), optimization=optimized)
    py_compile.compile(str(evil), cached, str(source), invalidation_mode=mode)
    evil.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(py_compile.PycInvalidationMode))
@pytest.mark.parametrize("optimized", ["", "1"])
def test_a_compiled_file_beside_a_trusted_source_is_never_run(experiment, mode, optimized):
    plugin = experiment.with_name("mine.py")
    plugin.write_text(PLUGIN + "#" * 40 + "\n")
    trust(plugin)
    poison(plugin, mode, optimized)
    assert train(experiment).exit_code == 0
    assert CliRunner().invoke(main, ["plugins", "list", "--plugin", str(plugin)]).exit_code == 0
    assert CliRunner().invoke(main, ["plugins", "check", str(plugin)]).exit_code == 0
    assert experiment.with_name("ran").exists()
    assert not experiment.with_name("poisoned").exists()


def test_a_file_swapped_after_the_check_is_not_what_runs(experiment, tmp_path):
    plugin = experiment.with_name("mine.py")
    sha256 = trust(plugin)
    files = allowed([str(plugin)], (), "exp.toml")
    plugin.write_text(PLUGIN.replace("'ran'", "'swapped'").replace("z * 0.5", "z * 0.25"))
    registry = load_registry(files)
    (info,) = [one for one in registry.plugins if one.origin == str(plugin)]
    assert (info.state, info.sha256) == ("ok", sha256)
    assert registry.get("activation", "bump").function(4.0) == 2.0
    assert not experiment.with_name("swapped").exists()
    whole = whole_of(build(load_experiment(str(experiment)), registry), registry, tmp_path / "run")
    assert [record.sha256 for record in whole.recipe.plugins] == [sha256], "a run records what was run"
    # A child process is told which bytes are meant, and refuses others.
    assert registry.files == (pinned(str(plugin), sha256),)
    with pytest.raises(PluginError, match="has changed since it was read"):
        load_registry(registry.files)
    result = train(experiment, "--plugin", registry.files[0])
    assert isinstance(result.exception, PluginError)
    assert not experiment.with_name("swapped").exists()


def test_files_that_are_trusted_at_once_are_all_remembered(tmp_path):
    files = [tmp_path / f"p{number}.py" for number in range(24)]
    for file in files:
        file.write_text(PLUGIN)
    with ThreadPoolExecutor(12) as at_once:
        list(at_once.map(trust, files))
    assert {str(file) for file in files} <= set(userfiles.read(FILE))


@pytest.mark.posix("has no pipes that are files")
@pytest.mark.parametrize("named", ["folder", "endless"])
def test_what_is_no_file_is_refused(tmp_path, named):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "endless")
    with pytest.raises(PluginError, match="no such file"):
        load_registry([str(tmp_path / named)])


@pytest.mark.slow
@pytest.mark.parametrize("trap", ["tui_nn", "numpy", "pip", "click"])
def test_run_py_runs_nothing_of_the_working_directory(tmp_path, monkeypatch, trap):
    (tmp_path / f"{trap}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    specification = importlib.util.spec_from_file_location("run_py", Path(__file__).parents[2] / "run.py")
    run = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(run)
    monkeypatch.setattr(run, "install", lambda with_tests: None)
    monkeypatch.setattr(run, "PYTHON", Path(sys.executable))
    monkeypatch.chdir(tmp_path)
    with anew():
        assert run.main(["data", "describe", "iris"]) == 0
    assert not (tmp_path / "ran").exists()
    commands = []
    monkeypatch.setattr(run, "VENV", tmp_path)
    monkeypatch.setattr(run.subprocess, "call", lambda command, **_: commands.append(command) or 0)
    run.call("pytest")
    monkeypatch.undo()
    assert all("-P" in command[: command.index("-m")] for command in commands)


def test_show_draws_an_activation_with_its_derivative(tmp_path, command):
    result = CliRunner().invoke(main, ["plugins", "show", "tanh"])
    assert result.exit_code == 0
    assert "Formula" not in result.output
    wrong = CliRunner().invoke(main, ["plugins", "show", "tahn"])
    assert "Did you mean 'tanh'" in str(wrong.exception)
    drawn = command("plugins", "show", "sigmoid", "--height", "20", cwd=tmp_path)
    assert "g(z)" in drawn
    assert "g'(z)" in drawn
    assert len(drawn.splitlines()) > 20


@pytest.mark.slow
def test_processes_that_trust_at_once_are_all_remembered(tmp_path, monkeypatch):
    monkeypatch.setenv("TUI_NN_STATE", str(tmp_path / "state"))
    files = [tmp_path / f"p{number}.py" for number in range(6)]
    children = []
    for file in files:
        file.write_text(PLUGIN)
        command = [sys.executable, "-P", "-m", "tui_nn", "plugins", "trust", str(file)]
        children.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    assert [child.wait(60) for child in children] == [0] * 6
    assert set(json.loads((tmp_path / "state" / FILE).read_bytes())) == {str(file.resolve()) for file in files}


def test_what_cannot_be_read_is_not_replaced_by_nothing(tmp_path, monkeypatch):
    """A full table of open files, a disk that fails: the trust that was given before must not go."""
    monkeypatch.setenv("TUI_NN_STATE", str(tmp_path))
    userfiles.update(FILE, lambda known: {**known, "a": "1"})

    def failing(*args, **more):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(userfiles, "read_bytes", failing)
        with pytest.raises(OSError, match="Input/output"):
            userfiles.update(FILE, lambda known: {**known, "b": "2"})
    assert userfiles.read(FILE) == {"a": "1"}


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff", b"[" * 10**5, b"null"])
def test_a_damaged_table_is_an_empty_one(tmp_path, monkeypatch, content):
    monkeypatch.setenv("TUI_NN_STATE", str(tmp_path))
    (tmp_path / FILE).write_bytes(content)
    assert userfiles.read(FILE) == {}
    userfiles.update(FILE, lambda known: {**known, "b": "2"})
    assert userfiles.read(FILE) == {"b": "2"}


def test_a_file_that_would_fill_the_memory_is_not_compiled(tmp_path):
    """Compiling takes some 500 bytes for each of the source."""
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN + "x = 1\n" * 100_000)
    with pytest.raises(PluginError, match=r"mine\.py': it is larger than 512 KiB"):
        load_registry([str(path)])
    assert not (tmp_path / "ran").exists()
