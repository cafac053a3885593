"""The control channel, whatever its clients do: it answers the next one, and what it refuses it says.

Over a local socket, and over a port of this machine, which others can reach too.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import random
import socket
import tempfile
import threading
import time

import pytest

from tui_nn.errors import ExperimentError, StorageError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import CHANGEABLE, Settings
from tui_nn.runs import layout, listener
from tui_nn.runs.control import ControlClient, ControlServer, Refused
from tui_nn.runs.listener import CLIENTS, MOST, card_of, read_line
from tui_nn.system.door import CARD, HOST, knock

LOCAL_SOCKET = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no local sockets")


@pytest.fixture
def server(tmp_path, channel):  # noqa: ARG001 - of this kind
    made = ControlServer(tmp_path)
    made.judge = lambda changes: None
    yield made
    made.close()


@pytest.fixture
def obeyed(server):
    """What was asked for, by a trainer that does it at once."""
    taken = []

    def train():
        while (request := server.requests.get()) is not None:
            taken.append(request)
            if "done" in request:
                request["done"].set_result("")

    trainer = threading.Thread(target=train)
    trainer.start()
    yield taken
    server.requests.put(None)
    trainer.join()


def connected(folder):
    """A client, and the word that its lines have to begin with."""
    path = folder / layout.CONTROL
    return knock(path, card_of(path), 10)


def answered(folder, sent):
    """What the server says to these bytes."""
    client, word = connected(folder)
    with client:
        with contextlib.suppress(OSError):  # it has heard enough
            client.sendall(word + sent)
            client.shutdown(socket.SHUT_WR)
        return json.loads(read_line(client, 10))


def is_well(folder, within=1.5):
    """Whether somebody who comes now is heard, in less than the time that a client has."""
    began = time.monotonic()
    assert ControlClient(folder).send("status")["ok"]
    return time.monotonic() - began < within


NESTED = [b"[" * 200_000, b'{"do":' * 200_000, b'{"do": "set", "changes": ' + b'{"a":' * 100_000]
WRONG = {
    "nothing but an end": b"\n",
    "no JSON": b"pause\n",
    "no UTF-8": b'{"do": "\xff\xfe"}\n',
    "null": b"null\n",
    "a list": b"[1]\n",
    "no command": b"{}\n",
    "a command that is a list": b'{"do": ["pause"]}\n',
    "half a line": b'{"do": "pau',
    "a number of 5,000 digits": b'{"do": "step", "count": ' + b"9" * 5000 + b"}\n",
    "a count of nan": b'{"do": "step", "count": NaN}\n',
    "a count that is true": b'{"do": "step", "count": true}\n',
    "a speed of nan": b'{"do": "speed", "epochs_per_second": NaN}\n',
    "an infinite speed": b'{"do": "speed", "epochs_per_second": 1e999}\n',
    "a negative speed": b'{"do": "speed", "epochs_per_second": -1}\n',
    "a speed for no time": b'{"do": "speed", "epochs_per_second": 1, "seconds": 0}\n',
    "a speed for a text": b'{"do": "speed", "epochs_per_second": 1, "seconds": "30"}\n',
    "a speed for nan": b'{"do": "speed", "epochs_per_second": 1, "seconds": NaN}\n',
    "a key that is a table": b'{"do": "set", "key": {"a": 1}, "value": "1"}\n',
    "a value that is a number": b'{"do": "set", "key": "training.rate", "value": 1}\n',
    "no changes": b'{"do": "set", "changes": {}}\n',
}


@pytest.mark.parametrize("sent", [*WRONG.values(), *NESTED], ids=[*WRONG, "nested", "nested tables", "nested changes"])
def test_nonsense_is_refused_and_the_next_is_heard(server, tmp_path, sent):
    answer = answered(tmp_path, sent)
    assert not answer["ok"]
    assert answer["error"]
    assert is_well(tmp_path)
    assert server.requests.empty()


@pytest.mark.usefixtures("obeyed")
def test_random_bytes_are_survived(tmp_path):
    draw = random.Random(0)
    sound = json.dumps({"do": "set", "changes": {"training.rate": "0.1"}}).encode()
    for _ in range(300):
        line = bytearray(sound if draw.random() < 0.7 else draw.randbytes(draw.randrange(1, 300)))
        for _ in range(draw.randrange(1, 6)):
            line[draw.randrange(len(line))] = draw.randrange(256)
        assert "ok" in answered(tmp_path, bytes(line) + b"\n")
    assert is_well(tmp_path)


@pytest.mark.usefixtures("server")
def test_a_message_without_end_is_cut_off(tmp_path):
    answer = answered(tmp_path, b" " * (MOST + (1 << 17)))
    assert "at most 4 MiB" in answer["error"]
    assert is_well(tmp_path)


@pytest.mark.usefixtures("server")
def test_silent_clients_lock_nobody_out(tmp_path):
    with contextlib.ExitStack() as held:
        silent = [held.enter_context(connected(tmp_path)[0]) for _ in range(3 * CLIENTS)]
        assert is_well(tmp_path)
        for client in silent:
            with contextlib.suppress(OSError):
                client.send(b'{"do"')
        assert is_well(tmp_path)
    assert is_well(tmp_path)


@pytest.mark.usefixtures("server")
def test_a_client_that_does_not_read_its_answer_holds_up_nobody(tmp_path):
    with contextlib.ExitStack() as held:
        for _ in range(CLIENTS):
            client, word = connected(tmp_path)
            held.enter_context(client).sendall(word + b'{"do": "status"}\n')
        assert is_well(tmp_path)


def test_a_client_that_drips_has_its_time_and_no_more(monkeypatch):
    class Dripping:
        """A byte a second, by a clock of its own."""

        clock = 0.0

        def settimeout(self, seconds):
            assert 0 < seconds <= 2

        def recv(self, _):
            self.clock += 1
            return b"x"

    client = Dripping()
    monkeypatch.setattr(listener.time, "monotonic", lambda: client.clock)
    with pytest.raises(OSError, match="timed out"):
        read_line(client, 2.0)
    assert client.clock <= 3


def test_several_are_served_at_once(server, tmp_path):
    """Eight whose answers all wait for one another: served one by one, none would ever get one."""
    together = threading.Barrier(8, timeout=10)

    def judge(changes):
        together.wait()
        raise ExperimentError(f"no {changes['a']}")

    server.judge = judge
    answers = []

    def ask(number):
        answers.append(answered(tmp_path, json.dumps({"do": "set", "key": "a", "value": str(number)}).encode() + b"\n"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answer["error"] for answer in answers) == [f"no {number}" for number in range(8)]


def test_a_defect_costs_one_request(server, tmp_path):
    def judge(_):
        raise ZeroDivisionError("a plugin's")

    server.judge = judge
    with pytest.raises(Refused, match="not followed: ZeroDivisionError: a plugin's"):
        ControlClient(tmp_path).send("set", key="training.rate", value="0.1")
    assert is_well(tmp_path)


@pytest.mark.usefixtures("channel")
def test_closing_ends_the_thread_and_removes_the_socket(tmp_path):
    before = set(threading.enumerate())
    server = ControlServer(tmp_path)
    (thread,) = set(threading.enumerate()) - before
    server.close()
    thread.join(5)
    assert not thread.is_alive()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize("exists", [True, False], ids=["to a file", "to nothing"])
def test_the_socket_follows_no_link(tmp_path, exists):
    outside, run = tmp_path / "outside", tmp_path / "run"
    run.mkdir()
    if exists:
        outside.write_text("mine")
    (run / "control").symlink_to(outside)
    server = ControlServer(run)
    try:
        assert is_well(run)
        assert not (run / "control").is_symlink()
    finally:
        server.close()
    assert (outside.read_text() == "mine") if exists else not os.path.lexists(outside)


@pytest.mark.usefixtures("channel")
def test_what_is_no_socket_is_left_alone(tmp_path):
    (tmp_path / "control").write_text("mine")
    with pytest.raises(StorageError, match="another file is in the place of the socket"):
        ControlServer(tmp_path)
    assert (tmp_path / "control").read_text() == "mine"


@LOCAL_SOCKET
def test_a_client_follows_no_link_of_a_stranger(server, tmp_path):
    run = tmp_path / "mailed"
    run.mkdir()
    (run / "control").symlink_to(tmp_path / "control")
    with pytest.raises(StorageError, match=r"no trainer answers here .a link to .*, which no trainer has made"):
        ControlClient(run).send("stop")
    assert server.requests.empty()


@pytest.mark.parametrize("said", [b"[]\n", b"[" * 100_000 + b"\n", b"\xff\n", b""])
def test_what_answers_and_is_no_trainer_is_said(tmp_path, said, false_trainer):
    fake = false_trainer(tmp_path)

    def answer():
        client, _ = fake.accept()
        with client:
            client.recv(1000)
            client.sendall(said)

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(StorageError, match="no trainer answers here"):
        ControlClient(tmp_path).send("status")
    thread.join(5)


NUMBERS = {
    "training.optimizer.rate": "sgd", "training.optimizer.momentum": "momentum", "training.optimizer.beta1": "adam",
    "training.schedule.factor": "step", "training.lambda": "", "training.l1": "", "training.clip_norm": "",
    "training.clip_value": "", "training.max_seconds": "",
}  # fmt: skip
UNLIMITED = ("training.clip_norm", "training.clip_value", "training.max_seconds")  # where inf means something: none


@pytest.mark.parametrize("key", NUMBERS)
def test_no_setting_becomes_what_is_no_number(registry, key):
    table, of = key.split(".")[1], NUMBERS[key]
    experiment = load_experiment("iris", [f'training.{table}={{kind="{of}"}}'] if of else [])
    settings = Settings(experiment, registry, build(experiment, registry).trainer)
    for value in ("nan", "-inf", "inf"):
        if value == "inf" and key in UNLIMITED:
            continue
        with pytest.raises(ExperimentError, match=value):
            settings.changed({key: value})
    if key.endswith(("rate", "lambda", "l1", "norm", "value", "seconds")):
        with pytest.raises(ExperimentError, match=r"0 or more|above 0"):
            settings.changed({key: "-0.5"})
    assert settings.experiment == experiment
    assert math.isfinite(settings.trainer.optimizer.rate)


def test_every_setting_that_is_a_number_is_tried():
    assert {key.split(".")[1] for key in NUMBERS} == {*CHANGEABLE} - {"frozen", "batch", "epochs", "max_steps"}


@LOCAL_SOCKET
def test_a_run_has_a_socket_where_temporary_files_lie_deep_too(tmp_path, monkeypatch):
    """The path of a socket is short on every system, and TMPDIR may be as long as the run's own."""
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    heard = listener.LineListener(deep / "control", lambda line: line.strip())
    address = (deep / "control").readlink()
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(address))
            client.sendall(b"hello\n")
            assert read_line(client, 10) == b"hello\n"
    finally:
        heard.close()
    assert not address.parent.exists()


