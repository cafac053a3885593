"""Each visitor has a place, a folder and a process, and none of them outlives the visit."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import aiohttp
import pytest
from served import EchoHouse, closing, listening
from textual_serve._binary_encode import dump

from tui_nn.system import is_alive

FULL = "All places are taken: 2 at once. Try again in a while.\n"
SOON = 10.0  # seconds in which what ends has ended


async def met(socket):
    """What a process has said of itself: its number, that of its child, its folder, its size."""
    process, child, folder, size = (await socket.receive_bytes()).decode().split()
    return int(process), int(child), Path(folder), size


async def gone(*numbers):
    for _ in range(round(SOON / 0.05)):
        if not any(is_alive(number) for number in numbers):
            return True
        await asyncio.sleep(0.05)
    return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux lists them")


async def test_what_is_typed_arrives_and_what_is_drawn_comes_back():
    async with (
        listening(EchoHouse()) as here,
        closing(await here.open(await here.enter(), "/ws?width=100&height=30")) as socket,
    ):
        assert (await met(socket))[3] == "100x30"
        await socket.send_str(json.dumps(["stdin", "ab\u00e4\ud800"]))
        assert await socket.receive_bytes() == "ab\u00e4?".encode()
        await socket.send_str(json.dumps(["ping", "17"]))
        assert await socket.receive_json() == ["pong", "17"]


@pytest.mark.parametrize(
    "size", ["", "?width=x&height=-3", "?width=999999999&height=99999999999999", "?width=²&height=0"]
)
async def test_no_size_is_too_large(size):
    async with listening(EchoHouse()) as here, closing(await here.open(await here.enter(), f"/ws{size}")) as socket:
        width, height = map(int, (await met(socket))[3].split("x"))
        assert 20 <= width <= 400
        assert 5 <= height <= 150


async def test_nonsense_is_passed_over():
    async with listening(EchoHouse()) as here, closing(await here.open(await here.enter())) as socket:
        await met(socket)
        for said in (
            "",
            "{",
            "[" * 50_000,
            "1",
            "[]",
            '["stdin"]',
            '["stdin", 1]',
            '["resize", {"width": "a", "height": 2}]',
            '["resize", {"width": true}]',
            '["quit"]',
            '["deliver_chunk_request", {}]',
            '[["stdin"], "x"]',
        ):
            await socket.send_str(said)
        await socket.send_bytes(b"\x00" * 1000)
        await socket.send_str(json.dumps(["stdin", "on"]))
        assert await socket.receive_bytes() == b"on"


async def test_a_message_without_end_ends_the_visit():
    async with listening(EchoHouse()) as here, closing(await here.open(await here.enter())) as socket:
        await met(socket)
        await socket.send_str(json.dumps(["stdin", "x" * (1 << 21)]))
        assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


@needs_proc
@pytest.mark.parametrize("how", ["closed", "cut off", "the server ends"])
async def test_neither_process_nor_folder_outlives_a_visit(how):
    async with listening(EchoHouse("leaves")) as here:
        socket = await here.open(await here.enter())
        process, child, folder, _ = await met(socket)
        assert folder.parent.parent == here.house.temporary
        assert is_alive(process)
        assert is_alive(child)
        if how == "closed":
            await socket.close()
        elif how == "cut off":
            socket._response.connection.transport.abort()
            await socket.close()
        if how != "the server ends":
            assert await gone(process, child)
            await asyncio.sleep(0.2)
            assert list(here.house.temporary.iterdir()) == []
    assert await gone(process, child)
    assert not here.house.temporary.exists()


@needs_proc
async def test_a_process_that_hears_nothing_is_ended_and_stalls_nobody(monkeypatch):
    monkeypatch.setattr("tui_nn.web.visitor.PATIENCE", 0.3)
    async with listening(EchoHouse("deaf")) as here:
        slow = await here.open(await here.enter())  # reads nothing of the megabytes that are drawn for it
        other = await here.open(await here.enter())
        process, *_ = await met(other)
        for _ in range(20):
            assert len(await other.receive_bytes()) == 100_000
        await other.close()
        assert await gone(process)
        await slow.close()


async def test_a_file_is_handed_to_its_visitor_alone_and_never_as_a_page():
    offer = {"type": "deliver_file_start", "key": "k1", "path": '/elsewhere/é".html', "open_method": "browser"}
    offer |= {"mime_type": "text/html", "encoding": "", "name": None}
    pieces = [("deliver_chunk", "k1", content) for content in (b"<script>", b"")]
    words = [json.dumps(offer).encode().hex(), *(dump(piece).hex() for piece in pieces)]
    async with listening(EchoHouse("hands", *words)) as here:
        cookies, others = await here.enter(), await here.enter()
        async with await here.open(cookies) as socket:
            await met(socket)
            assert await socket.receive_json() == ["deliver_file_start", "k1"]
            assert (await here.get("/download/k1", others))[:2] == (404, "Not Found.\n")
            status, text, headers = await here.get("/download/k1", cookies)
            assert (status, text) == (200, "<script>")
            assert headers["Content-Type"] == "application/octet-stream"
            assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%A9%22.html"
            assert (await here.get("/download/k1", cookies))[0] == 404


@needs_proc
async def test_a_visit_ends_with_its_process():
    async with listening(EchoHouse()) as here:
        socket = await here.open(await here.enter())
        process, *_ = await met(socket)
        os.kill(process, 9)
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert await gone(process)


async def test_one_more_than_there_are_places_for_is_told_so(monkeypatch):
    monkeypatch.setattr("tui_nn.web.house.WAITS", 0.2)
    async with listening(EchoHouse(most=2)) as here:
        cookies = [await here.enter() for _ in range(3)]
        sockets = [await here.open(one) for one in cookies[:2]]
        status, text, headers = await here.get("/", cookies[2])
        assert (status, text, headers["Retry-After"]) == (503, FULL, "30")
        assert headers.getone("Content-Type").startswith("text/plain")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await here.open(cookies[2])
        assert refused.value.status == 503
        assert (await here.get("/", cookies[0]))[0] == 200  # loads the page again: the place is the same
        await sockets[0].close()
        async with closing(await here.open(cookies[2])) as socket:
            assert await met(socket)
        await sockets[1].close()


async def test_a_page_that_is_loaded_again_gets_the_place_that_it_leaves():
    async with listening(EchoHouse(most=1)) as here:
        cookies = await here.enter()
        first = await here.open(cookies)
        await met(first)
        second = asyncio.create_task(here.open(cookies))
        await asyncio.sleep(0.1)
        await first.close()
        async with closing(await second) as socket:
            assert await met(socket)


async def test_folders_that_are_kept_are_found_again(tmp_path):
    async with listening(EchoHouse(kept=tmp_path / "class")) as here:
        cookies, others = await here.enter(), await here.enter()
        found = []
        for who in (cookies, others, cookies):
            async with closing(await here.open(who)) as socket:
                found.append((await met(socket))[2])
    assert found[0] == found[2] != found[1]
    assert all((folder / "mine").exists() for folder in found)
    assert (tmp_path / "class").stat().st_mode & 0o777 == 0o700


@pytest.mark.long
@needs_proc
async def test_many_openings_leave_nothing():
    openings = int(os.environ.get("TUI_NN_OPENINGS", "10"))
    numbers = []
    async with listening(EchoHouse("leaves")) as here:
        cookies = await here.enter()
        for at in range(openings):
            socket = await here.open(cookies)
            if at % 3:  # and some that are gone before anything is drawn
                process, child, *_ = await met(socket)
                numbers += [process, child]
            await socket.close()
    assert await gone(*numbers)
    assert not here.house.temporary.exists()
