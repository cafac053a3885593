"""Whatever names there are, and whatever stdout is: every command reads what another wrote, and nothing is a defect."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from functools import cache
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from parts import pairs

from tui_nn.cli.main import COMMANDS, main
from tui_nn.printable import OBEYED
from tui_nn.runs import layout

ESCAPE = "\x1b"
NAMES = {
    "escape": f"{ESCAPE}[31mred{ESCAPE}[0m",
    "markup": "<b>&\"'[/]` | #",
    "unicode": "größe 東京 🙂",
    "other": "a\x07\x9b\u2028b",
    "title": f"{ESCAPE}]0;owned\x07",
    "clipboard": f"{ESCAPE}]52;c;b3duZWQ={ESCAPE}\\",
    "lines": "one\ntui-nn: error: two\tthree",
    "a line twice": "red\rgreen",
    "settings": "digits[rate=0.1,batch=32]",
    "link": "[link=https://example.org]x",
    "diverged": "numbers that are none",
}
DIVERGES = ("--set", "training.optimizer.rate=1e30", "--set", "network.layers[0].activation=identity")
EXPERIMENT = """
name = {name}
[data]
source = "data.csv"
validation = 0.25
[network]
layers = [{{ kind = "dense", units = 3, activation = "tanh" }}, {{ kind = "dense", units = 2 }}]
[training]
loss = "softmax_cross_entropy"
epochs = 3
"""
PICTURES = ("loss", "confusion", "weights", "mistakes", "health", "verdict")
# What each is asked. `stop`, `set` and so on need a trainer that is there.
ASKED = {
    "train": [["train", "e.toml", "--dry-run"], ["train", "e.toml", "--overfit", "4", "--json"]],
    "sweep": [],
    "compare": [["compare", "run", "run"], ["compare", "run", "run", "--json"]],
    "gradcheck": [["gradcheck", "e.toml"], ["gradcheck", "e.toml", "--json"]],
    "circuit": [["circuit", "x*y", "x=1", "y=2"]],
    "bumps": [["bumps", "x^2", "--epochs", "2"], ["bumps", "x^2", "--epochs", "0", "--json"]],
    "verify": [["verify", "run"], ["verify", "run", "--json"]],
    "show": [
        *(["show", "run", "--view", view] for view in PICTURES),
        ["show", "run", "--view", "confusion", "--json"], ["show", "run", "--csv"],
        ["show", "run", "--view", "confusion", "--svg", "confusion.svg"],
    ],
    "evaluate": [["evaluate", "run"], ["evaluate", "run", "data.csv", "--json"]],
    "predict": [["predict", "run", "data.csv"], ["predict", "run", "data.csv", "--json"]],
    "export": [["export", "run", "--to", kind] for kind in ("npz", "safetensors", "csv")],
    "report": [["report", "run"], ["report", "run", "--report", "again"]],
    "doctor": [["doctor", "run"], ["doctor", "run", "--json"]],
    "runs": [["runs", "."], ["runs", ".", "--json"]],
    "watch": [["watch", "run", "--once"], ["watch", "run", "--follow"]],
    "control": [],
    "plugins": [["plugins", "list"], ["plugins", "show", "tanh"]],
    "data": [["data", "list"], ["data", "describe", "data.csv"]],
    "lesson": [["lesson"], ["lesson", "check", "06"], ["lesson", "show", "06", "--step", "2"]],
    "examples": [["examples"]],
    "present": [],  # needs a terminal
    "serve": [],  # goes on until it is ended
}  # fmt: skip
WORDS = [words for lines in ASKED.values() for words in lines]
ONE_EACH = [lines[0] for lines in ASKED.values() if lines]
AS_DATA = [["evaluate", "run", "--json"], ["show", "run", "--csv"]]
HELP = [["--help"], ["--version"], ["train", "--help"]]


def spelt(value):
    return value if isinstance(value, str) else " ".join(value)


def test_every_command_is_asked():
    assert set(ASKED) == set(COMMANDS)


def quoted(label):
    """As a table has it."""
    return '"' + label.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """name -> a folder with a run whose experiment and whose classes are called so; trained once."""
    return cache(lambda name: made(tmp_path_factory.mktemp("odd"), name))


@pytest.fixture(params=NAMES)
def place(request, places):
    return places(request.param)


def made(folder, name):
    label = NAMES[name]
    rows = [f"{number},{1 + number % 2},{quoted(label) if number % 2 else 'b'}" for number in range(16)]
    (folder / "data.csv").write_text("\n".join(["x,y,class", *rows, ""]), "utf-8", newline="")
    (folder / "e.toml").write_text(EXPERIMENT.format(name=json.dumps(label, ensure_ascii=False)), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        odd = DIVERGES if name == "diverged" else ()
        done = CliRunner().invoke(main, ["train", "e.toml", "--run-dir", "run", "--report", "report", "--quiet", *odd])
        assert done.exit_code == (4 if odd else 0), done.output
    return folder


def test_what_is_written_is_well_formed(place):
    for path in [*(place / "report").glob("*.svg"), place / "report" / "junit.xml"]:
        ElementTree.parse(path)
    for path in [*(place / "report").iterdir(), *(place / "run").iterdir()]:
        if path.suffix in (".md", ".svg", ".xml", ".json", ".jsonl", ".toml"):
            with path.open(encoding="utf-8", newline="") as file:
                assert not OBEYED.search(file.read()), path.name


@pytest.mark.long
@pytest.mark.parametrize(("place", "words"), pairs(list(NAMES), WORDS, 3), ids=spelt, indirect=["place"])
def test_every_command_takes_it(place, monkeypatch, entry_point, words):
    monkeypatch.chdir(place)
    code, out, said = entry_point(*words)
    assert code in (0, 4, 5), said
    assert not OBEYED.search(out + said), OBEYED.search(out + said)
    if "--json" in words and words[0] != "predict":
        json.loads(out)
    for path in place.glob("*.svg"):
        ElementTree.parse(path)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A run of a class that few encodings have."""
    folder = tmp_path_factory.mktemp("plain")
    rows = [f"{number},{1 + number % 2},{'größe' if number % 2 else '東京'}" for number in range(16)]
    (folder / "data.csv").write_text("\n".join(["x,y,class", *rows, ""]), "utf-8")
    (folder / "e.toml").write_text(EXPERIMENT.format(name='"e"'), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert CliRunner().invoke(main, ["train", "e.toml", "--run-dir", "run", "--quiet"]).exit_code == 0
    return folder


class Into:
    """stdout of this process for a moment: a file, in an encoding."""

    def __init__(self, monkeypatch, file, encoding):
        self.file = file
        monkeypatch.delenv("TUI_NN_ASCII", raising=False)
        stream = io.TextIOWrapper(file, encoding=encoding, write_through=False)
        for name in ("stdout", "__stdout__"):
            monkeypatch.setattr(sys, name, stream)


@pytest.mark.parametrize("encoding", ["iso8859-1", "cp437"])
@pytest.mark.parametrize("words", [*ONE_EACH, *AS_DATA], ids=" ".join)
def test_stdout_in_another_encoding(plain, monkeypatch, entry_point, words, encoding):
    monkeypatch.chdir(plain)
    file = io.BytesIO()
    Into(monkeypatch, file, encoding)
    code, _, said = entry_point(*words)
    assert code in (0, 5), said
    out = file.getvalue()
    if "--json" in words or "--csv" in words or words[0] == "predict":
        out.decode("utf-8")
    else:
        out.decode(encoding)


def test_pictures_are_drawn_with_what_there_is(plain, monkeypatch, entry_point):
    monkeypatch.chdir(plain)
    file = io.BytesIO()
    Into(monkeypatch, file, "cp1252")
    assert entry_point("show", "run")[0] == 0
    assert "?" not in file.getvalue().decode("cp1252")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")  # noqa: PTH110
@pytest.mark.parametrize("words", [*ONE_EACH, *HELP], ids=" ".join)
def test_stdout_is_full(plain, monkeypatch, entry_point, words):
    monkeypatch.chdir(plain)
    with open("/dev/full", "wb") as file:  # noqa: PTH123
        Into(monkeypatch, file, "utf-8")
        code, _, said = entry_point(*words)
    assert (code, said.splitlines()[-1]) == (6, "tui-nn: error: stdout: No space left on device."), said


@pytest.mark.parametrize("words", [*ONE_EACH, *HELP], ids=" ".join)
def test_whoever_reads_stdout_has_seen_enough(plain, monkeypatch, entry_point, words):
    monkeypatch.chdir(plain)
    there, here = os.pipe()
    os.close(there)
    with os.fdopen(here, "wb") as file:
        Into(monkeypatch, file, "utf-8")
        code, _, said = entry_point(*words)
    assert code in (0, 5), said
    assert "error" not in said


def test_a_name_that_is_not_utf8(plain, monkeypatch, entry_point):
    monkeypatch.chdir(plain)
    Into(monkeypatch, io.BytesIO(), "utf-8")  # what comes there is no text
    name = os.fsdecode(b"r\xff")
    code, _, said = entry_point("train", "e.toml", "--run-dir", name, "--report", f"{name}-report", "--quiet")
    assert code == 0, said
    for words in WORDS:
        if "run" in words:
            code, _, said = entry_point(*(name if word == "run" else word for word in words))
            assert code in (0, 5), (words, said)
    (plain / os.fsdecode(b"d\xff.csv")).write_bytes((plain / "data.csv").read_bytes())
    code, _, said = entry_point("train", "e.toml", "--set", os.fsdecode(b"data.source=d\xff.csv"))
    assert (code, said.count("is not UTF-8")) == (2, 1), said


@pytest.mark.parametrize("words", ONE_EACH, ids=" ".join)
def test_no_home(plain, monkeypatch, entry_point, words):
    monkeypatch.chdir(plain)
    for name in ("HOME", "TUI_NN_STATE", "TUI_NN_CACHE", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it does where nobody knows the user
    code, _, said = entry_point(*words)
    assert code in (0, 5), said


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["plugins", "trust", "mine.py"], "HOME, XDG_STATE_HOME or TUI_NN_STATE"),
        (["data", "fetch", "mnist"], "HOME, XDG_CACHE_HOME or TUI_NN_CACHE"),
        (["train", "e.toml", "--set", "data.source=~/data.csv"], "HOME"),
    ],
)
def test_where_a_home_is_needed_it_is_named(plain, monkeypatch, entry_point, words, named):
    monkeypatch.chdir(plain)
    (plain / "mine.py").write_text("")
    for name in ("HOME", "TUI_NN_STATE", "TUI_NN_CACHE", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    code, _, said = entry_point(*words)
    assert code == 6
    assert said.startswith("tui-nn: error: ")
    assert f"set {named}" in said


FAILING = [
    (["train", "e.toml", "--set", "training.epoch=3", "--json"], 2),
    (["train", "none.toml", "--json"], 3),
    (["train", "--json"], 2),
    (["gradcheck", "e.toml", "--set", "data.source=none.csv", "--json"], 3),
    (["sweep", "e.toml", "--grid", "x", "--json"], 2),
    (["compare", "none", "none", "--json"], 6),
    (["verify", "none", "--json"], 6),
    (["show", "none", "--json"], 6),
    (["evaluate", "none", "--json"], 6),
    (["predict", "run", "none.csv", "--json"], 3),
    (["doctor", "none", "--json"], 6),
    (["runs", "none", "--json"], 6),
    (["plugins", "check", "none.py", "--json"], 7),
    (["runs", "--json", "--no-such-option"], 2),
]


@pytest.mark.parametrize(("words", "expected"), FAILING, ids=lambda value: " ".join(value) if value is list else "")
def test_an_error_as_json(plain, monkeypatch, entry_point, words, expected):
    """On stdout, as docs/ci.md says; on stderr as ever."""
    monkeypatch.chdir(plain)
    code, out, said = entry_point(*words)
    assert said
    error = json.loads(out.splitlines()[-1])["error"]
    assert set(error) == {"message", "exit_code", "findings"}
    assert error["exit_code"] == code
    assert error["message"].splitlines()[0] in said
    assert all(set(finding) == {"message", "file", "line", "column"} for finding in error["findings"])
    assert code in (expected, 2), said


def test_a_run_of_somebody_else(plain, monkeypatch, entry_point):
    monkeypatch.chdir(plain)

    def refused(reader):  # noqa: ARG001
        raise PermissionError(13, "Permission denied", "run/events.jsonl")

    monkeypatch.setattr("tui_nn.runs.reader.RunReader.refresh", refused)
    for words in WORDS:
        if "run" in words and words[0] != "control":
            code, _, said = entry_point(*words)
            assert (code, said) == (6, "tui-nn: error: run/events.jsonl: Permission denied.\n"), words


THREAD = """
import threading, time
from tui_nn.plugin import activation, hookimpl
threading.Thread(target=lambda: time.sleep(3600), name="sleeper").start()
@activation
def mine(z):
    "As it comes."
    return z * 1.0
@hookimpl
def tui_nn_activations(): return [mine]
"""


def test_a_thread_that_nobody_ends(tmp_path):
    (tmp_path / "mine.py").write_text(THREAD)
    done = subprocess.run(
        [sys.executable, "-m", "tui_nn", "train", "iris", "--plugin", "mine.py", "--quiet", "--run-dir", "run"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "run\n")
    assert done.stderr == "tui-nn: a thread is still running and was abandoned: 'sleeper', mine.py:4, in <lambda>.\n"
    assert (tmp_path / "run" / layout.SUMMARY).exists()
    done = subprocess.run(
        [sys.executable, "-m", "tui_nn", "plugins", "check", "mine.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 7
    assert "FAILED  ends" in done.stdout
    assert "'sleeper', mine.py:4, in <lambda>" in done.stdout


@pytest.mark.parametrize("code", ["", "0", "3", "'a message'"])
def test_only_the_program_itself_ends_the_process(tmp_path, monkeypatch, entry_point, code):
    """A script that ends the process when it is imported, also where nobody blames plugins."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(f"import sys\nsys.exit({code})\n")
    for words in (["plugins", "list"], ["data", "list"], ["train", "iris"], ["gradcheck", "iris"]):
        ended, _, said = entry_point(*words, "--plugin", "mine.py")
        if words[0] != "plugins":  # which lists what does not work
            assert ended == 7
            assert "mine.py:2" in said


@pytest.mark.parametrize(
    ("redirected", "said"), [("stdin", "needs a terminal"), ("stdout", "needs a terminal"), ("stderr", "redirected")]
)
@pytest.mark.parametrize("words", [["xor"], [], ["circuit", "product", "--open"]], ids=" ".join)
def test_a_screen_needs_all_three_streams(plain, monkeypatch, entry_point, words, redirected, said):
    """What draws on stderr would draw into a file, and leave a black screen that takes keys."""
    monkeypatch.chdir(plain)
    monkeypatch.setenv("TERM", "xterm")
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(getattr(sys, name), "isatty", lambda name=name: name != redirected, raising=False)
    code, _, complaint = entry_point(*words)
    assert code == 2
    assert said in complaint