@pytest.fixture
def port(monkeypatch, tmp_path):
    """A server at a port of this machine, its number, and the word for it."""
    monkeypatch.setenv("TUI_NN_CONTROL", "tcp")
    server = ControlServer(tmp_path)
    said = CARD.fullmatch((tmp_path / "control").read_bytes())
    yield server, int(said[1]), said[2]
    server.close()


def told(port, sent):
    """What whoever says this is answered: nothing, to a stranger."""
    with socket.create_connection((HOST, port), 10) as client:
        with contextlib.suppress(OSError):
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
        try:
            return read_line(client, 10)
        except ConnectionError:
            return b""


STRANGERS = {
    "no word": lambda word: b'{"do": "stop"}\n',
    "a wrong word": lambda word: bytes(reversed(word)) + b' {"do": "stop"}\n',
    "a part of it": lambda word: word[:-1] + b' {"do": "stop"}\n',
    "the word and more": lambda word: word + b'0 {"do": "stop"}\n',
    "the word alone": lambda word: word + b"\n",
    "the word in the second line": lambda word: b"\n" + word + b' {"do": "stop"}\n',
    "a page in a browser": lambda word: (
        b'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\r\n{"do": "stop"}\n'
    ),
    "an empty word": lambda word: b' {"do": "stop"}\n',
    "bytes": lambda word: bytes(range(256)) + b"\n",
}


