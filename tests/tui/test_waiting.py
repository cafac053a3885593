"""Nobody waits for a trainer or a disk that does not answer: what is asked of them is asked aside, and never twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from recording import train

from tui_nn.errors import ExitCode, StorageError
from tui_nn.experiment import load_experiment
from tui_nn.runs import RunReader, layout, reader
from tui_nn.runs.control import ControlClient, Refused, Unanswered
from tui_nn.tui import messenger, trainer_client
from tui_nn.tui.aside import aside
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.lookout import Lookout
from tui_nn.tui.messenger import Messenger, Request
from tui_nn.tui.trainer_client import NO_ANSWER, NO_DISK, REMOVED, ProcessTrainer, how_it_ended

RUN = Path("runs/one")


class Trainer:
    """Answers when it is let go; `says` is what it raises, request by request, and then nothing."""

    def __init__(self, *says):
        self.heard, self.says = [], list(says)
        self.free = threading.Event()

    def __call__(self, request):
        self.free.wait(30)
        self.heard.append(request.do)
        if self.says and (said := self.says.pop(0)) is not None:
            raise said
        return ""


def test_who_sends_does_not_wait_and_the_order_is_kept():
    trainer = Trainer()
    messages = Messenger(trainer)
    for do in ("pause", "step", "step", "play", "play"):
        messages.send(Request(RUN, do))
    assert trainer.heard == []
    trainer.free.set()
    messages.drain(30)
    assert trainer.heard == ["pause", "step", "step", "play"], "a second play says nothing new; a second step does"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (StorageError("nobody listens"), ["step", "step", "play"]),
        (Unanswered("no answer"), ["step", "play"]),
        (Refused("no"), ["step", "play"]),
    ],
)
def test_only_what_nobody_can_have_heard_is_sent_again(said, heard, monkeypatch):
    monkeypatch.setattr(messenger, "AGAIN", 0.001)
    trainer = Trainer(said)
    trainer.free.set()
    messages = Messenger(trainer)
    messages.send(Request(RUN, "step"))
    messages.send(Request(RUN, "play"))
    messages.drain(30)
    assert trainer.heard == heard


def test_a_run_that_has_ended_is_asked_for_nothing_more():
    trainer = Trainer(*[StorageError("nobody listens")] * 1000)
    messages = Messenger(trainer)
    messages.send(Request(RUN, "play"))
    messages.send(Request(Path("runs/other"), "stop", patience=0.0))
    messages.drop(RUN)
    trainer.free.set()
    messages.drain(30)
    assert trainer.heard[-1] == "stop"


def test_silence_is_known_until_a_sign_of_life(monkeypatch):
    trainer = Trainer(Unanswered("no answer"))
    messages = Messenger(trainer)
    messages.send(Request(RUN, "play"))
    monkeypatch.setattr(messenger, "SILENT", 1e9)
    assert not messages.silent(0.0)
    monkeypatch.setattr(messenger, "SILENT", -1.0)
    while not messages.silent(0.0):
        time.sleep(0.01)  # the thread may not have begun
    monkeypatch.setattr(messenger, "SILENT", 1e9)
    trainer.free.set()
    messages.drain(30)
    assert messages.silent(time.time() - 100)
    assert not messages.silent(time.time() + 100), "it has written since"
    messages.send(Request(RUN, "play"))
    messages.drain(30)
    assert not messages.silent(0.0), "it has answered"


def test_a_look_that_takes_long_is_seen_later():
    seen, free = iter((1, 2, 3)), threading.Event()

    def look():
        free.wait(30)
        return next(seen)

    lookout = Lookout(look)
    assert lookout.ask(0.0) is None
    assert lookout.ask(0.0) is None
    assert lookout.waits > 0
    free.set()
    assert lookout.ask(30) == 1, "one look, however often it was asked for"
    assert lookout.ask(30) == 2
    assert lookout.waits == 0
    lookout = Lookout(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        lookout.ask(30)


def test_who_looks_ahead_does_not_wait():
    seen = iter((1, 2))
    lookout = Lookout(lambda: next(seen))
    lookout.begin().join()
    lookout.begin()
    assert lookout.ask(0.0) == 1, "one look, however often it was begun"
    assert lookout.ask(30) == 2


async def test_what_is_done_aside_leaves_the_screen_free_and_brings_back_what_it_raises():
    free = threading.Event()
    slow = asyncio.ensure_future(aside(lambda: free.wait(30)))
    await asyncio.sleep(0)
    assert not slow.done()
    free.set()
    assert await slow
    with pytest.raises(KeyError):
        await aside({}.__getitem__, "x")


@pytest.fixture
def run(tmp_path, registry):
    """A run that has ended, and says so no more: as a trainer leaves it that is stopped between two steps."""
    path = train(tmp_path / "runs" / "run", registry, "iris", "training.epochs=2")
    (path / layout.SUMMARY).unlink()
    lines = (path / layout.EVENTS).read_bytes().splitlines(keepends=True)
    (path / layout.EVENTS).write_bytes(b"".join(lines[:-1]))
    (path / layout.LOCK).unlink()
    live = bytearray((path / layout.LIVE).read_bytes())
    live[16] = 1  # running
    (path / layout.LIVE).write_bytes(live)
    return path


def until(client, condition):
    for _ in range(3000):
        client.poll()
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError((client.state, client.message))


def serve(listener, answered):
    """Each connection is answered, in a thread of its own, until the listener is closed."""

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            answered(connection)

    threading.Thread(target=accept, daemon=True).start()


ANSWERS = {
    "never": lambda connection: None,
    "drips": lambda connection: connection.sendall(b"{"),
    "megabytes": lambda connection: connection.sendall(b"x" * (1 << 23)),
    "nonsense": lambda connection: connection.sendall(b"[1]\n"),
    "nested": lambda connection: connection.sendall(b"[" * 200_000 + b"\n"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_socket_that_does_not_answer_as_a_trainer_is_said_to(run, answer, monkeypatch, false_trainer):
    monkeypatch.setattr("tui_nn.runs.control.SECONDS", 0.3)
    monkeypatch.setattr(messenger, "SILENT", 0.05)
    monkeypatch.chdir(run)
    listener = false_trainer(Path())  # a short path
    held = []

    def answered(connection):
        held.append(connection)
        with contextlib.suppress(OSError):
            ANSWERS[answer](connection)

    serve(listener, answered)
    client = ProcessTrainer(run.parent)
    client.show(RunReader(run))
    until(client, lambda: client.state == "running")
    client.send("pause")
    until(client, lambda: client.message == NO_ANSWER)
    assert client.state == "running"
    client.forget()
    client.wait(5)
    listener.close()
    for connection in held:
        connection.close()


def test_a_disk_that_does_not_answer_is_said_to_and_what_was_seen_stays(run, monkeypatch):
    client = ProcessTrainer(run.parent)
    client.show(RunReader(run))
    until(client, lambda: client.reader.history.epochs == [0, 1, 2])
    weights, free, opened = client.reader.weights(), threading.Event(), layout.opened

    def slow(*given):
        free.wait(30)
        return opened(*given)

    monkeypatch.setattr(trainer_client, "GLANCE", 0.02)
    monkeypatch.setattr(layout, "opened", slow)
    monkeypatch.setattr(trainer_client, "SLOW", 0.0)
    until(client, lambda: client.message == NO_DISK)
    assert client.state == "running"
    assert client.reader.weights() is weights
    free.set()
    until(client, lambda: client.message == "")


def test_a_run_that_the_disk_does_not_take_is_said_to_be_unsaved_and_is_not_killed(run, monkeypatch, false_trainer):
    lines = (run / layout.EVENTS).read_bytes().splitlines(keepends=True)
    (run / layout.EVENTS).write_bytes(b"".join(line for line in lines if not line.startswith(b'{"event":"epoch"')))
    monkeypatch.setattr(trainer_client, "ASK_EVERY", 0.0)
    monkeypatch.chdir(run)
    listener, problems, asked = false_trainer(Path()), ["No space left on device"], []

    def answered(connection):
        with connection:
            line = connection.makefile("rb").readline()
            asked.append(json.loads(line[line.index(b"{") :]))
            connection.sendall(json.dumps({"ok": True, "problem": problems[0]}).encode() + b"\n")

    serve(listener, answered)
    client = ProcessTrainer(run.parent)
    client.show(RunReader(run))
    until(client, lambda: problems[0] in client.message)
    client.children.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    client.send("stop")
    until(client, lambda: {"do": "stop"} in asked)
    assert client.children.process.poll() is None, "it hears that it is to stop"
    client.children.process.kill()
    client.children.process.wait()
    problems[0] = ""
    until(client, lambda: not client.message)
    listener.close()


def test_a_run_whose_directory_is_removed_is_said_to_be_and_what_was_seen_stays(run):
    """Somebody else's run is over then; an own trainer can be ended, however little it hears."""
    client = ProcessTrainer(run.parent)
    client.show(RunReader(run))
    until(client, lambda: client.state == "running")
    weights, elsewhere = client.reader.weights(), run.with_name("elsewhere")
    run.rename(elsewhere)
    until(client, lambda: client.state == "crashed")
    assert client.message.startswith(REMOVED)
    assert client.reader.weights() is weights
    elsewhere.rename(run)
    until(client, lambda: (client.state, client.message) == ("running", ""))

    client.children.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    run.rename(elsewhere)
    until(client, lambda: client.message == REMOVED)
    assert client.state == "running"
    client.send("stop")
    assert client.children.process.wait(20) != 0


