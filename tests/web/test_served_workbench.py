"""The workbench itself behind the server: it is drawn, trains, keeps to its folder, steers nothing that it watches."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time

import aiohttp
import pytest
from patience import until
from served import cookies_of
from serving import serving

from tui_nn.confined import WATCHED
from tui_nn.runs import RunReader

pytestmark = pytest.mark.slow
LONG = 60.0  # seconds, for a machine however busy
SEQUENCE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_][^\x07\x1b]*\x07?")


class Screen:
    """A connection, and all that was drawn over it."""

    def __init__(self, socket) -> None:
        self.socket, self.drawn = socket, b""

    async def shows(self, *texts):
        """Wait until each of them has been drawn since the last time."""
        deadline = time.monotonic() + LONG
        while not all(text in self.text for text in texts):
            with contextlib.suppress(TimeoutError):
                message = await self.socket.receive(1.0)
                assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), (message, self.text[-2000:])
                self.drawn += message.data if message.type is aiohttp.WSMsgType.BINARY else b""
            missing = [text for text in texts if text not in self.text]
            assert time.monotonic() < deadline, (missing, self.text[-2000:])
        self.drawn = b""

    async def ends(self):
        """Wait until it closes the connection."""
        async with asyncio.timeout(LONG):
            while (await self.socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                pass

    @property
    def text(self):
        """Without colours and moves of the cursor."""
        return SEQUENCE.sub(b"", self.drawn).decode("utf-8", "replace")

    async def types(self, text):
        await self.socket.send_str(json.dumps(["stdin", text]))


@contextlib.asynccontextmanager
async def opened(serves, width=120, height=40):
    """A `Screen` of a browser that has entered, and has said that it is Ada's where it was asked."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        async with client.get(serves.entrance) as answer:
            said = {**cookies_of(answer.headers), "Origin": serves.url}
        async with client.get(f"{serves.url}/?name=Ada", headers=said) as answer:
            said["Cookie"] += "".join(f"; {line.split(';')[0]}" for line in answer.headers.getall("Set-Cookie", []))
        path = f"/ws?width={width}&height={height}"
        async with client.ws_connect(f"{serves.url}{path}", headers=said, max_msg_size=0) as socket:
            yield Screen(socket)


def ended(run):
    return RunReader(run).state() in ("finished", "crashed")


async def test_a_visitor_trains_in_a_folder_of_their_own(tmp_path):
    kept = tmp_path / "kept"
    with serving("digits", "--folder", kept, cwd=tmp_path) as serves:
        async with opened(serves) as screen:
            await screen.shows("experiment", "loss", "accuracy")
            await screen.types(" ")
            await screen.shows("running")
            await screen.socket.send_str(json.dumps(["resize", {"width": 80, "height": 24}]))
            await screen.types("x")
            await screen.shows("ended")
        (run,) = kept.glob("*/runs/*")
        assert RunReader(run).state() == "finished"
        assert "not open to visitors" not in (run / "log").read_text()  # all that a trainer needs is
        assert list(run.glob("checkpoint*"))
        assert not (tmp_path / "runs").exists()
        assert serves.ends(signal.SIGINT) == 130


async def test_a_trainer_ends_with_its_page(tmp_path):
    kept = tmp_path / "kept"
    with serving("digits", "--folder", kept, cwd=tmp_path) as serves:
        async with opened(serves) as screen:
            await screen.shows("experiment", "train")
            await screen.types(" ")
            await screen.shows("running")
        (run,) = kept.glob("*/runs/*")
        await until(lambda: ended(run))
        assert serves.ends(signal.SIGTERM) == 143


async def test_no_file_outside_is_read_or_written_from_the_screen(tmp_path):
    (tmp_path / "mine.toml").write_text('[data]\nsource = "iris"\n')
    with serving("xor", "--folder", tmp_path / "kept", cwd=tmp_path) as serves:
        async with opened(serves) as screen:
            await screen.shows("experiment", "train")
            await screen.types("f")
            await screen.shows("experiment file", "save")
            await screen.types("\t\x01\x0b../../mine.toml")
            await screen.types("\x0c")  # load
            await screen.shows("Not loaded", "not open to visitors")
            await screen.types("\x13")  # save
            await screen.shows("Not saved", "not open to visitors")
    assert (tmp_path / "mine.toml").read_text() == '[data]\nsource = "iris"\n'