@pytest.mark.parametrize("sent", STRANGERS.values(), ids=STRANGERS)
def test_who_does_not_know_the_word_is_neither_followed_nor_answered(port, tmp_path, sent):
    server, number, word = port
    assert told(number, sent(word)) == b""
    assert server.requests.empty()
    assert is_well(tmp_path)
    assert json.loads(told(number, word + b' {"do": "stop"}\n'))["ok"]
    assert server.requests.get_nowait() == {"do": "stop"}


def test_words_are_compared_in_a_time_that_tells_nothing(port, monkeypatch):
    from tui_nn.system import door

    seen = []
    monkeypatch.setattr(door.hmac, "compare_digest", lambda *both: seen.append(both) or False)
    _, number, word = port
    assert told(number, b"guessed {}\n") == b""
    assert seen == [(b"guessed", word)]


def test_a_port_is_of_this_machine_alone_and_each_run_has_a_word_of_its_own(port, tmp_path):
    server, number, word = port
    assert server._listener._door.socket.getsockname() == ("127.0.0.1", number)
    (tmp_path / "other").mkdir()
    other = ControlServer(tmp_path / "other")
    try:
        assert CARD.fullmatch((tmp_path / "other" / "control").read_bytes())[2] != word
    finally:
        other.close()


@LOCAL_SOCKET
@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_only_the_owner_reads_the_word(monkeypatch, tmp_path, mask):
    monkeypatch.setenv("TUI_NN_CONTROL", "tcp")
    before = os.umask(mask)
    try:
        server = ControlServer(tmp_path)
    finally:
        os.umask(before)
    try:
        assert (tmp_path / "control").stat().st_mode & 0o777 == 0o600
    finally:
        server.close()