def test_a_run_whose_trainer_saves_into_what_was_removed_is_removed_all_the_same(run):
    """A checkpoint that comes meanwhile makes its directory anew, or keeps it: the log is not there."""
    client = ProcessTrainer(run.parent)
    client.show(RunReader(run))
    until(client, lambda: client.state == "running")
    client.children.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    for path in run.iterdir():
        path.unlink()
    until(client, lambda: client.message == REMOVED)
    assert (client.state, client.reader.state()) == ("running", "live")
    client.children.process.kill()
    client.children.process.wait()


def test_a_run_that_has_ended_is_said_to_be_removed_and_offers_no_resuming(registry, tmp_path):
    run = train(tmp_path / "runs" / "run", registry, "iris", "training.epochs=2")
    bench = Bench(load_experiment("iris"), registry, ProcessTrainer(run.parent))
    bench.client.show(RunReader(run))
    until(bench.client, lambda: bench.client.state == "ended")
    weights = bench.subject.weights()
    shutil.rmtree(run)
    until(bench.client, lambda: bench.client.message.startswith(REMOVED))
    bench.subject.move(-1)
    assert (bench.subject.epoch, bench.subject.weights()) == (None, weights)
    assert not bench.cut_short


def test_a_trainer_that_could_not_write_is_said_so():
    """It has no last words: the disk took none."""
    assert how_it_ended(ExitCode.STORAGE) == "the trainer could not write to its directory, and ended"
    assert how_it_ended(ExitCode.UNEXPECTED) == "the trainer ended with exit code 1"
    assert how_it_ended(None) == "the trainer process ended"


@pytest.mark.parametrize("piece", [1, 100, 5000])
def test_a_long_log_is_read_in_pieces_and_is_the_same(run, monkeypatch, piece):
    whole = RunReader(run)
    whole.refresh()
    monkeypatch.setattr(reader, "PIECE", piece)
    client = ProcessTrainer(run.parent)
    client.show(RunReader(run))
    until(client, lambda: client.reader.history.last_epoch == 2)
    assert vars(client.reader.history) == vars(whole.history)
    pieces = RunReader(run)
    pieces.refresh()
    assert vars(pieces.history) == vars(whole.history)
    with (run / layout.EVENTS).open("ab") as file:
        file.write(b"x" * 20_000)  # a line that has no end yet
    assert not pieces.refresh()


def test_nobody_answers_or_nobody_listens(tmp_path, monkeypatch, false_trainer):
    monkeypatch.setattr("tui_nn.runs.control.SECONDS", 0.1)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StorageError) as caught:
        ControlClient(tmp_path).send("status")
    assert not isinstance(caught.value, Unanswered)
    false_trainer(Path())  # a short path
    with pytest.raises(Unanswered):
        ControlClient(tmp_path).send("status")
