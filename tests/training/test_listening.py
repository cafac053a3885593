"""Listeners and reporters on the command line: told of everything, they do a training no harm."""

from __future__ import annotations

import json

import pytest

LISTENERS = """
from tui_nn.plugin import Ended, EpochFinished, ExperimentError, Started, hookimpl, listener

@listener
def notes(run, file="notes.jsonl"):
    "Notes."
    import json
    out = open(file, "a")
    facts = {"run": run.name, "resumed": run.is_resumed, "epochs": run.settings["training.epochs"]}
    out.write(json.dumps(facts) + "\\\\n")
    def take(event):
        kind = type(event).__name__
        epoch = event.epoch if isinstance(event, EpochFinished) else None
        out.write(json.dumps({"kind": kind, "epoch": epoch}) + "\\\\n")
        if isinstance(event, Ended):
            out.close()
    return take

@listener
def broken(run, at=2):
    "Broken."
    def take(event):
        if isinstance(event, EpochFinished) and event.epoch == at:
            raise ValueError("full disk")
    return take

@listener
def refusing(run):
    "Refusing."
    raise ExperimentError("no server answers.")

@listener
def crashing(run):
    "Crashing."
    raise KeyError("token")

@hookimpl
def tui_nn_listeners():
    return [notes, broken, refusing, crashing]
""".replace("\\\\n", "\\n")
REPORTER = """
from tui_nn.plugin import hookimpl, reporter

@reporter()
def pages(finished):
    "Pages."
    loss = finished.summary.metrics["train"]["loss"]
    return {"index.html": finished.name.encode(), "more/loss.txt": str(loss).encode()}

@hookimpl
def tui_nn_reporters():
    return [pages]
"""


@pytest.fixture
def train(tmp_path, tui_nn):
    (tmp_path / "heard.py").write_text(LISTENERS)

    def call(*words):
        base = ["train", "xor", "--quiet", "--set", "training.epochs=3", "--run-dir", "run", "--plugin", "heard.py"]
        return tui_nn(*base, *words, cwd=tmp_path)

    return call


def test_every_event_is_told_in_its_order_and_a_resumed_run_says_so(train, tmp_path, tui_nn):
    assert train("--listen", "notes").returncode == 0
    lines = [json.loads(line) for line in (tmp_path / "notes.jsonl").read_text().splitlines()]
    assert lines[0] == {"run": "xor", "resumed": False, "epochs": 3}
    assert lines[1]["kind"] == "Started"
    assert lines[-1]["kind"] == "Ended"
    assert [line["epoch"] for line in lines[1:] if line["kind"] == "EpochFinished"] == [0, 1, 2, 3]
    again = ["train", "--resume", "run", "--quiet", "--set", "training.epochs=5", "--plugin", "heard.py"]
    done = tui_nn(*again, "--listen", '{ kind = "notes", file = "more.jsonl" }', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (tmp_path / "more.jsonl").read_text().splitlines()]
    assert lines[0] == {"run": "xor", "resumed": True, "epochs": 5}
    assert [line["epoch"] for line in lines[1:] if line["kind"] == "EpochFinished"] == [4, 5]


def test_one_that_fails_is_told_of_once_and_the_training_is_what_it_would_be(train, tmp_path):
    done = train("--listen", "broken", "--listen", "crashing")
    assert done.returncode == 0
    said = [line for line in done.stderr.splitlines() if "listener" in line]
    assert said == [
        "tui-nn: listener 'crashing' failed and is told nothing more: KeyError: 'token'",
        "tui-nn: listener 'broken' failed and is told nothing more: ValueError: full disk",
    ]
    with_them = json.loads((tmp_path / "run" / "summary.json").read_text())
    (tmp_path / "run").rename(tmp_path / "before")
    assert train().returncode == 0
    without = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert with_them["metrics"] == without["metrics"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("note", "--listen note: unknown listener 'note'. Did you mean 'notes'?"),
        ('{ kind = "notes", fil = "x" }', "listener 'notes' has no option 'fil'. Did you mean 'file'?"),
        ("7", "--listen 7: expected a name, or a table"),
        ("refusing", "no server answers."),
    ],
)
def test_what_cannot_be_begun_is_said_before_anything_is_trained(train, tmp_path, text, words):
    done = train("--listen", text)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (tmp_path / "run" / "summary.json").exists()


def test_several_runs_are_not_listened_to(train):
    done = train("--seeds", "2", "--listen", "notes")
    assert done.returncode == 2
    assert "--listen works for a single run" in done.stderr


def test_a_report_by_name(train, tmp_path, tui_nn):
    assert train().returncode == 0
    (tmp_path / "pages.py").write_text(REPORTER)
    done = tui_nn("report", "run", "--to", "pages", "--out", "site", "--plugin", "pages.py", cwd=tmp_path)
    assert done.stdout == "site\n", done.stderr
    assert (tmp_path / "site" / "index.html").read_text() == "xor"
    loss = json.loads((tmp_path / "run" / "summary.json").read_text())["metrics"]["train"]["loss"]
    assert float((tmp_path / "site" / "more" / "loss.txt").read_text()) == loss
    assert tui_nn("report", "run", "--to", "junit", cwd=tmp_path).stdout == "run-junit.xml\n"
    assert tui_nn("report", "run", "--junit", "j.xml", cwd=tmp_path).returncode == 0
    assert (tmp_path / "run-junit.xml").read_text() == (tmp_path / "j.xml").read_text()
    done = tui_nn("report", "run", "--to", "junitt", cwd=tmp_path)
    assert done.returncode == 2
    assert "unknown reporter 'junitt'. Did you mean 'junit'?" in done.stderr


def test_a_run_does_not_depend_on_who_listened(train, tmp_path, tui_nn):
    assert train("--listen", "notes").returncode == 0
    (tmp_path / "heard.py").unlink()
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["plugins"] == []
    assert tui_nn("verify", "run", cwd=tmp_path).returncode == 0
    assert tui_nn("train", "--resume", "run", "--quiet", "--set", "training.epochs=4", cwd=tmp_path).returncode == 0