def test_what_a_killed_trainer_left_is_replaced(port, tmp_path):
    """Of either kind, by either kind."""
    left = (tmp_path / "control").read_bytes()
    port[0].close()
    (tmp_path / "control").write_bytes(left)
    with pytest.raises(StorageError, match="no trainer answers here"):
        ControlClient(tmp_path).send("status")
    again = ControlServer(tmp_path)
    try:
        assert is_well(tmp_path)
        assert (tmp_path / "control").read_bytes() != left
    finally:
        again.close()


@LOCAL_SOCKET
@pytest.mark.parametrize("kinds", [("", "tcp"), ("tcp", "")], ids=["socket, then port", "port, then socket"])
def test_a_client_finds_either_kind_wherever_it_stands(tmp_path, monkeypatch, kinds):
    """A trainer at a port is steered by who has local sockets; a former one of the other kind is in nobody's way."""
    for kind in kinds:
        monkeypatch.setenv("TUI_NN_CONTROL", kind)
        server = ControlServer(tmp_path)
        monkeypatch.delenv("TUI_NN_CONTROL")
        assert is_well(tmp_path)
        left = (tmp_path / "control").read_bytes() if kind else b""
        server.close()
        if kind:
            (tmp_path / "control").write_bytes(left)
        else:
            with socket.socket(socket.AF_UNIX) as killed:
                killed.bind(str(tmp_path / "control"))


MAILED = {
    "a host": b"tui-nn 1 example.org:80 " + b"0" * 64 + b"\n",
    "a command": b"tui-nn 1 6379 FLUSHALL\n",
    "two lines": b"tui-nn 1 6379 " + b"0" * 64 + b"\nFLUSHALL\n",
    "a low port": b"tui-nn 1 25 " + b"0" * 64 + b"\n",
    "no port": b"tui-nn 1 99999 " + b"0" * 64 + b"\n",
    "more than a card": b"tui-nn 1 6379 " + b"0" * 200 + b"\n",
}


@pytest.mark.parametrize("card", MAILED.values(), ids=MAILED)
def test_a_stranger_s_run_sends_nobody_anywhere(tmp_path, monkeypatch, card):
    """Whoever steers a run that came by mail connects to this machine at most, and says a number of 64 digits."""
    called = []
    monkeypatch.setattr(socket, "create_connection", lambda *where: called.append(where))
    (tmp_path / "control").write_bytes(card)
    with pytest.raises(StorageError, match="no trainer answers here"):
        ControlClient(tmp_path).send("stop")
    assert called == []