async def test_who_watches_steers_nothing(tmp_path):
    run = tmp_path / "runs" / "20260101-000000-iris-aaaaaaaa"
    command = [sys.executable, "-P", "-m", "tui_nn", "train", "iris", "--run-dir", str(run), "--quiet", "--speed", "2"]
    trainer = subprocess.Popen([*command, "--set", "training.epochs=10000"], cwd=tmp_path)
    try:
        await until(lambda: run.is_dir() and RunReader(run).state() == "live")
        with serving(run, "--read-only", cwd=tmp_path) as serves:
            async with opened(serves) as screen:
                await screen.shows("running", "loss", "lambda")
                for key in " xbernR+-WtadBPCo":
                    await screen.types(key)
                    await asyncio.sleep(0.05)
                await screen.shows(WATCHED[:40])
                await screen.types("\x10stop\r")  # by the palette
                await screen.types("q")
                await screen.ends()
        assert RunReader(run).state() == "live"
        events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
        assert {event["event"] for event in events} <= {"started", "step", "epoch"}, events[-1]
        assert [path.name for path in run.parent.iterdir()] == [run.name]
    finally:
        trainer.terminate()
        trainer.wait(30)


async def test_a_lesson_is_answered(tmp_path):
    kept = tmp_path / "kept"
    with serving("--lesson", "01-one-neuron", "--folder", kept, cwd=tmp_path) as serves:
        async with opened(serves) as screen:
            await screen.shows("1/", "leave")
            for _ in range(4):
                await screen.types("1\r")
                await asyncio.sleep(0.3)
            await screen.types("\x1b[6~")
            await screen.shows("leave")
    (answers,) = kept.glob("*/01-one-neuron.answers.jsonl")
    assert '"student": "Ada"' in answers.read_text()


async def test_its_own_data_and_no_others_are_read(tmp_path):
    rows = "\n".join(f"{number},{number % 2}" for number in range(40))
    (tmp_path / "mine.csv").write_text(f"a,label\n{rows}\n")
    with serving("mine.csv", cwd=tmp_path) as serves:
        async with opened(serves) as screen:
            await screen.shows("mine.csv", "train")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--read-only"], 2, "--read-only is for watching"),
        (["iris", "--lesson", "01-one-neuron"], 2, "--lesson is served alone"),
        (["--lesson", "nothing"], 2, "neither a lesson file nor an installed lesson"),
        (["nothing"], 2, "neither a file nor a bundled example"),
        (["--host", "0.0.0.0"], 2, "other machines could reach it"),
        (["--host", "a b", "--open-to-network"], 2, "--host a b: expected an address of this machine"),
        (["--host", ""], 2, "--host '': expected an address of this machine"),
        (["--host", "", "--open-to-network"], 2, "--host '': expected an address of this machine"),
        (["--address", "nets.example.org"], 2, "expected the address of a server"),
    ],
)
def test_what_cannot_be_served_is_said(words, code, said, tui_nn, tmp_path):
    found = tui_nn("serve", *words, cwd=tmp_path)
    assert found.returncode == code
    assert said in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_said(tmp_path, tui_nn):
    with serving(cwd=tmp_path) as serves:
        port = serves.url.rpartition(":")[2]
        found = tui_nn("serve", "--port", port, cwd=tmp_path)
    assert (found.returncode, found.stderr) == (
        2,
        f"tui-nn: error: 127.0.0.1, port {port}: address already in use. --port 0 takes a free one.\n",
    )


def test_a_name_that_no_machine_has_is_said(tmp_path, tui_nn, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = tui_nn("serve", "--host", "nohost.invalid", "--open-to-network", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (
        2,
        "tui-nn: error: nohost.invalid, port 8000: there is no machine of that name.\n",
    )


def test_without_the_extra_it_is_named(tmp_path, tui_nn, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "textual_serve", None)
    found = tui_nn("serve", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (
        2,
        "tui-nn: error: serving to a browser needs: pip install 'tui-nn[web]'.\n",
    )
