"""Nothing is answered that did not ask this server, from a page of it, with its token."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web
from served import EchoHouse, cookies_of, listening

from tui_nn.errors import ExperimentError
from tui_nn.web.address import Address, checked_public

NAME = "This server does not go by that name."
FOREIGN = "A page of another site may not use this workbench."
BARE = "A connection without an Origin is refused: only a page of this server may open one."
TOKEN = "Open the address that `tui-nn serve` has printed, with its token."
EVERYWHERE = ("/", "/ws", "/page/page.css", "/static/js/textual.js", "/download/x", "/nothing", "/%2e%2e/etc/passwd")
SOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture
async def here():
    async with listening(EchoHouse()) as one:
        yield one


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_nobody_comes_in_without_the_token(here, path):
    assert (await here.get(path))[:2] == (403, f"{TOKEN}\n")
    assert (await here.get(path, {"Cookie": f"tui_nn_{here.guard.address.port}=guessed"}))[:2] == (403, f"{TOKEN}\n")
    assert (await here.get(f"{path}?token={here.guard.token[:-1]}"))[:2] == (403, f"{TOKEN}\n")
    assert (await here.get(f"{path}?token=%C3%A4%00"))[:2] == (403, f"{TOKEN}\n")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "",
        "localhost.evil.example:{port}",
        "192.168.0.1:{port}",
        "127.0.0.1:{port}@evil.example",
        "127.0.0.1:{port}/",
        "[::1",
        "127.0.0.1:x",
    ],
)
@pytest.mark.parametrize("path", ["/", "/ws", "/static/js/textual.js"])
async def test_a_name_that_anybody_can_point_here_is_refused(here, host, path):
    cookies = await here.enter()
    named = host.format(port=here.guard.address.port)
    status, text, _ = await here.get(f"{path}?token={here.guard.token}", {**cookies, "Host": named})
    assert (status, text) == (403, f"{NAME} It is at {here.url}.\n")


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
async def test_this_machine_has_several_names(here, host):
    named = host.format(port=here.guard.address.port)
    assert (await here.get("/", {**await here.enter(), "Host": named}))[0] == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "",
    ],
)
@pytest.mark.parametrize("path", EVERYWHERE)
async def test_a_foreign_page_is_refused_though_its_browser_has_the_cookie(here, origin, path):
    cookies = await here.enter()
    said = origin.format(port=here.guard.address.port)
    for headers in ({}, SOCKET):
        assert (await here.get(path, {**cookies, **headers, "Origin": said}))[:2] == (403, f"{FOREIGN}\n")


async def test_a_connection_of_no_page_is_refused(here):
    assert (await here.get("/ws", {**await here.enter(), **SOCKET}))[:2] == (403, f"{BARE}\n")


async def test_a_connection_of_a_foreign_page_starts_no_process(here):
    cookies = await here.enter()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await here.client.ws_connect(f"{here.url}/ws", headers={**cookies, "Origin": "https://evil.example"})
    assert refused.value.status == 403
    assert list(here.house.temporary.iterdir()) == []


async def test_an_answer_that_counts_as_nothing_is_an_answer(here, monkeypatch):
    """As answers without cookies did in former versions of aiohttp."""
    monkeypatch.setattr(web.StreamResponse, "__bool__", lambda _: False, raising=False)
    cookies = await here.enter()
    assert (await here.get("/"))[0] == 403
    assert (await here.get("/ws", {**cookies, **SOCKET}))[0] == 403
    assert (await here.get("/ws", {**cookies, **SOCKET, "Origin": "https://evil.example"}))[0] == 403


async def test_what_is_no_page_and_no_get_is_refused(here):
    cookies = {**await here.enter(), **here.page}
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        async with here.client.request(method, here.url, headers=cookies) as answer:
            assert (answer.status, await answer.text()) == (405, "Only GET is answered.\n")
    assert (await here.get("/nothing", cookies))[:2] == (404, "Not Found.\n")
    assert (await here.get("/page/index.html", cookies))[:2] == (404, "Not Found.\n")
    assert (await here.get("/download/guessed", cookies))[:2] == (404, "Not Found.\n")
    assert (await here.get("/ws", cookies))[:2] == (400, "This is for connections of the page alone.\n")
    for path in ("/static/", "/static/%2e%2e/server.py", "/static/..%2fserver.py", "/page/..%2fguard.py"):
        assert (await here.get(path, cookies))[0] in (403, 404), path


async def test_the_token_leaves_the_address_and_no_script_reads_it(here):
    status, text, headers = await here.get(f"/?token={here.guard.token}")
    assert status == 200
    assert 'content="0;url=/"' in text
    assert here.guard.token not in text
    given = headers.getall("Set-Cookie")
    assert len(given) == 2
    assert all("HttpOnly" in one and "SameSite=Strict" in one and "Path=/" in one for one in given)
    cookies = await here.enter()
    status, text, _ = await here.get("/", cookies)
    assert status == 200
    assert here.guard.token not in text


async def test_a_lesson_asks_for_a_name_once():
    async with listening(EchoHouse(asks=True)) as here:
        cookies = await here.enter()
        for path in ("/", "/?name=", "/?name=%20", "/?name=%1b[2J", f"/?name={'x' * 61}"):
            status, text, _ = await here.get(path, cookies)
            assert status == 200
            assert '<form class="note" action="/" method="get">' in text
            assert "data-session-websocket-url" not in text
        status, text, headers = await here.get("/?name=Ada%20L.%20%C3%A9%3Bx", cookies)
        assert 'content="0;url=/"' in text
        cookies["Cookie"] += f"; {headers.getone('Set-Cookie').split(';')[0]}"
        assert "data-session-websocket-url" in (await here.get("/", cookies))[1]
        assert "data-session-websocket-url" in (await here.get("/?name=other", cookies))[1]
        async with await here.open(cookies) as socket:
            await socket.receive_bytes()
        assert here.house.called == "Ada L. é;x"


async def test_a_visitor_who_comes_again_is_the_same(here):
    cookies = await here.enter()
    _, _, headers = await here.get(f"/?token={here.guard.token}", cookies)
    assert all(one.split(";")[0] in cookies["Cookie"] for one in headers.getall("Set-Cookie"))


@pytest.mark.parametrize("path", [*EVERYWHERE, "/?token={token}"])
@pytest.mark.parametrize("entered", [True, False])
async def test_every_answer_says_what_its_page_may_do(here, path, entered):
    cookies = await here.enter() if entered else {}
    _, _, headers = await here.get(path.format(token=here.guard.token), cookies)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers


async def test_no_page_of_ours_names_another_server(here):
    cookies = await here.enter()
    for path in ("/", f"/?token={here.guard.token}", "/page/page.css", "/page/page.js", "/static/css/xterm.css"):
        _, text, _ = await here.get(path, cookies)
        found = [word for word in text.split() if "//" in word and here.url.partition("//")[2] not in word]
        assert [word for word in found if word != "//" and "bellard.org" not in word and "github.com" not in word] == []


async def test_behind_a_proxy_its_name_counts_and_cookies_are_for_https_alone():
    async with listening(EchoHouse(), "https://nets.example.org") as here:
        named = {"Host": "nets.example.org"}
        _, _, headers = await here.get(f"/?token={here.guard.token}", named)
        assert all("Secure" in one for one in headers.getall("Set-Cookie"))
        cookies = {**cookies_of(headers), **named}
        status, text, headers = await here.get("/", {**cookies, "Origin": "https://nets.example.org"})
        assert status == 200
        assert 'data-session-websocket-url="wss://nets.example.org/ws"' in text
        assert "wss://nets.example.org" in headers["Content-Security-Policy"]
        assert (await here.get("/", {**cookies, "Origin": "http://nets.example.org"}))[0] == 403


@pytest.mark.parametrize(
    ("host", "asked", "expected"),
    [
        ("0.0.0.0", "192.168.1.5:80", True),
        ("0.0.0.0", "192.168.1.5", True),
        ("0.0.0.0", "evil.example:80", False),
        ("192.168.1.5", "192.168.1.5:80", True),
        ("192.168.1.5", "localhost:80", True),
        ("192.168.1.5", "evil.example", False),
        ("nets.local", "nets.local:80", True),
        ("::1", "[::1]:80", True),
        ("::1", "[fe80::1]:80", False),
    ],
)
def test_a_number_is_nobodys_to_point_elsewhere(host, asked, expected):
    assert Address(host, 80).is_asked(asked) is expected


@pytest.mark.parametrize(
    "text", ["nets.example.org", "ftp://x", "https://", "https://x/y", "https://a@b", "https://x:y", "https://x?y"]
)
def test_the_address_of_a_proxy_is_checked(text):
    with pytest.raises(ExperimentError, match="expected the address of a server"):
        checked_public(text)
